// SPDX-License-Identifier: GPL-2.0-only
/*
 * One zone's free lists, after each block that is freed: what scripts/exercise marks. It is no test:
 * it judges nothing.
 *
 *	steps_buddy < STEPS
 *
 *	Z START SPANNED			the zone's page frames; first of all, and once
 *	B PFN BLOCKS TYPE		pageblocks from PFN on, and their migrate type
 *	F PFN ORDER			free a block as the boot allocator does
 *
 * After each F the lists that have blocks are printed, as a trace of allocations has them
 * (`o0 t2 : 158 6'), and then a line `.'.
 */
#include <asm/page.h>
#include <kernel/panic.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/mm_init.h>
#include <mm/page_alloc_internal.h>

#include <host.h>

char *host_memory;
pg_data_t contig_page_data;
struct page *mem_map;
unsigned long mem_map_first_pfn, mem_map_nr_pages;
int movable_zone;

static struct zone *const zone = &contig_page_data.node_zones[ZONE_DMA];

void mminit_verify_zonelist(void)
{
}

void dump_stack(void)
{
}

static void start_zone(unsigned long start, unsigned long spanned)
{
	unsigned long end = round_up(start + spanned, MAX_ORDER_NR_PAGES), pfn;

	mem_map = calloc(end, sizeof(*mem_map));
	mem_map_nr_pages = start + spanned;
	for (pfn = 0; pfn < end; pfn++)
		mem_map[pfn] = (struct page){ .flags = PF(PG_reserved), ._count = 1, ._mapcount = -1 };
	*zone = (struct zone){ .name = "DMA", .zone_start_pfn = start, .spanned_pages = spanned,
			       .present_pages = spanned, .zone_pgdat = &contig_page_data };
	zone->pageblock_flags = calloc(end / MAX_ORDER_NR_PAGES + 1, sizeof(unsigned long));
	for (int order = 0; order < MAX_ORDER; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			INIT_LIST_HEAD(&zone->free_area[order].free_list[type]);
	zone_pcp_init(zone);
	build_all_zonelists();
	page_group_by_mobility_disabled = 0;	/* the zone is small; the machine is not */
}

static void set_types(unsigned long pfn, unsigned long blocks, int type)
{
	for (; blocks; blocks--, pfn += MAX_ORDER_NR_PAGES)
		set_pageblock_migratetype(&mem_map[pfn], type);
}

/* Where a list leads to no page it ends with `?', where it comes to a page again with `again'. */
static void print_list(unsigned int order, int type)
{
	const struct list_head *head = &zone->free_area[order].free_list[type], *pos;
	bool *seen = calloc(mem_map_nr_pages, sizeof(*seen));

	printf("o%u t%d :", order, type);
	for (pos = head->next; pos != head; pos = pos->next) {
		unsigned long pfn = page_to_pfn(list_entry(pos, struct page, lru));

		if (pfn >= mem_map_nr_pages || seen[pfn]) {
			printf(pfn >= mem_map_nr_pages ? " ?" : " %lu again", pfn);
			break;
		}
		printf(" %lu", pfn);
		seen[pfn] = true;
	}
	printf("\n");
	free(seen);
}

static void print_lists(void)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			if (!list_empty(&zone->free_area[order].free_list[type]))
				print_list(order, type);
	printf(".\n");
	fflush(stdout);
}

int main(void)
{
	unsigned long pfn, count;
	char line[80];
	int more;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "Z %lu %lu", &pfn, &count) == 2) {
			start_zone(pfn, count);
		} else if (sscanf(line, "B %lu %lu %d", &pfn, &count, &more) == 3) {
			set_types(pfn, count, more);
		} else if (sscanf(line, "F %lu %lu", &pfn, &count) == 2) {
			__free_pages_bootmem(&mem_map[pfn], count);
			print_lists();
		} else {
			fprintf(stderr, "steps_buddy: %s", line);
			return 1;
		}
	}
	return 0;
}
