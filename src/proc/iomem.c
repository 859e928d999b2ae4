// SPDX-License-Identifier: GPL-2.0-only
/* /proc/iomem: the tree of physical address ranges. */
#include <kernel/resource.h>
#include <lib/kernel.h>
#include <proc/proc.h>

#define MAX_IORES_LEVEL	5	/* deeper ones are not set further to the right */

/* A resource and its siblings, each before what is in it. */
static void show_level(struct seq_file *m, const struct resource *r, int level)
{
	for (; r; r = r->sibling) {
		seq_printf(m, "%*s%08llx-%08llx : %s\n", 2 * min(level, MAX_IORES_LEVEL), "",
			   r->start, r->end, r->name ? r->name : "<BAD>");
		show_level(m, r->child, level + 1);
	}
}

/**
 * proc_iomem - write /proc/iomem
 * @m: the sink
 *
 * A line for each range: "start-end : name", bytes, the end included, two more columns to the
 * right for each level below the top.
 *
 * Linux: kernel/resource.c:r_show, v2.6.34.
 */
void proc_iomem(struct seq_file *m)
{
	show_level(m, iomem_resource.child, 0);
}
