// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watermarks, at which a zone refuses, and what a zone keeps back from those who could have had
 * pages of a higher one.
 *
 *	free pages of a zone
 *	  high ----  kswapd would stop
 *	  low  ----  first attempt succeeds above it
 *	  min  ----  second attempt; the urgent go down to half, or three eighths of it
 *	  0
 *
 * On top of the mark an allocation that began at a higher zone j leaves lowmem_reserve[j] pages:
 * the more memory there is above a zone, the more of it is for those who can't go there.
 *
 *	lowmem_reserve[]  for users of DMA  of Normal		 of HighMem
 *	zone DMA	       0	    Normal / 256	 (Normal + HighMem) / 256
 *	zone Normal	       -	    0			 HighMem / 32
 *	zone HighMem	       -	    -			 0
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/math64.h>
#include <mm/page_alloc_internal.h>

#define SWAP_CLUSTER_MAX	32UL

unsigned long totalreserve_pages;
int min_free_kbytes = 1024;

/* Of a higher zone's pages one in so many is kept free in each lower zone. */
static const int lowmem_reserve_ratio[MAX_NR_ZONES - 1] = { 256, 32, 32 };

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

/* zone[i].lowmem_reserve[j]: the pages of the node's zones above i up to j, divided by i's ratio. */
static void setup_lowmem_reserve(struct zone *zones)
{
	int i, j;

	for (j = 0; j < MAX_NR_ZONES; j++) {
		unsigned long present_pages = zones[j].present_pages;

		zones[j].lowmem_reserve[j] = 0;
		for (i = j - 1; i >= 0; i--) {
			zones[i].lowmem_reserve[j] = present_pages / lowmem_reserve_ratio[i];
			present_pages += zones[i].present_pages;
		}
	}
}

static void setup_per_zone_lowmem_reserve(void)
{
	int nid;

	for_each_online_node(nid)
		setup_lowmem_reserve(NODE_DATA(nid)->node_zones);
	calculate_totalreserve_pages();
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
			lowest = min(max(zone->present_pages / 1024, SWAP_CLUSTER_MAX), 128UL);
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
