// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/of/fdt.c and of_reserved_mem.c: what becomes of the memory that a device tree
 * describes, and of what it reserves. Broken trees are test_fdt_broken.c's.
 */
#include <lib/kernel.h>
#include <mm/balance.h>
#include <of/fdt.h>

#include <host.h>

#include <fdt_builder.h>
#include <fdt_by_dtc.h>
#include <memblock_stand_ins.h>

#define M	0x100000ULL
#define NO_NODE	MEMBLOCK_MAX_NUMNODES

/* A region as it is to be; the list ends with size 0. */
struct region {
	phys_addr_t base, size;
	int flags, nid;
};

static void check_regions(const struct memblock_type *type, const struct region *expected)
{
	unsigned long i;

	for (i = 0; expected[i].size; i++) {
		const struct memblock_region *rgn = &type->regions[i];

		assert_true(i < type->cnt);
		assert_true(rgn->base == expected[i].base && rgn->size == expected[i].size);
		assert_int_equal(rgn->flags, expected[i].flags);
		assert_int_equal(rgn->nid, expected[i].nid);
	}
	assert_int_equal(type->cnt, max(i, 1UL));
	assert_true(i || !type->regions[0].size);
}

#define CHECK(type, ...) \
	check_regions(&memblock.type, (const struct region[]){ __VA_ARGS__, { 0, 0, 0, 0 } })
#define CHECK_EMPTY(type) check_regions(&memblock.type, (const struct region[]){ { 0, 0, 0, 0 } })

/* Whose the reservations are: a line for each. */
static char owners[1024];

void balance_own(const char *owner, struct phys_range range)
{
	size_t len = strlen(owners);

	snprintf(owners + len, sizeof(owners) - len, "%s %llx %llx\n", owner, range.start,
		 phys_range_size(range));
}

static int setup(void **state)
{
	owners[0] = '\0';
	memblock_reset();
	log_clear();
	return 0;
}

/* Reads a tree that must be a good one; the result is the number of ranges of memory. */
static int scan(struct tree *t)
{
	int ranges;

	assert_true(early_init_dt_verify(t->blob, t->size));
	ranges = early_init_dt_scan_memory();
	early_init_fdt_scan_reserved_mem();
	free(t->blob);
	return ranges;
}

/*
 * Memory nodes, one of them beyond what PAE reaches; a no-map range that splits a node's memory,
 * one that is no memory and so is listed nowhere, and what is simply reserved.
 */
static void test_by_dtc(void **state)
{
	assert_true(early_init_dt_verify(fdt_by_dtc, sizeof(fdt_by_dtc)));
	assert_int_equal(early_init_dt_scan_memory(), 4);
	early_init_fdt_scan_reserved_mem();
	CHECK(memory,
	      { 0x0aa00000, 0x00600000, 0, 0 },
	      { 0x0b000000, 0x00100000, MEMBLOCK_NOMAP, 0 },
	      { 0x0b100000, 0x0b400000, 0, 0 },
	      { 0x20000000, 0x40000000, 0, 0 },
	      { 0xaa00cc0000, 0x0bb00000, MEMBLOCK_HOTPLUG, 10 },
	      { 0xbb00dd0000, 0x0bb00000, MEMBLOCK_HOTPLUG, 11 });
	CHECK(reserved, { 0x0cc00000, 0x00bb0000, 0, NO_NODE },
	      { 0x40000000, 0x01000000, 0, NO_NODE });
	assert_string_equal(log_text(), "memdawn: fdt: 'reserved_mem@2' is no-map and no memory: "
			    "0x0000000090000000, size 0x100000, is listed nowhere\n");
}

static void test_small_cells(void **state)
{
	struct tree t;

	tree_begin(&t, 1, 1);
	tree_nop(&t);
	tree_node(&t, "memory@0");
	tree_nop(&t);
	tree_string(&t, "device_type", "memory");
	CELLS(&t, "reg", 0x1000, 0x9f000, 0x100000, 0x7f00000);
	tree_node(&t, "within");
	CELLS(&t, "reg", 0x90000000, 0x1000);
	tree_end_node(&t);
	tree_nop(&t);
	tree_end_node(&t);
	tree_node(&t, "memory@1");		/* a name alone makes no memory */
	CELLS(&t, "reg", 0x10000000, 0x100000);
	tree_end_node(&t);
	tree_end(&t);
	assert_int_equal(scan(&t), 2);
	CHECK(memory, { 0x1000, 0x9f000, 0, NO_NODE }, { M, 127 * M, 0, NO_NODE });
	CHECK_EMPTY(reserved);
	assert_string_equal(log_text(), "");
}

