// SPDX-License-Identifier: GPL-2.0-only
/* The boot allocators' interface: what belongs to a node, where there are several. */
#include <kernel/init.h>
#include <kernel/refuse.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>

/**
 * boot_alloc_node_nopanic - allocate what belongs to a node, or return NULL
 * @nid: the node; where it has no room any other will do
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; dropped if there is nothing above it
 *
 * BUG before boot_alloc_start() and after boot_free_all().
 * Return: zeroed memory in the linear map.
 */
void * __init boot_alloc_node_nopanic(int nid, unsigned long size, unsigned long align,
				      unsigned long goal)
{
	return boot_alloc_any(nid, size, align, goal, CALL);
}

/**
 * boot_alloc_node - the same, or panic
 * @nid: the node; where it has no room any other will do
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; dropped if there is nothing above it
 *
 * BUG before boot_alloc_start() and after boot_free_all().
 * Return: zeroed memory in the linear map.
 */
void * __init boot_alloc_node(int nid, unsigned long size, unsigned long align, unsigned long goal)
{
	void *mem = boot_alloc_any(nid, size, align, goal, CALL);

	if (!mem)
		boot_out_of_memory(size);
	return mem;
}
