/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H

/* The buddy allocator: zonelists, page sets, migrate types, freeing. */

#include <lib/compiler.h>
#include <lib/kernel.h>
#include <lib/types.h>
#include <mm/mmdebug.h>
#include <mm/mmzone.h>

extern unsigned long totalram_pages;
extern unsigned long totalhigh_pages;
extern unsigned long num_physpages;
extern unsigned long vm_total_pages;

/* memdawn.free=bulk: whole blocks at once instead of page by page, to the same lists. */
extern bool free_in_bulk;

/* src/mm/page_alloc/buddy.c */
const struct page *free_block_of(const struct page *page);
int fallback_type(int migratetype, unsigned int i);

/* src/mm/page_alloc/pageblock.c */
void set_pageblock_migratetype(const struct page *page, int migratetype);

/* src/mm/page_alloc/free.c */
void free_compound_page(struct page *page);
void free_hot_cold_page(struct page *page, int cold);

/* src/mm/page_alloc/free_boot.c: pages that have never been free */
void __free_pages_bootmem(struct page *page, unsigned int order);
void __free_pages_core(struct page *page, unsigned int order);
void bulk_free_range(unsigned long start_pfn, unsigned long end_pfn);

/* src/mm/page_alloc/pageset.c: single pages in per-cpu lists */
int zone_batchsize(const struct zone *zone);
void setup_pageset(struct per_cpu_pageset *p, int batch);
void setup_per_cpu_pageset(void);
void drain_local_pages(void);
void drain_pcp(struct zone *zone);

/* src/mm/page_alloc/zonelists.c: the order in which zones serve */
void build_all_zonelists(void);
unsigned long nr_free_buffer_pages(void);
unsigned long nr_free_pagecache_pages(void);

/* src/mm/page_alloc/node_order.c: how far nodes are from each other; 0 where nobody has said */
extern u8 node_distances[MAX_NUMNODES][MAX_NUMNODES];
int setup_numa_zonelist_order(char *s);
int node_distance(int from, int to);

/* src/mm/page_alloc/watermarks.c */
extern int min_free_kbytes;
extern unsigned long totalreserve_pages;
void setup_per_zone_wmarks(void);
void init_per_zone_wmark_min(void);

/* src/mm/page_alloc/report.c */
extern const char *const page_flag_names[NR_PAGEFLAGS];		/* without PG_, by number */
void bad_page(struct page *page, const char *why, ...) __cold __printf(2, 3);
const char *zone_prefix(const struct zone *zone);
void show_free_areas(void);
void show_mem(void);
unsigned long nr_free_pages(void);
unsigned long global_page_state(enum zone_stat_item item);

/**
 * bad_range - does a page lie outside a zone?
 * @zone: any zone
 * @page: any page of mem_map
 *
 * Return: true if its page frame isn't one of the zone's, or its flags name another zone.
 * Linux: mm/page_alloc.c:bad_range, v2.6.34.
 */
static inline bool bad_range(const struct zone *zone, const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	return page_zone(page) != zone || pfn < zone->zone_start_pfn ||
	       pfn - zone->zone_start_pfn >= zone->spanned_pages;
}

/* The order of a free block, of which this is the first page. */
static inline unsigned int page_order(const struct page *page)
{
	VM_BUG_ON(!PageBuddy(page));
	return page->private;
}

/* The highest order, 0 to 10, of a block that begins at pfn and doesn't pass end_pfn. */
static inline unsigned int largest_block_order(unsigned long pfn, unsigned long end_pfn)
{
	unsigned int order = 0;

	while (order < MAX_ORDER - 1 && IS_ALIGNED(pfn, 2UL << order) &&
	       end_pfn - pfn >= 2UL << order)
		order++;
	return order;
}

#endif
