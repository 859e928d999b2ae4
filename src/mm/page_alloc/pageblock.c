// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pageblocks: 1024 page frames each, with a migrate type that says what their free pages are for.
 *
 *	Unmovable	the kernel's own, which stay where they are
 *	Reclaimable	the kernel's own, which can be thrown away
 *	Movable		those whose contents can be put elsewhere
 *	Reserve		kept back; taken when no other type has any left
 *	Isolate		not to be handed out
 *
 * The type stands in three bits of zone->pageblock_flags. Pageblocks are counted from the zone's
 * first page frame, which need not be a multiple of 1024: in ZONE_DMA it is 1. So the 1024 page
 * frames that are moved from one type's free lists to another's, which begin at a multiple, are not
 * always just those of the pageblock.
 */
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/page_alloc_internal.h>

int page_group_by_mobility_disabled;

/**
 * set_pageblock_migratetype - give a pageblock a migrate type
 * @page: any page of it
 * @migratetype: enum migratetype; Unmovable if grouping by mobility is off
 *
 * Linux: mm/page_alloc.c:set_pageblock_migratetype, v2.6.34.
 */
void set_pageblock_migratetype(const struct page *page, int migratetype)
{
	struct zone *zone = page_zone(page);
	unsigned long bit, bitidx = pfn_to_bitidx(zone, page_to_pfn(page));

	VM_BUG_ON(bad_range(zone, page));
	if (page_group_by_mobility_disabled)
		migratetype = MIGRATE_UNMOVABLE;
	for (bit = 0; bit < NR_PAGEBLOCK_BITS; bit++)
		if (migratetype & (1 << bit))
			__set_bit(bitidx + bit, zone->pageblock_flags);
		else
			__clear_bit(bitidx + bit, zone->pageblock_flags);
}

/*
 * Puts the free blocks that begin in page frames [start_pfn, end_pfn) onto a type's lists, each to
 * the head of its own. Returns the number of their pages.
 */
static unsigned int move_freepages(struct zone *zone, unsigned long start_pfn,
				   unsigned long end_pfn, int migratetype)
{
	unsigned long pfn, nr_pages;
	unsigned int moved = 0;

	for (pfn = start_pfn; pfn < end_pfn; pfn += nr_pages) {
		struct page *page = zone_page(zone, pfn);
		struct free_area *area;

		VM_BUG_ON(bad_range(zone, page));
		nr_pages = 1;
		if (PageBuddy(page)) {
			area = &zone->free_area[page_order(page)];
			list_move(&page->lru, &area->free_list[migratetype]);
			nr_pages <<= page_order(page);
			moved += nr_pages;
		}
	}
	return moved;
}

/**
 * move_freepages_block - put the free blocks around a page onto another type's lists
 * @zone: the page's zone
 * @page: any of its pages; the 1024 page frames are those between two multiples of 1024
 * @migratetype: enum migratetype
 *
 * Where they cross the zone's beginning, only what begins with @page or after it is moved; where
 * they cross its end, nothing is.
 * Return: the number of pages moved.
 * Linux: mm/page_alloc.c:move_freepages_block, v2.6.34.
 */
unsigned int move_freepages_block(struct zone *zone, const struct page *page, int migratetype)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long block = round_down(pfn, pageblock_nr_pages);
	unsigned long block_end = block + pageblock_nr_pages;

	if (block_end > zone->zone_start_pfn + zone->spanned_pages)
		return 0;
	return move_freepages(zone, block < zone->zone_start_pfn ? pfn : block, block_end,
			      migratetype);
}

/**
 * setup_zone_migrate_reserve - choose the pageblocks that are kept back
 * @zone: with its min watermark
 *
 * One for each 1024 pages of the watermark, or part of them, but at most two: the first ones that
 * are Movable, or have been chosen before. Those that were chosen and are too many become Movable.
 * Linux: mm/page_alloc.c:setup_zone_migrate_reserve, v2.6.34.
 */
void setup_zone_migrate_reserve(struct zone *zone)
{
	unsigned long wanted = DIV_ROUND_UP(zone->watermark[WMARK_MIN], pageblock_nr_pages);
	unsigned long pfn = zone->zone_start_pfn, end_pfn = pfn + zone->spanned_pages;
	unsigned long missing = min(wanted, 2UL);

	for (; pfn < end_pfn; pfn += pageblock_nr_pages) {
		struct page *page = zone_page(zone, pfn);
		int now = pageblock_type(zone, pfn), next = MIGRATE_MOVABLE;

		/* What begins with a reserved page is of no use: nobody will free that. */
		if (PageReserved(page) || (now != MIGRATE_MOVABLE && now != MIGRATE_RESERVE))
			continue;
		if (missing) {
			next = MIGRATE_RESERVE;
			missing--;
		}
		if (next != now) {
			set_pageblock_migratetype(page, next);
			move_freepages_block(zone, page, next);
		}
	}
}
