// SPDX-License-Identifier: GPL-2.0-only
/*
 * The per-cpu page sets: single pages, the most frequent of all sizes, come from lists of their own
 * and go back to them. Nothing is split or joined then; the free lists see a batch at a time.
 *
 *	alloc_pages()	__free_pages()		freed as cold
 *		^	  |			  |
 *		|	  v  hot	    cold  v
 *		+------- [ page   page	 ...   page ]
 *			   ^			 |
 *	when empty:	   |			 v  when full:
 *	rmqueue_bulk(), a batch			free_pcppages_bulk(), the coldest batch
 *
 * A zone's set has a list for each migrate type but Reserve and Isolate. Between two calls
 *
 *   - count is the number of pages in all its lists, and less than high, or 0;
 *   - a page in a list has no reference and isn't marked PG_buddy; private is the migrate type on
 *     whose free list it will get: in the list of type Movable that may also be Reserve.
 *
 * Until setup_per_cpu_pageset() one boot page set serves all zones, with batch 1 and high 0: a page
 * that comes in goes straight on to the free lists.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/page_alloc_internal.h>

static struct per_cpu_pageset boot_pageset __section(".data.boot_pageset");
static struct per_cpu_pageset zone_pagesets[MAX_NUMNODES][MAX_NR_ZONES];

/**
 * rmqueue_bulk - fill a per-cpu list with single pages
 * @zone: which zone
 * @count: how many pages
 * @list: an empty list
 * @migratetype: Unmovable, Reclaimable or Movable
 * @cold: whether the last in the list is the next to be taken, instead of the first
 *
 * The page that comes off the free lists first will be the first to be taken.
 * Return: the number of pages, less than @count if the zone has no more.
 * Linux: mm/page_alloc.c:rmqueue_bulk, v2.6.34.
 */
int rmqueue_bulk(struct zone *zone, int count, struct list_head *list, int migratetype, bool cold)
{
	int nr_taken = 0;
	struct page *page;

	while (nr_taken < count && (page = __rmqueue(zone, 0, migratetype))) {
		page->private = migratetype;
		if (cold)
			list_add(&page->lru, list);
		else
			list_add_tail(&page->lru, list);
		nr_taken++;
	}
	zone->vm_stat[NR_FREE_PAGES] -= nr_taken;
	return nr_taken;
}

/**
 * free_pcppages_bulk - give pages of a per-cpu page set back to the free lists
 * @zone: whose it is
 * @count: how many, at most as many as there are
 * @pcp: the page set; its count is lowered
 *
 * Each list gives its coldest pages. The types take turns, Reclaimable first; each empty list on
 * the way raises by one how many pages the next one gives in a row. Their order decides that of the
 * free lists.
 * Linux: mm/page_alloc.c:free_pcppages_bulk, v2.6.34, where the callers lower the count.
 */
void free_pcppages_bulk(struct zone *zone, int count, struct per_cpu_pages *pcp)
{
	int type = MIGRATE_UNMOVABLE, turn = 0, left = count;

	while (left) {
		struct list_head *list;

		type = type == MIGRATE_MOVABLE ? MIGRATE_UNMOVABLE : type + 1;
		list = &pcp->lists[type];
		for (turn++; left && turn && !list_empty(list); turn--, left--) {
			struct page *coldest = list_entry(list->prev, struct page, lru);

			list_del(&coldest->lru);
			free_one_page(zone, coldest, 0, coldest->private);
		}
	}
	pcp->count -= count;
}

/**
 * drain_pcp - give all pages in a zone's per-cpu lists back to its free lists
 * @zone: any populated zone
 *
 * Linux: mm/page_alloc.c:drain_pages, v2.6.34, one zone of it.
 */
void drain_pcp(struct zone *zone)
{
	struct per_cpu_pages *pcp = &zone->pageset->pcp;

	free_pcppages_bulk(zone, pcp->count, pcp);
}

/**
 * drain_local_pages - the same for all zones
 *
 * Linux: mm/page_alloc.c:drain_local_pages, v2.6.34.
 */
void drain_local_pages(void)
{
	struct zone *zone;

	for_each_zone(zone)
		if (populated_zone(zone))
			drain_pcp(zone);
}

/* --- their sizes ------------------------------------------------------------------------ */

/**
 * zone_batchsize - how many pages move between a per-cpu list and the free lists at once
 * @zone: its present pages decide
 *
 * About a 4096th of the zone, at most 31, always 2^n - 1; before ba56e91 the next larger n.
 * Return: that number; 0 for a zone without pages, or nearly so.
 * Linux: mm/page_alloc.c:zone_batchsize, v2.6.34.
 */
int zone_batchsize(const struct zone *zone)
{
	unsigned long most = (variant.small_batches ? 256UL : 512UL) * 1024 / PAGE_SIZE;
	unsigned long batch = min(zone->present_pages / 1024, most) / 4;

	if (batch < 1)
		batch = 1;
	batch = rounddown_pow_of_two(batch + batch / 2);
	return (variant.small_batches ? 2 * batch : batch) - 1;
}

/**
 * setup_pageset - empty lists, and how full they may become
 * @p: the page set
 * @batch: pages that come and go at once; 0: none stays (high 0, batch 1)
 *
 * Linux: mm/page_alloc.c:setup_pageset, v2.6.34.
 */
void setup_pageset(struct per_cpu_pageset *p, int batch)
{
	int migratetype;

	p->pcp.count = 0;
	p->pcp.high = 6 * batch;
	p->pcp.batch = max(1, batch);
	for (migratetype = 0; migratetype < MIGRATE_PCPTYPES; migratetype++)
		INIT_LIST_HEAD(&p->pcp.lists[migratetype]);
}

/**
 * setup_boot_pageset - the set that serves all zones during the boot; it keeps no pages
 */
void __init setup_boot_pageset(void)
{
	setup_pageset(&boot_pageset, 0);
}

/* Whether what 2.6.34 says of each zone's size is printed; false for 2.4's boot allocator. */
bool print_zone_lines __initdata = true;

/**
 * zone_pcp_init - give a zone the boot page set
 * @zone: sized
 *
 * Linux: mm/page_alloc.c:zone_pcp_init, v2.6.34.
 */
void __init zone_pcp_init(struct zone *zone)
{
	unsigned long pages = zone->present_pages;

	if (pages && print_zone_lines)
		printk(KERN_DEBUG "  %s zone: %lu pages, LIFO batch:%u\n", zone->name, pages,
		       zone_batchsize(zone));
	zone->pageset = &boot_pageset;
}

/**
 * setup_per_cpu_pageset - give each zone a page set of its own
 *
 * The boot page set is of no use afterwards.
 * Linux: mm/page_alloc.c:setup_per_cpu_pageset, v2.6.34, which takes them from the
 * per-cpu allocator.
 */
void __init setup_per_cpu_pageset(void)
{
	struct zone *zone;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		zone->pageset = &zone_pagesets[zone->zone_pgdat->node_id][zone_idx(zone)];
		setup_pageset(zone->pageset, zone_batchsize(zone));
	}
}
