// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/arch/i386/firmware/e820/e820.c, e820_ram.c and e820_user.c by hand: small cases whose answer can be
 * seen, and each question that the boot asks the map. prop_e820.c does the random maps.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <kernel/early_res.h>
#include <kernel/panic.h>
#include <kernel/resource.h>
#include <lib/kernel.h>

#include <host.h>

#include <e820_stand_ins.h>

#define RAM	E820_RAM
#define RES	E820_RESERVED
#define MB	(1024 * 1024ULL)

struct case_map {
	int nr;
	struct e820entry entry[8];
};

#define ENTRIES(...)	((struct e820entry[]){ __VA_ARGS__ })
#define MAP(...)	{ sizeof(ENTRIES(__VA_ARGS__)) / sizeof(struct e820entry), { __VA_ARGS__ } }

static void set_map(const struct case_map *map)
{
	memset(&e820, 0, sizeof(e820));
	e820.nr_map = map->nr;
	memcpy(e820.map, map->entry, map->nr * sizeof(map->entry[0]));
	log_clear();
}

static void assert_map(const struct case_map *map)
{
	assert_int_equal(e820.nr_map, map->nr);
	for (int i = 0; i < map->nr; i++) {
		assert_true(e820.map[i].addr == map->entry[i].addr);
		assert_true(e820.map[i].size == map->entry[i].size);
		assert_int_equal(e820.map[i].type, map->entry[i].type);
	}
}

static int sanitize(void)
{
	return sanitize_e820_map(e820.map, E820MAX, &e820.nr_map);
}

/*
 * Each picture is two or more given maps, one entry a line, a column a unit, and the result:
 *
 *	     0    5    10   15
 *	     .....|....|....|
 */
