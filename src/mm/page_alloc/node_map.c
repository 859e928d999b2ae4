// SPDX-License-Identifier: GPL-2.0-only
/*
 * early_node_map: the RAM, as page frame ranges with their node. It is filled
 * from the memory map once and read from then on: by the boot allocator, when the
 * zones are sized, and when high memory is freed.
 *
 * Ranges are disjoint and never touch (add_active_range() joins them); they are
 * in the order of their registration until sort_node_map().
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/sort.h>
#include <mm/boot/bootmem.h>
#include <mm/mm_init.h>
#include <mm/node_map.h>

struct node_active_region early_node_map[MAX_ACTIVE_REGIONS];
int nr_nodemap_entries;

/**
 * active_ranges - the table itself
 * @map: set to its first entry
 *
 * Return: the number of entries.
 */
int active_ranges(const struct node_active_region **map)
{
	*map = early_node_map;
	return nr_nodemap_entries;
}

static bool __init on_node(const struct node_active_region *r, int nid)
{
	return nid == MAX_NUMNODES || r->nid == nid;
}

/* Joins [start_pfn, end_pfn) to a range that it touches, or that covers it. */
static bool __init merge_active_range(struct node_active_region *r, unsigned long start_pfn,
				      unsigned long end_pfn)
{
	if (start_pfn >= r->start_pfn && end_pfn <= r->end_pfn)
		return true;
	if (start_pfn <= r->end_pfn && end_pfn > r->end_pfn) {
		r->end_pfn = end_pfn;
		return true;
	}
	if (start_pfn < r->start_pfn && end_pfn >= r->start_pfn) {
		r->start_pfn = start_pfn;
		return true;
	}
	return false;
}

/**
 * add_active_range - register RAM
 * @nid: node
 * @start_pfn: first page frame
 * @end_pfn: page frame after the last one
 *
 * If the table is full the range is lost, with two messages.
 * Linux: mm/page_alloc.c:add_active_range, v2.6.34; the second message is ours.
 */
void __init add_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	int i;

	mminit_dprintk(MMINIT_TRACE, "memory_register",
		       "Entering add_active_range(%d, %#lx, %#lx) %d entries of %d used\n",
		       nid, start_pfn, end_pfn, nr_nodemap_entries, MAX_ACTIVE_REGIONS);
	for (i = 0; i < nr_nodemap_entries; i++)
		if (early_node_map[i].nid == (int)nid &&
		    merge_active_range(&early_node_map[i], start_pfn, end_pfn))
			return;
	if (i >= MAX_ACTIVE_REGIONS) {
		printk(KERN_CRIT "More than %d memory regions, truncating\n", MAX_ACTIVE_REGIONS);
		printk(KERN_CRIT "memdawn: lost page frames %#lx to %#lx (%lu kB)\n", start_pfn,
		       end_pfn, (end_pfn - start_pfn) << (PAGE_SHIFT - 10));
		return;
	}
	early_node_map[i] = (struct node_active_region){ start_pfn, end_pfn, nid };
	nr_nodemap_entries = i + 1;
}

static int __init cmp_node_active_region(const void *a, const void *b)
{
	const struct node_active_region *x = a, *y = b;

	if (x->start_pfn != y->start_pfn)
		return x->start_pfn < y->start_pfn ? -1 : 1;
	return 0;
}

/**
 * sort_node_map - sort the table by address
 *
 * Linux: mm/page_alloc.c:sort_node_map, v2.6.34.
 */
void __init sort_node_map(void)
{
	sort(early_node_map, nr_nodemap_entries, sizeof(early_node_map[0]),
	     cmp_node_active_region, NULL);
}

/**
 * work_with_active_regions - call a function for each range of a node
 * @nid: node, or MAX_NUMNODES for all
 * @work_fn: gets page frames [start_pfn, end_pfn); a nonzero result ends the walk
 * @data: handed to @work_fn
 *
 * Linux: mm/page_alloc.c:work_with_active_regions, v2.6.34.
 */
