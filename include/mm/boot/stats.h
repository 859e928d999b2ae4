/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_STATS_H
#define MM_BOOT_STATS_H

/* What a boot allocator was asked for, what it needed for itself, and what it left. */

#include <lib/types.h>
#include <mm/boot/boot_alloc.h>
#include <mm/mmzone.h>

/* How one has been used; all but the first two is known when it has handed over. */
struct boot_alloc_stats {
	unsigned long allocations;	/* that were served */
	unsigned long bytes;		/* that they asked for */
	unsigned long bookkeeping;	/* bytes of bitmap and tables */
	unsigned long entries;		/* of the tables that were in use at the end */
	unsigned long ticks;		/* of the TSC during the hand-over, 0 without one */
	unsigned long free;		/* low pages handed over */
	unsigned long reserved;		/* low RAM pages that were not */
	unsigned long runs;		/* pieces that the free pages are in */
	unsigned long largest;		/* pages of the largest piece */
	unsigned long blocks[MAX_ORDER]; /* what the buddy allocator made of them */
	bool served;			/* it has handed over, if only nothing */
};

/* As boot_allocators[] is numbered. */
extern struct boot_alloc_stats boot_alloc_stats[NR_BOOT_ALLOCATORS];

void measure_hand_over(const struct boot_allocator *allocator, struct boot_alloc_stats *s);

#endif
