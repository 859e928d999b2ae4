// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: its arrays, flags, nodes and limits, what it answers, and what it does with input that
 * makes no sense. The cases of Linux's own tests (tools/testing/memblock, the
 * basic ones) are among them.
 */
#include <lib/errno.h>
#include <lib/kernel.h>

#include <host.h>

#include <memblock_stand_ins.h>

#define K	1024ULL
#define M	(1024 * K)
#define G	(1024 * M)
#define END	PHYS_ADDR_MAX
#define NO_NODE	MEMBLOCK_MAX_NUMNODES

struct range {
	phys_addr_t base, size;
};

static int setup(void **state)
{
	memblock_reset();
	log_clear();
	return 0;
}

/* An array's regions, up to one of size 0, and the sum of their sizes. */
static void check_regions(const struct memblock_type *type, const struct range *expected)
{
	unsigned long i;
	phys_addr_t total = 0;

	for (i = 0; expected[i].size; i++) {
		assert_true(i < type->cnt);
		assert_true(type->regions[i].base == expected[i].base);
		assert_true(type->regions[i].size == expected[i].size);
		total += expected[i].size;
	}
	assert_int_equal(type->cnt, max(i, 1UL));
	assert_true(type->total_size == total);
	if (!i)
		assert_true(!type->regions[0].base && !type->regions[0].size);
}

#define CHECK(type, ...) \
	check_regions(&memblock.type, (const struct range[]){ __VA_ARGS__, { 0, 0 } })
#define CHECK_EMPTY(type) check_regions(&memblock.type, (const struct range[]){ { 0, 0 } })

static void test_initial(void **state)
{
	assert_string_equal(memblock.memory.name, "memory");
	assert_string_equal(memblock.reserved.name, "reserved");
	assert_int_equal(memblock.memory.max, 128);
	assert_int_equal(memblock.reserved.max, 128);
	CHECK_EMPTY(memory);
	CHECK_EMPTY(reserved);
	assert_false(memblock_bottom_up());
	assert_true(memblock_get_current_limit() == MEMBLOCK_ALLOC_ANYWHERE);
	assert_int_equal(sizeof(struct memblock_region), 24);
}

/*
 * What is added, one after the other, what is taken away then, and what is left:
 *
 *	top		   |-- a --|	below	|-- a --|
 *		   |-- b --|			     |-- b --|
 *
 *	within	   |---- a ----|	between	|-- a --|	|-- b --|
 *		      |- b -|				|-- c --|
 */
