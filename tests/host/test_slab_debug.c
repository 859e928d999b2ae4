// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/slab/debug.c: what the checks of objects find, and what they print, which is what Linux
 * prints. Each test is a process of its own, as in test_slab.c.
 */
#include <kernel/params.h>
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/slab.h>

#include <host.h>
#include <slab_stand_ins.h>

#define MAGIC	0x5ca1ab1e
static unsigned int constructed;

static void constructor(void *obj)
{
	*(u32 *)obj = MAGIC;
	constructed++;
}

static struct kmem_cache *debug_cache(unsigned long flags)
{
	host_slab_init();
	log_clear();
	return kmem_cache_create("checked", 40, 0, flags, NULL);
}

#define ALL_CHECKS	(SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER)

static void checks_find_nothing(void)
{
	static const unsigned long flags[] = { SLAB_POISON, SLAB_RED_ZONE, SLAB_STORE_USER,
					       SLAB_POISON | SLAB_RED_ZONE, ALL_CHECKS };
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	static u8 *obj[600];
	unsigned int i, k;

	host_slab_init();
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		struct kmem_cache *c = kmem_cache_create(names[i], 40, 0, flags[i], NULL);

		must(c->array->limit == 32);
		for (k = 0; k < 600; k++) {
			obj[k] = kmem_cache_alloc(c, GFP_KERNEL);
			must(ksize(obj[k]) == 40);
			if (flags[i] & SLAB_POISON)
				must(obj[k][0] == 0x5a && obj[k][39] == 0xa5);
			memset(obj[k], k, 40);
		}
		host_check_caches();
		for (k = 0; k < 600; k++)
			kmem_cache_free(c, obj[k]);
		must(!(flags[i] & SLAB_POISON) || (obj[599][0] == 0x6b && obj[599][39] == 0xa5));
		must(kmem_cache_shrink(c) == 0);
		kmem_cache_destroy(c);
	}
	must(!log_text()[0]);
}

static void write_behind(void)
{
	struct kmem_cache *c = debug_cache(SLAB_RED_ZONE);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);
	char expected[200];

	obj[40] = 0;
	kmem_cache_free(c, obj);
	sprintf(expected, "slab error in verify_redzone_free(): cache `checked': "
			  "memory outside object was overwritten\nCall Trace:\n"
			  "%08lx: redzone 1:0xd84156c5635688c0, redzone 2:0xd84156c563568800.\n",
		(unsigned long)obj - 8);
	must(!strcmp(log_text(), expected));
	host_check_caches();
}

static void write_before(void)
{
	struct kmem_cache *c = debug_cache(ALL_CHECKS);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);

	obj[-1] = 0;
	kmem_cache_free(c, obj);
	must(log_has("memory outside object was overwritten"));
	must(log_has("redzone 1:0x4156c5635688c0, redzone 2:0xd84156c5635688c0."));
}

static void write_behind_free_object(void)
{
	struct kmem_cache *c = debug_cache(SLAB_RED_ZONE);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);

	kmem_cache_free(c, obj);
	obj[47] = 0;
	must(kmem_cache_alloc(c, GFP_KERNEL) == obj);
	must(log_has("slab error in cache_alloc_debugcheck_after(): cache `checked': "
		     "double free, or memory outside object was overwritten\n"));
	must(log_has("redzone 1:0x9f911029d74e35b, redzone 2:0xf911029d74e35b\n"));
}

static void double_free(void)
{
	struct kmem_cache *c = debug_cache(ALL_CHECKS);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);

	kmem_cache_free(c, obj);
	must(!log_text()[0]);
	kmem_cache_free(c, obj);
	must(log_has("slab error in verify_redzone_free(): cache `checked': "
		     "double free detected\n"));
	must(log_has("redzone 1:0x9f911029d74e35b, redzone 2:0x9f911029d74e35b.\n"));
	host_check_caches();
	log_clear();
	must(kmem_cache_alloc(c, GFP_KERNEL) == obj);
	must(kmem_cache_alloc(c, GFP_KERNEL) != obj);
	must(!log_text()[0]);
}

