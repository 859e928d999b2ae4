// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slab allocator: caches are created, sized, shrunk and destroyed. Linux: mm/slab.c.
 *
 * From an object's size follow its alignment, whether the management lies on or off the slab
 * (off from an eighth of a page on, unless there is room for it anyway), the slab's order, and
 * the size of the array of objects at hand.
 */
#include <asm/cache.h>
#include <asm/irqflags.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/slab_internal.h>

#define CREATE_MASK	(SLAB_RED_ZONE | SLAB_POISON | SLAB_HWCACHE_ALIGN | SLAB_CACHE_DMA | \
			 SLAB_STORE_USER | SLAB_RECLAIM_ACCOUNT | SLAB_PANIC)

/* With debugging fewer objects are kept at hand. */
#define DEBUG_LIMIT	32

/**
 * kmem_list3_init - empty lists
 * @l3: set up here; no object may stay free in it before enable_cpucache()
 *
 * Linux: mm/slab.c:kmem_list3_init, v2.6.34, which leaves free_limit to chance.
 */
void kmem_list3_init(struct kmem_list3 *l3)
{
	INIT_LIST_HEAD(&l3->slabs_full);
	INIT_LIST_HEAD(&l3->slabs_partial);
	INIT_LIST_HEAD(&l3->slabs_free);
	l3->free_objects = 0;
	l3->free_limit = 0;
	l3->colour_next = 0;
}

static size_t slab_mgmt_size(size_t nr_objs, size_t align)
{
	return ALIGN(sizeof(struct slab) + nr_objs * sizeof(kmem_bufctl_t), align);
}

/**
 * cache_estimate - how many objects a slab of some order has
 * @gfporder: of its pages, 0 to KMALLOC_MAX_ORDER
 * @buffer_size: bytes from object to object
 * @align: of objects, a power of two
 * @flags: CFLGS_OFF_SLAB or not
 * @left_over: receives the bytes that neither objects nor management use
 * @num: receives the number of objects, 0 where not even one fits
 *
 * Linux: mm/slab.c:cache_estimate, v2.6.34.
 */
void cache_estimate(unsigned int gfporder, size_t buffer_size, size_t align, unsigned int flags,
		    size_t *left_over, unsigned int *num)
{
	const size_t room = PAGE_SIZE << gfporder;
	bool on_slab = !(flags & CFLGS_OFF_SLAB);
	size_t mgmt = on_slab ? sizeof(struct slab) : 0;
	unsigned int n = (room - mgmt) / (buffer_size + (on_slab ? sizeof(kmem_bufctl_t) : 0));

	/* What the first object's alignment adds to the management may cost the last one. */
	if (on_slab)
		mgmt = slab_mgmt_size(n, align);
	if (n && mgmt + n * buffer_size > room) {
		n--;
		mgmt = slab_mgmt_size(n, align);
	}
	*num = n;
	*left_over = room - mgmt - n * buffer_size;
}

/* Linux: mm/slab.c:slab_break_gfp_order, v2.6.34: larger slabs only with more than 32 MB. */
static unsigned int slab_break_gfp_order(void)
{
	return totalram_pages > (32 << 20) >> PAGE_SHIFT;
}

/*
 * With more objects the management may be as large as an object, and come from a cache of such
 * slabs itself.
 */
static unsigned int max_objs_off_slab(size_t size)
{
	return (size - sizeof(struct slab)) / sizeof(kmem_bufctl_t);
}

/*
 * Sets order and number of objects of a cache's slabs: the first order at which no more than an
 * eighth is left over; larger slabs than need be are hard to get, so there is a last order too.
 * False: no order will do. Linux: mm/slab.c:calculate_slab_order, v2.6.34.
 */
