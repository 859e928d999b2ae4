// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/boot/bootmem_24.c by hand: the start of a 2.4 kernel, where allocations come to lie, the
 * hand-over, what 2.4 itself has printed on real machines, and every kind of wrong call.
 */
#include <asm/page.h>
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <mm/boot/bootmem_24.h>
#include <mm/page_alloc.h>

#include <host.h>

#define K		1024UL
#define M		(1024UL * 1024)
#define MAX_PFN		0xc000		/* page frames that there are: 192 MB */

char *host_memory;
struct page *mem_map;

/* The page frames that bootmem24_free_all() has handed on, in order. */
static unsigned long freed[MAX_PFN];
static unsigned long nr_freed;

void __free_pages_bootmem(struct page *page, unsigned int order)
{
	assert_int_equal(order, 0);
	assert_true(nr_freed < MAX_PFN);
	freed[nr_freed++] = page_to_pfn(page);
}

/* An allocator that has not been started, and a log without a line. */
static int set_up(void **state)
{
	memset(&bootmem24_node_data, 0, sizeof(bootmem24_node_data));
	nr_freed = 0;
	log_clear();
	return 0;
}

/* Page frames [0, end_pfn) are RAM, the bitmap lies at map_pfn, all else is free. */
static void start(unsigned long map_pfn, unsigned long end_pfn)
{
	unsigned long bytes = bootmem24_init(map_pfn, end_pfn);

	bootmem24_register_low_pages(0, PFN_PHYS(end_pfn));
	bootmem24_reserve(map_pfn << PAGE_SHIFT, bytes);
}

static unsigned long alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	return __pa(bootmem24_alloc(size, align, goal));
}

static bool reserved(unsigned long pfn)
{
	return test_bit(pfn, bootmem24_node_data.node_bootmem_map);
}

static bool all_reserved(unsigned long start_pfn, unsigned long end_pfn, bool value)
{
	for (; start_pfn < end_pfn; start_pfn++)
		if (reserved(start_pfn) != value)
			return false;
	return true;
}

/*
 * setup_arch() of 2.4.3 on a real machine of 192 MB with two processors, whose log says "hm, page
 * ... reserved twice." for these four pages: the MP tables lie where there is no RAM, a page from
 * where each begins is reserved.
 */
static void test_setup_arch(void **state)
{
	static const struct {
		u64 start, end;
	} ram[] = { { 0, 0x9fc00 }, { 0x100000, 0xbff0000 } };
	unsigned long start_pfn = 0x300, max_low_pfn = 0xbff0, size;

	size = bootmem24_init(start_pfn, max_low_pfn);
	assert_int_equal(size, 0xbff0 / 8 + 2);		/* whole words */
	assert_true(all_reserved(0, max_low_pfn, true));
	assert_int_equal(bootmem24_node_data.node_boot_start, 0);
	assert_int_equal(bootmem24_node_data.node_low_pfn, max_low_pfn);
	assert_ptr_equal(bootmem24_node_data.node_bootmem_map, host_memory + 0x300000);

	for (unsigned long i = 0; i < ARRAY_SIZE(ram); i++)
		bootmem24_register_low_pages(ram[i].start, ram[i].end - ram[i].start);
	assert_true(all_reserved(0, 0x9f, false));
	assert_true(all_reserved(0x9f, 0x100, true));
	assert_true(all_reserved(0x100, max_low_pfn, false));

	bootmem24_reserve(1 * M, (start_pfn << PAGE_SHIFT) + size + PAGE_SIZE - 1 - 1 * M);
	bootmem24_reserve(0, PAGE_SIZE);
	assert_true(reserved(0));
	assert_true(all_reserved(1, 0x9f, false));
	assert_true(all_reserved(0x100, 0x303, true));	/* 2.4's sum rounds up twice */
	assert_true(all_reserved(0x303, max_low_pfn, false));
	assert_string_equal(log_text(), "");

	bootmem24_reserve(0xf5b30, PAGE_SIZE);
	bootmem24_reserve(0xf1400, PAGE_SIZE);
	assert_string_equal(log_text(), "hm, page 000f5000 reserved twice.\n"
					"hm, page 000f6000 reserved twice.\n"
					"hm, page 000f1000 reserved twice.\n"
					"hm, page 000f2000 reserved twice.\n");
	assert_int_equal(bootmem24_free_pages(), 0x9e + 0xbff0 - 0x303);
}

