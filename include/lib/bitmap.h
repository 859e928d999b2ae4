/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Searching, setting and clearing runs of bits, a word at a time; documented in src/lib/bitmap.c.
 */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include <lib/bitops.h>
#include <lib/types.h>

#define DECLARE_BITMAP(name, bits)	unsigned long name[BITS_TO_LONGS(bits)]

unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long offset);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
				 unsigned long offset);
void bitmap_set(unsigned long *map, unsigned long start, unsigned long nr);
void bitmap_clear(unsigned long *map, unsigned long start, unsigned long nr);
unsigned long bitmap_weight(const unsigned long *map, unsigned long size);

/* The first set bit of the size bits at map; size when there is none. */
static inline unsigned long find_first_bit(const unsigned long *map, unsigned long size)
{
	return find_next_bit(map, size, 0);
}

/* The first clear bit of the size bits at map; size when there is none. */
static inline unsigned long find_first_zero_bit(const unsigned long *map, unsigned long size)
{
	return find_next_zero_bit(map, size, 0);
}

#endif /* LIB_BITMAP_H */