static bool calculate_slab_order(struct kmem_cache *cachep, size_t size, size_t align,
				 unsigned int flags)
{
	const unsigned int last = flags & SLAB_RECLAIM_ACCOUNT ? 0 : slab_break_gfp_order();
	const unsigned int most = flags & CFLGS_OFF_SLAB ? max_objs_off_slab(size) : UINT_MAX;
	unsigned int order, num;
	size_t rest;

	/* cachep has what the order before has room for: nothing, or too little of it was used. */
	for (order = 0; order <= KMALLOC_MAX_ORDER; order++) {
		cache_estimate(order, size, align, flags, &rest, &num);
		if (num > most)
			break;
		cachep->num = num;
		cachep->gfporder = order;
		if (num && (order >= last || rest <= (PAGE_SIZE << order) / 8))
			break;
	}
	return cachep->num;
}

/* Small objects share a line, 2^n of them. Returns each one's part of it, in bytes. */
static size_t part_of_line(size_t size)
{
	size_t part = cache_line_size();

	while (part / 2 >= size)
		part /= 2;
	return part;
}

/* An object's alignment in bytes: what is recommended, or what the caller wants if it is more. */
static size_t object_align(size_t size, size_t wanted, unsigned long flags)
{
	/* With debugging lines don't matter, but what stands around the objects does. */
	if (flags & SLAB_RED_ZONE)
		return max_t(size_t, wanted, REDZONE_ALIGN);
	if ((flags & SLAB_HWCACHE_ALIGN) && !(flags & SLAB_STORE_USER))
		return max(wanted, part_of_line(size));
	return max(wanted, BYTES_PER_WORD);
}

/*
 * memdawn.debug: all that can be checked is checked; but no guard words where they would take
 * a large object over the next power of two.
 */
static unsigned long forced_debug_flags(size_t size)
{
	if (!memdawn_debug)
		return 0;
	if (size < 4096 || fls(size - 1) == fls(size - 1 + REDZONE_ALIGN + 2 * sizeof(u64)))
		return SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER;
	return SLAB_POISON;
}

/* Makes room in a buffer for guard words before and after the object, and the last user's name. */
static size_t add_debug_room(struct kmem_cache *cachep, size_t size, unsigned long flags)
{
	if (flags & SLAB_RED_ZONE) {
		cachep->obj_offset = sizeof(u64);
		size += 2 * sizeof(u64);
	}
	if (flags & SLAB_STORE_USER)
		size += flags & SLAB_RED_ZONE ? REDZONE_ALIGN : BYTES_PER_WORD;
	return size;
}

/*
 * Settles order, number of objects, colours, and where the management is. size is that of the
 * object with its debugging room. False: such objects cannot be had.
 */
static bool layout_slabs(struct kmem_cache *cachep, size_t size, size_t align, unsigned int flags)
{
	unsigned int where = size >= PAGE_SIZE / 8 ? CFLGS_OFF_SLAB : 0;
	size_t rest;

	cachep->buffer_size = ALIGN(size, align);
	if (!calculate_slab_order(cachep, cachep->buffer_size, align, flags | where))
		return false;

	/* Wherever it was meant to be: the management lies on the slab if there is room for it. */
	rest = (PAGE_SIZE << cachep->gfporder) - cachep->num * cachep->buffer_size;
	cachep->slab_size = slab_mgmt_size(cachep->num, align);
	if (rest >= cachep->slab_size) {
		rest -= cachep->slab_size;
		cachep->flags = flags;
	} else {
		cachep->slab_size = slab_mgmt_size(cachep->num, 1);
		cachep->slabp_cache = kmem_find_general_cachep(cachep->slab_size, 0);
		BUG_ON(!cachep->slabp_cache);
		cachep->flags = flags | CFLGS_OFF_SLAB;
	}
	cachep->colour_off = max(cache_line_size(), align);
	cachep->colour = rest / cachep->colour_off;
	cachep->reciprocal_buffer_size = reciprocal_value(cachep->buffer_size);
	return true;
}

