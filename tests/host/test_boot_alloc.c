// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/boot/boot_alloc.c with all four generations behind it, on small machines: what each hands
 * over, also where mem_map is smaller than low memory, and what it says to those who come before the
 * start or after the end, or give back what nobody has reserved. A boot can't be taken back, so each
 * case runs in a process of its own.
 */
#include <asm/init_32.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <firmware/e820.h>
#include <lib/kernel.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/stats.h>
#include <mm/mm_init.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <host.h>

#define K	1024UL
#define M	(1024 * K)
#define PAGES	(24 * M / PAGE_SIZE)	/* all of them low memory */
#define MOST_PAGES 0x14000UL		/* of any machine's RAM */
#define IMAGE	(16 * M)
#define IMAGE_SIZE (300 * K)

static const char *const names[] = { "bootmem", "bootmem-2.4", "early_res", "memblock" };

/* --- stand-ins -------------------------------------------------------------------------- */

char *host_memory;
struct page *mem_map;
pg_data_t contig_page_data;
unsigned long mem_map_first_pfn, mem_map_nr_pages, max_pfn_mapped, totalram_pages, totalhigh_pages;
int after_bootmem, movable_zone;
struct cpuinfo_x86 boot_cpu_data;

static bool freed[MOST_PAGES];
static unsigned long nr_freed;