static const struct {
	const char *what;
	struct range added[4], removed, left[3];
} range_cases[] = {
	{ "one", { { G, 4 * M } }, { 0, 0 }, { { G, 4 * M } } },
	{ "two apart", { { G, 8 * K }, { G + 16 * K, 8 * K } }, { 0, 0 },
	  { { G, 8 * K }, { G + 16 * K, 8 * K } } },
	{ "two apart, the upper first", { { G + 16 * K, 8 * K }, { G, 8 * K } }, { 0, 0 },
	  { { G, 8 * K }, { G + 16 * K, 8 * K } } },
	{ "top", { { 512 * M, G }, { 256 * M, 512 * M } }, { 0, 0 }, { { 256 * M, G + 256 * M } } },
	{ "below", { { 128 * M, 512 * M }, { 256 * M, G } }, { 0, 0 },
	  { { 128 * M, G + 128 * M } } },
	{ "within", { { 8 * M, 32 * M }, { 16 * M, M } }, { 0, 0 }, { { 8 * M, 32 * M } } },
	{ "around", { { 16 * M, M }, { 8 * M, 32 * M } }, { 0, 0 }, { { 8 * M, 32 * M } } },
	{ "twice", { { 16 * K, 2 * M }, { 16 * K, 2 * M } }, { 0, 0 }, { { 16 * K, 2 * M } } },
	{ "between", { { G, 8 * K }, { G + 16 * K, 8 * K }, { G + 8 * K, 8 * K } }, { 0, 0 },
	  { { G, 24 * K } } },
	{ "over two", { { G, 8 * K }, { G + 16 * K, 8 * K }, { G - K, 64 * K } }, { 0, 0 },
	  { { G - K, 64 * K } } },
	{ "at the end", { { END - M, 2 * M } }, { 0, 0 }, { { END - M, M } } },
	{ "of everything", { { 0, END } }, { 0, 0 }, { { 0, END } } },
	{ "of nothing", { { 4 * K, 0 } }, { 0, 0 }, { { 0, 0 } } },

	{ "removed: the first", { { 2 * K, 4 * K }, { 128 * K, 4 * M } }, { 2 * K, 4 * K },
	  { { 128 * K, 4 * M } } },
	{ "removed: nothing", { { 512 * K, 4 * M } }, { 64 * M, G }, { { 512 * K, 4 * M } } },
	{ "removed: the top", { { 32 * M, 32 * M } }, { 16 * M, 32 * M },
	  { { 48 * M, 16 * M } } },
	{ "removed: the bottom", { { 2 * M, 64 * M } }, { 32 * M, 256 * M },
	  { { 2 * M, 30 * M } } },
	{ "removed: within", { { M, 32 * M } }, { 16 * M, M },
	  { { M, 15 * M }, { 17 * M, 16 * M } } },
	{ "removed: the only one", { { 2 * K, 4 * K } }, { 2 * K, 4 * K }, { { 0, 0 } } },
	{ "removed: at the end", { { END - 2 * M, 2 * M } }, { END - M, 2 * M },
	  { { END - 2 * M, M } } },
	{ "removed: of two", { { 16 * M, 32 * M }, { 64 * M, 64 * M } }, { 32 * M, 64 * M },
	  { { 16 * M, 16 * M }, { 96 * M, 32 * M } } },
	{ "removed: all", { { 16 * M, 32 * M }, { 64 * M, 64 * M } }, { 0, END }, { { 0, 0 } } },
};

static void test_add_and_remove(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(range_cases); i++) {
		memblock_reset();
		print_message("%s\n", range_cases[i].what);
		for (const struct range *r = range_cases[i].added; r->base; r++) {
			assert_int_equal(memblock_add(r->base, r->size), 0);
			assert_int_equal(memblock_reserve(r->base, r->size), 0);
		}
		if (!range_cases[i].added[0].base) {
			memblock_add(0, range_cases[i].added[0].size);
			memblock_reserve(0, range_cases[i].added[0].size);
		}
		memblock_remove(range_cases[i].removed.base, range_cases[i].removed.size);
		check_regions(&memblock.memory, range_cases[i].left);
		memblock_phys_free(range_cases[i].removed.base, range_cases[i].removed.size);
		check_regions(&memblock.reserved, range_cases[i].left);
	}
}

/* What overlaps keeps its node and its flags, and so does not merge with what is new. */
static void test_flags_stay(void **state)
{
	memblock_add_node(4 * M, M, 1, MEMBLOCK_HOTPLUG);
	assert_int_equal(memblock.memory.regions[0].nid, 1);
	assert_int_equal(memblock.memory.regions[0].flags, MEMBLOCK_HOTPLUG);
	memblock_add(2 * M, 8 * M);
	CHECK(memory, { 2 * M, 2 * M }, { 4 * M, M }, { 5 * M, 5 * M });
	assert_int_equal(memblock.memory.regions[1].nid, 1);
	assert_int_equal(memblock.memory.regions[1].flags, MEMBLOCK_HOTPLUG);
	assert_int_equal(memblock.memory.regions[2].nid, NO_NODE);

	/* The same flags, but still another node. */
	memblock_clear_hotplug(0, END);
	CHECK(memory, { 2 * M, 2 * M }, { 4 * M, M }, { 5 * M, 5 * M });
	memblock_set_node(4 * M, M, &memblock.memory, NO_NODE);
	CHECK(memory, { 2 * M, 8 * M });
}

