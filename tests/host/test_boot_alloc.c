// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/boot/boot_alloc.c with all four generations behind it, on a small machine: what each hands over,
 * and what it says to those who come before the start or after the end, or give back what nobody
 * has reserved. A boot can't be taken back, so each case runs in a process of its own.
 */
#include <asm/init_32.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <firmware/e820.h>
#include <lib/kernel.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/memblock.h>
#include <mm/mm_init.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>
#include <of/fdt.h>

#include <sys/wait.h>
#include <unistd.h>

#include <host.h>

#define K	1024UL
#define M	(1024 * K)
#define PAGES	(24 * M / PAGE_SIZE)	/* all of them low memory */
#define IMAGE	(16 * M)
#define IMAGE_SIZE (300 * K)

static const char *const names[] = { "bootmem", "bootmem-2.4", "early_res", "memblock" };

/* --- stand-ins -------------------------------------------------------------------------- */

char *host_memory;
struct page *mem_map;
pg_data_t contig_page_data;
unsigned long max_mapnr = PAGES, max_pfn_mapped, totalram_pages, totalhigh_pages;
int after_bootmem, movable_zone;
struct cpuinfo_x86 boot_cpu_data;

static bool freed[PAGES];
static unsigned long nr_freed;

static void note_freed(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), i;

	for (i = pfn; i < pfn + (1UL << order); i++) {
		assert_true(i < PAGES && !freed[i]);
		freed[i] = true;
		nr_freed++;
	}
	page->flags |= PF(PG_buddy);
	page->private = order;
}

void __free_pages_bootmem(struct page *page, unsigned int order)
{
	note_freed(page, order);
}

void __free_pages_core(struct page *page, unsigned int order)
{
	note_freed(page, order);
}

void balance_own(const char *owner, u64 start, u64 size)
{
}

void mminit_dprintk(enum mminit_level level, const char *prefix, const char *fmt, ...)
{
}

void x86_flattree_reserve(void)
{
}

void numa_clear_kernel_node_hotplug(void)
{
}

/* --- a boot ----------------------------------------------------------------------------- */

/* Up to where RAM is known: 4 KiB to 636 KiB, and 1 MiB to the end but for a hole. */
static void begin(const char *name)
{
	assert_int_equal(boot_alloc_setup((char *)name), 0);
	assert_string_equal(boot_alloc_name(boot_alloc_kind), name);
	host_memory = calloc(PAGES, PAGE_SIZE);
	mem_map = calloc(PAGES, sizeof(*mem_map));
	for (int i = 0; i < MAX_NR_ZONES; i++)
		contig_page_data.node_zones[i].zone_pgdat = &contig_page_data;
	max_low_pfn = max_pfn = max_pfn_mapped = PAGES;
	e820_add_region(4 * K, 632 * K, E820_RAM);
	e820_add_region(M, 19 * M, E820_RAM);
	e820_add_region(20 * M, M, E820_RESERVED);
	e820_add_region(21 * M, 3 * M, E820_RAM);
	boot_reserve(IMAGE, IMAGE + IMAGE_SIZE, "TEXT DATA BSS");
	boot_add_ram();
	e820_register_active_regions(0, 0, PAGES);
}

static bool is_ram(unsigned long pfn)
{
	return (pfn >= 1 && pfn < 159) || (pfn >= 256 && pfn < 20 * 256) ||
	       (pfn >= 21 * 256 && pfn < PAGES);
}

/* A call that must end in a BUG which names it, and this program as the caller. */
#define refused(call, when) do {						\
	log_clear();								\
	assert_true(panics(call));						\
	check_report(#call, when);						\
} while (0)

static void test_refuse_all(const char *when);

static void check_report(const char *call, const char *when)
{
	char expected[100];
	const char *line;
	unsigned long caller;

	snprintf(expected, sizeof(expected), "memdawn: %.*s() called from [<",
		 (int)strcspn(call, "("), call);
	line = strstr(log_text(), expected);
	assert_non_null(line);
	assert_int_equal(sscanf(line + strlen(expected), "%lx>] 0x", &caller), 1);
	assert_true(caller - (unsigned long)test_refuse_all < 0x1000);
	assert_true(log_has(when));
	assert_true(log_has("kernel BUG at "));
}

static __attribute__((__noinline__)) void test_refuse_all(const char *when)
{
	refused(boot_alloc(100, 32, 0), when);
	refused(boot_alloc_nopanic(100, 32, 0), when);
	refused(boot_free_all(), when);
}

/* Before RAM is registered, and before the start. */
static void run_too_early(const char *name)
{
	test_refuse_all(": too early, the boot allocator has not been started\n");
	begin(name);
	test_refuse_all(": too early, the boot allocator has not been started\n");
	assert_int_equal(nr_freed, 0);
}

static void run_too_late(const char *name)
{
	begin(name);
	boot_alloc_start();
	boot_free_all();
	nr_freed = 0;
	test_refuse_all(": too late, all pages have been handed over\n");
	log_clear();
	assert_true(panics(boot_reserve(M, 2 * M, "late")));
	assert_true(log_has(strcmp(name, "memblock") ? ": too late, the early reservations have been "
			    "taken over\n" : "memdawn: memblock_reserve was called from "));
	assert_true(panics(boot_unreserve(IMAGE, IMAGE + IMAGE_SIZE)));
	assert_int_equal(nr_freed, 0);
}

