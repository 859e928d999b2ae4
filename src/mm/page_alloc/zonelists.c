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
 *
 * With several nodes each has a list of its own, of the zones of all of them, its own node first
 * (node_order.c). Two orders are possible; of two nodes, in that of node 0:
 *
 *	zone order	0:HighMem, 1:HighMem, 0:Normal, 1:Normal, 0:DMA		low memory last
 *	node order	0:HighMem, 0:Normal, 0:DMA, 1:HighMem, 1:Normal		far memory last
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/mm_init.h>
#include <mm/page_alloc_internal.h>

unsigned long vm_total_pages;

/* Adds a node's zone of a type, if it has pages. Returns the place for the next one. */
static struct zoneref * __init add_zone(struct zoneref *ref, int nid, int zone_type)
{
	struct zone *zone = &NODE_DATA(nid)->node_zones[zone_type];

	if (!populated_zone(zone))
		return ref;
	*ref = (struct zoneref){ zone, zone_type };
	note_policy_zone(zone_type);
	return ref + 1;
}

/* All zones of one node. */
static struct zoneref * __init add_node(struct zoneref *ref, int nid)
{
	int i;

	for (i = MAX_NR_ZONES - 1; i >= 0; i--)
		ref = add_zone(ref, nid, i);
	return ref;
}

static void __init end_zonelist(struct zoneref *ref)
{
	*ref = (struct zoneref){ NULL, 0 };
}

static void __init build_zonelists(pg_data_t *pgdat, enum zonelist_order order)
{
	struct zoneref *ref = pgdat->node_zonelists[0]._zonerefs;
	int nodes[MAX_NUMNODES], nr = order_nodes(pgdat->node_id, nodes), i, j;

	if (order == ZONELIST_ORDER_NODE)
		for (j = 0; j < nr; j++)
			ref = add_node(ref, nodes[j]);
	else
		for (i = MAX_NR_ZONES - 1; i >= 0; i--)
			for (j = 0; j < nr; j++)
				ref = add_zone(ref, nodes[j], i);
	end_zonelist(ref);
	for (i = 1; i < MAX_ZONELISTS; i++)
		end_zonelist(add_node(pgdat->node_zonelists[i]._zonerefs, pgdat->node_id));
}

/* Pages beyond the high watermark, in the zones up to high_zoneidx. */
static unsigned long nr_free_zone_pages(int high_zoneidx)
{
	const struct zoneref *ref;
	unsigned long sum = 0;

	for (ref = NODE_DATA(numa_node_id())->node_zonelists[0]._zonerefs; ref->zone; ref++) {
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
	enum zonelist_order order = zonelist_order();
	int nid;

	for_each_online_node(nid)
		build_zonelists(NODE_DATA(nid), order);
	setup_boot_pageset();
	mminit_verify_zonelist();
	vm_total_pages = nr_free_pagecache_pages();
	page_group_by_mobility_disabled = vm_total_pages < pageblock_nr_pages * MIGRATE_TYPES;
	printk("Built %i zonelists in %s order, mobility grouping %s.  Total pages: %ld\n",
	       num_online_nodes(), order == ZONELIST_ORDER_NODE ? "Node" : "Zone",
	       page_group_by_mobility_disabled ? "off" : "on", vm_total_pages);
	print_policy_zone();
}
