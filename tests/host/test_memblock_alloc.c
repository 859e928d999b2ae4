// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: where allocations lie. The cases of Linux's own tests (tools/testing/memblock, 6.1:
 * those of memblock_alloc, _from, _try_nid, _try_nid_raw and _exact_nid_raw, on one node and on
 * eight) as tables, and what flags do to the search.
 *
 * All addresses in the tables are offsets into 32 KiB of memory.
 */
#include <lib/kernel.h>

#include <host.h>

#include <memblock_stand_ins.h>

#define START		0x100000
#define SIZE		0x8000
#define C		MEMBLOCK_CACHE_BYTES
#define ANY		NUMA_NO_NODE
#define FAIL		0xbad	/* no place is to be found */
#define SOIL		0x55

struct range {
	unsigned long base, size;
};

/* Filled in, so that what is zeroed, and what isn't, can be seen. */
static void start(bool bottom_up)
{
	memblock_reset();
	host_memory_at(START, SIZE);
	memset(__va(START), SOIL, SIZE);
	memblock_set_bottom_up(bottom_up);
}

static bool all_bytes(const char *p, size_t size, char value)
{
	while (size--)
		if (*p++ != value)
			return false;
	return true;
}

/* Size, alignment and limits of an allocation, as offsets; max 0: as far as is accessible. */
struct request {
	unsigned long size, align, min, max;
	int nid;
};

enum function { TRY_NID, TRY_NID_RAW, EXACT_NID_RAW, NR_FUNCTIONS };

/* Start and size of memory stand for offsets that are no address in it. */
#define BELOW		0x80000000UL	/* min: below the memory by so much */

static phys_addr_t address(unsigned long offset)
{
	return offset & BELOW ? START - (offset & ~BELOW) : START + offset;
}

static void *allocate(enum function function, const struct request *r)
{
	phys_addr_t min = r->min ? address(r->min) : 0, max = r->max ? address(r->max) : 0;

	switch (function) {
	case TRY_NID:
		return memblock_alloc_try_nid(r->size, r->align, min, max, r->nid);
	case TRY_NID_RAW:
		return memblock_alloc_try_nid_raw(r->size, r->align, min, max, r->nid);
	default:
		return memblock_alloc_exact_nid_raw(r->size, r->align, min, max, r->nid);
	}
}

/* One allocation: its place, what is reserved after it, and what it holds. */
static void check_allocation(enum function function, const struct request *r,
			     const struct range *reserved, unsigned long expected,
			     unsigned long regions)
{
	phys_addr_t total = 0;
	char *ptr;

	for (; reserved->size; reserved++) {
		memblock_reserve(START + reserved->base, reserved->size);
		total += reserved->size;
	}
	ptr = allocate(function, r);
	if (expected == FAIL) {
		assert_null(ptr);
		assert_true(memblock_reserved_size() == total);
		return;
	}
	assert_non_null(ptr);
	assert_int_equal(__pa(ptr) - START, expected);
	assert_true(memblock_reserved_size() == total + r->size);
	assert_int_equal(memblock.reserved.cnt, regions);
	assert_true(memblock_is_reserved(START + expected));
	assert_true(memblock_is_reserved(START + expected + r->size - 1));
	assert_true(all_bytes(ptr, r->size, function == TRY_NID ? 0 : SOIL));
	assert_true(all_bytes(__va(START), expected, SOIL));
	assert_true(all_bytes(ptr + r->size, SIZE - expected - r->size, SOIL));
}

/*
 * One node. Where it lies and how many reserved regions there are then, from the top down and from
 * the bottom up; 0 regions: not tried in this direction.
 */
