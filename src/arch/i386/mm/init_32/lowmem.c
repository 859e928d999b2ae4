// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where low memory ends, and the hand-over of RAM to the boot allocator and to
 * the zones. Linux has this in arch/x86/mm/init_32.c.
 *
 *	0 .......... max_low_pfn .............. max_pfn
 *	mapped at PAGE_OFFSET   high memory: highstart_pfn to highend_pfn
 */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/processor.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/cmdline.h>
#include <mm/boot/boot_alloc.h>
#include <mm/free_area_init.h>
#include <mm/highmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

unsigned long highstart_pfn, highend_pfn;
void *high_memory;

/* highmem=: how many pages of high memory the user wants; -1: he didn't say. */
static unsigned int highmem_pages __initdata = -1;

static unsigned long __init pages_to_mb(unsigned long pages)
{
	return pages >> (20 - PAGE_SHIFT);
}

/**
 * parse_highmem - highmem=SIZE: this much high memory, whatever there is
 * @arg: the value, or NULL
 *
 * Return: 0, or -1 for a missing value.
 * Linux: arch/x86/mm/init_32.c:parse_highmem, v2.6.34.
 */
int __init parse_highmem(char *arg)
{
	if (!arg)
		return -1;
	highmem_pages = memparse(arg, &arg) >> PAGE_SHIFT;
	return 0;
}

/* All RAM fits into low memory; the user may still want some of it to be high. */
static void __init lowmem_pfn_init(void)
{
	max_low_pfn = max_pfn;
	if (highmem_pages == (unsigned int)-1)
		highmem_pages = 0;
	if (highmem_pages >= max_pfn) {
		printk(KERN_ERR "highmem size (%luMB) is bigger than pages available (%luMB)!\n",
		       pages_to_mb(highmem_pages), pages_to_mb(max_pfn));
		highmem_pages = 0;
	}
	if (highmem_pages && max_low_pfn - highmem_pages < 64UL * 1024 * 1024 / PAGE_SIZE) {
		printk(KERN_ERR "highmem size (%luMB) results in <64MB lowmem, ignoring it!\n",
		       pages_to_mb(highmem_pages));
		highmem_pages = 0;
	}
	max_low_pfn -= highmem_pages;
}

/* More RAM than low memory can have: the rest is high, or less of it if the user says so. */
static void __init highmem_pfn_init(void)
{
	max_low_pfn = MAXMEM_PFN;
	if (highmem_pages == (unsigned int)-1)
		highmem_pages = max_pfn - MAXMEM_PFN;
	if (highmem_pages + MAXMEM_PFN < max_pfn)
		max_pfn = MAXMEM_PFN + highmem_pages;
	if (highmem_pages + MAXMEM_PFN > max_pfn) {
		printk(KERN_WARNING "only %luMB highmem pages available, "
		       "ignoring highmem size of %luMB!\n",
		       pages_to_mb(max_pfn - MAXMEM_PFN), pages_to_mb(highmem_pages));
		highmem_pages = 0;
	}
}

/**
 * find_low_pfn_range - set max_low_pfn, and max_pfn where highmem= limits it
 *
 * max_pfn must be the end of RAM, the parameters highmem= and vmalloc= parsed.
 * Linux: arch/x86/mm/init_32.c:find_low_pfn_range, v2.6.34.
 */
void __init find_low_pfn_range(void)
{
	if (max_pfn <= MAXMEM_PFN)
		lowmem_pfn_init();
	else
		highmem_pfn_init();
}

/**
 * initmem_init - register RAM and start the boot allocator
 * @start_pfn: 0
 * @end_pfn: end of RAM, a page frame number
 *
 * From here on early_node_map says what is RAM, and nobody asks the memory map.
 * Low memory must be mapped, the RAM disk reserved.
 * Linux: arch/x86/mm/init_32.c:initmem_init, v2.6.34.
 */
void __init initmem_init(unsigned long start_pfn, unsigned long end_pfn)
{
	highstart_pfn = highend_pfn = max_pfn;
	if (max_pfn > max_low_pfn)
		highstart_pfn = max_low_pfn;
	e820_register_active_regions(0, 0, highend_pfn);
	printk(KERN_NOTICE "%ldMB HIGHMEM available.\n", pages_to_mb(highend_pfn - highstart_pfn));
	num_physpages = highend_pfn;
	max_mapnr = num_physpages;
	layout_set_high_memory(__va(highstart_pfn << PAGE_SHIFT));
	printk(KERN_NOTICE "%ldMB LOWMEM available.\n", pages_to_mb(max_low_pfn));
	boot_alloc_start();
}

static void __init zone_sizes_init(void)
{
	unsigned long max_zone_pfns[MAX_NR_ZONES] = {
		[ZONE_DMA] = MAX_DMA_PFN,
		[ZONE_NORMAL] = max_low_pfn,
		[ZONE_HIGHMEM] = highend_pfn,
	};

	free_area_init_nodes(max_zone_pfns);
}

/**
 * paging_init - page tables for the kmap windows, then zones and mem_map
 *
 * The boot allocator must be up.
 * Linux: arch/x86/mm/init_32.c:paging_init, v2.6.34.
 */
void __init paging_init(void)
{
	permanent_kmaps_init();
	__flush_tlb_all();
	kmap_init();
	zone_sizes_init();
}
