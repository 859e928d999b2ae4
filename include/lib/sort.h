/* SPDX-License-Identifier: GPL-2.0-only */
/* Heap sort; documented in src/lib/sort.c. */
#ifndef LIB_SORT_H
#define LIB_SORT_H

#include <lib/types.h>

void sort(void *base, size_t num, size_t size,
	  int (*cmp_func)(const void *, const void *),
	  void (*swap_func)(void *, void *, int size));

#endif /* LIB_SORT_H */
