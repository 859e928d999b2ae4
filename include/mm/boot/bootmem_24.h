/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_BOOTMEM_24_H
#define MM_BOOT_BOOTMEM_24_H

/*
 * The boot allocator of 2.4: a bit for each page frame of low memory, 1 = reserved. The names are
 * 2.4's with bootmem24_ in front. Addresses and sizes are physical bytes, pfns are page frame
 * numbers. The order of calls is that of 2.4's setup_arch() and mem_init():
 *
 *	bootmem24_init(start_pfn, max_low_pfn)	all is reserved; the bitmap lies at start_pfn
 *	bootmem24_register_low_pages(...)	for each RAM range: its whole pages are free
 *	bootmem24_reserve(...)			the kernel with the bitmap, page 0, RAM disk, ...
 *	bootmem24_alloc(...), bootmem24_free(...)
 *	bootmem24_print_zones(...)
 *	bootmem24_free_all()			what is free goes to the buddy allocator
 */

#include <lib/types.h>
#include <mm/boot/boot_allocator.h>

/* Linux: include/linux/bootmem.h:struct bootmem_data, v2.4.37. */
struct bootmem24_data {
	unsigned long node_boot_start;	/* physical address of the node's first page frame */
	unsigned long node_low_pfn;	/* page frame after the node's last one in low memory */
	unsigned long *node_bootmem_map; /* NULL before the start and after the end */
	unsigned long last_offset;	/* bytes used of the last allocation's last page; 0: all */
	unsigned long last_pos;		/* that page, counted from the node's first one */
};

extern struct bootmem24_data bootmem24_node_data;
extern const struct boot_allocator bootmem24_allocator;

unsigned long bootmem24_bootmap_pages(unsigned long pages);
unsigned long bootmem24_init(unsigned long start_pfn, unsigned long max_low_pfn);
unsigned long bootmem24_init_node(unsigned long mapstart, unsigned long start, unsigned long end);
void bootmem24_register_low_pages(u64 addr, u64 size);
void bootmem24_reserve(unsigned long addr, unsigned long size);
void bootmem24_free(unsigned long addr, unsigned long size);
void *bootmem24_alloc(unsigned long size, unsigned long align, unsigned long goal);
void *bootmem24_alloc_nopanic(unsigned long size, unsigned long align, unsigned long goal);
unsigned long bootmem24_free_pages(void);
unsigned long bootmem24_free_all(void);
void bootmem24_print_zones(const unsigned long zone_pages[3]);

#endif
