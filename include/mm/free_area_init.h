/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_FREE_AREA_INIT_H
#define MM_FREE_AREA_INIT_H

/*
 * From early_node_map to zones and mem_map, and tables sized by memory: src/mm/page_alloc, the files
 * free_area_init.c and hash.c.
 */

#include <kernel/border.h>
#include <lib/types.h>
#include <mm/mmzone.h>

extern unsigned long nr_kernel_pages;	/* present pages of DMA and Normal */
extern unsigned long nr_all_pages;	/* present pages of all zones */
extern unsigned long highest_memmap_pfn;
extern unsigned long zone_movable_pfn[MAX_NUMNODES];
extern struct border border_movable;	/* where ZONE_MOVABLE begins */

void free_area_init_nodes(unsigned long *max_zone_pfn);
void find_zone_movable_pfns_for_nodes(unsigned long *movable_pfn);

#define HASH_EARLY	0x00000001	/* bootmem still serves */
#define HASH_SMALL	0x00000002	/* may have less than a page of buckets */

void *alloc_large_system_hash(const char *tablename, unsigned long bucketsize,
			      unsigned long numentries, int scale, int flags,
			      unsigned int *_hash_shift, unsigned int *_hash_mask,
			      unsigned long limit);

int cmdline_parse_kernelcore(char *p);
int cmdline_parse_movablecore(char *p);

#endif
