// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator itself: a zone's free lists, and how blocks are split and joined.
 *
 * Free memory is kept in blocks of 2^order pages, order 0 to 10. A zone has a list of them for each
 * order and migrate type, free_area[order].free_list[type], linked through the lru of their first
 * pages. Between two calls
 *
 *   - a block begins at a page frame number that is a multiple of its size, and lies in one zone;
 *   - its first page is marked PG_buddy and has the order in private; its others aren't marked;
 *   - none of its pages has a reference, a mapping or another flag;
 *   - nr_free is the number of blocks of an order, those of all types together;
 *   - two buddies, blocks of one order and zone whose page frame numbers differ in bit `order`
 *     alone, are never both free, unless it is the highest order: they would be one block.
 *
 * Split. Somebody wants a page, and the smallest free block is 0-7, of order 3. It comes off its
 * list; its upper half gets on the list of the next lower order, and so on with what remains:
 *
 *	order 3	   [ 0  1  2  3  4  5  6  7 ]
 *	order 2	   [ 0  1  2  3 ]		4-7 to the head of its list
 *	order 1	   [ 0  1 ]			2-3 to the head of its list
 *	order 0	   [ 0 ]			1 to the head of its list; 0 is taken
 *
 * Join. Page 0 comes back, and all the others are still free. At each order the buddy is looked at.
 * Where it is a free block of just that order it comes off its list, and the two are one block:
 *
 *	order 0	     0, its buddy 0 ^ 1 = 1 is free		0-1
 *	order 1	   0-1, its buddy 0 ^ 2 = 2 is free		0-3
 *	order 2	   0-3, its buddy 0 ^ 4 = 4 is free		0-7
 *	order 3	   0-7, its buddy 0 ^ 8 = 8 is not, or not all:	0-7 to the head of its list
 *
 * Which list: pages that can be moved and pages that can't are kept in different pageblocks
 * (pageblock.c). What is freed gets on the lists of its pageblock's type. What is wanted comes from
 * the lists of the type that the allocation names; where they have nothing, from the largest block
 * of another type, since the larger the piece, the less the mixing; and from those of type Reserve
 * when nothing else is left.
 */
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/page_alloc_internal.h>

static inline void set_page_order(struct page *page, unsigned int order)
{
	page->private = order;
	page->flags |= PF(PG_buddy);
}

static inline void rmv_page_order(struct page *page)
{
	page->flags &= ~PF(PG_buddy);
	page->private = 0;
}

/* area: that of the block's order. */
static inline void add_to_free_area(struct page *page, struct free_area *area, unsigned int order,
				    int migratetype)
{
	set_page_order(page, order);
	list_add(&page->lru, &area->free_list[migratetype]);
	area->nr_free++;
}

static inline void del_page_from_free_area(struct page *page, struct free_area *area)
{
	__list_del(page->lru.prev, page->lru.next);
	rmv_page_order(page);
	area->nr_free--;
}

/* --- joining ---------------------------------------------------------------------------- */

/* The first page of the block that makes one of the next order with the block at pfn. */
static inline struct page *__page_find_buddy(const struct zone *zone, unsigned long pfn,
					     unsigned int order)
{
	return zone_page(zone, pfn ^ 1UL << order);
}

/* Where the block begins that the two make. */
static inline unsigned long __find_combined_index(unsigned long pfn, unsigned int order)
{
	return pfn & ~(1UL << order);
}

static inline bool same_zone(const struct page *a, const struct page *b)
{
	return (a->flags ^ b->flags) >> ZONES_PGSHIFT == 0;
}

/* Is the buddy of a free block free itself, in one piece, and in the same zone? */
static inline bool page_is_buddy(const struct page *page, const struct page *buddy,
				 unsigned int order)
{
	if (!PageBuddy(buddy) || page_order(buddy) != order || !same_zone(page, buddy))
		return false;
	VM_BUG_ON(buddy->_count);
	return true;
}

/* Puts a block on the free lists, joined with its buddies; the first page of what that makes. */
static inline struct page *__free_one_page(struct page *page, struct zone *zone, unsigned int order,
					   int migratetype)
{
	struct free_area *area = &zone->free_area[order];
	unsigned long pfn = page_to_pfn(page);

	VM_BUG_ON(migratetype < 0 || migratetype >= MIGRATE_TYPES);
	VM_BUG_ON(!IS_ALIGNED(pfn, 1UL << order));
	VM_BUG_ON(bad_range(zone, page));
	/* The block of this order at pfn is free, and on no list. */
	for (; order < MAX_ORDER - 1; order++, area++) {
		struct page *buddy = __page_find_buddy(zone, pfn, order);

		if (!page_is_buddy(page, buddy, order))
			break;
		del_page_from_free_area(buddy, area);
		pfn = __find_combined_index(pfn, order);
	}
	page = zone_page(zone, pfn);
	add_to_free_area(page, area, order, migratetype);
	return page;
}