static void test_flags(void **state)
{
	memblock_add(0, 16 * M);
	memblock_mark_nomap(M, M);
	memblock_mark_mirror(2 * M, M);
	memblock_mark_hotplug(3 * M - 1, 2);
	CHECK(memory, { 0, M }, { M, M }, { 2 * M, M - 1 }, { 3 * M - 1, 1 }, { 3 * M, 1 },
	      { 3 * M + 1, 13 * M - 1 });
	assert_int_equal(memblock.memory.regions[3].flags, MEMBLOCK_MIRROR | MEMBLOCK_HOTPLUG);
	assert_int_equal(memblock.memory.regions[4].flags, MEMBLOCK_HOTPLUG);
	assert_true(memblock_is_memory(M) && !memblock_is_map_memory(M));
	assert_true(memblock_is_map_memory(2 * M) && !memblock_is_map_memory(16 * M));
	memblock_clear_hotplug(0, END);
	memblock_clear_nomap(0, END);
	CHECK(memory, { 0, 2 * M }, { 2 * M, M }, { 3 * M, 13 * M });

	/* Outside of memory there is nothing to be marked. */
	memblock_mark_nomap(G, M);
	CHECK(memory, { 0, 2 * M }, { 2 * M, M }, { 3 * M, 13 * M });

	memblock_reserve(M, M);
	memblock_reserved_mark_noinit(M + 4 * K, 4 * K);
	CHECK(reserved, { M, 4 * K }, { M + 4 * K, 4 * K }, { M + 8 * K, M - 8 * K });
	assert_int_equal(memblock.reserved.regions[1].flags, MEMBLOCK_RSRV_NOINIT);
}

static void test_nodes(void **state)
{
	unsigned long start = 0, end = 0;

	memblock_add(M, 15 * M);
	assert_int_equal(memblock_search_pfn_nid(0x100, &start, &end), NO_NODE);
	memblock_set_node(0, 4 * M, &memblock.memory, 0);
	memblock_set_node(4 * M, END, &memblock.memory, 7);
	CHECK(memory, { M, 3 * M }, { 4 * M, 12 * M });
	assert_int_equal(memblock_search_pfn_nid(0x3ff, &start, &end), 0);
	assert_int_equal(start, 0x100);
	assert_int_equal(end, 0x400);
	assert_int_equal(memblock_search_pfn_nid(0x400, &start, &end), 7);
	assert_int_equal(memblock_search_pfn_nid(0xff, &start, &end), -1);
	assert_int_equal(memblock_search_pfn_nid(0x1000, &start, &end), -1);
}

/* Ranges are rounded inward, and the sum is left as it was: 6.1 prints it so. */
static void test_trim(void **state)
{
	phys_addr_t total;

	memblock_add(4 * K, 8 * K);		/* stays */
	memblock_add(16 * K + 1, 4 * K - 2);	/* holds no page */
	memblock_add(32 * K, 5 * K);		/* loses its end */
	memblock_add(48 * K - 1, 4 * K + 1);	/* loses its start */
	memblock_add(64 * K + 1, 12 * K - 2);	/* loses both */
	total = memblock_phys_mem_size();
	memblock_trim_memory(PAGE_SIZE);
	assert_true(memblock_phys_mem_size() == total - (4 * K - 2));
	memblock.memory.total_size = 8 * K + 4 * K + 4 * K + 4 * K;
	CHECK(memory, { 4 * K, 8 * K }, { 32 * K, 4 * K }, { 48 * K, 4 * K }, { 68 * K, 4 * K });

	memblock_reset();
	memblock_add(K, K);
	memblock_trim_memory(PAGE_SIZE);
	CHECK_EMPTY(memory);
	memblock_trim_memory(PAGE_SIZE);
	CHECK_EMPTY(memory);

	/* Regions that touch after it are two until something merges them. */
	memblock_reset();
	memblock_add(0, 4 * K);
	memblock_add_node(4 * K, 100, 3, 0);
	memblock_add(4 * K + 100, 100);
	memblock_trim_memory(64);
	assert_int_equal(memblock.memory.cnt, 3);
	assert_true(memblock.memory.regions[1].size == 64);
	assert_true(memblock.memory.regions[2].base == 4 * K + 128);

	/* Nothing wraps. */
	memblock_reset();
	memblock_add(END - 10, 10);
	memblock_trim_memory(PAGE_SIZE);
	CHECK_EMPTY(memory);
}

