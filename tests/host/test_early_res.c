// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/kernel/early_res.c: reservations by hand, then random ones and the searches around them against a
 * model that looks at every page.
 */
#include <asm/page.h>
#include <asm/sections.h>
#include <kernel/early_res.h>
#include <lib/kernel.h>

#include <host.h>

#include <early_res_again.h>

#define PAGE	0x1000ULL

char *host_memory;

/* What a boot allocator was given. */
static struct phys_range reserved_ranges[64];
static int nr_reserved_ranges;

static char memory[0x10000];
unsigned long max_pfn_mapped = sizeof(memory) / PAGE_SIZE;

/* All the RAM there is. */
static struct phys_range ram[2];

static void set_ram(u64 start, u64 end, u64 other_start, u64 other_end)
{
	ram[0] = phys_range(start, end);
	ram[1] = phys_range(other_start, other_end);
	early_res_set_ram(ram, 2);
}

static void take_over(struct phys_range range)
{
	assert_true(nr_reserved_ranges < 64);
	reserved_ranges[nr_reserved_ranges++] = range;
}

/* Hands over, and starts with an empty table; what it held is in the log and in reserved_ranges. */
static void hand_over(u64 start, u64 end)
{
	log_clear();
	nr_reserved_ranges = 0;
	early_res_to_bootmem(start, end, take_over);
	early_res_again();
}

static void test_hand_over(void **state)
{
	reserve_early(0x1000000, 0x15af2dc, "TEXT DATA BSS");
	reserve_early(0x9fc00, 0x100000, "BIOS reserved");
	reserve_early(0x5000, 0x5000, "nothing");
	reserve_early(0x37f00000, 0x38000000, "a name that is too long");
	hand_over(0x10000, 0x37bfe000);
	assert_string_equal(log_text(),
		"(3/32 early reservations) ==> bootmem [0000010000 - 0037bfe000]\n"
		"  #0 [0001000000 - 00015af2dc]    TEXT DATA BSS ==> [0001000000 - 00015af2dc]\n"
		"  #1 [000009fc00 - 0000100000]    BIOS reserved ==> [000009fc00 - 0000100000]\n"
		"  #2 [0037f00000 - 0038000000]   a name that is\n");
	assert_int_equal(nr_reserved_ranges, 2);
	assert_true(reserved_ranges[0].start == 0x1000000 && reserved_ranges[0].end == 0x15af2dc);
	hand_over(0, ~0ULL);
	assert_true(log_has("(0/32 early reservations)"));
}

static void test_overlaps(void **state)
{
	reserve_early(0x1000, 0x3000, "first");
	assert_true(panics(reserve_early(0x2fff, 0x4000, "second")));
	assert_true(log_has("Overlapping early reservations 2fff-3fff second to 1000-2fff first"));
	assert_true(panics(reserve_early(0, 0x10000, "around")));
	reserve_early(0x3000, 0x4000, "beside");
	assert_true(panics(free_early(0x1000, 0x2000)));
	assert_true(panics(free_early(0x8000, 0x9000)));
	free_early(0x1000, 0x3000);
	reserve_early(0x1000, 0x2000, "again");
	hand_over(0, ~0ULL);
	assert_int_equal(nr_reserved_ranges, 2);
}

/* What may be overlapped is cut: its ends stay. */
static void test_overlap_ok(void **state)
{
	reserve_early_overlap_ok(0x1000, 0x9000, "safe side");
	reserve_early(0x3000, 0x4000, "needed");
	reserve_early(0x8000, 0xa000, "needed too");
	hand_over(0, ~0ULL);
	assert_int_equal(nr_reserved_ranges, 4);
	assert_true(log_has("[0000001000 - 0000003000]        safe side"));
	assert_true(log_has("[0000003000 - 0000004000]           needed"));
	assert_true(log_has("[0000004000 - 0000008000]        safe side"));
	assert_true(log_has("[0000008000 - 000000a000]       needed too"));

	reserve_early(0x3000, 0x4000, "needed");
	assert_true(panics(reserve_early_overlap_ok(0x1000, 0x9000, "safe side")));
	hand_over(0, ~0ULL);
}

/* With four slots left and nowhere to go it says what it needs. */
static void test_no_space_to_grow(void **state)
{
	set_ram(0, 0x700, 0x1c000, 0x100000);
	for (u64 i = 0; i < 28; i++)
		reserve_early(i * PAGE, i * PAGE + 1, "x");
	assert_true(panics(reserve_early(0x100000, 0x200000, "one more")));
	assert_true(log_has("can not find more space for early_res array: 2048 bytes of mapped RAM "
			    "for 64 reservations"));
	hand_over(0, ~0ULL);
	assert_int_equal(nr_reserved_ranges, 28);
}

