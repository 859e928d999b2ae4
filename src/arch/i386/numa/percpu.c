// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each CPU's own memory. The first chunk has a unit for every CPU that there can be:
 *
 *	| static variables, room for more | given back | static ... | given back | ...
 *	^ unit of CPU 0                                ^ unit of CPU 1
 *
 * A chunk is one or more large pages, so that one TLB entry maps it, and units are its equal parts. What
 * a unit doesn't use goes back to bootmem. There is one CPU at work and it has its variables in the
 * image: nothing is ever written here. The memory is taken all the same, as the reference kernel takes
 * it, and the size of the static variables is that kernel's.
 */
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/smp_boot.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/bootmem.h>
#include <mm/mmzone.h>
#include <mm/vmalloc.h>

#define STATIC_SIZE		26044U		/* __per_cpu_end - __per_cpu_start of the reference kernel */
#define PERCPU_DYNAMIC_RESERVE	(12U << 10)
#define PCPU_MIN_UNIT_SIZE	(64U << 10)
#define PCPU_SLOT_BASE_SHIFT	5
#define PCPU_CHUNK_SIZE		40U		/* of its description, without the map of its pages */
#define LINE_WIDTH		60

/* How the first chunk is divided. Sizes in bytes. */
struct pcpu_alloc_info {
	u32 dyn_size;		/* room for more variables */
	u32 unit_size;
	u32 atom_size;		/* the chunk is a multiple of it, and so is its address */
	u32 alloc_size;
	u32 nr_units;		/* as many as there are CPUs, or some more that nobody has */
};

static u32 __init used_size(const struct pcpu_alloc_info *ai)
{
	return STATIC_SIZE + ai->dyn_size;
}

/* Can the allocation be cut into so many parts of whole pages? */
static bool __init divides(u32 alloc_size, u32 parts)
{
	return !(alloc_size % parts) && IS_ALIGNED(alloc_size / parts, PAGE_SIZE);
}

/*
 * Parts of an allocation: as many as fit, fewer if more than a third of a unit for each CPU would be
 * nobody's, and fewer still if that takes no more memory.
 */
static u32 __init units_per_alloc(u32 alloc_size, u32 least_unit)
{
	u32 upa, allocs, fewest = UINT_MAX, best = 1;

	for (upa = alloc_size / least_unit; upa; upa--) {
		if (!divides(alloc_size, upa))
			continue;
		allocs = DIV_ROUND_UP(nr_cpu_ids, upa);
		if (allocs * upa - nr_cpu_ids > nr_cpu_ids / 3)
			continue;
		if (allocs > fewest)
			break;
		fewest = allocs;
		best = upa;
	}
	return best;
}

/* room: for more variables at the least. Linux: mm/percpu.c:pcpu_build_alloc_info, v2.6.34. */
static struct pcpu_alloc_info __init pcpu_build_alloc_info(u32 room, u32 atom_size)
{
	u32 sum = PAGE_ALIGN(STATIC_SIZE + room), least = max(sum, PCPU_MIN_UNIT_SIZE), upa;
	struct pcpu_alloc_info ai = { .dyn_size = sum - STATIC_SIZE, .atom_size = atom_size };

	ai.alloc_size = roundup(least, atom_size);
	upa = units_per_alloc(ai.alloc_size, least);
	ai.unit_size = ai.alloc_size / upa;
	ai.nr_units = roundup(nr_cpu_ids, upa);
	return ai;
}

static unsigned int __init digits(unsigned int n)
{
	return n < 10 ? 1 : 1 + digits(n / 10);
}

/* The CPUs of one allocation's units. */
static void __init print_units(unsigned int first, unsigned int upa, int width)
{
	unsigned int cpu;

	printk(KERN_CONT "[0] ");
	for (cpu = first; cpu < first + upa; cpu++)
		if (cpu < nr_cpu_ids)
			printk(KERN_CONT "%0*d ", width, cpu);
		else
			printk(KERN_CONT "%.*s ", width, "--------");
}

/* Linux: mm/percpu.c:pcpu_dump_alloc_info, v2.6.34. */
static void __init pcpu_dump_alloc_info(const struct pcpu_alloc_info *ai)
{
	unsigned int upa = ai->alloc_size / ai->unit_size, width = digits(nr_cpu_ids), unit, in_line = 1;

	while (2 * in_line * (upa * (width + 1) + 4) <= LINE_WIDTH)
		in_line *= 2;
	printk(KERN_INFO "pcpu-alloc: s%u r0 d%u u%u alloc=%u*%u", STATIC_SIZE, ai->dyn_size, ai->unit_size,
	       ai->alloc_size / ai->atom_size, ai->atom_size);
	for (unit = 0; unit < ai->nr_units; unit += upa) {
		if (unit / upa % in_line == 0) {
			printk(KERN_CONT "\n");
			printk(KERN_INFO "pcpu-alloc: ");
		}
		print_units(unit, upa, width);
	}
	printk(KERN_CONT "\n");
}

/* --- memory --------------------------------------------------------------------------------- */

