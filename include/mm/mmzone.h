/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_MMZONE_H
#define MM_MMZONE_H

/*
 * Zones and nodes, with 2.6.34's names and numbers for UP and PAE: a node holds four
 * zones, each with free lists by order and migrate type. All sizes are in pages, all
 * starts are page frame numbers.
 */

#include <asm/page.h>
#include <lib/nodemask.h>
#include <mm/mm_types.h>

#define MAX_ORDER		11
#define MAX_ORDER_NR_PAGES	(1UL << (MAX_ORDER - 1))
#define pageblock_order		(MAX_ORDER - 1)
#define pageblock_nr_pages	(1UL << pageblock_order)
#define NR_PAGEBLOCK_BITS	3

#define MAX_DMA_PFN		(16UL * 1024 * 1024 >> PAGE_SHIFT)

enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_MOVABLE,
	MIGRATE_PCPTYPES,		/* the types that per-cpu lists keep apart */
	MIGRATE_RESERVE = MIGRATE_PCPTYPES,
	MIGRATE_ISOLATE,
	MIGRATE_TYPES
};

enum zone_type { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, ZONE_MOVABLE, MAX_NR_ZONES };

enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

/* Counters of each zone, in the order in which /proc/vmstat has them; most stay 0 here. */
enum zone_stat_item {
	NR_FREE_PAGES, NR_INACTIVE_ANON, NR_ACTIVE_ANON, NR_INACTIVE_FILE, NR_ACTIVE_FILE,
	NR_UNEVICTABLE, NR_MLOCK, NR_ANON_PAGES, NR_FILE_MAPPED, NR_FILE_PAGES, NR_FILE_DIRTY,
	NR_WRITEBACK, NR_SLAB_RECLAIMABLE, NR_SLAB_UNRECLAIMABLE, NR_PAGETABLE, NR_KERNEL_STACK,
	NR_UNSTABLE_NFS, NR_BOUNCE, NR_VMSCAN_WRITE, NR_WRITEBACK_TEMP, NR_ISOLATED_ANON,
	NR_ISOLATED_FILE, NR_SHMEM,
#ifdef CONFIG_NUMA
	NUMA_HIT, NUMA_MISS, NUMA_FOREIGN, NUMA_INTERLEAVE_HIT, NUMA_LOCAL, NUMA_OTHER,
#endif
	NR_VM_ZONE_STAT_ITEMS
};

/* Pages handed out, by zone, and pages that came back, since the start. */
enum vm_event_item { PGALLOC_DMA, PGALLOC_NORMAL, PGALLOC_HIGHMEM, PGALLOC_MOVABLE, PGFREE,
		     NR_VM_EVENT_ITEMS };
extern unsigned long vm_events[NR_VM_EVENT_ITEMS];

struct free_area {
	struct list_head free_list[MIGRATE_TYPES];
	unsigned long nr_free;		/* blocks, all types together */
};

/* Hot single pages: filled and emptied batch pages at a time, at most high of them. */
struct per_cpu_pages {
	int count;
	int high;
	int batch;
	struct list_head lists[MIGRATE_PCPTYPES];
};

struct per_cpu_pageset {
	struct per_cpu_pages pcp;
};

/* Who waits for a page; the table is sized as Linux sizes it. */
typedef struct {
	u32 lock[MAX_NUMNODES > 1];	/* in a kernel for several CPUs, as Linux's is that has nodes */
	struct list_head task_list;
} wait_queue_head_t;

struct pglist_data;

struct zone {
	unsigned long watermark[NR_WMARK];
	unsigned long lowmem_reserve[MAX_NR_ZONES];
	struct per_cpu_pageset *pageset;
	int all_unreclaimable;		/* nobody reclaims: this and pages_scanned stay 0 */
	struct free_area free_area[MAX_ORDER];
	unsigned long *pageblock_flags;	/* 3 bits a block, indexed from zone_start_pfn */
	unsigned long pages_scanned;
	unsigned long flags;
	unsigned long vm_stat[NR_VM_ZONE_STAT_ITEMS];
	wait_queue_head_t *wait_table;
	unsigned long wait_table_hash_nr_entries;
	unsigned long wait_table_bits;
	struct pglist_data *zone_pgdat;
	unsigned long zone_start_pfn;
	unsigned long spanned_pages;	/* holes included */
	unsigned long present_pages;	/* RAM, less what this zone's share of mem_map takes */
	const char *name;
};

