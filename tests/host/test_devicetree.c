// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/arch/i386/firmware/devicetree.c and mm/nomap.c: what becomes of a device tree on a machine
 * whose firmware has a memory map as well, with the map's own code, memblock's and the reader's.
 */
#include <asm/early_ioremap.h>
#include <asm/pageattr.h>
#include <asm/sections.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <lib/kernel.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/node_map.h>
#include <of/fdt.h>

#include <host.h>

#include <fdt_builder.h>
#include <memblock_stand_ins.h>

#define K	1024ULL
#define M	(1024 * K)
#define RAM	E820_RAM
#define RES	E820_RESERVED
#define DTB_AT	(8 * M)

/* --- stand-ins -------------------------------------------------------------------------- */

static const struct boot_allocator another = { .name = "another" };
static const struct boot_allocator keeps_it = { .device_tree = true };
static const struct boot_allocator *live;

const struct boot_allocator *live_boot_allocator(void)
{
	return live;
}

/* As memblock takes it. */
void boot_add_ram(const struct phys_range *ram, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		memblock_add(ram[i].start, phys_range_size(ram[i]));
}

/* The image: from here to _brk_end. */
char _text[64 * K];
unsigned long _brk_end = (unsigned long)_text + 5 * PAGE_SIZE - 100;

#define IMAGE_PAGES	5

static struct tree tree;
static int mapped;

void *early_memremap(resource_size_t phys_addr, unsigned long size)
{
	assert_true(phys_addr == DTB_AT && size == tree.size && !mapped);
	mapped++;
	return tree.blob;
}

void early_iounmap(void *addr, unsigned long size)
{
	assert_true(addr == tree.blob && size == tree.size && mapped == 1);
	mapped--;
}

static unsigned long unmapped_at, unmapped_pages;

int set_memory_np(unsigned long addr, int numpages)
{
	unmapped_at = addr;
	unmapped_pages += numpages;
	return 0;
}

void add_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn)
{
}

void balance_own(const char *owner, struct phys_range range)
{
}

/* --- a machine -------------------------------------------------------------------------- */

/* The image at this address of a machine whose map is still empty. */
static void machine(phys_addr_t image)
{
	memblock_reset();
	log_clear();
	live = &keeps_it;
	host_memory = (char *)((unsigned long)_text - (unsigned long)image);
	memset(&e820, 0, sizeof(e820));
	memset(&boot_params, 0, sizeof(boot_params));
}

/* Puts the tree where the boot loader would. */
static void load_tree(void)
{
	tree_end(&tree);
	boot_params.nr_modules = 1;
	boot_params.modules[0] = (struct boot_module){ DTB_AT, DTB_AT + tree.size, MODULE_DTB };
}

/* A node of memory; below 4 GiB, as the tree has one u32 for each number. */
static void memory_node(const char *name, u32 base, u32 size)
{
	tree_node(&tree, name);
	tree_string(&tree, "device_type", "memory");
	CELLS(&tree, "reg", base, size);
	tree_end_node(&tree);
}

/* Whether the map has changed. As setup_arch() does it. */
static bool read_tree(void)
{
	bool changed = x86_flattree_get_config();

	e820__memblock_setup();
	x86_flattree_reserve();
	assert_int_equal(mapped, 0);
	free(tree.blob);
	return changed;
}

static void check_map(int nr, const struct e820entry *expected)
{
	assert_int_equal(e820.nr_map, nr);
	for (int i = 0; i < nr; i++) {
		assert_true(e820.map[i].addr == expected[i].addr);
		assert_true(e820.map[i].size == expected[i].size);
		assert_int_equal(e820.map[i].type, expected[i].type);
	}
}

#define MAP(...) do {								\
	static const struct e820entry expected[] = { __VA_ARGS__ };		\
	check_map(ARRAY_SIZE(expected), expected);				\
} while (0)

/* The type of [start, end) in the sanitized map; 0: it is not in one entry. */
static u32 type_of(u64 start, u64 end)
{
	for (u32 i = 0; i < e820.nr_map; i++)
		if (start >= e820.map[i].addr && end <= e820_end(&e820.map[i]))
			return e820.map[i].type;
	return 0;
}

static void small_pc(void)
{
	machine(16 * M);
	e820_add_region(0, 640 * K, RAM);
	e820_add_region(M, 63 * M, RAM);
	e820_add_region(0xfffc0000, 256 * K, RES);
}

/* --- by hand ---------------------------------------------------------------------------- */