/* No root properties: one u32 each. No reg, half a range, pages cut off, node ids, status. */
static void test_memory_nodes(void **state)
{
	static const struct {
		const char *name, *status, *reg;
		u32 reg_cells[5];
		int nr_cells;
		u32 nid;
		bool hotpluggable;
	} nodes[] = {
		{ "a", NULL, "reg", { 0x1001, 0x3000 }, 2, 0, false },
		{ "b", "okay", "reg", { 0x10000, 0x1fff, 0x20000 }, 3, 63, true },
		{ "c", "ok", "reg", { 0x40800, 0x800, 0x41800, 0x800 }, 4, 1, false },
		{ "d", "disabled", "reg", { 0x50000, 0x10000 }, 2, 1, false },
		{ "e", NULL, "linux,usable-memory", { 0x60000, 0x10000 }, 2, 64, false },
		{ "f", NULL, "none", { 0x70000, 0x10000 }, 2, 0, false },
		{ "g", NULL, "reg", { 0x80000, 0 }, 2, 0, false },
		{ "h", NULL, "reg", { 0xfffff000, 0xffffffff }, 2, 0xffffffff, false },
	};
	struct tree t;

	memset(&t, 0, sizeof(t));
	tree_node(&t, "");
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		tree_node(&t, nodes[i].name);
		tree_string(&t, "device_type", "memory");
		tree_cells(&t, nodes[i].reg, nodes[i].nr_cells, nodes[i].reg_cells);
		CELLS(&t, "numa-node-id", nodes[i].nid);
		if (nodes[i].status)
			tree_string(&t, "status", nodes[i].status);
		if (nodes[i].hotpluggable)
			tree_flag(&t, "hotpluggable");
		tree_end_node(&t);
	}
	tree_end(&t);
	assert_int_equal(scan(&t), 4);
	CHECK(memory, { 0x2000, 0x2000, 0, 0 }, { 0x10000, 0x1000, MEMBLOCK_HOTPLUG, 63 },
	      { 0x60000, 0x10000, 0, NO_NODE }, { 0xfffff000, 0xffffffff - 0xfff, 0, NO_NODE });
	assert_string_equal(log_text(),
		"memdawn: fdt: 'b' has a reg with half a range at its end\n"
		"OF: fdt: Ignoring memory block 0x40800 - 0x41000\n"
		"OF: fdt: Ignoring memory block 0x41800 - 0x42000\n"
		"memdawn: fdt: 'f' has no reg\n"
		"OF: NUMA: Node id 4294967295 exceeds maximum value\n");
}

/* Starts a tree with 64 MiB of memory from 1 MiB and an open /reserved-memory. */
static void begin_reserved(struct tree *t)
{
	tree_begin(t, 2, 1);
	tree_node(t, "memory");
	tree_string(t, "device_type", "memory");
	CELLS(t, "reg", 0, M, 64 * M);
	tree_end_node(t);
	tree_node(t, "reserved-memory");
	CELLS(t, "#address-cells", 2);
	CELLS(t, "#size-cells", 1);
	tree_flag(t, "ranges");
}

