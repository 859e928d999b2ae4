// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page allocator's files with several nodes: zones of each node, where ZONE_MOVABLE begins on each,
 * the order in which nodes serve, and what an allocation does when a node is empty. What is expected
 * was worked out by hand, after the algorithms of 2.6.34's mm/page_alloc.c.
 */
#include <lib/kernel.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/free_area_init.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/mm_init.h>
#include <mm/node_map.h>
#include <mm/page_alloc_internal.h>

#include <host.h>

#define DMA_END		0x1000UL
#define NODE_PAGES	0x4000UL	/* 64 MiB, and a piece of physnode_map */
#define HOST_BYTES	(1UL << 20)

/* --- stand-ins -------------------------------------------------------------------------- */

char *host_memory;
pg_data_t *node_data[MAX_NUMNODES];
unsigned long node_online_map, max_low_pfn, max_pfn;
int boot_cpu_node, mminit_loglevel;
s8 physnode_map[MAX_ELEMENTS];
bool kmap_atomic_checks;
unsigned long first_absent_pfn = -1UL;

static unsigned long host_used;
static void *struct_pages[MAX_NUMNODES];

void *alloc_remap(int nid, unsigned long size)
{
	return struct_pages[nid] = calloc(1, size);
}

void *boot_alloc_node(int nid, unsigned long size, unsigned long align, unsigned long goal)
{
	void *mem = host_memory + host_used;

	host_used += round_up(size, 32UL);
	must(host_used <= HOST_BYTES);
	return memset(mem, 0, size);
}

void *boot_alloc_node_nopanic(int nid, unsigned long size, unsigned long align, unsigned long goal)
{
	abort();
}

unsigned long boot_free_pages(void)
{
	abort();
}

unsigned long boot_alloc_hotplug_pfn(void)
{
	return 0;
}

bool boot_alloc_print_zones(const unsigned long *zone_end_pfn)
{
	return false;
}

void balance_own(const char *owner, struct phys_range range)
{
}

void mminit_dprintk(enum mminit_level level, const char *prefix, const char *fmt, ...)
{
}

void mminit_verify_pageflags_layout(void)
{
}

void mminit_verify_zonelist(void)
{
}

int shared_pfn_to_nid(unsigned long pfn)
{
	abort();
}

void dump_stack(void)
{
}

void *kmap_atomic(struct page *page, enum km_type type)
{
	abort();
}

void kunmap_atomic(void *kvaddr, enum km_type type)
{
	abort();
}

bool in_absent_range(unsigned long pfn)
{
	return false;
}

/* --- a machine -------------------------------------------------------------------------- */

/* Page frames of a node. */
struct part {
	int nid;
	unsigned long start_pfn, end_pfn;
};

static pg_data_t pgdats[MAX_NUMNODES];

static void begin(unsigned long low_end)
{
	log_clear();
	memset(pgdats, 0, sizeof(pgdats));
	memset(physnode_map, NODE_NONE, sizeof(physnode_map));
	memset(zone_movable_pfn, 0, sizeof(zone_movable_pfn));
	memset(node_distances, 0, sizeof(node_distances));
	nr_nodemap_entries = 0;
	mem_map_first_pfn = mem_map_nr_pages = 0;
	node_online_map = 0;
	host_used = 0;
	max_low_pfn = low_end;
	max_pfn = 0;
	cmdline_parse_kernelcore("0");
	cmdline_parse_movablecore("0");
	setup_numa_zonelist_order("default");
}

static void add(struct part part)
{
	unsigned long pfn;

	node_online_map |= 1UL << part.nid;
	node_data[part.nid] = &pgdats[part.nid];
	add_active_range(part.nid, part.start_pfn, part.end_pfn);
	for (pfn = part.start_pfn; pfn < part.end_pfn; pfn += NODE_PAGES)
		physnode_map[pfn / PAGES_PER_ELEMENT] = part.nid;
	max_pfn = max(max_pfn, part.end_pfn);
}

static void make_zones(void)
{
	unsigned long max_zone_pfns[MAX_NR_ZONES] = { min(DMA_END, max_low_pfn), max_low_pfn, max_pfn };

	free_area_init_nodes(max_zone_pfns);
}

/* nodes of 64 MiB each, of which low_nodes are low memory. */
static void make_nodes(int nodes, int low_nodes)
{
	int nid;

	begin(low_nodes * NODE_PAGES);
	for (nid = 0; nid < nodes; nid++)
		add((struct part){ nid, max(1UL, nid * NODE_PAGES), (nid + 1) * NODE_PAGES });
}

static void end(void)
{
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		free(struct_pages[nid]);
		struct_pages[nid] = NULL;
	}
}