/**
 * free_one_page - free a block
 * @zone: the zone that it lies in
 * @page: its first page; nobody has a reference to any of its pages
 * @order: 0 to 10
 * @migratetype: enum migratetype: whose list it gets on, as the first block
 *
 * mem_map must have a struct page for each page of a buddy, also beyond the zone's ends.
 * Return: the first page of the block that it is a part of now.
 * Linux: mm/page_alloc.c:free_one_page, v2.6.34.
 */
struct page *free_one_page(struct zone *zone, struct page *page, unsigned int order,
			   int migratetype)
{
	zone->vm_stat[NR_FREE_PAGES] += 1UL << order;
	return __free_one_page(page, zone, order, migratetype);
}

/**
 * free_block_of - the free block that a page lies in
 * @page: any page of mem_map
 *
 * Return: its first page, which has the order (page_order()); NULL if the page isn't free.
 */
const struct page *free_block_of(const struct page *page)
{
	const struct zone *zone = page_zone(page);
	unsigned long pfn = page_to_pfn(page), start = pfn;

	/* Without its lowest bit, start is where the next larger block begins that has pfn in it. */
	while (!PageBuddy(zone_page(zone, start)) && !IS_ALIGNED(start, MAX_ORDER_NR_PAGES))
		start &= start - 1;
	page = zone_page(zone, start);
	return PageBuddy(page) && pfn - start < 1UL << page_order(page) ? page : NULL;
}

/* --- splitting -------------------------------------------------------------------------- */

/*
 * Of a block of order high that is on no list any more, all goes to the free lists but the first
 * 2^low pages. area: that of order high.
 */
static inline void expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high,
			  struct free_area *area, int migratetype)
{
	while (high > low) {
		struct page *upper_half = page + (1UL << --high);

		VM_BUG_ON(bad_range(zone, upper_half));
		add_to_free_area(upper_half, --area, high, migratetype);
	}
}

static inline struct page *first_free_block(const struct free_area *area, int migratetype)
{
	const struct list_head *list = &area->free_list[migratetype];

	return list_empty(list) ? NULL : list_first_entry(list, struct page, lru);
}

/* From one type's lists: the smallest block that is large enough, the first of its list. */
static inline struct page *__rmqueue_smallest(struct zone *zone, unsigned int order,
					      int migratetype)
{
	struct free_area *area = &zone->free_area[order];
	unsigned int current_order = order;
	struct page *page;

	while (!(page = first_free_block(area, migratetype))) {
		if (++current_order == MAX_ORDER)
			return NULL;
		area++;
	}
	del_page_from_free_area(page, area);
	expand(zone, page, order, current_order, area, migratetype);
	return page;
}

/* Whose blocks a type takes when it has none; Reserve comes after all of them. */
static const u8 fallbacks[MIGRATE_PCPTYPES][MIGRATE_PCPTYPES - 1] = {
	[MIGRATE_UNMOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
	[MIGRATE_RECLAIMABLE]	= { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
	[MIGRATE_MOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
};

/**
 * fallback_type - whose blocks a type takes when it has none
 * @migratetype: Unmovable, Reclaimable or Movable
 * @i: 0 for the first that is asked, 1 for the other
 *
 * For who explains what the allocator does. Reserve comes after both.
 * Return: enum migratetype.
 */
int fallback_type(int migratetype, unsigned int i)
{
	return fallbacks[migratetype][i];
}

/*
 * A block of one type is about to serve another. If it is large, or the other type is one that
 * takes all it can, all that is free in its pageblock comes along; if that is at least half of the
 * pageblock, the pageblock changes its type. Returns the type that the rest of the block gets.
 */
static int claim_pageblock(struct zone *zone, const struct page *page, unsigned int order, int from,
			   int to)
{
	unsigned int moved;

	if (order < pageblock_order / 2 && to != MIGRATE_RECLAIMABLE &&
	    !page_group_by_mobility_disabled)
		return from;
	moved = move_freepages_block(zone, page, to);
	if (moved >= pageblock_nr_pages / 2 || page_group_by_mobility_disabled)
		set_pageblock_migratetype(page, to);
	return to;
}

/* From the lists of other types, the largest block first. */
static noinline struct page *__rmqueue_fallback(struct zone *zone, unsigned int order,
						int start_migratetype)
{
	unsigned int current_order = MAX_ORDER, i;

	while (current_order-- > order)
		for (i = 0; i < ARRAY_SIZE(fallbacks[0]); i++) {
			struct free_area *area = &zone->free_area[current_order];
			int type = fallbacks[start_migratetype][i];
			struct page *page = first_free_block(area, type);

			if (!page)
				continue;
			type = claim_pageblock(zone, page, current_order, type, start_migratetype);
			del_page_from_free_area(page, area);
			expand(zone, page, order, current_order, area, type);
			return page;
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
 * Return: the block's first page, or NULL.
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