static void test_sanitize_pictures(void **state)
{
	static const struct {
		struct case_map given, result;
	} cases[] = {
		/* 1111111111......
		 * ....3333........
		 * ........11111111   ->  1111333311111111 */
		{ MAP({ 0, 10, 1 }, { 4, 4, 3 }, { 8, 8, 1 }),
		  MAP({ 0, 4, 1 }, { 4, 4, 3 }, { 8, 8, 1 }) },
		/* ....1111
		 * 1111....           ->  11111111 */
		{ MAP({ 4, 4, 1 }, { 0, 4, 1 }), MAP({ 0, 8, 1 }) },
		/* 1111..11           ->  the same: a gap stays */
		{ MAP({ 6, 2, 1 }, { 0, 4, 1 }), MAP({ 0, 4, 1 }, { 6, 2, 1 }) },
		/* 11111111
		 * 22222222           ->  22222222 */
		{ MAP({ 0, 8, 1 }, { 0, 8, 2 }), MAP({ 0, 8, 2 }) },
		/* 11111111
		 * ..22....
		 * ..33....
		 * ..22....           ->  11334... with the highest type */
		{ MAP({ 0, 8, 1 }, { 2, 2, 2 }, { 2, 2, 3 }, { 2, 2, 2 }),
		  MAP({ 0, 2, 1 }, { 2, 2, 3 }, { 4, 4, 1 }) },
		/* 1111....
		 * ....2222, an empty entry between them */
		{ MAP({ 0, 4, 1 }, { 4, 0, 5 }, { 4, 4, 2 }), MAP({ 0, 4, 1 }, { 4, 4, 2 }) },
		/* 111111..
		 * ..222222
		 * ....4444           ->  11224444 */
		{ MAP({ 0, 6, 1 }, { 2, 6, 2 }, { 4, 4, 4 }),
		  MAP({ 0, 2, 1 }, { 2, 2, 2 }, { 4, 4, 4 }) },
		/* The last byte that can be named. */
		{ MAP({ 0, 1, 1 }, { ~0ULL - 5, 5, 2 }), MAP({ 0, 1, 1 }, { ~0ULL - 5, 5, 2 }) },
		/* Nothing but empty entries. */
		{ MAP({ 0, 0, 1 }, { 7, 0, 2 }), { 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_map(&cases[i].given);
		assert_int_equal(sanitize(), 0);
		assert_map(&cases[i].result);
		assert_string_equal(log_text(), "");
	}
}

static void test_sanitize_refuses(void **state)
{
	static const struct case_map one = MAP({ 5, 5, 1 });
	static const struct case_map wraps = MAP({ 9, 1, 1 }, { ~0ULL, 2, 1 });
	static const struct case_map to_the_end = MAP({ 9, 1, 1 }, { ~0ULL, 1, 1 });

	set_map(&one);
	assert_int_equal(sanitize(), -1);
	assert_map(&one);
	set_map(&wraps);
	assert_int_equal(sanitize(), -1);
	assert_map(&wraps);
	set_map(&to_the_end);
	assert_int_equal(sanitize(), -1);
	assert_map(&to_the_end);
	e820.nr_map = 129;
	assert_true(panics(sanitize()));
	e820.nr_map = 2;
	assert_true(panics(sanitize_e820_map(e820.map, E820MAX + 1, &e820.nr_map)));
	assert_true(panics(sanitize_e820_map(e820.map, 1, &e820.nr_map)));
}

/* 128 entries that make 255 pieces: 127 are lost, the lowest are kept, and the log adds them up. */
static void test_sanitize_too_many(void **state)
{
	memset(&e820, 0, sizeof(e820));
	e820_add_region(0, 1024 * MB, RAM);
	for (int i = 1; i < 128; i++)
		e820_add_region(i * 4 * MB, 1 * MB, RES);
	log_clear();
	assert_int_equal(sanitize(), 0);
	assert_int_equal(e820.nr_map, 128);
	assert_int_equal(e820.map[127].type, RES);
	assert_true(e820.map[127].addr == 256 * MB);
	/* From 257 MB on: 63 times 3 MB of RAM, and the long rest after 509 MB. */
	assert_true(log_has("127 more, from 0000000010100000 on"));
	assert_true(log_has("with 720896 kB of RAM"));
}

static void test_add_region_full(void **state)
{
	memset(&e820, 0, sizeof(e820));
	for (int i = 0; i < 128; i++)
		e820_add_region(i * MB, MB / 2, RAM);
	log_clear();
	e820_add_region(0x123000, 0x1000, E820_NVS);
	assert_int_equal(e820.nr_map, 128);
	assert_true(log_has("Ooops! Too many entries in the memory map!\n"));
	assert_true(log_has("lost: 0000000000123000 - 0000000000124000 (ACPI NVS)\n"));
}

static void test_print_map(void **state)
{
	static const struct case_map map = MAP({ 0, 0x9fc00, RAM }, { 0x9fc00, 0x400, RES },
		{ 0xf0000, 0x10000, E820_ACPI }, { 0x100000000ULL, 0x1000, E820_NVS },
		{ 0x200000000ULL, 1, E820_UNUSABLE }, { 0x300000000ULL, 1, 99 },
		{ 0x400000000ULL, 1, E820_RESERVED_KERN });

	set_map(&map);
	e820_print_map("BIOS-e820");
	assert_string_equal(log_text(),
		" BIOS-e820: 0000000000000000 - 000000000009fc00 (usable)\n"
		" BIOS-e820: 000000000009fc00 - 00000000000a0000 (reserved)\n"
		" BIOS-e820: 00000000000f0000 - 0000000000100000 (ACPI data)\n"
		" BIOS-e820: 0000000100000000 - 0000000100001000 (ACPI NVS)\n"
		" BIOS-e820: 0000000200000000 - 0000000200000001 (unusable)\n"
		" BIOS-e820: 0000000300000000 - 0000000300000001 type 99\n"
		" BIOS-e820: 0000000400000000 - 0000000400000001 (usable)\n");
}

/* Inside, over each end, over all, beside: what is asked for, and nothing else. */
static void test_update_and_remove(void **state)
{
	static const struct case_map map = MAP({ 100, 100, RAM }, { 200, 100, RES });
	static const struct {
		u64 start, size, bytes;
		struct case_map updated, removed;
	} cases[] = {
		{ 120, 30, 30,
		  MAP({ 100, 20, RAM }, { 120, 30, 5 }, { 150, 50, RAM }, { 200, 100, RES }),
		  MAP({ 100, 20, RAM }, { 150, 50, RAM }, { 200, 100, RES }) },
		{ 0, 150, 50, MAP({ 100, 50, 5 }, { 150, 50, RAM }, { 200, 100, RES }),
		  MAP({ 150, 50, RAM }, { 200, 100, RES }) },
		{ 150, 100, 50, MAP({ 100, 50, RAM }, { 150, 50, 5 }, { 200, 100, RES }),
		  MAP({ 100, 50, RAM }, { 200, 100, RES }) },
		{ 100, 100, 100, MAP({ 100, 100, 5 }, { 200, 100, RES }), MAP({ 200, 100, RES }) },
		{ 50, 1000, 100, MAP({ 100, 100, 5 }, { 200, 100, RES }), MAP({ 200, 100, RES }) },
		{ 300, 10, 0, MAP({ 100, 100, RAM }, { 200, 100, RES }),
		  MAP({ 100, 100, RAM }, { 200, 100, RES }) },
		{ 150, ~0ULL, 50, MAP({ 100, 50, RAM }, { 150, 50, 5 }, { 200, 100, RES }),
		  MAP({ 100, 50, RAM }, { 200, 100, RES }) },
		{ 120, 0, 0, MAP({ 100, 100, RAM }, { 200, 100, RES }),
		  MAP({ 100, 100, RAM }, { 200, 100, RES }) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set_map(&map);
		assert_true(e820_update_range(cases[i].start, cases[i].size, RAM, 5) ==
			    cases[i].bytes);
		sanitize();
		assert_map(&cases[i].updated);
		set_map(&map);
		assert_true(e820_remove_range(cases[i].start, cases[i].size, RAM, 1) ==
			    cases[i].bytes);
		sanitize();
		assert_map(&cases[i].removed);
	}
	set_map(&map);
	assert_true(e820_remove_range(150, 100, 0, 0) == 100);
	assert_true(panics(e820_update_range(0, 1, RAM, RAM)));
}

static void test_messages_of_update(void **state)
{
	static const struct case_map map = MAP({ 0, 0x10000, RAM }, { 0x10000, 0x1000, RES });

	set_map(&map);
	e820_update_range(0, 0x1000, RAM, RES);
	update_e820();
	assert_string_equal(log_text(),
		"e820 update range: 0000000000000000 - 0000000000001000 (usable) ==> (reserved)\n"
		"modified physical RAM map:\n"
		" modified: 0000000000000000 - 0000000000001000 (reserved)\n"
		" modified: 0000000000001000 - 0000000000010000 (usable)\n"
		" modified: 0000000000010000 - 0000000000011000 (reserved)\n");
	log_clear();
	e820_remove_range(0xa0000, 0x60000, RAM, 1);
	assert_string_equal(log_text(),
		"e820 remove range: 00000000000a0000 - 0000000000100000 (usable)\n");
}

static void test_end_of_ram(void **state)
{
	static const struct case_map map = MAP({ 0, 0x9fc00, RAM }, { 0x100000, 0x7fee123, RAM },
		{ 0xfee00000, 0x1000, RES });
	static const struct case_map beyond =
		MAP({ 0, 1, RAM }, { 0xfff000000ULL, 0x10000000000ULL, RAM });
	static const struct case_map above =
		MAP({ 0, 0x5000, RAM }, { 0x1000000000ULL, 0x1000, RAM });

	set_map(&map);
	assert_int_equal(e820_end_of_ram_pfn(), 0x80ee);
	assert_string_equal(log_text(), "last_pfn = 0x80ee max_arch_pfn = 0x1000000\n");
	set_map(&beyond);
	assert_int_equal(e820_end_of_ram_pfn(), 0x1000000);
	set_map(&above);
	assert_int_equal(e820_end_of_ram_pfn(), 5);
}

/* What no page frame number reaches is said, in whole frames; nothing is said where there is none. */
static void test_beyond_reach(void **state)
{
	static const struct case_map below = MAP({ 0x100000, 0xffff00000, RAM },
		{ 0x1000000000ULL, 0x100000, RES });
	static const struct case_map above = MAP({ 0xfffffff00ULL, 0x3100, RAM },
		{ 0x2000000001ULL, 0x1fff, RAM }, { -0x1800ULL, 0x17ff, RAM });

	set_map(&below);
	e820_report_beyond_reach();
	assert_string_equal(log_text(), "");
	set_map(&above);
	e820_report_beyond_reach();
	/* 0x1000000 to 0x1000003, one of 0x2000000 and 0x2000001, none of the last page. */
	assert_string_equal(log_text(), "memdawn: e820: 16 kB of RAM above 64 GiB are not used: "
			    "the limit of PAE\n");
}

/* RAM rounds inward, and only whole frames inside the limits are registered. */
static void test_active_regions(void **state)
{
	static const struct case_map map = MAP({ 0x800, 0x9f400, RAM }, { 0x100001, 0xfff, RAM },
		{ 0x200000, 0x1000, RES }, { 0x300000, 0x100000, RAM });

	set_map(&map);
	nr_active_ranges_seen = 0;
	e820_register_active_regions(0, 2, 0x3f0);
	assert_int_equal(nr_active_ranges_seen, 2);
	assert_int_equal(active_ranges_seen[0].start, 2);
	assert_int_equal(active_ranges_seen[0].end, 0x9f);
	assert_int_equal(active_ranges_seen[1].start, 0x300);
	assert_int_equal(active_ranges_seen[1].end, 0x3f0);
}

/* RAM that begins in the last page below 2^64 has no whole page frame: it doesn't wrap to frame 0. */
static void test_active_regions_at_the_end(void **state)
{
	static const struct case_map map = MAP({ 0x100000, 0x100000, RAM }, { -2ULL, 1, RAM });

	set_map(&map);
	nr_active_ranges_seen = 0;
	e820_register_active_regions(0, 0, 0x1000000);
	assert_int_equal(nr_active_ranges_seen, 1);
	assert_int_equal(active_ranges_seen[0].start, 0x100);
	assert_int_equal(active_ranges_seen[0].end, 0x200);
	assert_true(PFN_UP(-2ULL) == 1ULL << 52);
	assert_true(PFN_UP(~0UL) == 1UL << 20);
	assert_true(PFN_UP(0ULL) == 0 && PFN_UP(1ULL) == 1 && PFN_UP(0x1000ULL) == 1);
	e820__memblock_setup();
	assert_true(early_res_find_area(phys_range(0x200000, ~0ULL), 0x1000, 0x1000) == -1ULL);
}

static void test_search_gap(void **state)
{
	static const struct case_map map = MAP({ 0, 0x80000000, RAM }, { 0xc0000000, 0x1000, RES },
		{ 0xfec00000, 0x1400000, RES }, { 0x100000000ULL, 0x100000000ULL, RAM });
	unsigned long start = 0x10000000, size = 0x400000;

	set_map(&map);
	assert_int_equal(e820_search_gap(&start, &size, 0, 0), 1);
	assert_int_equal(start, 0x80000000);
	assert_int_equal(size, 0x40000000);
	size = 0x40000001;
	assert_int_equal(e820_search_gap(&start, &size, 0, 0), 0);
	e820_setup_gap();
	assert_true(log_has(
		"Allocating PCI resources starting at 80000000 (gap: 80000000:40000000)\n"));
}

static void test_find_area_around_reservations(void **state)
{
	static const struct case_map map = MAP({ 0, 0x9f000, RAM }, { 0x100000, 0x1000000, RAM });
	struct phys_range found;

	set_map(&map);
	e820__memblock_setup();
	reserve_early(0x1000, 0x3000, "low");
	reserve_early(0x100000, 0x180000, "image");
	assert_true(early_res_find_area(phys_range(0, ~0ULL), 0x1000, 0x1000) == 0);
	assert_true(early_res_find_area(phys_range(0, ~0ULL), 0x2000, 0x1000) == 0x3000);
	assert_true(early_res_find_area(phys_range(0x100000, ~0ULL), 0x2000, 0x1000) == 0x180000);
	assert_true(early_res_find_area(phys_range(0x100000, 0x181000), 0x2000, 0x1000) == -1ULL);
	assert_true(early_res_find_area(phys_range(0x80000, ~0ULL), 0x20000, 0x100000) == 0x200000);
	assert_true(early_res_find_area(phys_range(0, ~0ULL), 0x1000000, 0x1000) == -1ULL);
	found = early_res_next_free(0);
	assert_true(found.start == 0 && found.end == 0x1000);
	found = early_res_next_free(0x1000);
	assert_true(found.start == 0x3000 && found.end == 0x9f000);
	assert_true(phys_range_empty(early_res_next_free(0x2000000)));
	free_early(0x1000, 0x3000);
	free_early(0x100000, 0x180000);
}

static void test_setup_without_map(void **state)
{
	memset(&boot_params, 0, sizeof(boot_params));
	e820.nr_map = 0;
	boot_params.have_meminfo = true;
	boot_params.alt_mem_k = 0x1fc00;
	log_clear();
	setup_memory_map();
	assert_true(log_has("BIOS-provided physical RAM map:\n"
			    " BIOS-e801: 0000000000000000 - 000000000009f000 (usable)\n"
			    " BIOS-e801: 0000000000100000 - 0000000008000000 (usable)\n"));
	boot_params.have_meminfo = false;
	assert_true(panics(setup_memory_map()));
	assert_true(log_has("no memory map"));
}

static void test_memopt(void **state)
{
	static const struct case_map map = MAP({ 0, 0x9f000, RAM }, { 0x100000, 0x7f00000, RAM },
		{ 0x8000000, 0x1000, RES });
	static const struct case_map limited =
		MAP({ 0, 0x9f000, RAM }, { 0x100000, 0x3f00000, RAM }, { 0x8000000, 0x1000, RES });
	char nopentium[] = "nopentium", half[] = "64M", none[] = "0", text[] = "abc";

	set_map(&map);
	assert_int_equal(parse_memopt(NULL), -1);
	assert_int_equal(parse_memopt(none), 0);
	assert_true(log_has("memdawn: mem=0"));
	assert_int_equal(parse_memopt(text), 0);
	assert_true(log_has("memdawn: mem=abc"));
	boot_cpu_data.x86_capability[0] = ~0U;
	assert_int_equal(parse_memopt(nopentium), 0);
	assert_int_equal(boot_cpu_data.x86_capability[0], ~(1U << X86_FEATURE_PSE % 32));
	assert_map(&map);
	assert_int_equal(parse_memopt(half), 0);
	finish_e820_parsing();
	assert_map(&limited);
	assert_true(log_has("user-defined physical RAM map:\n user: 0000000000000000"));
}

static int memmap(const char *text)
{
	char copy[64];

	strcpy(copy, text);
	return parse_memmap_opt(copy);
}

static void test_memmap(void **state)
{
	static const struct case_map map = MAP({ 0, 0x9f000, RAM }, { 0x100000, 0x7f00000, RAM });
	static const struct case_map changed = MAP({ 0, 0x9f000, RAM }, { 0x100000, 0xf00000, RAM },
		{ 0x1000000, 0x100000, RES }, { 0x1100000, 0x100000, E820_ACPI },
		{ 0x1200000, 0x6e00000, RAM }, { 0x10000000, 0x1000000, RAM });
	static const struct case_map exact =
		MAP({ 0, 636 * 1024, RAM }, { 0x100000, 0x1ff00000, RAM });

	set_map(&map);
	assert_int_equal(memmap("1M$16M"), 0);
	assert_int_equal(memmap("1M#0x1100000"), 0);
	assert_int_equal(memmap("16M@256M"), 0);
	assert_int_equal(parse_memmap_opt(NULL), -1);
	assert_int_equal(memmap("foo"), -1);
	assert_int_equal(memmap("1M@16Mx"), -1);
	finish_e820_parsing();
	assert_map(&changed);

	assert_int_equal(memmap("exactmap"), 0);
	assert_int_equal(memmap("636K@0"), 0);
	log_clear();
	assert_true(panics(finish_e820_parsing()));
	assert_true(log_has("leaves 1 entries"));
	assert_true(log_has("Kernel panic - not syncing: Invalid user supplied memory map"));
	assert_int_equal(memmap("511M@1M"), 0);
	finish_e820_parsing();
	assert_map(&exact);
	assert_int_equal(memmap("16E@0xffffffffffffffff"), -1);
	assert_int_equal(memmap("1M@0xffffffffffffffff"), 0);
	assert_true(panics(finish_e820_parsing()));
	assert_true(log_has("wraps around the end"));
}

static void test_trim_bios_range(void **state)
{
	static const struct case_map map = MAP({ 0, 0x10000000, RAM }, { 0x10000000, 0x1000, RES });
	static const struct case_map trimmed = MAP({ 0, 0x1000, RES }, { 0x1000, 0x9f000, RAM },
		{ 0x100000, 0xff00000, RAM }, { 0x10000000, 0x1000, RES });

	set_map(&map);
	trim_bios_range();
	assert_map(&trimmed);
}

/* What was done to the map, and only what had an effect, in its order; what isn't kept is counted. */
static void test_changes(void **state)
{
	static const struct case_map map = MAP({ 0, 0x10000000, RAM }, { 0x10000000, 0x1000, RES });
	static const struct case_map none = MAP({ 0x100000, 0x10000, RAM }, { 0x10000000, 0x1000, RES });
	char limit[] = "128M", far[] = "4096M", added[] = "64K$1M", exact[] = "exactmap";
	static const struct { u64 start; u32 from, to; const char *how; } want[] = {
		{ 128 << 20, RAM, 0, "mem=128M took it out" },
		{ 1 << 20, 0, RES, "memmap=64K$1M added it" },
		{ 0, RAM, RES, "trim_bios_range() reserved it: the BIOS owns the first page" },
		{ 0xa0000, RAM, 0, "trim_bios_range() took it out: from 640 KiB to 1 MiB is the BIOS's" },
		{ 0, 0, 0, "memmap=exactmap took all out" },
	};
	unsigned int i;

	nr_e820_changes = 0;
	set_map(&map);
	parse_memopt(far);
	parse_memopt(limit);
	parse_memmap_opt(added);
	trim_bios_range();
	parse_memmap_opt(exact);
	set_map(&none);
	trim_bios_range();
	assert_int_equal(nr_e820_changes, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		assert_true(e820_changes[i].range.start == want[i].start);
		assert_int_equal(e820_changes[i].from, want[i].from);
		assert_int_equal(e820_changes[i].to, want[i].to);
		assert_string_equal(e820_changes[i].how, want[i].how);
	}
	for (i = 0; i < 50; i++)
		e820_changed(phys_range(0, i + 1), 0, RAM, "%u", i);
	assert_int_equal(nr_e820_changes, ARRAY_SIZE(want) + 50);
	assert_string_equal(e820_changes[E820_CHANGES - 1].how, "26");
	nr_e820_changes = 0;
}

/* Reserved ranges above 1 MiB stay out of the resource tree. */
static void test_reserve_resources(void **state)
{
	static const struct case_map map =
		MAP({ 0, 0x1000, RES }, { 0x1000, 0x9e000, RAM }, { 0x100000, 0xff00000, RAM },
		    { 0x10000000, 0x1000, RES }, { 0x10001000, 0x1000, E820_ACPI });
	static const char *const names[] = { "reserved", "System RAM", "System RAM",
					     "ACPI Tables" };
	const struct resource *child;
	int n = 0;

	set_map(&map);
	iomem_resource.child = NULL;
	e820_reserve_resources();
	for (child = iomem_resource.child; child; child = child->sibling)
		assert_string_equal(child->name, names[n++]);
	assert_int_equal(n, 4);
	assert_int_equal(page_is_ram(0), 0);
	assert_int_equal(page_is_ram(1), 1);
	assert_int_equal(page_is_ram(0x9e), 1);
	assert_int_equal(page_is_ram(0x9f), 0);
	assert_int_equal(page_is_ram(0xffff), 1);
	assert_int_equal(page_is_ram(0x10000), 0);
	iomem_resource.child = NULL;
}

/* RAM up to the last byte but one: the buffer after it is one byte, and nothing wraps. */
static void test_ram_buffer_at_the_end(void **state)
{
	static const struct case_map map =
		MAP({ 0x1000, 0x1000, RAM }, { -0x1002ULL, 0x1000, RAM });
	const struct resource *child;

	set_map(&map);
	iomem_resource.child = NULL;
	e820_reserve_resources();
	e820_reserve_resources_late();
	child = iomem_resource.child;
	assert_string_equal(child->name, "System RAM");
	child = child->sibling;
	assert_string_equal(child->name, "RAM buffer");
	assert_true(child->start == 0x2000 && child->end == 0xffff);
	child = child->sibling;
	assert_string_equal(child->name, "System RAM");
	child = child->sibling;
	assert_string_equal(child->name, "RAM buffer");
	assert_true(child->start == -2ULL && child->end == -1ULL && !child->sibling);
	iomem_resource.child = NULL;
}

/* Memory in use that the map doesn't call RAM: which entries, and how much. */
static void test_report_not_ram(void **state)
{
	static const struct case_map map = MAP({ 0, 8 * MB, RAM }, { 8 * MB, 15 * MB, E820_NVS },
					       { 24 * MB, 8 * MB, RAM }, { 32 * MB, MB, RES },
					       { 33 * MB, 16 * MB, E820_RESERVED_KERN });

	set_map(&map);
	assert_true(e820_report_not_ram(phys_range(0, 8 * MB), "it"));
	assert_true(e820_report_not_ram(phys_range(25 * MB, 32 * MB), "it"));
	assert_true(e820_report_not_ram(phys_range(33 * MB, 49 * MB), "it"));
	assert_string_equal(log_text(), "");
	assert_false(e820_report_not_ram(phys_range(16 * MB, 17 * MB), "the kernel"));
	assert_true(log_has("the kernel lies at 01000000 - 01100000; the memory map calls 00800000 - "
			    "01700000 ACPI Non-volatile Storage\n"));
	assert_true(log_has("1024 kB of the kernel are no RAM"));
	log_clear();
	assert_false(e820_report_not_ram(phys_range(22 * MB, 33 * MB), "it"));
	assert_true(log_has("00800000 - 01700000 ACPI") && log_has("02000000 - 02100000 reserved"));
	assert_true(log_has("3072 kB of it are no RAM"));	/* a MB is in no entry at all */
	log_clear();
	assert_false(e820_report_not_ram(phys_range(50 * MB, 51 * MB), "it"));
	assert_false(log_has("calls"));
	assert_true(log_has("1024 kB of it are no RAM"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sanitize_pictures),
		cmocka_unit_test(test_sanitize_refuses),
		cmocka_unit_test(test_sanitize_too_many),
		cmocka_unit_test(test_add_region_full),
		cmocka_unit_test(test_print_map),
		cmocka_unit_test(test_update_and_remove),
		cmocka_unit_test(test_messages_of_update),
		cmocka_unit_test(test_end_of_ram),
		cmocka_unit_test(test_beyond_reach),
		cmocka_unit_test(test_active_regions),
		cmocka_unit_test(test_active_regions_at_the_end),
		cmocka_unit_test(test_search_gap),
		cmocka_unit_test(test_find_area_around_reservations),
		cmocka_unit_test(test_setup_without_map),
		cmocka_unit_test(test_memopt),
		cmocka_unit_test(test_memmap),
		cmocka_unit_test(test_trim_bios_range),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_reserve_resources),
		cmocka_unit_test(test_ram_buffer_at_the_end),
		cmocka_unit_test(test_report_not_ram),
	};

	random_init("test_e820");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