/* What is less than a page doesn't go back. */
static void __init own_rest(unsigned long start, unsigned long end)
{
	if (start < end)
		balance_own("per-CPU set-up", phys_range(start, end));
}

/* Whole pages go back, to the node they are of. Later generations have other ways, and keep them. */
static void __init give_back(char *p, u32 size)
{
	unsigned long start = __pa(p), end = start + size;

	if (size && !strcmp(live_boot_allocator()->name, "bootmem")) {
		free_bootmem_node(NODE_DATA(pfn_to_nid(start >> PAGE_SHIFT)), start, size);
		own_rest(start, min(PAGE_ALIGN(start), end));
		own_rest(max(end & PAGE_MASK, PAGE_ALIGN(start)), end);
	} else if (size) {
		balance_own("per-CPU areas", phys_span(start, size));
	}
}

/* Kept for ever, by the allocator of per-CPU variables. */
static void __init keep(u32 size)
{
	balance_own("per-CPU tables", phys_span(__pa(alloc_bootmem(size)), size));
}

/* What the allocator keeps about its first chunk. Linux: mm/percpu.c:pcpu_setup_first_chunk, v2.6.34. */
static void __init pcpu_setup_first_chunk(const struct pcpu_alloc_info *ai)
{
	u32 unit_pages = ai->unit_size >> PAGE_SHIFT;
	int slots = max(fls(ai->unit_size) - PCPU_SLOT_BASE_SHIFT + 2, 1) + 2;

	keep(sizeof(u32));			/* offsets and sizes of groups of CPUs: there is one */
	keep(sizeof(u32));
	keep(nr_cpu_ids * sizeof(u32));		/* each CPU's unit, and where that is */
	keep(nr_cpu_ids * sizeof(u32));
	pcpu_dump_alloc_info(ai);
	keep(slots * 2 * sizeof(void *));	/* lists of chunks by what is free in them */
	keep(PCPU_CHUNK_SIZE + DIV_ROUND_UP(unit_pages, BITS_PER_LONG) * sizeof(long));
}

/**
 * pcpu_embed_first_chunk - the first chunk in one piece of large pages
 *
 * Return: false: there is no such piece.
 * Linux: mm/percpu.c:pcpu_embed_first_chunk, v2.6.34.
 */
bool __init pcpu_embed_first_chunk(void)
{
	const struct pcpu_alloc_info ai = pcpu_build_alloc_info(PERCPU_DYNAMIC_RESERVE,
								cpu_has_pse ? PMD_SIZE : PAGE_SIZE);
	char *info = alloc_bootmem(PAGE_SIZE), *areas = alloc_bootmem(PAGE_SIZE), *base;
	unsigned int unit;

	base = boot_alloc_nopanic(ai.nr_units * ai.unit_size, ai.atom_size, BOOTMEM_GOAL);
	for (unit = 0; base && unit < ai.nr_units; unit++) {
		u32 used = unit < nr_cpu_ids ? used_size(&ai) : 0;
		char *p = base + unit * ai.unit_size;

		if (used)
			balance_own("per-CPU areas", phys_span(__pa(p), used));
		give_back(p + used, ai.unit_size - used);
	}
	if (base) {
		printk(KERN_INFO "PERCPU: Embedded %u pages/cpu @%p s%u r0 d%u u%u\n", used_size(&ai) / (u32)PAGE_SIZE,
		       base, STATIC_SIZE, ai.dyn_size, ai.unit_size);
		pcpu_setup_first_chunk(&ai);
	}
	give_back(info, PAGE_SIZE);
	give_back(areas, PAGE_SIZE);
	return base;
}

/**
 * pcpu_page_first_chunk - the first chunk page by page, as if mapped where vmalloc() begins
 *
 * Return: false, with a message: there isn't so much memory.
 * Linux: mm/percpu.c:pcpu_page_first_chunk, v2.6.34.
 */
bool __init pcpu_page_first_chunk(void)
{
	const struct pcpu_alloc_info ai = pcpu_build_alloc_info(0, PAGE_SIZE);
	u32 unit_pages = ai.unit_size >> PAGE_SHIFT, i;
	u32 size = PAGE_ALIGN(unit_pages * nr_cpu_ids * sizeof(struct page *));
	char *info = alloc_bootmem(PAGE_SIZE), *pages = alloc_bootmem(size), *p;

	for (i = 0; i < unit_pages * nr_cpu_ids; i++) {
		p = boot_alloc_nopanic(PAGE_SIZE, PAGE_SIZE, BOOTMEM_GOAL);
		if (!p) {
			printk(KERN_WARNING "PERCPU: failed to allocate 4K page for cpu%u\n", i / unit_pages);
			return false;
		}
		balance_own("per-CPU areas", phys_span(__pa(p), PAGE_SIZE));
	}
	printk(KERN_INFO "PERCPU: %u 4K pages/cpu @%08lx s%u r0 d%u\n", unit_pages, PAGE_ALIGN(VMALLOC_START),
	       STATIC_SIZE, ai.dyn_size);
	pcpu_setup_first_chunk(&ai);
	give_back(pages, size);
	give_back(info, PAGE_SIZE);
	return true;
}
