// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: what is known of a piece of memory besides that it is there (flags, node), and how
 * much of the memory is to be used at all (trimming, limits).
 *
 * Everything here isolates a range and changes or removes what lies inside, or outside.
 * Linux: mm/memblock.c, v6.1.
 */
#include <kernel/init.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <mm/boot/memblock_internal.h>

bool movable_node_enabled;

/**
 * cmdline_parse_movable_node - the parameter movable_node: the kernel keeps out of hotpluggable
 * memory
 * @p: no value
 *
 * Return: 0.
 * Linux: mm/memory_hotplug.c:cmdline_parse_movable_node, v6.1.
 */
int __init cmdline_parse_movable_node(char *p)
{
	movable_node_enabled = true;
	return p ? -EINVAL : 0;
}

/* What becomes of a range's regions. */
struct change {
	enum memblock_flags set, clear;
	bool set_nid;
	int nid;
};

/* Makes a change to every region of [base, base + size), and to nothing outside. */
static int __init change_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
			       struct change change)
{
	unsigned long first, end;
	struct memblock_region *r;

	if (memblock_isolate_range(type, base, size, &first, &end))
		return -ENOMEM;
	for (r = &type->regions[first]; r < &type->regions[end]; r++) {
		r->flags = (r->flags & ~change.clear) | change.set;
		if (change.set_nid)
			r->nid = change.nid;
	}
	memblock_merge_regions(type);
	return 0;
}

/**
 * memblock_mark_hotplug - this memory may be pulled out
 * @base: start of the range
 * @size: bytes; what of it is no memory is passed over
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_mark_hotplug, v6.1.
 */
int __init memblock_mark_hotplug(phys_addr_t base, phys_addr_t size)
{
	memblock_assert_live(__func__, memblock_caller());
	return change_range(&memblock.memory, base, size, (struct change){ .set = MEMBLOCK_HOTPLUG });
}

/**
 * memblock_clear_hotplug - this memory stays
 * @base: start of the range
 * @size: bytes; what of it is no memory is passed over
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_clear_hotplug, v6.1.
 */
int __init memblock_clear_hotplug(phys_addr_t base, phys_addr_t size)
{
	memblock_assert_live(__func__, memblock_caller());
	return change_range(&memblock.memory, base, size, (struct change){ .clear = MEMBLOCK_HOTPLUG });
}

/**
 * memblock_mark_mirror - the hardware keeps this memory twice
 * @base: start of the range
 * @size: bytes; what of it is no memory is passed over
 *
 * From now on allocations take such memory, as long as there is any.
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_mark_mirror, v6.1.
 */
int __init memblock_mark_mirror(phys_addr_t base, phys_addr_t size)
{
	memblock_assert_live(__func__, memblock_caller());
	memblock_state.has_mirror = true;
	return change_range(&memblock.memory, base, size, (struct change){ .set = MEMBLOCK_MIRROR });
}

/**
 * memblock_mark_nomap - this memory is neither to be mapped nor to be handed over
 * @base: start of the range
 * @size: bytes; what of it is no memory is passed over
 *
 * Its struct pages are reserved ones.
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_mark_nomap, v6.1.
 */
int __init memblock_mark_nomap(phys_addr_t base, phys_addr_t size)
{
	memblock_assert_live(__func__, memblock_caller());
	return change_range(&memblock.memory, base, size, (struct change){ .set = MEMBLOCK_NOMAP });
}

/**
 * memblock_clear_nomap - this memory is like any other
 * @base: start of the range
 * @size: bytes; what of it is no memory is passed over
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_clear_nomap, v6.1.
 */
int __init memblock_clear_nomap(phys_addr_t base, phys_addr_t size)
{
	memblock_assert_live(__func__, memblock_caller());
	return change_range(&memblock.memory, base, size, (struct change){ .clear = MEMBLOCK_NOMAP });
}

/**
 * memblock_reserved_mark_noinit - leave the struct pages of a reservation as they are
 * @base: start of the range
 * @size: bytes; what of it is not reserved is passed over
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_reserved_mark_noinit, v6.8.
 */
int __init memblock_reserved_mark_noinit(phys_addr_t base, phys_addr_t size)
{
	memblock_assert_live(__func__, memblock_caller());
	return change_range(&memblock.reserved, base, size,
			    (struct change){ .set = MEMBLOCK_RSRV_NOINIT });
}

/**
 * memblock_set_node - say which node a range belongs to
 * @base: start of the range
 * @size: bytes
 * @type: &memblock.memory or &memblock.reserved
 * @nid: 0 to MEMBLOCK_MAX_NUMNODES - 1, or MEMBLOCK_MAX_NUMNODES for none
 *
 * Return: 0, or -ENOMEM when the array is full and can't grow.
 * Linux: mm/memblock.c:memblock_set_node, v6.1 with NUMA.
 */
int __init memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type,
			     int nid)
{
	memblock_assert_live(__func__, memblock_caller());
	return change_range(type, base, size, (struct change){ .set_nid = true, .nid = nid });
}

