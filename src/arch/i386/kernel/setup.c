/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * setup_arch(): from the firmware's memory map to zones in which every page is
 * reserved. The order is Linux 2.6.34's, and it matters: what each step may use
 * is what the steps before it have made.
 */
#include <asm/early_ioremap.h>
#include <asm/init_32.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/traps.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <firmware/mtrr.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <kernel/resource.h>
#include <kernel/start_kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <of/fdt.h>

unsigned long untrimmed_max_pfn;

/* The copy whose words the late parameters may keep. */
static char command_line[COMMAND_LINE_SIZE] __initdata;

static struct resource code_resource = {
	.name = "Kernel code", .flags = IORESOURCE_BUSY | IORESOURCE_MEM,
};

static struct resource data_resource = {
	.name = "Kernel data", .flags = IORESOURCE_BUSY | IORESOURCE_MEM,
};

static struct resource bss_resource = {
	.name = "Kernel bss", .flags = IORESOURCE_BUSY | IORESOURCE_MEM,
};

static struct resource video_ram_resource = {
	.name = "Video RAM area", .start = 0xa0000, .end = 0xbffff,
	.flags = IORESOURCE_BUSY | IORESOURCE_MEM,
};

/* Head's page tables; no more of them are taken from this area. */
static void __init reserve_brk(void)
{
	if (_brk_end > _brk_start)
		boot_reserve(phys_range(__pa(_brk_start), __pa(_brk_end)), "BRK");
	_brk_start = 0;
}

static void __init insert_kernel_resources(void)
{
	code_resource.start = __pa(_text);
	code_resource.end = __pa(_etext) - 1;
	data_resource.start = __pa(_etext);
	data_resource.end = __pa(_edata) - 1;
	bss_resource.start = __pa(__bss_start);
	bss_resource.end = __pa(__bss_stop) - 1;
	insert_resource(&iomem_resource, &code_resource);
	insert_resource(&iomem_resource, &data_resource);
	insert_resource(&iomem_resource, &bss_resource);
}

/* With mem=16M Linux unmaps itself and triple faults. */
static void __init check_image_is_ram(void)
{
	unsigned long end_pfn = PFN_UP(__pa(_brk_end));

	if (max_pfn < end_pfn)
		panic("RAM ends at %lu kB, but the kernel lies at %lu kB to %lu kB: give it more "
		      "memory (mem=, memmap=)", max_pfn << (PAGE_SHIFT - 10), __pa(_text) >> 10,
		      end_pfn << (PAGE_SHIFT - 10));
}

/**
 * setup_arch - everything about memory that depends on the machine
 * @cmdline_p: set to a copy of the command line
 *
 * Linux: arch/x86/kernel/setup.c:setup_arch, v2.6.34; what isn't about memory is
 * left out.
 */
void __init setup_arch(char **cmdline_p)
{
	early_cpu_init();
	early_ioremap_init();
	take_given_map();
	setup_memory_map();

	strlcpy(command_line, boot_command_line, COMMAND_LINE_SIZE);
	*cmdline_p = command_line;
	x86_configure_nx();
	parse_early_param();
	x86_report_nx();
	finish_e820_parsing();

	probe_roms();
	insert_kernel_resources();
	trim_bios_range();
	max_pfn = untrimmed_max_pfn = e820_end_of_ram_pfn();
	mtrr_bp_init();
	if (mtrr_trim_uncached_memory(max_pfn))
		max_pfn = e820_end_of_ram_pfn();
	if (x86_flattree_get_config())
		max_pfn = e820_end_of_ram_pfn();
	find_low_pfn_range();		/* max_low_pfn */
	check_image_is_ram();
	check_given_map();
	e820__memblock_setup();		/* from here on the boot allocator can find memory */
	x86_flattree_reserve();
	boot_print_ram();

	printk(KERN_DEBUG "initial memory mapped : 0 - %08lx\n", max_pfn_mapped << PAGE_SHIFT);
	reserve_brk();
	max_low_pfn_mapped = init_memory_mapping(0, max_low_pfn << PAGE_SHIFT);
	max_pfn_mapped = max_low_pfn_mapped;
	stack_guard_init();		/* the new mapping covers the guard page */
	reserve_initrd();

	initmem_init(0, max_pfn);	/* the boot allocator serves from here */
	numa_clear_kernel_node_hotplug();	/* before more is in use than was there */
	pagetable_setup_start();
	paging_init();			/* zones and mem_map */

	e820_reserve_resources();
	request_resource(&iomem_resource, &video_ram_resource);
	e820_setup_gap();
}
