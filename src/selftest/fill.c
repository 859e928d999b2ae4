// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftests of the page allocator: every page there is, and where each kind of allocation
 * has to fail. Pages that a test holds are on a list through their own struct page, so that
 * nothing else is allocated meanwhile.
 */
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_alloc.h>
#include <selftest/ktap.h>

#define HELD	0x68656c64UL	/* in page->index: this test holds the page */
#define QUIET	__GFP_NOWARN

/* What a page is filled with: its number, so that no two have the same. */
static u32 page_word(const struct page *page)
{
	return page_to_pfn(page) * 0x9e370001U;
}

/* Holds a block, as single pages. Each page must be new to us. */
static void hold(struct page *page, unsigned int order, struct list_head *held)
{
	unsigned long i;

	split_page(page, order);
	for (i = 0; i < 1UL << order; i++) {
		check(page[i].index != HELD);
		page[i].index = HELD;
		page_fill(page + i, page_word(page + i));
		list_add_tail(&page[i].lru, held);
	}
}

#define ANY_NODE	(-1)

static struct page *take_block(int nid, unsigned int order)
{
	if (nid == ANY_NODE)
		return alloc_pages(GFP_HIGHUSER_MOVABLE | QUIET, order);
	return alloc_pages_node(nid, GFP_HIGHUSER_MOVABLE | QUIET | __GFP_THISNODE, order);
}

/* Takes all pages there are, or all of a node, the largest blocks first. Returns how many. */
static unsigned long take_all(int nid, struct list_head *held, int largest_order)
{
	unsigned long taken = 0;
	struct page *page;
	int order;

	for (order = largest_order; order >= 0; order--)
		while ((page = take_block(nid, order))) {
			hold(page, order, held);
			taken += 1UL << order;
		}
	return taken;
}

/* Does each page that exists hold what was written to it? Returns how many are on the list. */
static unsigned long check_contents(const struct list_head *held)
{
	unsigned long n = 0, absent = 0;
	struct page *page;

	list_for_each_entry(page, held, lru) {
		absent += pfn_absent(page_to_pfn(page));
		check(page_filled(page, page_word(page)));
		page->index = 0;
		n++;
	}
	if (absent)
		ktap_diag("fill: %lu pages are not written: the given memory map has them, this machine "
			  "does not", absent);
	return n;
}

static void fill_all(int largest_order)
{
	unsigned long free_before = nr_free_pages(), taken;
	const struct zone *zone;
	LIST_HEAD(held);

	taken = take_all(ANY_NODE, &held, largest_order);
	for_each_zone(zone)
		check(!populated_zone(zone) || !zone_free_pages(zone));
	check(taken == free_before);
	check(check_contents(&held) == taken);
	free_blocks(&held, 0);
	ktap_diag("fill: %lu pages, beginning with order %d", taken, largest_order);
}

static unsigned long node_free_pages(int nid)
{
	const struct zone *zone;
	unsigned long pages = 0;

	for_each_node_zone(zone, nid)
		if (populated_zone(zone))
			pages += zone_free_pages(zone);
	return pages;
}

/* All of one node: the others keep what they have, and serve when it has nothing left. */
static void fill_node(int nid)
{
	unsigned long free_before = node_free_pages(nid), others, taken;
	struct page *page;
	LIST_HEAD(held);

	drain_local_pages();
	others = nr_free_pages() - free_before;
	taken = take_all(nid, &held, MAX_ORDER - 1);
	check(taken == free_before && !node_free_pages(nid));
	check(nr_free_pages() == others);
	check(check_contents(&held) == taken);
	page = alloc_pages_node(nid, GFP_HIGHUSER_MOVABLE | QUIET, 0);
	check(!page == !others);
	if (page) {
		ktap_diag("fill: node %d, %lu pages; the next one is node %d's, %s", nid, taken,
			  page_to_nid(page), page_zone(page)->name);
		check(page_to_nid(page) != nid);
		__free_page(page);
	}
	free_blocks(&held, 0);
}

/**
 * test_fill - allocate every page of every zone, write it, read it, free it
 *
 * Once page by page and once in the largest blocks; then node by node, where there are several.
 * Watermarks and reserves don't hold meanwhile.
 */
void test_fill(void)
{
	static struct {
		unsigned long watermark[NR_WMARK], lowmem_reserve[MAX_NR_ZONES];
	} saved[NR_ZONES];
	struct zones_state before;
	struct zone *zone;
	int nid;

	for_each_zone(zone) {
		memcpy(saved[zone_nr(zone)].watermark, zone->watermark, sizeof(zone->watermark));
		memcpy(saved[zone_nr(zone)].lowmem_reserve, zone->lowmem_reserve,
		       sizeof(zone->lowmem_reserve));
		memset(zone->watermark, 0, sizeof(zone->watermark));
		memset(zone->lowmem_reserve, 0, sizeof(zone->lowmem_reserve));
	}
	zones_state(&before);
	fill_all(0);
	zones_same(&before);
	fill_all(MAX_ORDER - 1);
	zones_same(&before);
	for_each_online_node(nid)
		if (num_online_nodes() > 1) {
			fill_node(nid);
			zones_same(&before);
		}
	for_each_zone(zone) {
		memcpy(zone->watermark, saved[zone_nr(zone)].watermark, sizeof(zone->watermark));
		memcpy(zone->lowmem_reserve, saved[zone_nr(zone)].lowmem_reserve,
		       sizeof(zone->lowmem_reserve));
	}
}