static void test_reserved_memory(void **state)
{
	struct tree t;

	begin_reserved(&t);
	tree_node(&t, "one");
	CELLS(&t, "reg", 0, 2 * M, 0x1000, 0, 3 * M, 0x1800);
	tree_end_node(&t);
	tree_node(&t, "two");
	CELLS(&t, "reg", 0, 4 * M, M, 1, 0, M);
	tree_flag(&t, "no-map");
	tree_end_node(&t);
	tree_node(&t, "off");
	tree_string(&t, "status", "disabled");
	CELLS(&t, "reg", 0, 6 * M, M);
	tree_end_node(&t);
	tree_node(&t, "busy");			/* reserved already: it can't become NOMAP */
	CELLS(&t, "reg", 0, 2 * M, M);
	tree_flag(&t, "no-map");
	tree_end_node(&t);
	tree_node(&t, "crooked");
	CELLS(&t, "reg", 0, 2 * M);
	tree_end_node(&t);
	tree_node(&t, "over the end");		/* of memory: the part that is memory counts */
	CELLS(&t, "reg", 0, 64 * M, 16 * M);
	tree_flag(&t, "no-map");
	tree_end_node(&t);
	tree_node(&t, "none");
	tree_flag(&t, "no-map");
	tree_end_node(&t);
	tree_end_node(&t);
	tree_reserve(&t, 4 * M, 0x1000);
	tree_reserve(&t, 0x123456789000, 1);
	tree_end(&t);
	assert_int_equal(scan(&t), 1);
	CHECK(memory, { M, 3 * M, 0, NO_NODE }, { 4 * M, M, MEMBLOCK_NOMAP, NO_NODE },
	      { 5 * M, 59 * M, 0, NO_NODE }, { 64 * M, M, MEMBLOCK_NOMAP, NO_NODE });
	CHECK(reserved, { 2 * M, 0x1000, 0, NO_NODE }, { 3 * M, 0x1800, 0, NO_NODE },
	      { 4 * M, 0x1000, 0, NO_NODE }, { 0x123456789000, 1, 0, NO_NODE });
	assert_string_equal(log_text(),
		"memdawn: fdt: 'two' is no-map and no memory: 0x0000000100000000, size 0x100000, "
		"is listed nowhere\n"
		"OF: reserved mem: OVERLAP DETECTED!\n"
		"one (0x0000000000200000--0x0000000000201000) overlaps with busy "
		"(0x0000000000200000--0x0000000000300000)\n"
		"OF: fdt: Reserved memory: failed to reserve memory for node 'busy': base "
		"0x0000000000200000, size 1 MiB\n"
		"OF: fdt: Reserved memory: invalid reg property in 'crooked', skipping node.\n"
		"memdawn: fdt: 'none' has neither reg nor size: left out\n");
	assert_string_equal(owners,
		"one 200000 1000\none 300000 1800\ntwo 400000 100000\ntwo 100000000 100000\n"
		"over the end 4000000 1000000\n/memreserve/ 400000 1000\n"
		"/memreserve/ 123456789000 1\n");
}

/* Nodes that only say how much are placed when all others have their place. */
static void test_reserved_by_size(void **state)
{
	struct tree t;

	begin_reserved(&t);
	tree_node(&t, "anywhere");
	CELLS(&t, "size", M);
	CELLS(&t, "alignment", 0, 4 * M);
	tree_end_node(&t);
	tree_node(&t, "low");
	CELLS(&t, "size", 0x1000);
	CELLS(&t, "alloc-ranges", 0, 0, 0x1000, 0, M, M);
	tree_flag(&t, "no-map");
	tree_end_node(&t);
	tree_node(&t, "too much");
	CELLS(&t, "size", 128 * M);
	tree_end_node(&t);
	tree_node(&t, "odd");
	CELLS(&t, "size", 128);
	CELLS(&t, "alignment", 0, 3);
	tree_end_node(&t);
	tree_node(&t, "crooked");
	CELLS(&t, "size", 0, 128);
	tree_end_node(&t);
	tree_node(&t, "half a range");
	CELLS(&t, "size", 0x1000);
	CELLS(&t, "alloc-ranges", 0, M, M, 0);
	tree_end_node(&t);
	tree_node(&t, "fixed");
	CELLS(&t, "reg", 0, 64 * M, M);
	tree_end_node(&t);
	tree_end_node(&t);
	tree_end(&t);
	scan(&t);
	CHECK(memory, { M, M - 0x1000, 0, NO_NODE },
	      { 2 * M - 0x1000, 0x1000, MEMBLOCK_NOMAP, NO_NODE }, { 2 * M, 63 * M, 0, NO_NODE });
	CHECK(reserved, { 2 * M - 0x1000, 0x1000, 0, NO_NODE }, { 60 * M, M, 0, NO_NODE },
	      { 64 * M, M, 0, NO_NODE });
	assert_string_equal(log_text(),
		"OF: reserved mem: failed to allocate memory for node 'too much'\n"
		"memdawn: fdt: 'odd' wants 0x80 bytes aligned to 0x3: left out\n"
		"OF: reserved mem: invalid size or alignment property in 'crooked' node.\n"
		"OF: reserved mem: invalid alloc-ranges property in 'half a range', skipping node.\n"
		"OF: reserved mem: failed to allocate memory for node 'half a range'\n");
	assert_string_equal(owners, "fixed 4000000 100000\nanywhere 3c00000 100000\n"
				    "low 1ff000 1000\n");
}

