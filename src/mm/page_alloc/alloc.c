// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator: which zone serves an allocation, and in what state a page is
 * handed out. Linux: mm/page_alloc.c.
 *
 *	flags                 zones, in this order (those that have pages)
 *	HIGHMEM | MOVABLE     Movable, HighMem, Normal, DMA
 *	HIGHMEM               HighMem, Normal, DMA
 *	(none), MOVABLE       Normal, DMA
 *	DMA                   DMA
 *
 * A zone serves if enough stays free: more than the low watermark first, more than
 * the min watermark at the second try (less for the urgent), and on top of it what
 * the zone keeps for those who can't go to a higher one (lowmem_reserve).
 */
#include <asm/page.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_alloc.h>

#define ALLOC_WMARK_MASK	0x03	/* enum zone_watermarks */
#define ALLOC_HARDER		0x10	/* can't wait: a quarter below the watermark */
#define ALLOC_HIGH		0x20	/* urgent: half below it; equals __GFP_HIGH */

_Static_assert(ALLOC_HIGH == __GFP_HIGH, "the flag is taken over as it is");

gfp_t gfp_allowed_mask = GFP_BOOT_MASK;

static __always_inline int allocflags_to_migratetype(gfp_t flags)
{
	if (unlikely(page_group_by_mobility_disabled))
		return MIGRATE_UNMOVABLE;
	/* Both at once would name a type that the per-cpu lists don't have: Movable wins. */
	if (flags & __GFP_MOVABLE) {
		WARN_ON(flags & __GFP_RECLAIMABLE);
		return MIGRATE_MOVABLE;
	}
	return flags & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE;
}

/* Would a zone keep enough, also in larger blocks, if it gave 2^order pages away? */
static __always_inline bool zone_watermark_ok(const struct zone *zone, unsigned int order,
					      unsigned long mark, int classzone_idx,
					      unsigned int alloc_flags)
{
	long min = mark, free_pages = zone->vm_stat[NR_FREE_PAGES] - (1L << order) + 1;
	unsigned int o;

	if (alloc_flags & ALLOC_HIGH)
		min -= min / 2;
	if (alloc_flags & ALLOC_HARDER)
		min -= min / 4;
	if (free_pages <= min + (long)zone->lowmem_reserve[classzone_idx])
		return false;
	/* Blocks of orders below o don't help; of the larger ones fewer are asked for. */
	for (o = 0; o < order; o++) {
		free_pages -= zone->free_area[o].nr_free << o;
		min >>= 1;
		if (free_pages <= min)
			return false;
	}
	return true;
}

/* A page that comes off the lists has no user, no mapping and no flags. */
static __always_inline bool check_new_page(struct page *page)
{
	if (likely(page->_mapcount == -1 && !page->mapping && !page->_count &&
		   !(page->flags & PAGE_FLAGS_CHECK_AT_PREP)))
		return true;
	bad_page(page, "not free on a free list");
	return false;
}

static void prep_compound_page(struct page *page, unsigned int order)
{
	unsigned int i;

	page->flags |= PF(PG_head);
	set_compound_page_dtor(page, free_compound_page);
	set_compound_order(page, order);
	for (i = 1; i < 1U << order; i++) {
		page[i].flags |= PF(PG_tail);
		page[i].private = (unsigned long)page;
	}
}

static noinline void prep_zero_page(struct page *page, unsigned int order)
{
	struct page *end = page + (1U << order);

	do {
		if (likely(!is_highmem_idx(page_zonenum(page))))
			memset(pfn_to_kaddr(page_to_pfn(page)), 0, PAGE_SIZE);
		else
			clear_highpage(page);
	} while (++page < end);
}

/* Which of a block's pages is not as it should be? */
static noinline bool check_new_block(struct page *page, unsigned int order)
{
	struct page *p;

	for (p = page; p < page + (1U << order); p++)
		if (!check_new_page(p))
			return false;
	return true;
}