/* RAM is rounded inward and cut at the end of low memory; what is left of nothing is nothing. */
static void test_register_low_pages(void **state)
{
	bootmem24_init(0x10, 0x1000);
	bootmem24_register_low_pages(0x20001, 2 * PAGE_SIZE - 2);
	assert_int_equal(bootmem24_free_pages(), 0);
	bootmem24_register_low_pages(0x30001, 2 * PAGE_SIZE - 1);
	assert_true(!reserved(0x31));
	assert_int_equal(bootmem24_free_pages(), 1);
	bootmem24_register_low_pages(0x40000, 0);
	bootmem24_register_low_pages(0x1000000, 16 * M);
	bootmem24_register_low_pages(0x100000000ULL, 1ULL << 32);
	bootmem24_register_low_pages(0xfffffffffffff000ULL, 0x2000);
	assert_int_equal(bootmem24_free_pages(), 1);
	bootmem24_register_low_pages(0xff0000, 1ULL << 40);
	assert_true(all_reserved(0xff0, 0x1000, false));
	bootmem24_register_low_pages(0xfe0000, 0x10000);
	assert_int_equal(bootmem24_free_pages(), 1 + 0x10 + 0x10);
}

/* Small allocations share pages, as long as the page after is what the search finds. */
static void test_merging(void **state)
{
	struct bootmem24_data *bdata = &bootmem24_node_data;

	start(0, 0x100);
	assert_int_equal(alloc(100, 32, 0), 0x1000);
	assert_int_equal(bdata->last_pos, 1);
	assert_int_equal(bdata->last_offset, 100);
	assert_int_equal(alloc(200, 32, 0), 0x1080);	/* in the same page, aligned */
	assert_int_equal(bdata->last_pos, 1);
	assert_int_equal(bdata->last_offset, 0x80 + 200);
	assert_true(!reserved(2));
	assert_int_equal(alloc(0x1000, 1, 0), 0x1148);	/* into the next one */
	assert_int_equal(bdata->last_pos, 2);
	assert_int_equal(bdata->last_offset, 0x148);
	assert_true(reserved(2) && !reserved(3));

	assert_int_equal(alloc(0x1000 - 0x148, 1, 0), 0x2148);	/* to the page's very end */
	assert_int_equal(bdata->last_pos, 2);
	assert_int_equal(bdata->last_offset, 0);
	assert_int_equal(alloc(1, 1, 0), 0x3000);
	assert_int_equal(alloc(1, 0x1000, 0), 0x4000);	/* a page's alignment: nothing to share */
	assert_int_equal(alloc(1, 0x2000, 0), 0x6000);
	assert_int_equal(alloc(1, 1, 0), 0x5000);	/* first fit, the page after is not it */
	assert_int_equal(alloc(1, 1, 0), 0x7000);
	assert_int_equal(alloc(1, 1, 0), 0x7001);
}

/* As many pages must be free as the size needs alone; merging may then not take the last. */
static void test_merging_needs_room(void **state)
{
	start(0, 6);
	bootmem24_reserve(0x4000, 0x1000);
	assert_int_equal(alloc(0x800, 1, 0), 0x1000);
	assert_null(bootmem24_alloc_nopanic(0x2800, 1, 0));
	assert_int_equal(alloc(0x1800, 1, 0), 0x1800);
	assert_int_equal(bootmem24_free_pages(), 2);
	assert_int_equal(alloc(0x1000, 1, 0x3000), 0x3000);
	assert_null(bootmem24_alloc_nopanic(0x1001, 1, 0));
	assert_int_equal(alloc(0x1000, 1, 0), 0x5000);
	assert_null(bootmem24_alloc_nopanic(1, 1, 0));
}

/* What has been freed is nobody's: the next allocation does not begin in the rest of it. */
static void test_no_merging_into_freed_page(void **state)
{
	start(0, 0x10);
	assert_int_equal(alloc(0x1800, 1, 0), 0x1000);
	bootmem24_free(0x2000, 0x1000);
	bootmem24_reserve(0x2000, 0x1000);
	assert_int_equal(alloc(16, 1, 0), 0x3000);

	assert_int_equal(alloc(0x1800, 0x1000, 0x8000), 0x8000);
	bootmem24_free(0x8000, 0x1000);			/* not the last page */
	assert_int_equal(alloc(16, 1, 0xa000), 0x9800);
}

