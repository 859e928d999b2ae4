// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/boot/bootmem.c against a model that keeps one bool for each page and looks at every page in
 * turn.
 *
 * A run makes a node, frees some of it as RAM, and then frees, reserves and allocates at random.
 * After each operation the bitmap must be the model's, and every allocation must lie where the
 * model puts it, zeroed, with its neighbourhood untouched. At the end each free page, and after
 * them the bitmap's own pages, must have been handed on once, in order. What the interface forbids
 * must end in BUG().
 *
 *	prop_bootmem RUNS	SEED= in the environment repeats a run
 */
#include <asm/page.h>
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <mm/boot/bootmem.h>
#include <mm/page_alloc.h>

#include <pages_model.h>

#define MAX_PFN		3000
#define NOWHERE		(~0UL)
#define GUARD		64	/* bytes around an allocation that must not change */

char *host_memory;
pg_data_t contig_page_data = { .bdata = &bootmem_node_data[0] };
struct page *mem_map;
static struct page pages[MAX_PFN];

/* The pages that free_all_bootmem() has handed on, in order. */
static unsigned long freed[2 * MAX_PFN];
static int nr_freed;

static struct {
	unsigned long min, low, map_pfn, map_pages;
	bool used[MAX_PFN];			/* by page frame number */
	unsigned long last_end, hint;		/* physical address; page frame number */
} model;

static struct {
	unsigned long operations, allocations, failures, merges, fallbacks, busy, bugs;
} seen;

void __free_pages_bootmem(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	must(order == 0 || (order == 5 && pfn % 32 == 0));
	for (unsigned long i = 0; i < 1UL << order; i++) {
		must(pfn + i < MAX_PFN && nr_freed < 2 * MAX_PFN);
		freed[nr_freed++] = pfn + i;
	}
}

static void check_bitmap(void)
{
	const unsigned long *map = bootmem_node_data[0].node_bootmem_map;
	unsigned long free_pages = 0;

	for (unsigned long pfn = model.min; pfn < model.low; pfn++) {
		must_say(test_bit(pfn - model.min, map) == model.used[pfn],
			 "the bit of page frame %lu (bit %lu, from the node's first on) is %d, that is, %s; "
			 "the page frame is %s", pfn, pfn - model.min, test_bit(pfn - model.min, map),
			 model.used[pfn] ? "free" : "taken", model.used[pfn] ? "taken" : "free");
		free_pages += !model.used[pfn];
	}
	must_say(bootmem_free_pages() == free_pages, "bootmem counts %lu free pages, there are %lu",
		 bootmem_free_pages(), free_pages);
}

static void start_node(void)
{
	bootmem_data_t *bdata = &bootmem_node_data[0];

	if (bdata->list.next)
		list_del(&bdata->list);
	memset(bdata, 0, sizeof(*bdata));
	memset(&model, 0, sizeof(model));
	must(panics(reserve_bootmem(0, PAGE_SIZE, BOOTMEM_DEFAULT)) && log_has("too early"));
	model.min = random_chance(2) ? 0 : random_below(500);
	model.low = model.min + 1 + random_below(random_chance(2) ? 100 : MAX_PFN - model.min);
	if (model.low > MAX_PFN)
		model.low = MAX_PFN;
	model.hint = model.min;
	mark_pages(model.used, model.min, model.low, true);
	model.map_pages = bootmem_bootmap_pages(model.low - model.min);
	must(model.map_pages == 1);	/* of less than 32768 page frames */
	model.map_pfn = model.min + random_below(model.low - model.min);
	must(init_bootmem_node(&contig_page_data, model.map_pfn, model.min, model.low) ==
	     (model.low - model.min + 31) / 32 * 4);
	check_bitmap();
}

/* Frees what is used of a random range: page by page, or all of it where it is used as a whole. */
static void do_free(void)
{
	unsigned long addr, size, start, end;

	random_range(model.min, model.low, &addr, &size);
	start = PFN_UP(addr);
	end = PFN_DOWN(addr + size);
	if (start >= model.low)
		return;
	for (; start < end && any_page(model.used, start, end, false); end--)
		size = ((end - 1) << PAGE_SHIFT) - addr;
	if (start <= model.map_pfn && model.map_pfn < end)
		return;
	free_bootmem_node(&contig_page_data, addr, size);
	mark_pages(model.used, start, end, false);
	model.hint = min(model.hint, start);
}