/* What may be overlapped doesn't let the table grow: it is full with 32. */
static void test_table_full(void **state)
{
	for (u64 i = 0; i < 32; i++)
		reserve_early_overlap_ok(i * PAGE, i * PAGE + 1, "x");
	assert_true(panics(reserve_early_overlap_ok(0x100000, 0x200000, "one more")));
	assert_true(log_has("no room for one more [100000 - 200000] after 32"));
	hand_over(0, ~0ULL);
	assert_int_equal(nr_reserved_ranges, 32);
}

/* The larger table is below what is being reserved, or else above; and is its own first entry. */
static void test_growth(void **state)
{
	set_ram(0x4000, 0xa000, 0, 0);
	log_clear();
	for (u64 i = 0; i < 29; i++)
		reserve_early(0x4000 + i * 16, 0x4000 + i * 16 + 1, "x");
	assert_true(log_has("early_res array is doubled to 64 at [41e0 - 49df]\n"));
	assert_int_equal(early_res_first(), 1);
	assert_int_equal(early_res_total(), 30);
	assert_int_equal(early_res_bytes(), 64 * sizeof(struct early_res));
	assert_string_equal(early_res_get(0)->name, "EARLY_RES");
	assert_true(early_res_get(0)->start == 0x41e0 && early_res_get(0)->end == 0x49e0);
	assert_true(early_res_get(1)->start == 0x4000 && early_res_get(29)->start == 0x41c0);

	set_ram(0x5000, 0xa000, 0, 0);
	for (u64 i = 0; i < 28; i++)
		reserve_early_without_check(0x9000 + i * 16, 0x9000 + i * 16 + 1, "y");
	assert_true(log_has("early_res array is doubled to 128 at [5000 - 5fff]\n"));
	hand_over(0x4000, ~0ULL);
	assert_true(log_has("(57/128 early reservations) ==> bootmem [0000004000 - "));
	assert_true(log_has("  #1 [0000004000 - 0000004001]                x ==> "));
	assert_int_equal(nr_reserved_ranges, 57);
	assert_true(early_res_bytes() == 32 * sizeof(struct early_res));
}

/* When the boot allocator has taken over, nobody would keep a reservation. */
static void test_too_late(void **state)
{
	u64 size = PAGE;
	int count, total;

	reserve_early(0x1000, 0x2000, "in time");
	early_res_to_bootmem(0, ~0ULL, take_over);
	log_clear();
	assert_true(panics(reserve_early(0x3000, 0x4000, "late")));
	assert_true(log_has("memdawn: reserve_early() called from [<"));
	assert_true(log_has(": too late, the early reservations have been taken over\n"));
	assert_true(panics(reserve_early_without_check(0x3000, 0x4000, "late")));
	assert_true(panics(reserve_early_overlap_ok(0x3000, 0x4000, "late")));
	assert_true(panics(free_early(0x1000, 0x2000)));
	assert_true(panics(find_early_area(0, 0x10000, 0, 0x10000, PAGE, PAGE)));
	assert_true(panics(find_early_area_size(0, 0x10000, 0, &size, PAGE)));
	assert_true(panics(early_res_to_bootmem(0, ~0ULL, take_over)));
	assert_true(log_has("memdawn: early_res_to_bootmem() called from [<"));
	assert_string_equal(early_res_handed_over(&count, &total)->name, "in time");
	assert_int_equal(count, 1);
	assert_int_equal(total, 1);
	early_res_again();
}

/*
 * The next free piece: up to a reservation, after one, between two; and none where a multiple of
 * the alignment lies after the piece. RAM is [0x1000, 0x10000), reserved are
 *
 *	0x1000 - 0x1800   0x3000 - 0x4100   0x4200 - 0x6000   0xf004 - 0xf008
 */