static const struct {
	const char *what;
	struct range reserved[4];
	struct request request;
	unsigned long down, down_regions, up, up_regions;
} cases[] = {
	/* memblock_alloc */
	{ "simple", { { 0, 0 } }, { 2, C, 0, 0, ANY }, SIZE - C, 1, 0, 1 },
	{ "apart: below an odd region", { { SIZE - 2, 2 } }, { 16, 2 * C, 0, 0, ANY },
	  SIZE - 2 * C, 2, 0, 0 },
	{ "apart: above an odd region", { { 2, 2 } }, { 16, 2 * C, 0, 0, ANY }, 0, 0, 2 * C, 2 },
	{ "after a region, to the end", { { SIZE - 512 - C, C } }, { 512, C, 0, 0, ANY },
	  SIZE - 512, 1, 0, 0 },
	{ "before a region, from the start", { { 512, 128 } }, { 512, C, 0, 0, ANY },
	  0, 0, 0, 1 },
	{ "no room above it: below", { { SIZE - C, 8 } }, { 512, C, 0, 0, ANY },
	  SIZE - C - 512, 1, 0, 0 },
	{ "no room below it: above", { { C, 64 } }, { 512, C, 0, 0, ANY }, 0, 0, 2 * C, 1 },
	{ "gap too small, from above", { { SIZE - 512, 512 }, { SIZE - 1024, 256 } },
	  { 1024, C, 0, 0, ANY }, SIZE - 2048, 2, 0, 0 },
	{ "gap too small, from below", { { 0, 512 }, { 1024, 256 } }, { 1024, C, 0, 0, ANY },
	  0, 0, 1280, 2 },
	{ "exactly between", { { 0x20, 0x3fc0 }, { 0x4020, 0x3fc0 } }, { 64, 32, 0, 0, ANY },
	  0x3fe0, 1, 0x3fe0, 1 },
	{ "everything reserved", { { 0, SIZE } }, { 256, C, 0, 0, ANY }, FAIL, 1, FAIL, 1 },
	{ "not enough left", { { 0, SIZE - 256 } }, { 1024, C, 0, 0, ANY }, FAIL, 1, FAIL, 1 },
	{ "just enough left", { { 0, SIZE - 256 } }, { 256, C, 0, 0, ANY },
	  SIZE - 256, 1, SIZE - 256, 1 },
	{ "more than there is", { { 0, 0 } }, { SIZE + 1, C, 0, 0, ANY }, FAIL, 1, FAIL, 1 },
	{ "all there is", { { 0, 0 } }, { SIZE, C, 0, 0, ANY }, 0, 1, 0, 1 },
	{ "alignment 0 is a cache line", { { 0, 0 } }, { 1, 0, 0, 0, ANY }, SIZE - C, 1, 0, 1 },

	/* memblock_alloc_from */
	{ "from an aligned address", { { 0, 0 } }, { 16, C, SIZE - C, 0, ANY },
	  SIZE - C, 1, SIZE - C, 1 },
	{ "from an odd address", { { 0, 0 } }, { 32, C, SIZE - 2 * C + 1, 0, ANY },
	  SIZE - C, 1, SIZE - C, 1 },
	{ "from too high an address", { { 0, 0 } }, { 32, C, SIZE - 16, 0, ANY },
	  SIZE - C, 1, 0, 1 },
	{ "no room above the address", { { SIZE - 2 * C, 2 } }, { 64, C, SIZE - 2 * C, 0, ANY },
	  SIZE - C, 2, 0, 0 },
	{ "nothing above the address", { { SIZE - 2 * C, 2 * C } }, { 64, C, SIZE - 2 * C, 0, ANY },
	  SIZE - 3 * C, 1, 0, 2 },
	{ "from below the memory", { { 64, SIZE - 64 } }, { 64, C, BELOW + 3 * C, 0, ANY },
	  0, 1, 0, 1 },

	/* memblock_alloc_try_nid and its like, with both limits */
	{ "within limits", { { 0, 0 } }, { 128, C, 128, 640, ANY }, 512, 1, 128, 1 },
	{ "odd upper limit", { { 0, 0 } }, { 128, C, 128, 642, ANY }, 512, 1, 128, 1 },
	{ "odd lower limit", { { 0, 0 } }, { 128, C, 2, 514, ANY }, 384, 1, C, 1 },
	{ "exactly within limits", { { 0, 0 } }, { 1024, C, C, C + 1024, ANY }, C, 1, C, 1 },
	{ "limits too narrow: the lower one falls", { { 0, 0 } }, { 256, C, 512, 512 + C, ANY },
	  512 + C - 256, 1, 0, 1 },
	{ "upper limit too low", { { 0, 0 } }, { 1024, C, 1, C, ANY }, FAIL, 1, FAIL, 1 },
	{ "reserved up to the lower limit", { { SIZE - 192, 128 } },
	  { 64, C, SIZE - 64, SIZE, ANY }, SIZE - 64, 1, SIZE - 64, 1 },
	{ "reserved from the upper limit", { { SIZE - 64, 64 } },
	  { 128, C, SIZE - 192, SIZE - 64, ANY }, SIZE - 192, 1, SIZE - 192, 1 },
	{ "between two, with room", { { SIZE - 2 * C, C }, { SIZE - 2 * C - 256, 128 } },
	  { 64, C, SIZE - 2 * C - 128, SIZE - 2 * C, ANY },
	  SIZE - 3 * C, 2, SIZE - 2 * C - 128, 2 },
	{ "between two, without room left", { { SIZE - 2 * C, C }, { SIZE - 2 * C - 192, 128 } },
	  { 64, C, SIZE - 2 * C - 64, SIZE - 2 * C, ANY }, SIZE - 3 * C, 1, SIZE - 3 * C, 1 },
	{ "between two, no room", { { SIZE - 2 * C, C }, { SIZE - 2 * C - 192, 128 } },
	  { 256, C, SIZE - 2 * C - 64, SIZE - 2 * C, ANY },
	  SIZE - 2 * C - 192 - 256, 2, 0, 3 },
	{ "a gap too narrow, and nothing else", { { SIZE - C, C }, { 0, SIZE - 2 * C } },
	  { 256, C, SIZE - 2 * C, SIZE - C, ANY }, FAIL, 2, FAIL, 2 },
	{ "upper limit after the end", { { 0, 0 } }, { 256, C, SIZE - 1024, SIZE + 256, ANY },
	  SIZE - 256, 1, SIZE - 1024, 1 },
	{ "lower limit below the start", { { 0, 0 } }, { 1024, C, BELOW + 256, SIZE, ANY },
	  SIZE - 1024, 1, 0, 1 },
	{ "upper limit below the end", { { 0, 0 } }, { 1024, C, 1, SIZE - 256, ANY },
	  SIZE - 1280, 1, C, 1 },
	{ "limits the wrong way round", { { 0, 0 } }, { 64, C, 1024, 512, ANY }, 448, 1, 0, 1 },
	{ "large alignment", { { 0, 0 } }, { 16, 0x4000, 0, 0, ANY }, 0x4000, 1, 0, 1 },
	{ "larger alignment than there is", { { 0, 16 } }, { 16, 0x8000, 0, 0, ANY },
	  FAIL, 1, FAIL, 1 },
};