/* Zones of page frames [start, end), none of them touching another's. */
static void make_zone(int nr, unsigned long start, unsigned long end)
{
	struct zone *zone = &contig_page_data.node_zones[nr];

	zone->zone_start_pfn = start;
	zone->spanned_pages = end - start;
	for (; start < end; start++)
		mem_map[start].flags = (unsigned long)nr << ZONES_PGSHIFT;
}

/*
 * A real board with 1.5 GiB from 0x10000000, its reserved ranges at the end of the boot and its
 * zones' numbers of pages, as its kernel (4.x) had them: from the device tree to the zones.
 */
static const struct {
	phys_addr_t base, size;
} board_reserved[] = {
	{ 0x10004000, 0x4000 },	    { 0x10100000, 0x102a348 },	{ 0x18000000, 0x17456 },
	{ 0x3f30d000, 0xd2000 },    { 0x3f3e1918, 0xc1a6e8 },	{ 0x3fffc880, 0x3c },
	{ 0x3fffc8c0, 0x3c },	    { 0x3fffc900, 0x78 },	{ 0x3fffc980, 0x4 },
	{ 0x3fffc9c0, 0x4 },	    { 0x3fffca00, 0x4 },	{ 0x3fffca40, 0x4 },
	{ 0x3fffca80, 0x20 },	    { 0x3fffcac0, 0x20 },	{ 0x3fffcb00, 0x20 },
	{ 0x3fffcb28, 0x1b },	    { 0x3fffcb44, 0x1b },	{ 0x3fffcb60, 0x7b },
	{ 0x3fffcbdc, 0x1b },	    { 0x3fffcbf8, 0x1b },	{ 0x3fffcc14, 0x1b },
	{ 0x3fffcc30, 0x1b },	    { 0x3fffcc4c, 0x1b },	{ 0x3fffcc68, 0x1b },
	{ 0x3fffcc84, 0x1b },	    { 0x3fffcca0, 0xa9 },	{ 0x3fffcd4c, 0x19 },
	{ 0x3fffcd68, 0x19 },	    { 0x3fffcd84, 0x19 },	{ 0x3fffcda0, 0x1d },
	{ 0x3fffcdc0, 0x3d },	    { 0x3fffce00, 0x25 },	{ 0x3fffce28, 0x24 },
	{ 0x3fffce58, 0x31a8 },	    { 0x5c000000, 0x14000000 },
};

static void test_board(void **state)
{
	const struct zone *normal = &contig_page_data.node_zones[ZONE_NORMAL];
	const struct zone *high = &contig_page_data.node_zones[ZONE_HIGHMEM];

	struct tree t;

	tree_begin(&t, 1, 1);
	tree_node(&t, "memory");
	tree_string(&t, "device_type", "memory");
	CELLS(&t, "reg", 0x10000000, 0x60000000);
	tree_end_node(&t);
	tree_node(&t, "reserved-memory");
	CELLS(&t, "#address-cells", 1);
	CELLS(&t, "#size-cells", 1);
	tree_flag(&t, "ranges");
	tree_node(&t, "linux,cma");
	CELLS(&t, "reg", 0x5c000000, 0x14000000);
	tree_end_node(&t);
	tree_end_node(&t);
	tree_reserve(&t, 0x18000000, 0x17456);
	tree_end(&t);

	/* What the board's kernel and its allocations have reserved; the tree has the rest. */
	for (size_t i = 0; i < ARRAY_SIZE(board_reserved); i++)
		if (board_reserved[i].base != 0x18000000 && board_reserved[i].base != 0x5c000000)
			memblock_reserve(board_reserved[i].base, board_reserved[i].size);
	assert_int_equal(scan(&t), 1);
	CHECK(memory, { 0x10000000, 0x60000000, 0, NO_NODE });
	assert_int_equal(memblock.reserved.cnt, ARRAY_SIZE(board_reserved));
	for (size_t i = 0; i < ARRAY_SIZE(board_reserved); i++) {
		assert_true(memblock.reserved.regions[i].base == board_reserved[i].base);
		assert_true(memblock.reserved.regions[i].size == board_reserved[i].size);
	}

	host_pages(0x70000);
	make_zone(ZONE_NORMAL, 0x10000, 0x40000);
	make_zone(ZONE_HIGHMEM, 0x40000, 0x70000);
	max_low_pfn = 0x40000;

	/* That kernel hands over low memory first. */
	memblock_free_all();
	assert_int_equal(memblock_free_highpages(NUMA_NO_NODE, 0x40000, 0x70000), 0x1c000);
	assert_int_equal(normal->spanned_pages, 0x30000);
	assert_int_equal(zone_managed_pages(normal), 0x2e2c8);
	assert_int_equal(high->spanned_pages, 0x30000);
	assert_int_equal(zone_managed_pages(high), 0x1c000);
	assert_int_equal(totalram_pages, 0x2e2c8 + 0x1c000);
	assert_int_equal(host_freed_pages, 0x2e2c8 + 0x1c000);
}

