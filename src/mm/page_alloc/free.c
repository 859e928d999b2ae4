// SPDX-License-Identifier: GPL-2.0-only
/*
 * What comes back from the page allocator's users.
 *
 * A block in use has its order in its first page's private, and references to that page; whoever
 * drops the last one frees the block, all of it at once:
 *
 *	__free_pages() --- order 0 ------> free_hot_cold_page() ---> page set
 *	  |                                                             |  a batch at a time
 *	  +--------------- order 1 to 10 -------+                       v
 *	                                        +-> __free_pages_ok() -----> free lists
 *	put_page() ------- compound page -------+
 *	                   (its destructor, if nobody has set another)
 *
 * Nothing is freed whose state says that it is still in use: it is reported, and stays out of the
 * lists for good. What is free already, or is freed with another order than it has, is reported and
 * left as it is.
 */
#include <asm/page.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/gfp.h>
#include <mm/page_alloc_internal.h>

/* May this page be freed? Flags that don't matter any more are wiped. */
static bool free_pages_check(struct page *page)
{
	if (page->_mapcount != -1 || page->mapping || page->_count ||
	    (page->flags & PAGE_FLAGS_CHECK_AT_FREE)) {
		bad_page(page, "freed while in use");
		return false;
	}
	page->flags &= ~PAGE_FLAGS_CHECK_AT_PREP;
	return true;
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

/**
 * free_block_check - may a block be freed? One with flags, or that isn't as it should be
 * @page: its first page
 * @order: 0 to 10
 *
 * Flags are wiped, a compound page becomes an ordinary block. What forbids to free it is reported.
 * Return: whether nothing does.
 */
bool free_block_check(struct page *page, unsigned int order)
{
	struct page *p;
	bool good = true;

	if (order && PageCompound(page) && !destroy_compound_page(page, order))
		return false;
	for (p = page; p < page + (1U << order); p++)
		good &= free_pages_check(p);
	return good;
}

static void __free_pages_ok(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);

	if (unlikely(!free_pages_prepare(page, order)))
		return;
	vm_events[PGFREE] += 1UL << order;
	free_one_page(zone, page, order, pageblock_type(zone, page_to_pfn(page)));
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

/**
 * free_hot_cold_page - free a single page through the per-cpu lists
 * @page: without references
 * @cold: nonzero: not likely to be in the CPU's cache, so the last to be used again
 *
 * private is set to the type of its pageblock, on whose free list it will get in the end. Reserve
 * has no per-cpu list: such a page goes with the Movable ones. What is Isolate is kept in no list
 * from which it could be handed out.
 * Linux: mm/page_alloc.c:free_hot_cold_page, v2.6.34.
 */
void free_hot_cold_page(struct page *page, int cold)
{
	struct zone *zone = page_zone(page);
	struct per_cpu_pages *pcp = &zone->pageset->pcp;
	int migratetype;

	if (unlikely(!free_pages_prepare(page, 0)))
		return;
	vm_events[PGFREE]++;
	page->private = migratetype = pageblock_type(zone, page_to_pfn(page));
	if (unlikely(migratetype == MIGRATE_ISOLATE)) {
		free_one_page(zone, page, 0, migratetype);
		return;
	}
	if (unlikely(migratetype == MIGRATE_RESERVE))
		migratetype = MIGRATE_MOVABLE;
	if (unlikely(cold))
		list_add_tail(&page->lru, &pcp->lists[migratetype]);
	else
		list_add(&page->lru, &pcp->lists[migratetype]);
	if (unlikely(++pcp->count >= pcp->high))
		free_pcppages_bulk(zone, pcp->batch, pcp);
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
	if (!addr)
		return;
	VM_BUG_ON(!pfn_valid(__pa(addr) >> PAGE_SHIFT));
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
	VM_BUG_ON(page->_count <= 0);
	if (--page->_count == 0)
		get_compound_page_dtor(page)(page);
}
