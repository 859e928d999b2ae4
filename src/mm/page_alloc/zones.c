// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page allocator's policy: the order in which zones serve, the watermarks at
 * which they refuse, what a lower zone keeps back from those who could have used a
 * higher one, and the size of the per-cpu lists. Linux: mm/page_alloc.c.
 *
 *	free pages of a zone
 *	  high ----  kswapd would stop
 *	  low  ----  first attempt succeeds above it
 *	  min  ----  second attempt; the urgent go down to half, or three eighths of it
 *	  0
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/math64.h>
#include <mm/mm_init.h>
#include <mm/page_alloc.h>

#define SWAP_CLUSTER_MAX	32

unsigned long vm_total_pages;
unsigned long totalreserve_pages;
int min_free_kbytes = 1024;

/* Of a higher zone's pages one in so many is kept free in each lower zone. */
static const int lowmem_reserve_ratio[MAX_NR_ZONES - 1] = { 256, 32, 32 };

static struct per_cpu_pageset boot_pageset __section(".data.boot_pageset");
static struct per_cpu_pageset zone_pagesets[MAX_NR_ZONES];

/**
 * zone_batchsize - how many pages move between a per-cpu list and the free lists at once
 * @zone: its present pages decide
 *
 * Return: about a 4096th of the zone, at most 31, always 2^n - 1; before ba56e91 the next larger n.
 * Linux: mm/page_alloc.c:zone_batchsize, v2.6.34.
 */
int zone_batchsize(const struct zone *zone)
{
	unsigned long most = (variant.small_batches ? 256UL : 512UL) * 1024 / PAGE_SIZE;
	unsigned long batch = min(zone->present_pages / 1024, most) / 4;

	if (batch < 1)
		batch = 1;
	batch = rounddown_pow_of_two(batch + batch / 2);
	return (variant.small_batches ? 2 * batch : batch) - 1;
}

/**
 * setup_pageset - empty lists, and how full they may become
 * @p: the page set
 * @batch: pages that come and go at once; 0: none stays (high 0, batch 1)
 *
 * Linux: mm/page_alloc.c:setup_pageset, v2.6.34.
 */
void setup_pageset(struct per_cpu_pageset *p, int batch)
{
	int migratetype;

	p->pcp.count = 0;
	p->pcp.high = 6 * batch;
	p->pcp.batch = max(1, batch);
	for (migratetype = 0; migratetype < MIGRATE_PCPTYPES; migratetype++)
		INIT_LIST_HEAD(&p->pcp.lists[migratetype]);
}

/* Whether what 2.6.34 says of each zone's size is printed; false for 2.4's boot allocator. */
bool print_zone_lines __initdata = true;

/**
 * zone_pcp_init - give a zone the boot page set
 * @zone: sized
 *
 * Linux: mm/page_alloc.c:zone_pcp_init, v2.6.34.
 */
void __init zone_pcp_init(struct zone *zone)
{
	unsigned long pages = zone->present_pages;

	if (pages && print_zone_lines)
		printk(KERN_DEBUG "  %s zone: %lu pages, LIFO batch:%u\n", zone->name, pages,
		       zone_batchsize(zone));
	zone->pageset = &boot_pageset;
}

/* In the order in which an allocation falls back: from the highest zone down. */
static void build_zonelists(pg_data_t *pgdat)
{
	struct zoneref *ref = pgdat->node_zonelists[0]._zonerefs;
	int i;

	for (i = MAX_NR_ZONES - 1; i >= 0; i--)
		if (populated_zone(&pgdat->node_zones[i]))
			*ref++ = (struct zoneref){ &pgdat->node_zones[i], i };
	*ref = (struct zoneref){ NULL, 0 };
}

/* Pages beyond the high watermark, in the zones up to high_zoneidx. */
static unsigned long nr_free_zone_pages(int high_zoneidx)
{
	const struct zoneref *ref;
	unsigned long sum = 0;

	for (ref = contig_page_data.node_zonelists[0]._zonerefs; ref->zone; ref++) {
		unsigned long size = ref->zone->present_pages;
		unsigned long high = ref->zone->watermark[WMARK_HIGH];

		if (ref->zone_idx <= high_zoneidx && size > high)
			sum += size - high;
	}
	return sum;
}

/**
 * nr_free_buffer_pages - pages of DMA and Normal, less the high watermarks
 *
 * Return: their number.
 * Linux: mm/page_alloc.c:nr_free_buffer_pages, v2.6.34.
 */
unsigned long nr_free_buffer_pages(void)
{
	return nr_free_zone_pages(ZONE_NORMAL);
}

/**
 * nr_free_pagecache_pages - pages of all zones, less the high watermarks
 *
 * Return: their number.
 * Linux: mm/page_alloc.c:nr_free_pagecache_pages, v2.6.34.
 */
unsigned long nr_free_pagecache_pages(void)
{
	return nr_free_zone_pages(ZONE_MOVABLE);
}

/**
 * build_all_zonelists - the order of fallback, the boot page set, grouping by mobility
 *
 * Grouping is off where there is not at least one pageblock for each migrate type.
 * The zones must be there.
 * Linux: mm/page_alloc.c:build_all_zonelists, v2.6.34.
 */
