// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command layout: the kernel's gigabyte from the top down, and the borders that
 * are not the same on every machine, each with what set it.
 */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <firmware/e820.h>
#include <kernel/start_kernel.h>
#include <kernel/variant.h>
#include <lib/cmdline.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/mmzone.h>
#include <monitor/command.h>

#define DEFAULT_VMALLOC_RESERVE	(128UL << 20)
#define MAX_WORD		64	/* of the command line; longer ones are cut */

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

/*
 * Takes the next of the command line's words that begins with name, which ends in '=', into
 * word. Returns where to go on, NULL when there is none.
 */
static const char *next_word(const char *cmdline, const char *name, char *word)
{
	size_t len;

	while (*(cmdline = skip_spaces(cmdline))) {
		const char *start = cmdline;

		while (*cmdline && *cmdline != ' ')
			cmdline++;
		if (strncmp(start, name, strlen(name)))
			continue;
		len = min_t(size_t, cmdline - start, MAX_WORD - 1);
		memcpy(word, start, len);
		word[len] = '\0';
		return cmdline;
	}
	return NULL;
}

/* The last word of that name, the one that counts, or NULL. Its number in *value. */
static const char *given(const char *name, u64 *value)
{
	static char word[MAX_WORD];
	const char *p = saved_command_line;
	bool found = false;

	while ((p = next_word(p, name, word)))
		found = true;
	if (found && value)
		*value = memparse(word + strlen(name), NULL);
	return found ? word : NULL;
}

/*
 * The lowest limit that mem=SIZE and memmap=SIZE set; *by is the word. memmap=exactmap undoes
 * those before it; what other forms of memmap= do to the map is not followed here.
 */
static u64 memory_limit(char *by)
{
	u64 limit = ULLONG_MAX, size;
	const char *p = saved_command_line;
	char word[MAX_WORD], *rest;

	while ((p = next_word(p, "mem", word))) {
		const char *value = strchr(word, '=');

		if (!strcmp(word, "memmap=exactmap"))
			limit = ULLONG_MAX;
		if (!value || (strncmp(word, "mem=", 4) && strncmp(word, "memmap=", 7)))
			continue;
		size = memparse(value + 1, &rest);
		if (!size || *rest == '@' || *rest == '#' || *rest == '$' || size >= limit)
			continue;
		limit = size;
		strlcpy(by, word, MAX_WORD);
	}
	return limit;
}

/* Why RAM ends at max_pfn, where the map that was given has another end. */
static void show_what_cut_ram(struct seq_file *m, unsigned long given_end)
{
	char by[MAX_WORD];
	u64 limit;

	if (untrimmed_max_pfn != given_end) {
		limit = memory_limit(by);
		if (limit != ULLONG_MAX && untrimmed_max_pfn == e820_end_pfn(&e820_saved, limit))
			seq_printf(m, ", by %s", by);
		else
			seq_puts(m, ", by memmap=");
	}
	if (e820_end_pfn(&e820, ULLONG_MAX) != untrimmed_max_pfn)
		seq_puts(m, ", by the MTRRs, which leave the rest uncached");
	if (max_pfn < e820_end_pfn(&e820, ULLONG_MAX))
		seq_printf(m, ", by %s", given("highmem=", NULL));
}

static void show_pfn(struct seq_file *m, const char *what, unsigned long pfn)
{
	seq_printf(m, "%-27s pfn %8lu (%lu MB)", what, pfn, pfn >> (20 - PAGE_SHIFT));
}

static void show_end_of_ram(struct seq_file *m)
{
	unsigned long given_end = e820_end_pfn(&e820_saved, ULLONG_MAX);

	show_pfn(m, "RAM ends, as given:", given_end);
	if (given_end == e820_max_arch_pfn())
		seq_printf(m, ", the limit of %s", variant.highmem4g ? "memdawn.highmem=4G" : "PAE");
	seq_putc(m, '\n');
	show_pfn(m, "RAM ends, as used:", max_pfn);
	show_what_cut_ram(m, given_end);
	seq_putc(m, '\n');
}

