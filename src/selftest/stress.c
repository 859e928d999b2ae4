// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftest of the page allocator: random allocations and frees of all orders and flags,
 * against a model that knows which page frames are handed out, what each block's first and
 * last words are, and how many pages each zone has left.
 *
 * Which block an allocation gets is foretold too: if the zone that serves has a block of the
 * wanted migrate type, it is the first one of the smallest order that is large enough. A
 * block that comes back goes to the list of its pageblock's type, joined with its buddies.
 */
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_alloc.h>
#include <mm/vmalloc.h>
#include <selftest/ktap.h>

#define NR_OPERATIONS	20000
#define MAX_LIVE	512
#define CHECK_EVERY	1000

static struct live_block {
	struct page *page;
	unsigned int order;
	bool compound;
	u32 word;		/* what the first page begins with; the last one: its complement */
} live[MAX_LIVE];

static unsigned int nr_live;
static unsigned long *taken;			/* a bit for each page frame */
static unsigned long left[NR_ZONES];	/* pages */
static unsigned long nr_allocated, nr_refused, nr_foretold, nr_fallback;

static void write_word(struct page *page, u32 word)
{
	u32 *kaddr = kmap_atomic(page, KM_USER1);

	*kaddr = word;
	kunmap_atomic(kaddr, KM_USER1);
}

static u32 read_word(struct page *page)
{
	u32 *kaddr = kmap_atomic(page, KM_USER1);
	u32 word = *kaddr;

	kunmap_atomic(kaddr, KM_USER1);
	return word;
}

static int wanted_type(gfp_t gfp)
{
	if (page_group_by_mobility_disabled)
		return MIGRATE_UNMOVABLE;
	if (gfp & __GFP_MOVABLE)
		return MIGRATE_MOVABLE;
	return gfp & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE;
}

/* The block that this zone would give; NULL: none of its lists of this type has one. */
static struct page *foretell(const struct zone *zone, unsigned int order, gfp_t gfp)
{
	const struct list_head *list = &zone->pageset->pcp.lists[wanted_type(gfp)];

	if (order == 0 && !list_empty(list))
		return list_entry(gfp & __GFP_COLD ? list->prev : list->next, struct page, lru);
	if (order == 0)
		return NULL;
	for (; order < MAX_ORDER; order++) {
		list = &zone->free_area[order].free_list[wanted_type(gfp)];
		if (!list_empty(list))
			return list_first_entry(list, struct page, lru);
	}
	return NULL;
}

/* A block that nobody holds, in one zone that may serve, in the state that the flags ask for. */
static void check_new_block(struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned long pfn = page_to_pfn(page), nr = 1UL << order, i;

	check(IS_ALIGNED(pfn, nr) && pfn_valid(pfn) && pfn_valid(pfn + nr - 1));
	check(page_zonenum(page) <= gfp_zone(gfp));
	check(page_zone(page + nr - 1) == page_zone(page));
	check(find_next_bit(taken, pfn + nr, pfn) == pfn + nr);
	check(page->_count == 1);
	for (i = 0; i < nr; i++) {
		check(page[i]._mapcount == -1 && !page[i].mapping && !PageBuddy(page + i));
		check(PageCompound(page + i) == (order && (gfp & __GFP_COMP)));
	}
	if (gfp & __GFP_ZERO)
		for (i = 0; i < nr; i++)
			check(page_filled(page + i, 0));
	bitmap_set(taken, pfn, nr);
}

static void note_new_block(struct page *page, unsigned int order, gfp_t gfp)
{
	struct live_block *block = &live[nr_live++];

	*block = (struct live_block){ page, order, gfp & __GFP_COMP, random_below(~0U) };
	write_word(page + (1UL << order) - 1, ~block->word);
	if (order)
		write_word(page, block->word);
	left[zone_nr(page_zone(page))] -= 1UL << order;
}

/* Nobody waits: then the per-cpu lists would be drained, and what was foretold would be wrong. */
static gfp_t random_gfp(void)
{
	static const gfp_t kinds[] = {
		GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT, GFP_DMA, GFP_DMA | GFP_ATOMIC, GFP_HIGHUSER,
		GFP_HIGHUSER_MOVABLE, GFP_USER | __GFP_MOVABLE, GFP_KERNEL | __GFP_RECLAIMABLE,
	};
	gfp_t gfp = kinds[random_below(ARRAY_SIZE(kinds))] | __GFP_NOWARN;

	gfp |= random_below(8) ? 0 : __GFP_COLD;
	gfp |= random_below(4) ? 0 : __GFP_COMP;
	gfp |= random_below(16) ? 0 : __GFP_ZERO;
	return gfp & ~__GFP_WAIT;
}

/* Only the small zones may run out: all that is live is less than half of what there is. */
static bool may_be_refused(gfp_t gfp, unsigned int order)
{
	unsigned long present = 0, still_there = 0;
	const struct zone *zone;

	for_each_zone(zone)
		if (zone_idx(zone) == ZONE_NORMAL) {
			present += zone->present_pages;
			still_there += left[zone_nr(zone)];
		}
	return (gfp & __GFP_DMA) || still_there <= present / 2 || order > 3;
}