static void test_one_node(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int f = 0; f < NR_FUNCTIONS; f++) {
			print_message("%s, function %d\n", cases[i].what, f);
			if (cases[i].down_regions) {
				start(false);
				memblock_add(START, SIZE);
				check_allocation(f, &cases[i].request, cases[i].reserved,
						 cases[i].down, cases[i].down_regions);
			}
			if (cases[i].up_regions) {
				start(true);
				memblock_add(START, SIZE);
				check_allocation(f, &cases[i].request, cases[i].reserved,
						 cases[i].up, cases[i].up_regions);
			}
		}
	}
}

/* Regions all over, with gaps of a quarter of what is wanted. */
static void test_small_gaps(void **state)
{
	for (int up = 0; up < 2; up++) {
		start(up);
		memblock_add(START, SIZE);
		for (unsigned long at = 256; at < SIZE; at += 1280)
			memblock_reserve(START + at, 1024);
		assert_null(memblock_alloc(1024, C));
		assert_non_null(memblock_alloc(256, C));
	}
}

static void test_no_memory(void **state)
{
	for (int up = 0; up < 2; up++) {
		start(up);
		assert_null(memblock_alloc(1024, C));
		assert_null(memblock_alloc_raw(1024, C));
		assert_true(memblock_phys_alloc(1024, C) == 0);
		assert_true(memblock_reserved_size() == 0);
	}
}

/* Eight nodes of a 4th, 16th, 8th, 8th, 16th, 16th, 4th and a 16th of the memory. */
static const struct range nodes[] = {
	{ 0x0000, 0x2000 }, { 0x2000, 0x0800 }, { 0x2800, 0x1000 }, { 0x3800, 0x1000 },
	{ 0x4800, 0x0800 }, { 0x5000, 0x0800 }, { 0x5800, 0x2000 }, { 0x7800, 0x0800 },
};

