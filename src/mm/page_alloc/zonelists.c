// SPDX-License-Identifier: GPL-2.0-only
/*
 * The zonelist: in which order the zones serve.
 *
 *	zones		DMA	Normal	HighMem	Movable		as they lie in memory
 *	zonelist	Movable, HighMem, Normal, DMA, (none)
 *
 * The zonelist has the zones that have pages, the highest first, and ends with an entry without a
 * zone. An allocation begins at the first zone that its flags allow and goes down from there, so
 * that the scarce lower memory is taken last.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/mm_init.h>
#include <mm/page_alloc_internal.h>

unsigned long vm_total_pages;

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
	setup_boot_pageset();
	mminit_verify_zonelist();
	vm_total_pages = nr_free_pagecache_pages();
	page_group_by_mobility_disabled = vm_total_pages < pageblock_nr_pages * MIGRATE_TYPES;
	printk("Built %i zonelists in %s order, mobility grouping %s.  Total pages: %ld\n", 1,
	       "Zone", page_group_by_mobility_disabled ? "off" : "on", vm_total_pages);
}