static void fill_for_limits(void)
{
	memblock_reset();
	memblock_add(M, M);
	memblock_add(4 * M, 4 * M);
	memblock_mark_nomap(7 * M, M);
	memblock_reserve(M, 4 * K);
	memblock_reserve(6 * M, 2 * M);
}

static void test_limits(void **state)
{
	fill_for_limits();
	memblock_enforce_memory_limit(0);
	memblock_enforce_memory_limit(6 * M);
	CHECK(memory, { M, M }, { 4 * M, 3 * M }, { 7 * M, M });
	memblock_enforce_memory_limit(3 * M + 512 * K);
	CHECK(memory, { M, M }, { 4 * M, 2 * M + 512 * K });
	CHECK(reserved, { M, 4 * K }, { 6 * M, 512 * K });
	memblock_reserve(3 * M, M);		/* in the hole: after the limit */
	memblock_enforce_memory_limit(M);
	CHECK(memory, { M, M });
	CHECK(reserved, { M, 4 * K });

	fill_for_limits();
	memblock_mem_limit_remove_map(M + 512 * K);
	CHECK(memory, { M, M }, { 4 * M, 512 * K }, { 7 * M, M });
	CHECK(reserved, { M, 4 * K });

	fill_for_limits();
	memblock_cap_memory_range(4 * M + 4 * K, M);
	CHECK(memory, { 4 * M + 4 * K, M }, { 7 * M, M });
	CHECK_EMPTY(reserved);
	memblock_cap_memory_range(0, 0);
	CHECK(memory, { 4 * M + 4 * K, M }, { 7 * M, M });

	memblock_reset();
	memblock_cap_memory_range(0, M);
	assert_true(log_has("memblock_cap_memory_range: No memory registered yet"));
}

/* Whole page frames only, region by region. */
static void test_pfn_ranges(void **state)
{
	static const unsigned long expected[][3] = {
		{ 1, 3, NO_NODE }, { 0x10, 0x11, 1 }, { 0x11, 0x13, 2 }, { 0x100000, 0x100001, 1 },
	};
	unsigned long start, end;
	int i, n = 0, nid;

	for_each_mem_pfn_range(i, NO_NODE, &start, &end, &nid)
		fail();
	memblock_add(1, 0x3ffe);		/* loses its first page and its last */
	memblock_add(0x8001, 0x1ffe);		/* holds no whole page */
	memblock_add_node(0x10000, 0x1000, 1, 0);
	memblock_add_node(0x11000, 0x2fff, 2, MEMBLOCK_NOMAP);
	memblock_add_node(4 * G, 0x1000, 1, 0);
	memblock_add_node(END - 0x800, 0x800, 1, 0);
	for_each_mem_pfn_range(i, NO_NODE, &start, &end, &nid) {
		assert_true(n < 4 && start == expected[n][0] && end == expected[n][1]);
		assert_int_equal(nid, expected[n++][2]);
	}
	assert_int_equal(n, 4);
	for_each_mem_pfn_range(i, 1, &start, NULL, NULL)
		n += start;
	assert_int_equal(n, 4 + 0x10 + 0x100000);
}