static void test_area_sizes(void **state)
{
	static const struct {
		u64 ram, ram_end, start, align, found, size;
	} cases[] = {
		{ 0x1000, 0x10000, 0, 4, 0x1800, 0x1800 },
		{ 0x1000, 0x10000, 0x1900, 0x100, 0x1900, 0x1700 },
		{ 0x1000, 0x10000, 0, 0x1000, 0x2000, 0x1000 },
		{ 0x1000, 0x3000, 0, 0x1000, 0x2000, 0x1000 },
		{ 0x1000, 0x1a00, 0, 0x1000, -1ULL, 0 },	/* 0x2000 is after the end */
		{ 0x1000, 0x2000, 0, 0x1000, -1ULL, 0 },	/* at the end: nothing */
		{ 0x1000, 0x10000, 0x3000, 0x100, 0x4100, 0x100 },
		{ 0x1000, 0x10000, 0x4000, 0x80, 0x4100, 0x100 },
		{ 0x1000, 0x10000, 0x3000, 0x200, 0x6000, 0x9004 },	/* not at 0x4200 */
		{ 0x1000, 0x10000, 0x6000, 0x1000, 0x6000, 0x9004 },
		{ 0x1000, 0x10000, 0xf004, 4, 0xf008, 0xff8 },
		{ 0x1000, 0x10000, 0xf004, 0x1000, -1ULL, 0 },
		{ 0xf000, 0xf006, 0xf004, 4, -1ULL, 0 },
		{ 0xf000, 0xf009, 0xf004, 4, 0xf008, 1 },
		{ 0xf000, 0xf00a, 0xf004, 0x10, -1ULL, 0 },	/* 0xf010 is after the end */
		{ 0x1000, 0x10000, 0x10000, 4, -1ULL, 0 },
	};

	reserve_early(0x1000, 0x1800, "a");
	reserve_early(0x3000, 0x4100, "b");
	reserve_early(0x4200, 0x6000, "c");
	reserve_early(0xf004, 0xf008, "d");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 size = 0, found = find_early_area_size(cases[i].ram, cases[i].ram_end,
							   cases[i].start, &size, cases[i].align);

		print_message("case %zu\n", i);
		assert_true(found == cases[i].found);
		if (found != -1ULL)
			assert_true(size == cases[i].size);
	}
	early_res_again();
}

#define PAGES	200

static bool reserved[PAGES];
static unsigned long seen_pieces;

static bool range_is(u64 start, u64 end, bool value)
{
	for (; start < end; start++)
		if (reserved[start] != value)
			return false;
	return true;
}

/* The first aligned place in [from, to) where size pages are free; -1: none. */
static int model_find(u64 from, u64 to, u64 size, u64 align)
{
	for (u64 at = (from + align - 1) / align * align; at + size <= to; at += align)
		if (range_is(at, at + size, false))
			return at;
	return -1;
}

static void random_searches(void)
{
	for (int i = 0; i < 50; i++) {
		u64 ei_start = random_below(PAGES),
		    ei_end = ei_start + random_below(PAGES - ei_start);
		u64 start = random_below(PAGES), end = random_below(PAGES),
		    size = 1 + random_below(20);
		u64 align = 1ULL << random_below(5), found_size = 0, found;
		int expected = model_find(max(ei_start, start), min(ei_end, end), size, align);

		found = find_early_area(ei_start * PAGE, ei_end * PAGE, start * PAGE, end * PAGE,
					size * PAGE, align * PAGE);
		assert_true(found == (expected < 0 ? -1ULL : expected * PAGE));

		/*
		 * Whole pages here. Like Linux it may give up on a range whose first free piece
		 * comes after several reservations; but what it finds is free, and ends where it
		 * must.
		 */
		found = find_early_area_size(ei_start * PAGE, ei_end * PAGE, start * PAGE,
					     &found_size, PAGE);
		if (found == -1ULL)
			continue;
		seen_pieces++;
		assert_int_equal(found / PAGE, model_find(max(ei_start, start), ei_end, 1, 1));
		end = (found + found_size) / PAGE;
		assert_true(range_is(found / PAGE, end, false));
		assert_true(end == ei_end || (end < ei_end && reserved[end]));
	}
}

static void test_random(void **state)
{
	unsigned long runs = run_count(3000);

	for (unsigned long run = 0; run < runs; run++) {
		int entries = random_below(20);

		memset(reserved, 0, sizeof(reserved));
		while (entries--) {
			u64 start = random_below(PAGES);
			u64 end = start + random_below(min_t(u64, PAGES - start, 30) + 1);

			if (!range_is(start, end, false)) {
				assert_true(
					panics(reserve_early(start * PAGE, end * PAGE, "busy")));
				continue;
			}
			reserve_early(start * PAGE, end * PAGE, "random");
			for (; start < end; start++)
				reserved[start] = true;
		}
		random_searches();
		hand_over(0, PAGES * PAGE);
	}
	assert_true(seen_pieces > runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hand_over),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_overlap_ok),
		cmocka_unit_test(test_no_space_to_grow),
		cmocka_unit_test(test_table_full),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_too_late),
		cmocka_unit_test(test_area_sizes),
		cmocka_unit_test(test_random),
	};

	random_init("test_early_res");
	host_memory = memory;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
