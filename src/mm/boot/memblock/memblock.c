// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: two arrays of regions. `memory` is what RAM there is, `reserved` what of the address
 * space somebody keeps. What is memory and not reserved is free.
 *
 *	memory	   |-------- 0 ---------|    |------- 1, nomap -------|------- 2 -------|
 *	reserved      |--0--|      |---- 1 ----|		 |2|
 *	free	   |--|     |------|				     |------------------|
 *
 * Both arrays are sorted by address, their regions never overlap, and neighbours that touch and
 * agree in node and flags are one region. Two operations make everything else:
 *
 *	add range	inserts what no region covers yet; what is there keeps its node and flags
 *	isolate range	splits the regions that cross the ends of the range, so that those inside
 *			can be removed or changed as a whole
 *
 *	before		|------------ A ------------|
 *	isolate		    |-----------|
 *	after		|-A-|---- A ----|---- A ----|
 *
 * The arrays start out in the image. When one is full it is copied into one of twice the size,
 * taken from the free memory that the arrays themselves describe; memblock_allow_resize() says
 * from when on that is safe.
 *
 * Linux: mm/memblock.c, v6.1.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/memblock_internal.h>

struct memblock_region memblock_memory_init_regions[INIT_MEMBLOCK_REGIONS];
struct memblock_region memblock_reserved_init_regions[INIT_MEMBLOCK_REGIONS];

struct memblock memblock = {
	.current_limit = MEMBLOCK_ALLOC_ANYWHERE,
	.memory = {
		.cnt = 1,
		.max = INIT_MEMBLOCK_REGIONS,
		.regions = memblock_memory_init_regions,
		.name = "memory",
	},
	.reserved = {
		.cnt = 1,
		.max = INIT_MEMBLOCK_REGIONS,
		.regions = memblock_reserved_init_regions,
		.name = "reserved",
	},
};

struct memblock_state memblock_state;

/**
 * memblock_assert_live - BUG when the page allocator has taken over already
 * @func: what was called
 * @caller: from where
 */
void __init memblock_assert_live(const char *func, const void *caller)
{
	check_serving(memblock_state.handed_over ? HANDED_OVER : SERVING, func, caller);
}

/* What the functions that take one range have in common: in time? And their line in the log. */
static void __init enter(const char *func, phys_addr_t base, phys_addr_t size, const void *caller)
{
	memblock_assert_live(func, caller);
	memblock_dbg("%s: [" PA "-" PA "] %s\n", func, base, base + size - 1,
		     symbol_text(caller));
}

/**
 * memblock_allow_resize - from now on the arrays may grow into free memory
 *
 * To be called when everything that must survive is reserved and what lies below current_limit is
 * mapped.
 * Linux: mm/memblock.c:memblock_allow_resize, v6.1.
 */
void __init memblock_allow_resize(void)
{
	memblock_state.can_resize = true;
}

/* A free place for a grown array, outside [area_start, area_start + area_size). */
static phys_addr_t __init find_array(phys_addr_t bytes, phys_addr_t area_start,
				     phys_addr_t area_size)
{
	phys_addr_t limit = memblock.current_limit;
	phys_addr_t addr = memblock_find_in_range(area_start + area_size, limit, bytes, PAGE_SIZE);

	if (!addr && area_size && area_start > PAGE_SIZE)
		addr = memblock_find_in_range(0, min(area_start, limit), bytes, PAGE_SIZE);
	return addr;
}

/* Entries of `reserved` that a new array may take: two to free the old one, one for itself. */
#define ARRAY_CHANGES	3

static bool __init is_static(const struct memblock_region *regions)
{
	return regions == memblock_memory_init_regions || regions == memblock_reserved_init_regions;
}

/*
 * Gives an array twice the room. The range [start, start + size) is about to be reserved, or is
 * being freed: the new array of `reserved` must not lie there. 0 or -ENOMEM, with a message.
 *
 * Linux: mm/memblock.c:memblock_double_array, v6.1. There `reserved` may have to grow while a new
 * array for `memory` is found but not yet reserved, and may get the same place; here it has grown
 * before.
 */