void __init build_all_zonelists(void)
{
	build_zonelists(&contig_page_data);
	setup_pageset(&boot_pageset, 0);
	mminit_verify_zonelist();
	vm_total_pages = nr_free_pagecache_pages();
	page_group_by_mobility_disabled = vm_total_pages < pageblock_nr_pages * MIGRATE_TYPES;
	printk("Built %i zonelists in %s order, mobility grouping %s.  Total pages: %ld\n", 1, "Zone",
	       page_group_by_mobility_disabled ? "off" : "on", vm_total_pages);
}

/**
 * setup_per_cpu_pageset - give each zone a page set of its own
 *
 * The boot page set is of no use afterwards.
 * Linux: mm/page_alloc.c:setup_per_cpu_pageset, v2.6.34, which takes them from the
 * per-cpu allocator.
 */
void __init setup_per_cpu_pageset(void)
{
	struct zone *zone;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		zone->pageset = &zone_pagesets[zone_idx(zone)];
		setup_pageset(zone->pageset, zone_batchsize(zone));
	}
}

/* What each zone keeps from the users of higher zones, plus its high watermark. */
static void calculate_totalreserve_pages(void)
{
	unsigned long reserve_pages = 0;
	struct zone *zone;
	int i;

	for_each_zone(zone) {
		unsigned long most = 0;

		for (i = zone_idx(zone); i < MAX_NR_ZONES; i++)
			most = max(most, zone->lowmem_reserve[i]);
		reserve_pages += min(most + zone->watermark[WMARK_HIGH], zone->present_pages);
	}
	totalreserve_pages = reserve_pages;
}

/* zone[i].lowmem_reserve[j]: the pages of the zones above i up to j, divided by i's ratio. */
static void setup_per_zone_lowmem_reserve(void)
{
	struct zone *zones = contig_page_data.node_zones;
	int i, j;

	for (j = 0; j < MAX_NR_ZONES; j++) {
		unsigned long present_pages = zones[j].present_pages;

		zones[j].lowmem_reserve[j] = 0;
		for (i = j - 1; i >= 0; i--) {
			zones[i].lowmem_reserve[j] = present_pages / lowmem_reserve_ratio[i];
			present_pages += zones[i].present_pages;
		}
	}
	calculate_totalreserve_pages();
}

/* One pageblock for each 1024 pages of the min watermark, at most two, become Reserve. */
static void setup_zone_migrate_reserve(struct zone *zone)
{
	unsigned long pfn, end_pfn = zone->zone_start_pfn + zone->spanned_pages;
	int reserve = min(2UL, DIV_ROUND_UP(zone->watermark[WMARK_MIN], pageblock_nr_pages));

	for (pfn = zone->zone_start_pfn; pfn < end_pfn; pfn += pageblock_nr_pages) {
		struct page *page = pfn_to_page(pfn);
		int migratetype;

		if (PageReserved(page))
			continue;
		migratetype = get_pageblock_migratetype(page);
		if (reserve > 0 && migratetype == MIGRATE_RESERVE) {
			reserve--;
		} else if (reserve > 0 && migratetype == MIGRATE_MOVABLE) {
			set_pageblock_migratetype(page, MIGRATE_RESERVE);
			move_freepages_block(zone, page, MIGRATE_RESERVE);
			reserve--;
		} else if (migratetype == MIGRATE_RESERVE) {
			set_pageblock_migratetype(page, MIGRATE_MOVABLE);
			move_freepages_block(zone, page, MIGRATE_MOVABLE);
		}
	}
}

/**
 * setup_per_zone_wmarks - spread min_free_kbytes over the zones
 *
 * DMA and Normal by their size; high memory, which the kernel's own urgent needs
 * don't touch, gets 32 to 128 pages.
 * Linux: mm/page_alloc.c:setup_per_zone_wmarks, v2.6.34.
 */
void setup_per_zone_wmarks(void)
{
	unsigned long pages_min = min_free_kbytes >> (PAGE_SHIFT - 10), lowmem_pages = 0;
	struct zone *zone;

	for_each_zone(zone)
		if (!is_highmem(zone))
			lowmem_pages += zone->present_pages;
	for_each_zone(zone) {
		unsigned long share = div_u64((u64)pages_min * zone->present_pages, lowmem_pages);
		unsigned long lowest = share;

		if (is_highmem(zone))
			lowest = min(max(zone->present_pages / 1024, (unsigned long)SWAP_CLUSTER_MAX),
				     128UL);
		zone->watermark[WMARK_MIN] = lowest;
		zone->watermark[WMARK_LOW] = lowest + (share >> 2);
		zone->watermark[WMARK_HIGH] = lowest + (share >> 1);
		setup_zone_migrate_reserve(zone);
	}
	calculate_totalreserve_pages();
}

static unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0, bit;

	for (bit = 1UL << (BITS_PER_LONG / 2 - 1); bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= x)
			root += bit;
	return root;
}

/**
 * init_per_zone_wmark_min - choose min_free_kbytes by the size of low memory
 *
 * The square root of 16 times its kilobytes, 128 to 65536; then watermarks,
 * lowmem_reserve and Reserve pageblocks.
 * Linux: mm/page_alloc.c:init_per_zone_wmark_min, v2.6.34.
 */
void __init init_per_zone_wmark_min(void)
{
	unsigned long lowmem_kbytes = nr_free_buffer_pages() * (PAGE_SIZE >> 10);

	min_free_kbytes = min(max(int_sqrt(lowmem_kbytes * 16), 128UL), 65536UL);
	setup_per_zone_wmarks();
	setup_per_zone_lowmem_reserve();
}