static void test_goal(void **state)
{
	start(0, 0x2000);
	bootmem24_reserve(0, 0x1000);
	assert_int_equal(alloc(0x1000, 32, 16 * M), 0x1000000);
	assert_int_equal(alloc(0x1000, 32, 16 * M), 0x1001000);
	assert_int_equal(alloc(0x1000, 32, 16 * M + 0x1fff), 0x1002000);
	assert_int_equal(alloc(0x1000, 64 * K, 16 * M + 1), 0x1010000);
	assert_int_equal(alloc(0x1000, 32, 0), 0x1000);
	assert_int_equal(alloc(0x1000, 32, 32 * M), 0x2000);	/* beyond the node: dropped */
	assert_int_equal(alloc(0x1000, 32, ~0UL), 0x3000);
	assert_int_equal(alloc(12 * M, 1 * M, 31 * M), 0x100000);	/* no room above it */
	assert_null(bootmem24_alloc_nopanic(1, 1UL << 31, 16 * M));	/* only 0 is aligned */
}

/* Only the page just below the goal is missing for the room to do. */
static void test_goal_just_above_room(void **state)
{
	start(2, 3);
	assert_int_equal(alloc(0x2000, 1, 0x1000), 0);
}

/*
 * Alignment is that of the address, also where the node begins in between. The goal is rounded up
 * relative to the node's start and then moved on as far as the first aligned page is away from it.
 */
static void test_node(void **state)
{
	unsigned long bytes = bootmem24_init_node(0x1003, 0x1003, 0x1100);

	assert_int_equal(bytes, 32);
	assert_int_equal(bootmem24_node_data.node_boot_start, 0x1003000);
	bootmem24_free(0x1003000, 0xfd000);
	bootmem24_reserve(0x1003000, bytes);
	assert_int_equal(alloc(1, 0x4000, 0), 0x1004000);
	assert_int_equal(alloc(1, 0x10000, 0x1001000), 0x1010000);
	assert_int_equal(alloc(1, 0x10000, 0x1014000), 0x1030000);
	assert_int_equal(alloc(1, 1, 0), 0x1005000);
	assert_null(bootmem24_alloc_nopanic(0xe0000, 0x4000, 0));
	assert_null(bootmem24_alloc_nopanic(0xe0000, 0x4000, 0x1010000));
	assert_null(bootmem24_alloc_nopanic(1, 1UL << 31, 0));
	assert_true(panics(bootmem24_free(0x1002000, 0x1000)));
	assert_true(panics(bootmem24_reserve(0x1002fff, 1)));
}

static void test_zeroed(void **state)
{
	unsigned long at;

	start(0, 0x10);
	memset(host_memory + 0x1000, 0xff, 0xf000);
	at = alloc(0x1801, 1, 0x2000);
	assert_int_equal(at, 0x2000);
	for (unsigned long i = 0x1000; i < 0x10000; i++)
		assert_int_equal((unsigned char)host_memory[i],
				 i >= at && i < at + 0x1801 ? 0 : 0xff);
}

static void test_free_all(void **state)
{
	static const unsigned long expected[] = { 0, 1, 2, 5, 6, 7, 35, 3 };

	start(3, 36);
	bootmem24_reserve(0x4000, 0x1000);
	assert_int_equal(alloc(27 * PAGE_SIZE, PAGE_SIZE, 0x8000), 0x8000);
	assert_int_equal(bootmem24_free_pages(), ARRAY_SIZE(expected) - 1);
	assert_int_equal(bootmem24_free_all(), ARRAY_SIZE(expected));
	assert_int_equal(nr_freed, ARRAY_SIZE(expected));
	assert_memory_equal(freed, expected, sizeof(expected));
	assert_null(bootmem24_node_data.node_bootmem_map);
}

/* A bitmap of two pages, the second one for a single page frame. */
static void test_free_all_of_large_bitmap(void **state)
{
	assert_int_equal(bootmem24_bootmap_pages(1), 1);
	assert_int_equal(bootmem24_bootmap_pages(32768), 1);
	assert_int_equal(bootmem24_bootmap_pages(32769), 2);
	assert_int_equal(bootmem24_bootmap_pages(65536), 2);
	assert_int_equal(bootmem24_init(1, 32769), 4100);
	bootmem24_register_low_pages(0, 3 * PAGE_SIZE);
	bootmem24_reserve(0x1000, 4100);
	assert_int_equal(bootmem24_free_all(), 3);
	assert_true(freed[0] == 0 && freed[1] == 1 && freed[2] == 2);
}