#define MAX_ZONES_PER_ZONELIST	(MAX_NUMNODES * MAX_NR_ZONES)

/* Of a node: its zones and those of others; with several nodes, its own alone (__GFP_THISNODE). */
#define MAX_ZONELISTS		(MAX_NUMNODES > 1 ? 2 : 1)

struct zoneref {
	struct zone *zone;
	int zone_idx;
};

struct zonelist {
	struct zoneref _zonerefs[MAX_ZONES_PER_ZONELIST + 1];
};

struct bootmem_data;

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[MAX_ZONELISTS];
	int nr_zones;
	struct page *node_mem_map;
	struct bootmem_data *bdata;
	unsigned long node_start_pfn;
	unsigned long node_present_pages;	/* RAM pages */
	unsigned long node_spanned_pages;	/* holes included */
	int node_id;
} pg_data_t;

extern unsigned long max_mapnr;		/* the end of RAM, as highend_pfn; mem_map may end before it */

/* The page frames that have a struct page, with several nodes those between them too: the first, and how many. */
extern unsigned long mem_map_first_pfn, mem_map_nr_pages;

#include <lib/phys_range.h>
#include <mm/memory_model.h>

#define virt_to_page(va)	pfn_to_page(__pa(va) >> PAGE_SHIFT)

/* The page frame after the last one that has a struct page. */
static inline unsigned long mem_map_end_pfn(void)
{
	return mem_map_first_pfn + mem_map_nr_pages;
}

/* Too little memory for it: every allocation is of type Unmovable then. */
extern int page_group_by_mobility_disabled;

#define zone_idx(zone)		((int)((zone) - (zone)->zone_pgdat->node_zones))

#define NR_ZONES	(MAX_NUMNODES * MAX_NR_ZONES)	/* of all nodes; zone_nr() numbers them */

static inline unsigned int zone_nr(const struct zone *zone)
{
	return zone->zone_pgdat->node_id * MAX_NR_ZONES + zone_idx(zone);
}

/* All zones of a node, of the one or of each in turn, with or without pages. */
#define for_each_node_zone(zone, nid) \
	for (zone = NODE_DATA(nid)->node_zones; \
	     zone < NODE_DATA(nid)->node_zones + MAX_NR_ZONES; zone++)

#define for_each_zone(zone) \
	for (int zone_nid = next_online_node(0); zone_nid < MAX_NUMNODES; \
	     zone_nid = next_online_node(zone_nid + 1)) \
		for_each_node_zone(zone, zone_nid)

static inline bool populated_zone(const struct zone *zone)
{
	return zone->present_pages != 0;
}

static inline struct zone *page_zone(const struct page *page)
{
	return &NODE_DATA(page_to_nid(page))->node_zones[page_zonenum(page)];
}

/* The struct page of a page frame among those of a zone's node. */
static inline struct page *zone_page(const struct zone *zone, unsigned long pfn)
{
	return node_page(zone->zone_pgdat, pfn);
}

/* Where a pageblock's type begins in the bitmap: counted from the zone's first page frame. */
static inline unsigned long pfn_to_bitidx(const struct zone *zone, unsigned long pfn)
{
	return ((pfn - zone->zone_start_pfn) >> pageblock_order) * NR_PAGEBLOCK_BITS;
}

/* The migrate type of a page frame's pageblock. It may lie across two words of the bitmap. */
static inline int pageblock_type(const struct zone *zone, unsigned long pfn)
{
	unsigned long bitidx = pfn_to_bitidx(zone, pfn);
	const unsigned long *word = &zone->pageblock_flags[bitidx / BITS_PER_LONG];
	unsigned int shift = bitidx % BITS_PER_LONG;
	unsigned long type = word[0] >> shift;

	if (shift + NR_PAGEBLOCK_BITS > BITS_PER_LONG)
		type |= word[1] << (BITS_PER_LONG - shift);
	return type & ((1 << NR_PAGEBLOCK_BITS) - 1);
}

static inline int get_pageblock_migratetype(const struct page *page)
{
	return pageblock_type(page_zone(page), page_to_pfn(page));
}

/* movable_zone: the zone that ZONE_MOVABLE takes its pages from. */
extern int movable_zone;

static inline bool is_highmem_idx(int idx)
{
	return idx == ZONE_HIGHMEM || (idx == ZONE_MOVABLE && movable_zone == ZONE_HIGHMEM);
}

static inline bool is_highmem(const struct zone *zone)
{
	return is_highmem_idx(zone_idx(zone));
}

#endif
