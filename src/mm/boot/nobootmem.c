// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot allocator of 2.6.34 with CONFIG_NO_BOOTMEM: there is none. Memory is
 * found in early_node_map around the early reservations, and becomes one of them
 * ("BOOTMEM"). There is no bitmap and nothing to hand over to.
 *
 * In the end what is free is worked out as ranges of page frames:
 *
 *	early_node_map, cut at max_low_pfn     #########____##########
 *	less each reservation, rounded out        ---             -
 *	sorted                                 ###___####____#####_####
 *
 * and each range is freed in singles up to a multiple of 32, then in blocks of 32,
 * then in singles again.
 */
#include <asm/page.h>
#include <asm/sections.h>
#include <kernel/early_res.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/range.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/early.h>
#include <mm/boot/nobootmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

/**
 * __alloc_memory_core_early - the lowest free place in RAM, from a goal up
 * @nid: node
 * @size: bytes
 * @align: power of two, in bytes
 * @goal: physical address, not below it
 * @limit: physical address, not beyond it
 *
 * RAM must be registered.
 * Return: zeroed memory in the linear map, or NULL.
 * Linux: mm/page_alloc.c:__alloc_memory_core_early, v2.6.34.
 */
void * __init __alloc_memory_core_early(int nid, u64 size, u64 align, u64 goal, u64 limit)
{
	const struct node_active_region *map;
	int i, nr = active_ranges(&map);

	for (i = 0; i < nr; i++) {
		u64 addr = find_early_area(PFN_PHYS(map[i].start_pfn), PFN_PHYS(map[i].end_pfn),
					   goal, limit, size, align);
		void *mem;

		if (addr == -1ULL)
			continue;
		mem = phys_to_virt((unsigned long)addr);
		memset(mem, 0, size);
		reserve_early_without_check(addr, addr + size, "BOOTMEM");
		return mem;
	}
	return NULL;
}

/* Takes each reservation out of the ranges of free page frames, and prints it. */
static void __init subtract_early_res(struct range *range, int az)
{
	int i, first = early_res_first(), count = early_res_total();

	printk(KERN_INFO "Subtract (%d early reservations)\n", count);
	for (i = first; i < count; i++) {
		const struct early_res *r = early_res_get(i);

		printk(KERN_INFO "  #%d [%010llx - %010llx] %15s\n", i, r->start, r->end, r->name);
		balance_own(r->name, phys_range(r->start, r->end));
		subtract_range(range, az, PFN_DOWN(r->start), PFN_UP(r->end));
	}
}

/*
 * The ranges of free low page frames, in free memory that nobody reserves: it is read
 * while it is being freed, and freeing doesn't write to it.
 */
static int __init get_free_all_memory_range(struct range **rangep)
{
	const struct node_active_region *map;
	int i, nr = active_ranges(&map), az = 2 * (early_res_total() + nr), nr_range = 0;
	u64 size = az * sizeof(struct range);
	u64 mem = early_res_find_area(phys_range(0, PFN_PHYS(max_pfn_mapped)), size,
				      sizeof(struct range));
	struct range *range;

	if (mem == -1ULL)
		panic("can not find more space for range free: %llu bytes of low memory", size);
	range = phys_to_virt((unsigned long)mem);
	memset(range, 0, size);
	for (i = 0; i < nr; i++)
		nr_range = add_range(range, az, nr_range, map[i].start_pfn, map[i].end_pfn);
	subtract_range(range, az, max_low_pfn, -1ULL);
	subtract_early_res(range, az);
	*rangep = range;
	return clean_sort_range(range, az);
}

/* Page frames [start, end). */
static void __init __free_pages_memory(unsigned long start, unsigned long end)
{
	unsigned long pfn = start, aligned = min(round_up(start, BITS_PER_LONG), end);
	unsigned long blocks_end = max(aligned, round_down(end, BITS_PER_LONG));

	for (; pfn < aligned; pfn++)
		__free_pages_bootmem(pfn_to_page(pfn), 0);
	for (; pfn < blocks_end; pfn += BITS_PER_LONG)
		__free_pages_bootmem(pfn_to_page(pfn), ilog2(BITS_PER_LONG));
	for (; pfn < end; pfn++)
		__free_pages_bootmem(pfn_to_page(pfn), 0);
}

/**
 * free_all_memory_core_early - hand all free low memory to the buddy allocator
 *
 * Prints the reservations. early_res is of no use afterwards.
 * Return: the number of pages.
 * Linux: mm/bootmem.c:free_all_memory_core_early, v2.6.34, whose array of ranges
 * has room for twice the reservations: with 32 or more RAM ranges it loses them all.
 */
unsigned long __init free_all_memory_core_early(void)
{
	struct range *first, *r;
	unsigned long pages = 0;
	int nr = get_free_all_memory_range(&first);

	for (r = first; r < first + nr; r++) {
		__free_pages_memory(r->start, r->end);
		pages += r->end - r->start;
	}
	early_res_forget();
	return pages;
}

/* The goal is dropped where there is nothing above it. */
static void * __init alloc(unsigned long size, unsigned long align, unsigned long goal,
			   const void *caller)
{
	u64 limit = PFN_PHYS(max_low_pfn);
	void *mem = __alloc_memory_core_early(0, size, align, goal, limit);

	return mem || !goal ? mem : __alloc_memory_core_early(0, size, align, 0, limit);
}

/* Low RAM less what is reserved; reservations never overlap. */
static unsigned long __init free_pages(void)
{
	unsigned long used = 0;
	int i;

	for (i = early_res_first(); i < early_res_total(); i++) {
		const struct early_res *r = early_res_get(i);

		if (r->start < PFN_PHYS(max_low_pfn))
			used += PFN_UP(r->end) - PFN_DOWN(r->start);
	}
	return max_low_pfn - __absent_pages_in_range(MAX_NUMNODES, 0, max_low_pfn) - used;
}

const struct boot_allocator early_res_allocator __refconst = {
	.name = "early_res",
	.reserve = early_reserve,
	.reserve_overlap_ok = early_reserve_overlap_ok,
	.unreserve = early_unreserve,
	.add_ram = early_add_ram,
	.find_area = early_res_find_area,
	.next_free = early_res_next_free,
	.alloc = alloc,
	.free_pages = free_pages,
	.bookkeeping = early_bookkeeping,
	.hand_over = free_all_memory_core_early,
	.reservation = early_reservation,
	.nr_reservations = early_nr_reservations,
};
