// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock as the boot allocator. It knows RAM and reservations itself from the beginning, so that
 * nothing is handed over when it starts: only its limit is raised.
 */
#include <asm/page.h>
#include <asm/sections.h>
#include <kernel/init.h>
#include <lib/kernel.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/memblock_internal.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

static void __init reserve(struct phys_range range, const char *name, const void *caller)
{
	memblock_reserve_for(range.start, phys_range_size(range), caller);
	balance_own(name, range);
}

static void __init unreserve(struct phys_range range, const void *caller)
{
	memblock_phys_free_for(range.start, phys_range_size(range), caller);
}

/*
 * With movable_node all is allocated from the bottom up until the start, as in 6.1's setup_arch().
 * A larger array must lie in what head has mapped.
 */
static void __init add_ram(const struct phys_range *ram, unsigned int nr, const void *caller)
{
	unsigned int i;

	memblock_set_current_limit(PFN_PHYS(max_pfn_mapped));
	memblock_allow_resize();
	memblock_set_bottom_up(movable_node_enabled);
	for (i = 0; i < nr; i++)
		memblock_add_for(ram[i].start, phys_range_size(ram[i]), caller);
	memblock_trim_memory(PAGE_SIZE);
}

static u64 __init find_area(struct phys_range range, u64 size, u64 align)
{
	phys_addr_t addr = memblock_find_in_range(range.start, range.end, size, align);

	return addr ? addr : -1ULL;
}

static struct phys_range __init next_free(u64 start)
{
	phys_addr_t first, end;
	u64 i;

	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &first, &end, NULL)
		if (end > start)
			return phys_range(max(first, start), end);
	return phys_range(0, 0);
}

/* Free memory of several nodes is several pieces: no block that is handed over crosses a border. */
static void __init set_nodes(void)
{
	const struct node_active_region *map;
	int i, nr = active_ranges(&map);

	for (i = 0; i < nr; i++)
		memblock_set_node(PFN_PHYS(map[i].start_pfn), PFN_PHYS(map[i].end_pfn - map[i].start_pfn),
				  &memblock.memory, map[i].nid);
}

static void __init start(void)
{
	if (MAX_NUMNODES > 1)
		set_nodes();
	memblock_set_bottom_up(false);
	memblock_set_current_limit(PFN_PHYS(max_low_pfn));
}

static void * __init alloc(unsigned long size, unsigned long align, unsigned long goal,
			   const void *caller)
{
	return memblock_alloc_for(size, align, goal, caller);
}

/* What is reserved counts, whether it is low RAM or not. */
static unsigned long __init free_pages(void)
{
	return max_low_pfn - __absent_pages_in_range(MAX_NUMNODES, 0, max_low_pfn) -
	       (unsigned long)(memblock_reserved_size() >> PAGE_SHIFT);
}

/* Where what can be pulled out begins, if the kernel is to keep out of it. */
static unsigned long __init hotplug_pfn(void)
{
	const struct memblock_region *r;

	if (!movable_node_enabled)
		return 0;
	for_each_mem_region(r)
		if (memblock_is_hotpluggable(r))
			return PFN_DOWN(r->base);
	return 0;
}

static void __init bookkeeping(unsigned long *bytes, unsigned long *entries)
{
	*bytes = (memblock.memory.max + memblock.reserved.max) * sizeof(struct memblock_region);
	*entries = memblock.memory.cnt + memblock.reserved.cnt;
}

static unsigned long __init hand_over(void)
{
	unsigned long before = totalram_pages, pages;

	memblock_free_all();
	pages = totalram_pages - before;
	totalram_pages = before;	/* the caller adds it */
	return pages;
}

static unsigned int nr_reservations(void)
{
	return memblock.reserved.regions[0].size ? memblock.reserved.cnt : 0;
}

/* Regions have no names, and those that touch are one. */
static bool reservation(unsigned int i, struct boot_reservation *found)
{
	const struct memblock_region *r = &memblock.reserved.regions[i];

	if (i >= nr_reservations())
		return false;
	*found = (struct boot_reservation){ .range = memblock_region_range(r) };
	return true;
}

const struct boot_allocator memblock_allocator __refconst = {
	.name = "memblock",
	.device_tree = true,
	.highmem_first = true,
	.reserve = reserve,
	.reserve_overlap_ok = reserve,
	.unreserve = unreserve,
	.add_ram = add_ram,
	.print_ram = memblock_dump_all,
	.find_area = find_area,
	.next_free = next_free,
	.start = start,
	.alloc = alloc,
	.free_pages = free_pages,
	.hotplug_pfn = hotplug_pfn,
	.bookkeeping = bookkeeping,
	.hand_over = hand_over,
	.free_highpages = memblock_free_highpages,
	.reservation = reservation,
	.nr_reservations = nr_reservations,
};