static void test_questions(void **state)
{
	assert_false(memblock_is_memory(0) || memblock_is_region_memory(0, M));
	assert_false(memblock_is_reserved(0) || memblock_is_region_reserved(0, END));
	memblock_add(M, M);
	memblock_add(4 * M, 4 * M);
	memblock_reserve(6 * M, 4 * K);
	memblock_reserve(64 * M, 1);
	assert_true(memblock_start_of_DRAM() == M && memblock_end_of_DRAM() == 8 * M);
	assert_true(memblock_phys_mem_size() == 5 * M && memblock_reserved_size() == 4 * K + 1);

	assert_true(memblock_is_memory(M) && memblock_is_memory(2 * M - 1));
	assert_false(memblock_is_memory(M - 1) || memblock_is_memory(2 * M));
	assert_true(memblock_is_region_memory(4 * M, 4 * M));
	assert_false(memblock_is_region_memory(4 * M, 4 * M + 1));
	assert_false(memblock_is_region_memory(M, 4 * M));
	assert_false(memblock_is_region_memory(5 * M, END));

	assert_true(memblock_is_reserved(6 * M) && memblock_is_reserved(64 * M));
	assert_false(memblock_is_reserved(6 * M + 4 * K) || memblock_is_reserved(64 * M + 1));
	assert_true(memblock_is_region_reserved(0, 6 * M + 1));
	assert_false(memblock_is_region_reserved(0, 6 * M));
	assert_true(memblock_is_region_reserved(6 * M + 4 * K - 1, END));
	assert_false(memblock_is_region_reserved(64 * M + 1, END));
	assert_true(memblock_overlaps_region(&memblock.memory, 0, END));
	assert_false(memblock_overlaps_region(&memblock.memory, 2 * M, 2 * M));
}

static void test_bottom_up(void **state)
{
	memblock_set_bottom_up(true);
	assert_true(memblock_bottom_up() && memblock.bottom_up);
	memblock_set_bottom_up(false);
	assert_false(memblock_bottom_up() || memblock.bottom_up);
}

static void test_debug(void **state)
{
	memblock_add(M, M);
	memblock_dump_all();
	assert_string_equal(log_text(), "");
	early_memblock(NULL);
	assert_false(memblock_state.debug);
	early_memblock("debug");
	memblock_remove(0, END);
	memblock_add_node(0x100000, 0x100000, 3, MEMBLOCK_HOTPLUG);
	assert_true(log_has("memblock_add_node: [0x0000000000100000-0x00000000001fffff] nid=3 "
			    "flags=1 "));
	memblock_reserve(0x123456789a, 1);
	memblock_remove(0x180000, 0x1000);
	assert_true(log_has("memblock_remove: [0x0000000000180000-0x0000000000180fff] "));
	log_clear();
	memblock_dump_all();
	assert_string_equal(log_text(),
		"MEMBLOCK configuration:\n"
		" memory size = 0x00000000000ff000 reserved size = 0x0000000000000001\n"
		" memory.cnt  = 0x2\n"
		" memory[0x0]\t[0x0000000000100000-0x000000000017ffff], 0x0000000000080000 bytes"
		" on node 3 flags: 0x1\n"
		" memory[0x1]\t[0x0000000000181000-0x00000000001fffff], 0x000000000007f000 bytes"
		" on node 3 flags: 0x1\n"
		" reserved.cnt  = 0x1\n"
		" reserved[0x0]\t[0x000000123456789a-0x000000123456789a], 0x0000000000000001 bytes"
		" flags: 0x0\n");
}

/* Regions of a page with a page between them, from 16 MiB up. */
static void reserve_many(unsigned long from, unsigned long to)
{
	for (unsigned long i = from; i < to; i++)
		assert_int_equal(memblock_reserve(16 * M + i * 8 * K, 4 * K), 0);
}

