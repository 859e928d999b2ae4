/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OF_FDT_INTERNAL_H
#define OF_FDT_INTERNAL_H

/*
 * What the files that read the device tree share. A node is named by the offset of its BEGIN_NODE
 * in the structure block; 0 is the root, and, as the result of a search for a subnode, none.
 */

#include <lib/types.h>

/* A property's value; what is left of it while it is read from the front. */
struct fdt_value {
	const u8 *data;			/* NULL: there is no such property */
	u32 len;
};

/* The tree that early_init_dt_verify() has accepted: parts of one blob, sizes in bytes. */
struct fdt {
	const u8 *reservations;
	const u8 *structure;		/* NULL: there is none */
	u32 structure_size;
	const char *strings;
	u32 strings_size;
	u32 addr_cells, size_cells;	/* of the root: u32s in an address, in a size */
};

extern struct fdt fdt;

u32 fdt_root(void);
u32 fdt_first_subnode(u32 node);
u32 fdt_next_subnode(u32 node);
const char *fdt_node_name(u32 node);
bool fdt_is_available(u32 node);
bool fdt_get_prop(u32 node, const char *name, struct fdt_value *value);
bool fdt_has_prop(u32 node, const char *name);
u32 fdt_get_u32(u32 node, const char *name, u32 otherwise);
u64 fdt_next_cell(struct fdt_value *value, u32 cells);
bool fdt_next_range(struct fdt_value *value, u64 *base, u64 *size);
bool fdt_next_reservation(u32 *index, u64 *base, u64 *size);

#endif
