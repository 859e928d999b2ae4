/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H

/* The buddy allocator: zonelists, page sets, migrate types, freeing. */

#include <lib/compiler.h>
#include <lib/types.h>
#include <mm/mmzone.h>

extern unsigned long totalram_pages;
extern unsigned long totalhigh_pages;
extern unsigned long num_physpages;
extern unsigned long vm_total_pages;
extern int page_group_by_mobility_disabled;

/* memdawn.free=bulk: whole blocks at once instead of page by page, to the same lists. */
extern bool free_in_bulk;
extern bool print_zone_lines;

/* src/mm/page_alloc/free.c: freeing */
void set_pageblock_migratetype(struct page *page, int migratetype);
int get_pageblock_migratetype(const struct page *page);
int pageblock_type(const struct zone *zone, unsigned long pfn);
void free_compound_page(struct page *page);
void free_hot_cold_page(struct page *page, int cold);
void __free_pages_bootmem(struct page *page, unsigned int order);
void __free_pages_core(struct page *page, unsigned int order);
void bulk_free_range(unsigned long start_pfn, unsigned long end_pfn);
void drain_local_pages(void);
void drain_pcp(struct zone *zone);

/* src/mm/page_alloc/rmqueue.c: taking from the free lists */
struct page *__rmqueue_smallest(struct zone *zone, unsigned int order, int migratetype);
struct page *__rmqueue(struct zone *zone, unsigned int order, int migratetype);
int rmqueue_bulk(struct zone *zone, int count, struct list_head *list, int migratetype, int cold);
int move_freepages_block(struct zone *zone, struct page *page, int migratetype);

/* src/mm/page_alloc/zones.c: zonelists, watermarks, per-cpu sets */
extern int min_free_kbytes;
extern unsigned long totalreserve_pages;
void zone_pcp_init(struct zone *zone);
int zone_batchsize(const struct zone *zone);
void build_all_zonelists(void);
void setup_pageset(struct per_cpu_pageset *p, int batch);
void setup_per_cpu_pageset(void);
void setup_per_zone_wmarks(void);
void init_per_zone_wmark_min(void);
unsigned long nr_free_buffer_pages(void);
unsigned long nr_free_pagecache_pages(void);

/* src/mm/page_alloc/report.c */
extern const char *const page_flag_names[NR_PAGEFLAGS];		/* without PG_, by number */
void bad_page(struct page *page, const char *why, ...) __cold __printf(2, 3);
void show_free_areas(void);
void show_mem(void);
unsigned long nr_free_pages(void);
unsigned long global_page_state(enum zone_stat_item item);

/*
 * Do all pages from page to end, an even number of them, have no user, no mapping and no flags?
 * Their fields are combined and looked at once. Pages that come off the free lists must be like
 * this, and nearly all that come back are.
 */
static __always_inline bool pages_are_blank(const struct page *page, const struct page *end)
{
	unsigned long flags = 0, used = 0, unmapped = ~0UL;

	do {
		flags |= page[0].flags;
		used |= page[0]._count;
		unmapped &= page[0]._mapcount;
		used |= (unsigned long)page[0].mapping;
		flags |= page[1].flags;
		used |= page[1]._count;
		unmapped &= page[1]._mapcount;
		used |= (unsigned long)page[1].mapping;
		page += 2;
	} while (page < end);
	return !(~unmapped | used | (flags & PAGE_FLAGS_CHECK_AT_PREP));
}

#endif
