// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/page_alloc/buddy.c and its neighbours against a model of the free lists: for each zone,
 * order and migrate type an array of block starts. Lists must be equal in content and order, after
 * frees in every order and size, and after allocations, which must get the model's blocks.
 *
 * A run lays three zones over a few thousand page frames, with borders that are not aligned, gives
 * the pageblocks random types, frees pages (upwards, downwards, at random, in blocks, and in bulk),
 * and takes blocks off the lists again. Where the kernel frees in bulk the model frees page by
 * page, which is what the kernel promises to equal.
 *
 *	prop_buddy RUNS		SEED= in the environment repeats a run
 */
#include <asm/page.h>
#include <kernel/panic.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/mm_init.h>
#include <mm/page_alloc_internal.h>

#include <host.h>

#define MAX_BLOCKS	6
#define MAX_PFN		(MAX_BLOCKS * MAX_ORDER_NR_PAGES)
#define TESTED_ZONES	3

char *host_memory;
pg_data_t contig_page_data;
struct page *mem_map;
unsigned long mem_map_first_pfn, mem_map_nr_pages;
int movable_zone;

static unsigned long end_pfn;		/* of the last zone */
static struct {
	unsigned long pages, joins, bulk, bad, wrong_orders, allocations, fallbacks, claims;
} seen;

struct model_list {
	int nr;
	u16 pfn[MAX_PFN];
};

static struct {
	struct model_list list[TESTED_ZONES][MAX_ORDER][MIGRATE_TYPES];
	u8 type[MAX_PFN];		/* the migrate type of the page's pageblock */
	s8 zone[MAX_PFN];		/* -1: in none */
	s8 order[MAX_PFN];		/* of the free block that begins here; -1: none does */
	s8 list_type[MAX_PFN];		/* and the list it is on */
	bool was_freed[MAX_PFN];
	unsigned long free_pages[TESTED_ZONES];
} model;

void mminit_verify_zonelist(void)
{
}

void dump_stack(void)
{
}

static void model_remove(unsigned long pfn)
{
	struct model_list *list =
		&model.list[model.zone[pfn]][model.order[pfn]][model.list_type[pfn]];
	int i;

	for (i = 0; list->pfn[i] != pfn; i++)
		must(i < list->nr);
	list->nr--;
	memmove(&list->pfn[i], &list->pfn[i + 1], (list->nr - i) * sizeof(list->pfn[0]));
	model.order[pfn] = -1;
}

/* Puts a free block at the head of the list that order and type say. */
static void model_add(unsigned long pfn, int order, int type)
{
	struct model_list *list = &model.list[model.zone[pfn]][order][type];

	model.order[pfn] = order;
	model.list_type[pfn] = type;
	memmove(&list->pfn[1], &list->pfn[0], list->nr * sizeof(list->pfn[0]));
	list->pfn[0] = pfn;
	list->nr++;
}

/*
 * Joins the block with its buddies, as long as they are free; the result goes to its list's head.
 */
static void model_free(unsigned long pfn, int order, int type)
{
	for (; order < MAX_ORDER - 1; order++) {
		unsigned long buddy = pfn ^ 1UL << order;

		if (model.zone[buddy] != model.zone[pfn] || model.order[buddy] != order)
			break;
		model_remove(buddy);
		pfn = pfn < buddy ? pfn : buddy;
		seen.joins++;
	}
	model_add(pfn, order, type);
}

static void model_free_block(unsigned long pfn, int order, int type)
{
	for (unsigned long i = 0; i < 1UL << order; i++)
		model.was_freed[pfn + i] = true;
	model.free_pages[model.zone[pfn]] += 1UL << order;
	seen.pages += 1UL << order;
	model_free(pfn, order, type);
}

/* The first page frame of the pageblock that pfn is in: they are counted from the zone's first. */
static unsigned long block_start(unsigned long pfn)
{
	unsigned long start = contig_page_data.node_zones[(int)model.zone[pfn]].zone_start_pfn;

	return start + (pfn - start) / MAX_ORDER_NR_PAGES * MAX_ORDER_NR_PAGES;
}

static void model_set_type(unsigned long pfn, int type)
{
	unsigned long start = block_start(pfn);

	for (unsigned long i = start; i < start + MAX_ORDER_NR_PAGES && i < end_pfn; i++)
		if (model.zone[i] == model.zone[pfn])
			model.type[i] = page_group_by_mobility_disabled ? MIGRATE_UNMOVABLE : type;
}