static void test_both(void **state)
{
	small_pc();
	tree_begin(&tree, 1, 1);
	memory_node("memory@0", 0, 32 * M);
	memory_node("memory@3000000", 48 * M, 32 * M);
	load_tree();
	assert_true(read_tree());
	MAP({ 0, 640 * K, RAM }, { M, 31 * M, RAM }, { 32 * M, 16 * M, RES },
	    { 48 * M, 16 * M, RAM }, { 0xfffc0000, 256 * K, RES });
	assert_int_equal(memblock.memory.cnt, 3);
	assert_true(memblock_phys_mem_size() == 640 * K + 47 * M);
	assert_string_equal(log_text(),
		"memdawn: fdt: [mem 0x02000000-0x02ffffff] is RAM that the device tree doesn't describe: "
		"not used\n"
		"e820 update range: 0000000002000000 - 0000000003000000 (usable) ==> (reserved)\n"
		"modified physical RAM map:\n"
		" modified: 0000000000000000 - 00000000000a0000 (usable)\n"
		" modified: 0000000000100000 - 0000000002000000 (usable)\n"
		" modified: 0000000002000000 - 0000000003000000 (reserved)\n"
		" modified: 0000000003000000 - 0000000004000000 (usable)\n"
		" modified: 00000000fffc0000 - 0000000100000000 (reserved)\n"
		"memdawn: fdt: [mem 0x000a0000-0x000fffff] is no RAM in the firmware's map: refused\n"
		"memdawn: fdt: [mem 0x04000000-0x04ffffff] is no RAM in the firmware's map: refused\n"
		"memdawn: fdt: 2 ranges of memory: 48768 kB taken, 16768 kB refused, 16384 kB of RAM "
		"not used\n");
}

/* The firmware's map stands, and what the tree reserves is reserved. */
static void test_reservations_alone(void **state)
{
	small_pc();
	tree_begin(&tree, 1, 1);
	tree_reserve(&tree, 40 * M, M);
	load_tree();
	assert_false(read_tree());
	MAP({ 0, 640 * K, RAM }, { M, 63 * M, RAM }, { 0xfffc0000, 256 * K, RES });
	assert_true(memblock_phys_mem_size() == 640 * K + 63 * M);
	assert_true(memblock_is_reserved(40 * M) && memblock_reserved_size() == M);
	assert_string_equal(log_text(),
			    "memdawn: fdt: no memory nodes: the firmware's map stands\n");
}

static void test_kernel_outside(void **state)
{
	small_pc();
	tree_begin(&tree, 1, 1);
	memory_node("memory@0", 0, 16 * M + (IMAGE_PAGES - 1) * PAGE_SIZE);
	tree_reserve(&tree, 40 * M, M);
	load_tree();
	assert_false(read_tree());
	MAP({ 0, 640 * K, RAM }, { M, 63 * M, RAM }, { 0xfffc0000, 256 * K, RES });
	assert_true(memblock_phys_mem_size() == 640 * K + 63 * M);
	assert_true(memblock_is_reserved(40 * M));
	assert_true(log_has("memdawn: fdt: the kernel lies at [mem 0x01000000-0x01004fff], which is no "
			    "memory in the device tree: its memory nodes are not used\n"));
}

/* The RAM disk's pages are given back one day: they must be RAM. */
static void test_ramdisk_outside(void **state)
{
	for (int outside = 0; outside < 2; outside++) {
		small_pc();
		boot_params.ramdisk_image = 48 * M - PAGE_SIZE;
		boot_params.ramdisk_size = outside ? PAGE_SIZE + 1 : PAGE_SIZE;
		tree_begin(&tree, 1, 1);
		memory_node("memory@0", 0, 48 * M);
		load_tree();
		assert_int_equal(read_tree(), !outside);
		assert_true(memblock_phys_mem_size() == 640 * K + (outside ? 63 : 47) * M);
		assert_int_equal(log_has("memdawn: fdt: the RAM disk lies at [mem 0x02fff000-0x03000fff], "
					 "which is no memory in the device tree: its memory nodes are not "
					 "used\n"), outside);
	}
}

