// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: handing over to the page allocator, and the end of memblock after it.
 */
#include <lib/kernel.h>

#include <host.h>

#include <memblock_stand_ins.h>

#define K	1024ULL
#define M	(1024 * K)
#define END	PHYS_ADDR_MAX

struct range {
	phys_addr_t base, size;
};

static int setup(void **state)
{
	memblock_reset();
	log_clear();
	return 0;
}

/* The caller is named by an address in this very program, in the function that called. */
static void check_late_call(const char *func)
{
	char expected[80];
	unsigned long caller;
	const char *line;

	snprintf(expected, sizeof(expected), "memdawn: %s() called from [<", func);
	line = strstr(log_text(), expected);
	assert_non_null(line);
	line += strlen(expected);
	assert_int_equal(sscanf(line, "%lx>] 0x", &caller), 1);
	assert_non_null(strstr(line, ": too late, all pages have been handed over\n"));
	assert_true(caller - (unsigned long)setup < 0x100000 ||
		    (unsigned long)setup - caller < 0x100000);
	assert_non_null(strstr(line, "kernel BUG at "));
	log_clear();
}

#define TOO_LATE(func, ...) do {		\
	assert_true(panics(func(__VA_ARGS__)));	\
	check_late_call(#func);			\
} while (0)

static void test_after_hand_over(void **state)
{
	host_memory_at(0, M);
	host_pages(256);
	memblock_add(0, M);
	max_low_pfn = 256;
	memblock_free_all();
	assert_int_equal(host_freed_pages, 256);

	log_clear();
	TOO_LATE(memblock_add, M, M);
	TOO_LATE(memblock_add_node, M, M, 0, 0);
	TOO_LATE(memblock_remove, 0, M);
	TOO_LATE(memblock_reserve, 0, M);
	TOO_LATE(memblock_phys_free, 0, M);
	TOO_LATE(memblock_mark_hotplug, 0, M);
	TOO_LATE(memblock_clear_hotplug, 0, M);
	TOO_LATE(memblock_mark_mirror, 0, M);
	TOO_LATE(memblock_mark_nomap, 0, M);
	TOO_LATE(memblock_clear_nomap, 0, M);
	TOO_LATE(memblock_set_node, 0, M, &memblock.memory, 0);
	TOO_LATE(memblock_trim_memory, 4096);
	TOO_LATE(memblock_enforce_memory_limit, M);
	TOO_LATE(memblock_cap_memory_range, 0, M);
	TOO_LATE(memblock_mem_limit_remove_map, M);
	TOO_LATE(memblock_phys_alloc_range, K, K, 0, M);
	TOO_LATE(memblock_phys_alloc_try_nid, K, K, 0);
	TOO_LATE(memblock_alloc_range_nid, K, K, 0, M, 0, false);
	TOO_LATE(memblock_alloc_try_nid, K, K, 0, M, 0);
	TOO_LATE(memblock_alloc_try_nid_raw, K, K, 0, M, 0);
	TOO_LATE(memblock_alloc_exact_nid_raw, K, K, 0, M, 0);
	TOO_LATE(memblock_free_all);

	/* Looking is allowed. */
	assert_int_equal(memblock.memory.cnt, 1);
	assert_true(memblock_phys_mem_size() == M && memblock_is_memory(0));
}

/* The page frames of a run of blocks, and their orders, as they were handed over. */
static unsigned long blocks[64][2];
static int nr_blocks;

static void note_block(unsigned long pfn, unsigned int order)
{
	assert_true(nr_blocks < 64);
	blocks[nr_blocks][0] = pfn;
	blocks[nr_blocks++][1] = order;
}

static void check_blocks(int nr, const unsigned long (*expected)[2])
{
	assert_int_equal(nr_blocks, nr);
	assert_memory_equal(blocks, expected, nr * sizeof(*expected));
	nr_blocks = 0;
}

#define BLOCKS(...) do {						\
	static const unsigned long expected[][2] = { __VA_ARGS__ };	\
	check_blocks(ARRAY_SIZE(expected), expected);			\
} while (0)

static int stop_noting(void **state)
{
	host_freed = NULL;
	nr_blocks = 0;
	return 0;
}

