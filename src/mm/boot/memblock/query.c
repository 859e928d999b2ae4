// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: questions about an address or a range, and the arrays as text.
 *
 * Nothing here changes anything, and all of it may be called after the boot, too.
 * Linux: mm/memblock.c, v6.1.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <lib/string.h>
#include <lib/vsprintf.h>
#include <mm/boot/memblock_internal.h>

/* The region that holds addr, NULL if there is none. */
static const struct memblock_region *search(const struct memblock_type *type, phys_addr_t addr)
{
	unsigned long left = 0, right = type->cnt;

	/* If there is one, it is in [left, right). */
	while (left < right) {
		unsigned long mid = left + (right - left) / 2;
		const struct memblock_region *rgn = &type->regions[mid];

		if (addr < rgn->base)
			right = mid;
		else if (addr >= region_end(rgn))
			left = mid + 1;
		else
			return rgn;
	}
	return NULL;
}

/**
 * memblock_overlaps_region - does any region of an array have a byte of this range?
 * @type: the array
 * @base: start of the range
 * @size: bytes; clipped to the address space
 *
 * Return: whether one does.
 * Linux: mm/memblock.c:memblock_overlaps_region, v6.1.
 */
bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = memblock_cap_size(base, &size);
	unsigned long i;

	for (i = 0; i < type->cnt; i++)
		if (base < region_end(&type->regions[i]) && type->regions[i].base < end)
			return true;
	return false;
}

/**
 * memblock_phys_mem_size - how much memory is registered
 *
 * Return: bytes; what memblock_trim_memory() has cut off is still counted, as in Linux.
 * Linux: mm/memblock.c:memblock_phys_mem_size, v6.1.
 */
phys_addr_t memblock_phys_mem_size(void)
{
	return memblock.memory.total_size;
}

/**
 * memblock_reserved_size - how much is reserved
 *
 * Return: bytes, whether memory or not.
 * Linux: mm/memblock.c:memblock_reserved_size, v6.1.
 */
phys_addr_t memblock_reserved_size(void)
{
	return memblock.reserved.total_size;
}

/**
 * memblock_start_of_DRAM - the first byte of memory
 *
 * Return: its address; 0 if there is no memory.
 * Linux: mm/memblock.c:memblock_start_of_DRAM, v6.1.
 */
phys_addr_t memblock_start_of_DRAM(void)
{
	return memblock.memory.regions[0].base;
}

/**
 * memblock_end_of_DRAM - where memory ends
 *
 * Return: the address after its last byte; 0 if there is no memory.
 * Linux: mm/memblock.c:memblock_end_of_DRAM, v6.1.
 */
phys_addr_t memblock_end_of_DRAM(void)
{
	return region_end(&memblock.memory.regions[memblock.memory.cnt - 1]);
}

/**
 * memblock_is_memory - is this memory?
 * @addr: an address
 *
 * Return: whether it is.
 * Linux: mm/memblock.c:memblock_is_memory, v6.1.
 */
bool memblock_is_memory(phys_addr_t addr)
{
	return search(&memblock.memory, addr);
}

/**
 * memblock_is_map_memory - is this memory that may be mapped?
 * @addr: an address
 *
 * Return: whether it is.
 * Linux: mm/memblock.c:memblock_is_map_memory, v6.1.
 */
bool memblock_is_map_memory(phys_addr_t addr)
{
	const struct memblock_region *rgn = search(&memblock.memory, addr);

	return rgn && !memblock_is_nomap(rgn);
}

/**
 * memblock_is_region_memory - is all of this range one region's memory?
 * @base: start of the range
 * @size: bytes; clipped to the address space
 *
 * Return: whether it is.
 * Linux: mm/memblock.c:memblock_is_region_memory, v6.1.
 */
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	const struct memblock_region *rgn = search(&memblock.memory, base);
	phys_addr_t end = memblock_cap_size(base, &size);

	return rgn && region_end(rgn) >= end;
}

/**
 * memblock_is_reserved - is this reserved?
 * @addr: an address
 *
 * Return: whether it is.
 * Linux: mm/memblock.c:memblock_is_reserved, v6.1.
 */
bool memblock_is_reserved(phys_addr_t addr)
{
	return search(&memblock.reserved, addr);
}

/**
 * memblock_is_region_reserved - is any byte of this range reserved?
 * @base: start of the range
 * @size: bytes; clipped to the address space
 *
 * Return: whether one is.
 * Linux: mm/memblock.c:memblock_is_region_reserved, v6.1.
 */
bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size)
{
	return memblock_overlaps_region(&memblock.reserved, base, size);
}

/**
 * memblock_search_pfn_nid - the node of a page frame
 * @pfn: page frame number
 * @start_pfn: set to the first page frame of the region that holds it
 * @end_pfn: set to the one after its last; both rounded down
 *
 * Return: the node, MEMBLOCK_MAX_NUMNODES where none was set; -1 if the page frame is no memory.
 * Linux: mm/memblock.c:memblock_search_pfn_nid, v6.1.
 */
int memblock_search_pfn_nid(unsigned long pfn, unsigned long *start_pfn, unsigned long *end_pfn)
{
	const struct memblock_region *rgn = search(&memblock.memory, PFN_PHYS(pfn));

	if (!rgn)
		return -1;
	*start_pfn = PFN_DOWN(rgn->base);
	*end_pfn = PFN_DOWN(region_end(rgn));
	return rgn->nid;
}

static void dump_type(const struct memblock_type *type)
{
	unsigned long idx;
	char nid_buf[32];

	printk(KERN_INFO " %s.cnt  = 0x%lx\n", type->name, type->cnt);
	for (idx = 0; idx < type->cnt; idx++) {
		const struct memblock_region *rgn = &type->regions[idx];

		nid_buf[0] = '\0';
		if (rgn->nid != MEMBLOCK_MAX_NUMNODES)
			snprintf(nid_buf, sizeof(nid_buf), " on node %d", rgn->nid);
		printk(KERN_INFO " %s[%#lx]\t[" PA "-" PA "], " PA " bytes%s flags: %#x\n",
		       type->name, idx, rgn->base, region_end(rgn) - 1, rgn->size, nid_buf,
		       rgn->flags);
	}
}

/**
 * __memblock_dump_all - print both arrays
 *
 * Linux: mm/memblock.c:__memblock_dump_all, v6.1.
 */
void __memblock_dump_all(void)
{
	printk(KERN_INFO "MEMBLOCK configuration:\n");
	printk(KERN_INFO " memory size = " PA " reserved size = " PA "\n",
	       memblock.memory.total_size, memblock.reserved.total_size);
	dump_type(&memblock.memory);
	dump_type(&memblock.reserved);
}

/**
 * memblock_dump_all - print both arrays if memblock=debug was given
 *
 * Linux: mm/memblock.c:memblock_dump_all, v6.1.
 */
void memblock_dump_all(void)
{
	if (memblock_state.debug)
		__memblock_dump_all();
}

/**
 * early_memblock - the parameter memblock=debug: log every operation
 * @p: the value, or NULL
 *
 * Return: 0.
 * Linux: mm/memblock.c:early_memblock, v6.1.
 */
int __init early_memblock(char *p)
{
	if (p && strstr(p, "debug"))
		memblock_state.debug = true;
	return 0;
}