static void do_reserve(void)
{
	unsigned long addr, size, start, end;
	int flags = random_chance(3) ? BOOTMEM_EXCLUSIVE : BOOTMEM_DEFAULT;
	bool busy;

	random_range(model.min, model.low, &addr, &size);
	start = PFN_DOWN(addr);
	end = PFN_UP(addr + size);
	busy = flags == BOOTMEM_EXCLUSIVE && any_page(model.used, start, end, true);
	must_say(reserve_bootmem(addr, size, flags) == (busy ? -1 : 0),
		 "reserving %lu bytes at %08lx%s has to %s, and does not", size, addr,
		 flags == BOOTMEM_EXCLUSIVE ? " exclusively" : "",
		 busy ? "be refused, for a page is taken" : "succeed");
	if (busy) {
		model.hint = min(model.hint, start);
		seen.busy++;
	} else {
		mark_pages(model.used, start, end, true);
	}
}

/* The first page at or above `from` where the pages fit, at a multiple of step, or NOWHERE. */
static unsigned long model_search(unsigned long from, unsigned long nr, unsigned long step)
{
	for (unsigned long pfn = from; pfn + nr <= model.low; pfn++)
		if (pfn % step == 0 && !any_page(model.used, pfn, pfn + nr, true))
			return pfn;
	return NOWHERE;
}

static unsigned long model_alloc_from(unsigned long from, unsigned long size, unsigned long align)
{
	unsigned long step = max(align >> PAGE_SHIFT, 1UL), nr = PFN_UP(size);
	unsigned long pfn = NOWHERE, addr;

	from = ALIGN(from, step);
	if (model.hint > from) {
		pfn = model_search(model.hint, nr, step);
		seen.fallbacks += pfn == NOWHERE;
	}
	if (pfn == NOWHERE)
		pfn = model_search(from, nr, step);
	if (pfn == NOWHERE)
		return NOWHERE;

	addr = pfn << PAGE_SHIFT;
	if (model.last_end % PAGE_SIZE && PFN_DOWN(model.last_end) + 1 == pfn) {
		addr = ALIGN(model.last_end, align);
		seen.merges += addr < pfn << PAGE_SHIFT;
	}
	mark_pages(model.used, pfn, PFN_UP(addr + size), true);
	model.last_end = addr + size;
	model.hint = PFN_UP(addr + size);
	return addr;
}

/* From the goal, where it lies in the node; then from the node's start. */
static unsigned long model_alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	unsigned long goal_pfn = PFN_DOWN(goal), addr = NOWHERE;

	if (goal_pfn > model.min && goal_pfn < model.low)
		addr = model_alloc_from(goal_pfn, size, align);
	if (addr == NOWHERE)
		addr = model_alloc_from(model.min, size, align);
	return addr;
}

/*
 * A byte that an allocation must not change unless it is its own: in memory, and not the bitmap's.
 */
static bool watched(unsigned long addr)
{
	return PFN_DOWN(addr) != model.map_pfn && PFN_DOWN(addr) < MAX_PFN;
}

/* Garbage where the model puts the allocation, and a bit around. */
static void soil(unsigned long addr, unsigned long size)
{
	for (unsigned long at = addr - GUARD; at != addr + size + GUARD; at++)
		if (watched(at))
			host_memory[at] = 0xa5;
}

/* The allocation is zeroed, and nothing else. */
static void check_soil(unsigned long addr, unsigned long size)
{
	for (unsigned long at = addr - GUARD; at != addr + size + GUARD; at++)
		if (watched(at))
			must(host_memory[at] == (at - addr < size ? 0 : (char)0xa5));
}

static void do_alloc(void)
{
	unsigned long size = 1 + random_below(random_chance(8)	 ? 200000
					      : random_chance(2) ? 100
								 : 9000);
	unsigned long align = 1UL << random_below(random_chance(2) ? 6 : 16);
	unsigned long goal = random_chance(2) ? 0 : random_below((MAX_PFN + 100) << PAGE_SHIFT);
	unsigned long addr = model_alloc(size, align, goal);
	char *region;

	if (addr == NOWHERE) {
		seen.failures++;
		must_say(__alloc_bootmem_nopanic(size, align, goal) == NULL,
			 "%lu bytes are handed out, and there is no room for them", size);
		return;
	}
	seen.allocations++;
	soil(addr, size);
	region = __alloc_bootmem_nopanic(size, align, goal);
	must_say(region == host_memory + addr,
		 "%lu bytes at a multiple of %lu, from %08lx on: handed out at %08lx, the first room is %08lx",
		 size, align, goal, region ? (unsigned long)(region - host_memory) : 0, addr);
	must(addr % align == 0);
	check_soil(addr, size);
}

