/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_VARIANT_H
#define KERNEL_VARIANT_H

/*
 * Where kernels of other versions and configurations count differently, for the replay
 * of their logs. Unless a parameter says otherwise all is zero: then the boot is that of
 * 2.6.34 with our configuration.
 */

#include <lib/types.h>

struct variant {
	bool page0_is_ram;	/* before 1b5576e: the BIOS's own ranges stay RAM */
	bool fixmap_rounded;	/* before 499a5f1: boot fixmap at a multiple of 256 pages */
	bool old_vmalloc;	/* before e621bd1: low memory's limit ignores what lies above vmalloc */
	bool last_pfn_cut;	/* before f361a45: the last page frame is cut after the search */
	bool zones_with_holes;	/* before 4cfee88: holes count as a zone's pages */
	bool zones_with_memmap;	/* before 0e0b864: mem_map's own pages count too */
	bool small_batches;	/* before ba56e91: a per-cpu list holds up to 256 kB, not 512 */
	bool highmem4g;		/* CONFIG_HIGHMEM4G: two levels of page tables, 4 GiB */
	unsigned int fixmap_pages;	/* permanent fixed pages; 0: ours */
	unsigned int struct_page_size;	/* bytes of struct page; 0: ours */
};

extern struct variant variant;

int before_setup(char *val);
int highmem_config_setup(char *val);
int fixmap_setup(char *val);
int struct_page_setup(char *val);

#endif
