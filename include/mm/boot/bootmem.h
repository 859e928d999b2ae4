/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_BOOTMEM_H
#define MM_BOOT_BOOTMEM_H

/*
 * 2.6.34's boot allocator: a bit for each page of low memory, 1 = reserved.
 * Addresses and sizes are physical bytes, pfns are page frame numbers.
 */

#include <lib/list.h>
#include <lib/types.h>
#include <mm/boot/boot_allocator.h>
#include <mm/mmzone.h>

#define BOOTMEM_DEFAULT		0
#define BOOTMEM_EXCLUSIVE	(1 << 0)

typedef struct bootmem_data {
	unsigned long node_min_pfn;
	unsigned long node_low_pfn;
	void *node_bootmem_map;
	unsigned long last_end_off;	/* bytes: end of the last allocation */
	unsigned long hint_idx;		/* pages: where the next search starts */
	struct list_head list;
} bootmem_data_t;

extern bootmem_data_t bootmem_node_data[MAX_NUMNODES];
extern const struct boot_allocator bootmem_allocator;

unsigned long bootmem_bootmap_pages(unsigned long pages);
unsigned long init_bootmem_node(pg_data_t *pgdat, unsigned long freepfn,
				unsigned long startpfn, unsigned long endpfn);
unsigned long free_all_bootmem(void);
void free_bootmem_node(pg_data_t *pgdat, unsigned long physaddr, unsigned long size);
int reserve_bootmem(unsigned long addr, unsigned long size, int flags);
void *__alloc_bootmem_nopanic(unsigned long size, unsigned long align, unsigned long goal);
unsigned long bootmem_free_pages(void);
int bootmem_debug_setup(char *buf);

#endif