/*
 * What must not be done is not done silently. It ends the run: the state is anybody's guess after
 * it.
 */
static void do_forbidden(void)
{
	unsigned long low = model.low << PAGE_SHIFT, pfn;

	seen.bugs++;
	switch (random_below(5)) {
	case 0:
		must(panics(reserve_bootmem(low - PAGE_SIZE, 2 * PAGE_SIZE, BOOTMEM_DEFAULT)));
		break;
	case 1:
		must(panics(free_bootmem_node(&contig_page_data, low, PAGE_SIZE)));
		break;
	case 2:
		must(panics(__alloc_bootmem_nopanic(0, 1, 0)));
		break;
	case 3:
		must(panics(__alloc_bootmem_nopanic(16, 24, 0)));
		break;
	case 4:
		pfn = model_search(model.min, 1, 1);
		if (pfn != NOWHERE)
			must(panics(free_bootmem_node(&contig_page_data, pfn << PAGE_SHIFT,
						      PAGE_SIZE)));
		break;
	}
}

/* Every call is refused, and the caller named. */
static void after_the_end(void)
{
	unsigned long addr = model.min << PAGE_SHIFT;

	log_clear();
	must(panics(__alloc_bootmem_nopanic(1, 1, 0)));
	must(panics(free_bootmem_node(&contig_page_data, addr, PAGE_SIZE)));
	must(panics(reserve_bootmem(addr, PAGE_SIZE, BOOTMEM_DEFAULT)));
	must(panics(free_all_bootmem()));
	must(log_has("memdawn: __alloc_bootmem_nopanic() called from [<") && log_has(": too late"));
}

static void check_next_freed(int n, unsigned long pfn)
{
	must_say(n < nr_freed, "page frame %lu%s is never freed", pfn,
		 pfn == model.map_pfn ? ", the bitmap's," : "");
	must_say(freed[n] == pfn, "the page frame freed as number %d is %lu, it has to be %lu", n + 1,
		 freed[n], pfn);
}

static void finish(void)
{
	unsigned long total;
	int n = 0;

	nr_freed = 0;
	/* The bitmap's pages are its own, and freed after the others. */
	model.used[model.map_pfn] = true;
	__set_bit(model.map_pfn - model.min, bootmem_node_data[0].node_bootmem_map);
	total = free_all_bootmem();
	for (unsigned long pfn = model.min; pfn < model.low; pfn++)
		if (!model.used[pfn])
			check_next_freed(n++, pfn);
	check_next_freed(n++, model.map_pfn);
	must_say(n == nr_freed && total == (unsigned long)n,
		 "%d pages had to be freed, %d were, and %lu are said to be", n, nr_freed, total);
	after_the_end();
}

static void one_run(void)
{
	int operations = 1 + random_below(100);

	log_clear();
	start_node();
	for (int i = 0; i < 3; i++)
		do_free();
	seen.operations += 3 + operations;
	while (operations--) {
		switch (random_below(6)) {
		case 0:
			do_free();
			break;
		case 1:
			do_reserve();
			break;
		default:
			do_alloc();
		}
		check_bitmap();
	}
	if (random_chance(3))
		do_forbidden();
	else
		finish();
}

int main(int argc, char **argv)
{
	unsigned long runs = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 1000);

	random_init("prop_bootmem");
	/* One page more on either side. */
	host_memory = (char *)calloc(MAX_PFN + 2, PAGE_SIZE) + PAGE_SIZE;
	mem_map = pages;
	for (case_number = 0; case_number < runs; case_number++)
		one_run();
	printf("%lu operations in %lu runs: %lu allocations (%lu merged into a page, %lu restarted below the hint), "
	       "%lu without room, %lu busy, %lu forbidden calls\n",
	       seen.operations, runs, seen.allocations, seen.merges, seen.fallbacks, seen.failures, seen.busy,
	       seen.bugs);
	if (runs >= 1000 && (!seen.merges || !seen.fallbacks || !seen.failures || !seen.busy)) {
		fprintf(stderr, "some kind of operation was never tried\n");
		return 1;
	}
	free(host_memory - PAGE_SIZE);
	return 0;
}
