// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page allocator against Linux's: tests/linux/alloctrace holds what the real kernel printed of
 * its whole state, of 10,000 allocations and frees, and of the state after them. For each log the
 * unmodified files of src/mm are given the state before, and then do what Linux did: every page
 * frame, and every list, counter and pageblock at the end, in every zone, must be the log's.
 */
#include <asm/page.h>
#include <kernel/panic.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/mm_init.h>
#include <mm/page_alloc_internal.h>
#include <proc/dump_zones.h>

#include <host.h>

#define LOGS	"tests/linux/alloctrace"

char *host_memory;
pg_data_t contig_page_data;
struct page *mem_map;
unsigned long mem_map_first_pfn, mem_map_nr_pages;
int movable_zone;

static char *log_file;			/* the whole log */
static unsigned int step_number;	/* of the trace */
static const char *place;		/* up to here everything has been used */

/* What the allocator calls elsewhere, and must not call here. */

void mminit_verify_zonelist(void)
{
}

void dump_stack(void)
{
	fail_msg("step %u: the allocator finds something wrong: %s", step_number, log_text());
}

unsigned long first_absent_pfn = -1UL;

bool in_absent_range(unsigned long pfn)
{
	return false;
}

void *kmap_atomic(struct page *page, enum km_type type)
{
	fail_msg("nobody asks for zeros");
	return NULL;
}

void kunmap_atomic(void *kvaddr, enum km_type type)
{
	fail_msg("nobody asks for zeros");
}

