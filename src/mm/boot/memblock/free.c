// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: handing over to the page allocator.
 *
 * What is reserved is rounded outward and its struct pages are made reserved ones; what is free is
 * rounded inward and freed in the largest blocks that are aligned to their own size:
 *
 *	page frame	3    4		 8				   24	      29
 *	free		|------------------------------------------------------------|
 *	orders		| 0  |	   2	 |	   3	 |	 3	   |   2  |0 |
 *
 * Low memory goes this way. High memory has no place in such blocks at this point, it is freed page
 * by page, and on x86 before low memory.
 *
 * Linux: mm/memblock.c, v6.1; arch/x86/mm/highmem_32.c for high memory.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <lib/kernel.h>
#include <mm/boot/memblock_internal.h>
#include <mm/page_alloc.h>

/*
 * Pages that the page allocator has been given, for each zone. Linux has the number in struct zone;
 * 2.6.34's struct zone has no such field.
 */
static unsigned long managed_pages[MAX_NR_ZONES];

/**
 * zone_managed_pages - how many pages of a zone memblock has handed over
 * @zone: the zone
 *
 * Return: their number.
 * Linux: include/linux/mmzone.h:zone_managed_pages, v6.1.
 */
unsigned long zone_managed_pages(const struct zone *zone)
{
	return managed_pages[zone_idx(zone)];
}

/**
 * reset_all_zones_managed_pages - from here on, count what is handed over
 *
 * The first call counts: whoever hands over first makes it, later ones do nothing.
 * Linux: mm/memblock.c:reset_all_zones_managed_pages, v6.1.
 */
void __init reset_all_zones_managed_pages(void)
{
	int i;

	if (memblock_state.managed_reset)
		return;
	for (i = 0; i < MAX_NR_ZONES; i++)
		managed_pages[i] = 0;
	memblock_state.managed_reset = true;
}

/* Linux: mm/page_alloc.c:memblock_free_pages, v6.1. */
static void __init memblock_free_pages(unsigned long pfn, unsigned int order)
{
	struct page *page = pfn_to_page(pfn);

	managed_pages[page_zonenum(page)] += 1UL << order;
	__free_pages_core(page, order);
}

/* Linux: mm/page_alloc.c:free_highmem_page, v6.1. */
static void __init free_highmem_page(unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);

	managed_pages[page_zonenum(page)]++;
	__free_pages_bootmem(page, 0);
}

/* Frees page frames [start, end) in the largest blocks. Linux: mm/memblock.c:__free_pages_memory */
static void __init free_blocks(unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned int order = largest_block_order(start, end);

		memblock_free_pages(start, order);
		start += 1UL << order;
	}
}

/* The whole page frames of [start, end) that lie in [low, high): first and end. */
static void __init pages_within(phys_addr_t start, phys_addr_t end, unsigned long low,
				unsigned long high, unsigned long *first, unsigned long *last)
{
	*first = min_t(u64, max(PFN_UP(start), (u64)low), high);
	*last = max_t(u64, min_t(u64, PFN_DOWN(end), high), *first);
}

static unsigned long __init free_low_memory(void)
{
	unsigned long first, last, count = 0;
	phys_addr_t start, end;
	u64 i;

	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		pages_within(start, end, 0, max_low_pfn, &first, &last);
		free_blocks(first, last);
		count += last - first;
	}
	return count;
}

/*
 * Marks every page frame that [start, end) touches, if mem_map has it: RAM may begin high and end
 * low, and what is reserved need not be RAM. Linux: reserve_bootmem_region().
 */
static void __init mark_reserved(phys_addr_t start, phys_addr_t end)
{
	int nid;

	if (start >= end)
		return;
	for_each_online_node(nid) {
		const pg_data_t *pgdat = NODE_DATA(nid);
		u64 first = pgdat->node_start_pfn, last = first + pgdat->node_spanned_pages;

		first = max(first, PFN_DOWN(start));
		last = min(last, PFN_DOWN(end - 1) + 1);
		for (; first < last; first++)
			node_page(pgdat, first)->flags |= PF(PG_reserved);
	}
}

