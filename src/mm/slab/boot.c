// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slab allocator: from nothing to general caches. Linux: mm/slab.c.
 *
 * A cache needs three things, and each comes from a cache:
 *
 *	struct kmem_cache	from the cache of caches, cache_cache
 *	its array_cache		from the first general cache with room for one (INDEX_AC)
 *	its kmem_list3		from the first general cache with room for it (INDEX_L3)
 *
 * So the first ones begin with arrays and lists of the image's init data, which are replaced
 * before that is freed:
 *
 *	step	what				g_cpucache_up then
 *	1	cache_cache, all static		NONE
 *	2	cache INDEX_AC: static both	PARTIAL_AC	kmalloc() of an array works
 *		cache INDEX_L3: static lists	PARTIAL_L3	kmalloc() of lists works
 *	3	all other general caches	PARTIAL_L3
 *	4	the two static arrays replaced
 *	5	the three static lists replaced	EARLY		everybody may kmalloc()
 *	6	kmem_cache_init_late(): arrays	FULL
 *		of one object grow to full size
 */
#include <asm/cache.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <mm/slab_internal.h>

#define GENERAL_CACHE_ALIGN	8	/* of a u64, whatever debugging adds */

/* A struct array_cache with room for so many objects. */
#define BOOT_CPUCACHE_ENTRIES	1
#define BOOT_ARRAY_BYTES \
	(sizeof(struct array_cache) + BOOT_CPUCACHE_ENTRIES * sizeof(void *))

#define INDEX_AC	kmalloc_index(BOOT_ARRAY_BYTES)
#define INDEX_L3	kmalloc_index(sizeof(struct kmem_list3))

static void *initarray_cache[BOOT_ARRAY_BYTES / sizeof(void *)] __initdata;
static void *initarray_generic[BOOT_ARRAY_BYTES / sizeof(void *)] __initdata;

/* Which of the three static lists is whose. */
enum { CACHE_CACHE, SIZE_AC, SIZE_L3, NUM_INIT_LISTS };
static struct kmem_list3 initkmem_list3[NUM_INIT_LISTS][MAX_NUMNODES] __initdata;

enum cpucache_state g_cpucache_up = NONE;

LIST_HEAD(cache_chain);

/* The cache that all struct kmem_cache come from but this one. */
struct kmem_cache cache_cache = {
	.batchcount = 1,
	.limit = BOOT_CPUCACHE_ENTRIES,
	.buffer_size = sizeof(struct kmem_cache),
	.name = "kmem_cache",
};

#define CACHE_SIZE(n)	{ .cs_size = (n) },
struct cache_sizes malloc_sizes[] = {
	FOR_EACH_KMALLOC_SIZE(CACHE_SIZE)
	CACHE_SIZE(ULONG_MAX)
};

/* The names stay in use: they are no init data. */
#define CACHE_NAMES(n)	{ "size-" #n, "size-" #n "(DMA)" },
static const struct {
	const char *name, *name_dma;
} cache_names[] __initconst = {
	FOR_EACH_KMALLOC_SIZE(CACHE_NAMES)
};

/**
 * slab_is_available - does kmalloc() work?
 *
 * Return: whether kmem_cache_init() has run.
 * Linux: mm/slab.c:slab_is_available, v2.6.34.
 */
bool slab_is_available(void)
{
	return g_cpucache_up >= EARLY;
}

/* An array for one object, in BOOT_ARRAY_BYTES of room. */
static struct array_cache *__init init_boot_array(void *room)
{
	struct array_cache *ac = room;

	*ac = (struct array_cache){ .limit = BOOT_CPUCACHE_ENTRIES, .batchcount = 1 };
	return ac;
}

/**
 * setup_cpu_cache_early - give a cache the smallest array, and lists
 * @cachep: the cache
 * @gfp: how to allocate
 *
 * For caches created before kmem_cache_init_late(), which gives them full arrays. Without
 * memory for these few bytes it is a BUG(). Until EARLY the caches must be created in the order
 * given at the beginning of this file.
 *
 * Linux: mm/slab.c:setup_cpu_cache, v2.6.34, in part.
 */
void __init setup_cpu_cache_early(struct kmem_cache *cachep, gfp_t gfp)
{
	void *room = initarray_generic;
	struct kmem_list3 *l3;
	int nid;

	if (g_cpucache_up > NONE)
		room = kmalloc(BOOT_ARRAY_BYTES, gfp);
	BUG_ON(!room);
	set_cpu_array(cachep, init_boot_array(room));

	for_each_online_node(nid) {
		if (g_cpucache_up == NONE)
			l3 = &initkmem_list3[SIZE_AC][nid];
		else if (g_cpucache_up == PARTIAL_AC)
			l3 = &initkmem_list3[SIZE_L3][nid];
		else
			l3 = kmalloc(sizeof(*l3), gfp);
		BUG_ON(!l3);
		kmem_list3_init(l3);
		cachep->nodelists[nid] = l3;
	}

	cachep->batchcount = 1;
	cachep->limit = BOOT_CPUCACHE_ENTRIES;
	if (g_cpucache_up < PARTIAL_L3)
		g_cpucache_up++;
}