static int __init memblock_double_array(struct memblock_type *type, phys_addr_t start,
					phys_addr_t size)
{
	phys_addr_t old_bytes = type->max * sizeof(struct memblock_region);
	phys_addr_t new_bytes = PAGE_ALIGN(2 * old_bytes), addr;
	struct memblock_region *old = type->regions, *new;

	if (!memblock_state.can_resize) {
		printk(KERN_ERR "memdawn: memblock: %s has room for %lu regions and must not grow "
		       "yet: [" PA "-" PA "] is left out\n", type->name, type->max, start,
		       start + size - 1);
		return -ENOMEM;
	}
	if (type != &memblock.reserved) {
		start = size = 0;
		while (memblock.reserved.cnt + ARRAY_CHANGES > memblock.reserved.max)
			if (memblock_double_array(&memblock.reserved, 0, 0))
				return -ENOMEM;
	}
	addr = find_array(new_bytes, start, size);
	if (!addr) {
		printk(KERN_ERR "memblock: Failed to double %s array from %ld to %ld entries !\n",
		       type->name, type->max, type->max * 2);
		return -ENOMEM;
	}
	memblock_dbg("memblock: %s is doubled to %ld at [" PA "-" PA "]\n", type->name,
		     type->max * 2, addr, addr + 2 * old_bytes - 1);

	new = __va(addr);
	memcpy(new, old, old_bytes);
	memset(new + type->max, 0, old_bytes);
	type->regions = new;
	type->max *= 2;
	if (!is_static(old))
		memblock_phys_free(__pa(old), PAGE_ALIGN(old_bytes));
	if (memblock_reserve(addr, new_bytes))
		BUG();
	return 0;
}

/**
 * memblock_merge_regions - make neighbours one that touch and agree in node and flags
 * @type: the array
 *
 * Linux: mm/memblock.c:memblock_merge_regions, v6.1.
 */
void __init memblock_merge_regions(struct memblock_type *type)
{
	struct memblock_region *last = type->regions;
	const struct memblock_region *next, *end = type->regions + type->cnt;

	/* [regions, last] is merged, [next, end) is not yet. */
	for (next = last + 1; next < end; next++) {
		BUG_ON(region_end(last) > next->base);
		if (region_end(last) == next->base && last->nid == next->nid &&
		    last->flags == next->flags)
			last->size += next->size;
		else
			*++last = *next;
	}
	type->cnt = last - type->regions + 1;
}

/* Puts a region in front of region idx. There must be room. */
static void __init insert_region(struct memblock_type *type, unsigned long idx,
				 struct memblock_region new)
{
	unsigned long i;

	BUG_ON(type->cnt >= type->max);
	for (i = type->cnt++; i > idx; i--)
		type->regions[i] = type->regions[i - 1];
	type->regions[idx] = new;
	type->total_size += new.size;
}

/*
 * The pieces of [base, end) that no region covers: counts them, and inserts them if asked to.
 *
 *	regions		   |-----|	    |----|
 *	range		|------------------------------|
 *	pieces		|--|	 |----------|	 |-----|
 */
static unsigned long __init add_pieces(struct memblock_type *type, phys_addr_t base,
				       phys_addr_t end, int nid, enum memblock_flags flags,
				       bool insert)
{
	unsigned long idx, pieces = 0;

	/* What lies below base is dealt with. */
	for (idx = 0; idx < type->cnt && type->regions[idx].base < end; idx++) {
		const struct memblock_region rgn = type->regions[idx];

		if (region_end(&rgn) <= base)
			continue;
		if (rgn.base > base) {
			WARN_ON(insert && (nid != rgn.nid || flags != rgn.flags));
			pieces++;
			if (insert)
				insert_region(type, idx++, (struct memblock_region){
					base, rgn.base - base, flags, nid });
		}
		base = min(region_end(&rgn), end);
	}
	if (base < end) {
		pieces++;
		if (insert)
			insert_region(type, idx, (struct memblock_region){
				base, end - base, flags, nid });
	}
	return pieces;
}

/*
 * Adds [base, base + size), clipped to the address space. Where regions are already, they stay as
 * they are. 0, or -ENOMEM when the array is full and can't grow: then nothing has changed.
 *
 * Linux: mm/memblock.c:memblock_add_range, v6.1.
 */
