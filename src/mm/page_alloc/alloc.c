// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is asked of the page allocator: which zone serves an allocation, and in what state a block
 * is handed out.
 *
 *	flags                 zones, in this order (those that have pages)
 *	HIGHMEM | MOVABLE     Movable, HighMem, Normal, DMA
 *	HIGHMEM               HighMem, Normal, DMA
 *	(none), MOVABLE       Normal, DMA
 *	DMA                   DMA
 *
 *	alloc_pages()
 *	   |                                    for each of the zones:
 *	   +--> get_page_from_freelist() ----->   zone_watermark_ok(): would enough stay free?
 *	   |    with the low watermarks           buffered_rmqueue(): a page of its page set,
 *	   |                                        or a block of its free lists
 *	   +--> __alloc_pages_slowpath()              prep_new_page(): ready for its user
 *	        the same with the min watermarks
 *
 * A zone serves if enough stays free: more than the low watermark at the first try, more than the
 * min watermark at the second (less for the urgent), and on top of it what the zone keeps for those
 * who can't go to a higher one (watermarks.c).
 *
 * A block in use: its first page has one reference, and the order in private; its others have
 * neither. A compound page's first page is marked PG_head, its others PG_tail, with the first one's
 * address in private. No page has other flags, a mapping, or a place in a page table.
 */
#include <asm/page.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_alloc_internal.h>

#define ALLOC_WMARK_MASK	0x03	/* enum zone_watermarks */
#define ALLOC_HARDER		0x10	/* can't wait: a quarter below the watermark */
#define ALLOC_HIGH		0x20	/* urgent: half below it; equals __GFP_HIGH */

_Static_assert(ALLOC_HIGH == __GFP_HIGH, "the flag is taken over as it is");

gfp_t gfp_allowed_mask = GFP_BOOT_MASK;

/* How far down an allocation may go that is allowed to go below the mark. */
static __always_inline long lowered_mark(long mark, unsigned int alloc_flags)
{
	if (alloc_flags & ALLOC_HIGH)
		mark -= mark / 2;
	if (alloc_flags & ALLOC_HARDER)
		mark -= mark / 4;
	return mark;
}

/*
 * Would a zone keep enough, also in larger blocks, if it gave 2^order pages away? Of all free pages
 * more than the mark and what is kept from the users of higher zones; of those in blocks of two
 * pages and more, more than half the mark; of four and more, a quarter; up to the order wanted.
 */
static __always_inline bool zone_watermark_ok(const struct zone *zone, unsigned int order,
					      unsigned long mark, int classzone_idx,
					      unsigned int alloc_flags)
{
	long lowest = lowered_mark(mark, alloc_flags);
	long needed = lowest + (long)zone->lowmem_reserve[classzone_idx];
	long left = zone->vm_stat[NR_FREE_PAGES] + 1 - (1UL << order);
	unsigned int o;

	/* left and needed are of the pages in blocks of order o and more. */
	for (o = 0; left > needed; o++) {
		if (o == order)
			return true;
		left -= zone->free_area[o].nr_free << o;
		needed = lowest >> (o + 1);
	}
	return false;
}

/* A page that comes off the free lists has no user, no mapping and no flags. */
static bool check_new_page(struct page *page)
{
	if (pages_are_blank(page, 0))
		return true;
	bad_page(page, "not free on a free list");
	return false;
}

/* The first page of a block that isn't as it should be is reported. */
static noinline void check_new_pages(struct page *page, unsigned int order)
{
	const struct page *end = page + (1UL << order);

	while (page < end && check_new_page(page))
		page++;
}

static void prep_zero_page(struct page *page, unsigned int order)
{
	const struct page *end = page + (1UL << order);

	for (; page < end; page++)
		clear_highpage(page);
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

/* Makes a block that comes off the free lists what its user gets; false: it isn't fit for that. */
static __always_inline bool prep_new_page(struct page *page, unsigned int order, gfp_t gfp_flags)
{
	if (unlikely(!pages_are_blank(page, order))) {
		check_new_pages(page, order);
		return false;
	}
	page->private = order;
	page->_count = 1;
	if (unlikely(gfp_flags & __GFP_ZERO))
		prep_zero_page(page, order);
	if (order && unlikely(gfp_flags & __GFP_COMP))
		prep_compound_page(page, order);
	return true;
}

/* A single page comes from the zone's page set, which is refilled when it has none of this type. */
static __always_inline struct page *rmqueue_pcp(struct zone *zone, int migratetype, bool cold)
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
	list_del(&page->lru);
	pcp->count--;
	return page;
}

/* A larger block comes from the free lists. */
static __always_inline struct page *rmqueue_block(struct zone *zone, unsigned int order,
						  int migratetype)
{
	struct page *page = __rmqueue(zone, order, migratetype);

	if (likely(page))
		zone->vm_stat[NR_FREE_PAGES] -= 1UL << order;
	return page;
}