/* Where the try functions find it, and where the exact one does. */
static const struct {
	const char *what;
	struct range reserved[3];
	struct request request;
	unsigned long down, down_exact, up, up_exact, regions;
} node_cases[] = {
	{ "on a node", { { 0, 0 } }, { 0x400, C, 1, SIZE, 3 }, 0x4400, 0x4400, 0x3800, 0x3800, 1 },
	{ "node too small", { { 0, 0 } }, { 0x1000, C, 1, SIZE, 1 }, 0x6800, FAIL, C, FAIL, 1 },
	{ "node reserved", { { 0x2800, 0x1000 } }, { 0x1000, C, 1, SIZE, 2 },
	  0x6800, FAIL, C, FAIL, 2 },
	{ "node reserved in part", { { 0x4800, 0x300 } }, { 0x100, C, 1, SIZE, 4 },
	  0x4f00, 0x4f00, 0x4b00, 0x4b00, 0 },
	{ "node reserved in its middle", { { 0x4a00, 0x400 } }, { 0x400, C, 1, SIZE, 4 },
	  0x7c00, FAIL, C, FAIL, 2 },
	{ "limits over the node's end", { { 0, 0 } }, { 0x200, C, 0x3700, 0x3900, 2 },
	  0x3600, 0x3600, 0x2800, 0x2800, 1 },
	{ "limits over the node's start", { { 0, 0 } }, { 0x200, C, 0x3700, 0x3900, 3 },
	  0x3600, FAIL, 0, FAIL, 1 },
	{ "limits over a border above the node", { { 0, 0 } }, { 0x200, C, 0x5700, 0x5900, 2 },
	  0x3600, 0x3600, 0x2800, 0x2800, 1 },
	{ "limits above the node", { { 0, 0 } }, { 64, C, 0x2800, 0x5800, 0 },
	  0x57c0, 0x1fc0, 0x2800, 0, 1 },
	{ "limits below the node", { { 0, 0 } }, { 64, C, 0x2800, 0x5800, 7 },
	  0x57c0, FAIL, 0x2800, FAIL, 1 },
	{ "larger than any node", { { 0, 0 } }, { SIZE / 2, C, 1, SIZE, 3 },
	  FAIL, FAIL, FAIL, FAIL, 1 },
	{ "a whole node, neighbours reserved", { { 0x7800, 128 }, { 0x5780, 128 } },
	  { 0x2000, C, 0x5800, 0x7800, 6 }, 0x5800, 0x5800, 0x5800, 0x5800, 1 },
	{ "never across a border", { { 0, 0x7780 }, { 0x7880, 0x780 } },
	  { 0x100, C, 0x7780, 0x7880, ANY }, FAIL, FAIL, FAIL, FAIL, 2 },
	{ "a node that is not there", { { 0, 0 } }, { 64, C, 1, SIZE, 8 },
	  SIZE - C, FAIL, C, FAIL, 1 },
	{ "any node", { { 0, 0 } }, { 64, C, 1, SIZE, MEMBLOCK_MAX_NUMNODES },
	  SIZE - C, SIZE - C, C, C, 1 },
};

static void test_nodes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(node_cases); i++) {
		for (int f = 0; f < 2 * NR_FUNCTIONS; f++) {
			bool up = f >= NR_FUNCTIONS, exact = f % NR_FUNCTIONS == EXACT_NID_RAW;
			unsigned long down_place = exact ? node_cases[i].down_exact
							 : node_cases[i].down;
			unsigned long up_place = exact ? node_cases[i].up_exact : node_cases[i].up;
			unsigned long regions = node_cases[i].regions;

			print_message("%s, function %d\n", node_cases[i].what, f);
			start(up);
			for (size_t n = 0; n < ARRAY_SIZE(nodes); n++)
				memblock_add_node(START + nodes[n].base, nodes[n].size, n, 0);
			assert_int_equal(memblock.memory.cnt, 8);
			/* "In part": from below it joins the reserved region, from above not. */
			check_allocation(f % NR_FUNCTIONS, &node_cases[i].request,
					 node_cases[i].reserved, up ? up_place : down_place,
					 regions ? regions : up ? 1 : 2);
		}
	}
}

/* Three pieces of memory, of which a flag or a node makes the upper ones unwanted. */
static void three_pieces(void)
{
	start(false);
	memblock_add(START, 0x1000);
	memblock_add(START + 0x2000, 0x1000);
	memblock_add(START + 0x4000, 0x1000);
}

#define OFFSET(ptr)	(__pa(ptr) - START)

static void test_flags(void **state)
{
	three_pieces();
	memblock_mark_nomap(START + 0x4000, 0x1000);
	assert_int_equal(OFFSET(memblock_alloc(C, C)), 0x3000 - C);

	three_pieces();
	memblock_remove(START + 0x4000, 0x1000);
	memblock_add_node(START + 0x4000, 0x1000, 0, MEMBLOCK_DRIVER_MANAGED);
	assert_int_equal(OFFSET(memblock_alloc(C, C)), 0x3000 - C);

	/* Hotpluggable memory is spared only where movable_node was given. */
	three_pieces();
	memblock_mark_hotplug(START + 0x2000, SIZE);
	assert_int_equal(OFFSET(memblock_alloc(C, C)), 0x5000 - C);
	assert_int_equal(cmdline_parse_movable_node(NULL), 0);
	assert_int_equal(OFFSET(memblock_alloc(C, C)), 0x1000 - C);
	assert_null(memblock_alloc(0x1000, C));
}