/* A zonelist as text: "1H 0H 0N 0D". */
static const char *list_text(int nid, int list)
{
	const struct zoneref *ref = node_data[nid]->node_zonelists[list]._zonerefs;
	static char text[MAX_ZONES_PER_ZONELIST * 3 + 1];
	char *at = text;

	for (*at = '\0'; ref->zone; ref++)
		at += snprintf(at, text + sizeof(text) - at, "%s%d%c", at == text ? "" : " ",
			       ref->zone->zone_pgdat->node_id, "DNHM"[ref->zone_idx]);
	return text;
}

#define list_is(nid, text)	assert_string_equal(list_text(nid, 0), text)

/* --- early_node_map --------------------------------------------------------------------- */

/* The table as text: "nid start end;". */
static const char *map_text(void)
{
	static char text[400];
	char *at = text;
	int i;

	for (i = 0, *at = '\0'; i < nr_nodemap_entries; i++)
		at += snprintf(at, text + sizeof(text) - at, "%d %lx %lx;", early_node_map[i].nid,
			       early_node_map[i].start_pfn, early_node_map[i].end_pfn);
	return text;
}

static void test_remove(void **state)
{
	begin(0x100);
	add_active_range(0, 0, 0x100);
	add_active_range(1, 0x100, 0x200);
	remove_active_range(1, 0x180, 0x1c0);	/* within: two are left */
	assert_string_equal(map_text(), "0 0 100;1 100 180;1 1c0 200;");
	remove_active_range(1, 0x1f0, 0x200);	/* the end */
	remove_active_range(1, 0x1c0, 0x1d0);	/* the beginning */
	assert_string_equal(map_text(), "0 0 100;1 100 180;1 1d0 1f0;");
	remove_active_range(1, 0x40, 0x80);	/* another node's */
	assert_string_equal(map_text(), "0 0 100;1 100 180;1 1d0 1f0;");
	remove_active_range(1, 0x170, 0x1e0);	/* over a hole */
	assert_string_equal(map_text(), "0 0 100;1 100 170;1 1e0 1f0;");
	remove_active_range(1, 0x100, 0x200);	/* all of a node */
	assert_string_equal(map_text(), "0 0 100;");
	assert_true(log_has("remove_active_range (1, 384, 448)\n"));
}

/* --- zones ------------------------------------------------------------------------------ */

static void test_zones(void **state)
{
	const struct zone *zone;

	make_nodes(3, 1);
	make_zones();
	zone = &pgdats[0].node_zones[ZONE_NORMAL];
	assert_int_equal(zone->zone_start_pfn, DMA_END);
	assert_int_equal(zone->spanned_pages, NODE_PAGES - DMA_END);
	assert_int_equal(pgdats[0].node_zones[ZONE_HIGHMEM].spanned_pages, 0);
	for (int nid = 1; nid < 3; nid++) {
		zone = &pgdats[nid].node_zones[ZONE_HIGHMEM];
		assert_int_equal(zone->zone_start_pfn, nid * NODE_PAGES);
		assert_int_equal(zone->spanned_pages, NODE_PAGES);
		assert_int_equal(zone->present_pages, NODE_PAGES - NODE_PAGES * 32 / 4096);
		assert_int_equal(pgdats[nid].node_zones[ZONE_NORMAL].spanned_pages, 0);
	}
	for (unsigned long pfn = 1; pfn < 3 * NODE_PAGES; pfn++) {
		const struct page *page = pfn_to_page(pfn);

		must(page_to_nid(page) == (int)(pfn / NODE_PAGES) && page_to_pfn(page) == pfn);
		must(PageReserved(page) && !bad_range(page_zone(page), page));
	}
	assert_true(pfn_valid(1) && pfn_valid(3 * NODE_PAGES - 1));
	assert_false(pfn_valid(3 * NODE_PAGES) || pfn_valid(0));
	end();
}

/* A node that lies in another one: each has struct pages for its own whole span. */
static void test_enclosed(void **state)
{
	begin(NODE_PAGES);
	add((struct part){ 0, 1, NODE_PAGES });
	add((struct part){ 1, NODE_PAGES, 2 * NODE_PAGES });
	add((struct part){ 0, 2 * NODE_PAGES, 3 * NODE_PAGES });
	make_zones();
	assert_int_equal(pgdats[0].node_spanned_pages, 3 * NODE_PAGES - 1);
	assert_int_equal(pgdats[0].node_present_pages, 2 * NODE_PAGES - 1);
	assert_int_equal(pgdats[1].node_present_pages, NODE_PAGES);
	assert_int_equal(page_to_nid(pfn_to_page(NODE_PAGES)), 1);
	assert_int_equal(page_to_nid(zone_page(&pgdats[0].node_zones[ZONE_HIGHMEM], NODE_PAGES)), 0);
	assert_true(PageReserved(zone_page(&pgdats[0].node_zones[ZONE_HIGHMEM], NODE_PAGES)));
	/* Blocks on either side of it are not joined through it. */
	__free_pages_bootmem(pfn_to_page(NODE_PAGES - 1), 0);
	__free_pages_bootmem(pfn_to_page(NODE_PAGES), 0);
	__free_pages_bootmem(pfn_to_page(2 * NODE_PAGES), 0);
	assert_int_equal(pgdats[0].node_zones[ZONE_NORMAL].free_area[0].nr_free, 1);
	assert_int_equal(pgdats[0].node_zones[ZONE_HIGHMEM].free_area[0].nr_free, 1);
	assert_int_equal(pgdats[1].node_zones[ZONE_HIGHMEM].free_area[0].nr_free, 1);
	end();
}

