// SPDX-License-Identifier: GPL-2.0-only
/* early_node_map: what a node keeps for itself is taken out again. Only with several nodes. */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/node_map.h>

/* Takes the empty ranges out of the table. */
static void __init drop_empty_ranges(void)
{
	int i, nr = 0;

	for (i = 0; i < nr_nodemap_entries; i++)
		if (early_node_map[i].start_pfn < early_node_map[i].end_pfn)
			early_node_map[nr++] = early_node_map[i];
	nr_nodemap_entries = nr;
}

/**
 * remove_active_range - take page frames out again: they are nobody's RAM any more
 * @nid: node
 * @start_pfn: first page frame
 * @end_pfn: page frame after the last one
 *
 * Linux: mm/page_alloc.c:remove_active_range, v2.6.34.
 */
void __init remove_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	int i, nr = nr_nodemap_entries;

	printk(KERN_DEBUG "remove_active_range (%d, %lu, %lu)\n", nid, start_pfn, end_pfn);
	for (i = 0; i < nr; i++) {
		struct node_active_region *r = &early_node_map[i];
		unsigned long r_end_pfn = r->end_pfn;

		if (r->nid != (int)nid || r->start_pfn >= end_pfn || r_end_pfn <= start_pfn)
			continue;
		if (r->start_pfn < start_pfn) {
			r->end_pfn = start_pfn;
			if (r_end_pfn > end_pfn)
				add_active_range(nid, end_pfn, r_end_pfn);
		} else {
			r->start_pfn = min(end_pfn, r_end_pfn);
		}
	}
	drop_empty_ranges();
}