static void double_free_without_guard_words(void)
{
	struct kmem_cache *c = debug_cache(SLAB_POISON);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);
	char expected[100];

	kmem_cache_free(c, obj);
	kmem_cache_free(c, obj);
	sprintf(expected, "slab: double free detected in cache 'checked', objp %08lx\n",
		(unsigned long)obj);
	must(!strcmp(log_text(), expected));
	host_check_caches();
}

static void use_after_free(void)
{
	struct kmem_cache *c = debug_cache(ALL_CHECKS);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);
	char expected[2000], line[100];

	must(virt_to_slab(obj)->inuse > 1);
	kmem_cache_free(c, obj);
	obj[5] = 'x';
	obj[6] = 'y';
	obj[33] = 0x6b ^ 4;
	must(kmem_cache_alloc(c, GFP_KERNEL) == obj);
	sprintf(expected, "Slab corruption: checked start=%08lx, len=40\n"
			  "Redzone: 0x9f911029d74e35b/0x9f911029d74e35b.\n",
		(unsigned long)obj);
	must(!strncmp(log_text(), expected, strlen(expected)));
	must(log_has("\nLast user: [<"));
	must(log_has("\n000: 6b 6b 6b 6b 6b 78 79 6b 6b 6b 6b 6b 6b 6b 6b 6b\n"));
	must(log_has("\n020: 6b 6f 6b 6b 6b 6b 6b a5\n"));
	sprintf(line, "Prev obj: start=%08lx, len=40\n", (unsigned long)obj - c->buffer_size);
	must(log_has(line));
	sprintf(line, "Next obj: start=%08lx, len=40\n", (unsigned long)obj + c->buffer_size);
	must(log_has(line) == (obj + c->buffer_size < (u8 *)virt_to_slab(obj)->s_mem +
						      c->num * c->buffer_size));
}

/* The first object of a slab has none before it, the last none after it; the others have both. */
static void neighbours(void)
{
	struct kmem_cache *c = debug_cache(SLAB_POISON);
	u8 *obj[600], *first = NULL;
	unsigned int i;

	must(c->num > 3 && c->num <= ARRAY_SIZE(obj));
	for (i = 0; i < c->num; i++) {
		u8 *found = kmem_cache_alloc(c, GFP_KERNEL);

		if (!first)
			first = virt_to_slab(found)->s_mem;
		obj[(found - first) / c->buffer_size] = found;
	}
	for (i = 0; i < c->num; i += i == 1 ? c->num - 3 : 1) {
		kmem_cache_free(c, obj[i]);
		obj[i][3] = 0;
		log_clear();
		must(kmem_cache_alloc(c, GFP_KERNEL) == obj[i]);
		must(log_has("Slab corruption: "));
		must(log_has("Prev obj: ") == (i > 0));
		must(log_has("Next obj: ") == (i < c->num - 1));
	}
}

static void single_bit(void)
{
	struct kmem_cache *c = debug_cache(SLAB_POISON);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);

	kmem_cache_free(c, obj);
	obj[17] ^= 0x40;
	kmem_cache_alloc(c, GFP_KERNEL);
	must(log_has("010: 6b 2b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b\n"
		     "Single bit error detected. Probably bad RAM.\n"
		     "Run memtest86+ or a similar memory test tool.\n"));
}

/* What lies in the slab lists is looked at when the slab goes. */
static void use_after_free_found_by_shrink(void)
{
	struct kmem_cache *c = debug_cache(ALL_CHECKS);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);

	kmem_cache_free(c, obj);
	obj[39] = 0;
	must(kmem_cache_shrink(c) == 0);
	must(log_has("Slab corruption: checked start="));
	log_clear();
	obj = kmem_cache_alloc(c, GFP_KERNEL);
	kmem_cache_free(c, obj);
	obj[-8] = 1;
	obj[40] = 2;
	must(kmem_cache_shrink(c) == 0);
	must(log_has("slab error in slab_destroy_debugcheck(): cache `checked': "
		     "start of a freed object was overwritten\n"));
	must(log_has("end of a freed object was overwritten\n"));
}