/**
 * memblock_trim_memory - round every region of memory inward
 * @align: to multiples of this, a power of two; usually PAGE_SIZE
 *
 * Regions without a whole unit are dropped. As in Linux total_size keeps what was cut off, and
 * regions that come to agree are not merged.
 * Linux: mm/memblock.c:memblock_trim_memory, v6.1.
 */
void __init memblock_trim_memory(phys_addr_t align)
{
	struct memblock_type *type = &memblock.memory;
	unsigned long i = 0;

	memblock_assert_live(__func__, memblock_caller());
	while (i < type->cnt) {
		struct memblock_region *r = &type->regions[i];
		phys_addr_t start = round_up(r->base, align);
		phys_addr_t end = round_down(region_end(r), align);

		if (start >= r->base && start < end) {
			r->base = start;
			r->size = end - start;
			i++;
		} else if (r->size) {
			memblock_remove_region(type, i);
		} else {
			break;		/* the array is empty */
		}
	}
}

/* The address below which there are `limit` bytes of memory; PHYS_ADDR_MAX: there are fewer. */
static phys_addr_t __init find_max_addr(phys_addr_t limit)
{
	const struct memblock_region *r;

	for_each_mem_region(r) {
		if (limit <= r->size)
			return r->base + limit;
		limit -= r->size;
	}
	return PHYS_ADDR_MAX;
}

/**
 * memblock_enforce_memory_limit - forget all memory and reservations but the lowest
 * @limit: bytes of memory to keep; 0, or more than there are: nothing happens
 *
 * Linux: mm/memblock.c:memblock_enforce_memory_limit, v6.1.
 */
void __init memblock_enforce_memory_limit(phys_addr_t limit)
{
	phys_addr_t max_addr;

	memblock_assert_live(__func__, memblock_caller());
	if (!limit)
		return;
	max_addr = find_max_addr(limit);
	if (max_addr == PHYS_ADDR_MAX)
		return;
	memblock_remove_range(&memblock.memory, max_addr, PHYS_ADDR_MAX);
	memblock_remove_range(&memblock.reserved, max_addr, PHYS_ADDR_MAX);
}

/* Of memory's regions keeps those with the numbers [first, end) alone, and those that are NOMAP. */
static void __init keep_regions(unsigned long first, unsigned long end)
{
	struct memblock_type *type = &memblock.memory;
	unsigned long i = type->cnt;

	/* From the last one down: those below keep their numbers. */
	while (i--) {
		bool keep = (i >= first && i < end) || memblock_is_nomap(&type->regions[i]);

		if (!keep)
			memblock_remove_region(type, i);
	}
}

/**
 * memblock_cap_memory_range - forget all memory and reservations outside a range
 * @base: start of the range
 * @size: bytes; 0: nothing happens
 *
 * Memory that is NOMAP stays.
 * Linux: mm/memblock.c:memblock_cap_memory_range, v6.1.
 */
void __init memblock_cap_memory_range(phys_addr_t base, phys_addr_t size)
{
	unsigned long start_rgn, end_rgn;

	memblock_assert_live(__func__, memblock_caller());
	if (!size)
		return;
	if (!memblock.memory.total_size) {
		printk(KERN_WARNING "%s: No memory registered yet\n", __func__);
		return;
	}
	if (memblock_isolate_range(&memblock.memory, base, size, &start_rgn, &end_rgn))
		return;
	keep_regions(start_rgn, end_rgn);
	memblock_remove_range(&memblock.reserved, 0, base);
	memblock_remove_range(&memblock.reserved, memblock_cap_size(base, &size), PHYS_ADDR_MAX);
}

/**
 * memblock_mem_limit_remove_map - as memblock_enforce_memory_limit(), but memory that is NOMAP
 * stays
 * @limit: bytes of memory to keep; 0, or more than there are: nothing happens
 *
 * Linux: mm/memblock.c:memblock_mem_limit_remove_map, v6.1.
 */
void __init memblock_mem_limit_remove_map(phys_addr_t limit)
{
	phys_addr_t max_addr;

	memblock_assert_live(__func__, memblock_caller());
	if (!limit)
		return;
	max_addr = find_max_addr(limit);
	if (max_addr != PHYS_ADDR_MAX)
		memblock_cap_memory_range(0, max_addr);
}

/**
 * memblock_set_current_limit - how far up allocations without a limit of their own go
 * @limit: an address
 *
 * What lies below is to be mapped before the arrays grow or anything is allocated by its virtual
 * address.
 * Linux: mm/memblock.c:memblock_set_current_limit, v6.1.
 */
void __init memblock_set_current_limit(phys_addr_t limit)
{
	memblock.current_limit = limit;
}

/**
 * memblock_get_current_limit - how far up allocations without a limit of their own go
 *
 * Return: an address; MEMBLOCK_ALLOC_ANYWHERE at first.
 * Linux: mm/memblock.c:memblock_get_current_limit, v6.1.
 */
phys_addr_t memblock_get_current_limit(void)
{
	return memblock.current_limit;
}
