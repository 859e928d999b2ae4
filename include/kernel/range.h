/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small arrays of ranges, in whatever unit the caller counts (bytes or page frames).
 *
 * A range is [start, end): end is the first value after it. A slot whose end is 0 is empty.
 * The functions are documented in src/kernel/range.c.
 */
#ifndef KERNEL_RANGE_H
#define KERNEL_RANGE_H

#include <lib/types.h>

struct range {
	u64 start;
	u64 end;
};

int add_range(struct range *range, int az, int nr_range, u64 start, u64 end);
int add_range_with_merge(struct range *range, int az, int nr_range, u64 start, u64 end);
void subtract_range(struct range *range, int az, u64 start, u64 end);
int clean_sort_range(struct range *range, int az);

#endif /* KERNEL_RANGE_H */
