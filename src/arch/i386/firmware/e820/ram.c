/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where RAM is: what the finished memory map hands down to the boot allocator, in bytes, and to
 * early_node_map, in page frames. Nobody asks the map itself after that.
 * Linux has all of this in arch/x86/kernel/e820.c.
 */
#include <asm/page.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/kernel.h>
#include <mm/boot/boot_alloc.h>
#include <mm/node_map.h>

/* The RAM entry after another, or the first one after NULL; NULL: there is none. */
static const struct e820entry * __init next_ram(const struct e820entry *entry)
{
	entry = entry ? entry + 1 : e820.map;
	while (entry < e820.map + e820.nr_map && entry->type != E820_RAM)
		entry++;
	return entry < e820.map + e820.nr_map ? entry : NULL;
}

/**
 * e820__memblock_setup - tell the boot allocator what is RAM
 *
 * The map must be final.
 * Linux: arch/x86/kernel/e820.c:e820__memblock_setup, v6.1, for memblock; the boot allocators
 * before it ask the map (find_e820_area).
 */
void __init e820__memblock_setup(void)
{
	static struct phys_range ranges[E820MAX] __initdata;
	const struct e820entry *ram = NULL;
	unsigned int nr = 0;

	while ((ram = next_ram(ram)))
		ranges[nr++] = phys_range(ram->addr, e820_end(ram));
	boot_add_ram(ranges, nr);
}

/**
 * e820_max_arch_pfn - no page frame from here on can be reached
 *
 * MAX_ARCH_PFN (64 GiB), or 4 GiB for memdawn.highmem=4G.
 */
unsigned long e820_max_arch_pfn(void)
{
	return variant.highmem4g ? 1UL << (32 - PAGE_SHIFT) : MAX_ARCH_PFN;
}

/**
 * e820_end_pfn - where a map's RAM ends
 * @map: sanitized
 * @limit: what lies from this physical address on is left out
 *
 * Return: the page frame number after the last RAM frame, at most e820_max_arch_pfn().
 * Linux: arch/x86/kernel/e820.c:e820_end_pfn, v2.6.34, which has the limit in page frames and
 * one map.
 */
unsigned long e820_end_pfn(const struct e820map *map, u64 limit)
{
	unsigned long max_arch_pfn = e820_max_arch_pfn();
	u64 last_pfn = 0;
	u32 i;

	for (i = 0; i < map->nr_map; i++) {
		const struct e820entry *ei = &map->map[i];

		if (ei->type == E820_RAM && ei->addr < limit &&
		    (PFN_DOWN(ei->addr) < max_arch_pfn || variant.last_pfn_cut))
			last_pfn = max(last_pfn, PFN_DOWN(min(e820_end(ei), limit)));
	}
	return min(last_pfn, (u64)max_arch_pfn);
}

/**
 * e820_end_of_ram_pfn - where RAM ends
 *
 * Prints `last_pfn = ...`. The map must be sanitized.
 * Return: the page frame number after the last RAM frame, at most e820_max_arch_pfn().
 * Linux: arch/x86/kernel/e820.c:e820_end_of_ram_pfn, v2.6.34.
 */
unsigned long __init e820_end_of_ram_pfn(void)
{
	unsigned long last_pfn = e820_end_pfn(&e820, ULLONG_MAX);

	printk(KERN_INFO "last_pfn = %#lx max_arch_pfn = %#lx\n", last_pfn, e820_max_arch_pfn());
	return last_pfn;
}

/**
 * e820_register_active_regions - tell early_node_map which frames are RAM
 * @nid: node
 * @start_pfn: first page frame concerned
 * @last_pfn: page frame after the last one concerned
 *
 * RAM rounds inward: a frame that is RAM only in part is none.
 * Linux: arch/x86/kernel/e820.c:e820_register_active_regions, v2.6.34.
 */
void __init e820_register_active_regions(int nid, unsigned long start_pfn, unsigned long last_pfn)
{
	const struct e820entry *ram = NULL;

	while ((ram = next_ram(ram))) {
		u64 first = max(PFN_UP(ram->addr), (u64)start_pfn);
		u64 end = min(PFN_DOWN(e820_end(ram)), (u64)last_pfn);

		if (first < end)
			add_active_range(nid, first, end);
	}
}