static int __init memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
				     int nid, enum memblock_flags flags)
{
	phys_addr_t end = memblock_cap_size(base, &size);
	unsigned long pieces;

	if (!size)
		return 0;
	if (!type->regions[0].size) {
		WARN_ON(type->cnt != 1 || type->total_size);
		type->regions[0] = (struct memblock_region){ base, size, flags, nid };
		type->total_size = size;
		return 0;
	}

	/* At worst there is a piece before each region and one after the last. */
	if (type->cnt * 2 + 1 >= type->max) {
		pieces = add_pieces(type, base, end, nid, flags, false);
		if (!pieces)
			return 0;
		while (type->cnt + pieces > type->max)
			if (memblock_double_array(type, base, size))
				return -ENOMEM;
	}
	if (add_pieces(type, base, end, nid, flags, true))
		memblock_merge_regions(type);
	return 0;
}

/**
 * memblock_add_node - register memory of a node
 * @base: its start
 * @size: bytes; 0: nothing happens
 * @nid: the node, or MEMBLOCK_MAX_NUMNODES
 * @flags: MEMBLOCK_*
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_add_node, v6.1.
 */
noinline int __init memblock_add_node(phys_addr_t base, phys_addr_t size, int nid,
				      enum memblock_flags flags)
{
	memblock_assert_live(__func__, memblock_caller());
	memblock_dbg("%s: [" PA "-" PA "] nid=%d flags=%x %s\n", __func__, base, base + size - 1,
		     nid, flags, symbol_text(memblock_caller()));
	return memblock_add_range(&memblock.memory, base, size, nid, flags);
}

/**
 * memblock_add_for - memblock_add() on somebody's behalf
 * @base: start of the range
 * @size: bytes; 0: nothing happens
 * @caller: who wants it, for the log
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 */
int __init memblock_add_for(phys_addr_t base, phys_addr_t size, const void *caller)
{
	enter("memblock_add", base, size, caller);
	return memblock_add_range(&memblock.memory, base, size, MEMBLOCK_MAX_NUMNODES, 0);
}

/**
 * memblock_add - register memory
 * @base: its start
 * @size: bytes; 0: nothing happens
 *
 * May overlap what is registered already.
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_add, v6.1.
 */
noinline int __init memblock_add(phys_addr_t base, phys_addr_t size)
{
	return memblock_add_for(base, size, memblock_caller());
}

/* Region idx becomes two: below and from address `at`, which lies inside it. */
static void __init split_region(struct memblock_type *type, unsigned long idx, phys_addr_t at)
{
	struct memblock_region *upper = &type->regions[idx], lower = *upper;

	lower.size = at - lower.base;
	upper->base = at;
	upper->size -= lower.size;
	type->total_size -= lower.size;
	insert_region(type, idx, lower);
}

/**
 * memblock_isolate_range - split the regions that cross the ends of a range
 * @type: the array
 * @base: start of the range
 * @size: bytes; clipped to the address space
 * @start_rgn: set to the index of the first region inside
 * @end_rgn: set to the index after the last one; as @start_rgn if there is none
 *
 * Return: 0, or -ENOMEM when the array can't take two more regions: then nothing has changed.
 * Linux: mm/memblock.c:memblock_isolate_range, v6.1.
 */
int __init memblock_isolate_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
				  unsigned long *start_rgn, unsigned long *end_rgn)
{
	phys_addr_t end = memblock_cap_size(base, &size);
	unsigned long idx;

	*start_rgn = *end_rgn = 0;
	if (!size)
		return 0;
	while (type->cnt + 2 > type->max)
		if (memblock_double_array(type, base, size))
			return -ENOMEM;

	for (idx = 0; idx < type->cnt && type->regions[idx].base < end; idx++) {
		const struct memblock_region rgn = type->regions[idx];

		if (region_end(&rgn) <= base)
			continue;
		if (rgn.base < base) {
			split_region(type, idx, base);
			continue;	/* with its upper part */
		}
		if (region_end(&rgn) > end)
			split_region(type, idx, end);
		if (!*end_rgn)
			*start_rgn = idx;
		*end_rgn = idx + 1;
	}
	return 0;
}