static void run_never_reserved(const char *name)
{
	begin(name);
	log_clear();
	if (strcmp(name, "memblock")) {
		assert_true(panics(boot_unreserve(M, 2 * M)));
		assert_true(log_has("free_early on not reserved area: 100000-1fffff!"));
		log_clear();
		assert_true(panics(boot_unreserve(IMAGE, IMAGE + IMAGE_SIZE - 1)));
		assert_true(log_has("free_early on not reserved area: 1000000-"));
	} else {
		boot_unreserve(M, 2 * M);
		assert_true(log_has("memdawn: memblock: [0x0000000000100000-0x00000000001fffff], which "
				    "0x"));
		assert_true(log_has(" frees, was not all reserved\n"));
	}
	boot_alloc_start();
	boot_free_all();
	assert_false(freed[PFN_DOWN(IMAGE)]);
	assert_true(freed[PFN_DOWN(M)]);
}

/* The free pieces, which memtest= writes to: nothing in them is anybody's. */
static void run_pieces(const char *name)
{
	static const u64 expected[][2] = {
		{ 4 * K, 632 * K }, { M, 2 * M }, { 3 * M + 5000, 13 * M - 5000 },
		{ IMAGE + IMAGE_SIZE, 4 * M - IMAGE_SIZE }, { 21 * M, 3 * M },
	};
	u64 at = 0, size;

	begin(name);
	boot_reserve(3 * M, 3 * M + 5000, "kept");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++, at += size) {
		at = boot_find_area_size(at, &size);
		assert_true(at == expected[i][0] && size == expected[i][1]);
	}
	assert_true(boot_find_area_size(at, &size) == -1ULL);
	assert_true(boot_find_area_size(2 * M + 5, &size) == 2 * M + 5 && size == M - 5);
}

/* Too much is asked for: NULL, or a panic with the reason; and the rest can still be had. */
static void run_no_room(const char *name)
{
	begin(name);
	boot_alloc_start();
	assert_null(boot_alloc_nopanic(20 * M, 32, 0));
	log_clear();
	assert_true(panics(boot_alloc(20 * M, 32, 0)));
	assert_true(log_has("bootmem alloc of 20971520 bytes failed!\n"
			    "memdawn: low memory has 24576 kB, "));
	assert_true(log_has("Kernel panic - not syncing: Out of memory"));
	assert_non_null(boot_alloc_nopanic(8 * M, 32, 16 * M));
}

/*
 * Allocations of odd sizes, with a reservation before and one given back: at the end each page of
 * RAM that nobody has was handed over once, and no other.
 */
static void run_whole(const char *name)
{
	static const struct {
		unsigned long size, align, goal;
	} wanted[] = {
		{ 1, 32, 16 * M }, { 5000, 32, 16 * M }, { 4 * K, 4 * K, 16 * M }, { 3, 1, 0 },
		{ 300 * K, 64 * K, 16 * M }, { 100, 32, 23 * M }, { 2 * M, 32, 21 * M },
	};
	const struct boot_alloc_stats *stats;
	unsigned long used[PAGES] = { 0 }, expected = 0, pfn, runs = 0, largest = 0, run = 0;
	size_t i, j;

	begin(name);
	boot_reserve(3 * M, 3 * M + 5000, "kept");
	boot_reserve(4 * M, 5 * M, "given back");
	boot_unreserve(4 * M, 5 * M);
	boot_alloc_start();
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		char *mem = boot_alloc(wanted[i].size, wanted[i].align, wanted[i].goal);
		unsigned long at = __pa(mem);

		assert_int_equal(at % wanted[i].align, 0);
		for (j = 0; j < wanted[i].size; j++)
			assert_int_equal(mem[j], 0);
		memset(mem, i + 1, wanted[i].size);
		for (pfn = PFN_DOWN(at); pfn < PFN_UP(at + wanted[i].size); pfn++) {
			assert_true(is_ram(pfn));
			used[pfn]++;
		}
	}
	for (pfn = PFN_DOWN(IMAGE); pfn < PFN_UP(IMAGE + IMAGE_SIZE); pfn++)
		used[pfn]++;
	used[3 * 256]++;
	used[3 * 256 + 1]++;
	for (pfn = 0; pfn < PAGES; pfn++)
		expected += is_ram(pfn) && !used[pfn];

	stats = &boot_alloc_stats[boot_alloc_kind];
	assert_int_equal(stats->allocations, ARRAY_SIZE(wanted));
	assert_int_equal(boot_free_all(), expected);
	assert_int_equal(nr_freed, expected);
	for (pfn = 0; pfn < PAGES; pfn++) {
		assert_int_equal(freed[pfn], is_ram(pfn) && !used[pfn]);
		run = freed[pfn] ? run + 1 : 0;
		runs += run == 1;
		largest = max(largest, run);
	}
	assert_int_equal(stats->free, expected);
	assert_int_equal(stats->reserved, 158 + 22 * 256 - expected);
	assert_int_equal(stats->runs, runs);
	assert_int_equal(stats->largest, largest);
	assert_true(stats->bookkeeping > 0 && stats->entries > 0);
}

/* --- each in a process of its own ------------------------------------------------------- */

static void in_process(void (*run)(const char *name), const char *name)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		run(name);
		fflush(stdout);
		_exit(0);	/* a failed assertion doesn't come here: cmocka goes on, and exits with 1 */
	}
	assert_true(waitpid(child, &status, 0) == child);
	if (status)
		fail_msg("%s: status %x", name, status);
}

#define FOR_EACH(run)						\
static void test_##run(void **state)				\
{								\
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)		\
		in_process(run_##run, names[i]);		\
}

FOR_EACH(too_early)
FOR_EACH(too_late)
FOR_EACH(never_reserved)
FOR_EACH(pieces)
FOR_EACH(no_room)
FOR_EACH(whole)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_early),
		cmocka_unit_test(test_too_late),
		cmocka_unit_test(test_never_reserved),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