/* The array grows when it is full: into free memory, as high as it goes, and that is reserved. */
static void test_reserve_many(void **state)
{
	const phys_addr_t top = 64 * M;
	unsigned long i;

	host_memory_at(0, top);
	memblock_add(0, top);
	memblock_set_current_limit(top);
	memblock_allow_resize();
	early_memblock("debug");
	reserve_many(0, 128);
	assert_int_equal(memblock.reserved.cnt, 128);
	assert_int_equal(memblock.reserved.max, 128);

	/* 256 entries of 24 bytes take two pages. */
	log_clear();
	reserve_many(128, 129);
	assert_true(log_has("memblock: reserved is doubled to 256 at "
			    "[0x0000000003ffe000-0x0000000003fff7ff]\n"));
	assert_int_equal(memblock.reserved.max, 256);
	assert_int_equal(memblock.reserved.cnt, 130);
	assert_true(__pa(memblock.reserved.regions) == top - 8 * K);
	assert_true(memblock_is_reserved(top - 1) && memblock_is_reserved(top - 8 * K));

	/* Again: 512 entries take three pages, and the old two are free then. */
	reserve_many(129, 256);
	assert_int_equal(memblock.reserved.max, 512);
	assert_true(__pa(memblock.reserved.regions) == top - 20 * K);
	assert_false(memblock_is_reserved(top - 1));
	assert_true(memblock_is_reserved(top - 20 * K) && !memblock_is_reserved(top - 8 * K));
	for (i = 0; i < 256; i++)
		assert_true(memblock.reserved.regions[i].base == 16 * M + i * 8 * K);
	assert_int_equal(memblock.reserved.cnt, 257);
	assert_true(memblock_reserved_size() == 256 * 4 * K + 12 * K);

	/*
	 * Everything between filled: one region, and the array. For a moment there are 513, so it
	 * grows again; 1024 entries take six pages.
	 */
	memblock_reserve(16 * M, 256 * 8 * K);
	CHECK(reserved, { 16 * M, 2 * M }, { top - 44 * K, 24 * K });
}

static void test_add_many(void **state)
{
	host_memory_at(0, 16 * M);
	memblock_add(0, 16 * M);
	memblock_set_current_limit(16 * M);
	memblock_allow_resize();
	for (unsigned long i = 0; i < 400; i++)
		assert_int_equal(memblock_add(32 * M + i * 8 * K, 4 * K), 0);
	assert_int_equal(memblock.memory.cnt, 401);
	assert_int_equal(memblock.memory.max, 512);
	assert_int_equal(memblock.reserved.cnt, 1);
	assert_true(memblock_reserved_size() == 12 * K);
	assert_true(memblock_phys_mem_size() == 16 * M + 1600 * K);
}

/* The new array must not lie where the reservation will that makes it necessary. */
static void test_doubling_avoids_new_area(void **state)
{
	const phys_addr_t top = 64 * M;

	host_memory_at(0, top);
	memblock_add(0, top);
	memblock_set_current_limit(top);
	memblock_allow_resize();
	reserve_many(0, 128);
	memblock_reserve(32 * M, top - 32 * M);
	assert_true(__pa(memblock.reserved.regions) == 32 * M - 8 * K);
}

/* Below everything there is no room, and not in the range itself either. */
static void test_doubling_from_zero(void **state)
{
	host_memory_at(0, 64 * M);
	memblock_add(0, 64 * M);
	memblock_set_current_limit(64 * M);
	memblock_allow_resize();
	reserve_many(0, 127);
	memblock_reserve(63 * M, M);
	assert_int_equal(memblock_reserve(0, 62 * M + 4 * K), 0);
	CHECK(reserved, { 0, 62 * M + 4 * K }, { 63 * M - 8 * K, M + 8 * K });

	memblock_reset();
	memblock_add(0, 64 * M);
	memblock_set_current_limit(64 * M);
	memblock_allow_resize();
	reserve_many(0, 128);
	assert_int_equal(memblock_reserve(0, 64 * M), -ENOMEM);
	assert_int_equal(memblock.reserved.cnt, 128);
}

/*
 * Both arrays full, and the one for memory has grown before: when it grows again, the old one is
 * freed, which may take two entries of the other. None of the four arrays may lie on another.
 */
static void test_doubling_both(void **state)
{
	struct range memory, reserved;

	host_memory_at(0, 64 * M);
	memblock_add(0, 64 * M);
	memblock_set_current_limit(64 * M);
	memblock_allow_resize();
	for (unsigned long i = 1; i < 256; i++)
		memblock_add(64 * M + i * 8 * K, 4 * K);
	assert_int_equal(memblock.memory.cnt, memblock.memory.max);
	reserve_many(0, 126);
	memblock_reserve(64 * M - 9 * K, K);	/* the old array is now in the middle of a region */
	memblock_reserve(0, 4 * K);
	assert_int_equal(memblock.reserved.cnt, memblock.reserved.max);

	memblock_add(128 * M, 4 * K);
	assert_int_equal(memblock.memory.max, 512);
	assert_int_equal(memblock.reserved.max, 256);
	memory = (struct range){ __pa(memblock.memory.regions), 12 * K };
	reserved = (struct range){ __pa(memblock.reserved.regions), 8 * K };
	assert_true(memory.base + memory.size <= reserved.base ||
		    reserved.base + reserved.size <= memory.base);
	assert_true(memblock_is_reserved(memory.base) && memblock_is_reserved(reserved.base));
	assert_false(memblock_is_reserved(64 * M - 1));
	for (unsigned long i = 1; i < 256; i++)
		assert_true(memblock_is_memory(64 * M + i * 8 * K));
}