static void test_not_used(void **state)
{
	small_pc();
	assert_false(x86_flattree_get_config());	/* there is none */
	assert_string_equal(log_text(), "");

	tree_begin(&tree, 1, 1);
	memory_node("memory@0", 0, 32 * M);
	load_tree();
	live = &another;
	assert_false(x86_flattree_get_config());
	x86_flattree_reserve();
	assert_string_equal(log_text(),
			    "memdawn: fdt: the device tree is not used: another serves, only "
			    "memdawn.bootalloc=memblock keeps what it says\n");

	live = &keeps_it;
	log_clear();
	boot_params.modules[0].end = DTB_AT + 256 * K + 1;
	assert_false(x86_flattree_get_config());
	x86_flattree_reserve();
	assert_string_equal(log_text(),
			    "memdawn: fdt: the device tree has 262145 bytes, at most 262144 can be "
			    "read: it is not used\n");

	log_clear();
	boot_params.modules[0].end = DTB_AT + tree.size;
	tree.blob[0] = 0;
	assert_false(x86_flattree_get_config());
	x86_flattree_reserve();
	assert_int_equal(mapped, 0);
	assert_string_equal(log_text(),
			    "memdawn: fdt: no header at 0x0: the device tree is not used\n");
	MAP({ 0, 640 * K, RAM }, { M, 63 * M, RAM }, { 0xfffc0000, 256 * K, RES });
	free(tree.blob);
}

static void test_second_tree(void **state)
{
	small_pc();
	tree_begin(&tree, 1, 1);
	tree_reserve(&tree, 40 * M, M);
	load_tree();
	boot_params.modules[1] = boot_params.modules[0];
	boot_params.modules[1].start = 0x900000;
	boot_params.nr_modules = 2;
	assert_false(read_tree());
	assert_true(log_has("memdawn: fdt: a second device tree at 900000 is left out\n"));
	assert_true(memblock_is_reserved(40 * M));
}

/* A full memory map: what can't be noted any more is lost, but never memory that is no RAM. */
static void test_full_map(void **state)
{
	char name[20];

	machine(16 * M);
	e820_add_region(M, 32 * M, RAM);
	for (u64 i = 0; i < E820MAX - 2; i++)
		e820_add_region(64 * M + i * 64 * K, 32 * K, i % 2 ? RAM : RES);
	tree_begin(&tree, 1, 1);
	memory_node("memory@0", 0, 20 * M);
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "memory@%d", 21 + 2 * i);
		memory_node(name, (21 + 2 * i) * M, M / 2);
	}
	load_tree();
	assert_true(read_tree());
	assert_true(log_has("Ooops! Too many entries in the memory map!\n"));
	for (unsigned long i = 0; i < memblock.memory.cnt; i++) {
		const struct memblock_region *r = &memblock.memory.regions[i];

		assert_int_equal(type_of(r->base, r->base + r->size), RAM);
	}
}

/* A node of which the kernel has anything stays, and its neighbour may go. */
static void test_kernel_node(void **state)
{
	machine(16 * M);
	memblock_add_node(M, 31 * M, 3, MEMBLOCK_HOTPLUG);
	memblock_add_node(32 * M, M, 4, MEMBLOCK_HOTPLUG);
	memblock_add_node(33 * M, M, 3, MEMBLOCK_HOTPLUG);
	memblock_add_node(34 * M, M, 3, MEMBLOCK_HOTPLUG | MEMBLOCK_NOMAP);
	memblock_add(40 * M, M);
	memblock_mark_hotplug(40 * M, M);
	memblock_reserve(16 * M, M);
	memblock_reserve(40 * M, M);
	numa_clear_kernel_node_hotplug();
	assert_int_equal(memblock.memory.cnt, 5);
	assert_int_equal(memblock.memory.regions[0].flags, 0);
	assert_int_equal(memblock.memory.regions[1].flags, MEMBLOCK_HOTPLUG);
	assert_int_equal(memblock.memory.regions[2].flags, 0);
	assert_int_equal(memblock.memory.regions[3].flags, MEMBLOCK_NOMAP);
	assert_int_equal(memblock.memory.regions[4].flags, MEMBLOCK_HOTPLUG);
	assert_true(log_has("memdawn: fdt: [mem 0x00100000-0x01ffffff] is not hotpluggable: some of "
			    "node 3 is reserved\n"));
}

static void test_unmap(void **state)
{
	small_pc();
	max_low_pfn = 0x3000;
	memblock_add(M, 63 * M);
	memblock_mark_nomap(2 * M + 100, 2 * PAGE_SIZE);	/* one whole page */
	memblock_mark_nomap(47 * M, 2 * M);			/* to the end of low memory, and on */
	memblock_mark_nomap(60 * M, M);
	unmapped_pages = 0;
	unmap_nomap_memory();
	assert_int_equal(unmapped_pages, 1 + 0x100);
	assert_int_equal(unmapped_at, (unsigned long)__va(47 * M));
	assert_string_equal(log_text(),
		"memdawn: fdt: [mem 0x00201000-0x00201fff] is no-map: unmapped\n"
		"memdawn: fdt: [mem 0x02f00000-0x02ffffff] is no-map: unmapped\n");
}