static __always_inline bool new_block_is_good(struct page *page, unsigned int order)
{
	return likely(pages_are_blank(page, page + (1U << order))) || check_new_block(page, order);
}

static noinline void prep_special_block(struct page *page, unsigned int order, gfp_t gfp_flags)
{
	if (gfp_flags & __GFP_ZERO)
		prep_zero_page(page, order);
	if (gfp_flags & __GFP_COMP)
		prep_compound_page(page, order);
}

static __always_inline bool prep_new_page(struct page *page, unsigned int order, gfp_t gfp_flags)
{
	if (order ? !new_block_is_good(page, order) : unlikely(!check_new_page(page)))
		return false;
	page->private = order;
	page->_count = 1;
	if (order && unlikely(gfp_flags & (__GFP_ZERO | __GFP_COMP)))
		prep_special_block(page, order, gfp_flags);
	else if (unlikely(gfp_flags & __GFP_ZERO))
		prep_zero_page(page, 0);
	return true;
}

/* A single page comes from the per-cpu list, which is refilled when it is empty. */
static __always_inline struct page *rmqueue_pcp(struct zone *zone, int migratetype, int cold)
{
	struct per_cpu_pages *pcp = &zone->pageset->pcp;
	struct list_head *list = &pcp->lists[migratetype];
	struct page *page;

	if (unlikely(list_empty(list))) {
		pcp->count += rmqueue_bulk(zone, pcp->batch, list, migratetype, cold);
		if (list_empty(list))
			return NULL;
	}
	page = list_entry(cold ? list->prev : list->next, struct page, lru);
	__list_del(page->lru.prev, page->lru.next);
	pcp->count--;
	return page;
}

static __always_inline struct page *buffered_rmqueue(const struct zoneref *ref, unsigned int order,
						     gfp_t gfp_flags, int migratetype)
{
	struct zone *zone = ref->zone;
	struct page *page;

	/* A page in a bad state is left out, and the next one taken. */
	do {
		if (likely(order == 0)) {
			page = rmqueue_pcp(zone, migratetype, gfp_flags & __GFP_COLD);
		} else {
			page = __rmqueue(zone, order, migratetype);
			if (page)
				zone->vm_stat[NR_FREE_PAGES] -= 1UL << order;
		}
		if (unlikely(!page))
			return NULL;
		vm_events[PGALLOC_DMA + ref->zone_idx] += 1UL << order;
	} while (unlikely(!prep_new_page(page, order, gfp_flags)));
	return page;
}

/* The zones up to high_zoneidx, from the highest down. */
static __always_inline struct page *get_page_from_freelist(gfp_t gfp_mask, unsigned int order,
							   int high_zoneidx,
							   unsigned int alloc_flags,
							   int migratetype)
{
	const struct zoneref *ref = contig_page_data.node_zonelists[0]._zonerefs;
	int classzone_idx;

	while (ref->zone_idx > high_zoneidx)	/* 0 at the end */
		ref++;
	classzone_idx = ref->zone_idx;
	for (; ref->zone; ref++) {
		struct zone *zone = ref->zone;
		unsigned long mark = zone->watermark[alloc_flags & ALLOC_WMARK_MASK];
		struct page *page;

		if (unlikely(!zone_watermark_ok(zone, order, mark, classzone_idx, alloc_flags)))
			continue;
		page = buffered_rmqueue(ref, order, gfp_mask, migratetype);
		if (likely(page))
			return page;
	}
	return NULL;
}

/* The same where speed matters less, so that the code for order 0 stays small. */
static noinline struct page *get_page_slowly(gfp_t gfp_mask, unsigned int order, int high_zoneidx,
					     unsigned int alloc_flags, int migratetype)
{
	return get_page_from_freelist(gfp_mask, order, high_zoneidx, alloc_flags, migratetype);
}

/*
 * A block out of the first zone that may serve, if there is plenty and it has one of the wanted
 * migrate type: get_page_from_freelist() would find the same. NULL: it has to look.
 */