static void wide_constructor(void *obj)
{
	memset(obj, 0, 48);
}

static void constructor_too_far(void)
{
	struct kmem_cache *c;

	host_slab_init();
	c = kmem_cache_create("checked", 40, 0, SLAB_RED_ZONE, wide_constructor);
	must(!log_text()[0]);
	kmem_cache_alloc(c, GFP_KERNEL);
	must(log_has("slab error in cache_init_objs(): cache `checked': "
		     "constructor overwrote the end of an object\n"));
}

/* Poison is not what a constructor leaves: it comes again with each allocation. */
static void constructor_with_poison(void)
{
	struct kmem_cache *c;
	u32 *obj;

	host_slab_init();
	c = kmem_cache_create("checked", 40, 0, ALL_CHECKS, constructor);
	obj = kmem_cache_alloc(c, GFP_KERNEL);
	must(constructed == 1 && *obj == MAGIC && obj[1] == 0x5a5a5a5a);
	kmem_cache_free(c, obj);
	obj = kmem_cache_alloc(c, GFP_KERNEL);
	must(constructed == 2 && *obj == MAGIC && obj[1] == 0x5a5a5a5a);
	must(!log_text()[0]);
}

/* A write into the management, and into another cache. */
static void broken_list(void)
{
	struct kmem_cache *c = debug_cache(SLAB_POISON);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);
	struct slab *slabp = virt_to_slab(obj);

	kmem_cache_free(c, obj);
	slabp->free = c->num + 5;
	must(panics(kmem_cache_shrink(c)));
	must(log_has("slab: Internal list corruption detected in cache 'checked'("));
	must(log_has("Hexdump:\n000: "));
}

static void wrong_address(void)
{
	struct kmem_cache *c = debug_cache(ALL_CHECKS);
	u8 *obj = kmem_cache_alloc(c, GFP_KERNEL);

	must(panics(kmem_cache_free(c, obj + 4)));
}

static void wrong_cache(void)
{
	struct kmem_cache *c = debug_cache(ALL_CHECKS);

	must(panics(kmem_cache_free(c, kmalloc(40, GFP_KERNEL))));
}

/* A cache with objects of the same size and place: only the page says whose it is. */
static void wrong_twin(void)
{
	struct kmem_cache *c = debug_cache(ALL_CHECKS);
	struct kmem_cache *twin = kmem_cache_create("twin", 40, 0, ALL_CHECKS, NULL);

	must(twin->buffer_size == c->buffer_size);
	must(panics(kmem_cache_free(c, kmem_cache_alloc(twin, GFP_KERNEL))));
}

/* memdawn.debug: every cache is checked, and there are as many bytes as asked for. */
static void debug_everything(void)
{
	u8 *obj;

	memdawn_debug = true;
	host_slab_init();
	must(malloc_sizes[3].cs_cachep->flags & SLAB_RED_ZONE);
	must(malloc_sizes[19].cs_cachep->flags & SLAB_POISON);
	obj = kmalloc(128, GFP_KERNEL);
	must(ksize(obj) == 128 && obj[127] == 0xa5);
	kfree(obj);
	must(!log_text()[0]);
	kfree(obj);
	must(log_has("double free detected"));
	host_check_caches();
}

#define TESTS(X)								\
	X(checks_find_nothing) X(write_behind) X(write_before)			\
	X(write_behind_free_object) X(double_free)				\
	X(double_free_without_guard_words) X(use_after_free) X(neighbours)	\
	X(single_bit)								\
	X(use_after_free_found_by_shrink) X(constructor_too_far)		\
	X(constructor_with_poison) X(broken_list) X(wrong_address)		\
	X(wrong_cache) X(wrong_twin) X(debug_everything)

TESTS(TEST)

int main(void)
{
	const struct CMUnitTest tests[] = { TESTS(UNIT_TEST) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
