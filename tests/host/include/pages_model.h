/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the models of the bitmap allocators share: a bool for each page frame, true where it is in
 * use, and ranges of physical memory to try.
 */
#ifndef PAGES_MODEL_H
#define PAGES_MODEL_H

#include <asm/page.h>
#include <lib/kernel.h>

#include <host.h>

/* Is any of [start, end) in that state? */
static inline bool any_page(const bool *used, unsigned long start, unsigned long end, bool state)
{
	for (; start < end; start++)
		if (used[start] == state)
			return true;
	return false;
}

static inline void mark_pages(bool *used, unsigned long start, unsigned long end, bool state)
{
	for (; start < end; start++)
		used[start] = state;
}

/* At least a byte within page frames [min_pfn, end_pfn); whole pages or not, most of them short. */
static inline void random_range(unsigned long min_pfn, unsigned long end_pfn, unsigned long *addr,
				unsigned long *size)
{
	unsigned long bytes = (end_pfn - min_pfn) << PAGE_SHIFT;

	*addr = random_below(bytes);
	*size = 1 + random_below(random_chance(4) ? bytes - *addr : min(bytes - *addr, 0x8000UL));
	if (random_chance(2)) {
		*addr &= PAGE_MASK;
		*size = PAGE_ALIGN(*size);
	}
	*addr += min_pfn << PAGE_SHIFT;
}

#endif
