/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Searching, setting and clearing runs of bits, a word at a time; documented in src/lib/bitmap.c.
 */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include <lib/bitops.h>
#include <lib/types.h>

unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long offset);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
				 unsigned long offset);
unsigned long bitmap_find_free_run(const unsigned long *map, unsigned long size,
				   unsigned long start, unsigned long nr, unsigned long step);
void bitmap_set(unsigned long *map, unsigned long start, unsigned long nr);
void bitmap_clear(unsigned long *map, unsigned long start, unsigned long nr);
unsigned long bitmap_weight(const unsigned long *map, unsigned long size);

#endif /* LIB_BITMAP_H */