/* As kernels 2.4.3 on a machine of 192 MB and 2.4.21 on one of 512 MB have printed it. */
static void test_print_zones(void **state)
{
	bootmem24_print_zones((unsigned long[]){ 4096, 45040, 0 });
	assert_string_equal(log_text(), "On node 0 totalpages: 49136\n"
					"zone(0): 4096 pages.\n"
					"zone(1): 45040 pages.\n"
					"zone(2): 0 pages.\n");
	log_clear();
	bootmem24_print_zones((unsigned long[]){ 4096, 126960, 0 });
	assert_string_equal(log_text(), "On node 0 totalpages: 131056\n"
					"zone(0): 4096 pages.\n"
					"zone(1): 126960 pages.\n"
					"zone(2): 0 pages.\n");
}

static void test_wrong_init(void **state)
{
	assert_true(panics(bootmem24_init(0, 0)));
	assert_true(log_has("no node can be page frames 0 - 0"));
	assert_true(panics(bootmem24_init(0, 0x100000)));
	assert_true(log_has("no node can be page frames 0 - 100000"));
	assert_true(panics(bootmem24_init_node(5, 10, 5)));
	assert_true(panics(bootmem24_init(0x1000, 0x1000)));
	assert_true(log_has("no room for 1 pages of bitmap at page frame 1000: "
			    "the node is 0 - 1000"));
	assert_true(panics(bootmem24_init(0x9000, 0x8001)));
	assert_true(panics(bootmem24_init(0x8000, 0x8001)));	/* two pages of bitmap */
	assert_true(panics(bootmem24_init_node(4, 5, 10)));
	bootmem24_init(0x7fff, 0x8001);
	assert_true(panics(bootmem24_init(0, 0x100)));
	assert_true(log_has("started before"));
}