static void note_freed(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), i;

	for (i = pfn; i < pfn + (1UL << order); i++) {
		assert_true(i < MOST_PAGES && !freed[i]);
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

void balance_own(const char *owner, struct phys_range range)
{
}

void mminit_dprintk(enum mminit_level level, const char *prefix, const char *fmt, ...)
{
}

/* --- a boot ----------------------------------------------------------------------------- */

struct machine {
	unsigned long low_pages;	/* max_low_pfn */
	struct phys_range ram[4];
	struct phys_range reserved;	/* is no RAM, and says so */
};

/* 4 KiB to 636 KiB, and 1 MiB to the end but for a hole. */
static const struct machine small = {
	PAGES, { { 4 * K, 636 * K }, { M, 20 * M }, { 21 * M, 24 * M } }, { 20 * M, 21 * M },
};

/* A last byte of RAM far above the others is no page: low memory goes on where mem_map has ended. */
static const struct machine lone_byte = {
	0x37bfe, { { 0, 0x9f000 }, { M, 0x13c00000 }, { 0x6a3e0800, 0x6a3e0801 } }, { 0x9f000, M },
};

/* memmap=exactmap memmap=48M@16M memmap=1K$0: mem_map begins high. */
static const struct machine high_start = { 64 * M / PAGE_SIZE, { { 16 * M, 64 * M } }, { 0, K } };

/* Whether a whole page frame is RAM. */
static bool is_ram_of(const struct machine *m, unsigned long pfn)
{
	for (size_t i = 0; i < ARRAY_SIZE(m->ram); i++)
		if (pfn >= PFN_UP(m->ram[i].start) && pfn < PFN_DOWN(m->ram[i].end))
			return true;
	return false;
}

static bool is_ram(unsigned long pfn)
{
	return is_ram_of(&small, pfn);
}

/* Node 0 from the first page frame that is RAM to the last one, and a struct page for each block. */
static void make_mem_map(const struct machine *m)
{
	unsigned long first = 0, end = MOST_PAGES, start;

	while (!is_ram_of(m, first))
		first++;
	while (!is_ram_of(m, end - 1))
		end--;
	contig_page_data.node_start_pfn = first;
	contig_page_data.node_spanned_pages = end - first;
	start = round_down(first, MAX_ORDER_NR_PAGES);
	mem_map = calloc(round_up(end, MAX_ORDER_NR_PAGES) - start, sizeof(*mem_map));
	mem_map -= start;
	mem_map_first_pfn = start;
	mem_map_nr_pages = end - start;
	for (int i = 0; i < MAX_NR_ZONES; i++)
		contig_page_data.node_zones[i].zone_pgdat = &contig_page_data;
}

/* Up to where RAM is known. */
static void begin_on(const struct machine *m, const char *name)
{
	assert_int_equal(boot_alloc_setup((char *)name), 0);
	assert_string_equal(live_boot_allocator()->name, name);
	host_memory = mmap(NULL, MOST_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(host_memory != MAP_FAILED);
	make_mem_map(m);
	max_low_pfn = max_pfn = max_pfn_mapped = m->low_pages;
	for (size_t i = 0; i < ARRAY_SIZE(m->ram); i++)
		if (m->ram[i].end)
			e820_add_region(m->ram[i].start, phys_range_size(m->ram[i]), E820_RAM);
	e820_add_region(m->reserved.start, phys_range_size(m->reserved), E820_RESERVED);
	e820_sanitize();
	boot_reserve(phys_span(IMAGE, IMAGE_SIZE), "TEXT DATA BSS");
	e820__memblock_setup();
	e820_register_active_regions(0, 0, m->low_pages);
	sort_node_map();
}

static void begin(const char *name)
{
	begin_on(&small, name);
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
	assert_true(panics(boot_reserve(phys_range(M, 2 * M), "late")));
	assert_true(log_has(strcmp(name, "memblock") ? ": too late, the early reservations have been "
			    "taken over\n" : ": too late, all pages have been handed over\n"));
	assert_true(log_has(strcmp(name, "memblock") ? "memdawn: reserve_early() called from [<" :
			    "memdawn: memblock_reserve() called from [<"));
	assert_true(panics(boot_unreserve(phys_span(IMAGE, IMAGE_SIZE))));
	assert_int_equal(nr_freed, 0);
}

static void run_never_reserved(const char *name)
{
	begin(name);
	log_clear();
	if (strcmp(name, "memblock")) {
		assert_true(panics(boot_unreserve(phys_range(M, 2 * M))));
		assert_true(log_has("free_early on not reserved area: 100000-1fffff!"));
		log_clear();
		assert_true(panics(boot_unreserve(phys_span(IMAGE, IMAGE_SIZE - 1))));
		assert_true(log_has("free_early on not reserved area: 1000000-"));
	} else {
		boot_unreserve(phys_range(M, 2 * M));
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
	static const struct phys_range expected[] = {
		{ 4 * K, 636 * K }, { M, 3 * M }, { 3 * M + 5000, IMAGE },
		{ IMAGE + IMAGE_SIZE, 20 * M }, { 21 * M, 24 * M },
	};
	struct phys_range found = { 0, 0 };

	begin(name);
	boot_reserve(phys_span(3 * M, 5000), "kept");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		found = boot_next_free(found.end);
		assert_true(found.start == expected[i].start && found.end == expected[i].end);
	}
	assert_true(phys_range_empty(boot_next_free(found.end)));
	found = boot_next_free(2 * M + 5);
	assert_true(found.start == 2 * M + 5 && found.end == 3 * M);
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
	boot_reserve(phys_span(3 * M, 5000), "kept");
	boot_reserve(phys_range(4 * M, 5 * M), "given back");
	boot_unreserve(phys_range(4 * M, 5 * M));
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

	stats = &boot_alloc_stats[boot_alloc_number()];
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

/*
 * RAM begins high or ends before low memory does, and so does mem_map: each page of RAM that nobody
 * has is handed over, and nothing outside mem_map looked at or marked (the sanitizer sees to it).
 */
static void run_on_odd_map(const struct machine *m, const char *name)
{
	const struct boot_alloc_stats *stats;
	unsigned long image_pages = PFN_UP(IMAGE_SIZE), free = 0, run = 0, runs = 0, largest = 0;

	begin_on(m, name);
	boot_reserve_overlap_ok(phys_range(0x9f000, M), "BIOS reserved");
	boot_alloc_start();
	assert_non_null(boot_alloc(2 * M, PAGE_SIZE, 16 * M));
	for (unsigned long pfn = 0; pfn < MOST_PAGES; pfn++)
		free += pfn < m->low_pages && is_ram_of(m, pfn);
	free -= image_pages + 2 * M / PAGE_SIZE;
	assert_int_equal(boot_free_all(), free);
	assert_int_equal(nr_freed, free);
	for (unsigned long pfn = 0; pfn < MOST_PAGES; pfn++) {
		run = freed[pfn] ? run + 1 : 0;
		runs += run == 1;
		largest = max(largest, run);
	}
	stats = &boot_alloc_stats[boot_alloc_number()];
	assert_true(stats->served);
	assert_int_equal(stats->free, free);
	assert_int_equal(stats->reserved, image_pages + 2 * M / PAGE_SIZE);
	assert_int_equal(stats->runs, runs);
	assert_int_equal(stats->largest, largest);
}

static void run_lone_byte(const char *name)
{
	run_on_odd_map(&lone_byte, name);
}

static void run_high_start(const char *name)
{
	run_on_odd_map(&high_start, name);
}

/*
 * Of several memdawn.bootalloc= the last holds. "all" begins with the first that hasn't served, so
 * each start of the kernel has one generation less before it, whatever else was said.
 */
static void run_last_word(const char *name)
{
	const struct boot_allocator *next;

	assert_int_equal(boot_alloc_setup("all"), 0);
	assert_true(boot_alloc_all);
	assert_int_equal(boot_alloc_setup((char *)name), 0);
	assert_false(boot_alloc_all);
	assert_string_equal(live_boot_allocator()->name, name);
	assert_int_equal(boot_alloc_setup("all"), 0);
	assert_int_equal(boot_alloc_setup("nonsense"), -1);
	for (unsigned int left = NR_BOOT_ALLOCATORS; left; left--) {
		assert_true(boot_alloc_all);
		next = boot_alloc_next();
		assert_ptr_equal(next, live_boot_allocator());
		boot_alloc_stats[boot_alloc_number()].served = true;
		assert_ptr_not_equal(next, boot_alloc_next());
		assert_int_equal(boot_alloc_setup((char *)name), 0);
		assert_int_equal(boot_alloc_setup("all"), left > 1 ? 0 : -1);
	}
	assert_null(boot_alloc_next());
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
FOR_EACH(lone_byte)
FOR_EACH(high_start)
FOR_EACH(last_word)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_early),
		cmocka_unit_test(test_too_late),
		cmocka_unit_test(test_never_reserved),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_lone_byte),
		cmocka_unit_test(test_high_start),
		cmocka_unit_test(test_last_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
