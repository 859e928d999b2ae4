// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command layout: the kernel's gigabyte from the top down, and the borders that
 * are not the same on every machine, each with what set it.
 */
#include <asm/e820.h>
#include <asm/fixmap.h>
#include <asm/memory_init.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <lib/kernel.h>
#include <mm/bootmem.h>
#include <mm/mmzone.h>
#include <monitor/command.h>

#define DEFAULT_VMALLOC_RESERVE	(128UL << 20)

/* [start, end); an end of 0 is the end of the address space. */
static void show_range(struct seq_file *m, const char *name, unsigned long start,
		       unsigned long end, const char *why)
{
	unsigned long size = end - start;

	if (size >= 16UL << 20)
		seq_printf(m, "%08lx - %08lx %5lu MB  %-8s %s\n", start, end, size >> 20, name, why);
	else
		seq_printf(m, "%08lx - %08lx %5lu kB  %-8s %s\n", start, end, size >> 10, name, why);
}

static void show_image(struct seq_file *m)
{
	show_range(m, " .brk", (unsigned long)__brk_base, (unsigned long)__brk_limit,
		   "head's page tables");
	show_range(m, " .bss", (unsigned long)__bss_start, (unsigned long)__bss_stop,
		   "zero at the start");
	show_range(m, " .init", (unsigned long)__init_begin, (unsigned long)__init_end,
		   "given back after the boot");
	show_range(m, " .data", (unsigned long)_sdata, (unsigned long)_edata,
		   "with the stack");
	show_range(m, " .rodata", (unsigned long)__start_rodata, (unsigned long)__end_rodata,
		   "constants");
	show_range(m, " .text", (unsigned long)_text, (unsigned long)_etext, "code");
}

static void show_ranges(struct seq_file *m)
{
	unsigned long end_of_low = (unsigned long)high_memory;

	show_range(m, "hole", FIXADDR_TOP, 0, "one page, never mapped");
	show_range(m, "fixmap", FIXADDR_START, FIXADDR_TOP, "pages at fixed addresses");
	show_range(m, "boot", FIXADDR_BOOT_START, FIXADDR_START, "fixed pages of the boot alone");
	show_range(m, "hole", PKMAP_END, FIXADDR_BOOT_START,
		   "up to the next page table");
	show_range(m, "pkmap", PKMAP_BASE, PKMAP_END, "windows of kmap()");
	show_range(m, "hole", VMALLOC_END, PKMAP_BASE, "two pages that catch overruns");
	show_range(m, "vmalloc", VMALLOC_START, VMALLOC_END, "vmalloc(), vmap(), ioremap()");
	show_range(m, "hole", end_of_low, VMALLOC_START, "VMALLOC_OFFSET, catches overruns");
	show_range(m, "lowmem", PAGE_OFFSET, end_of_low, "physical memory from 0 on");
	show_image(m);
	show_range(m, "user", 0, PAGE_OFFSET, "not mapped: there are no processes");
}

/* The page frame behind the map's last RAM, as far as PAE reaches. */
static unsigned long end_of_ram(const struct e820map *map)
{
	u64 end = 0;
	u32 i;

	for (i = 0; i < map->nr_map; i++)
		if (map->map[i].type == E820_RAM)
			end = max(end, map->map[i].addr + map->map[i].size);
	return min_t(u64, end >> PAGE_SHIFT, MAX_ARCH_PFN);
}

static void show_pfn(struct seq_file *m, const char *what, unsigned long pfn)
{
	seq_printf(m, "%-32s pfn %8lu (%lu MB)", what, pfn, pfn >> (20 - PAGE_SHIFT));
}

static void show_end_of_ram(struct seq_file *m)
{
	unsigned long firmware = end_of_ram(&e820_saved), used = end_of_ram(&e820);

	show_pfn(m, "RAM ends, says the firmware:", firmware);
	seq_puts(m, firmware == MAX_ARCH_PFN ? ", the limit of PAE\n" : "\n");
	show_pfn(m, "RAM ends, as used:", max_pfn);
	if (used != firmware)
		seq_puts(m, ", by mem=, memmap= or the MTRRs");
	if (max_pfn < used)
		seq_puts(m, ", by highmem=");
	seq_putc(m, '\n');
}

/* Which of the three limits of low memory is the lowest. */
static const char *low_limit(void)
{
	if (max_low_pfn == MAXMEM_PFN)
		return "the vmalloc area needs the rest";
	if (max_low_pfn == max_pfn)
		return "RAM ends there";
	return "highmem= made the rest high";
}

static void show_borders(struct seq_file *m)
{
	const struct zone *movable = &contig_page_data.node_zones[ZONE_MOVABLE];

	show_end_of_ram(m);
	seq_printf(m, "%-32s %lu kB, %s\n", "reserved for vmalloc:", __VMALLOC_RESERVE >> 10,
		   __VMALLOC_RESERVE == DEFAULT_VMALLOC_RESERVE ? "the default" : "by vmalloc=");
	seq_printf(m, "%-32s %08lx - %08lx - %lu kB\n", "low memory can have:",
		   kernel_layout.maxmem_end,
		   PAGE_OFFSET, __VMALLOC_RESERVE >> 10);
	show_pfn(m, "that is, MAXMEM:", MAXMEM_PFN);
	seq_putc(m, '\n');
	show_pfn(m, "low memory ends:", max_low_pfn);
	seq_printf(m, ", %s\n", low_limit());
	show_pfn(m, "zone DMA ends:", min(MAX_DMA_PFN, max_low_pfn));
	seq_puts(m, ", what ISA devices reach\n");
	if (!populated_zone(movable))
		return;
	show_pfn(m, "zone Movable begins:", movable->zone_start_pfn);
	seq_puts(m, ", by kernelcore= or movablecore=\n");
}

/**
 * show_layout - write the virtual address space and what set its borders
 * @m: the sink
 */
void show_layout(struct seq_file *m)
{
	show_ranges(m);
	show_borders(m);
}
