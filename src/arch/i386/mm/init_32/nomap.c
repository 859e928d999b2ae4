// SPDX-License-Identifier: GPL-2.0-only
/*
 * Low memory that memblock calls NOMAP: a device tree says of it that nobody but its owner, some
 * device or firmware, may ever touch it.
 */
#include <asm/page.h>
#include <asm/pageattr.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/boot/memblock.h>
#include <of/fdt.h>

/**
 * unmap_nomap_memory - take what is NOMAP out of the linear map
 *
 * Until now it was mapped, and nobody used it. Any use faults from now on. Of high memory nothing
 * is mapped in the first place. The page allocator must be up, for the tables of large pages that
 * have to be split.
 *
 * Linux on machines with device trees leaves such memory out when it makes the linear map.
 */
void __init unmap_nomap_memory(void)
{
	const struct memblock_region *r;

	for_each_mem_region(r) {
		u64 first = PFN_UP(r->base), last = min(PFN_DOWN(r->base + r->size), (u64)max_low_pfn);

		if (!memblock_is_nomap(r) || first >= last)
			continue;
		printk(KERN_INFO "memdawn: fdt: [mem %#010llx-%#010llx] is no-map: unmapped\n",
		       PFN_PHYS(first), PFN_PHYS(last) - 1);
		set_memory_np((unsigned long)pfn_to_kaddr(first), last - first);
	}
}