/* Every call that must not be made now says its name and what is wrong with the time. */
static void refuse_all(const char *why)
{
	static const unsigned long where = 0x2000, size = 0x1000;

#define refused(function, args) do {						\
	log_clear();								\
	assert_true(panics(function args));					\
	assert_true(log_has("memdawn: " #function "() called from [<"));	\
	assert_true(log_has(why));						\
	assert_true(log_has("kernel BUG at "));					\
} while (0)

	refused(bootmem24_alloc, (size, 1, 0));
	refused(bootmem24_alloc_nopanic, (size, 1, 0));
	refused(bootmem24_free, (where, size));
	refused(bootmem24_reserve, (where, size));
	refused(bootmem24_register_low_pages, (where, size));
	refused(bootmem24_free_pages, ());
	refused(bootmem24_free_all, ());
	assert_int_equal(nr_freed, 0);
}

static void test_before_init(void **state)
{
	refuse_all("too early, the boot allocator has not been started\n");
}

static void test_after_free_all(void **state)
{
	start(0, 0x100);
	bootmem24_free_all();
	nr_freed = 0;
	refuse_all("too late, all pages have been handed over\n");
	assert_true(panics(bootmem24_init(0, 0x100)));
}

/* The address after "called from" lies in the function that has made the call. */
static __attribute__((__noinline__)) void call_too_early(void)
{
	bootmem24_reserve(0x1000, 0x1000);
}

static void test_caller(void **state)
{
	const char *from;
	unsigned long address;

	assert_true(panics(call_too_early()));
	from = strstr(log_text(), "called from [<");
	assert_non_null(from);
	address = strtoul(from + strlen("called from [<"), NULL, 16);
	assert_true(address - (unsigned long)call_too_early < 256);
}

static void test_wrong_ranges(void **state)
{
	start(0, 0x100);
	bootmem24_reserve(0x10000, 0x3000);

	assert_true(panics(bootmem24_reserve(0xff000, 0x1001)));
	assert_true(log_has("1001 bytes at ff000, but the node is 0 - 100000"));
	assert_true(panics(bootmem24_reserve(0x100000, 1)));
	assert_true(panics(bootmem24_reserve(0xff000, 0xfff01000)));	/* wraps to 0 */
	assert_true(panics(bootmem24_reserve(~0UL, ~0UL)));
	assert_true(panics(bootmem24_reserve(0x1000, 0)));

	assert_true(panics(bootmem24_free(0x10000, 0)));
	assert_true(panics(bootmem24_free(0x100000, 0x1000)));
	assert_true(panics(bootmem24_free(0x11000, 0xffff0000)));	/* wraps to 0x1000 */
	assert_true(panics(bootmem24_free(0xffffffff, 2)));
	log_clear();
	assert_true(panics(bootmem24_free(0x10000, 0x4000)));		/* partly free */
	assert_true(log_has("4000 bytes at 10000, but page frame 13 is not reserved"));
	assert_true(all_reserved(0x10, 0x13, true));
	assert_true(panics(bootmem24_register_low_pages(0x20000, 0x2000)));	/* twice */
	assert_true(log_has("bootmem24_register_low_pages() called from"));
	bootmem24_free(0x10001, 0x1ffe);				/* no whole page */
	bootmem24_free(0x10fff, 0x1002);
	assert_true(reserved(0x10) && !reserved(0x11) && reserved(0x12));
	assert_true(panics(bootmem24_free(0x11000, 0x1000)));		/* twice */
	assert_int_equal(bootmem24_free_pages(), 0x100 - 1 - 2);
}

static void test_wrong_allocations(void **state)
{
	start(0, 0x100);
	assert_true(panics(bootmem24_alloc(0, 1, 0)));
	assert_true(log_has("bootmem24_alloc() called from") && log_has(": 0 bytes\n"));
	assert_true(panics(bootmem24_alloc(1, 0, 0)));
	assert_true(panics(bootmem24_alloc(1, 24, 0)));
	assert_true(log_has("alignment 18 is no power of 2"));
	assert_null(bootmem24_alloc_nopanic(1 * M, 1, 0));
	assert_null(bootmem24_alloc_nopanic(~0UL, 1, 0));		/* 2^32 when rounded up */
	assert_null(bootmem24_alloc_nopanic(~0UL, PAGE_SIZE, 0x80000));
	assert_int_equal(bootmem24_free_pages(), 0xff);
	log_clear();
	assert_true(panics(bootmem24_alloc(1 * M, 1, 0)));
	assert_string_equal(log_text(),
		"bootmem alloc of 1048576 bytes failed!\n"
		"memdawn: low memory has 1024 kB, 1020 kB of it are free, not in one piece\n"
		"Kernel panic - not syncing: Out of memory\n");
}

/* All RAM has been freed, and nobody has reserved the bitmap. */
static void test_bitmap_not_reserved(void **state)
{
	bootmem24_init(0x40, 0x9000);		/* two pages of bitmap */
	bootmem24_register_low_pages(0, 0x9000000);
	assert_true(panics(bootmem24_alloc(1, 1, 0)));
	assert_true(log_has("the bitmap at 40000 is not reserved"));
	bootmem24_reserve(0x40000, PAGE_SIZE);
	assert_true(panics(bootmem24_alloc_nopanic(1, 1, 0)));
	assert_true(panics(bootmem24_free_all()));
	assert_int_equal(nr_freed, 0);
	bootmem24_reserve(0x41000, 1);
	assert_int_equal(alloc(1, 1, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_setup_arch, set_up),
		cmocka_unit_test_setup(test_register_low_pages, set_up),
		cmocka_unit_test_setup(test_merging, set_up),
		cmocka_unit_test_setup(test_merging_needs_room, set_up),
		cmocka_unit_test_setup(test_no_merging_into_freed_page, set_up),
		cmocka_unit_test_setup(test_goal, set_up),
		cmocka_unit_test_setup(test_goal_just_above_room, set_up),
		cmocka_unit_test_setup(test_node, set_up),
		cmocka_unit_test_setup(test_zeroed, set_up),
		cmocka_unit_test_setup(test_free_all, set_up),
		cmocka_unit_test_setup(test_free_all_of_large_bitmap, set_up),
		cmocka_unit_test_setup(test_print_zones, set_up),
		cmocka_unit_test_setup(test_wrong_init, set_up),
		cmocka_unit_test_setup(test_before_init, set_up),
		cmocka_unit_test_setup(test_after_free_all, set_up),
		cmocka_unit_test_setup(test_caller, set_up),
		cmocka_unit_test_setup(test_wrong_ranges, set_up),
		cmocka_unit_test_setup(test_wrong_allocations, set_up),
		cmocka_unit_test_setup(test_bitmap_not_reserved, set_up),
	};

	host_memory = calloc(MAX_PFN, PAGE_SIZE);
	mem_map = calloc(MAX_PFN, sizeof(*mem_map));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