/* Splits a block, taken off its list, until one of the wanted order is left: its first part. */
static void model_split(unsigned long pfn, int from, int to, int type)
{
	while (from > to) {
		from--;
		model_add(pfn + (1UL << from), from, type);
	}
}

#define NONE	(~0UL)

static unsigned long model_take_smallest(int z, int order, int type)
{
	for (int o = order; o < MAX_ORDER; o++) {
		unsigned long pfn = model.list[z][o][type].pfn[0];

		if (!model.list[z][o][type].nr)
			continue;
		model_remove(pfn);
		model_split(pfn, o, order, type);
		return pfn;
	}
	return NONE;
}

/*
 * All free blocks of the naturally aligned 1024 page frames around pfn go to a type's lists. Not
 * where these cross the zone's end; where they cross its beginning, from pfn on. Returns the pages
 * moved.
 */
static unsigned long model_move_block(unsigned long pfn, int type)
{
	unsigned long start = round_down(pfn, MAX_ORDER_NR_PAGES), end = start + MAX_ORDER_NR_PAGES;
	const struct zone *zone = &contig_page_data.node_zones[(int)model.zone[pfn]];
	unsigned long moved = 0;

	if (end > zone->zone_start_pfn + zone->spanned_pages)
		return 0;
	if (start < zone->zone_start_pfn)
		start = pfn;
	for (unsigned long i = start; i < end; i++) {
		int order = model.order[i];

		if (order < 0)
			continue;
		model_remove(i);
		model_add(i, order, type);
		moved += 1UL << order;
	}
	return moved;
}

