// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hand-over of RAM to the boot allocator, where all of it is one node. The kernel for several
 * nodes has src/arch/i386/numa/numa_32.c instead.
 */
#include <asm/init_32.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <mm/boot/boot_alloc.h>

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
	e820_register_active_regions(0, start_pfn, end_pfn);
	set_high_memory(end_pfn);
	boot_alloc_start();
}