/* --- ZONE_MOVABLE ----------------------------------------------------------------------- */

static void check_movable(unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	const unsigned long expected[] = { a, b, c, d };

	make_zones();
	for (int nid = 0; nid < 4; nid++)
		assert_int_equal(zone_movable_pfn[nid], expected[nid]);
	end();
}

/*
 * 96 MiB are 6000 pages, 1800 a node. Node 0 gives all that it has, 3fff, as it is low memory; the
 * other three give 1800, 200 and 200 (a quarter of what is still missing), and in the second turn
 * 155 each, a third of 401. The rest, 2, is not worth another turn.
 */
static void test_kernelcore(void **state)
{
	make_nodes(4, 1);
	cmdline_parse_kernelcore("96M");
	check_movable(0x4000, 0x5c00, 0x8400, 0xc400);
	assert_true(log_has("  Node 1: 23552\n"));
}

/*
 * All but 64 MiB: bfff pages, 2fff a node. Node 0 gives 3fff, nodes 1 and 2 give 2fff, node 3 a quarter of
 * the 2002 that are missing; then 800 each, a third of 1802.
 */
static void test_movablecore(void **state)
{
	make_nodes(4, 1);
	cmdline_parse_movablecore("64M");
	check_movable(0x4000, 0x7800, 0xb800, 0xd000);
}

/* More than there is: all is the kernel's. */
static void test_all_kernelcore(void **state)
{
	make_nodes(4, 1);
	cmdline_parse_kernelcore("1G");
	check_movable(0x4000, 0x8000, 0xc000, 0x10000);
	assert_int_equal(pgdats[3].node_zones[ZONE_MOVABLE].spanned_pages, 0);
}

/* --- zonelists -------------------------------------------------------------------------- */

static void build(int nodes, int low_nodes, char *order)
{
	make_nodes(nodes, low_nodes);
	make_zones();
	setup_numa_zonelist_order(order);
	build_all_zonelists();
}

static void test_zone_order(void **state)
{
	build(4, 1, "zone");
	list_is(0, "1H 2H 3H 0N 0D");
	list_is(1, "1H 2H 3H 0N 0D");
	list_is(2, "2H 3H 1H 0N 0D");
	list_is(3, "3H 1H 2H 0N 0D");
	assert_string_equal(list_text(0, 1), "0N 0D");
	assert_string_equal(list_text(3, 1), "3H");
	assert_true(log_has("Built 4 zonelists in Zone order, mobility grouping on."));
	assert_true(log_has("Policy zone: HighMem\n"));
	end();
}

/* Who is next to one node is loaded for the others: none falls back to node 0 alone. */
static void test_node_order(void **state)
{
	build(4, 4, "Node");
	list_is(0, "0N 0D 1N 2N 3N");
	list_is(1, "1N 2N 3N 0N 0D");
	list_is(2, "2N 3N 0N 0D 1N");
	list_is(3, "3N 0N 0D 1N 2N");
	assert_true(log_has("Built 4 zonelists in Node order, mobility grouping on."));
	assert_true(log_has("Policy zone: Normal\n"));
	end();
}

/* The firmware says: 0 and 3 are near to each other, and 1 and 2. */
static void test_distances(void **state)
{
	make_nodes(4, 4);
	for (int from = 0; from < 4; from++)
		for (int to = 0; to < 4; to++)
			node_distances[from][to] = from == to ? 10 : from + to == 3 ? 15 : 30;
	make_zones();
	setup_numa_zonelist_order("n");
	build_all_zonelists();
	list_is(0, "0N 0D 3N 1N 2N");
	list_is(1, "1N 2N 3N 0N 0D");
	list_is(2, "2N 1N 3N 0N 0D");
	assert_int_equal(node_distance(1, 2), 15);
	assert_int_equal(node_distance(1, 1), 10);
	end();
}

