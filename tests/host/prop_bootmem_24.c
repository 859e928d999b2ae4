// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/boot/bootmem_24.c against a model that keeps one bool for each page, looks at every page in
 * turn, and has a second copy of all memory.
 *
 * A run makes a node, frees some of it as RAM, and then frees, reserves and allocates at random,
 * with wrong calls in between, which must end in BUG() and change nothing. After each operation
 * the bitmap must be the model's. An allocation must lie where the model puts it, be zeroed and
 * have no byte that somebody else owns; its owner then fills it, and at the end of the run every
 * byte of memory must be what its last owner has left there. The hand-over must pass each free
 * page on once, in order, after them the bitmap's own; then every call must end in BUG().
 *
 *	prop_bootmem_24 OPERATIONS	SEED= in the environment repeats a run
 */
#include <asm/page.h>
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <mm/boot/bootmem_24.h>
#include <mm/page_alloc.h>

#include <pages_model.h>

#define MAX_PFN		400
#define NOWHERE		(~0UL)
#define NOBODY		0xa5	/* what bytes hold that belong to nobody */

char *host_memory;
struct page *mem_map;
static struct page pages[MAX_PFN];

/* The same bytes as in host_memory, but for the bitmap; and two pages of bytes to compare with. */
static char *shadow, *nobodys, *zeros;

/* The pages that bootmem24_free_all() has handed on, in order. */
static unsigned long freed[MAX_PFN];
static unsigned long nr_freed;

static struct {
	unsigned long min, low, map_pfn;
	bool used[MAX_PFN];		/* by page frame number */
	unsigned long last_end;		/* where the last allocation ended; 0: not known any more */
} model;

static struct {
	unsigned long runs, allocations, failures, merges, within, goals, goals_missed, twice, bugs;
} seen;

void __free_pages_bootmem(struct page *page, unsigned int order)
{
	must(order == 0 && nr_freed < MAX_PFN);
	freed[nr_freed++] = page_to_pfn(page);
}

static void check_bitmap(void)
{
	const unsigned long *map = bootmem24_node_data.node_bootmem_map;
	unsigned long free_pages = 0;

	for (unsigned long pfn = model.min; pfn < model.low; pfn++) {
		must_say(test_bit(pfn - model.min, map) == model.used[pfn],
			 "the bit of page frame %lu is %d, the page frame is %s", pfn,
			 test_bit(pfn - model.min, map), model.used[pfn] ? "taken" : "free");
		free_pages += !model.used[pfn];
	}
	must_say(bootmem24_free_pages() == free_pages, "%lu free pages are counted, there are %lu",
		 bootmem24_free_pages(), free_pages);
}

/* The node and a page on either side; of the bitmap nobody keeps a copy. */
static void check_memory(void)
{
	long start = (long)(model.min * PAGE_SIZE) - PAGE_SIZE;
	long map = model.map_pfn * PAGE_SIZE, end = (model.low + 1) * PAGE_SIZE;

	must(!memcmp(host_memory + start, shadow + start, map - start));
	map += PAGE_SIZE;
	must(!memcmp(host_memory + map, shadow + map, end - map));
}

static void fill(long start, long end, int value)
{
	memset(host_memory + start, value, end - start);
	memset(shadow + start, value, end - start);
}

static void start_node(void)
{
	unsigned long min = random_chance(2) ? 0 : random_below(100);
	unsigned long low = min + 1 + random_below(random_chance(2) ? 50 : MAX_PFN - min);
	unsigned long map_pfn = min + random_below(low - min), bytes;

	memset(&bootmem24_node_data, 0, sizeof(bootmem24_node_data));
	memset(&model, 0, sizeof(model));
	model.min = min;
	model.low = low;
	model.map_pfn = map_pfn;
	fill((long)(min * PAGE_SIZE) - PAGE_SIZE, (low + 1) * PAGE_SIZE, NOBODY);
	must(panics(bootmem24_reserve(min << PAGE_SHIFT, PAGE_SIZE)));

	bytes = min ? bootmem24_init_node(map_pfn, min, low) : bootmem24_init(map_pfn, low);
	must(bytes == (low - min + 31) / 32 * 4);
	mark_pages(model.used, min, low, true);
	check_bitmap();
	must(panics(bootmem24_init(map_pfn, low)));
}

