/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes flattened device trees, right or wrong. */
#ifndef FDT_BUILDER_H
#define FDT_BUILDER_H

#include <lib/types.h>

#include <host.h>

#define TREE_BYTES	4096

/* Three blocks that grow side by side; tree_end() puts them into one blob. */
struct tree {
	u8 structure[TREE_BYTES], strings[TREE_BYTES], reservations[TREE_BYTES];
	u32 structure_size, strings_size, reservations_size;
	u8 *blob;		/* of just this size, from malloc() */
	u32 size;
};

static inline void put_be32(u8 *at, u32 value)
{
	at[0] = value >> 24;
	at[1] = value >> 16;
	at[2] = value >> 8;
	at[3] = value;
}

static inline void tree_u32(struct tree *t, u32 value)
{
	assert_true(t->structure_size + 4 <= TREE_BYTES);
	put_be32(t->structure + t->structure_size, value);
	t->structure_size += 4;
}

/* Bytes, padded to a u32. */
static inline void tree_bytes(struct tree *t, const void *data, u32 len)
{
	assert_true(t->structure_size + len + 4 <= TREE_BYTES);
	memcpy(t->structure + t->structure_size, data, len);
	t->structure_size += len;
	while (t->structure_size % 4)
		t->structure[t->structure_size++] = 0;
}

static inline void tree_node(struct tree *t, const char *name)
{
	tree_u32(t, 1);
	tree_bytes(t, name, strlen(name) + 1);
}

static inline void tree_end_node(struct tree *t)
{
	tree_u32(t, 2);
}

static inline void tree_nop(struct tree *t)
{
	tree_u32(t, 4);
}

/* Every name is written anew: two properties never share one. */
static inline void tree_prop(struct tree *t, const char *name, const void *data, u32 len)
{
	tree_u32(t, 3);
	tree_u32(t, len);
	tree_u32(t, t->strings_size);
	tree_bytes(t, data, len);
	strcpy((char *)t->strings + t->strings_size, name);
	t->strings_size += strlen(name) + 1;
}

static inline void tree_flag(struct tree *t, const char *name)
{
	tree_prop(t, name, "", 0);
}

static inline void tree_string(struct tree *t, const char *name, const char *value)
{
	tree_prop(t, name, value, strlen(value) + 1);
}

/* A property of u32s. */
static inline void tree_cells(struct tree *t, const char *name, int nr, const u32 *cells)
{
	u8 data[64];

	assert_true(nr <= 16);
	for (int i = 0; i < nr; i++)
		put_be32(data + 4 * i, cells[i]);
	tree_prop(t, name, data, 4 * nr);
}

#define CELLS(t, name, ...) do {						\
	const u32 _cells[] = { __VA_ARGS__ };					\
	tree_cells(t, name, sizeof(_cells) / sizeof(_cells[0]), _cells);	\
} while (0)

static inline void tree_reserve(struct tree *t, u64 base, u64 size)
{
	u8 *at = t->reservations + t->reservations_size;

	put_be32(at, base >> 32);
	put_be32(at + 4, base);
	put_be32(at + 8, size >> 32);
	put_be32(at + 12, size);
	t->reservations_size += 16;
}

/* An empty tree with an open root, whose addresses and sizes have so many u32s. */
static inline void tree_begin(struct tree *t, u32 addr_cells, u32 size_cells)
{
	memset(t, 0, sizeof(*t));
	tree_node(t, "");
	CELLS(t, "#address-cells", addr_cells);
	CELLS(t, "#size-cells", size_cells);
}

/* Closes the root and makes the blob: header, reservations, structure, strings. */
static inline void tree_end(struct tree *t)
{
	u32 reservations = 40, structure, strings;

	tree_end_node(t);
	tree_u32(t, 9);
	tree_reserve(t, 0, 0);
	structure = reservations + t->reservations_size;
	strings = structure + t->structure_size;
	t->size = strings + t->strings_size;
	t->blob = malloc(t->size);
	assert_non_null(t->blob);
	put_be32(t->blob, 0xd00dfeed);
	put_be32(t->blob + 4, t->size);
	put_be32(t->blob + 8, structure);
	put_be32(t->blob + 12, strings);
	put_be32(t->blob + 16, reservations);
	put_be32(t->blob + 20, 17);
	put_be32(t->blob + 24, 16);
	put_be32(t->blob + 28, 0);
	put_be32(t->blob + 32, t->strings_size);
	put_be32(t->blob + 36, t->structure_size);
	memcpy(t->blob + reservations, t->reservations, t->reservations_size);
	memcpy(t->blob + structure, t->structure, t->structure_size);
	memcpy(t->blob + strings, t->strings, t->strings_size);
}

#endif /* FDT_BUILDER_H */
