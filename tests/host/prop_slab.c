// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/slab*.c against a model: the objects that are live, with the bytes that each must hold.
 *
 * A run is a process of its own, with cache lines of 32, 64 or 128 bytes, with and without
 * memdawn.debug, on a small or a large machine. It allocates and frees general memory and objects
 * of caches that it creates, shrinks and destroys; now and then the pages run out. No two live
 * objects may share a byte, each must keep what was written, and lists, arrays and counts must
 * agree.
 *
 *	prop_slab RUNS		SEED= in the environment repeats them
 */
#include <asm/cache.h>
#include <asm/page.h>
#include <kernel/params.h>
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>

#include <host.h>
#include <slab_stand_ins.h>

#define MAX_OBJECTS	2000
#define MAX_CACHES	12
#define STEPS		3000
#define STEPS_A_CHECK	300
#define CONSTRUCTED	0xc5

/* A live object: size bytes of one value; a constructed one's first byte is the constructor's. */
struct object {
	u8 *addr;
	size_t size;
	u8 value;
	int cache;		/* -1: from kmalloc() */
};

static struct object objects[MAX_OBJECTS];
static unsigned int nr_objects;

static struct {
	struct kmem_cache *cachep;
	char name[16];
	size_t size, align;
	bool constructed;
	unsigned int live;
} caches[MAX_CACHES];

static void constructor(void *obj)
{
	*(u8 *)obj = CONSTRUCTED;
}

static bool is_constructed(const struct object *o)
{
	return o->cache >= 0 && caches[o->cache].constructed;
}

static void check_object(const struct object *o)
{
	size_t i = is_constructed(o);

	must(!i || o->addr[0] == CONSTRUCTED);
	for (; i < o->size; i++)
		must_say(o->addr[i] == o->value, "byte %zu of the object of %zu bytes at %p was %02x, and is %02x", i,
			 o->size, o->addr, o->value, o->addr[i]);
}

/* A new object joins the model: aligned, large enough, in memory that may be written. */
static void add_object(struct object new, size_t align, bool zeroed)
{
	struct object *o = &objects[nr_objects++];
	size_t i = is_constructed(&new);

	must_say((unsigned long)new.addr % align == 0, "an object is at %p, no multiple of %zu", new.addr, align);
	must_say(ksize(new.addr) >= new.size, "an object for %zu bytes has room for %zu", new.size,
		 ksize(new.addr));
	for (i = 0; zeroed && i < new.size; i++)
		must(new.addr[i] == 0);
	must(!is_constructed(&new) || zeroed || new.addr[0] == CONSTRUCTED);
	*o = new;
	o->value = random_u64();
	memset(o->addr, o->value, o->size);
	if (is_constructed(o))
		constructor(o->addr);
}

static void free_object(unsigned int i)
{
	struct object *o = &objects[i];

	check_object(o);
	if (o->cache >= 0) {
		kmem_cache_free(caches[o->cache].cachep, o->addr);
		caches[o->cache].live--;
	} else {
		kfree(o->addr);
	}
	*o = objects[--nr_objects];
}

/* Mostly small, all sizes that there are. */
static size_t random_size(void)
{
	unsigned int bits = random_below(random_chance(20) ? 18 : 13);

	return 1 + random_below(2U << bits);
}

static gfp_t random_gfp(void)
{
	static const gfp_t flags[] = { GFP_KERNEL, GFP_ATOMIC, GFP_NOFS, GFP_USER };
	gfp_t gfp = flags[random_below(ARRAY_SIZE(flags))];

	return random_chance(4) ? gfp | __GFP_ZERO : gfp;
}

static void do_kmalloc(void)
{
	gfp_t gfp = random_gfp() | (random_chance(6) ? GFP_DMA : 0);
	struct object o = { .size = random_size(), .cache = -1 };
	unsigned int failures = host_page_failures;

	o.addr = kmalloc(o.size, gfp);
	if (!o.addr) {
		must(host_page_failures > failures);
		return;
	}
	must(!(gfp & GFP_DMA) || __pa(o.addr) < HOST_DMA_PAGES << PAGE_SHIFT);
	add_object(o, 8, gfp & __GFP_ZERO);
}

static void do_cache_alloc(void)
{
	struct object o = { .cache = random_below(MAX_CACHES) };
	unsigned int failures = host_page_failures;
	gfp_t gfp = random_gfp();

	if (!caches[o.cache].cachep)
		return;
	o.size = caches[o.cache].size;
	o.addr = kmem_cache_alloc(caches[o.cache].cachep, gfp);
	if (!o.addr) {
		must(host_page_failures > failures);
		return;
	}
	caches[o.cache].live++;
	add_object(o, caches[o.cache].align, gfp & __GFP_ZERO);
}