/* Mirrored memory first; then any, and that is told. */
static void test_mirror(void **state)
{
	log_clear();
	three_pieces();
	memblock_mark_mirror(START + 0x2000, 0x1000);
	assert_int_equal(OFFSET(memblock_alloc(0xc00, C)), 0x2400);
	assert_true(memblock_find_in_range(0, START + SIZE, 0x400, C) == START + 0x2000);
	assert_string_equal(log_text(), "");
	assert_int_equal(OFFSET(memblock_alloc(0x800, C)), 0x4800);
	assert_string_equal(log_text(),
			    "Could not allocate 0x0000000000000800 bytes of mirrored memory\n");
	assert_true(memblock_find_in_range(0, START + SIZE, 0x800, C) == START + 0x4000);

	/* A node without mirrored memory: mirrored memory of another goes before. */
	three_pieces();
	memblock_set_node(START, SIZE, &memblock.memory, 1);
	memblock_set_node(START + 0x4000, 0x1000, &memblock.memory, 2);
	memblock_mark_mirror(START + 0x2000, 0x1000);
	assert_true(memblock_phys_alloc_try_nid(C, C, 2) == START + 0x3000 - C);
	assert_int_equal(OFFSET(memblock_alloc_exact_nid_raw(C, C, 0, 0, 2)), 0x5000 - C);
}

static void test_short_forms(void **state)
{
	three_pieces();
	memblock_set_current_limit(START + 0x2800);
	assert_int_equal(OFFSET(memblock_alloc(C, C)), 0x2800 - C);
	assert_int_equal(OFFSET(memblock_alloc_low(C, C)), 0x2800 - 2 * C);
	assert_int_equal(OFFSET(memblock_alloc_raw(C, C)), 0x2800 - 3 * C);
	assert_int_equal(OFFSET(memblock_alloc_node(C, C, 5)), 0x2800 - 4 * C);
	assert_true(memblock_phys_alloc(C, C) == START + 0x2800 - 5 * C);
	assert_true(memblock_phys_alloc_try_nid(C, C, ANY) == START + 0x2800 - 6 * C);

	/* A limit of one's own goes beyond for physical addresses only. */
	assert_true(memblock_phys_alloc_range(C, C, 0, MEMBLOCK_ALLOC_ANYWHERE) ==
		    START + 0x5000 - C);
	assert_int_equal(OFFSET(memblock_alloc_try_nid(C, C, 0, MEMBLOCK_ALLOC_ANYWHERE, ANY)),
			 0x2800 - 7 * C);
	assert_true(memblock_phys_alloc_range(C, C, 0, MEMBLOCK_ALLOC_NOLEAKTRACE) ==
		    START + 0x2800 - 8 * C);

	/* What was allocated last is what is given back first. */
	memblock_free(__va(START + 0x2800 - 8 * C), C);
	assert_int_equal(OFFSET(memblock_alloc(C, C)), 0x2800 - 8 * C);
}

/* The first page is nobody's. */
static void test_first_page(void **state)
{
	memblock_reset();
	memblock_add(0, 0x2000);
	memblock_set_bottom_up(true);
	assert_true(memblock_phys_alloc_range(16, 16, 0, 0x2000) == 0x1000);
	memblock_set_bottom_up(false);
	assert_true(memblock_phys_alloc_range(0xff0, 16, 0, 0x2000) == 0x1010);
	assert_true(memblock_phys_alloc_range(16, 16, 0, 0x2000) == 0);
}

/* Memory up to the last byte that can be addressed. */
static void test_end_of_addresses(void **state)
{
	memblock_reset();
	memblock_add(PHYS_ADDR_MAX - 0x100, 0x200);
	assert_true(memblock_phys_alloc_range(0x40, 0x40, 0, MEMBLOCK_ALLOC_ANYWHERE) ==
		    PHYS_ADDR_MAX - 0x7f);
	memblock_set_bottom_up(true);
	assert_true(memblock_phys_alloc_range(0x10, 0x1000, 0, MEMBLOCK_ALLOC_ANYWHERE) == 0);
	assert_true(memblock_phys_alloc_range(0x10, 0x10, 0, MEMBLOCK_ALLOC_ANYWHERE) ==
		    PHYS_ADDR_MAX - 0xff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_node),
		cmocka_unit_test(test_small_gaps),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_mirror),
		cmocka_unit_test(test_short_forms),
		cmocka_unit_test(test_first_page),
		cmocka_unit_test(test_end_of_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
