// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/boot/bootmem.c with several nodes: a bitmap for each one that has low memory, who serves first,
 * and reservations where nodes lie next to each other, apart, or in each other.
 */
#include <kernel/early_res.h>
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/bootmem.h>
#include <mm/mm_init.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#include <host.h>

#include <early_res_again.h>

#define PAGES		0x4000UL	/* of low memory, 64 MiB */
#define PFN(addr)	(__pa(addr) >> PAGE_SHIFT)

/* --- stand-ins -------------------------------------------------------------------------- */

char *host_memory;
pg_data_t *node_data[MAX_NUMNODES];
unsigned long node_online_map, max_low_pfn, max_pfn, max_pfn_mapped;
int boot_cpu_node;
s8 physnode_map[MAX_ELEMENTS];

static pg_data_t pgdats[MAX_NUMNODES];
static struct page *pages;
static unsigned char freed[PAGES];
static unsigned long low_start[MAX_NUMNODES], low_end[MAX_NUMNODES];

void node_low_range(int nid, unsigned long *start_pfn, unsigned long *end_pfn)
{
	*start_pfn = low_start[nid];
	*end_pfn = min(low_end[nid], max_low_pfn);
}

/* All struct pages are in one array here. */
int shared_pfn_to_nid(unsigned long pfn)
{
	return 0;
}

void __free_pages_bootmem(struct page *page, unsigned int order)
{
	unsigned long pfn = page - pages;

	for (unsigned long i = pfn; i < pfn + (1UL << order); i++)
		must(!freed[i]++);
}

void mminit_dprintk(enum mminit_level level, const char *prefix, const char *fmt, ...)
{
}

void balance_own(const char *owner, struct phys_range range)
{
}

/* --- a machine -------------------------------------------------------------------------- */

static void begin(void)
{
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		if (bootmem_node_data[nid].list.next)
			list_del(&bootmem_node_data[nid].list);
	log_clear();
	early_res_again();
	memset(bootmem_node_data, 0, sizeof(bootmem_node_data));
	memset(pgdats, 0, sizeof(pgdats));
	memset(freed, 0, sizeof(freed));
	memset(physnode_map, NODE_SHARED, sizeof(physnode_map));
	node_online_map = 0;
	nr_nodemap_entries = 0;
	max_low_pfn = max_pfn = max_pfn_mapped = PAGES;
}

/* A node of this span; RAM is what add_active_range() says. */
static void node(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	node_online_map |= 1UL << nid;
	node_data[nid] = &pgdats[nid];
	pgdats[nid].node_mem_map = pages + start_pfn;
	pgdats[nid].node_start_pfn = start_pfn;
	pgdats[nid].node_id = nid;
	low_start[nid] = start_pfn;
	low_end[nid] = end_pfn;
}

static void start(void)
{
	static struct phys_range all;

	pgdats[0].node_mem_map = pages;		/* node 0's are all, for shared_pfn_to_nid() */
	pgdats[0].node_start_pfn = 0;
	all = phys_range(0, PFN_PHYS(PAGES));
	early_res_set_ram(&all, 1);
	bootmem_allocator.place_tables();
	bootmem_allocator.start();
}

static unsigned long alloc(int nid, unsigned long nr, unsigned long goal_pfn)
{
	void *mem = bootmem_allocator.alloc_node(nid, nr << PAGE_SHIFT, PAGE_SIZE, goal_pfn << PAGE_SHIFT,
						 NULL);

	return mem ? PFN(mem) : -1UL;
}

static bool used(int nid, unsigned long pfn)
{
	return test_bit(pfn - bootmem_node_data[nid].node_min_pfn, bootmem_node_data[nid].node_bootmem_map);
}

static bool has_bitmap(int nid)
{
	return bootmem_node_data[nid].node_bootmem_map;
}

/* --- the tests -------------------------------------------------------------------------- */

/* 32 MiB each; the second bitmap follows the first. */
static void test_bitmaps(void **state)
{
	begin();
	node(0, 0, PAGES / 2);
	node(1, PAGES / 2, PAGES);
	node(2, PAGES, 2 * PAGES);	/* high memory alone */
	add_active_range(0, 1, PAGES / 2);
	add_active_range(1, PAGES / 2, PAGES);
	add_active_range(2, PAGES, 2 * PAGES);
	reserve_early(0x1ffe000, 0x2002000, "ACROSS");
	start();
	assert_true(has_bitmap(0) && has_bitmap(1) && !has_bitmap(2));
	assert_true(log_has("  node 0 low ram: 00000000 - 02000000\n  node 0 bootmap 00000000 - 00000400\n"));
	assert_true(log_has("  node 1 low ram: 02000000 - 04000000\n  node 1 bootmap 00001000 - 00001400\n"));
	assert_true(used(0, 0x1ffe) && used(0, 0x1fff) && !used(0, 0x1ffd));
	assert_true(used(1, 0x2000) && used(1, 0x2001) && !used(1, 0x2002));
	/* Both bitmaps, reserved in node 0, and page frame 0, no RAM. */
	assert_int_equal(bootmem_free_pages(), PAGES - 2 - 4);
}

