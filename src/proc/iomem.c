// SPDX-License-Identifier: GPL-2.0-only
/* /proc/iomem: the tree of physical address ranges. */
#include <kernel/resource.h>
#include <proc/proc.h>

#define MAX_IORES_LEVEL	5	/* deeper ones are not set further to the right */

/* The resource behind p in a walk from the top down; NULL at the end. */
static const struct resource *next_resource(const struct resource *p)
{
	if (p->child)
		return p->child;
	while (!p->sibling && p->parent)
		p = p->parent;
	return p->sibling;
}

static int level_of(const struct resource *r)
{
	int level = 0;

	for (r = r->parent; r != &iomem_resource && level < MAX_IORES_LEVEL; r = r->parent)
		level++;
	return level;
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
	const struct resource *r;

	for (r = iomem_resource.child; r; r = next_resource(r))
		seq_printf(m, "%*s%08llx-%08llx : %s\n", level_of(r) * 2, "", r->start, r->end,
			   r->name ? r->name : "<BAD>");
}