void __init work_with_active_regions(int nid, work_fn_t work_fn, void *data)
{
	int i;

	for (i = 0; i < nr_nodemap_entries; i++)
		if (on_node(&early_node_map[i], nid) &&
		    work_fn(early_node_map[i].start_pfn, early_node_map[i].end_pfn, data))
			break;
}

/**
 * get_pfn_range_for_nid - the first and the last page frame of a node
 * @nid: node, or MAX_NUMNODES for all
 * @start_pfn: set to the first page frame; 0 if there is no RAM
 * @end_pfn: set to the page frame after the last one; 0 if there is no RAM
 *
 * Linux: mm/page_alloc.c:get_pfn_range_for_nid, v2.6.34.
 */
void __init get_pfn_range_for_nid(unsigned int nid, unsigned long *start_pfn,
				  unsigned long *end_pfn)
{
	const struct node_active_region *r, *end = early_node_map + nr_nodemap_entries;
	unsigned long lowest = ULONG_MAX, highest = 0;

	for (r = early_node_map; r < end; r++)
		if (on_node(r, nid)) {
			lowest = min(lowest, r->start_pfn);
			highest = max(highest, r->end_pfn);
		}
	*start_pfn = highest ? lowest : 0;
	*end_pfn = highest;
}

/* Of page frames [start_pfn, end_pfn), those that are RAM of a node. */
static unsigned long __init ram_in_range(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	const struct node_active_region *r, *end = early_node_map + nr_nodemap_entries;
	unsigned long pages = 0;

	for (r = early_node_map; r < end; r++) {
		unsigned long first = max(r->start_pfn, start_pfn);
		unsigned long last = min(r->end_pfn, end_pfn);

		if (on_node(r, nid) && first < last)
			pages += last - first;
	}
	return pages;
}

/**
 * __absent_pages_in_range - how many page frames of a range are not RAM
 * @nid: node, or MAX_NUMNODES for all
 * @range_start_pfn: first page frame
 * @range_end_pfn: page frame after the last one; an empty range has none
 *
 * Return: their number.
 * Linux: mm/page_alloc.c:__absent_pages_in_range, v2.6.34: the table must be
 * sorted there, and with no RAM at all the result is 0; here neither matters.
 */
unsigned long __init __absent_pages_in_range(int nid, unsigned long range_start_pfn,
					     unsigned long range_end_pfn)
{
	if (range_start_pfn >= range_end_pfn)
		return 0;
	return range_end_pfn - range_start_pfn - ram_in_range(nid, range_start_pfn, range_end_pfn);
}

/**
 * find_min_pfn_for_node - the lowest page frame of a node that is RAM
 * @nid: node, or MAX_NUMNODES for all
 *
 * Return: the page frame number; 0, with a message, if there is none.
 * Linux: mm/page_alloc.c:find_min_pfn_for_node, v2.6.34.
 */
unsigned long __init find_min_pfn_for_node(int nid)
{
	unsigned long min_pfn, end_pfn;

	get_pfn_range_for_nid(nid, &min_pfn, &end_pfn);
	if (!end_pfn)
		printk(KERN_WARNING "Could not find start_pfn for node %d\n", nid);
	return min_pfn;
}

/**
 * node_has_ram - is there RAM on a node?
 * @nid: node
 *
 * Return: whether there is.
 */
bool __init node_has_ram(int nid)
{
	unsigned long start_pfn, end_pfn;

	get_pfn_range_for_nid(nid, &start_pfn, &end_pfn);
	return end_pfn;
}

/**
 * early_calculate_totalpages - all RAM
 *
 * Return: page frames.
 * Linux: mm/page_alloc.c:early_calculate_totalpages, v2.6.34.
 */
unsigned long __init early_calculate_totalpages(void)
{
	return ram_in_range(MAX_NUMNODES, 0, ULONG_MAX);
}
