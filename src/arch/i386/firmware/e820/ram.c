// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where RAM is: what the boot asks the finished memory map, until the boot allocator and
 * early_node_map know it. Linux has all of this in arch/x86/kernel/e820.c.
 */
#include <asm/page.h>
#include <asm/sections.h>
#include <firmware/e820.h>
#include <kernel/early_res.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/kernel.h>
#include <mm/node_map.h>

/* The RAM entry after another one, or the first one for NULL; NULL: there is none. */
static const struct e820entry * __init next_ram(const struct e820entry *entry)
{
	entry = entry ? entry + 1 : e820.map;
	while (entry < e820.map + e820.nr_map && entry->type != E820_RAM)
		entry++;
	return entry < e820.map + e820.nr_map ? entry : NULL;
}

/**
 * find_e820_area - find free RAM before any allocator exists
 * @start: lowest physical address
 * @end: physical address that the area must not pass
 * @size: bytes
 * @align: power of two
 *
 * First fit over the RAM entries in map order, around the early reservations. Nothing is reserved.
 *
 * Return: a physical address, or -1ULL.
 * Linux: arch/x86/kernel/e820.c:find_e820_area, v2.6.34.
 */
u64 __init find_e820_area(u64 start, u64 end, u64 size, u64 align)
{
	const struct e820entry *ram = NULL;
	u64 addr = -1ULL;

	while (addr == -1ULL && (ram = next_ram(ram)))
		addr = find_early_area(ram->addr, e820_end(ram), start, end, size, align);
	return addr;
}

/**
 * get_max_mapped - the physical address up to which memory is mapped
 *
 * Return: that address.
 * Linux: arch/x86/kernel/e820.c:get_max_mapped, v2.6.34.
 */
u64 __init get_max_mapped(void)
{
	return PFN_PHYS(max_pfn_mapped);
}

/**
 * find_e820_area_size - find the next free piece of RAM, whatever its size
 * @start: lowest physical address
 * @sizep: the size found, in bytes
 * @align: power of two
 *
 * Return: a physical address, or -1ULL.
 * Linux: arch/x86/kernel/e820.c:find_e820_area_size, v2.6.34.
 */
u64 __init find_e820_area_size(u64 start, u64 *sizep, u64 align)
{
	const struct e820entry *ram = NULL;
	u64 addr = -1ULL;

	while (addr == -1ULL && (ram = next_ram(ram)))
		addr = find_early_area_size(ram->addr, e820_end(ram), start, sizep, align);
	return addr;
}

/**
 * e820_max_arch_pfn - no page frame from here on can be reached
 *
 * Return: MAX_ARCH_PFN (64 GiB), or 4 GiB for memdawn.highmem=4G.
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
 *
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
