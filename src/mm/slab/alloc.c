// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slab allocator: handing objects out and taking them back. Linux: mm/slab.c.
 *
 *	user <--> array_cache <--batchcount at once--> slabs <--> page allocator
 *
 * Almost every call ends at the cache's array of objects at hand, last in, first out. Only when
 * it is empty or full do objects move between it and the slabs (cache_alloc_refill(),
 * cache_flusharray()), and only when no slab has a free object, or more are free than the
 * cache's limit, do pages come or go (grow.c).
 *
 * Interrupts are off wherever a cache's lists are changed; nobody sleeps, so they stay off while
 * pages are fetched too.
 */
#include <asm/irqflags.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <mm/slab_internal.h>

/* A cache that hasn't been allocated from since its last refill gets only so many objects. */
#define BATCHREFILL_LIMIT	16

/* Takes up to max of a slab's free objects; it has at least one. Returns how many. */
static __always_inline unsigned int slab_get_objs(const struct kmem_cache *cachep,
						  struct slab *slabp, void **entry,
						  unsigned int max)
{
	const kmem_bufctl_t *bufctl = slab_bufctl(slabp);
	unsigned int i, nr = min(max, cachep->num - slabp->inuse);
	kmem_bufctl_t free = slabp->free;

	for (i = 0; i < nr; i++) {
		entry[i] = index_to_obj(cachep, slabp, free);
		free = bufctl[free];
	}
	slabp->free = free;
	slabp->inuse += nr;
	return nr;
}

/* Partial slabs first: full slabs get fuller, and free ones can go back to the page allocator. */
static __always_inline struct slab *slab_with_free_objs(const struct kmem_list3 *l3)
{
	if (!list_empty(&l3->slabs_partial))
		return list_first_entry(&l3->slabs_partial, struct slab, list);
	if (!list_empty(&l3->slabs_free))
		return list_first_entry(&l3->slabs_free, struct slab, list);
	return NULL;
}

/* Fills the empty array from the slabs there are, with at most batchcount objects. */
static __always_inline void refill_from_slabs(struct kmem_cache *cachep, struct kmem_list3 *l3,
					      struct array_cache *ac, unsigned int batchcount)
{
	struct slab *slabp;

	/* avail objects have been taken, and each slab they came from is in the right list. */
	while (ac->avail < batchcount && (slabp = slab_with_free_objs(l3))) {
		if (slab_debugged(cachep))
			check_slabp(cachep, slabp);
		BUG_ON(slabp->inuse >= cachep->num);
		ac->avail += slab_get_objs(cachep, slabp, &ac->entry[ac->avail],
					   batchcount - ac->avail);
		list_move(&slabp->list, slabp->free == BUFCTL_END ? &l3->slabs_full :
								    &l3->slabs_partial);
	}
	l3->free_objects -= ac->avail;
}

/* The array is empty. Linux: mm/slab.c:cache_alloc_refill, v2.6.34; no shared array. */
static noinline void *cache_alloc_refill(struct kmem_cache *cachep, gfp_t flags)
{
	struct array_cache *ac = cachep->array;
	unsigned int batchcount = ac->batchcount;

	if (!ac->touched)
		batchcount = min_t(unsigned int, batchcount, BATCHREFILL_LIMIT);
	refill_from_slabs(cachep, cachep->nodelists[numa_node_id()], ac, batchcount);
	while (!ac->avail) {
		if (!cache_grow(cachep, flags & gfp_allowed_mask, numa_node_id(), NULL))
			return NULL;
		refill_from_slabs(cachep, cachep->nodelists[numa_node_id()], ac, batchcount);
	}
	ac->touched = 1;
	return ac->entry[--ac->avail];
}

/* What the user gets: checked, zeroed if that was wanted. */
static __always_inline void *ready_object(struct kmem_cache *cachep, void *objp, gfp_t flags,
					  void *caller)
{
	if (objp && slab_debugged(cachep))
		objp = cache_alloc_debugcheck_after(cachep, objp, caller);
	if (objp && (flags & __GFP_ZERO))
		memset(objp, 0, cachep->obj_size);
	return objp;
}

/*
 * One object of a node's slabs; NULL: they have none. The array has objects of the CPU's own node
 * alone.
 */