static __always_inline struct page *get_block_quickly(const struct zoneref *ref, unsigned int order,
						      gfp_t gfp_mask, int migratetype)
{
	struct zone *zone = ref->zone;
	unsigned long nr_pages = 1UL << order, mark;
	struct page *page;

	/* The largest blocks alone hold more than the watermark asks for at any order. */
	mark = zone->watermark[WMARK_LOW] + zone->lowmem_reserve[ref->zone_idx] + nr_pages;
	if (unlikely(zone->free_area[MAX_ORDER - 1].nr_free << (MAX_ORDER - 1) < mark))
		return NULL;
	page = __rmqueue_smallest(zone, order, migratetype);
	if (unlikely(!page))
		return NULL;
	zone->vm_stat[NR_FREE_PAGES] -= nr_pages;
	vm_events[PGALLOC_DMA + ref->zone_idx] += nr_pages;
	if (unlikely(!new_block_is_good(page, order)))
		return NULL;
	page->private = order;
	page->_count = 1;
	if (unlikely(gfp_mask & (__GFP_ZERO | __GFP_COMP)))
		prep_special_block(page, order, gfp_mask);
	return page;
}

/* At most ten reports: what one tells, the next ones repeat. */
static void warn_alloc_failed(gfp_t gfp_mask, unsigned int order)
{
	static unsigned int nr_reports;

	if ((gfp_mask & __GFP_NOWARN) || nr_reports > 10)
		return;
	if (nr_reports++ == 10) {
		printk(KERN_WARNING "memdawn: further page allocation failures are not reported\n");
		return;
	}
	printk(KERN_WARNING "%s: page allocation failure. order:%d, mode:0x%x\n", "swapper", order,
	       gfp_mask);
	dump_stack();
	show_mem();
}

/* Below the low watermarks: down to min, and nearer to the bottom for the urgent. */
static noinline struct page *__alloc_pages_slowpath(gfp_t gfp_mask, unsigned int order,
						    int high_zoneidx, int migratetype)
{
	unsigned int alloc_flags = WMARK_MIN | (gfp_mask & __GFP_HIGH);
	struct page *page = NULL;

	if (order >= MAX_ORDER) {
		WARN_ON_ONCE(!(gfp_mask & __GFP_NOWARN));
		return NULL;
	}
	if (!(gfp_mask & __GFP_WAIT))
		alloc_flags |= ALLOC_HARDER;
	page = get_page_slowly(gfp_mask, order, high_zoneidx, alloc_flags, migratetype);
	if (!page && (gfp_mask & __GFP_WAIT)) {
		/* All that could be reclaimed here are the pages in the per-cpu lists. */
		drain_local_pages();
		page = get_page_slowly(gfp_mask, order, high_zoneidx, alloc_flags, migratetype);
	}
	if (!page)
		warn_alloc_failed(gfp_mask, order);
	return page;
}

/* alloc_pages() for order 1 and above. */
static noinline struct page *alloc_block(gfp_t gfp_mask, unsigned int order)
{
	const struct zoneref *ref = contig_page_data.node_zonelists[0]._zonerefs;
	int high_zoneidx = gfp_zone(gfp_mask);
	int migratetype = allocflags_to_migratetype(gfp_mask);
	struct page *page = NULL;

	while (ref->zone_idx > high_zoneidx)
		ref++;
	if (likely(order < MAX_ORDER && ref->zone))
		page = get_block_quickly(ref, order, gfp_mask, migratetype);
	if (likely(page))
		return page;
	gfp_mask &= gfp_allowed_mask;
	if (order < MAX_ORDER)
		page = get_page_slowly(gfp_mask, order, high_zoneidx, WMARK_LOW, migratetype);
	if (!page)
		page = __alloc_pages_slowpath(gfp_mask, order, high_zoneidx, migratetype);
	return page;
}

