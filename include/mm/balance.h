/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BALANCE_H
#define MM_BALANCE_H

/*
 * The page-exact sheet: every page frame from 0 to max_pfn is exactly one of
 * free, reserved (by a named owner), memmap or hole.
 */

#include <lib/phys_range.h>
#include <lib/types.h>

/* Physical bytes; pages is filled by the count. */
struct balance_owner {
	char name[20];
	struct phys_range range;
	unsigned long pages;
};

/* The result of a count, in page frames. */
struct balance_sheet {
	unsigned long free, reserved, memmap, hole;
	unsigned long nobody;		/* reserved, but without an owner */
	unsigned long in_use;		/* neither free nor reserved */
	unsigned long in_lists;		/* free, by the lists' counters */
	unsigned long in_pcp, handed_out; /* what in_use consists of, by the allocator's counters */
	bool ok;			/* it all adds up */
};

void balance_own(const char *owner, struct phys_range range);
void balance_count(struct balance_sheet *s);
const struct balance_owner *balance_owner(int i);

#endif