static void allocate(void)
{
	unsigned int order = random_below(4) ? random_below(4) : random_below(MAX_ORDER);
	struct page *page, *told, *foretold[NR_ZONES];
	gfp_t gfp = random_gfp();
	const struct zone *zone;

	if (order > 6)
		gfp &= ~__GFP_ZERO;
	for_each_zone(zone)
		foretold[zone_nr(zone)] = populated_zone(zone) ? foretell(zone, order, gfp) : NULL;
	page = alloc_pages(gfp, order);
	if (!page) {
		check_say(may_be_refused(gfp, order), "a block of order %u with flags %x may be refused", order,
			  gfp);
		nr_refused++;
		return;
	}
	check_new_block(page, order, gfp);
	told = foretold[zone_nr(page_zone(page))];
	if (told) {
		check_say(page == told,
			  "order %u, flags %x: page frame %lu, at the head of its list, is handed out, not %lu",
			  order, gfp, page_to_pfn(told), page_to_pfn(page));
		nr_foretold++;
	} else if (order) {
		nr_fallback++;
	}
	note_new_block(page, order, gfp);
	nr_allocated++;
}

/* A block has come back: first in the list of its pageblock's type, alone or joined. */
static void check_freed_block(struct page *page, unsigned int order)
{
	const struct zone *zone = page_zone(page);
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	int type = get_pageblock_migratetype(page);
	const struct page *head = free_block_of(page);

	if (order == 0 && !head) {
		if (type >= MIGRATE_PCPTYPES)
			type = MIGRATE_MOVABLE;
		check_say(pcp->lists[type].next == &page->lru,
			  "page frame %lu, just freed, is the head of zone %s's per-cpu list of type %d",
			  page_to_pfn(page), zone->name, type);
		return;
	}
	if (!check(head) || order == 0)
		return;
	check_say(page_order(head) >= order, "page frame %lu is free in a block of order %u or more, not %lu",
		  page_to_pfn(page), order, (unsigned long)page_order(head));
	check_say(zone->free_area[page_order(head)].free_list[type].next == &head->lru,
		  "page frame %lu, whose block was just freed, is the head of zone %s's list of order %lu, type %d",
		  page_to_pfn(head), zone->name, (unsigned long)page_order(head), type);
}

static void free_one(void)
{
	unsigned int k = random_below(nr_live);
	struct live_block *block = &live[k];
	unsigned long nr = 1UL << block->order;

	check(read_word(block->page + nr - 1) == ~block->word);
	if (block->order)
		check(read_word(block->page) == block->word);
	check(!block->compound || !block->order || PageHead(block->page));
	check(find_next_zero_bit(taken, page_to_pfn(block->page) + nr, page_to_pfn(block->page)) ==
	      page_to_pfn(block->page) + nr);
	bitmap_clear(taken, page_to_pfn(block->page), nr);
	left[zone_nr(page_zone(block->page))] += nr;
	__free_pages(block->page, block->order);
	check_freed_block(block->page, block->order);
	*block = live[--nr_live];
}

static void check_counters(void)
{
	const struct zone *zone;

	zones_check();
	for_each_zone(zone)
		if (populated_zone(zone))
			check_say(zone_free_pages(zone) == left[zone_nr(zone)],
				  "zone %s has %lu free pages, not %lu", zone->name, left[zone_nr(zone)],
				  zone_free_pages(zone));
}

static void run_operations(void)
{
	unsigned int i;
	bool mostly_free = false;

	for (i = 0; i < NR_OPERATIONS && !ktap_failed(); i++) {
		/* Now it grows, now it shrinks. */
		if (i % (NR_OPERATIONS / 8) == 0)
			mostly_free = !mostly_free;
		if (nr_live == MAX_LIVE || (nr_live && random_below(8) < (mostly_free ? 5 : 3)))
			free_one();
		else
			allocate();
		if (i % CHECK_EVERY == 0)
			check_counters();
	}
	while (nr_live)
		free_one();
	check_counters();
}

/**
 * test_stress - random operations; afterwards everything is as it was
 */
void test_stress(void)
{
	struct zones_state before;
	const struct zone *zone;
	size_t size = BITS_TO_LONGS(mem_map_end_pfn()) * sizeof(long);

	if (!vmalloc_room(PAGE_ALIGN(size) + PAGE_SIZE))
		return;
	taken = vzalloc(size);
	if (!check(taken))
		return;
	random_seed("stress");
	zones_state(&before);
	for_each_zone(zone)
		left[zone_nr(zone)] = populated_zone(zone) ? zone_free_pages(zone) : 0;
	nr_allocated = nr_refused = nr_foretold = nr_fallback = 0;
	run_operations();
	zones_same(&before);
	vfree(taken);
	ktap_diag("stress: %lu blocks allocated, %lu of them foretold, %lu of another type, "
		  "%lu refused", nr_allocated, nr_foretold, nr_fallback, nr_refused);
}
