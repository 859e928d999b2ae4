/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OF_FDT_H
#define OF_FDT_H

/* Memory from a flattened device tree, which comes as a module of the boot loader. */

#include <kernel/border.h>
#include <lib/types.h>

bool early_init_dt_verify(const void *params, u32 size);
int early_init_dt_scan_memory(void);
void early_init_fdt_scan_reserved_mem(void);

/* src/arch/i386/firmware/devicetree.c: beside the firmware's memory map */
extern struct border border_ram_described;	/* RAM that the tree doesn't describe is cut off */
bool x86_flattree_get_config(void);
void x86_flattree_reserve(void);
void numa_clear_kernel_node_hotplug(void);

/* src/arch/i386/mm/init_32/nomap.c */
void unmap_nomap_memory(void);

#endif
