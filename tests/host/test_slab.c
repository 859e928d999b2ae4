// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/slab*.c. Each test is a process of its own, in which the allocator is set up from nothing;
 * a condition that doesn't hold ends it.
 */
#include <asm/page.h>
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>

#include <host.h>
#include <slab_stand_ins.h>

/* No more than 32 MB: slabs are single pages, except where not even one object fits. */
static void small_machine(void)
{
	struct kmem_cache *c;

	totalram_pages = (32 << 20) >> PAGE_SHIFT;
	host_slab_init();
	c = kmem_cache_create("task_struct", 864, 32, 0, NULL);
	must(c->gfporder == 0 && c->num == 4);
	c = kmem_cache_create("large", 5000, 0, 0, NULL);
	must(c->gfporder == 1 && c->num == 1);
	totalram_pages++;
	c = kmem_cache_create("larger machine", 864, 32, 0, NULL);
	must(c->gfporder == 1 && c->num == 9);
}

/* Objects that will be reclaimed never have larger slabs than need be. */
static void reclaimable(void)
{
	struct kmem_cache *c, *d;
	void *obj;

	host_slab_init();
	c = kmem_cache_create("inodes", 864, 32, SLAB_RECLAIM_ACCOUNT, NULL);
	d = kmem_cache_create("others", 864, 32, 0, NULL);
	must(c->gfporder == 0 && d->gfporder == 1);
	obj = kmem_cache_alloc(c, GFP_KERNEL);
	must(contig_page_data.node_zones[ZONE_NORMAL].vm_stat[NR_SLAB_RECLAIMABLE] == 1);
	host_check_caches();
	kmem_cache_free(c, obj);
	must(kmem_cache_shrink(c) == 0);
	must(contig_page_data.node_zones[ZONE_NORMAL].vm_stat[NR_SLAB_RECLAIMABLE] == 0);
}

static void check_kmalloc(void *obj, size_t size)
{
	must(obj && ksize(obj) >= size && (unsigned long)obj % 8 == 0);
	must((unsigned long)obj % min_t(size_t, ksize(obj) & -ksize(obj), 64) == 0);
	memset(obj, 0x33, ksize(obj));
}

#define CHECK_CONSTANT(n) do {					\
	size_t same = (n);					\
	void *obj = kmalloc(n, GFP_KERNEL);			\
	void *other = __kmalloc(same, GFP_KERNEL);		\
								\
	check_kmalloc(obj, n);					\
	check_kmalloc(other, n);				\
	must(ksize(obj) == ksize(other));			\
	must(ksize(obj) == ((n) == 96 ? 128 : (n)));		\
	kfree(obj);						\
	kfree(other);						\
} while (0);