/* Step 1. */
static void __init create_cache_cache(void)
{
	struct kmem_cache *c = &cache_cache;
	unsigned int order = 0;
	size_t left_over;
	int nid;

	for_each_online_node(nid) {
		kmem_list3_init(&initkmem_list3[CACHE_CACHE][nid]);
		c->nodelists[nid] = &initkmem_list3[CACHE_CACHE][nid];
	}
	set_cpu_array(c, init_boot_array(initarray_cache));
	c->obj_size = c->buffer_size = ALIGN(c->buffer_size, cache_line_size());
	c->reciprocal_buffer_size = reciprocal_value(c->buffer_size);

	do {
		cache_estimate(order, c->buffer_size, cache_line_size(), 0, &left_over, &c->num);
	} while (!c->num && ++order < MAX_ORDER);
	BUG_ON(!c->num);
	c->gfporder = order;
	c->colour_off = cache_line_size();
	c->colour = left_over / c->colour_off;
	c->slab_size = ALIGN(sizeof(struct slab) + c->num * sizeof(kmem_bufctl_t),
			     cache_line_size());
	list_add(&c->next, &cache_chain);
}

static struct kmem_cache *__init create_general_cache(const char *name, size_t size,
						      unsigned long flags)
{
	return kmem_cache_create(name, size, GENERAL_CACHE_ALIGN,
				 SLAB_HWCACHE_ALIGN | SLAB_PANIC | flags, NULL);
}

/* Steps 2 and 3. */
static void __init create_general_caches(void)
{
	struct cache_sizes *sizes = malloc_sizes;
	int i;

	BUILD_BUG_ON(BOOT_ARRAY_BYTES > 32 || sizeof(struct kmem_list3) <= 32);
	sizes[INDEX_AC].cs_cachep =
		create_general_cache(cache_names[INDEX_AC].name, sizes[INDEX_AC].cs_size, 0);
	sizes[INDEX_L3].cs_cachep =
		create_general_cache(cache_names[INDEX_L3].name, sizes[INDEX_L3].cs_size, 0);

	for (i = 0; sizes->cs_size != ULONG_MAX; sizes++, i++) {
		if (!sizes->cs_cachep)
			sizes->cs_cachep =
				create_general_cache(cache_names[i].name, sizes->cs_size, 0);
		sizes->cs_dmacachep = create_general_cache(cache_names[i].name_dma, sizes->cs_size,
							   SLAB_CACHE_DMA);
	}
}

/* Step 4: the objects in the array move with it. */
static void __init replace_array(struct kmem_cache *cachep)
{
	struct array_cache *ptr = kmalloc(BOOT_ARRAY_BYTES, GFP_NOWAIT);

	BUG_ON(!ptr);
	memcpy(ptr, cachep->array, BOOT_ARRAY_BYTES);
	set_cpu_array(cachep, ptr);
}

/* Step 5: the slabs in the lists move with them. Linux: mm/slab.c:init_list, v2.6.34. */
static void __init replace_list3(struct kmem_cache *cachep, int nid)
{
	struct kmem_list3 *init = cachep->nodelists[nid];
	struct kmem_list3 *ptr = kmalloc(sizeof(*ptr), GFP_NOWAIT);

	BUG_ON(!ptr);
	memcpy(ptr, init, sizeof(*ptr));
	INIT_LIST_HEAD(&ptr->slabs_full);
	INIT_LIST_HEAD(&ptr->slabs_partial);
	INIT_LIST_HEAD(&ptr->slabs_free);
	list_splice(&init->slabs_full, &ptr->slabs_full);
	list_splice(&init->slabs_partial, &ptr->slabs_partial);
	list_splice(&init->slabs_free, &ptr->slabs_free);
	cachep->nodelists[nid] = ptr;
}

/**
 * kmem_cache_init - create the general caches
 *
 * mem_init() must have run: the page allocator serves, from low memory. Afterwards kmalloc() and
 * kmem_cache_create() work; arrays hold one object until kmem_cache_init_late(). Without memory
 * it panics.
 *
 * Linux: mm/slab.c:kmem_cache_init, v2.6.34; one CPU.
 */
void __init kmem_cache_init(void)
{
	struct kmem_cache *ac_cachep, *l3_cachep;
	int nid;

	create_cache_cache();
	create_general_caches();
	ac_cachep = malloc_sizes[INDEX_AC].cs_cachep;
	l3_cachep = malloc_sizes[INDEX_L3].cs_cachep;

	replace_array(&cache_cache);
	replace_array(ac_cachep);
	for_each_online_node(nid) {
		replace_list3(&cache_cache, nid);
		replace_list3(ac_cachep, nid);
		replace_list3(l3_cachep, nid);
	}
	g_cpucache_up = EARLY;
}

/**
 * kmem_cache_init_late - give all caches their full arrays
 *
 * After kmem_cache_init(). Without memory it is a BUG().
 *
 * Linux: mm/slab.c:kmem_cache_init_late, v2.6.34. Nobody reaps: there is no timer.
 */
void __init kmem_cache_init_late(void)
{
	struct kmem_cache *cachep;

	for_each_kmem_cache(cachep)
		if (!enable_cpucache(cachep, GFP_NOWAIT))
			BUG();
	g_cpucache_up = FULL;
}
