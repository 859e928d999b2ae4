// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftests of the slab allocator: random operations on caches of all kinds with every
 * object's bytes checked, and what debugging has to find.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <selftest/ktap.h>

#define NR_OPERATIONS	100000
#define MAX_LIVE	4096
#define MAX_KMALLOC	40000		/* bytes */
#define CONSTRUCTED	0xc7
#define DEBUG_FLAGS	(SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)

static void constructor(void *object);

/* The caches of the random operations; kmalloc() joins them. */
static struct test_cache {
	const char *name;
	size_t size, align;
	unsigned long flags;
	void (*ctor)(void *object);
	struct kmem_cache *cache;
} caches[] = {
	{ "test-24", 24, 0, DEBUG_FLAGS, NULL, NULL },
	{ "test-100", 100, 0, 0, constructor, NULL },
	{ "test-100-debug", 100, 0, DEBUG_FLAGS, constructor, NULL },
	{ "test-200", 200, 64, SLAB_RECLAIM_ACCOUNT, NULL, NULL },
	{ "test-500", 500, 0, SLAB_HWCACHE_ALIGN, NULL, NULL },
	{ "test-700", 700, 0, SLAB_POISON, NULL, NULL },
	{ "test-1500", 1500, 0, SLAB_RED_ZONE, NULL, NULL },
	{ "test-9000", 9000, 0, 0, NULL, NULL },
};

static struct live_object {
	u8 *object;
	size_t size;
	const struct test_cache *from;	/* NULL: kmalloc() */
	u8 byte;			/* all over it */
} *live;

static unsigned int nr_live;

static void constructor(void *object)
{
	memset(object, CONSTRUCTED, 100);
}

static bool all_bytes(const u8 *object, size_t size, u8 byte)
{
	bool same;

	asm volatile("repe scasb" : "+D"(object), "+c"(size), "=@cce"(same)
		     : "a"(byte) : "memory");
	return same;
}

static void alloc_from_cache(struct live_object *l)
{
	const struct test_cache *from = &caches[random_below(ARRAY_SIZE(caches))];
	bool zero = !from->ctor && random_below(8) == 0;

	l->from = from;
	l->size = from->size;
	l->object = zero ? kmem_cache_zalloc(from->cache, GFP_KERNEL) :
			   kmem_cache_alloc(from->cache, GFP_KERNEL);
	if (!check(l->object))
		return;
	check(IS_ALIGNED((unsigned long)l->object, max_t(size_t, from->align, 4)));
	if (from->ctor)
		check(all_bytes(l->object, l->size, CONSTRUCTED));
	if (zero)
		check(all_bytes(l->object, l->size, 0));
}

static void alloc_by_size(struct live_object *l)
{
	bool has_dma = populated_zone(&NODE_DATA(0)->node_zones[ZONE_DMA]);
	gfp_t gfp = random_below(64) || !has_dma ? GFP_KERNEL : GFP_KERNEL | GFP_DMA;
	bool zero = random_below(8) == 0;

	l->from = NULL;
	l->size = 1 + random_below(random_below(16) ? 600 : MAX_KMALLOC);
	l->object = kmalloc(l->size, zero ? gfp | __GFP_ZERO : gfp);
	if (!check(l->object))
		return;
	check(IS_ALIGNED((unsigned long)l->object, 8));
	check(ksize(l->object) >= l->size && ksize(l->object) < 2 * l->size + 32);
	check(!(gfp & GFP_DMA) || page_zonenum(virt_to_page(l->object)) == ZONE_DMA);
	if (zero)
		check(all_bytes(l->object, l->size, 0));
}

static void alloc_one(void)
{
	struct live_object *l = &live[nr_live];

	if (random_below(3))
		alloc_from_cache(l);
	else
		alloc_by_size(l);
	if (!l->object)
		return;
	l->byte = random_below(256);
	memset(l->object, l->byte, l->size);
	nr_live++;
}

static void free_one(void)
{
	struct live_object *l = &live[random_below(nr_live)];

	check(all_bytes(l->object, l->size, l->byte));
	if (l->from && l->from->ctor)
		constructor(l->object);
	if (l->from)
		kmem_cache_free(l->from->cache, l->object);
	else
		kfree(l->object);
	*l = live[--nr_live];
}

static void run_operations(void)
{
	bool grow = false;
	unsigned int i;

	for (i = 0; i < NR_OPERATIONS && !ktap_failed(); i++) {
		if (i % (NR_OPERATIONS / 10) == 0)
			grow = !grow;
		if (nr_live == MAX_LIVE || (nr_live && random_below(8) < (grow ? 2 : 6)))
			free_one();
		else
			alloc_one();
		if (i % (NR_OPERATIONS / 100) == 0)
			kmem_cache_shrink(caches[random_below(ARRAY_SIZE(caches))].cache);
	}
	ktap_diag("slab: %u operations, %u objects left", i, nr_live);
	while (nr_live)
		free_one();
}

