// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup_arch(): from the firmware's memory map to zones in which every page is
 * reserved. The order is Linux 2.6.34's, and it matters: what each step may use
 * is what the steps before it have made. Where a line must stand where it stands,
 * the reason is beside it.
 */
#include <asm/acpi_boot.h>
#include <asm/early_ioremap.h>
#include <asm/framebuffer.h>
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

/* max_pfn, which each of these may lower. */
static void __init find_end_of_ram(void)
{
	max_pfn = e820_end_of_ram_pfn();
	mtrr_bp_init();
	if (mtrr_trim_uncached_memory(max_pfn))
		max_pfn = e820_end_of_ram_pfn();
	if (x86_flattree_get_config())	/* it compares with the map as all others want it */
		max_pfn = e820_end_of_ram_pfn();
	e820_report_beyond_reach();
}

/*
 * With mem=16M Linux unmaps itself and triple faults. Firmware that has something of its own at 16 MiB
 * is seen: OVMF of 32 bits has.
 */
static void __init check_image_is_ram(void)
{
	struct phys_range image = phys_range(__pa(_text), __pa(_brk_end));
	unsigned long end_pfn = PFN_UP(__pa(_brk_end));

	if (max_pfn < end_pfn)
		panic("RAM ends at %lu kB, but the kernel lies at %lu kB to %lu kB: give it more "
		      "memory (mem=, memmap=)", max_pfn << (PAGE_SHIFT - 10), __pa(_text) >> 10,
		      end_pfn << (PAGE_SHIFT - 10));
	if (!e820_report_not_ram(image, "the kernel"))
		printk(KERN_WARNING "memdawn: the boot goes on. Memory for the machine's sleep is left "
		       "alone while it doesn't sleep; if the boot goes wrong, start it in BIOS mode, or "
		       "give another map (memmap=)\n");
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
	early_cpu_init();		/* first: what follows asks what the CPU can do */
	framebuffer_probe();		/* the map is still the loader's own */
	early_ioremap_init();		/* a given map may lie where head has mapped nothing */
	take_given_map();		/* it takes the firmware's place, so before that is used */
	setup_memory_map();
	e820_end_given();		/* before mem= and memmap= change the map */

	strlcpy(command_line, boot_command_line, COMMAND_LINE_SIZE);
	*cmdline_p = command_line;
	x86_configure_nx();		/* noexec= does it once more */
	parse_early_param();		/* mem= and memmap= change the map: it must be there */
	x86_report_nx();		/* noexec= is known now */
	finish_e820_parsing();		/* the last memmap= is known now */

	probe_roms();			/* before e820_reserve_resources() goes around them */
	insert_kernel_resources();
	trim_bios_range();		/* before anybody asks the map where RAM is */
	find_end_of_ram();
	find_low_pfn_range();		/* highmem= counts from the end of RAM */
	check_image_is_ram();		/* low memory, about to be mapped, must not end below it */
	check_given_map();		/* what the map says is about to be used */
	e820__memblock_setup();		/* the map is final, nobody has looked for free RAM yet */
	x86_flattree_reserve();		/* what it reserves is in RAM that memblock knows */
	boot_print_ram();

	printk(KERN_DEBUG "initial memory mapped : 0 - %08lx\n", max_pfn_mapped << PAGE_SHIFT);
	reserve_brk();			/* before the next lines look for free RAM */
	reserve_trampoline_memory();	/* before low pages go to page tables */
	max_low_pfn_mapped = init_memory_mapping(0, max_low_pfn << PAGE_SHIFT);
	max_pfn_mapped = max_low_pfn_mapped;
	stack_guard_init();		/* again: the new mapping covers the guard page */
	reserve_initrd();		/* needs the mapping; before bootmem is told what is
					 * reserved */

	acpi_boot_table_init();		/* nobody has overwritten ACPI's tables yet */
	early_acpi_boot_init();
	acpi_numa_init();		/* whose memory is which node's: initmem_init() makes nodes of it */
	initmem_init(0, max_pfn);	/* the boot allocator serves from here */
	numa_clear_kernel_node_hotplug();	/* before more is in use than was there */
	pagetable_setup_start();	/* where head has mapped more, vmalloc has its place */
	paging_init();			/* zones and mem_map, from the boot allocator */
	smp_boot_config();		/* how many CPUs will want memory of their own */

	e820_reserve_resources();	/* takes memory from it as well */
	request_resource(&iomem_resource, &video_ram_resource);
	e820_setup_gap();
}