/* Node 0 serves all, until it is full; then the node that it is for; then any. */
static void test_who_serves(void **state)
{
	begin();
	for (int nid = 0; nid < 4; nid++) {
		node(nid, nid * PAGES / 4, (nid + 1) * PAGES / 4);
		add_active_range(nid, nid * PAGES / 4, (nid + 1) * PAGES / 4);
	}
	start();
	assert_int_equal(alloc(2, 0x100, 0x800), 0x800);
	assert_int_equal(alloc(2, 0x600, 0x800), 0x900);
	assert_int_equal(alloc(2, 0x200, 0x800), 0x2000);	/* node 0 has no room above the goal */
	assert_int_equal(alloc(2, 0x600, 0x800), 0x2200);
	assert_int_equal(alloc(3, 0x800, 0), 0x3000);		/* nor so much below: 4 pages are bitmaps */
	assert_int_equal(alloc(3, 0x900, 0), 0x1000);		/* the first of the others */
	assert_int_equal(PFN(bootmem_allocator.alloc(0x600 << PAGE_SHIFT, PAGE_SIZE, 0, NULL)), 4);
	assert_int_equal(alloc(1, 0x1001, 0), -1UL);
}

/* Each free page is handed over once, whoever's span it lies in. */
static void check_hand_over(unsigned long nr_free)
{
	unsigned long nr = 0, pfn;

	assert_int_equal(bootmem_allocator.hand_over(), nr_free);
	for (pfn = 0; pfn < PAGES; pfn++)
		nr += freed[pfn];
	assert_int_equal(nr, nr_free);
}

/* Node 1 lies in node 0: what is reserved there is reserved in both, and free in its own alone. */
static void test_enclosed(void **state)
{
	begin();
	node(0, 0, 0x3000);
	node(1, 0x1000, 0x2000);
	add_active_range(0, 0, 0x1000);
	add_active_range(0, 0x2000, 0x3000);
	add_active_range(1, 0x1000, 0x2000);
	reserve_early(0x1800000, 0x1810000, "IN NODE 1");
	reserve_early(0x0ffe000, 0x1002000, "ACROSS");
	start();
	assert_true(used(0, 0x1900) && !used(1, 0x1900));
	assert_true(used(0, 0x1800) && used(1, 0x1800) && used(1, 0x180f) && !used(1, 0x1810));
	assert_true(used(0, 0xffe) && used(1, 0x1001));
	assert_int_equal(bootmem_free_pages(), 0x3000 - 2 - 16 - 4);
	check_hand_over(0x3000 - 16 - 4);
	assert_true(freed[0x1900] && !freed[0x1800] && !freed[0xffe] && !freed[0x1001]);
}

/* Nobody's memory lies between the nodes: what is reserved there is of no concern. */
static void test_apart(void **state)
{
	begin();
	node(0, 0, 0x1000);
	node(1, 0x2000, 0x3000);
	add_active_range(0, 0, 0x1000);
	add_active_range(1, 0x2000, 0x3000);
	reserve_early(0x1800000, 0x1801000, "BETWEEN");
	reserve_early(0x0fff000, 0x1001000, "OVER NODE 0'S END");
	reserve_early(0x1fff000, 0x2001000, "INTO NODE 1");
	start();
	assert_true(used(0, 0xfff) && used(1, 0x2000) && !used(1, 0x2001));
	check_hand_over(0x2000 - 2);
}

/* Node 0 has high memory alone: node 1 serves. */
static void test_high_node_0(void **state)
{
	begin();
	node(0, PAGES, 2 * PAGES);
	node(1, 0, PAGES);
	add_active_range(0, PAGES, 2 * PAGES);
	add_active_range(1, 0, PAGES);
	start();
	assert_false(has_bitmap(0));
	assert_int_equal(alloc(0, 0x100, 0x800), 0x800);
	assert_int_equal(alloc(1, 0x100, 0x800), 0x900);
	check_hand_over(PAGES - 0x200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bitmaps),
		cmocka_unit_test(test_who_serves),
		cmocka_unit_test(test_enclosed),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_high_node_0),
	};

	host_memory = calloc(PAGES, PAGE_SIZE);
	pages = calloc(PAGES, sizeof(*pages));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