/* --- random machines -------------------------------------------------------------------- */

#define UNIT		K		/* a border can lie at any multiple of it */
#define UNITS		1024
#define IMAGE_UNIT	400

/* What each unit is to be, worked out unit by unit. */
static struct unit {
	bool ram, described, hotplug;
	int nid;
} units[UNITS];

static void random_map(void)
{
	int n = 2 + random_below(6);

	while (n--) {
		u32 start = random_below(UNITS), size = 1 + random_below(UNITS - start);

		e820_add_region(start * UNIT, size * UNIT, random_chance(4) ? RES : RAM);
	}
	e820_sanitize();
	for (u32 i = 0; i < UNITS; i++)
		units[i] = (struct unit){
			.ram = type_of(i * UNIT, (i + 1) * UNIT) == RAM,
			.nid = MEMBLOCK_MAX_NUMNODES,
		};
}

static void random_tree(void)
{
	int n = 1 + random_below(5);

	tree_begin(&tree, 1, 1);
	while (n--) {
		u32 start = random_below(UNITS), size = 1 + random_below(UNITS - start);
		u32 first = round_up(start, 4), last = round_down(start + size, 4);
		int nid = random_below(3);
		bool hotplug = random_chance(3);

		tree_node(&tree, "memory");
		tree_string(&tree, "device_type", "memory");
		CELLS(&tree, "reg", start * UNIT, size * UNIT);
		CELLS(&tree, "numa-node-id", nid);
		if (hotplug)
			tree_flag(&tree, "hotpluggable");
		tree_end_node(&tree);
		for (u32 i = first; i < last; i++) {
			units[i].described = true;
			units[i].nid = nid;
			units[i].hotplug |= hotplug;
		}
	}
	load_tree();
}

static bool any_described(void)
{
	for (int i = 0; i < UNITS; i++)
		if (units[i].described)
			return true;
	return false;
}

static bool image_described(void)
{
	for (int i = IMAGE_UNIT; i < IMAGE_UNIT + 4 * IMAGE_PAGES; i++)
		if (!units[i].described)
			return false;
	return true;
}

static const struct memblock_region *region_of(phys_addr_t addr)
{
	const struct memblock_region *r;

	for_each_mem_region(r)
		if (addr >= r->base && addr - r->base < r->size)
			return r;
	return NULL;
}

static void check_unit(u32 i, bool used)
{
	phys_addr_t addr = i * UNIT;
	const struct memblock_region *r = region_of(addr);
	bool memory = units[i].ram && (!used || units[i].described);

	assert_int_equal(!!r, memory);
	assert_int_equal(type_of(addr, addr + UNIT) == RAM, memory);
	if (units[i].ram && !memory)
		assert_int_equal(type_of(addr, addr + UNIT), RES);
	if (!r)
		return;
	assert_true(r->base + r->size >= addr + UNIT);
	assert_int_equal(r->nid, used ? units[i].nid : MEMBLOCK_MAX_NUMNODES);
	assert_int_equal(r->flags, used && units[i].hotplug ? MEMBLOCK_HOTPLUG : 0);
}

static void test_random(void **state)
{
	unsigned long runs = run_count(3000), used_runs = 0, changed_runs = 0;

	for (unsigned long run = 0; run < runs; run++) {
		bool changed, used, lost = false;

		machine(IMAGE_UNIT * UNIT);
		random_map();
		random_tree();
		used = any_described() && image_described();
		for (int i = 0; i < UNITS; i++)
			lost |= units[i].ram && !units[i].described;
		changed = read_tree();
		assert_int_equal(changed, used && lost);
		for (u32 i = 0; i < UNITS; i++)
			check_unit(i, used);
		used_runs += used;
		changed_runs += changed;
	}
	assert_true(used_runs > runs / 10 && used_runs < runs);
	assert_true(changed_runs > runs / 20 && changed_runs < used_runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_reservations_alone),
		cmocka_unit_test(test_kernel_outside),
		cmocka_unit_test(test_ramdisk_outside),
		cmocka_unit_test(test_not_used),
		cmocka_unit_test(test_second_tree),
		cmocka_unit_test(test_full_map),
		cmocka_unit_test(test_kernel_node),
		cmocka_unit_test(test_unmap),
		cmocka_unit_test(test_random),
	};

	random_init("test_devicetree");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
