// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which addresses of the vmalloc space are taken.
 *
 *	start                                                       end
 *	|  hole  [ area ]p hole [ area ]p     hole     [ area ]p hole |
 *	                  p: one page that stays free after each area
 *
 * Each area carries the size of the hole in front of it; an area of no size,
 * vmap_area_end, stands at the end and carries the last hole. So a hole is found by
 * looking for an area, and a freed area leaves no trace but a larger hole.
 *
 * The areas are on a list and in a tree, both sorted by address. The tree is a treap:
 * it is also a heap of random priorities, which keeps its depth near the logarithm of
 * the number of areas, whatever the order of coming and going. Each node knows the
 * largest hole of its subtree; the lowest hole that is large enough is found on one
 * way down. Linux: mm/vmalloc.c walks from area to area there.
 */
#include <asm/page.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/vmalloc.h>

struct vmap_area vmap_area_end;

static struct vmap_area *root;
static unsigned long space_start;

/* xorshift32: any sequence without a pattern will do. */
static u32 next_priority(void)
{
	static u32 state = 2463534242U;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* Where the hole in front of an area begins. */
static unsigned long hole_start(const struct vmap_area *va)
{
	return va->va_start - va->hole;
}

static unsigned long largest_hole(const struct vmap_area *va)
{
	unsigned long size = va->hole;

	if (va->left && va->left->max_hole > size)
		size = va->left->max_hole;
	if (va->right && va->right->max_hole > size)
		size = va->right->max_hole;
	return size;
}

/* After a change of va's hole or children: max_hole of va and of those above it. */
static void update_max_hole(struct vmap_area *va)
{
	for (; va; va = va->parent) {
		unsigned long size = largest_hole(va);

		if (va->max_hole == size)
			break;
		va->max_hole = size;
	}
}

/* Measures the hole in front of an area that is on the list. */
static void update_hole(struct vmap_area *va)
{
	unsigned long gap;

	if (va->list.prev == &vmap_area_list) {
		va->hole = va->va_start - space_start;
		return;
	}
	gap = va->va_start - list_entry(va->list.prev, struct vmap_area, list)->va_end;
	va->hole = gap > PAGE_SIZE ? gap - PAGE_SIZE : 0;
}

/* Puts another subtree, or none, where old hangs. */
static void replace_child(struct vmap_area *parent, const struct vmap_area *old,
			  struct vmap_area *new)
{
	if (!parent)
		root = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
	if (new)
		new->parent = parent;
}

/*
 * va changes places with its parent; the order of addresses stays.
 *
 *	    parent            va
 *	    /    \           /  \
 *	   va     c   <-->  a  parent
 *	  /  \                 /    \
 *	 a    b               b      c
 */
static void rotate_up(struct vmap_area *va)
{
	struct vmap_area *parent = va->parent;

	replace_child(parent->parent, parent, va);
	if (parent->left == va) {
		parent->left = va->right;
		if (va->right)
			va->right->parent = parent;
		va->right = parent;
	} else {
		parent->right = va->left;
		if (va->left)
			va->left->parent = parent;
		va->left = parent;
	}
	parent->parent = va;
	va->max_hole = parent->max_hole;
	parent->max_hole = largest_hole(parent);
}

/* Hangs va into the tree, right before next in the order of addresses. */
static void insert_before(struct vmap_area *va, struct vmap_area *next)
{
	struct vmap_area *parent = next->left;

	va->left = NULL;
	va->right = NULL;
	va->priority = next_priority();
	va->max_hole = 0;
	if (parent) {
		while (parent->right)
			parent = parent->right;
		parent->right = va;
	} else {
		parent = next;
		parent->left = va;
	}
	va->parent = parent;
	update_max_hole(va);
	while (va->parent && va->priority < va->parent->priority)
		rotate_up(va);
}

static void erase(struct vmap_area *va)
{
	while (va->left || va->right) {
		if (!va->left || (va->right && va->right->priority < va->left->priority))
			rotate_up(va->right);
		else
			rotate_up(va->left);
	}
	replace_child(va->parent, va, NULL);
	update_max_hole(va->parent);
}

/* The area after the lowest hole of at least size bytes, or NULL. */
static struct vmap_area *lowest_hole(unsigned long size)
{
	struct vmap_area *va = root;

	if (va->max_hole < size)
		return NULL;
	for (;;) {
		if (va->left && va->left->max_hole >= size)
			va = va->left;
		else if (va->hole >= size)
			return va;
		else
			va = va->right;
	}
}

/* Is there room for size bytes at a multiple of align in front of this area? */
static bool hole_fits(const struct vmap_area *va, unsigned long size, unsigned long align)
{
	return va->hole >= size && va->hole - size >= (-hole_start(va) & (align - 1));
}

/* The same as lowest_hole() where alignment counts; looks at every hole that is large enough. */
static struct vmap_area *lowest_aligned_hole(struct vmap_area *va, unsigned long size,
					     unsigned long align)
{
	struct vmap_area *found;

	if (!va || va->max_hole < size)
		return NULL;
	found = lowest_aligned_hole(va->left, size, align);
	if (found)
		return found;
	if (hole_fits(va, size, align))
		return va;
	return lowest_aligned_hole(va->right, size, align);
}

/**
 * vmap_area_init - all of the space is free
 * @start: virtual address, a multiple of the page size
 * @end: virtual address after it, a multiple of the page size, above @start
 *
 * Before any other function here. Areas that there were are forgotten.
 */
void vmap_area_init(unsigned long start, unsigned long end)
{
	space_start = start;
	vmap_area_end = (struct vmap_area){
		.va_start = end,
		.va_end = end,
		.hole = end - start,
		.max_hole = end - start,
	};
	INIT_LIST_HEAD(&vmap_area_list);
	root = &vmap_area_end;
}

/**
 * alloc_vmap_area - take the lowest free addresses
 * @va: the area; belongs to the space until free_vmap_area()
 * @size: bytes, a multiple of the page size, not 0
 * @align: of the start, in bytes: a power of two, at least the page size
 *
 * Sets va_start and va_end. With an alignment above the page size, a hole that has room whatever
 * its start is preferred to a lower one that has room only because of its start.
 *
 * Return: false if no hole is large enough; then nothing has changed.
 * Linux: mm/vmalloc.c:alloc_vmap_area, v2.6.34, with its distance of a page between areas;
 * it searches area by area, allocates the structure, and prints the failure.
 */
bool alloc_vmap_area(struct vmap_area *va, unsigned long size, unsigned long align)
{
	unsigned long slack = align - PAGE_SIZE;
	struct vmap_area *next = NULL;

	if (size + slack >= size)
		next = lowest_hole(size + slack);
	if (!next && slack)
		next = lowest_aligned_hole(root, size, align);
	if (!next)
		return false;

	va->va_start = ALIGN(hole_start(next), align);
	va->va_end = va->va_start + size;
	list_add_tail(&va->list, &next->list);
	update_hole(va);
	update_hole(next);
	update_max_hole(next);
	insert_before(va, next);
	return true;
}

/**
 * find_vmap_area - the area that begins at an address
 * @addr: virtual address
 *
 * Return: the area, or NULL if none does.
 * Linux: mm/vmalloc.c:find_vmap_area, v2.6.34.
 */
struct vmap_area *find_vmap_area(unsigned long addr)
{
	struct vmap_area *va = root;

	while (va && va->va_start != addr)
		va = addr < va->va_start ? va->left : va->right;
	return va == &vmap_area_end ? NULL : va;
}

/**
 * free_vmap_area - give an area's addresses back
 * @va: an area of the space; the caller's again afterwards
 *
 * Linux: mm/vmalloc.c:free_vmap_area, v2.6.34, which frees the structure too.
 */
void free_vmap_area(struct vmap_area *va)
{
	struct vmap_area *next = list_entry(va->list.next, struct vmap_area, list);

	erase(va);
	list_del(&va->list);
	update_hole(next);
	update_max_hole(next);
}