/* The arrays and lists. False: no memory. Linux: mm/slab.c:setup_cpu_cache, v2.6.34. */
static noinline bool __ref setup_cpu_cache(struct kmem_cache *cachep, gfp_t gfp)
{
	if (g_cpucache_up == FULL)
		return enable_cpucache(cachep, gfp);
	setup_cpu_cache_early(cachep, gfp);
	return true;
}

static void __kmem_cache_destroy(struct kmem_cache *cachep)
{
	int nid;

	kfree(cachep->array);
	for_each_online_node(nid)
		kfree(cachep->nodelists[nid]);
	kmem_cache_free(&cache_cache, cachep);
}

/* Other arguments are a mistake in the kernel itself. */
static void check_arguments(const char *name, size_t size, unsigned long flags)
{
	if (!name || size < BYTES_PER_WORD || size > KMALLOC_MAX_SIZE) {
		printk(KERN_ERR "kmem_cache_create: Early error in slab %s\n", name);
		BUG();
	}
	BUG_ON(flags & ~CREATE_MASK);
}

/* A second cache of the same name is a mistake too, but the kernel can live with it. */
static bool name_is_taken(const char *name)
{
	const struct kmem_cache *cachep;

	for_each_kmem_cache(cachep) {
		if (strcmp(cachep->name, name))
			continue;
		printk(KERN_ERR "kmem_cache_create: duplicate cache %s\n", name);
		dump_stack();
		return true;
	}
	return false;
}

/* The arguments have been checked. NULL: there is no memory, or such slabs can't be laid out. */
static struct kmem_cache *__kmem_cache_create(const char *name, size_t size, size_t align,
					      unsigned long flags, void (*ctor)(void *obj))
{
	gfp_t gfp = slab_is_available() ? GFP_KERNEL : GFP_NOWAIT;
	struct kmem_cache *cachep;

	size = ALIGN(size, flags & SLAB_RED_ZONE ? REDZONE_ALIGN : BYTES_PER_WORD);
	align = object_align(size, align, flags);
	/* Guard words and an alignment beyond theirs don't go together. */
	if (align > REDZONE_ALIGN)
		flags &= ~(SLAB_RED_ZONE | SLAB_STORE_USER);

	cachep = kmem_cache_zalloc(&cache_cache, gfp);
	if (!cachep)
		return NULL;
	cachep->name = name;
	cachep->ctor = ctor;
	cachep->gfpflags = (flags & SLAB_CACHE_DMA ? GFP_DMA : 0) |
			   (flags & SLAB_RECLAIM_ACCOUNT ? __GFP_RECLAIMABLE : 0);
	if (!layout_slabs(cachep, add_debug_room(cachep, size, flags), align, flags)) {
		printk(KERN_ERR "kmem_cache_create: couldn't create cache %s.\n", name);
		kmem_cache_free(&cache_cache, cachep);
		return NULL;
	}
	cachep->obj_size = slab_debugged(cachep) ? size : cachep->buffer_size;
	if (!setup_cpu_cache(cachep, gfp)) {
		__kmem_cache_destroy(cachep);
		return NULL;
	}
	list_add(&cachep->next, &cache_chain);
	return cachep;
}

/**
 * kmem_cache_create - set up a cache for objects of one size
 * @name: for /proc/slabinfo and messages, without blanks; stays the caller's, and must stay valid
 * @size: of an object in bytes, 4 to KMALLOC_MAX_SIZE; anything else is a BUG()
 * @align: of an object in bytes, a power of two; 0: a word's
 * @flags: SLAB_*, others are a BUG()
 * @ctor: called for each object when its slab is created, and with SLAB_POISON at each
 *	allocation; must not allocate from the same cache. NULL: none
 *
 * kmem_cache_init() must have run, or call it. SLAB_RED_ZONE and SLAB_STORE_USER are dropped
 * where objects are aligned to more than 8 bytes. memdawn.debug adds all debugging flags.
 *
 * Return: the cache; NULL where a cache of that name exists, slabs for such objects cannot be
 * laid out, or memory has run out. With SLAB_PANIC it panics instead.
 * Linux: mm/slab.c:kmem_cache_create, v2.6.34, where CONFIG_DEBUG_SLAB stands for memdawn.debug.
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void (*ctor)(void *obj))
{
	struct kmem_cache *cachep = NULL;

	check_arguments(name, size, flags);
	if (!name_is_taken(name))
		cachep = __kmem_cache_create(name, size, align, flags | forced_debug_flags(size),
					     ctor);
	if (!cachep && (flags & SLAB_PANIC))
		panic("kmem_cache_create(): failed to create slab `%s'\n", name);
	return cachep;
}

/**
 * kmem_cache_shrink - give back all memory that a cache doesn't use
 * @cachep: the cache
 *
 * Return: 0 if it has no slabs left, else 1.
 * Linux: mm/slab.c:kmem_cache_shrink, v2.6.34.
 */