/* Frees a random range, often only as far as all of it is used; else it must be refused. */
static void do_free(void)
{
	unsigned long addr, size, start, end;

	random_range(model.min, model.low, &addr, &size);
	start = PFN_UP(addr);
	end = PFN_DOWN(addr + size);
	if (start <= model.map_pfn && model.map_pfn < end)
		return;
	if (!random_chance(8))
		while (start < end && any_page(model.used, start, end, false))
			size = (--end << PAGE_SHIFT) - addr;
	if (!size)
		return;
	if (any_page(model.used, start, end, false)) {
		must(panics(bootmem24_free(addr, size)));
		seen.bugs++;
		return;
	}
	if (random_chance(2))
		bootmem24_free(addr, size);
	else
		bootmem24_register_low_pages(addr, size);
	if (start >= end)
		return;
	mark_pages(model.used, start, end, false);
	fill(start << PAGE_SHIFT, end << PAGE_SHIFT, NOBODY);
	if (PFN_DOWN(model.last_end - 1) >= start && PFN_DOWN(model.last_end - 1) < end)
		model.last_end = 0;
}

static void do_reserve(void)
{
	static char expected[MAX_PFN * 40];
	unsigned long addr, size, pfn;
	char *at = expected;

	random_range(model.min, model.low, &addr, &size);
	*at = '\0';
	for (pfn = PFN_DOWN(addr); pfn < PFN_UP(addr + size); pfn++) {
		if (model.used[pfn])
			at += sprintf(at, "hm, page %08lx reserved twice.\n", pfn << PAGE_SHIFT);
		model.used[pfn] = true;
	}
	seen.twice += at > expected;
	log_clear();
	bootmem24_reserve(addr, size);
	must(!strcmp(log_text(), expected));
}

/* The first page at or above `from` whose address is aligned and where the pages fit. */
static unsigned long model_search(unsigned long from, unsigned long nr, unsigned long align)
{
	for (unsigned long pfn = from; pfn < model.low && nr <= model.low - pfn; pfn++)
		if ((pfn << PAGE_SHIFT) % max(align, PAGE_SIZE) == 0 &&
		    !any_page(model.used, pfn, pfn + nr, true))
			return pfn;
	return NOWHERE;
}

/* Where the search begins: the goal's distance from the node's first aligned page is rounded up. */
static unsigned long model_goal(unsigned long goal, unsigned long align)
{
	u64 start = model.min * PAGE_SIZE, first = roundup(start, max(align, PAGE_SIZE));

	if (goal < start || goal >= model.low * PAGE_SIZE)
		return model.min;
	return (first + roundup(goal - start, align)) / PAGE_SIZE;
}

static unsigned long model_alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	unsigned long nr = ((u64)size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned long from = model_goal(goal, align);
	unsigned long pfn = model_search(from, nr, align), addr;

	seen.goals += from > model.min;
	if (pfn == NOWHERE) {
		pfn = model_search(model.min, nr, align);
		seen.goals_missed += pfn != NOWHERE;
	}
	if (pfn == NOWHERE)
		return NOWHERE;

	addr = pfn << PAGE_SHIFT;
	if (align <= PAGE_SIZE && model.last_end % PAGE_SIZE &&
	    PFN_DOWN(model.last_end) + 1 == pfn) {
		addr = model.last_end;
		while (addr % align)
			addr++;
		seen.merges += addr < pfn << PAGE_SHIFT;
		seen.within += addr + size <= pfn << PAGE_SHIFT;
	}
	mark_pages(model.used, pfn, PFN_UP(addr + size), true);
	model.last_end = addr + size;
	return addr;
}

static void random_request(unsigned long *size, unsigned long *align, unsigned long *goal)
{
	*size = 1 + random_below(random_chance(8)   ? 200000
				 : random_chance(2) ? 100
						    : 9000);
	if (random_chance(4))
		*size = PAGE_ALIGN(*size);
	if (random_chance(100))
		*size = -*size;
	*align = 1UL << random_below(random_chance(2) ? 6 : random_chance(8) ? 32 : 18);
	*goal = random_chance(2) ? 0 : random_below((MAX_PFN + 20) << PAGE_SHIFT);
	if (random_chance(50))
		*goal = random_u64();
}

static void do_alloc(void)
{
	unsigned long size, align, goal, addr;
	char *region;

	random_request(&size, &align, &goal);
	addr = model_alloc(size, align, goal);
	if (addr == NOWHERE) {
		seen.failures++;
		must(bootmem24_alloc_nopanic(size, align, goal) == NULL);
		log_clear();
		must(panics(bootmem24_alloc(size, align, goal)));
		must(log_has("Out of memory"));
		return;
	}
	seen.allocations++;
	must(addr % align == 0 && addr >= model.min << PAGE_SHIFT);
	must(!memcmp(shadow + addr, nobodys, size));
	region = random_chance(2) ? bootmem24_alloc(size, align, goal)
				  : bootmem24_alloc_nopanic(size, align, goal);
	must_say(region == host_memory + addr,
		 "%lu bytes at a multiple of %lu, from %08lx on: handed out at %08lx, it has to be %08lx", size,
		 align, goal, region ? (unsigned long)(region - host_memory) : 0, addr);
	must(!memcmp(region, zeros, size));
	fill(addr, addr + size, 1 + case_number % 128);
}