/* vmalloc= and VMALLOC_OFFSET beside it, or the default that has both. */
static void show_vmalloc_reserve(struct seq_file *m)
{
	u64 size = 0;
	const char *word = given("vmalloc=", &size);

	seq_printf(m, "%-27s %lu kB, ", "reserved for vmalloc:", __VMALLOC_RESERVE >> 10);
	if (word && !variant.old_vmalloc && size + VMALLOC_OFFSET == __VMALLOC_RESERVE)
		seq_printf(m, "by %s and %lu kB for the hole\n", word, VMALLOC_OFFSET >> 10);
	else if (word && variant.old_vmalloc && size == __VMALLOC_RESERVE)
		seq_printf(m, "by %s\n", word);
	else if (__VMALLOC_RESERVE != DEFAULT_VMALLOC_RESERVE)
		seq_puts(m, "by an earlier vmalloc= than the last one\n");
	else if (word)
		seq_printf(m, "the default: %s was refused\n", word);
	else
		seq_puts(m, "the default\n");
	seq_printf(m, "%-27s %08lx - %08lx - %lu kB\n", "low memory can have:",
		   kernel_layout.maxmem_end, PAGE_OFFSET, __VMALLOC_RESERVE >> 10);
	show_pfn(m, "that is, MAXMEM:", MAXMEM_PFN);
	seq_putc(m, '\n');
}

/* Low memory ends at MAXMEM, at the end of RAM, or where highmem= wants it. */
static void show_end_of_low(struct seq_file *m)
{
	bool more = e820_end_pfn(&e820, ULLONG_MAX) > MAXMEM_PFN, heeded;
	u64 size = 0;
	const char *word = given("highmem=", &size);

	show_pfn(m, "low memory ends:", max_low_pfn);
	if (more) {
		seq_puts(m, ", MAXMEM: the rest of the gigabyte is for vmalloc");
		heeded = size >> PAGE_SHIFT == max_pfn - MAXMEM_PFN;
	} else if (max_low_pfn < max_pfn) {
		seq_printf(m, ", %s made the rest high", word);
		heeded = true;
	} else {
		seq_puts(m, ", with RAM");
		heeded = size >> PAGE_SHIFT == 0;
	}
	if (word && !heeded)
		seq_printf(m, "; %s is not possible", word);
	seq_putc(m, '\n');
}

static void show_zones_borders(struct seq_file *m)
{
	const struct zone *movable = &contig_page_data.node_zones[ZONE_MOVABLE];
	const char *word;

	show_pfn(m, "zone DMA ends:", min(MAX_DMA_PFN, max_low_pfn));
	seq_puts(m, ", what ISA devices reach\n");
	if (!populated_zone(movable))
		return;
	show_pfn(m, "zone Movable begins:", movable->zone_start_pfn);
	word = given("kernelcore=", NULL);
	if (word)
		seq_printf(m, ", by %s", word);
	word = given("movablecore=", NULL);
	if (word)
		seq_printf(m, ", by %s", word);
	seq_putc(m, '\n');
}

/* Our own parameters that make the borders those of another kernel. */
static void show_variant(struct seq_file *m)
{
	if (variant.fixmap_pages)
		seq_printf(m, "%-27s memdawn.fixmap=%u\n", "fixmap and below, by", variant.fixmap_pages);
	if (variant.highmem4g)
		seq_printf(m, "%-27s memdawn.highmem=4G\n", "pkmap and below, by");
	if (variant.fixmap_rounded)
		seq_printf(m, "%-27s memdawn.before=499a5f1\n", "boot and below, by");
	if (variant.old_vmalloc)
		seq_printf(m, "%-27s memdawn.before=e621bd1\n", "vmalloc and lowmem, by");
}

/**
 * show_layout - write the virtual address space and what set its borders
 * @m: the sink
 */
void show_layout(struct seq_file *m)
{
	show_ranges(m);
	show_end_of_ram(m);
	show_vmalloc_reserve(m);
	show_end_of_low(m);
	show_zones_borders(m);
	show_variant(m);
}