/* From the largest block that another type has; it may take its whole pageblock along. */
static unsigned long model_take_fallback(int z, int order, int type)
{
	static const int others[3][2] = {
		[MIGRATE_UNMOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
		[MIGRATE_RECLAIMABLE] = { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
		[MIGRATE_MOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
	};

	for (int o = MAX_ORDER - 1; o >= order; o--)
		for (int i = 0; i < 2; i++) {
			int from = others[type][i], rest = from;
			unsigned long pfn = model.list[z][o][from].pfn[0];

			if (!model.list[z][o][from].nr)
				continue;
			seen.fallbacks++;
			if (o >= 5 || type == MIGRATE_RECLAIMABLE ||
			    page_group_by_mobility_disabled) {
				unsigned long moved = model_move_block(pfn, type);

				if (moved >= 512 || page_group_by_mobility_disabled) {
					model_set_type(pfn, type);
					seen.claims++;
				}
				rest = type;
			}
			model_remove(pfn);
			if (o == MAX_ORDER - 1)
				model_set_type(pfn, type);
			model_split(pfn, o, order, rest);
			return pfn;
		}
	return NONE;
}

static unsigned long model_take(int z, int order, int type)
{
	unsigned long pfn = model_take_smallest(z, order, type);

	if (pfn == NONE)
		pfn = model_take_fallback(z, order, type);
	if (pfn == NONE)
		pfn = model_take_smallest(z, order, MIGRATE_RESERVE);
	if (pfn != NONE)
		model.free_pages[z] -= 1UL << order;
	return pfn;
}

static void check_list(const struct zone *zone, int z, int order, int type)
{
	const struct list_head *head = &zone->free_area[order].free_list[type], *pos;
	const struct model_list *list = &model.list[z][order][type];
	int n = 0;

	list_for_each(pos, head) {
		const struct page *page = list_entry(pos, struct page, lru);

		must_say(n < list->nr && page_to_pfn(page) == list->pfn[n],
			 "zone %d, order %d, migrate type %d: block %d of the list is page frame %lu, "
			 "it has to be %d (-1: the list has to end)", z, order, type, n + 1, page_to_pfn(page),
			 n < list->nr ? list->pfn[n] : -1);
		must(PageBuddy(page) && page->private == (unsigned long)order);
		must(pos->prev->next == pos && pos->next->prev == pos);
		n++;
	}
	must_say(n == list->nr, "zone %d, order %d, migrate type %d: the list has %d blocks, it has to have %d",
		 z, order, type, n, list->nr);
}

/* A page that heads no free block is not marked as if it did; each one's block is found. */
static void check_pages(void)
{
	unsigned long block = 0, block_end = 0;

	for (unsigned long pfn = 0; pfn < end_pfn; pfn++) {
		must_say(PageBuddy(&mem_map[pfn]) == (model.order[pfn] >= 0),
			 "page frame %lu is %smarked as the first of a free block, it is %s", pfn,
			 PageBuddy(&mem_map[pfn]) ? "" : "not ", model.order[pfn] >= 0 ? "one" : "none");
		if (model.order[pfn] >= 0) {
			block = pfn;
			block_end = pfn + (1UL << model.order[pfn]);
		}
		must(free_block_of(&mem_map[pfn]) == (pfn < block_end ? &mem_map[block] : NULL));
	}
}

static void check_all(void)
{
	unsigned long total = 0;

	for (int z = 0; z < TESTED_ZONES; z++) {
		const struct zone *zone = &contig_page_data.node_zones[z];

		for (int order = 0; order < MAX_ORDER; order++) {
			unsigned long blocks = 0;

			for (int type = 0; type < MIGRATE_TYPES; type++) {
				check_list(zone, z, order, type);
				blocks += model.list[z][order][type].nr;
			}
			must_say(zone->free_area[order].nr_free == blocks,
				 "zone %d, order %d: nr_free is %lu, the lists have %lu blocks", z, order,
				 zone->free_area[order].nr_free, blocks);
		}
		must_say(zone->vm_stat[NR_FREE_PAGES] == model.free_pages[z],
			 "zone %d counts %ld free pages, there are %lu", z, zone->vm_stat[NR_FREE_PAGES],
			 model.free_pages[z]);
		total += model.free_pages[z];
	}
	must(nr_free_pages() == total);
	check_pages();
}

static void start_zone(int z, unsigned long start, unsigned long end)
{
	struct zone *zone = &contig_page_data.node_zones[z];
	unsigned long blocks = (end - start + MAX_ORDER_NR_PAGES - 1) / MAX_ORDER_NR_PAGES;

	free(zone->pageblock_flags);
	memset(zone, 0, sizeof(*zone));
	zone->zone_start_pfn = start;
	zone->spanned_pages = end - start;
	zone->present_pages = end - start;
	zone->zone_pgdat = &contig_page_data;
	zone->name = "test";
	zone->pageblock_flags = calloc((blocks * NR_PAGEBLOCK_BITS + 31) / 32, 4);
	for (int order = 0; order < MAX_ORDER; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			INIT_LIST_HEAD(&zone->free_area[order].free_list[type]);
	zone_pcp_init(zone);

	for (unsigned long pfn = start; pfn < end; pfn++) {
		mem_map[pfn] = (struct page){
			.flags = (unsigned long)z << ZONES_PGSHIFT | PF(PG_reserved),
			._count = 1,
			._mapcount = -1,
		};
		model.zone[pfn] = z;
	}
	/* Blocks of page frames are counted from the zone's first. */
	for (unsigned long first = start; first < end; first += MAX_ORDER_NR_PAGES) {
		int type = random_below(MIGRATE_TYPES);

		set_pageblock_migratetype(&mem_map[first], type);
		for (unsigned long pfn = first; pfn < first + MAX_ORDER_NR_PAGES && pfn < end;
		     pfn++)
			model.type[pfn] =
				page_group_by_mobility_disabled ? MIGRATE_UNMOVABLE : type;
	}
	for (unsigned long pfn = start; pfn < end; pfn++) {
		must(get_pageblock_migratetype(&mem_map[pfn]) == model.type[pfn]);
		must(pageblock_type(zone, pfn) == model.type[pfn]);
	}
}

/*
 * What the allocator takes for granted it checks, as it is built here (CONFIG_DEBUG_VM): that
 * blocks begin at a multiple of their size, lie in the zone, and aren't in use while they are free.
 */
static void check_assertions(void)
{
	struct zone *zones = contig_page_data.node_zones;

	free(mem_map);
	mem_map = calloc(MAX_ORDER_NR_PAGES, sizeof(struct page));
	start_zone(0, 1, 64);
	start_zone(1, 64, 128);
	must(panics(free_one_page(&zones[0], &mem_map[1], 1, MIGRATE_MOVABLE)));
	must(panics(free_one_page(&zones[1], &mem_map[1], 0, MIGRATE_MOVABLE)));
	must(panics(free_one_page(&zones[0], &mem_map[1], 0, MIGRATE_TYPES)));
	must(panics(page_order(&mem_map[1])));
	__free_pages_bootmem(&mem_map[2], 0);
	mem_map[2]._count = 1;
	must(panics(__free_pages_bootmem(&mem_map[3], 0)));
}

/*
 * mem_map has whole largest blocks, as in the kernel, and not a page more: the sanitizer watches.
 */
static void start_zones(void)
{
	unsigned long dma_end, normal_end;

	/* Rounding adds up to 32 page frames below. */
	end_pfn = 3 + random_below(random_chance(2) ? MAX_PFN - 36 : MAX_ORDER_NR_PAGES);
	dma_end = 2 + random_below(end_pfn - 2);
	normal_end = dma_end + random_below(end_pfn - dma_end);
	if (random_chance(2)) {
		dma_end = round_up(dma_end, 32UL);
		normal_end = round_up(normal_end, 32UL);
		end_pfn = max(end_pfn, normal_end + 1);
	}
	free(mem_map);
	mem_map = calloc(round_up(end_pfn, MAX_ORDER_NR_PAGES), sizeof(struct page));
	memset(&model, 0, sizeof(model));
	memset(model.zone, -1, sizeof(model.zone));
	memset(model.order, -1, sizeof(model.order));
	start_zone(0, 1, dma_end);
	start_zone(1, dma_end, normal_end);
	start_zone(2, normal_end, end_pfn);
	build_all_zonelists();
	/* It has decided by the zones' sizes; both ways are to be tried. */
	page_group_by_mobility_disabled = random_chance(4);
}

static bool can_free(unsigned long pfn, int order)
{
	unsigned long n = 1UL << order;

	if (pfn % n || pfn + n > end_pfn || model.zone[pfn] < 0)
		return false;
	for (unsigned long i = pfn; i < pfn + n; i++)
		if (model.zone[i] != model.zone[pfn] || model.was_freed[i])
			return false;
	return true;
}

/* As the boot allocator does it: a page, or 32 at once. */
static void free_from_bootmem(unsigned long pfn, int order)
{
	if (!can_free(pfn, order))
		return;
	__free_pages_bootmem(&mem_map[pfn], order);
	model_free_block(pfn, order, model.type[pfn]);
}

/* The block is not freed, nor what lies around it, and can be freed as it should be. */
static void free_with_wrong_order(unsigned long pfn, int order)
{
	int wrong = random_below(MAX_ORDER + 5);

	if (wrong == order)
		return;
	log_clear();
	__free_pages(&mem_map[pfn], wrong);
	must(log_has("BUG: Bad page state"));
	must(mem_map[pfn]._count == 1);
	seen.wrong_orders++;
}

/* As the user of a block does it; the pages after the first have no reference of their own. */
static void free_block(unsigned long pfn, int order)
{
	if (!can_free(pfn, order))
		return;
	for (unsigned long i = 0; i < 1UL << order; i++) {
		mem_map[pfn + i].flags &= ~PF(PG_reserved);
		mem_map[pfn + i]._count = i == 0;
	}
	mem_map[pfn].private = order;
	if (random_chance(10))
		free_with_wrong_order(pfn, order);
	__free_pages(&mem_map[pfn], order);
	model_free_block(pfn, order, model.type[pfn]);
}

/* The kernel in bulk, the model page by page upwards. */
static void free_bulk(unsigned long start, unsigned long end)
{
	unsigned long last = start;

	while (last < end && can_free(last, 0) && model.zone[last] == model.zone[start])
		last++;
	if (last == start)
		return;
	bulk_free_range(start, last);
	for (; start < last; start++)
		model_free_block(start, 0, model.type[start]);
	seen.bulk++;
}

/* A block off the free lists, as the page allocator's callers get it. */
static void allocate(int z, int order, int type)
{
	struct zone *zone = &contig_page_data.node_zones[z];
	unsigned long pfn = model_take(z, order, type);
	struct page *page;

	page = __rmqueue(zone, order, type);
	if (pfn == NONE) {
		must_say(!page, "zone %d, order %d, migrate type %d: page frame %lu is handed out, nothing is free",
			 z, order, type, page_to_pfn(page));
		return;
	}
	must_say(page == &mem_map[pfn],
		 "zone %d, order %d, migrate type %d: page frame %ld is handed out (-1: none), it has to be %lu",
		 z, order, type, page ? (long)page_to_pfn(page) : -1L, pfn);
	zone->vm_stat[NR_FREE_PAGES] -= 1UL << order;
	for (unsigned long i = pfn; i < pfn + (1UL << order); i++) {
		must(!PageBuddy(&mem_map[i]));
		model.was_freed[i] = false;
	}
	must(page->private == 0);
	seen.allocations++;
}

/* What is free already is not freed again, and the lists stay as they are. */
static void free_twice(unsigned long pfn)
{
	if (model.order[pfn] < 0)
		return;
	log_clear();
	__free_pages(&mem_map[pfn], random_chance(2) ? 0 : model.order[pfn]);
	must(log_has("BUG: Bad page state"));
	seen.bad++;
}

/* A page in a state that forbids to free it stays out of the lists, and the log says so. */
static void free_bad(unsigned long pfn)
{
	struct page *page = &mem_map[pfn];
	int how = random_below(4);

	if (!can_free(pfn, 0))
		return;
	page->flags &= ~PF(PG_reserved);
	page->_count = 1;
	page->private = 0;
	switch (how) {
	case 0:
		page->flags |= PF(PG_locked);
		break;
	case 1:
		page->_mapcount = 0;
		break;
	case 2:
		page->mapping = page;
		break;
	case 3:
		page->flags |= PF(PG_slab);
		break;
	}
	log_clear();
	__free_pages(page, 0);
	must(log_has("BUG: Bad page state"));
	must(page->_count == 0);
	must(host_tainted & 1 << TAINT_BAD_PAGE);
	model.was_freed[pfn] = true;
	seen.bad++;
}

/* A reference more: nothing is freed. */
static void keep_referenced(unsigned long pfn)
{
	if (!can_free(pfn, 0))
		return;
	mem_map[pfn]._count = 2;
	mem_map[pfn].private = 0;
	__free_pages(&mem_map[pfn], 0);
	must(mem_map[pfn]._count == 1);
}

static void do_something(void)
{
	unsigned long pfn = random_below(end_pfn);
	int order = random_below(MAX_ORDER), zone = random_below(TESTED_ZONES);
	int type = page_group_by_mobility_disabled ? MIGRATE_UNMOVABLE : random_below(3);

	switch (random_below(8)) {
	case 0:
		free_from_bootmem(round_down(pfn, 32UL), 5);
		break;
	case 1:
		free_block(pfn, 0);
		break;
	case 2:
		free_block(round_down(pfn, 1UL << order), order);
		break;
	case 3:
		free_bulk(pfn, pfn + random_below(random_chance(2) ? 2000 : 40));
		break;
	case 4:
		if (random_chance(20))
			free_bad(pfn);
		if (random_chance(20))
			free_twice(pfn);
		keep_referenced(pfn);
		break;
	case 5:
	case 6:
		allocate(zone, random_chance(2) ? order : order % 4, type);
		break;
	default:
		free_from_bootmem(pfn, 0);
	}
}

static void free_upwards(void)
{
	unsigned long first = random_below(end_pfn);

	for (unsigned long pfn = first; pfn < end_pfn; pfn++)
		free_from_bootmem(pfn, 0);
}

static void free_downwards(void)
{
	for (unsigned long pfn = random_below(end_pfn); pfn--; )
		free_from_bootmem(pfn, 0);
}

static void one_run(void)
{
	int operations = random_below(random_chance(4) ? 3000 : 200);

	log_clear();
	start_zones();
	while (operations--) {
		do_something();
		if (random_chance(500))
			check_all();
	}
	check_all();
	if (random_chance(3))
		free_upwards();
	else if (random_chance(3))
		free_downwards();
	check_all();
}

int main(int argc, char **argv)
{
	unsigned long runs = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 200);

	random_init("prop_buddy");
	check_assertions();
	for (case_number = 0; case_number < runs; case_number++)
		one_run();
	printf("%lu runs: %lu pages freed, %lu joins, %lu ranges in bulk, %lu bad pages, "
	       "%lu wrong orders, %lu allocations, %lu from another type, %lu pageblocks claimed\n",
	       runs, seen.pages, seen.joins, seen.bulk, seen.bad, seen.wrong_orders,
	       seen.allocations, seen.fallbacks, seen.claims);
	if (runs >= 200 && (!seen.joins || !seen.bulk || !seen.bad || !seen.wrong_orders ||
			    !seen.fallbacks || !seen.claims)) {
		fprintf(stderr, "some kind of operation was never tried\n");
		return 1;
	}
	return 0;
}
