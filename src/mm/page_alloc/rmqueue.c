// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator: taking blocks off the free lists. Linux: mm/page_alloc.c.
 *
 * The smallest block that is large enough is taken and split; the halves that are
 * left over go onto the lists' heads:
 *
 *	order 3, one page wanted     [0 1 2 3 4 5 6 7]
 *	                              ^ taken: 0
 *	left over                       1, 2-3, 4-7
 *
 * Pages that can be moved and pages that can't are kept in different pageblocks.
 * Where a type has no block left, the largest block of another type is taken: the
 * larger the piece, the less the mixing. If the pageblock is then at least half
 * free it changes its type. Blocks of type Reserve are the last resort.
 */
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/page_alloc.h>

static __always_inline void set_free(struct page *page, unsigned int order)
{
	page->private = order;
	page->flags |= PF(PG_buddy);
}

static __always_inline void take(struct page *page, struct free_area *area)
{
	__list_del(page->lru.prev, page->lru.next);
	page->flags &= ~PF(PG_buddy);
	page->private = 0;
	area->nr_free--;
}

/* From a list to that of the same type for the next larger, or smaller, blocks. */
#define LARGER(list)	((void *)(list) + sizeof(struct free_area))
#define SMALLER(list)	((void *)(list) - sizeof(struct free_area))

/*
 * Keeps the first 2^order pages of a block that was on area's list, of order area_order;
 * what is left over, upper half after upper half, becomes free again. list is the one of
 * area for the type that the left-over halves get.
 */
static __always_inline void expand(struct page *page, unsigned int order, unsigned int area_order,
				   struct free_area *area, struct list_head *list)
{
	unsigned long bytes = sizeof(struct page) << area_order;
	struct list_head *half;

	while (area_order-- > order) {
		area--;
		list = SMALLER(list);
		bytes >>= 1;
		half = (void *)&page->lru + bytes;
		set_free(list_entry(half, struct page, lru), area_order);
		list_add(half, list);
		area->nr_free++;
	}
}

/**
 * __rmqueue_smallest - take a block off a zone's free lists of one migrate type
 * @zone: which zone
 * @order: 0 to 10
 * @migratetype: enum migratetype
 *
 * The zone's count of free pages is the caller's affair.
 *
 * Return: its first page, or NULL.
 * Linux: mm/page_alloc.c:__rmqueue_smallest, v2.6.34.
 */
struct page *__rmqueue_smallest(struct zone *zone, unsigned int order, int migratetype)
{
	struct list_head *list = &zone->free_area[order].free_list[migratetype];
	unsigned int current_order = order;
	struct free_area *area;
	struct page *page;

	while (list_empty(list)) {
		list = LARGER(list);
		if (++current_order == MAX_ORDER)
			return NULL;
	}
	area = container_of(list - migratetype, struct free_area, free_list[0]);
	page = list_first_entry(list, struct page, lru);
	take(page, area);
	expand(page, order, current_order, area, list);
	return page;
}

