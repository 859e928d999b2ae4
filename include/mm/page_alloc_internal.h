/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_PAGE_ALLOC_INTERNAL_H
#define MM_PAGE_ALLOC_INTERNAL_H

/* What the files of src/mm/page_alloc share; of the rest of the kernel nobody includes it. */

#include <mm/page_alloc.h>

/* src/mm/page_alloc/buddy.c: blocks that are split and joined */
struct page *free_one_page(struct zone *zone, struct page *page, unsigned int order,
			   int migratetype);
struct page *__rmqueue(struct zone *zone, unsigned int order, int migratetype);

/* src/mm/page_alloc/pageblock.c: the migrate types of pageblocks */
unsigned int move_freepages_block(struct zone *zone, const struct page *page, int migratetype);
void setup_zone_migrate_reserve(struct zone *zone);

/* src/mm/page_alloc/pageset.c: single pages in per-cpu lists */
int rmqueue_bulk(struct zone *zone, int count, struct list_head *list, int migratetype, bool cold);
void free_pcppages_bulk(struct zone *zone, int count, struct per_cpu_pages *pcp);
void setup_boot_pageset(void);
void zone_pcp_init(struct zone *zone);
extern bool print_zone_lines;

/* src/mm/page_alloc/free_area_init.c */
extern const char *const zone_names[MAX_NR_ZONES];

/* src/mm/page_alloc/node_order.c: which node's zones come next; of one node there is nothing to say */
enum zonelist_order { ZONELIST_ORDER_DEFAULT, ZONELIST_ORDER_NODE, ZONELIST_ORDER_ZONE };

#ifdef CONFIG_NUMA
enum zonelist_order zonelist_order(void);
int order_nodes(int local_nid, int nodes[MAX_NUMNODES]);
void note_policy_zone(int zone_type);
void print_policy_zone(void);
void zone_statistics(struct zone *preferred, struct zone *zone);
#else
static inline void zone_statistics(struct zone *preferred, struct zone *zone)
{
}

static inline enum zonelist_order zonelist_order(void)
{
	return ZONELIST_ORDER_ZONE;
}

static inline int order_nodes(int local_nid, int nodes[MAX_NUMNODES])
{
	nodes[0] = local_nid;
	return 1;
}

static inline void note_policy_zone(int zone_type)
{
}

static inline void print_policy_zone(void)
{
}
#endif

/* src/mm/page_alloc/free.c: what comes back */
bool free_block_check(struct page *page, unsigned int order);

/*
 * Has no page of a block a user, a mapping or a flag? That must be true of what comes off the free
 * lists, and it is true of nearly all that comes back: what the pages have is put together, and
 * looked at once.
 */
static __always_inline bool pages_are_blank(const struct page *page, unsigned int order)
{
	const struct page *end = page + (1UL << order);
	unsigned long flags = 0, used = 0;
	int mapcount = -1;

	do {
		flags |= page->flags;
		used |= page->_count | (unsigned long)page->mapping;
		mapcount &= page->_mapcount;
	} while (++page < end);
	return mapcount == -1 && !(used | (flags & PAGE_FLAGS_CHECK_AT_PREP));
}

/* May a block be freed? A compound page is made an ordinary block. */
static __always_inline bool free_pages_prepare(struct page *page, unsigned int order)
{
	return likely(pages_are_blank(page, order)) || free_block_check(page, order);
}

#endif
