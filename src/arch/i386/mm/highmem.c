/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * High memory at boot: page tables for the windows through which it will be
 * seen, and its page frames' way into the free lists.
 */
#include <asm/fixmap.h>
#include <asm/memory_init.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/bootmem.h>
#include <mm/highmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

pte_t *pkmap_page_table;
pte_t *kmap_pte;

/**
 * permanent_kmaps_init - a page table for the pkmap window
 *
 * The boot allocator must be up.
 * Linux: arch/x86/mm/init_32.c:permanent_kmaps_init, v2.6.34.
 */
void __init permanent_kmaps_init(void)
{
	enum page_level level;

	page_table_range_init(PKMAP_BASE, PKMAP_BASE + PAGE_SIZE * LAST_PKMAP);
	pkmap_page_table = lookup_address(PKMAP_BASE, &level);
}

/**
 * kmap_init - find the entries of the kmap_atomic pages
 *
 * Linux: arch/x86/mm/init_32.c:kmap_init, v2.6.34.
 */
void __init kmap_init(void)
{
	enum page_level level;

	kmap_pte = lookup_address(fix_to_virt(FIX_KMAP_BEGIN), &level);
	BUG_ON(level != PG_LEVEL_4K);
}

/* A zone's part of high memory, page frames [start_pfn, end_pfn). */
struct add_highpages_data {
	unsigned long start_pfn;
	unsigned long end_pfn;
};

static int __init add_highpages_work_fn(unsigned long start_pfn, unsigned long end_pfn, void *datax)
{
	const struct add_highpages_data *data = datax;
	unsigned long first = max(start_pfn, data->start_pfn);
	unsigned long last = min(end_pfn, data->end_pfn);
	struct page *page;

	if (first >= last)
		return 0;
	totalhigh_pages += last - first;
	if (free_in_bulk) {
		bulk_free_range(first, last);
		return 0;
	}
	for (page = pfn_to_page(first); page < pfn_to_page(last); page++)
		__free_pages_bootmem(page, 0);
	return 0;
}

/**
 * set_highmem_pages_init - free every page frame of high memory
 *
 * Page by page, from the lowest up, zone by zone: the order decides the order of
 * the free lists. Counts them in totalhigh_pages and totalram_pages.
 * The zones must be there.
 * Linux: arch/x86/mm/highmem_32.c:set_highmem_pages_init, v2.6.34.
 */
void __init set_highmem_pages_init(void)
{
	struct zone *zone;

	for_each_zone(zone) {
		struct add_highpages_data data = {
			zone->zone_start_pfn, zone->zone_start_pfn + zone->spanned_pages
		};

		if (!is_highmem(zone))
			continue;
		printk(KERN_INFO "Initializing %s for node %d (%08lx:%08lx)\n", zone->name, 0,
		       data.start_pfn, data.end_pfn);
		work_with_active_regions(0, add_highpages_work_fn, &data);
	}
	totalram_pages += totalhigh_pages;
}

/**
 * clear_highpage - fill a page, high or low, with zeros
 * @page: allocated
 *
 * Linux: include/linux/highmem.h:clear_highpage, v2.6.34.
 */
void clear_highpage(struct page *page)
{
	unsigned long pfn = page_to_pfn(page), va = fix_to_virt(FIX_KMAP_BEGIN + KM_USER0);

	if (!is_highmem_idx(page_zonenum(page))) {
		memset(pfn_to_kaddr(pfn), 0, PAGE_SIZE);
		return;
	}
	set_pte(kmap_pte - KM_USER0, pfn_pte(pfn, PAGE_KERNEL));
	memset((void *)va, 0, PAGE_SIZE);
	pte_clear(kmap_pte - KM_USER0);
	__flush_tlb_one(va);
}
