// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator: what comes back.
 *
 * Free memory is kept in blocks of 2^order pages, order 0 to 10, each aligned to
 * its size; a zone has a list of them for each order and migrate type. Two blocks
 * that together make an aligned block of the next order are buddies: their page
 * frame numbers differ in bit `order` only. Freeing joins buddies as far as it goes:
 *
 *	order 0	  ..[k]			free page k: its buddy k^1 is free, join
 *	order 1	  .[k&~1 ]		the pair's buddy is free, join
 *	order 2	  [k&~3      ]		its buddy isn't: the block goes on the list's head
 *
 * The first page of a free block is marked PG_buddy and has the order in private.
 *
 * Single pages pass through the zone's per-cpu page set. Until the real ones are
 * there a boot page set serves all zones: batch 1 and high 0, so that a page that
 * comes in goes straight on to the free lists.
 */
#include <kernel/init.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>

unsigned long totalram_pages;
unsigned long totalhigh_pages;
unsigned long num_physpages;
int page_group_by_mobility_disabled;
bool free_in_bulk;
unsigned long vm_events[NR_VM_EVENT_ITEMS];

/* A pageblock's place in the zone's bitmap: counted from the zone's first page frame. */
static unsigned long pfn_to_bitidx(const struct zone *zone, unsigned long pfn)
{
	return ((pfn - zone->zone_start_pfn) >> pageblock_order) * NR_PAGEBLOCK_BITS;
}

/**
 * set_pageblock_migratetype - give a pageblock a migrate type
 * @page: any page of it
 * @migratetype: enum migratetype; Unmovable if grouping by mobility is off
 *
 * Linux: mm/page_alloc.c:set_pageblock_migratetype, v2.6.34.
 */
void set_pageblock_migratetype(struct page *page, int migratetype)
{
	struct zone *zone = page_zone(page);
	unsigned long bit, bitidx = pfn_to_bitidx(zone, page_to_pfn(page));

	if (page_group_by_mobility_disabled)
		migratetype = MIGRATE_UNMOVABLE;
	for (bit = 0; bit < NR_PAGEBLOCK_BITS; bit++)
		if (migratetype & (1 << bit))
			__set_bit(bitidx + bit, zone->pageblock_flags);
		else
			__clear_bit(bitidx + bit, zone->pageblock_flags);
}

/* A type may lie across two words of the bitmap. */
static __always_inline int __pageblock_type(const struct zone *zone, unsigned long pfn)
{
	unsigned long bitidx = pfn_to_bitidx(zone, pfn);
	unsigned long shift = bitidx % BITS_PER_LONG;
	const unsigned long *word = &zone->pageblock_flags[bitidx / BITS_PER_LONG];
	unsigned long bits = word[0] >> shift;

	if (shift > BITS_PER_LONG - NR_PAGEBLOCK_BITS)
		bits |= word[1] << (BITS_PER_LONG - shift);
	return bits & ((1 << NR_PAGEBLOCK_BITS) - 1);
}

/**
 * pageblock_type - the migrate type of a page frame's pageblock
 * @zone: the frame's zone
 * @pfn: page frame number
 *
 * Return: enum migratetype.
 */
int pageblock_type(const struct zone *zone, unsigned long pfn)
{
	return __pageblock_type(zone, pfn);
}

/**
 * get_pageblock_migratetype - the migrate type of a page's pageblock
 * @page: any page of it
 *
 * Return: enum migratetype.
 * Linux: include/linux/mmzone.h:get_pageblock_migratetype, v2.6.34.
 */
int get_pageblock_migratetype(const struct page *page)
{
	return __pageblock_type(page_zone(page), page_to_pfn(page));
}

/* The flags of a free block's first page: its zone, and that it is one. There are no others. */
static __always_inline unsigned long buddy_flags(const struct page *page)
{
	return (page->flags & (ZONES_MASK << ZONES_PGSHIFT)) | PF(PG_buddy);
}

