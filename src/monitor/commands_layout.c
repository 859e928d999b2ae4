// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command layout: the kernel's gigabyte from the top down, and the borders that
 * are not the same on every machine, each with what has set it.
 */
#include <asm/fixmap.h>
#include <monitor/command.h>
#include <proc/borders.h>

static void show_range(struct seq_file *m, const struct layout_range *r)
{
	unsigned long size = r->end - r->start;
	bool large = size >= 16UL << 20;

	seq_printf(m, "%08lx - %08lx %5lu %s  %-8s %s\n", r->start, r->end,
		   size >> (large ? 20 : 10), large ? "MB" : "kB", r->name, r->what);
}

/**
 * show_layout - write the virtual address space and what set its borders
 * @m: the sink
 */
void show_layout(struct seq_file *m)
{
	const struct layout_range *r;

	for (r = layout_ranges; r < layout_ranges + NR_LAYOUT_RANGES; r++)
		show_range(m, r);
	show_borders(m);
}