int kmem_cache_shrink(struct kmem_cache *cachep)
{
	struct array_cache *ac = cachep->array;
	unsigned long flags;
	int nid, left = 0;

	local_irq_save(flags);
	free_block(cachep, ac->entry, ac->avail);
	ac->avail = 0;
	for_each_online_node(nid) {
		struct kmem_list3 *l3 = cachep->nodelists[nid];

		/* The longest free first. */
		while (!list_empty(&l3->slabs_free))
			slab_destroy(cachep, list_entry(l3->slabs_free.prev, struct slab, list));
		left |= !list_empty(&l3->slabs_full) || !list_empty(&l3->slabs_partial);
	}
	local_irq_restore(flags);
	return left;
}

/**
 * kmem_cache_destroy - destroy a cache
 * @cachep: all its objects are free, nobody allocates from it any more
 *
 * A cache that still has objects stays as it is, and an error is printed.
 * Linux: mm/slab.c:kmem_cache_destroy, v2.6.34.
 */
void kmem_cache_destroy(struct kmem_cache *cachep)
{
	list_del(&cachep->next);
	if (kmem_cache_shrink(cachep)) {
		slab_error(cachep, "Can't free all objects");
		list_add(&cachep->next, &cache_chain);
		return;
	}
	__kmem_cache_destroy(cachep);
}

static struct array_cache *alloc_arraycache(unsigned int entries, unsigned int batchcount,
					    gfp_t gfp)
{
	struct array_cache *ac = kmalloc(sizeof(*ac) + entries * sizeof(void *), gfp);

	if (ac)
		*ac = (struct array_cache){ .limit = entries, .batchcount = batchcount };
	return ac;
}

/*
 * Each node's lists, and how many objects may lie in them: more where there is a CPU.
 * Linux: mm/slab.c:alloc_kmemlist, v2.6.34.
 */
static bool alloc_kmemlist(struct kmem_cache *cachep, gfp_t gfp)
{
	int nid;

	for_each_online_node(nid) {
		struct kmem_list3 *l3 = cachep->nodelists[nid];

		if (!l3) {
			l3 = kmalloc(sizeof(*l3), gfp);
			if (!l3)
				return false;
			kmem_list3_init(l3);
			cachep->nodelists[nid] = l3;
		}
		l3->free_limit = (1 + (nid == numa_node_id())) * cachep->batchcount + cachep->num;
	}
	return true;
}

/**
 * set_cpu_array - give a cache its array of objects at hand
 * @cachep: the cache, its flags set
 * @ac: the array
 *
 * Calls take the short way while the array is neither empty nor full. Objects that are checked
 * must not take it: for them it has an array that is always both.
 */
void set_cpu_array(struct kmem_cache *cachep, struct array_cache *ac)
{
	static struct array_cache empty_and_full;

	cachep->array = ac;
	cachep->shortcut = slab_debugged(cachep) ? &empty_and_full : ac;
}