/*
 * Joins the block with its buddies as far as it goes and puts the result on the head of its
 * list, or on the tail. A page beyond the zone has another zone's number. Blocks are named by
 * their first page's distance from mem_map in bytes: it is as aligned as the page frame number.
 */
static __always_inline void join_and_list(struct page *page, struct zone *zone,
					  unsigned int order, int migratetype, bool to_tail)
{
	void *const map = mem_map;
	unsigned long block = (void *)page - map;
	unsigned long size = sizeof(struct page) << order;
	unsigned long flags = buddy_flags(page);
	struct free_area *area = &zone->free_area[order];

	/* The block at block is free, is on no list, and every smaller join is done. */
	for (; order < MAX_ORDER - 1; order++, area++, size <<= 1) {
		struct page *buddy = map + (block ^ size);

		if (buddy->flags != flags || buddy->private != order)
			break;
		__list_del(buddy->lru.prev, buddy->lru.next);
		area->nr_free--;
		buddy->flags &= ~PF(PG_buddy);
		buddy->private = 0;
		block &= ~size;
	}
	page = map + block;
	page->private = order;
	page->flags = flags;
	if (to_tail)
		list_add_tail(&page->lru, &area->free_list[migratetype]);
	else
		list_add(&page->lru, &area->free_list[migratetype]);
	area->nr_free++;
}

/* As every block is freed once the boot is over: to the head of its list. */
static __always_inline void __free_one_page(struct page *page, struct zone *zone,
					    unsigned int order, int migratetype)
{
	join_and_list(page, zone, order, migratetype, false);
}

/* May this page be freed? Flags that don't matter any more are wiped. */
static __always_inline bool free_pages_check(struct page *page)
{
	unsigned long flags = page->flags;

	if (unlikely(page->_mapcount != -1 || page->mapping || page->_count != 0 ||
		     (flags & PAGE_FLAGS_CHECK_AT_FREE))) {
		bad_page(page, "freed while in use");
		return false;
	}
	page->flags = flags & ~PAGE_FLAGS_CHECK_AT_PREP;
	return true;
}

/*
 * From the per-cpu lists to the free lists: count pages, the coldest first. The types
 * take turns, Reclaimable first; each empty list on the way raises by one how many
 * pages the next one gives in a row. Their order decides the order of the free lists.
 */
static void free_pcppages_bulk(struct zone *zone, int count, struct per_cpu_pages *pcp)
{
	int type = MIGRATE_UNMOVABLE, turn = 0;

	zone->all_unreclaimable = 0;
	zone->pages_scanned = 0;
	zone->vm_stat[NR_FREE_PAGES] += count;
	/* count pages are still to go, and at least as many are in the lists. */
	while (count) {
		struct list_head *list;

		type = type == MIGRATE_MOVABLE ? MIGRATE_UNMOVABLE : type + 1;
		list = &pcp->lists[type];
		turn++;
		while (count && turn && !list_empty(list)) {
			struct page *coldest = list_entry(list->prev, struct page, lru);

			list_del(&coldest->lru);
			__free_one_page(coldest, zone, 0, coldest->private);
			count--;
			turn--;
		}
	}
}