/**
 * memblock_remove_region - take a region out of its array
 * @type: the array
 * @r: the region's index
 *
 * Linux: mm/memblock.c:memblock_remove_region, v6.1. Its sum may lack what memblock_trim_memory()
 * has cut off, so that it can fail to come to 0 for an empty array, and warns.
 */
void __init memblock_remove_region(struct memblock_type *type, unsigned long r)
{
	struct memblock_region *rgn = &type->regions[r];

	type->total_size -= rgn->size;
	memmove(rgn, rgn + 1, (type->cnt - r - 1) * sizeof(*rgn));
	if (--type->cnt)
		return;
	WARN_ON(type->total_size != 0);
	type->cnt = 1;
	type->regions[0] = (struct memblock_region){ .nid = MEMBLOCK_MAX_NUMNODES };
}

/**
 * memblock_remove_range - take a range out of an array
 * @type: the array
 * @base: start of the range
 * @size: bytes; clipped to the address space
 *
 * Return: 0, or -ENOMEM as memblock_isolate_range().
 * Linux: mm/memblock.c:memblock_remove_range, v6.1.
 */
int __init memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	unsigned long start_rgn, end_rgn;
	int ret = memblock_isolate_range(type, base, size, &start_rgn, &end_rgn);

	if (ret)
		return ret;
	while (end_rgn > start_rgn)
		memblock_remove_region(type, --end_rgn);
	return 0;
}

/**
 * memblock_remove - take back what memblock_add() registered
 * @base: start of the range
 * @size: bytes
 *
 * What of the range is no memory is passed over.
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_remove, v6.1.
 */
noinline int __init memblock_remove(phys_addr_t base, phys_addr_t size)
{
	enter(__func__, base, size, memblock_caller());
	return memblock_remove_range(&memblock.memory, base, size);
}

/**
 * memblock_reserve_for - memblock_reserve() on somebody's behalf
 * @base: start of the range
 * @size: bytes; 0: nothing happens
 * @caller: who wants it, for the log
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 */
int __init memblock_reserve_for(phys_addr_t base, phys_addr_t size, const void *caller)
{
	enter("memblock_reserve", base, size, caller);
	return memblock_add_range(&memblock.reserved, base, size, MEMBLOCK_MAX_NUMNODES, 0);
}

/**
 * memblock_reserve - keep a range
 * @base: its start
 * @size: bytes; 0: nothing happens
 *
 * It may be reserved already, as a whole or in part, and need not be memory.
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_reserve, v6.1.
 */
noinline int __init memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	return memblock_reserve_for(base, size, memblock_caller());
}

/* Whether every byte of the range is reserved. */
static bool __init all_reserved(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = memblock_cap_size(base, &size);

	return !size || !add_pieces(&memblock.reserved, base, end, 0, 0, false);
}

/**
 * memblock_phys_free_for - memblock_phys_free() on somebody's behalf
 * @base: start of the range
 * @size: bytes; 0: nothing happens
 * @caller: who wants it, for the log
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 */
int __init memblock_phys_free_for(phys_addr_t base, phys_addr_t size, const void *caller)
{
	enter("memblock_phys_free", base, size, caller);
	if (!all_reserved(base, size))
		printk(KERN_WARNING "memdawn: memblock: [" PA "-" PA "], which %s frees, was not "
		       "all reserved\n", base, base + size - 1, symbol_text(caller));
	return memblock_remove_range(&memblock.reserved, base, size);
}

/**
 * memblock_phys_free - give a range back
 * @base: its start
 * @size: bytes; 0: nothing happens
 *
 * What of the range was not reserved is passed over, as in Linux, but not without a word.
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_phys_free, v6.1.
 */
noinline int __init memblock_phys_free(phys_addr_t base, phys_addr_t size)
{
	return memblock_phys_free_for(base, size, memblock_caller());
}

/**
 * memblock_free - give back what one of the memblock_alloc functions returned
 * @ptr: its address, or NULL: nothing happens
 * @size: bytes, as they were asked for
 *
 * Linux: mm/memblock.c:memblock_free, v6.1.
 */
void __init memblock_free(void *ptr, size_t size)
{
	if (ptr)
		memblock_phys_free(__pa(ptr), size);
}