static void read_log(const char *name)
{
	char path[80];
	FILE *file;
	long size;

	snprintf(path, sizeof(path), LOGS "/%s.log", name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s: no such file, or not started where tests/ is", path);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_true(size > 0);
	rewind(file);
	log_file = malloc(size + 1);
	assert_int_equal(fread(log_file, 1, size, file), size);
	log_file[size] = '\0';
	fclose(file);
	place = log_file;
}

/* The line that begins at a place of the log, cut to what a report can take. */
static const char *line_at(const char *text)
{
	static char line[200];

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	return line;
}

static const char *next_line(const char *text)
{
	const char *end = strchr(text, '\n');

	assert_non_null(end);
	return end + 1;
}

/* --- from the log's first dump to the state that it shows ------------------------------ */

static struct zone *zone_named(const char *name)
{
	static const char *const names[] = { "DMA", "Normal", "HighMem" };

	for (unsigned int z = 0; z < ARRAY_SIZE(names); z++)
		if (!strcmp(name, names[z])) {
			contig_page_data.node_zones[z].name = names[z];
			return &contig_page_data.node_zones[z];
		}
	fail_msg("zone %s?", name);
	return NULL;
}

/* AW: borders, counters, watermarks. All pages are taken until a list says otherwise. */
static void seed_zone(const char *line)
{
	unsigned long start, spanned, present, free_pages, min, low, high, *reserve;
	unsigned long blocks, pfn, end;
	struct zone *zone;
	char name[16];
	int used = 0;

	assert_int_equal(sscanf(line, "AW pre %15s start=%lu spanned=%lu present=%lu free=%lu "
				"min=%lu low=%lu high=%lu reserve=%n", name, &start, &spanned,
				&present, &free_pages, &min, &low, &high, &used), 8);
	zone = zone_named(name);
	reserve = zone->lowmem_reserve;
	assert_int_equal(sscanf(line + used, "%lu,%lu,%lu,%lu", &reserve[0], &reserve[1],
				&reserve[2], &reserve[3]), 4);
	zone->zone_start_pfn = start;
	zone->spanned_pages = spanned;
	zone->present_pages = present;
	zone->vm_stat[NR_FREE_PAGES] = free_pages;
	zone->watermark[WMARK_MIN] = min;
	zone->watermark[WMARK_LOW] = low;
	zone->watermark[WMARK_HIGH] = high;
	zone->zone_pgdat = &contig_page_data;
	blocks = DIV_ROUND_UP(spanned, MAX_ORDER_NR_PAGES);
	zone->pageblock_flags = calloc(DIV_ROUND_UP(blocks * NR_PAGEBLOCK_BITS, 32), 4);
	for (int order = 0; order < MAX_ORDER; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			INIT_LIST_HEAD(&zone->free_area[order].free_list[type]);

	/* mem_map has whole largest blocks: after a zone lie pages of zone 0, or the next one. */
	end = round_up(start + spanned, MAX_ORDER_NR_PAGES);
	mem_map = realloc(mem_map, end * sizeof(*mem_map));
	assert_non_null(mem_map);
	for (pfn = mem_map_nr_pages; pfn < end; pfn++)
		mem_map[pfn] = (struct page){ ._count = 1, ._mapcount = -1 };
	for (pfn = start; pfn < start + spanned; pfn++)
		mem_map[pfn].flags = (unsigned long)zone_idx(zone) << ZONES_PGSHIFT;
	mem_map_nr_pages = start + spanned;
}

static void seed_free_block(struct zone *zone, unsigned int order, int type, unsigned long pfn)
{
	struct page *page = &mem_map[pfn];

	list_add_tail(&page->lru, &zone->free_area[order].free_list[type]);
	zone->free_area[order].nr_free++;
	page->flags |= PF(PG_buddy);
	page->private = order;
	for (unsigned long i = 0; i < 1UL << order; i++)
		page[i]._count = 0;
}

/* AL: a free list, or the next part of one. */
static void seed_free_list(const char *line)
{
	unsigned int order;
	char name[16], *end;
	int type, used = 0;

	assert_int_equal(sscanf(line, "AL pre %15s o%u t%d :%n", name, &order, &type, &used), 3);
	for (line += used; *line == ' '; line = end)
		seed_free_block(zone_named(name), order, type, strtoul(line, &end, 10));
}

/* AP: how many pages are in the per-cpu lists. The kernel has worked out the other figures. */
static void seed_pageset(const char *line)
{
	struct per_cpu_pages *pcp;
	int type, count, used = 0;
	char name[16], *end;

	if (sscanf(line, "AP pre %15s count=%d", name, &count) == 2) {
		zone_named(name)->pageset->pcp.count = count;
		return;
	}
	assert_int_equal(sscanf(line, "AP pre %15s list %d :%n", name, &type, &used), 2);
	pcp = &zone_named(name)->pageset->pcp;
	for (line += used; *line == ' '; line = end) {
		struct page *page = &mem_map[strtoul(line, &end, 10)];

		list_add_tail(&page->lru, &pcp->lists[type]);
		page->private = type;
		page->_count = 0;
	}
}

/* AB: pageblock types, <first page frame>+<number of blocks>=<type> */
static void seed_pageblocks(const char *line)
{
	unsigned long pfn, blocks;
	int type, used = 0;
	char name[16];

	assert_int_equal(sscanf(line, "AB pre %15s :%n", name, &used), 1);
	for (line += used; sscanf(line, " %lu+%lu=%d%n", &pfn, &blocks, &type, &used) == 3;
	     line += used)
		for (; blocks; blocks--, pfn += MAX_ORDER_NR_PAGES)
			set_pageblock_migratetype(&mem_map[pfn], type);
}

static void seed_lines(const char *tag, void (*seed)(const char *line))
{
	for (const char *line = log_file; strncmp(line, "AT ", 3); line = next_line(line))
		if (!strncmp(line, tag, strlen(tag)))
			seed(line);
}

/* Zones first, so that mem_map stays where it is; then what the boot works out from them. */
static void seed_all(bool late)
{
	struct zone *zone;

	memset(&contig_page_data, 0, sizeof(contig_page_data));
	mem_map_nr_pages = 0;
	seed_lines("AW pre ", seed_zone);
	for_each_zone(zone)
		zone_pcp_init(zone);
	movable_zone = contig_page_data.node_zones[ZONE_HIGHMEM].present_pages ? ZONE_HIGHMEM :
									       ZONE_NORMAL;
	gfp_allowed_mask = late ? __GFP_BITS_MASK : GFP_BOOT_MASK;
	build_all_zonelists();
	if (late)
		setup_per_cpu_pageset();
	seed_lines("AP pre ", seed_pageset);
	seed_lines("AL pre ", seed_free_list);
	seed_lines("AB pre ", seed_pageblocks);
}

/* --- doing what Linux did --------------------------------------------------------------- */

static const char *start_of_line(const char *text)
{
	while (text > log_file && text[-1] != '\n')
		text--;
	return text;
}

/* What is written here must be what comes next in the log. */
static void expect(struct seq_file *m, const char *text, size_t n)
{
	if (strncmp(place, text, n))
		fail_msg("after step %u the zones are no longer as in Linux, which has `%s'; here it goes on: `%.*s'",
			 step_number, line_at(start_of_line(place)), (int)strcspn(text, "\n"), text);
	place += n;
}

static void expect_state(const char *tag)
{
	struct seq_file next_in_log = { expect };

	show_zones(&next_in_log, tag);
}

/* AT <i> A <order> <flags> <pfn> */
static void repeat_allocation(const char *line)
{
	static const struct {
		gfp_t flags;
		const char *name;
	} kinds[] = {
		{ GFP_HIGHUSER, "GFP_HIGHUSER" },
		{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE" },
		{ GFP_HIGHUSER | __GFP_COLD, "GFP_HIGHUSER | __GFP_COLD" },
		{ GFP_KERNEL, "GFP_KERNEL" },
		{ GFP_DMA | GFP_ATOMIC, "GFP_DMA" },
		{ GFP_KERNEL | __GFP_RECLAIMABLE, "GFP_KERNEL | __GFP_RECLAIMABLE" },
	};
	unsigned int order, g;
	struct page *page;
	long pfn, got;

	assert_int_equal(sscanf(line, "AT %u A %u %u %ld\n", &step_number, &order, &g, &pfn), 4);
	assert_true(g < ARRAY_SIZE(kinds));
	page = alloc_pages((kinds[g].flags | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_WAIT, order);
	got = page ? (long)page_to_pfn(page) : -1;
	if (pfn != got)
		fail_msg("step %u: alloc(%u, %s) is page frame %ld in Linux, and %ld here (-1: refused)",
			 step_number, order, kinds[g].name, pfn, got);
}

/* AT <i> F <order> <pfn> */
static void repeat_free(const char *line)
{
	unsigned int order;
	unsigned long pfn;

	assert_int_equal(sscanf(line, "AT %u F %u %lu\n", &step_number, &order, &pfn), 3);
	__free_pages(&mem_map[pfn], order);
}

/* AF <k> <order> <pfn>: what was left at the end */
static void repeat_last_free(const char *line)
{
	unsigned int k, order;
	unsigned long pfn;

	assert_int_equal(sscanf(line, "AF %u %u %lu\n", &k, &order, &pfn), 3);
	__free_pages(&mem_map[pfn], order);
}

static void repeat_step(const char *line)
{
	if (line[3 + strspn(line + 3, "0123456789 ")] == 'F')
		repeat_free(line);
	else
		repeat_allocation(line);
}

/* All lines that come next and have this tag. Returns how many. */
static int repeat_lines(const char *tag, void (*repeat)(const char *line))
{
	int n;

	for (n = 0; !strncmp(place, tag, strlen(tag)); n++, place = next_line(place))
		repeat(place);
	return n;
}

static void test_log(void **state)
{
	const char *name = *state;
	struct zone *zone;

	log_clear();
	step_number = 0;
	read_log(name);
	seed_all(strstr(name, "-late"));
	expect_state("pre");
	assert_int_equal(repeat_lines("AT ", repeat_step), 10000);
	assert_int_equal(strncmp(place, "AS ", 3), 0);
	place = next_line(place);
	expect_state("end");
	assert_true(repeat_lines("AF ", repeat_last_free) > 0);
	expect_state("freed");
	assert_string_equal(place, "AE done\n");
	for_each_zone(zone)
		free(zone->pageblock_flags);
	free(log_file);
}

#define LOG(name)	{ name, test_log, NULL, NULL, name }

int main(void)
{
	static const struct CMUnitTest tests[] = {
		LOG("pc-64M-early"), LOG("pc-512M-early"), LOG("pc-2048M-early"),
		LOG("pc-2048M-press"), LOG("pc-2048M-late"), LOG("pc-4096M-latepress"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