static __always_inline void free_one_page(struct zone *zone, struct page *page,
					  unsigned int order, int migratetype)
{
	zone->all_unreclaimable = 0;
	zone->pages_scanned = 0;
	zone->vm_stat[NR_FREE_PAGES] += 1UL << order;
	__free_one_page(page, zone, order, migratetype);
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
	pcp->count = 0;
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

/* Types that have no per-cpu list of their own. */
static noinline int pcp_type(struct zone *zone, struct page *page, int migratetype)
{
	if (migratetype == MIGRATE_ISOLATE) {
		free_one_page(zone, page, 0, migratetype);
		return -1;
	}
	return MIGRATE_MOVABLE;		/* private says where it goes in the end */
}

static noinline void shorten_pcp(struct zone *zone, struct per_cpu_pages *pcp)
{
	free_pcppages_bulk(zone, pcp->batch, pcp);
	pcp->count -= pcp->batch;
}

/* Counts the page and writes its pageblock's type into it; the type, or -1 for a bad page. */
static __always_inline int prepare_free(struct zone *zone, struct page *page)
{
	if (unlikely(!free_pages_check(page)))
		return -1;
	vm_events[PGFREE]++;
	page->private = __pageblock_type(zone, page_to_pfn(page));
	return page->private;
}

/**
 * free_hot_cold_page - free a single page through the per-cpu lists
 * @page: without references
 * @cold: nonzero: not likely to be in the CPU's cache, so the last to be used again
 *
 * Linux: mm/page_alloc.c:free_hot_cold_page, v2.6.34.
 */
void free_hot_cold_page(struct page *page, int cold)
{
	struct zone *zone = page_zone(page);
	struct per_cpu_pages *pcp = &zone->pageset->pcp;
	int migratetype = prepare_free(zone, page);

	if (unlikely((unsigned int)migratetype >= MIGRATE_PCPTYPES)) {
		if (migratetype >= 0)
			migratetype = pcp_type(zone, page, migratetype);
		if (migratetype < 0)
			return;
	}
	if (likely(!cold))
		list_add(&page->lru, &pcp->lists[migratetype]);
	else
		list_add_tail(&page->lru, &pcp->lists[migratetype]);
	if (unlikely(++pcp->count >= pcp->high))
		shorten_pcp(zone, pcp);
}

/*
 * A compound page goes back as the block that it is. Then its pages are ordinary ones, whether
 * all were as they should be or not.
 */
static bool destroy_compound_page(struct page *page, unsigned int order)
{
	bool good = PageHead(page) && compound_order(page) == order;
	struct page *p;

	if (!good)
		bad_page(page, "freed with order %u, but this is no compound page of that order",
			 order);
	page->flags &= ~PF(PG_head);
	for (p = page + 1; p < page + (1U << order); p++) {
		if (!PageTail(p) || p->private != (unsigned long)page) {
			bad_page(p, "no part of the compound page that begins at pfn %05lx",
				 page_to_pfn(page));
			good = false;
		}
		p->flags &= ~PF(PG_tail);
		p->private = 0;
	}
	return good;
}

/* Compound, or not as it should be, or with flags that are to be wiped: page by page. */
static noinline bool free_block_check(struct page *page, unsigned int order)
{
	struct page *p;
	bool good = true;

	if (PageCompound(page) && !destroy_compound_page(page, order))
		return false;
	for (p = page; p < page + (1U << order); p++)
		good &= free_pages_check(p);
	return good;
}

static void __free_pages_ok(struct page *page, unsigned int order)
{
	unsigned long bytes = sizeof(struct page) << order;
	struct zone *zone;

	if (unlikely(!pages_are_blank(page, (void *)page + bytes)) &&
	    !free_block_check(page, order))
		return;
	zone = page_zone(page);
	asm("" : "+r"(zone));	/* or its address is worked out anew for each of its fields */
	vm_events[PGFREE] += bytes / sizeof(struct page);
	free_one_page(zone, page, order, __pageblock_type(zone, page_to_pfn(page)));
}

/**
 * free_compound_page - the destructor that a compound page has from alloc_pages()
 * @page: its first page, without references
 *
 * Linux: mm/page_alloc.c:free_compound_page, v2.6.34.
 */
void free_compound_page(struct page *page)
{
	__free_pages_ok(page, compound_order(page));
}

static noinline void refuse_free(struct page *page, unsigned int order)
{
	if (page->_count <= 0)
		bad_page(page, "freed without a reference");
	else
		bad_page(page, "freed with order %u, allocated with order %lu: it stays in use",
			 order, page->private);
}

/**
 * __free_pages - drop a reference; free the block if it was the last
 * @page: first page of a block of 2^order pages
 * @order: 0 to 10, as it was allocated
 *
 * A page that has no reference is free already, or is not the first of its block: this is
 * reported by bad_page(), and so is another order than that of the allocation; nothing changes
 * then. Where the last reference goes, and the state of a page forbids to free it, the block is
 * reported and stays out of the lists for good, with no references.
 * Linux: mm/page_alloc.c:__free_pages, v2.6.34, which takes a reference count of 0
 * to -1 without a word, and believes the order.
 */
void __free_pages(struct page *page, unsigned int order)
{
	if (unlikely(page->_count <= 0 || page->private != order)) {
		refuse_free(page, order);
		return;
	}
	if (--page->_count)
		return;
	if (order == 0)
		free_hot_cold_page(page, 0);
	else
		__free_pages_ok(page, order);
}

/**
 * free_pages - the same by address
 * @addr: what __get_free_pages() returned; 0: nothing happens
 * @order: 0 to 10, as it was allocated
 *
 * Linux: mm/page_alloc.c:free_pages, v2.6.34.
 */
void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page(addr), order);
}

