// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slab allocator: slabs come and go. Linux: mm/slab.c.
 *
 * A new slab's pages come from the page allocator, its management is laid into them or comes
 * from a general cache (off slab), and its objects are constructed once, here: whoever frees an
 * object leaves it in its constructed state.
 */
#include <kernel/panic.h>
#include <lib/list.h>
#include <mm/gfp.h>
#include <mm/slab.h>
#include <mm/slab_internal.h>

/* What an allocation's flags say to the page allocator: how hard to try, and nothing else. */
#define GFP_RECLAIM_MASK	(__GFP_WAIT | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | \
				 __GFP_REPEAT | __GFP_NOFAIL | __GFP_NORETRY)
#define GFP_CONSTRAINT_MASK	__GFP_HARDWALL
#define GFP_SLAB_BUG_MASK	(__GFP_HIGHMEM | ~__GFP_BITS_MASK)

/* The zone counts the pages of slabs. */
static void account_slab_pages(const struct kmem_cache *cachep, struct page *page, long nr_pages)
{
	enum zone_stat_item item = cachep->flags & SLAB_RECLAIM_ACCOUNT ? NR_SLAB_RECLAIMABLE :
									  NR_SLAB_UNRECLAIMABLE;

	page_zone(page)->vm_stat[item] += nr_pages;
}

/**
 * kmem_getpages - a slab's pages, marked
 * @cachep: for which cache
 * @flags: GFP_*: any, of which those are taken that say how hard to try
 * @nid: from this node or from none; MAX_NUMNODES: from any
 *
 * Return: the first page, NULL where there are none.
 * Linux: mm/slab.c:kmem_getpages, v2.6.34.
 */
struct page *kmem_getpages(const struct kmem_cache *cachep, gfp_t flags, int nid)
{
	const unsigned long nr_pages = 1UL << cachep->gfporder;
	struct page *first, *page;

	flags = (flags & (GFP_CONSTRAINT_MASK | GFP_RECLAIM_MASK)) | cachep->gfpflags;
	if (MAX_NUMNODES == 1 || nid == MAX_NUMNODES)
		first = alloc_pages(flags, cachep->gfporder);
	else
		first = alloc_pages_node(nid, flags | __GFP_THISNODE | __GFP_NOWARN, cachep->gfporder);
	if (!first)
		return NULL;
	account_slab_pages(cachep, first, nr_pages);
	for (page = first; page < first + nr_pages; page++)
		page->flags |= PF(PG_slab);
	return first;
}

/* Linux: mm/slab.c:kmem_freepages, v2.6.34. */
static void kmem_freepages(const struct kmem_cache *cachep, struct page *first)
{
	const unsigned long nr_pages = 1UL << cachep->gfporder;
	struct page *page;

	account_slab_pages(cachep, first, -nr_pages);
	for (page = first; page < first + nr_pages; page++) {
		BUG_ON(!PageSlab(page));
		page->flags &= ~PF(PG_slab);
	}
	__free_pages(first, cachep->gfporder);
}

/* Lays out the slab at addr, colour_off bytes in. NULL: no memory for management off slab. */
static struct slab *alloc_slabmgmt(struct kmem_cache *cachep, void *addr, unsigned long colour_off,
				   gfp_t flags)
{
	void *coloured = addr + colour_off, *objects = coloured;
	struct slab *slabp = coloured;

	if (OFF_SLAB(cachep))
		slabp = kmem_cache_alloc(cachep->slabp_cache, flags);
	else
		objects += cachep->slab_size;
	if (!slabp)
		return NULL;
	*slabp = (struct slab){
		.s_mem = objects,
		.colouroff = objects - addr,
	};
	return slabp;
}

/* Each page can say whose it is: kfree() gets nothing but an address. */
static void slab_map_pages(struct kmem_cache *cachep, struct slab *slabp, struct page *page)
{
	unsigned long i;

	for (i = 0; i < 1UL << cachep->gfporder; i++) {
		page[i].lru.next = (struct list_head *)cachep;
		page[i].lru.prev = (struct list_head *)slabp;
	}
}