static void do_create(void)
{
	static const unsigned long flags[] = { 0, SLAB_HWCACHE_ALIGN, SLAB_POISON, SLAB_RED_ZONE,
					       SLAB_RECLAIM_ACCOUNT, SLAB_STORE_USER };
	static const size_t aligns[] = { 0, 1, 4, 8, 32, 64, 256 };
	unsigned int i = random_below(MAX_CACHES), failures = host_page_failures;

	if (caches[i].cachep)
		return;
	sprintf(caches[i].name, "cache-%u", i);
	caches[i].size = 4 + random_below(1U << (3 + random_below(11)));
	caches[i].align = aligns[random_below(ARRAY_SIZE(aligns))];
	caches[i].constructed = random_chance(3);
	caches[i].cachep = kmem_cache_create(caches[i].name, caches[i].size, caches[i].align,
					     flags[random_below(ARRAY_SIZE(flags))] |
					     flags[random_below(ARRAY_SIZE(flags))],
					     caches[i].constructed ? constructor : NULL);
	must(caches[i].cachep || host_page_failures > failures);
	caches[i].align = max_t(size_t, caches[i].align, 4);
}

/* An empty cache leaves nothing; one with objects stays, and says so. */
static void do_destroy(void)
{
	unsigned int i = random_below(MAX_CACHES);

	if (!caches[i].cachep)
		return;
	kmem_cache_destroy(caches[i].cachep);
	must(log_has("Can't free all objects") == (caches[i].live > 0));
	log_clear();
	if (!caches[i].live)
		caches[i].cachep = NULL;
}

static void do_shrink(void)
{
	unsigned int i = random_below(MAX_CACHES);

	if (caches[i].cachep)
		must(kmem_cache_shrink(caches[i].cachep) == (caches[i].live > 0));
}

/* Many of one kind, in and out again, in one order or the other: arrays fill and drain. */
static void do_burst(void)
{
	void *burst[400];
	size_t size = 1 + random_below(300);
	unsigned int i, nr = random_below(ARRAY_SIZE(burst));
	bool backwards = random_chance(2);

	for (i = 0; i < nr; i++)
		burst[i] = kmalloc(size, GFP_KERNEL);
	for (i = 0; i < nr; i++)
		kfree(burst[backwards ? nr - 1 - i : i]);
}

static void step(bool growing)
{
	unsigned int what = random_below(100);

	if (what < (growing ? 60 : 35) && nr_objects < MAX_OBJECTS) {
		if (random_chance(2))
			do_kmalloc();
		else
			do_cache_alloc();
	} else if (what < 90 && nr_objects) {
		free_object(random_below(nr_objects));
	} else if (what < 94) {
		do_create();
	} else if (what < 96) {
		do_destroy();
	} else if (what < 98) {
		do_shrink();
	} else if (what < 99) {
		do_burst();
	} else {
		host_page_allocations_left = random_chance(2) ? -1 : (long)random_below(5);
	}
}

/* All caches that kept an object of the last user are empty in the end. */
static void free_everything(void)
{
	const struct kmem_cache *c;
	unsigned int i;

	while (nr_objects)
		free_object(nr_objects - 1);
	for (i = 0; i < MAX_CACHES; i++)
		if (caches[i].cachep)
			kmem_cache_destroy(caches[i].cachep);
	must(!log_text()[0]);
	for_each_kmem_cache(c)
		must(strncmp(c->name, "cache-", 6));
}

static void set_up(void)
{
	host_cache_line_size = 32 << random_below(3);
	memdawn_debug = random_chance(3);
	if (random_chance(3))
		totalram_pages = 16 << 20 >> PAGE_SHIFT;
	host_slab_init();
}

static void run(void)
{
	unsigned int i;
	bool growing = true;

	set_up();
	for (i = 0; i < STEPS; i++) {
		if (i % 500 == 0)
			growing = !growing;
		step(growing);
		if (i % STEPS_A_CHECK == 0)
			host_check_caches();
		if (nr_objects && random_chance(4))
			check_object(&objects[random_below(nr_objects)]);
	}
	host_page_allocations_left = -1;
	free_everything();
	host_check_caches();
}

int main(int argc, char **argv)
{
	unsigned long i, runs = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 100);

	random_init("prop_slab");
	for (i = 0; i < runs; i++) {
		if (!host_in_child(run)) {
			fprintf(stderr, "run %lu of %lu\n", i, runs);
			return 1;
		}
		random_u64();	/* the next run's process goes on from another state */
	}
	printf("%lu runs\n", runs);
	return 0;
}