/**
 * put_page - drop a reference to a page, whatever it is a part of
 * @page: any page in use; any page of a compound page
 *
 * The last reference frees a single page, or calls the compound page's destructor.
 * Linux: mm/swap.c:put_page, v2.6.34.
 */
void put_page(struct page *page)
{
	page = compound_head(page);
	if (!PageCompound(page)) {
		__free_pages(page, 0);
		return;
	}
	if (--page->_count == 0)
		get_compound_page_dtor(page)(page);
}

/*
 * Through an empty page set that must hand over at once, as the boot page set is, a
 * page would come and go: it doesn't stop there at all.
 */
static __always_inline void free_boot_page(struct page *page)
{
	struct zone *zone = page_zone(page);
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	int migratetype;

	if (unlikely(pcp->high > 1 || pcp->count)) {
		free_hot_cold_page(page, 0);
		return;
	}
	migratetype = prepare_free(zone, page);
	if (likely(migratetype >= 0))
		free_one_page(zone, page, 0, migratetype);
}

/* Of pages that have never been free: nobody holds them any more. */
static __always_inline void unreserve(struct page *page, unsigned long n)
{
	struct page *end = page + n;

	for (; page < end; page++) {
		page->flags &= ~PF(PG_reserved);
		page->_count = 0;
	}
}

/**
 * __free_pages_bootmem - free pages that have never been free
 * @page: first page, still reserved
 * @order: 0, or 5 for 32 pages at once
 *
 * Linux: mm/page_alloc.c:__free_pages_bootmem, v2.6.34.
 */
void __init __free_pages_bootmem(struct page *page, unsigned int order)
{
	unreserve(page, 1UL << order);
	if (order)
		__free_pages_ok(page, order);
	else
		free_boot_page(page);
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
	struct zone *zone = page_zone(page);

	unreserve(page, 1UL << order);
	if (!free_block_check(page, order))
		return;
	vm_events[PGFREE] += 1UL << order;
	zone->vm_stat[NR_FREE_PAGES] += 1UL << order;
	join_and_list(page, zone, order, __pageblock_type(zone, page_to_pfn(page)), true);
}

/* The largest block that starts at pfn and doesn't pass end_pfn. */
static unsigned int __init block_order(unsigned long pfn, unsigned long end_pfn)
{
	unsigned int order = pfn ? min_t(unsigned int, __ffs(pfn), MAX_ORDER - 1) : MAX_ORDER - 1;

	while (pfn + (1UL << order) > end_pfn)
		order--;
	return order;
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
	unsigned long pfn = start_pfn, n;

	while (pfn < end_pfn) {
		unsigned int order = block_order(pfn, end_pfn);
		struct page *page = pfn_to_page(pfn);

		n = 1UL << order;
		vm_events[PGFREE] += n;
		unreserve(page, n);
		free_one_page(zone, page, order, __pageblock_type(zone, pfn + n - 1));
		pfn += n;
	}
}