/* Makes all objects what their users want to find. */
static void construct_objs(struct kmem_cache *cachep, struct slab *slabp)
{
	void *objp = slabp->s_mem, *end = index_to_obj(cachep, slabp, cachep->num);

	for (; objp < end; objp += cachep->buffer_size) {
		if (slab_debugged(cachep))
			cache_init_obj_debug(cachep, objp);
		else
			cachep->ctor(objp);
	}
}

/* All objects are free: object 0 is the first, and each one's bufctl names the one after it. */
static void cache_init_objs(struct kmem_cache *cachep, struct slab *slabp)
{
	kmem_bufctl_t *bufctl = slab_bufctl(slabp), next;

	if (cachep->ctor || slab_debugged(cachep))
		construct_objs(cachep, slabp);
	for (next = 1; next < cachep->num; next++)
		*bufctl++ = next;
	*bufctl = BUFCTL_END;
}

static unsigned long next_colour(const struct kmem_cache *cachep, struct kmem_list3 *l3)
{
	unsigned long offset = l3->colour_next * cachep->colour_off;

	if (++l3->colour_next >= cachep->colour)
		l3->colour_next = 0;
	return offset;
}

/* DMA memory only from caches for it, and these for nothing else. */
static void kmem_flagcheck(const struct kmem_cache *cachep, gfp_t flags)
{
	BUG_ON((flags ^ cachep->gfpflags) & GFP_DMA);
}

/**
 * cache_grow - give a cache one more slab
 * @cachep: the cache
 * @flags: GFP_*, those that are allowed now
 * @nid: of this node
 * @page: its pages, from kmem_getpages(); NULL: they are to be fetched
 *
 * Interrupts are off, and stay so.
 *
 * Return: whether there was memory.
 * Linux: mm/slab.c:cache_grow, v2.6.34, where interrupts are on meanwhile if @flags say __GFP_WAIT.
 */
bool cache_grow(struct kmem_cache *cachep, gfp_t flags, int nid, struct page *page)
{
	struct kmem_list3 *l3 = cachep->nodelists[nid];
	unsigned long offset;
	struct slab *slabp;

	BUG_ON(flags & GFP_SLAB_BUG_MASK);
	offset = next_colour(cachep, l3);
	kmem_flagcheck(cachep, flags);

	if (!page)
		page = kmem_getpages(cachep, flags, nid);
	if (!page)
		return false;
	slabp = alloc_slabmgmt(cachep, pfn_to_kaddr(page_to_pfn(page)), offset,
			       flags & GFP_RECLAIM_MASK);
	if (!slabp) {
		kmem_freepages(cachep, page);
		return false;
	}
	slabp->nodeid = nid;
	slab_map_pages(cachep, slabp, page);
	cache_init_objs(cachep, slabp);
	list_add_tail(&slabp->list, &l3->slabs_free);
	l3->free_objects += cachep->num;
	return true;
}

/**
 * slab_destroy - give a slab back
 * @cachep: its cache
 * @slabp: without objects in use, in any of the cache's lists
 *
 * Linux: mm/slab.c:slab_destroy, v2.6.34, where its callers take it out of list and count.
 */
void slab_destroy(struct kmem_cache *cachep, struct slab *slabp)
{
	struct page *page = virt_to_page(slabp->s_mem - slabp->colouroff);

	BUG_ON(slabp->inuse);
	list_del(&slabp->list);
	slab_list3(cachep, slabp)->free_objects -= cachep->num;
	if (slab_debugged(cachep))
		slab_destroy_debugcheck(cachep, slabp);
	kmem_freepages(cachep, page);
	if (OFF_SLAB(cachep))
		kmem_cache_free(cachep->slabp_cache, slabp);
}