/* --- exhaustion ------------------------------------------------------------------------- */

/* How far down a zone may go for an allocation: worked out anew, not with the allocator's code. */
static unsigned long zone_floor(const struct zone *zone, gfp_t gfp)
{
	unsigned long floor = zone->watermark[WMARK_MIN];
	const struct zoneref *first = node_zonelist(numa_node_id(), gfp)->_zonerefs;

	while (first->zone_idx > (int)gfp_zone(gfp))
		first++;
	if (gfp & __GFP_HIGH)
		floor -= floor / 2;
	if (!(gfp & __GFP_WAIT))
		floor -= floor / 4;
	return floor + zone->lowmem_reserve[first->zone_idx];
}

static bool may_serve(const struct zone *zone, gfp_t gfp)
{
	return populated_zone(zone) && zone_idx(zone) <= (int)gfp_zone(gfp);
}

/* What each zone has: pages that count for the watermarks, and all of them. */
static void note_free_pages(unsigned long *counted, unsigned long *all)
{
	const struct zone *zone;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		counted[zone_nr(zone)] = zone->vm_stat[NR_FREE_PAGES];
		all[zone_nr(zone)] = zone_free_pages(zone);
	}
}

/*
 * Takes blocks of one order until there are no more; each must come from a zone that may serve
 * and that was above its floor. For those that may wait the per-cpu lists are drained first.
 */
static unsigned long take_until_null(gfp_t gfp, unsigned int order, struct list_head *held)
{
	unsigned long counted[NR_ZONES], all[NR_ZONES], n = 0;
	struct page *page;

	for (;;) {
		note_free_pages(counted, all);
		page = alloc_pages(gfp | QUIET, order);
		if (!page)
			return n;
		check(may_serve(page_zone(page), gfp));
		check((gfp & __GFP_WAIT ? all : counted)[zone_nr(page_zone(page))] >
		      zone_floor(page_zone(page), gfp));
		list_add(&page->lru, held);
		n++;
	}
}

/* No zone that may serve is above its floor: the last page was not refused too early. */
static void check_exhausted(gfp_t gfp)
{
	const struct zone *zone;

	for_each_zone(zone)
		if (may_serve(zone, gfp))
			check(zone->vm_stat[NR_FREE_PAGES] <= zone_floor(zone, gfp));
}

static void exhaust_class(const char *name, gfp_t gfp, unsigned int order)
{
	unsigned long taken;
	LIST_HEAD(held);

	taken = take_until_null(gfp, order, &held);
	if (order == 0)
		check_exhausted(gfp);
	check(!alloc_pages(gfp | QUIET, order));
	zones_check();
	free_blocks(&held, order);
	ktap_diag("exhaust: %s, order %u: NULL after %lu blocks", name, order, taken);
}

/* A refusal with a report; text is in it once, if such reports are still made. */
static void refuse_and_expect(const char *text, bool silent)
{
	ktap_expect(text);
	check(!alloc_pages(GFP_DMA, 0));
	check(ktap_reports() == 1 || (silent && !ktap_reports()));
}

/* The report's first line, and the last one of show_free_areas(). */
static void refuse_with_report(void)
{
	static bool again;
	bool silent = again || ktap_logged("further page allocation failures are not reported");
	LIST_HEAD(held);

	again = true;
	take_until_null(GFP_DMA, 0, &held);
	refuse_and_expect("page allocation failure. order:0, mode:", silent);
	refuse_and_expect(" total pagecache pages", silent);
	free_blocks(&held, 0);
	check(!alloc_pages(GFP_KERNEL | QUIET, MAX_ORDER));
	check(!alloc_pages(GFP_KERNEL | QUIET, ~0U));
}

/**
 * test_exhaust - every kind of allocation until it fails, and what may be left then
 */
void test_exhaust(void)
{
	static const struct {
		const char *name;
		gfp_t gfp;
		unsigned int order;
	} classes[] = {
		{ "GFP_DMA", GFP_DMA, 0 },
		{ "GFP_DMA | GFP_ATOMIC", GFP_DMA | GFP_ATOMIC, 0 },
		{ "GFP_KERNEL", GFP_KERNEL, 0 },
		{ "GFP_KERNEL | __GFP_RECLAIMABLE", GFP_KERNEL | __GFP_RECLAIMABLE, 0 },
		{ "GFP_ATOMIC", GFP_ATOMIC, 0 },
		{ "GFP_NOWAIT", GFP_NOWAIT, 0 },
		{ "GFP_NOIO", GFP_NOIO, 0 },
		{ "GFP_NOFS", GFP_NOFS, 0 },
		{ "GFP_USER", GFP_USER, 0 },
		{ "GFP_HIGHUSER", GFP_HIGHUSER, 0 },
		{ "GFP_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE, 0 },
		{ "GFP_KERNEL", GFP_KERNEL, 1 },
		{ "GFP_ATOMIC", GFP_ATOMIC, 3 },
		{ "GFP_HIGHUSER", GFP_HIGHUSER, 10 },
	};
	struct zones_state before;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		zones_state(&before);
		exhaust_class(classes[i].name, classes[i].gfp, classes[i].order);
		zones_same(&before);
	}
	zones_state(&before);
	refuse_with_report();
	zones_same(&before);
}
