// SPDX-License-Identifier: GPL-2.0-only
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

/* Does outer have all of inner? A range that ends before it begins lies nowhere. */
static bool holds(const struct resource *outer, const struct resource *inner)
{
	return inner->start <= inner->end && outer->start <= inner->start &&
	       inner->end <= outer->end;
}

/* The link to parent's first child that doesn't end below an address; all before it do. */
static struct resource **child_from(struct resource *parent, u64 start)
{
	struct resource **link = &parent->child;

	while (*link && (*link)->end < start)
		link = &(*link)->sibling;
	return link;
}

/**
 * request_resource_conflict - take a free range, or say who is in the way
 * @root: the resource below which it lies
 * @new: start, end, name and flags are set
 *
 * Return: NULL, or the first resource that has any part of it; @root if it doesn't lie inside that.
 * Linux: kernel/resource.c:request_resource_conflict, v2.6.34.
 */
struct resource *request_resource_conflict(struct resource *root, struct resource *new)
{
	struct resource **link;

	if (!holds(root, new))
		return root;
	link = child_from(root, new->start);
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
 * Return: 0, or -1 if any part of it is taken already.
 * Linux: kernel/resource.c:request_resource, v2.6.34 (-EBUSY there).
 */
int request_resource(struct resource *root, struct resource *new)
{
	return request_resource_conflict(root, new) ? -1 : 0;
}

/* Puts new at link; what was there, up to rest, which stays, becomes new's children. */
static void adopt_children(struct resource *parent, struct resource *new, struct resource **link,
			   struct resource *rest)
{
	new->parent = parent;
	new->sibling = rest;
	new->child = *link;
	*link = new;
	for (link = &new->child; *link != rest; link = &(*link)->sibling)
		(*link)->parent = new;
	*link = NULL;
}

/* Returns what is in the way, as request_resource_conflict(). */
static struct resource *__insert_resource(struct resource *parent, struct resource *new)
{
	struct resource **link, *child;

	if (!holds(parent, new))
		return parent;
	/* Down the tree, as long as one child has all of new and more. */
	for (;; parent = child) {
		link = child_from(parent, new->start);
		child = *link;
		if (!child || !holds(child, new) || holds(new, child))
			break;
	}
	/* The children from *link up to child touch new, and each of them lies inside it. */
	for (; child && child->start <= new->end; child = child->sibling)
		if (!holds(new, child))
			return child;
	adopt_children(parent, new, link, child);
	return NULL;
}

/**
 * insert_resource - put a range into the tree, above or below what is there
 * @parent: where to start
 * @new: start, end, name and flags are set
 *
 * What lies inside @new becomes its child.
 *
 * Return: 0, or -1 if @new overlaps another range only in part; then the tree is unchanged.
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
 * Return: @func's last result, or -1 if there was no RAM.
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
 * Return: 1 for RAM, else 0.
 * Linux: kernel/resource.c:page_is_ram, v2.6.34.
 */
int page_is_ram(unsigned long pfn)
{
	return walk_system_ram_range(pfn, 1, NULL, is_ram) == 1;
}
