/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The iomem resource tree. It says which physical ranges are taken and by whom;
 * mem_init() asks it which page frames are RAM.
 *
 *	iomem_resource
 *	  System RAM 100000-3ffdffff
 *	    Kernel code 1000000-10e376d
 *	    Kernel data ...
 *	  reserved ...
 */
#include <asm/page.h>
#include <kernel/printk.h>
#include <kernel/resource.h>
#include <lib/kernel.h>
#include <lib/string.h>

struct resource iomem_resource = {
	.name	= "PCI mem",
	.start	= 0,
	.end	= -1,
	.flags	= IORESOURCE_MEM,
};

/**
 * request_resource_conflict - take a free range, or say who is in the way
 * @root: the resource below which it lies
 * @new: start, end, name and flags are set
 *
 * Returns NULL, or the first resource that has any part of it; @root if it leaves that.
 * Linux: kernel/resource.c:request_resource_conflict, v2.6.34.
 */
struct resource *request_resource_conflict(struct resource *root, struct resource *new)
{
	struct resource **link;

	if (new->end < new->start || new->start < root->start || new->end > root->end)
		return root;
	/* All siblings before *link end below new. */
	for (link = &root->child; *link && (*link)->end < new->start; link = &(*link)->sibling)
		;
	if (*link && (*link)->start <= new->end)
		return *link;
	new->sibling = *link;
	new->parent = root;
	*link = new;
	return NULL;
}

/**
 * request_resource - take a free range
 * @root: the resource below which it lies
 * @new: start, end, name and flags are set
 *
 * Returns 0, or -1 if any part of it is taken already.
 * Linux: kernel/resource.c:request_resource, v2.6.34 (-EBUSY there).
 */
int request_resource(struct resource *root, struct resource *new)
{
	return request_resource_conflict(root, new) ? -1 : 0;
}

/* Puts new between parent and its children first ... last, which lie inside it. */
static void adopt_children(struct resource *parent, struct resource *new,
			   struct resource *first, struct resource *last)
{
	struct resource **link, *child;

	for (link = &parent->child; *link != first; link = &(*link)->sibling)
		;
	*link = new;
	new->parent = parent;
	new->sibling = last->sibling;
	new->child = first;
	last->sibling = NULL;
	for (child = first; child; child = child->sibling)
		child->parent = new;
}

static struct resource *__insert_resource(struct resource *parent, struct resource *new)
{
	struct resource *first, *last;

	/* Down the tree, as long as one child holds all of new and more. */
	for (;; parent = first) {
		first = request_resource_conflict(parent, new);
		if (!first || first == parent)
			return first;
		if (first->start > new->start || first->end < new->end ||
		    (first->start == new->start && first->end == new->end))
			break;
	}
	/* All siblings from first to last touch new: each must lie inside it. */
	for (last = first;; last = last->sibling) {
		if (last->start < new->start || last->end > new->end)
			return last;
		if (!last->sibling || last->sibling->start > new->end)
			break;
	}
	adopt_children(parent, new, first, last);
	return NULL;
}

/**
 * insert_resource - put a range into the tree, above or below what is there
 * @parent: where to start
 * @new: start, end, name and flags are set
 *
 * What lies inside @new becomes its child. Returns 0, or -1 if @new overlaps
 * another range only in part; then the tree is unchanged.
 * Linux: kernel/resource.c:insert_resource, v2.6.34 (-EBUSY there).
 */
int insert_resource(struct resource *parent, struct resource *new)
{
	return __insert_resource(parent, new) ? -1 : 0;
}

/**
 * insert_resource_expand_to_fit - put a range into the tree, widened to what it overlaps
 * @root: the tree
 * @new: start, end, name and flags are set; nothing happens if it is in a tree already
 *
 * Linux: kernel/resource.c:insert_resource_expand_to_fit, v2.6.34.
 */
void insert_resource_expand_to_fit(struct resource *root, struct resource *new)
{
	const struct resource *conflict;

	if (new->parent)
		return;
	while ((conflict = __insert_resource(root, new)) && conflict != root) {
		new->start = min(new->start, conflict->start);
		new->end = max(new->end, conflict->end);
		printk("Expanded resource %s due to conflict with %s\n", new->name, conflict->name);
	}
}

/**
 * walk_system_ram_range - call a function for each piece of System RAM
 * @start_pfn: first page frame
 * @nr_pages: page frames to look at
 * @arg: handed to @func
 * @func: gets whole page frames; a nonzero result ends the walk
 *
 * Returns @func's last result, or -1 if there was no RAM.
 * Linux: kernel/resource.c:walk_system_ram_range, v2.6.34.
 */
int walk_system_ram_range(unsigned long start_pfn, unsigned long nr_pages, void *arg,
			  int (*func)(unsigned long pfn, unsigned long nr_pages, void *arg))
{
	u64 start = PFN_PHYS(start_pfn), end = PFN_PHYS(start_pfn + nr_pages) - 1;
	const struct resource *p;
	int ret = -1;

	for (p = iomem_resource.child; p && p->start <= end; p = p->sibling) {
		u64 first, last;

		if (p->end < start || p->flags != (IORESOURCE_MEM | IORESOURCE_BUSY) ||
		    strcmp(p->name, "System RAM"))
			continue;
		first = PFN_UP(max(p->start, start));
		last = PFN_DOWN(min(p->end, end) + 1);
		if (first >= last)
			continue;
		ret = func(first, last - first, arg);
		if (ret)
			break;
	}
	return ret;
}

static int is_ram(unsigned long pfn, unsigned long nr_pages, void *arg)
{
	return 1;
}

/**
 * page_is_ram - is this page frame RAM, according to the iomem tree?
 * @pfn: page frame number
 *
 * Linux: kernel/resource.c:page_is_ram, v2.6.34.
 */
int page_is_ram(unsigned long pfn)
{
	return walk_system_ram_range(pfn, 1, NULL, is_ram) == 1;
}