static void *alloc_from_node(struct kmem_cache *cachep, int nid)
{
	void *room[sizeof(struct array_cache) / sizeof(void *) + 1];
	struct array_cache *one = (struct array_cache *)room;

	one->avail = 0;
	refill_from_slabs(cachep, cachep->nodelists[nid], one, 1);
	return one->avail ? one->entry[0] : NULL;
}

/*
 * The CPU's own node has neither objects nor pages. First the objects of others, in the zonelist's
 * order; then pages from any. Linux: mm/slab.c:fallback_alloc, v2.6.34.
 */
static noinline void *fallback_alloc(struct kmem_cache *cachep, gfp_t flags)
{
	const struct zoneref *ref = node_zonelist(numa_node_id(), flags)->_zonerefs;
	gfp_t allowed = flags & gfp_allowed_mask;
	struct page *page;

	for (; ref->zone; ref++) {
		void *objp = NULL;

		if (ref->zone_idx <= (int)gfp_zone(flags | cachep->gfpflags))
			objp = alloc_from_node(cachep, ref->zone->zone_pgdat->node_id);
		if (objp)
			return objp;
	}
	page = kmem_getpages(cachep, allowed, MAX_NUMNODES);
	if (!page || !cache_grow(cachep, allowed, page_to_nid(page), page))
		return NULL;
	return alloc_from_node(cachep, page_to_nid(page));
}

/* Any allocation: with checks, zeroed, from an empty array. */
static noinline void *cache_alloc_slow(struct kmem_cache *cachep, gfp_t flags, void *caller)
{
	struct array_cache *ac = cachep->array;
	unsigned long save_flags;
	void *objp;

	local_irq_save(save_flags);
	if (ac->avail) {
		ac->touched = 1;
		objp = ac->entry[--ac->avail];
	} else {
		objp = cache_alloc_refill(cachep, flags);
	}
	if (MAX_NUMNODES > 1 && !objp)
		objp = fallback_alloc(cachep, flags);
	local_irq_restore(save_flags);
	return ready_object(cachep, objp, flags, caller);
}

/*
 * The short way: an object at hand, and nothing to be done with it. It calls nothing but the
 * long way at its end, so that the compiler need not save registers. It is inlined, so the return
 * address is that of whoever called kmem_cache_alloc() or kmalloc().
 */
static __always_inline void *__cache_alloc(struct kmem_cache *cachep, gfp_t flags)
{
	unsigned long save_flags;
	struct array_cache *ac;
	void *objp;

	local_irq_save(save_flags);
	ac = cachep->shortcut;
	if (unlikely(!ac->avail || (flags & __GFP_ZERO))) {
		local_irq_restore(save_flags);
		return cache_alloc_slow(cachep, flags, __builtin_return_address(0));
	}
	barrier();	/* cachep's register is free from here on */
	ac->touched = 1;
	objp = ac->entry[--ac->avail];
	local_irq_restore(save_flags);
	return objp;
}

/**
 * kmem_cache_alloc - take an object out of a cache
 * @cachep: the cache
 * @flags: GFP_*: what fetching pages may do, if no object is at hand; __GFP_ZERO: zero the object
 *
 * Not __GFP_HIGHMEM; GFP_DMA for caches of SLAB_CACHE_DMA and only for them: where pages are
 * fetched the opposite is a BUG().
 *
 * Return: the object, NULL where memory has run out.
 * Linux: mm/slab.c:kmem_cache_alloc, v2.6.34; nobody sleeps, so flags with __GFP_WAIT are as
 * good in interrupts.
 */
void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags)
{
	return __cache_alloc(cachep, flags);
}

/* Another node's object. Linux: mm/slab.c:____cache_alloc_node, v2.6.34. */
static noinline void *cache_alloc_node(struct kmem_cache *cachep, gfp_t flags, int nid, void *caller)
{
	unsigned long save_flags;
	void *objp;

	local_irq_save(save_flags);
	objp = alloc_from_node(cachep, nid);
	if (!objp && cache_grow(cachep, flags & gfp_allowed_mask, nid, NULL))
		objp = alloc_from_node(cachep, nid);
	if (!objp && !(flags & __GFP_THISNODE))
		objp = fallback_alloc(cachep, flags);
	local_irq_restore(save_flags);
	return ready_object(cachep, objp, flags, caller);
}