static void kmalloc_sizes(void)
{
	size_t size;

	host_slab_init();
	FOR_EACH_KMALLOC_SIZE(CHECK_CONSTANT)
	for (size = 1; size <= 10000; size++) {
		void *obj = kmalloc(size, GFP_KERNEL);

		check_kmalloc(obj, size);
		must(size <= 96 || ksize(obj) < 2 * size);
		kfree(obj);
	}
	must(ksize(kmalloc(KMALLOC_MAX_SIZE, GFP_KERNEL)) == 4194304);
	must(!kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	must(!__kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	must(!__kmalloc(SIZE_MAX, GFP_KERNEL));
	must(kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR && __kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR);
	must(ksize(ZERO_SIZE_PTR) == 0);
	kfree(NULL);
	kfree(ZERO_SIZE_PTR);
	host_check_caches();
}

static void zeroed(void)
{
	struct kmem_cache *c;
	size_t size, i;

	host_slab_init();
	c = kmem_cache_create("objects", 100, 0, 0, NULL);
	for (size = 1; size < 3000; size += 37) {
		u8 *obj = kmalloc(size, GFP_KERNEL);

		memset(obj, 0x77, size);
		kfree(obj);
		obj = kzalloc(size, GFP_KERNEL);
		for (i = 0; i < ksize(obj); i++)
			must(!obj[i]);
	}
	for (i = 0; i < 1000; i++)
		must(!*(u8 *)kmem_cache_zalloc(c, GFP_KERNEL));
}

static void dma(void)
{
	void *dma_obj, *obj;

	host_slab_init();
	dma_obj = kmalloc(1000, GFP_KERNEL | GFP_DMA);
	obj = kmalloc(1000, GFP_KERNEL);
	must(__pa(dma_obj) < HOST_DMA_PAGES << PAGE_SHIFT);
	must(__pa(obj) >= HOST_DMA_PAGES << PAGE_SHIFT);
	must(contig_page_data.node_zones[ZONE_DMA].vm_stat[NR_SLAB_UNRECLAIMABLE] == 1);
	host_check_caches();
	kfree(dma_obj);
	kfree(obj);
}

/* The cache decides the zone: whoever says something else is wrong. */
static void dma_mismatch(void)
{
	host_slab_init();
	must(panics(kmem_cache_alloc(malloc_sizes[9].cs_dmacachep, GFP_KERNEL)));
}

static void highmem_is_refused(void)
{
	host_slab_init();
	must(panics(kmalloc(4096, GFP_KERNEL | __GFP_HIGHMEM)));
}

#define MAGIC	0x5ca1ab1e
static unsigned int constructed;

static void constructor(void *obj)
{
	*(u32 *)obj = MAGIC;
	constructed++;
}

static void constructors(void)
{
	struct kmem_cache *c;
	u32 *obj[200];
	int i, round;

	host_slab_init();
	c = kmem_cache_create("constructed", 40, 0, 0, constructor);
	must(constructed == 0);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 200; i++) {
			obj[i] = kmem_cache_alloc(c, GFP_KERNEL);
			must(*obj[i] == MAGIC);
			obj[i][1] = i;
		}
		for (i = 0; i < 200; i++)
			kmem_cache_free(c, obj[i]);
	}
	/* A slab's objects were constructed when it was created, and only then. */
	must(constructed == DIV_ROUND_UP(200, c->num) * c->num);
	must(kmem_cache_shrink(c) == 0);
	must(*(u32 *)kmem_cache_alloc(c, GFP_KERNEL) == MAGIC);
	must(constructed == (DIV_ROUND_UP(200, c->num) + 1) * c->num);
	host_check_caches();
}

/* The object freed last is the next to be handed out; the first refill is 16 objects, not 60. */
static void last_in_first_out(void)
{
	struct kmem_cache *c;
	void *obj[3];
	int i;

	host_slab_init();
	c = kmem_cache_create("objects", 64, 0, 0, NULL);
	for (i = 0; i < 3; i++)
		obj[i] = kmem_cache_alloc(c, GFP_KERNEL);
	must(c->array->avail == 16 - 3);
	for (i = 0; i < 3; i++)
		kmem_cache_free(c, obj[i]);
	for (i = 2; i >= 0; i--)
		must(kmem_cache_alloc(c, GFP_KERNEL) == obj[i]);
}

/* A full array gives its oldest objects back, batchcount at once. */
static void array_limit(void)
{
	struct kmem_cache *c;
	void *obj[300];
	int i;

	host_slab_init();
	c = kmem_cache_create("objects", 128, 0, 0, NULL);
	must(c->nodelists[0]->free_limit == 2 * 60 + c->num);
	for (i = 0; i < 300; i++)
		obj[i] = kmem_cache_alloc(c, GFP_KERNEL);
	must(c->num == 30 && c->array->avail == 0);
	for (i = 0; i < 120; i++)
		kmem_cache_free(c, obj[i]);
	must(c->array->avail == 120 && c->array->entry[0] == obj[0]);
	kmem_cache_free(c, obj[120]);
	must(c->array->avail == 61);
	must(c->array->entry[0] == obj[60] && c->array->entry[60] == obj[120]);
	host_check_caches();
}