static unsigned long slab_pages(void)
{
	return global_page_state(NR_SLAB_RECLAIMABLE) + global_page_state(NR_SLAB_UNRECLAIMABLE);
}

static bool create_caches(void)
{
	struct test_cache *c;

	for (c = caches; c < caches + ARRAY_SIZE(caches); c++) {
		c->cache = kmem_cache_create(c->name, c->size, c->align, c->flags, c->ctor);
		if (!check(c->cache))
			return false;
	}
	return true;
}

static void destroy_caches(void)
{
	struct test_cache *c;

	for (c = caches; c < caches + ARRAY_SIZE(caches); c++)
		if (c->cache)
			kmem_cache_destroy(c->cache);
}

static bool has_low_memory(int nid)
{
	const struct zone *zone;

	for_each_node_zone(zone, nid)
		if (!is_highmem(zone) && populated_zone(zone))
			return true;
	return false;
}

/* Objects that are asked of a node are its own, if it has low memory. They go back where they were. */
static void take_of_nodes(void)
{
	struct kmem_cache *c = kmem_cache_create("test-nodes", 200, 0, 0, NULL);
	void *objects[MAX_NUMNODES];
	int nid;

	if (!check(c))
		return;
	for_each_online_node(nid) {
		objects[nid] = kmem_cache_alloc_node(c, GFP_KERNEL, nid);
		if (!check(objects[nid]))
			continue;
		check(!has_low_memory(nid) || page_to_nid(virt_to_page(objects[nid])) == nid);
		check(has_low_memory(nid) ||
		      !kmem_cache_alloc_node(c, GFP_KERNEL | __GFP_THISNODE, nid) || nid == numa_node_id());
	}
	for_each_online_node(nid)
		if (objects[nid])
			kmem_cache_free(c, objects[nid]);
	kmem_cache_destroy(c);
}

/**
 * test_slab - 100,000 allocations and frees, with and without poison and red zones; and of each node
 */
void test_slab(void)
{
	struct zones_state before;
	unsigned long slabs;

	if (!vmalloc_room(PAGE_ALIGN(MAX_LIVE * sizeof(*live)) + PAGE_SIZE))
		return;
	live = vmalloc(MAX_LIVE * sizeof(*live));
	if (!check(live))
		return;
	zones_state(&before);
	slabs = slab_pages();
	random_seed("slab");
	if (create_caches())
		run_operations();
	destroy_caches();
	take_of_nodes();
	check(kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR);
	kfree(ZERO_SIZE_PTR);
	kfree(NULL);
	check(!kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	zones_same(&before);
	check(slab_pages() == slabs);
	vfree(live);
}

/* Writes after an object, before it, and after it was freed have to be reported. */
static void misuse(struct kmem_cache *cache, size_t size)
{
	u8 *object = kmem_cache_alloc(cache, GFP_KERNEL);

	if (!check(object))
		return;
	ktap_expect("Slab corruption: ");
	kmem_cache_free(cache, object);
	object[size / 2] = 1;
	check(kmem_cache_alloc(cache, GFP_KERNEL) == object);
	check(ktap_reports() == 1);

	ktap_expect("memory outside object was overwritten");
	object[size] ^= 0xff;
	kmem_cache_free(cache, object);
	check(ktap_reports() == 1);

	ktap_expect("memory outside object was overwritten");
	object = kmem_cache_alloc(cache, GFP_KERNEL);
	if (!check(object))
		return;
	object[-1] ^= 0xff;
	kmem_cache_free(cache, object);
	check(ktap_reports() == 1);

	ktap_expect("double free detected");
	kmem_cache_free(cache, object);
	check(ktap_reports() == 1);
}

/**
 * test_slab_debug - what is wrong in the use of objects is found and reported
 */
void test_slab_debug(void)
{
	struct zones_state before;
	struct kmem_cache *cache;
	u8 *one, *other;

	zones_state(&before);
	cache = kmem_cache_create("test-misuse", 64, 0, DEBUG_FLAGS, NULL);
	if (!check(cache))
		return;
	misuse(cache, 64);
	/* What was freed twice is handed out once. */
	one = kmem_cache_alloc(cache, GFP_KERNEL);
	other = kmem_cache_alloc(cache, GFP_KERNEL);
	check(one && other && one != other);
	kmem_cache_free(cache, one);
	kmem_cache_free(cache, other);
	kmem_cache_destroy(cache);
	zones_same(&before);
}
