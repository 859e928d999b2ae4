// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of the address space by name, for whoever shows them: the prompt, a debugger, the
 * report. Linux prints some of them at the end of mem_init().
 */
#include <asm/fixmap.h>
#include <asm/sections.h>
#include <kernel/init.h>
#include <lib/kernel.h>

#define IMAGE_RANGE(start, end)	(unsigned long)(start), (unsigned long)(end)

/* Where the image's sections are is known from the beginning, where the windows are is not. */
struct layout_range layout_ranges[NR_LAYOUT_RANGES] = {
	{ "hole",	0, 0, "one page, never mapped" },
	{ "fixmap",	0, 0, "pages at fixed addresses" },
	{ "boot",	0, 0, "fixed pages of the boot alone" },
	{ "hole",	0, 0, "up to the next page table" },
	{ "pkmap",	0, 0, "windows of kmap()" },
	{ "hole",	0, 0, "two pages that catch overruns" },
	{ "vmalloc",	0, 0, "vmalloc(), vmap(), ioremap()" },
	{ "hole",	0, 0, "VMALLOC_OFFSET, catches overruns" },
	{ "lowmem",	0, 0, "physical memory from 0 on" },
	{ " .brk",	IMAGE_RANGE(__brk_base, __brk_limit), "head's page tables" },
	{ " .bss",	IMAGE_RANGE(__bss_start, __bss_stop), "zero at the start" },
	{ " .init",	IMAGE_RANGE(__init_begin, __init_end), "given back after the boot" },
	{ " .data",	IMAGE_RANGE(_sdata, _edata), "with the stack" },
	{ " .rodata",	IMAGE_RANGE(__start_rodata, __end_rodata), "constants" },
	{ " .text",	IMAGE_RANGE(_text, _etext), "code" },
	{ "user",	0, PAGE_OFFSET, "not mapped: there are no processes" },
};

/**
 * layout_record_ranges - the windows of the kernel's gigabyte lie where they will stay
 *
 * high_memory must be set: everything else is known before.
 */
void __init layout_record_ranges(void)
{
	/* From the top down, the upper end of each is the beginning of the one before. */
	const unsigned long starts[] = {
		FIXADDR_TOP, FIXADDR_START, FIXADDR_BOOT_START, PKMAP_END, PKMAP_BASE, VMALLOC_END,
		VMALLOC_START, (unsigned long)high_memory, PAGE_OFFSET,
	};
	unsigned long end = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		layout_ranges[i].start = starts[i];
		layout_ranges[i].end = end;
		end = starts[i];
	}
}