/* More free objects than the limit: a slab that gets free goes back to the page allocator. */
static void free_limit(void)
{
	struct kmem_cache *c;
	unsigned long before;
	void *obj[100];
	int i;

	host_slab_init();
	c = kmem_cache_create("pages", 4096, 0, 0, NULL);
	must(c->num == 1 && c->limit == 24 && c->nodelists[0]->free_limit == 25);
	before = host_pages_used;
	for (i = 0; i < 100; i++)
		obj[i] = kmem_cache_alloc(c, GFP_KERNEL);
	for (i = 0; i < 100; i++)
		kmem_cache_free(c, obj[i]);
	/* 25 free slabs, what lies in the array, and the management of as many slabs. */
	must(c->nodelists[0]->free_objects == 25 && c->array->avail <= 24);
	must(host_pages_used - before <= 25 + c->array->avail + 3);
	host_check_caches();
}

static void shrink(void)
{
	struct kmem_cache *c;
	unsigned long before;
	void *obj[500];
	int i;

	host_slab_init();
	c = kmem_cache_create("objects", 256, 0, 0, NULL);
	before = host_pages_used;
	for (i = 0; i < 500; i++)
		obj[i] = kmem_cache_alloc(c, GFP_KERNEL);
	must(host_pages_used - before == DIV_ROUND_UP(500 + c->array->avail, c->num));
	for (i = 1; i < 500; i++)
		kmem_cache_free(c, obj[i]);
	must(kmem_cache_shrink(c) == 1);
	must(host_pages_used - before == 1);
	kmem_cache_free(c, obj[0]);
	must(kmem_cache_shrink(c) == 0);
	must(host_pages_used == before);
	must(kmem_cache_alloc(c, GFP_KERNEL));
	host_check_caches();
}

static void destroy(void)
{
	struct kmem_cache *c;
	unsigned long before;
	void *obj;
	int i;

	host_slab_init();
	before = host_pages_used;
	for (i = 0; i < 500; i++) {
		c = kmem_cache_create("objects", 64 + 8 * i, 0, 0, NULL);
		obj = kmem_cache_alloc(c, GFP_KERNEL);
		log_clear();
		kmem_cache_destroy(c);
		must(log_has("slab error in kmem_cache_destroy(): cache `objects': "
			     "Can't free all objects\n"));
		host_check_caches();
		kmem_cache_free(c, obj);
		log_clear();
		kmem_cache_destroy(c);
		must(!log_text()[0]);
	}
	for_each_kmem_cache(c)
		kmem_cache_shrink(c);
	host_check_caches();
	must(host_pages_used <= before);
}

/* Lists that contradict each other are noticed by who looks at the figures. */
static void accounting_errors(void)
{
	struct kmem_cache *c;
	struct slabinfo s;
	struct slab *partial, *full = NULL;
	unsigned int i;

	host_slab_init();
	c = kmem_cache_create("objects", 1300, 64, 0, NULL);
	for (i = 0; i < c->num; i++)
		full = virt_to_slab(kmem_cache_alloc(c, GFP_KERNEL));
	kmem_cache_free(c, kmem_cache_alloc(c, GFP_KERNEL));
	kmem_cache_shrink(c);
	get_slabinfo(c, &s);
	must(s.active_objs == c->num && s.num_objs == c->num && s.active_slabs == 1);
	must(!log_text()[0]);
	full->inuse--;
	get_slabinfo(c, &s);
	must(log_has("slab: cache objects error: slabs_full accounting error\n"));
	full->inuse++;

	partial = virt_to_slab(kmem_cache_alloc(c, GFP_KERNEL));
	kmem_cache_shrink(c);
	partial->inuse = 0;
	get_slabinfo(c, &s);
	must(log_has("slabs_partial/inuse accounting error\n"));
	partial->inuse = c->num;
	get_slabinfo(c, &s);
	must(log_has("slabs_partial inuse accounting error\n"));
	partial->inuse = 1;
	c->nodelists[0]->free_objects++;
	get_slabinfo(c, &s);
	must(log_has("slab: cache objects error: free_objects accounting error\n"));
	c->nodelists[0]->free_objects--;
	log_clear();
	host_check_caches();
}