/* Cells that differ from the root's, or no ranges: as Linux, none of it is believed. */
static void test_reserved_other_cells(void **state)
{
	struct tree t;

	tree_begin(&t, 1, 1);
	tree_node(&t, "reserved-memory");
	CELLS(&t, "#address-cells", 2);
	CELLS(&t, "#size-cells", 1);
	tree_flag(&t, "ranges");
	tree_node(&t, "a");
	CELLS(&t, "reg", 0x1000, 0x1000);
	tree_end_node(&t);
	tree_end_node(&t);
	tree_end(&t);
	scan(&t);
	CHECK_EMPTY(reserved);
	assert_true(log_has("OF: fdt: Reserved memory: unsupported node format, ignoring"));
}

/* Memory described twice, and nodes that reserve the same: told, and the boot goes on. */
static void test_overlaps(void **state)
{
	struct tree t;

	tree_begin(&t, 1, 1);
	tree_node(&t, "memory@1");
	tree_string(&t, "device_type", "memory");
	CELLS(&t, "reg", M, 4 * M);
	CELLS(&t, "numa-node-id", 1);
	tree_end_node(&t);
	tree_node(&t, "memory@2");
	tree_string(&t, "device_type", "memory");
	CELLS(&t, "reg", 4 * M, 4 * M);
	CELLS(&t, "numa-node-id", 2);
	tree_flag(&t, "hotpluggable");
	tree_end_node(&t);
	tree_node(&t, "reserved-memory");
	CELLS(&t, "#address-cells", 1);
	CELLS(&t, "#size-cells", 1);
	tree_flag(&t, "ranges");
	tree_node(&t, "upper");
	CELLS(&t, "reg", 3 * M, M);
	tree_end_node(&t);
	tree_node(&t, "lower");
	CELLS(&t, "reg", 2 * M, M + 1);
	tree_end_node(&t);
	tree_node(&t, "beside");
	CELLS(&t, "reg", 4 * M, M);
	tree_end_node(&t);
	tree_end_node(&t);
	tree_end(&t);
	assert_int_equal(scan(&t), 2);
	CHECK(memory, { M, 3 * M, 0, 1 }, { 4 * M, 4 * M, MEMBLOCK_HOTPLUG, 2 });
	CHECK(reserved, { 2 * M, 3 * M, 0, NO_NODE });
	assert_string_equal(log_text(),
		"memdawn: fdt: 'memory@2': 0x0000000000400000, size 0x400000, is described twice, the "
		"last node and flags count\n"
		"OF: reserved mem: OVERLAP DETECTED!\n"
		"lower (0x0000000000200000--0x0000000000300001) overlaps with upper "
		"(0x0000000000300000--0x0000000000400000)\n");
}

/* More nodes than are compared: all are reserved. */
static void test_many_reserved(void **state)
{
	struct tree t;

	begin_reserved(&t);
	for (int i = 0; i < 65; i++) {
		tree_node(&t, "r");
		CELLS(&t, "reg", 0, 2 * M + i * 0x2000, 0x1000);
		tree_end_node(&t);
	}
	tree_end_node(&t);
	tree_end(&t);
	scan(&t);
	assert_int_equal(memblock.reserved.cnt, 65);
	assert_string_equal(log_text(), "OF: reserved mem: not enough space for all defined regions.\n");
}

#define TEST(name)	cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_dtc),
		TEST(test_small_cells),
		TEST(test_memory_nodes),
		TEST(test_reserved_memory),
		TEST(test_reserved_by_size),
		TEST(test_board),
		TEST(test_reserved_other_cells),
		TEST(test_overlaps),
		TEST(test_many_reserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