static void test_too_many(void **state)
{
	struct memblock_region before[INIT_MEMBLOCK_REGIONS];

	memblock_add(0, 64 * M);
	reserve_many(0, 127);
	assert_int_equal(memblock_phys_free(16 * M + K, K), -ENOMEM);	/* cutting may take two */
	reserve_many(127, 128);
	memcpy(before, memblock.reserved.regions, sizeof(before));
	assert_int_equal(memblock_reserve(G, M), -ENOMEM);
	assert_true(log_has("memdawn: memblock: reserved has room for 128 regions and must not "
			    "grow yet: [0x0000000040000000-0x00000000400fffff] is left out"));
	assert_int_equal(memblock_phys_free(16 * M + K, K), -ENOMEM);
	assert_true(memblock_phys_alloc_range(K, K, 0, 8 * M) == 0);
	assert_null(memblock_alloc(K, K));
	assert_int_equal(memblock.reserved.cnt, 128);
	assert_memory_equal(before, memblock.reserved.regions, sizeof(before));

	/* What is reserved already still can be; a gap's filling counts as an entry first. */
	assert_int_equal(memblock_reserve(16 * M, 4 * K), 0);
	assert_int_equal(memblock_reserve(16 * M + 4 * K, 4 * K), -ENOMEM);

	/* It may grow, but there is no room. */
	log_clear();
	memblock_allow_resize();
	memblock_set_current_limit(8 * K);
	assert_int_equal(memblock_reserve(G, M), -ENOMEM);
	assert_true(log_has("memblock: Failed to double reserved array from 128 to 256 entries !"));
	assert_int_equal(memblock.reserved.cnt, 128);
}

static void test_bad_input(void **state)
{
	log_clear();
	assert_null(memblock_alloc(100, 0));
	assert_true(log_has("memdawn: memblock_alloc_try_nid: "));
	assert_true(log_has(" wants 0x64 bytes before any memory was added"));

	memblock_add(0, 64 * M);
	memblock_reserve(M, 8 * K);
	log_clear();
	memblock_phys_free(M, 4 * K);
	memblock_phys_free(M, 0);
	assert_string_equal(log_text(), "");
	memblock_phys_free(M, 8 * K);
	assert_true(log_has("memdawn: memblock: [0x0000000000100000-0x0000000000101fff], which "));
	assert_true(log_has(" frees, was not all reserved"));
	CHECK_EMPTY(reserved);

	assert_true(panics(memblock_phys_alloc_range(K, 24, 0, M)));
	assert_true(log_has("memdawn: memblock_phys_alloc_range: "));
	assert_true(log_has(" asks for alignment 0x18, no power of two"));
	assert_true(log_has("kernel BUG at "));
	memblock_free(NULL, 4 * K);
}

#define TEST(name)	cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_initial),
		TEST(test_add_and_remove),
		TEST(test_flags_stay),
		TEST(test_flags),
		TEST(test_nodes),
		TEST(test_trim),
		TEST(test_limits),
		TEST(test_pfn_ranges),
		TEST(test_questions),
		TEST(test_bottom_up),
		TEST(test_debug),
		TEST(test_reserve_many),
		TEST(test_add_many),
		TEST(test_doubling_avoids_new_area),
		TEST(test_doubling_from_zero),
		TEST(test_doubling_both),
		TEST(test_too_many),
		TEST(test_bad_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