/* Whose blocks a type takes when it has none; Reserve comes after all of them. */
static const u8 fallbacks[MIGRATE_PCPTYPES][2] = {
	[MIGRATE_UNMOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
	[MIGRATE_RECLAIMABLE]	= { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
	[MIGRATE_MOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
};

/* Puts the free blocks among [page, end] onto a type's lists; returns their pages. */
static int move_freepages(struct zone *zone, struct page *page, struct page *end, int migratetype)
{
	int pages_moved = 0;

	while (page <= end) {
		unsigned long order = page->private;

		if (!PageBuddy(page)) {
			page++;
			continue;
		}
		list_move(&page->lru, &zone->free_area[order].free_list[migratetype]);
		page += 1UL << order;
		pages_moved += 1 << order;
	}
	return pages_moved;
}

/**
 * move_freepages_block - put the free blocks of a pageblock onto another type's lists
 * @zone: the page's zone
 * @page: any page of the block, which is aligned by page frame number here
 * @migratetype: enum migratetype
 *
 * Return: the number of pages moved; 0 if the block crosses the zone's end. Where it crosses the
 * zone's beginning, only what follows @page is moved.
 * Linux: mm/page_alloc.c:move_freepages_block, v2.6.34.
 */
int move_freepages_block(struct zone *zone, struct page *page, int migratetype)
{
	unsigned long start_pfn = round_down(page_to_pfn(page), pageblock_nr_pages);
	unsigned long end_pfn = start_pfn + pageblock_nr_pages - 1;
	struct page *start = pfn_to_page(start_pfn);

	if (start_pfn < zone->zone_start_pfn)
		start = page;
	if (end_pfn >= zone->zone_start_pfn + zone->spanned_pages)
		return 0;
	return move_freepages(zone, start, pfn_to_page(end_pfn), migratetype);
}

/*
 * Takes the rest of the block's pageblock along, if the block is large or the type is
 * one that takes all it can. Returns the type whose lists the left-over halves go to.
 */
static int claim_block(struct zone *zone, struct page *page, unsigned int order, int from, int to)
{
	int pages;

	if (order < pageblock_order / 2 && to != MIGRATE_RECLAIMABLE &&
	    !page_group_by_mobility_disabled)
		return from;
	pages = move_freepages_block(zone, page, to);
	if (pages >= 1 << (pageblock_order - 1) || page_group_by_mobility_disabled)
		set_pageblock_migratetype(page, to);
	return to;
}

static noinline struct page *__rmqueue_fallback(struct zone *zone, unsigned int order,
						int start_migratetype)
{
	int current_order;
	unsigned int i;

	for (current_order = MAX_ORDER - 1; current_order >= (int)order; current_order--) {
		struct free_area *area = &zone->free_area[current_order];

		for (i = 0; i < 2; i++) {
			int migratetype = fallbacks[start_migratetype][i];
			struct page *page;

			if (list_empty(&area->free_list[migratetype]))
				continue;
			page = list_entry(area->free_list[migratetype].next, struct page, lru);
			migratetype = claim_block(zone, page, current_order, migratetype,
						  start_migratetype);
			take(page, area);
			if (current_order >= pageblock_order)
				set_pageblock_migratetype(page, start_migratetype);
			expand(page, order, current_order, area, &area->free_list[migratetype]);
			return page;
		}
	}
	return NULL;
}

/**
 * __rmqueue - take a block off a zone's free lists
 * @zone: which zone
 * @order: 0 to 10
 * @migratetype: Unmovable, Reclaimable or Movable
 *
 * The zone's count of free pages is the caller's affair.
 *
 * Return: its first page, or NULL.
 * Linux: mm/page_alloc.c:__rmqueue, v2.6.34.
 */
struct page *__rmqueue(struct zone *zone, unsigned int order, int migratetype)
{
	struct page *page = __rmqueue_smallest(zone, order, migratetype);

	if (unlikely(!page))
		page = __rmqueue_fallback(zone, order, migratetype);
	if (unlikely(!page))
		page = __rmqueue_smallest(zone, order, MIGRATE_RESERVE);
	return page;
}

/**
 * rmqueue_bulk - fill a per-cpu list with single pages
 * @zone: which zone
 * @count: how many pages
 * @list: where they go, in the order in which they are taken; after its head
 * @migratetype: Unmovable, Reclaimable or Movable
 * @cold: nonzero: in front of the head, so last to first
 *
 * Return: the number of pages taken.
 * Linux: mm/page_alloc.c:rmqueue_bulk, v2.6.34.
 */
int rmqueue_bulk(struct zone *zone, int count, struct list_head *list, int migratetype, int cold)
{
	int i;

	for (i = 0; i < count; i++) {
		struct page *page = __rmqueue(zone, 0, migratetype);

		if (unlikely(!page))
			break;
		if (likely(!cold))
			list_add(&page->lru, list);
		else
			list_add_tail(&page->lru, list);
		page->private = migratetype;
		list = &page->lru;
	}
	zone->vm_stat[NR_FREE_PAGES] -= i;
	return i;
}
