/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_BOOT_ALLOC_H
#define MM_BOOT_BOOT_ALLOC_H

/*
 * The boot allocator, whichever of Linux's generations it is (memdawn.bootalloc=).
 * Callers don't know which one is live. Addresses and sizes are physical bytes.
 *
 *	boot_reserve()		from the first line of C on: this is in use
 *	boot_find_area()	a free place, before anything can be allocated
 *	boot_alloc_start()	RAM is registered: from here on it allocates
 *	alloc_bootmem() ...	zeroed memory in the linear map
 *	boot_free_all()		what is free goes to the buddy allocator; this was all
 */

#include <asm/page.h>
#include <lib/types.h>
#include <mm/mmzone.h>

extern unsigned long max_low_pfn;	/* end of the directly mapped page frames */
extern unsigned long min_low_pfn;
extern unsigned long max_pfn;		/* end of RAM */

enum boot_alloc_kind {
	BOOT_BOOTMEM,		/* 2.6.34, a bitmap: the default; see image_boot_alloc */
	BOOT_BOOTMEM_24,	/* 2.4, a bitmap that merges into the last page */
	BOOT_EARLY_RES,		/* 2.6.34 with NO_BOOTMEM: the reservations are all there is */
	BOOT_MEMBLOCK,		/* 2.6.38 to today */
	NR_BOOT_ALLOCS
};

/* How one has been used; the rest is known when it has handed over. */
struct boot_alloc_stats {
	unsigned long allocations;	/* that were served */
	unsigned long bytes;		/* that they asked for */
	unsigned long bookkeeping;	/* bytes of bitmap and tables */
	unsigned long entries;		/* of the tables that were in use at the end */
	unsigned long ticks;		/* of the TSC during the hand-over, 0 without one */
	unsigned long free;		/* low pages handed over; 0: it hasn't run */
	unsigned long reserved;		/* low RAM pages that were not */
	unsigned long runs;		/* pieces that the free pages are in */
	unsigned long largest;		/* pages of the largest piece */
	unsigned long blocks[MAX_ORDER]; /* what the buddy allocator made of them */
};

extern enum boot_alloc_kind boot_alloc_kind;
extern struct boot_alloc_stats boot_alloc_stats[NR_BOOT_ALLOCS];
extern bool boot_alloc_all;

int boot_alloc_setup(char *val);
const char *boot_alloc_name(enum boot_alloc_kind kind);
bool boot_alloc_next(enum boot_alloc_kind *kind);

void boot_reserve(u64 start, u64 end, const char *name);
void boot_reserve_overlap_ok(u64 start, u64 end, const char *name);
void boot_unreserve(u64 start, u64 end);
void boot_add_ram(void);
u64 boot_find_area(u64 start, u64 end, u64 size, u64 align);
u64 boot_find_area_size(u64 start, u64 *sizep);
void boot_alloc_start(void);
unsigned long boot_alloc_hotplug_pfn(void);
bool boot_alloc_print_zones(const unsigned long *zone_end_pfn);
void *boot_alloc(unsigned long size, unsigned long align, unsigned long goal);
void *boot_alloc_nopanic(unsigned long size, unsigned long align, unsigned long goal);
unsigned long boot_free_pages(void);
unsigned long boot_free_all(void);

/* Goals as in 2.6.34: above the DMA zone if there is room. */
#define SMP_CACHE_BYTES	32
#define BOOTMEM_GOAL	(MAX_DMA_PFN << PAGE_SHIFT)

#define alloc_bootmem(x)		boot_alloc(x, SMP_CACHE_BYTES, BOOTMEM_GOAL)
#define alloc_bootmem_nopanic(x)	boot_alloc_nopanic(x, SMP_CACHE_BYTES, BOOTMEM_GOAL)
#define alloc_bootmem_pages(x)		boot_alloc(x, PAGE_SIZE, BOOTMEM_GOAL)

#endif