static void create_errors(void)
{
	host_slab_init();
	must(kmem_cache_create("same", 32, 0, 0, NULL));
	must(!kmem_cache_create("same", 64, 0, 0, NULL));
	must(log_has("kmem_cache_create: duplicate cache same\n"));
	must(panics(kmem_cache_create("same", 64, 0, SLAB_PANIC, NULL)));
	must(log_has("Kernel panic - not syncing: kmem_cache_create(): "
		     "failed to create slab `same'\n"));
	must(panics(kmem_cache_create(NULL, 64, 0, 0, NULL)));
	must(panics(kmem_cache_create("tiny", 3, 0, 0, NULL)));
	must(log_has("kmem_cache_create: Early error in slab tiny\n"));
	must(panics(kmem_cache_create("huge", KMALLOC_MAX_SIZE + 1, 0, 0, NULL)));
	must(panics(kmem_cache_create("flags", 64, 0, 1, NULL)));
	/* With guard words it has no room in the largest slab. */
	must(!kmem_cache_create("guarded", KMALLOC_MAX_SIZE, 0, SLAB_RED_ZONE, NULL));
	must(log_has("kmem_cache_create: couldn't create cache guarded.\n"));
	host_check_caches();
}

/* Wherever memory runs out: NULL, and nothing is lost. */
static void create_without_memory(void)
{
	struct kmem_cache *c;
	int n;

	host_slab_init();
	/* So that each of the parts that a cache needs is the first to need a page. */
	for (n = 0; n < 200; n++) {
		char *name = malloc(32);

		sprintf(name, "cache%d", n);
		host_page_allocations_left = 0;
		c = kmem_cache_create(name, 64, 0, 0, NULL);
		host_page_allocations_left = -1;
		host_check_caches();
		if (!c)
			c = kmem_cache_create(name, 64, 0, 0, NULL);
		must(c);
	}
	must(host_page_failures > 10);
	host_page_allocations_left = 0;
	while (kmem_cache_alloc(&cache_cache, GFP_KERNEL))
		;
	must(panics(kmem_cache_create("needed", 64, 0, SLAB_PANIC, NULL)));
	must(log_has("failed to create slab `needed'"));
}

static void exhaustion(void)
{
	static void *obj[HOST_PAGES];
	unsigned long n, round, before;

	host_slab_init();
	before = host_pages_used;
	for (round = 0; round < 3; round++) {
		for (n = 0; (obj[n] = kmalloc(3000, GFP_KERNEL)); n++)
			memset(obj[n], n, 3000);
		must(n > HOST_PAGES / 2 && host_pages_used == HOST_PAGES);
		must(!kmalloc(3000, GFP_KERNEL | GFP_DMA));
		must(!kzalloc(4096, GFP_ATOMIC));
		host_check_caches();
		while (n)
			kfree(obj[--n]);
		host_check_caches();
		kmem_cache_shrink(malloc_sizes[9].cs_cachep);
	}
	must(host_pages_used <= before + 64);
}

/* Management off the slab needs a second allocation: if it fails the pages go back. */
static void off_slab_without_memory(void)
{
	struct kmem_cache *c, *management;
	unsigned long before;

	host_slab_init();
	c = malloc_sizes[6].cs_cachep;
	management = c->slabp_cache;
	must(c->buffer_size == 512 && OFF_SLAB(c) && management);
	while (management->array->avail || management->nodelists[0]->free_objects)
		kmem_cache_alloc(management, GFP_KERNEL);
	while (c->array->avail || c->nodelists[0]->free_objects)
		kmem_cache_alloc(c, GFP_KERNEL);
	while (management->array->avail || management->nodelists[0]->free_objects)
		kmem_cache_alloc(management, GFP_KERNEL);
	before = host_pages_used;
	host_page_allocations_left = 1;
	must(!kmem_cache_alloc(c, GFP_KERNEL));
	must(host_pages_used == before);
	host_check_caches();
	host_page_allocations_left = -1;
	must(kmem_cache_alloc(c, GFP_KERNEL));
	host_check_caches();
}

