// SPDX-License-Identifier: GPL-2.0-only
/*
 * mem_init(): the boot allocator hands all free memory to the buddy allocator,
 * and the result is printed and checked. Linux has it in arch/x86/mm/init_32.c.
 */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/sections.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/resource.h>
#include <mm/boot/boot_alloc.h>
#include <mm/highmem.h>
#include <mm/page_alloc.h>

static int __init count_reserved(unsigned long pfn, unsigned long nr_pages, void *arg)
{
	unsigned long end_pfn = pfn + nr_pages, count = 0;

	for (; pfn < end_pfn; pfn++)
		if (MAX_NUMNODES == 1 || pfn_valid(pfn))	/* KVA RAM has no struct page */
			count += (pfn_to_page(pfn)->flags >> PG_reserved) & 1;
	*(unsigned long *)arg += count;
	return 0;
}

/* Low page frames that are RAM, according to the resource tree, and not free. */
static unsigned long __init count_reserved_ram(void)
{
	unsigned long reserved = 0;

	walk_system_ram_range(0, max_low_pfn, &reserved, count_reserved);
	return reserved;
}

static unsigned long __init pages_to_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

/* A part of the image, in whole kB. */
static unsigned long __init kb_between(const char *start, const char *end)
{
	return (unsigned long)(end - start) >> 10;
}

static void __init print_memory_line(unsigned long reservedpages)
{
	printk(KERN_INFO "Memory: %luk/%luk available (%luk kernel code, %luk reserved, "
	       "%luk data, %luk init, %luk highmem)\n",
	       pages_to_kb(nr_free_pages()), pages_to_kb(num_physpages), kb_between(_text, _etext),
	       pages_to_kb(reservedpages), kb_between(_etext, _edata),
	       kb_between(__init_begin, __init_end), pages_to_kb(totalhigh_pages));
}

static void __init print_window(const char *name, unsigned long start, unsigned long end,
				int shift, const char *unit)
{
	printk(KERN_INFO "%s: 0x%08lx - 0x%08lx   (%4ld %s)\n", name, start, end,
	       (end - start) >> shift, unit);
}

static void __init print_layout(void)
{
	printk(KERN_INFO "virtual kernel memory layout:\n");
	print_window("    fixmap  ", FIXADDR_START, FIXADDR_TOP, 10, "kB");
	print_window("    pkmap   ", PKMAP_BASE, PKMAP_END, 10, "kB");
	print_window("    vmalloc ", VMALLOC_START, VMALLOC_END, 20, "MB");
	print_window("    lowmem  ", PAGE_OFFSET, (unsigned long)high_memory, 20, "MB");
	print_window("      .init ", (unsigned long)__init_begin, (unsigned long)__init_end, 10, "kB");
	print_window("      .data ", (unsigned long)_etext, (unsigned long)_edata, 10, "kB");
	print_window("      .text ", (unsigned long)_text, (unsigned long)_etext, 10, "kB");
}

/**
 * mem_init - from boot allocator to buddy allocator
 *
 * Frees all low memory that the boot allocator did not give away, then all high
 * memory, counts, prints the Memory: line and the virtual layout, tests write
 * protection, and unmaps address 0. Zonelists and boot page sets must be there;
 * bootmem is of no use afterwards.
 * Linux: arch/x86/mm/init_32.c:mem_init, v2.6.34.
 */
void __init mem_init(void)
{
	bool highmem_first = boot_highmem_first();
	unsigned long reservedpages;

	BUG_ON(!mem_map_nr_pages);
	if (highmem_first)
		set_highmem_pages_init();
	totalram_pages += boot_free_all();
	if (!highmem_first)
		set_highmem_pages_init();
	reservedpages = count_reserved_ram();

	print_memory_line(reservedpages);
	print_layout();
	BUG_ON(VMALLOC_START >= VMALLOC_END);
	BUG_ON((unsigned long)high_memory > VMALLOC_START);

	test_wp_bit();
	zap_low_mappings();
}
