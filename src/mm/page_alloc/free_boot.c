// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeing pages that have never been free: how the boot allocators hand over.
 *
 * Before, every page is reserved and has a reference (memmap_init_zone()). Whoever knows which of
 * them are free comes here with each of these once, page by page or in blocks:
 *
 *	bootmem, 2.4's, early_res   __free_pages_bootmem()   pages, and blocks of 32
 *	memblock                    __free_pages_core()      largest blocks, to the lists' tails
 *	high memory                 __free_pages_bootmem()   pages
 *	with memdawn.free=bulk      bulk_free_range()        largest blocks, as if page by page
 *
 * They join as any other pages do. The order in which they come decides that of the free lists.
 */
#include <kernel/init.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/page_alloc_internal.h>

unsigned long totalram_pages;
unsigned long totalhigh_pages;
unsigned long num_physpages;
bool free_in_bulk;

/* Nobody holds the pages of this block any more. */
static __always_inline void unreserve(struct page *page, unsigned int order)
{
	const struct page *end = page + (1UL << order);

	for (; page < end; page++) {
		page->flags &= ~PF(PG_reserved);
		page->_count = 0;
	}
}

/* The first page of the block that it becomes a part of; NULL if it may not be freed. */
static __always_inline struct page *free_reserved(struct page *page, unsigned int order,
						  int migratetype)
{
	unreserve(page, order);
	if (!free_pages_prepare(page, order))
		return NULL;
	vm_events[PGFREE] += 1UL << order;
	return free_one_page(page_zone(page), page, order, migratetype);
}

/**
 * __free_pages_bootmem - free pages that have never been free
 * @page: first page, still reserved
 * @order: 0, or 5 for 32 pages at once
 *
 * Before setup_per_cpu_pageset(). Linux sends single pages through the boot page set, which keeps
 * none; here they go straight to the free lists, with what that leaves in private.
 * Linux: mm/page_alloc.c:__free_pages_bootmem, v2.6.34.
 */
void __init __free_pages_bootmem(struct page *page, unsigned int order)
{
	int migratetype = get_pageblock_migratetype(page);

	if (order == 0) {
		page->private = migratetype;
		free_reserved(page, 0, migratetype);
	} else {
		free_reserved(page, order, migratetype);
	}
}

/**
 * __free_pages_core - free pages that have never been free, to their list's tail
 * @page: first page of a block of 2^order pages, all reserved
 * @order: 0 to 10
 *
 * What is freed last is then used last. memblock hands its memory over this way.
 * Linux: mm/page_alloc.c:__free_pages_core, v6.1.
 */
void __init __free_pages_core(struct page *page, unsigned int order)
{
	int migratetype = get_pageblock_migratetype(page);
	struct page *block = free_reserved(page, order, migratetype);
	struct free_area *area;

	if (!block)
		return;
	area = &page_zone(page)->free_area[page_order(block)];
	list_move_tail(&block->lru, &area->free_list[migratetype]);
}

/**
 * bulk_free_range - free reserved page frames of one zone, block by block
 * @start_pfn: first page frame
 * @end_pfn: page frame after the last one
 *
 * Leaves the same lists, in the same order, as freeing page by page upwards: a
 * block gets onto its list when its last page comes free, and that page's
 * pageblock decides the migrate type.
 */
void __init bulk_free_range(unsigned long start_pfn, unsigned long end_pfn)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));
	unsigned long pfn, nr_pages;

	for (pfn = start_pfn; pfn < end_pfn; pfn += nr_pages) {
		unsigned int order = largest_block_order(pfn, end_pfn);
		struct page *page = zone_page(zone, pfn);

		nr_pages = 1UL << order;
		unreserve(page, order);
		vm_events[PGFREE] += nr_pages;
		free_one_page(zone, page, order, pageblock_type(zone, pfn + nr_pages - 1));
	}
}