/**
 * alloc_pages - allocate 2^order page frames in a row
 * @gfp_mask: __GFP_... and GFP_...: which zones may serve, how urgent it is
 * @order: 0 to 10
 *
 * mem_init() must have run.
 *
 * Return: the first page, with one reference, or NULL, after a report (show_free_areas()) unless
 * __GFP_NOWARN.
 * Linux: mm/page_alloc.c:__alloc_pages_nodemask, v2.6.34. There is nothing to
 * reclaim here, no OOM killer, and nobody to wait for.
 */
struct page *alloc_pages(gfp_t gfp_mask, unsigned int order)
{
	int high_zoneidx, migratetype;
	struct page *page;

	if (unlikely(order))
		return alloc_block(gfp_mask, order);
	high_zoneidx = gfp_zone(gfp_mask);
	migratetype = allocflags_to_migratetype(gfp_mask);
	gfp_mask &= gfp_allowed_mask;
	page = get_page_from_freelist(gfp_mask, 0, high_zoneidx, WMARK_LOW, migratetype);
	if (unlikely(!page))
		page = __alloc_pages_slowpath(gfp_mask, 0, high_zoneidx, migratetype);
	return page;
}

/**
 * __get_free_pages - the same in low memory, by address
 * @gfp_mask: without __GFP_HIGHMEM
 * @order: 0 to 10
 *
 * Return: an address in the linear map, or 0.
 * Linux: mm/page_alloc.c:__get_free_pages, v2.6.34.
 */
unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)
{
	struct page *page;

	if (WARN_ON_ONCE(gfp_mask & __GFP_HIGHMEM))
		return 0;
	page = alloc_pages(gfp_mask, order);
	return page ? (unsigned long)__va(page_to_pfn(page) << PAGE_SHIFT) : 0;
}

/**
 * get_zeroed_page - a page of zeros in low memory
 * @gfp_mask: without __GFP_HIGHMEM
 *
 * Return: an address in the linear map, or 0.
 * Linux: mm/page_alloc.c:get_zeroed_page, v2.6.34.
 */
unsigned long get_zeroed_page(gfp_t gfp_mask)
{
	return __get_free_pages(gfp_mask | __GFP_ZERO, 0);
}

/**
 * split_page - make single pages of a block
 * @page: first page of a block of 2^order pages, not a compound page
 * @order: 0 to 10
 *
 * Each page has a reference of its own afterwards and is freed on its own.
 * Linux: mm/page_alloc.c:split_page, v2.6.34.
 */
void split_page(struct page *page, unsigned int order)
{
	struct page *p;

	BUG_ON(PageCompound(page) || !page->_count);
	page->private = 0;
	for (p = page + 1; p < page + (1U << order); p++) {
		p->_count = 1;
		p->private = 0;
	}
}

/**
 * alloc_pages_exact - memory in a row, in pages, not in a power of two of them
 * @size: bytes, up to 4 MiB
 * @gfp_mask: without __GFP_HIGHMEM and __GFP_COMP
 *
 * Return: an address for free_pages_exact(), or NULL.
 * Linux: mm/page_alloc.c:alloc_pages_exact, v2.6.34.
 */
void *alloc_pages_exact(size_t size, gfp_t gfp_mask)
{
	unsigned int order = get_order(size);
	unsigned long addr = __get_free_pages(gfp_mask, order);
	unsigned long used = addr + PAGE_ALIGN(size), end = addr + (PAGE_SIZE << order);

	if (!addr)
		return NULL;
	split_page(virt_to_page(addr), order);
	for (; used < end; used += PAGE_SIZE)
		free_page(used);
	return (void *)addr;
}

/**
 * free_pages_exact - free what alloc_pages_exact() returned
 * @virt: what it returned
 * @size: what it was given
 *
 * Linux: mm/page_alloc.c:free_pages_exact, v2.6.34.
 */
void free_pages_exact(void *virt, size_t size)
{
	unsigned long addr = (unsigned long)virt, end = addr + PAGE_ALIGN(size);

	for (; addr < end; addr += PAGE_SIZE)
		free_page(addr);
}