/* A block from one zone, ready for its user. One in a bad state is left out, and the next taken. */
static __always_inline struct page *buffered_rmqueue(struct zone *zone, unsigned int order,
						     gfp_t gfp_flags, int migratetype)
{
	struct page *page;

	do {
		if (order == 0)
			page = rmqueue_pcp(zone, migratetype, gfp_flags & __GFP_COLD);
		else
			page = rmqueue_block(zone, order, migratetype);
		if (unlikely(!page))
			return NULL;
		VM_BUG_ON(bad_range(zone, page));
		vm_events[PGALLOC_DMA + page_zonenum(page)] += 1UL << order;
	} while (unlikely(!prep_new_page(page, order, gfp_flags)));
	return page;
}

/* From the first zone that may serve and has a block: those up to high_zoneidx, highest first. */
static __always_inline struct page *get_page_from_freelist(int nid, gfp_t gfp_mask,
							   unsigned int order, int high_zoneidx,
							   unsigned int alloc_flags,
							   int migratetype)
{
	const struct zoneref *ref = node_zonelist(nid, gfp_mask)->_zonerefs;
	struct zone *preferred;
	int classzone_idx;

	while (ref->zone_idx > high_zoneidx)	/* 0 at the end */
		ref++;
	classzone_idx = ref->zone_idx;
	preferred = ref->zone;
	for (; ref->zone; ref++) {
		unsigned long mark = ref->zone->watermark[alloc_flags & ALLOC_WMARK_MASK];
		struct page *page;

		/* In node order the next node's high memory comes after this one's low memory. */
		if (MAX_NUMNODES > 1 && ref->zone_idx > high_zoneidx)
			continue;
		if (!zone_watermark_ok(ref->zone, order, mark, classzone_idx, alloc_flags))
			continue;
		/* The compiler makes two of it, a shorter one for single pages. */
		if (likely(order == 0))
			page = buffered_rmqueue(ref->zone, 0, gfp_mask, migratetype);
		else
			page = buffered_rmqueue(ref->zone, order, gfp_mask, migratetype);
		if (likely(page)) {
			zone_statistics(preferred, ref->zone);
			return page;
		}
	}
	return NULL;
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
static noinline struct page *__alloc_pages_slowpath(int nid, gfp_t gfp_mask, unsigned int order,
						    int high_zoneidx, int migratetype)
{
	unsigned int alloc_flags = WMARK_MIN | (gfp_mask & __GFP_HIGH);
	struct page *page;

	if (order >= MAX_ORDER) {
		WARN_ON_ONCE(!(gfp_mask & __GFP_NOWARN));
		return NULL;
	}
	if (!(gfp_mask & __GFP_WAIT))
		alloc_flags |= ALLOC_HARDER;
	page = get_page_from_freelist(nid, gfp_mask, order, high_zoneidx, alloc_flags, migratetype);
	if (!page && (gfp_mask & __GFP_WAIT)) {
		/* All that could be reclaimed here are the pages in the per-cpu lists. */
		drain_local_pages();
		page = get_page_from_freelist(nid, gfp_mask, order, high_zoneidx, alloc_flags,
					      migratetype);
	}
	if (!page)
		warn_alloc_failed(gfp_mask, order);
	return page;
}

static __always_inline struct page *__alloc_pages(int nid, gfp_t gfp_mask, unsigned int order)
{
	int high_zoneidx = gfp_zone(gfp_mask), migratetype = allocflags_to_migratetype(gfp_mask);
	struct page *page = NULL;

	gfp_mask &= gfp_allowed_mask;
	if (likely(order < MAX_ORDER))
		page = get_page_from_freelist(nid, gfp_mask, order, high_zoneidx, WMARK_LOW,
					      migratetype);
	if (unlikely(!page))
		page = __alloc_pages_slowpath(nid, gfp_mask, order, high_zoneidx, migratetype);
	return page;
}

/**
 * alloc_pages - allocate 2^order page frames in a row
 * @gfp_mask: __GFP_... and GFP_...: which zones may serve, how urgent it is
 * @order: 0 to 10
 *
 * With several nodes the CPU's own one serves first. mem_init() must have run.
 * Return: the first page, with one reference; NULL after a report (show_free_areas()), unless
 * __GFP_NOWARN.
 * Linux: mm/page_alloc.c:__alloc_pages_nodemask, v2.6.34. There is nothing to
 * reclaim here, no OOM killer, and nobody to wait for.
 */
struct page *alloc_pages(gfp_t gfp_mask, unsigned int order)
{
	return __alloc_pages(numa_node_id(), gfp_mask, order);
}

/**
 * alloc_pages_node - the same, first from a node that is named
 * @nid: a node that is online
 * @gfp_mask: as for alloc_pages(); with __GFP_THISNODE from no other node
 * @order: 0 to 10
 *
 * Return: the first page, with one reference, or NULL.
 * Linux has it in include/linux/gfp.h.
 */
struct page *alloc_pages_node(int nid, gfp_t gfp_mask, unsigned int order)
{
	return MAX_NUMNODES == 1 ? alloc_pages(gfp_mask, order) : __alloc_pages(nid, gfp_mask, order);
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