static void test_hand_over(void **state)
{
	host_pages(0x3000);
	host_freed = note_block;
	max_low_pfn = 0x2001;
	memblock_add(0x3000, 0x1a000);			/* page frames 3 to 28 */
	memblock_add(0x40fff, 0x2002);			/* 65 and 66, and two single bytes */
	memblock_add(0x80000, 0x1000);
	memblock_mark_nomap(0x80000, 0x1000);
	memblock_add(0xfff000, 0x2000000);		/* 0xfff on, past max_low_pfn */
	memblock_mark_hotplug(0xfff000, 0x1000);
	memblock_reserve(0x1200001, 1);			/* 0x1200, which it lies in */
	memblock_reserve(0x1202fff, 2);			/* 0x1202 and 0x1203 */
	memblock_reserve(0x1205000, 0x1000);
	memblock_reserved_mark_noinit(0x1205000, 0x1000);
	memblock_free_all();
	BLOCKS({ 3, 0 }, { 4, 2 }, { 8, 3 }, { 16, 3 }, { 24, 2 }, { 28, 0 },
	       { 65, 0 }, { 66, 0 }, { 0xfff, 0 },
	       { 0x1000, 9 }, { 0x1201, 0 }, { 0x1204, 0 }, { 0x1206, 1 }, { 0x1208, 3 },
	       { 0x1210, 4 }, { 0x1220, 5 }, { 0x1240, 6 }, { 0x1280, 7 }, { 0x1300, 8 },
	       { 0x1400, 10 }, { 0x1800, 10 }, { 0x1c00, 10 }, { 0x2000, 0 });
	assert_int_equal(totalram_pages, host_freed_pages);

	assert_true(PageReserved(&mem_map[0x1200]) && PageReserved(&mem_map[0x1202]));
	assert_true(PageReserved(&mem_map[0x1203]) && PageReserved(&mem_map[0x80]));
	assert_false(PageReserved(&mem_map[0x1201]) || PageReserved(&mem_map[0x1205]));
	assert_false(memblock_is_hotpluggable(&memblock.memory.regions[3]));
}

/* The first block, page frame 0, may have any order; nothing wraps at the last address. */
static void test_hand_over_edges(void **state)
{
	host_pages(0x900);
	host_freed = note_block;
	max_low_pfn = 0x900;
	memblock_add(0, 0x801000);
	memblock_add(END - 100, 100);
	memblock_add(END - 0x10000, 0x8000);
	memblock_reserve(END - 0x20000, 0x1000);
	memblock_free_all();
	BLOCKS({ 0, 10 }, { 0x400, 10 }, { 0x800, 0 });
	assert_int_equal(memblock_free_highpages(NUMA_NO_NODE, 0, 0), 0);
}

static void test_free_late(void **state)
{
	host_pages(0x100);
	host_freed = note_block;
	max_low_pfn = 0x100;
	memblock_add(0, 0x100000);
	memblock_reserve(0, 0x100000);
	memblock_free_all();
	BLOCKS();
	memblock_free_late(0x1001, 0x3fff);
	BLOCKS({ 2, 0 }, { 3, 0 }, { 4, 0 });
	assert_int_equal(totalram_pages, 3);
	memblock_free_late(0x5000, 0xfff);
	memblock_free_late(0xffffe000, END);
	BLOCKS();
}

/* Arrays that have grown go back as well, and what was in them is gone. */
static void test_discard(void **state)
{
	unsigned long i;

	host_memory_at(0, 64 * M);
	host_pages(64 * M / PAGE_SIZE);
	max_low_pfn = mem_map_nr_pages;
	memblock_add(0, 64 * M);
	memblock_set_current_limit(64 * M);
	memblock_allow_resize();
	for (i = 0; i < 200; i++)
		memblock_reserve(16 * M + i * 8 * K, 4 * K);
	memblock_free_all();
	assert_int_equal(host_freed_pages, mem_map_nr_pages - 200 - 2);
	memblock_discard();
	assert_int_equal(host_freed_pages, mem_map_nr_pages - 200);
	assert_true(memblock.memory.cnt == 1 && memblock_phys_mem_size() == 0);
	assert_true(memblock.reserved.cnt == 1 && memblock_reserved_size() == 0);
	assert_false(memblock_is_memory(0) || memblock_is_reserved(16 * M));
}

#define TEST(name)	cmocka_unit_test_setup(name, setup)
#define TEST_NOTED(name) cmocka_unit_test_setup_teardown(name, setup, stop_noting)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_after_hand_over),
		TEST_NOTED(test_hand_over),
		TEST_NOTED(test_hand_over_edges),
		TEST_NOTED(test_free_late),
		TEST(test_discard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