/* What must not be done is refused, and nothing is changed. */
static void do_wrong(void)
{
	unsigned long start = model.min << PAGE_SHIFT, end = model.low << PAGE_SHIFT;
	unsigned long inside = start + (random_below(end - start) | 1);
	unsigned long wrapping = -inside + random_below(inside), wrong_align;

	seen.bugs++;
	switch (random_below(8)) {
	case 0:
		must(panics(bootmem24_reserve(inside, end - inside + 1 + random_below(100))));
		break;
	case 1:
		must(panics(bootmem24_reserve(inside, wrapping)));
		break;
	case 2:
		must(panics(bootmem24_free(inside, PAGE_ALIGN(end + PAGE_SIZE - inside))));
		break;
	case 3:
		must(panics(bootmem24_free(inside, wrapping)));
		break;
	case 4:
		must(panics(random_chance(2) ? bootmem24_free(inside, 0)
					     : bootmem24_reserve(inside, 0)));
		break;
	case 5:
		if (start)
			must(panics(bootmem24_reserve(start - 1, 2)));
		must(panics(bootmem24_free(end, PAGE_SIZE)));
		break;
	case 6:
		must(panics(bootmem24_alloc(0, 1, inside)));
		break;
	case 7:
		wrong_align = random_chance(2) ? 0 : 3UL << random_below(31);
		must(panics(bootmem24_alloc_nopanic(1, wrong_align, inside)));
		break;
	}
}

static void after_the_end(void)
{
	unsigned long addr = model.min << PAGE_SHIFT;

	log_clear();
	must(panics(bootmem24_alloc(1, 1, 0)) && panics(bootmem24_alloc_nopanic(1, 1, 0)));
	must(panics(bootmem24_free(addr, PAGE_SIZE)) && panics(bootmem24_reserve(addr, PAGE_SIZE)));
	must(panics(bootmem24_register_low_pages(addr, PAGE_SIZE)));
	must(panics(bootmem24_free_all()));
	must(log_has("bootmem24_alloc() called from") && log_has("too late"));
}

static void finish(void)
{
	unsigned long n = 0;

	nr_freed = 0;
	must(bootmem24_free_all() == nr_freed);
	for (unsigned long pfn = model.min; pfn < model.low; pfn++)
		if (!model.used[pfn])
			must_say(n < nr_freed && freed[n++] == pfn,
				 "page frame %lu has to be freed next, and is not", pfn);
	must(n + 1 == nr_freed && freed[n] == model.map_pfn);
	check_memory();
	after_the_end();
}

static void one_operation(void)
{
	log_clear();
	switch (random_below(24)) {
	case 0 ... 6:
		do_free();
		break;
	case 7 ... 9:
		do_reserve();
		break;
	case 10:
		do_wrong();
		break;
	default:
		do_alloc();
	}
	check_bitmap();
	case_number++;
}

static void one_run(void)
{
	int left = 1 + random_below(200);

	log_clear();
	start_node();
	for (int i = 0; i < 3; i++)
		do_free();
	while (left--)
		one_operation();
	finish();
	seen.runs++;
}

/* As much memory as there is, and a page more on either side. */
static char *memory(int value)
{
	unsigned long bytes = (MAX_PFN + 2) << PAGE_SHIFT;

	return (char *)memset(malloc(bytes), value, bytes) + PAGE_SIZE;
}

int main(int argc, char **argv)
{
	unsigned long wanted = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 10000);

	random_init("prop_bootmem_24");
	host_memory = memory(NOBODY);
	shadow = memory(NOBODY);
	nobodys = memory(NOBODY);
	zeros = memory(0);
	mem_map = pages;
	while (case_number < wanted)
		one_run();
	printf("%lu operations in %lu runs: %lu allocations (%lu with a goal, %lu of them below "
	       "it, %lu merged, %lu of them within the page), %lu without room, %lu reserved "
	       "twice, %lu refused\n", case_number, seen.runs, seen.allocations, seen.goals,
	       seen.goals_missed, seen.merges, seen.within, seen.failures, seen.twice, seen.bugs);
	if (wanted >= 10000 && (!seen.goals_missed || !seen.within || !seen.failures ||
				!seen.twice || !seen.bugs)) {
		fprintf(stderr, "some kind of operation was never tried\n");
		return 1;
	}
	return 0;
}
