/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_BOOT_ALLOC_H
#define MM_BOOT_BOOT_ALLOC_H

/*
 * The boot allocator, whichever of Linux's generations it is (memdawn.bootalloc=). Callers don't
 * know which one is live; what the generations do differently is in their tables
 * (mm/boot/boot_allocator.h). Ranges are physical bytes.
 *
 *	boot_reserve()		from the first line of C on: this is in use
 *	boot_add_ram()		the memory map is final: this is RAM
 *	boot_find_area()	a free place, before anything can be allocated
 *	boot_alloc_start()	RAM is registered: from here on it allocates
 *	alloc_bootmem() ...	zeroed memory in the linear map
 *	boot_free_all()		what is free goes to the buddy allocator; this was all
 */

#include <asm/page.h>
#include <lib/phys_range.h>
#include <lib/types.h>
#include <mm/mmzone.h>

struct boot_allocator;

extern unsigned long max_low_pfn;	/* end of the directly mapped page frames */
extern unsigned long min_low_pfn;
extern unsigned long max_pfn;		/* end of RAM */

#define NR_BOOT_ALLOCATORS	4

extern const struct boot_allocator *const boot_allocators[NR_BOOT_ALLOCATORS];
extern bool boot_alloc_all;

int boot_alloc_setup(char *val);
void boot_alloc_choose(unsigned int number);
unsigned int boot_alloc_number(void);
const struct boot_allocator *live_boot_allocator(void);
const struct boot_allocator *boot_alloc_next(void);

void boot_reserve(struct phys_range range, const char *name);
void boot_reserve_overlap_ok(struct phys_range range, const char *name);
void boot_unreserve(struct phys_range range);
void boot_add_ram(const struct phys_range *ram, unsigned int nr);
void boot_print_ram(void);
u64 boot_find_area(struct phys_range range, u64 size, u64 align);
struct phys_range boot_next_free(u64 start);
void boot_alloc_start(void);
unsigned long boot_alloc_hotplug_pfn(void);
bool boot_alloc_print_zones(const unsigned long *zone_end_pfn);
void *boot_alloc(unsigned long size, unsigned long align, unsigned long goal);
void *boot_alloc_nopanic(unsigned long size, unsigned long align, unsigned long goal);
unsigned long boot_free_pages(void);
bool boot_highmem_first(void);
unsigned long boot_free_all(void);
bool boot_free_highpages(int nid, unsigned long start_pfn, unsigned long end_pfn);

#ifdef CONFIG_NUMA
/* src/mm/boot/boot_alloc_node.c: for the use of a node */
void *boot_alloc_node(int nid, unsigned long size, unsigned long align, unsigned long goal);
void *boot_alloc_node_nopanic(int nid, unsigned long size, unsigned long align, unsigned long goal);

/* A node's part of low memory as the firmware gives it, page frames: src/arch/i386/numa/numa_32.c */
void node_low_range(int nid, unsigned long *start_pfn, unsigned long *end_pfn);
#else
static inline void *boot_alloc_node(int nid, unsigned long size, unsigned long align,
				    unsigned long goal)
{
	return boot_alloc(size, align, goal);
}

static inline void *boot_alloc_node_nopanic(int nid, unsigned long size, unsigned long align,
					    unsigned long goal)
{
	return boot_alloc_nopanic(size, align, goal);
}

static inline void node_low_range(int nid, unsigned long *start_pfn, unsigned long *end_pfn)
{
	*start_pfn = 0;
	*end_pfn = max_low_pfn;
}
#endif

/* Goals as in 2.6.34: above the DMA zone if there is room. */
#define SMP_CACHE_BYTES	32
#define BOOTMEM_GOAL	(MAX_DMA_PFN << PAGE_SHIFT)

#define alloc_bootmem(x)		boot_alloc(x, SMP_CACHE_BYTES, BOOTMEM_GOAL)
#define alloc_bootmem_nopanic(x)	boot_alloc_nopanic(x, SMP_CACHE_BYTES, BOOTMEM_GOAL)
#define alloc_bootmem_pages(x)		boot_alloc(x, PAGE_SIZE, BOOTMEM_GOAL)
#define alloc_bootmem_node(nid, x)	boot_alloc_node(nid, x, SMP_CACHE_BYTES, BOOTMEM_GOAL)
#define alloc_bootmem_node_nopanic(nid, x) \
	boot_alloc_node_nopanic(nid, x, SMP_CACHE_BYTES, BOOTMEM_GOAL)

#endif