/* Where the management is: on the slab if it is small or there is room, else off. */
static void on_and_off_slab(void)
{
	struct kmem_cache *c;

	host_slab_init();
	must(!OFF_SLAB(malloc_sizes[5].cs_cachep) && OFF_SLAB(malloc_sizes[6].cs_cachep));
	must(OFF_SLAB(malloc_sizes[9].cs_cachep));
	c = kmem_cache_create("room", 1344, 64, 0, NULL);
	must(!OFF_SLAB(c) && c->num == 3);
	must(kmem_cache_alloc(c, GFP_KERNEL));
	must(kmem_cache_alloc(malloc_sizes[9].cs_cachep, GFP_KERNEL));
	host_check_caches();
}

/* The next slab's objects begin a cache line later; after the last colour comes the first again. */
static void colours(void)
{
	struct kmem_cache *c;
	unsigned int i;

	host_slab_init();
	c = kmem_cache_create("coloured", 3700, 0, 0, NULL);
	must(c->gfporder == 0 && c->num == 1 && c->slab_size == 32 && c->colour_off == 64);
	must(c->colour == (4096 - 3700 - 32) / 64);
	for (i = 0; i < 3 * c->colour; i++) {
		const void *obj = kmem_cache_alloc(c, GFP_KERNEL);

		must((unsigned long)obj % PAGE_SIZE == 32 + i % c->colour * 64);
		must(virt_to_slab(obj)->colouroff == 32 + i % c->colour * 64);
	}
	host_check_caches();
}

static void lines_of_32(void)
{
	struct kmem_cache *c;

	host_cache_line_size = 32;
	host_slab_init();
	must(cache_chain.prev == &cache_cache.next && cache_cache.buffer_size == 96);
	must(malloc_sizes[2].cs_cachep->buffer_size == 96);
	c = kmem_cache_create("aligned", 33, 0, SLAB_HWCACHE_ALIGN, NULL);
	must(c->buffer_size == 64 && c->colour_off == 32);
	must((unsigned long)kmem_cache_alloc(c, GFP_KERNEL) % 32 == 0);
	c = kmem_cache_create("two in a line", 13, 0, SLAB_HWCACHE_ALIGN, NULL);
	must(c->buffer_size == 16);
	host_check_caches();
}

/* Pages that are no slab's, and addresses that are no page's. */
static void kfree_of_what_was_not_allocated(void)
{
	host_slab_init();
	must(panics(kfree((void *)__get_free_pages(GFP_KERNEL, 0))));
	log_clear();
	must(panics(kfree(host_memory + (HOST_PAGES << PAGE_SHIFT))));
	must(log_has("kfree_debugcheck: out of range ptr "));
	must(panics(ksize(NULL)));
}

#define TESTS(X)								\
	X(small_machine) X(reclaimable) X(kmalloc_sizes) X(zeroed) X(dma)	\
	X(dma_mismatch) X(highmem_is_refused) X(constructors)			\
	X(last_in_first_out) X(array_limit) X(free_limit) X(shrink) X(destroy)	\
	X(accounting_errors) X(create_errors) X(create_without_memory)		\
	X(exhaustion) X(off_slab_without_memory) X(on_and_off_slab) X(colours)	\
	X(lines_of_32) X(kfree_of_what_was_not_allocated)

TESTS(TEST)

int main(void)
{
	const struct CMUnitTest tests[] = { TESTS(UNIT_TEST) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