/**
 * kmem_cache_alloc_node - the same from a node that is named
 * @cachep: the cache
 * @flags: as for kmem_cache_alloc(); __GFP_THISNODE: from that node or from none
 * @nid: a node that is online
 *
 * Return: the object, NULL where memory has run out.
 * Linux: mm/slab.c:kmem_cache_alloc_node, v2.6.34.
 */
void *kmem_cache_alloc_node(struct kmem_cache *cachep, gfp_t flags, int nid)
{
	if (MAX_NUMNODES == 1 || nid == numa_node_id())
		return __cache_alloc(cachep, flags);
	return cache_alloc_node(cachep, flags, nid, __builtin_return_address(0));
}

/**
 * kmem_find_general_cachep - the smallest general cache whose objects have room
 * @size: bytes
 * @gfpflags: GFP_DMA: the one of the DMA zone
 *
 * Return: the cache, NULL where @size is larger than KMALLOC_MAX_SIZE, or the cache is not yet
 * created.
 * Linux: mm/slab.c:kmem_find_general_cachep, v2.6.34; a size of 0 is the callers' matter.
 */
struct kmem_cache *kmem_find_general_cachep(size_t size, gfp_t gfpflags)
{
	const struct cache_sizes *csizep = malloc_sizes;

	while (size > csizep->cs_size)
		csizep++;
	return gfpflags & GFP_DMA ? csizep->cs_dmacachep : csizep->cs_cachep;
}

/**
 * __kmalloc - allocate memory of a size that the compiler doesn't know
 * @size: bytes
 * @flags: as for kmalloc()
 *
 * Return: as kmalloc().
 * Linux: mm/slab.c:__kmalloc, v2.6.34.
 */
void *__kmalloc(size_t size, gfp_t flags)
{
	struct kmem_cache *cachep;

	if (!size)
		return ZERO_SIZE_PTR;
	cachep = kmem_find_general_cachep(size, flags);
	if (!cachep)
		return NULL;
	return __cache_alloc(cachep, flags);
}

/* The slab's last object has come back: the slab is kept, unless that is more than enough. */
static noinline void slab_became_free(struct kmem_cache *cachep, struct slab *slabp)
{
	struct kmem_list3 *l3 = slab_list3(cachep, slabp);

	if (l3->free_objects <= l3->free_limit)
		list_move(&slabp->list, &l3->slabs_free);
	else
		slab_destroy(cachep, slabp);
}

/* At the end of the list of partial slabs it has the most time to get its other objects back. */
static __always_inline void slab_to_partial_tail(struct kmem_list3 *l3, struct slab *slabp)
{
	if (slabp->list.next != &l3->slabs_partial)
		list_move_tail(&slabp->list, &l3->slabs_partial);
}

/**
 * free_block - put objects back into their slabs
 * @cachep: their cache
 * @objpp: the objects; with debugging, the buffers that hold them
 * @nr_objects: how many
 *
 * Interrupts are off. A slab that becomes free goes back to the page allocator if the cache has
 * more free objects than its limit.
 *
 * Linux: mm/slab.c:free_block, v2.6.34; a slab that is last among the partial ones isn't taken
 * out and put there again.
 */
void free_block(struct kmem_cache *cachep, void **objpp, int nr_objects)
{
	struct kmem_list3 *l3 = cachep->nodelists[numa_node_id()];
	void **end = objpp + nr_objects;

	/* All objects before objpp are in their slabs again. */
	for (; objpp < end; objpp++) {
		struct page *page = virt_to_page(*objpp);
		struct slab *slabp = page_get_slab(page);
		unsigned int objnr;

		BUG_ON(!PageSlab(page));
		if (slab_debugged(cachep))
			check_slabp(cachep, slabp);
		objnr = obj_to_index(cachep, slabp, *objpp);
		slab_bufctl(slabp)[objnr] = slabp->free;
		slabp->free = objnr;
		if (MAX_NUMNODES > 1)
			l3 = slab_list3(cachep, slabp);
		l3->free_objects++;
		if (--slabp->inuse)
			slab_to_partial_tail(l3, slabp);
		else
			slab_became_free(cachep, slabp);
	}
}

