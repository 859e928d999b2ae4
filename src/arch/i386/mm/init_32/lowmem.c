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
#include <kernel/border.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/cmdline.h>
#include <lib/kernel.h>
#include <mm/boot/boot_alloc.h>
#include <mm/free_area_init.h>
#include <mm/highmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#define LEAST_LOWMEM_PFN	PFN_DOWN(64UL << 20)	/* what highmem= must leave */

unsigned long highstart_pfn, highend_pfn;
void *high_memory;

struct border border_lowmem_room = { .what = "low memory can have:", .kind = BORDER_TEXT };
struct border border_maxmem = { .what = "that is, MAXMEM:", .kind = BORDER_PFN };
struct border border_lowmem = { .what = "low memory ends:", .kind = BORDER_PFN };
struct border border_ram_highmem = RAM_CUT;
struct border border_dma = { .what = "zone DMA ends:", .kind = BORDER_PFN };

/* highmem=: what the user wrote, NULL if he didn't, and how many pages that are. */
static const char *highmem_arg __initdata;
static unsigned int highmem_pages __initdata;

static unsigned long __init pages_to_mb(unsigned long pages)
{
	return pages >> (20 - PAGE_SHIFT);
}

/**
 * parse_highmem - highmem=SIZE: this much high memory, whatever there is
 * @arg: the value, or NULL; it must stay until find_low_pfn_range() has run
 *
 * Return: 0, or -1 for a missing value.
 * Linux: arch/x86/mm/init_32.c:parse_highmem, v2.6.34.
 */
int __init parse_highmem(char *arg)
{
	if (!arg)
		return -1;
	highmem_arg = arg;
	highmem_pages = memparse(arg, &arg) >> PAGE_SHIFT;
	return 0;
}

/* Could low memory, which all RAM fits into, do without this many pages? Says so if not. */
static bool __init can_be_high(unsigned long pages)
{
	if (pages >= max_pfn)
		printk(KERN_ERR "highmem size (%luMB) is bigger than pages available (%luMB)!\n",
		       pages_to_mb(pages), pages_to_mb(max_pfn));
	else if (max_pfn - pages < LEAST_LOWMEM_PFN)
		printk(KERN_ERR "highmem size (%luMB) results in <64MB lowmem, ignoring it!\n",
		       pages_to_mb(pages));
	else
		return true;
	return false;
}

static void __init end_of_lowmem(unsigned long pfn, const char *why)
{
	max_low_pfn = pfn;
	border_set(&border_lowmem, pfn);
	border_why(&border_lowmem, "%s", why);
}

static void __init highmem_not_possible(void)
{
	border_why(&border_lowmem, "; highmem=%s is not possible", highmem_arg);
}

/* All RAM fits into low memory; the user may still want some of it to be high. */
static void __init lowmem_pfn_init(void)
{
	if (!highmem_pages) {
		end_of_lowmem(max_pfn, "with RAM");
	} else if (can_be_high(highmem_pages)) {
		end_of_lowmem(max_pfn - highmem_pages, "highmem=");
		border_why(&border_lowmem, "%s made the rest high", highmem_arg);
	} else {
		end_of_lowmem(max_pfn, "with RAM");
		highmem_not_possible();
	}
}

/* More RAM than low memory can have: the rest is high, or less of it if the user says so. */
static void __init highmem_pfn_init(void)
{
	unsigned long available = max_pfn - MAXMEM_PFN;

	end_of_lowmem(MAXMEM_PFN, "MAXMEM: the rest of the gigabyte is for vmalloc");
	if (!highmem_arg)
		return;
	if (highmem_pages > available) {
		printk(KERN_WARNING "only %luMB highmem pages available, "
		       "ignoring highmem size of %luMB!\n",
		       pages_to_mb(available), pages_to_mb(highmem_pages));
		highmem_not_possible();
		return;
	}
	max_pfn -= available - highmem_pages;
	border_set(&border_ram_highmem, max_pfn);
	border_why(&border_ram_highmem, "by highmem=%s", highmem_arg);
	e820_end_moved(&border_ram_highmem);
}

/**
 * find_low_pfn_range - set max_low_pfn, and max_pfn where highmem= limits it
 *
 * max_pfn must be the end of RAM, the parameters highmem= and vmalloc= parsed.
 * Linux: arch/x86/mm/init_32.c:find_low_pfn_range, v2.6.34; a highmem= of nearly 2^32 pages is too
 * much here, there the sum of it and MAXMEM_PFN wraps.
 */
void __init find_low_pfn_range(void)
{
	border_set(&border_lowmem_room, 0);
	border_why(&border_lowmem_room, "%08lx - %08lx - %lu kB", kernel_layout.maxmem_end,
		   PAGE_OFFSET, __VMALLOC_RESERVE >> 10);
	border_set(&border_maxmem, MAXMEM_PFN);
	if (max_pfn <= MAXMEM_PFN)
		lowmem_pfn_init();
	else
		highmem_pfn_init();
}

/**
 * set_high_memory - high memory begins where low memory ends
 * @end_pfn: end of RAM, a page frame number
 *
 * Says how much there is of each. max_low_pfn must be final.
 * Linux: a part of arch/x86/mm/init_32.c:initmem_init and of arch/x86/mm/numa_32.c:initmem_init,
 * v2.6.34.
 */
void __init set_high_memory(unsigned long end_pfn)
{
	num_physpages = max_mapnr = highend_pfn = end_pfn;
	highstart_pfn = min(max_low_pfn, end_pfn);
	layout_set_high_memory(pfn_to_kaddr(highstart_pfn));
	layout_record_ranges();
	printk(KERN_NOTICE "%ldMB HIGHMEM available.\n", pages_to_mb(highend_pfn - highstart_pfn));
	printk(KERN_NOTICE "%ldMB LOWMEM available.\n", pages_to_mb(max_low_pfn));
}

static void __init zone_sizes_init(void)
{
	unsigned long max_zone_pfns[MAX_NR_ZONES] = {
		[ZONE_DMA] = MAX_DMA_PFN,
		[ZONE_NORMAL] = max_low_pfn,
		[ZONE_HIGHMEM] = highend_pfn,
	};

	border_set(&border_dma, min(MAX_DMA_PFN, max_low_pfn));
	border_why(&border_dma, "what ISA devices reach");
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