/* Linux: mm/memblock.c:memmap_init_reserved_pages, v6.1; the NOINIT flag as of v6.8. */
static void __init memmap_init_reserved_pages(void)
{
	const struct memblock_region *r;

	for_each_reserved_mem_region(r)
		if (!memblock_is_reserved_noinit(r))
			mark_reserved(r->base, region_end(r));
	for_each_mem_region(r)
		if (memblock_is_nomap(r))
			mark_reserved(r->base, region_end(r));
}

/*
 * From the hand-over on, memory that could be pulled out is given to anybody. Unlike
 * memblock_clear_hotplug() this can't fail for want of a free entry.
 */
static void __init clear_hotplug(void)
{
	struct memblock_region *r;

	for_each_mem_region(r)
		r->flags &= ~MEMBLOCK_HOTPLUG;
	memblock_merge_regions(&memblock.memory);
}

/**
 * memblock_free_highpages - hand over high memory, page by page, from the lowest up
 * @nid: the node, or NUMA_NO_NODE for any
 * @start_pfn: first page frame of a zone
 * @end_pfn: the one after its last
 *
 * Free memory within these limits, counted in totalram_pages and totalhigh_pages. The zones must
 * be there. On x86 this comes before memblock_free_all(), elsewhere after it: both will do.
 * Return: the number of pages.
 * Linux: arch/x86/mm/highmem_32.c:add_highpages_with_active_regions, v6.1, which loses what is
 * hotpluggable if movable_node was given.
 */
unsigned long __init memblock_free_highpages(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long first, last, count = 0;
	phys_addr_t start, end;
	u64 i;

	reset_all_zones_managed_pages();
	clear_hotplug();
	end_pfn = min(end_pfn, mem_map_end_pfn());
	for_each_free_mem_range(i, nid, MEMBLOCK_NONE, &start, &end, NULL) {
		pages_within(start, end, start_pfn, end_pfn, &first, &last);
		count += last - first;
		for (; first < last; first++)
			free_highmem_page(first);
	}
	totalhigh_pages += count;
	totalram_pages += count;
	return count;
}

/**
 * memblock_free_all - hand over low memory
 *
 * Counted in totalram_pages. Nothing may be allocated, reserved or freed through memblock after
 * this; looking is allowed. max_low_pfn must be set, every struct page initialised.
 * Linux: mm/memblock.c:memblock_free_all, v6.1; there too late a call is answered by the slab
 * allocator, here by BUG().
 */
void __init memblock_free_all(void)
{
	memblock_assert_live(__func__, memblock_caller());
	reset_all_zones_managed_pages();
	clear_hotplug();
	memmap_init_reserved_pages();
	totalram_pages += free_low_memory();
	memblock_state.handed_over = true;
}

/**
 * memblock_free_late - give reserved memory to the page allocator after memblock_free_all()
 * @base: start of the range; rounded up to a page
 * @size: bytes; the end is rounded down
 *
 * The caller must know that the pages were reserved and not freed before.
 * Linux: mm/memblock.c:memblock_free_late, v6.1.
 */
void __init memblock_free_late(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = memblock_cap_size(base, &size);
	unsigned long first, last;

	memblock_dbg("%s: [" PA "-" PA "] %s\n", __func__, base, end - 1,
		     symbol_text(memblock_caller()));
	pages_within(base, end, mem_map_first_pfn, mem_map_end_pfn(), &first, &last);
	for (; first < last; first++) {
		memblock_free_pages(first, 0);
		totalram_pages++;
	}
}

/* Frees an array unless it is the one in the image, and empties the type. */
static void __init discard(struct memblock_type *type, struct memblock_region *init_regions)
{
	if (type->regions != init_regions)
		memblock_free_late(__pa(type->regions),
				   PAGE_ALIGN(type->max * sizeof(struct memblock_region)));
	init_regions[0] = (struct memblock_region){ .nid = MEMBLOCK_MAX_NUMNODES };
	type->regions = init_regions;
	type->max = INIT_MEMBLOCK_REGIONS;
	type->cnt = 1;
	type->total_size = 0;
}

/**
 * memblock_discard - give the arrays themselves back, if they have grown
 *
 * After memblock_free_all(). Both arrays are empty from now on.
 * Linux: mm/memblock.c:memblock_discard, v6.1, which leaves their addresses behind.
 */
void __init memblock_discard(void)
{
	discard(&memblock.reserved, memblock_reserved_init_regions);
	discard(&memblock.memory, memblock_memory_init_regions);
}
