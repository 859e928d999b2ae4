/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_NODE_MAP_H
#define MM_NODE_MAP_H

/* early_node_map: which page frames are RAM, the only thing that is asked after initmem_init(). */

#include <lib/types.h>

#define MAX_ACTIVE_REGIONS	256

/* Page frames [start_pfn, end_pfn). */
struct node_active_region {
	unsigned long start_pfn;
	unsigned long end_pfn;
	int nid;
};

/* Called for each range in order; a nonzero result ends the walk. */
typedef int (*work_fn_t)(unsigned long start_pfn, unsigned long end_pfn, void *data);

void add_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn);
void sort_node_map(void);
void work_with_active_regions(int nid, work_fn_t work_fn, void *data);
void get_pfn_range_for_nid(unsigned int nid, unsigned long *start_pfn, unsigned long *end_pfn);
unsigned long __absent_pages_in_range(int nid, unsigned long range_start_pfn,
				      unsigned long range_end_pfn);
unsigned long find_min_pfn_for_node(int nid);
bool node_has_ram(int nid);
unsigned long early_calculate_totalpages(void);
int active_ranges(const struct node_active_region **map);

/* src/mm/page_alloc/node_map_remove.c; nobody else touches the table itself. */
extern struct node_active_region early_node_map[MAX_ACTIVE_REGIONS];
extern int nr_nodemap_entries;
void remove_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn);

#endif
