// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot allocators' accounts: what they were asked for, what they needed for themselves, and
 * what they left, in how many pieces.
 */
#include <asm/msr.h>
#include <asm/processor.h>
#include <kernel/init.h>
#include <lib/kernel.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/stats.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

/* The live one's, and with memdawn.bootalloc=all those of the boots before: these are in .data. */
struct boot_alloc_stats boot_alloc_stats[NR_BOOT_ALLOCATORS] __section(".data");

/*
 * The pieces that a node's free low memory is in: nothing else is free yet. Only page frames that have a
 * struct page: RAM may begin high, and end below max_low_pfn.
 */
static void __init count_runs(const pg_data_t *pgdat, struct boot_alloc_stats *s)
{
	unsigned long pfn = pgdat->node_start_pfn, run = 0, n;
	unsigned long end = min(pfn + pgdat->node_spanned_pages, max_low_pfn);

	for (; pfn < end; pfn += n) {
		const struct page *page = node_page(pgdat, pfn);

		if (!PageBuddy(page)) {
			n = 1;
			run = 0;
			continue;
		}
		n = 1UL << page->private;
		s->runs += !run;
		run += n;
		s->largest = max(s->largest, run);
	}
}

static void __init count_blocks(struct boot_alloc_stats *s)
{
	const struct zone *zone;
	int order;

	/* Under memblock high memory is free already. */
	for_each_zone(zone)
		for (order = 0; order < MAX_ORDER && !is_highmem(zone); order++)
			s->blocks[order] += zone->free_area[order].nr_free;
}

static u64 __init ticks(void)
{
	return cpu_has_tsc ? native_read_tsc() : 0;
}

/**
 * measure_hand_over - let a boot allocator hand over, and note what it cost and what came of it
 * @allocator: the live one
 * @s: its account
 */
void __init measure_hand_over(const struct boot_allocator *allocator, struct boot_alloc_stats *s)
{
	u64 start;
	int nid;

	allocator->bookkeeping(&s->bookkeeping, &s->entries);
	start = ticks();
	s->free = allocator->hand_over();
	s->served = true;
	s->ticks = min(ticks() - start, (u64)ULONG_MAX);
	s->reserved = max_low_pfn - __absent_pages_in_range(MAX_NUMNODES, 0, max_low_pfn) - s->free;
	for_each_online_node(nid)
		count_runs(NODE_DATA(nid), s);
	count_blocks(s);
}