/* Zone order spares ZONE_DMA; where there is hardly anything else, or none of it, it can't. */
static void test_default_order(void **state)
{
	build(2, 1, "default");
	assert_true(log_has("in Zone order"));
	end();

	begin(0x1800);
	add((struct part){ 0, 1, 0xc00 });
	add((struct part){ 1, 0xc00, 0x1800 });
	make_zones();
	build_all_zonelists();
	assert_true(log_has("in Node order"));
	end();

	begin(0x8000);
	add((struct part){ 0, NODE_PAGES, 2 * NODE_PAGES });
	make_zones();
	build_all_zonelists();
	assert_true(log_has("Built 1 zonelists in Node order"));
	end();
}

static void test_words(void **state)
{
	log_clear();
	assert_int_equal(setup_numa_zonelist_order(NULL), 0);
	assert_int_equal(setup_numa_zonelist_order("Zone"), 0);
	assert_int_equal(setup_numa_zonelist_order("x"), -1);
	assert_true(log_has("Ignoring invalid numa_zonelist_order value:  x\n"));
}

/* A node that has CPUs only: it has a list, and is in none. */
static void test_node_without_memory(void **state)
{
	make_nodes(2, 1);
	node_online_map |= 1UL << 2;
	node_data[2] = &pgdats[2];
	make_zones();
	assert_true(log_has("Could not find start_pfn for node 2\n"));
	setup_numa_zonelist_order("zone");
	build_all_zonelists();
	list_is(0, "1H 0N 0D");
	list_is(2, "1H 0N 0D");
	assert_string_equal(list_text(2, 1), "");
	assert_true(log_has("Built 3 zonelists"));
	end();
}

/* --- allocation ------------------------------------------------------------------------- */

static int allocate(int nid, gfp_t gfp)
{
	struct page *page = alloc_pages_node(nid, gfp | __GFP_NOWARN, 0);

	return page ? page_to_nid(page) : -1;
}

/* What a node's ZONE_NORMAL has counted. */
static void check_counters(int nid, unsigned long hit, unsigned long miss, unsigned long foreign,
			   unsigned long local, unsigned long other)
{
	const unsigned long *stat = pgdats[nid].node_zones[ZONE_NORMAL].vm_stat;

	assert_int_equal(stat[NUMA_HIT], hit);
	assert_int_equal(stat[NUMA_MISS], miss);
	assert_int_equal(stat[NUMA_FOREIGN], foreign);
	assert_int_equal(stat[NUMA_LOCAL], local);
	assert_int_equal(stat[NUMA_OTHER], other);
}

/* Three pages of node 1, one of each other node; its own first, and then whoever is next. */
static void test_fall_back(void **state)
{
	build(4, 4, "zone");
	for (int nid = 0; nid < 4; nid++)
		for (int i = 0; i < (nid == 1 ? 3 : 1); i++)
			__free_pages_bootmem(pfn_to_page(nid * NODE_PAGES + 0x2000 + 2 * i), 0);
	boot_cpu_node = 1;
	assert_int_equal(page_to_nid(alloc_pages(GFP_KERNEL, 0)), 1);
	boot_cpu_node = 0;
	assert_int_equal(allocate(1, GFP_KERNEL | __GFP_THISNODE), 1);
	assert_int_equal(allocate(1, GFP_KERNEL), 1);
	assert_int_equal(allocate(1, GFP_KERNEL | __GFP_THISNODE), -1);
	assert_int_equal(allocate(1, GFP_KERNEL), 2);
	assert_int_equal(allocate(1, GFP_KERNEL), 3);
	assert_int_equal(allocate(1, GFP_KERNEL), 0);
	assert_int_equal(allocate(1, GFP_KERNEL), -1);
	/* Three hits and three misses; one was asked for by a CPU on node 1, the others from node 0. */
	check_counters(1, 3, 0, 3, 1, 2);
	check_counters(2, 0, 1, 0, 0, 1);
	check_counters(0, 0, 1, 0, 1, 0);
	end();
}

/* In node order node 1's HighMem stands after node 0's DMA: it serves nobody who can't use it. */
static void test_no_high_memory(void **state)
{
	build(2, 1, "node");
	list_is(0, "0N 0D 1H");
	__free_pages_bootmem(pfn_to_page(NODE_PAGES), 0);
	assert_int_equal(allocate(0, GFP_KERNEL), -1);
	assert_int_equal(allocate(0, GFP_HIGHUSER), 1);
	end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_enclosed),
		cmocka_unit_test(test_kernelcore),
		cmocka_unit_test(test_movablecore),
		cmocka_unit_test(test_all_kernelcore),
		cmocka_unit_test(test_zone_order),
		cmocka_unit_test(test_node_order),
		cmocka_unit_test(test_distances),
		cmocka_unit_test(test_default_order),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_node_without_memory),
		cmocka_unit_test(test_fall_back),
		cmocka_unit_test(test_no_high_memory),
	};

	host_memory = calloc(1, HOST_BYTES);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