/* The array is full: its oldest objects go. Linux: mm/slab.c:cache_flusharray, v2.6.34. */
static noinline void cache_flusharray(struct kmem_cache *cachep, struct array_cache *ac)
{
	unsigned int batchcount = ac->batchcount;

	free_block(cachep, ac->entry, batchcount);
	ac->avail -= batchcount;
	memmove(ac->entry, &ac->entry[batchcount], ac->avail * sizeof(void *));
}

/*
 * An object of another node goes straight back: the array's are those that the CPU is to get. As with
 * noaliencache in Linux, which else keeps some of each node apart.
 */
static __always_inline bool is_alien(const void *objp)
{
	return MAX_NUMNODES > 1 && page_to_nid(virt_to_page(objp)) != numa_node_id();
}

/* Any object: with checks, to a full array, of another node. */
static noinline void cache_free_slow(struct kmem_cache *cachep, void *objp, void *caller)
{
	struct array_cache *ac = cachep->array;
	unsigned long flags;

	local_irq_save(flags);
	if (slab_debugged(cachep))
		objp = cache_free_debugcheck(cachep, objp, caller);
	if (objp && is_alien(objp)) {
		free_block(cachep, &objp, 1);
	} else if (objp) {
		if (ac->avail == ac->limit)
			cache_flusharray(cachep, ac);
		ac->entry[ac->avail++] = objp;
	}
	local_irq_restore(flags);
}

/* The short way, as in __cache_alloc(). */
static __always_inline void __cache_free(struct kmem_cache *cachep, void *objp)
{
	struct array_cache *ac;
	unsigned long flags;

	local_irq_save(flags);
	ac = cachep->shortcut;
	if (unlikely(ac->avail >= ac->limit || is_alien(objp))) {
		local_irq_restore(flags);
		cache_free_slow(cachep, objp, __builtin_return_address(0));
		return;
	}
	ac->entry[ac->avail++] = objp;
	local_irq_restore(flags);
}

/**
 * kmem_cache_free - free an object
 * @cachep: the cache it came from
 * @objp: the object, in the state that the constructor, if there is one, leaves it in
 *
 * Linux: mm/slab.c:kmem_cache_free, v2.6.34. With debugging, what is freed twice stays out of the
 * lists.
 */
void kmem_cache_free(struct kmem_cache *cachep, void *objp)
{
	__cache_free(cachep, objp);
}

/* Not even an address of low memory. Linux: mm/slab.c:kfree_debugcheck, v2.6.34. */
static void __cold kfree_out_of_range(const void *objp)
{
	printk(KERN_ERR "kfree_debugcheck: out of range ptr %lxh.\n", (unsigned long)objp);
	BUG();
}

/**
 * kfree - free what kmalloc() allocated
 * @objp: its result; NULL and ZERO_SIZE_PTR do nothing
 *
 * A pointer into a page that is no slab's is a BUG().
 * Linux: mm/slab.c:kfree, v2.6.34; a slab's pages are no compound page here, and the address's
 * range is always checked.
 */
void kfree(const void *objp)
{
	struct page *page;

	if (unlikely(ZERO_OR_NULL_PTR(objp)))
		return;
	if (unlikely(!pfn_valid(__pa(objp) >> PAGE_SHIFT)))
		kfree_out_of_range(objp);
	page = virt_to_page(objp);
	BUG_ON(!PageSlab(page));
	__cache_free(page_get_cache(page), (void *)objp);
}

/**
 * ksize - how many bytes an allocation may use
 * @objp: what kmalloc() or kmem_cache_alloc() returned, not NULL
 *
 * Return: bytes, at least what was asked for; 0 for ZERO_SIZE_PTR.
 * Linux: mm/slab.c:ksize, v2.6.34.
 */
size_t ksize(const void *objp)
{
	struct page *page;

	BUG_ON(!objp);
	if (objp == ZERO_SIZE_PTR)
		return 0;
	page = virt_to_page(objp);
	BUG_ON(!PageSlab(page));
	return page_get_cache(page)->obj_size;
}