/* A new array; what the old one held goes back into the slabs. */
static bool do_tune_cpucache(struct kmem_cache *cachep, unsigned int limit, gfp_t gfp)
{
	struct array_cache *old = cachep->array;
	struct array_cache *ac = alloc_arraycache(limit, (limit + 1) / 2, gfp);
	unsigned long flags;

	if (!ac)
		return false;
	local_irq_save(flags);
	set_cpu_array(cachep, ac);
	cachep->batchcount = ac->batchcount;
	cachep->limit = limit;
	cachep->shared = 0;
	if (old)
		free_block(cachep, old->entry, old->avail);
	local_irq_restore(flags);
	kfree(old);
	return alloc_kmemlist(cachep, gfp);
}

/**
 * enable_cpucache - give a cache an array of the size that suits its objects
 * @cachep: the cache, with a smaller array or none
 * @gfp: how to allocate
 *
 * The general caches must be there. The array's limit is 1 to 120 objects, a refill brings half
 * of it.
 *
 * Return: false where memory has run out.
 * Linux: mm/slab.c:enable_cpucache and do_tune_cpucache, v2.6.34.
 */
bool enable_cpucache(struct kmem_cache *cachep, gfp_t gfp)
{
	static const struct {
		unsigned int above, limit;	/* for buffers larger than that */
	} limits[] = { { 131072, 1 }, { PAGE_SIZE, 8 }, { 1024, 24 }, { 256, 54 }, { 0, 120 } };
	unsigned int limit, i = 0;

	while (cachep->buffer_size <= limits[i].above)
		i++;
	limit = limits[i].limit;
	if (slab_debugged(cachep))
		limit = min_t(unsigned int, limit, DEBUG_LIMIT);
	return do_tune_cpucache(cachep, limit, gfp);
}

/* Counts a list's slabs and the objects in use; *error says what doesn't belong in this list. */
static void count_slabs(const struct kmem_cache *cachep, const struct kmem_list3 *l3,
			const struct list_head *list, struct slabinfo *sinfo, const char **error)
{
	const struct slab *slabp;

	list_for_each_entry(slabp, list, list) {
		sinfo->active_objs += slabp->inuse;
		sinfo->num_slabs++;
		if (list != &l3->slabs_free)
			sinfo->active_slabs++;
		if (list == &l3->slabs_full && slabp->inuse != cachep->num)
			*error = "slabs_full accounting error";
		if (list == &l3->slabs_partial && slabp->inuse == cachep->num)
			*error = "slabs_partial inuse accounting error";
		if (list == &l3->slabs_partial && !slabp->inuse)
			*error = "slabs_partial/inuse accounting error";
		if (list == &l3->slabs_free && slabp->inuse)
			*error = "slabs_free/inuse accounting error";
	}
}

/**
 * get_slabinfo - a cache's figures
 * @cachep: the cache
 * @sinfo: receives them
 *
 * Where the lists contradict each other, the log says so.
 * Linux: mm/slab.c:s_show, v2.6.34.
 */
void get_slabinfo(const struct kmem_cache *cachep, struct slabinfo *sinfo)
{
	unsigned long free_objects = 0;
	const char *error = NULL;
	int nid;

	*sinfo = (struct slabinfo){
		.limit = cachep->limit,
		.batchcount = cachep->batchcount,
		.shared = cachep->shared,
		.objects_per_slab = cachep->num,
		.cache_order = cachep->gfporder,
	};
	for_each_online_node(nid) {
		const struct kmem_list3 *l3 = cachep->nodelists[nid];

		count_slabs(cachep, l3, &l3->slabs_full, sinfo, &error);
		count_slabs(cachep, l3, &l3->slabs_partial, sinfo, &error);
		count_slabs(cachep, l3, &l3->slabs_free, sinfo, &error);
		free_objects += l3->free_objects;
	}
	sinfo->num_objs = sinfo->num_slabs * cachep->num;
	if (sinfo->num_objs - sinfo->active_objs != free_objects && !error)
		error = "free_objects accounting error";
	if (error)
		printk(KERN_ERR "slab: cache %s error: %s\n", cachep->name, error);
}
