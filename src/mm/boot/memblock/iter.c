// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: walking over what is free, or over the regions themselves.
 *
 * A walk's whole state is one u64, the cursor. Its lower half is an index into type_a (memory), its
 * upper half counts the gaps of type_b (reserved): gap 0 ends where region 0 starts, gap i lies
 * between regions i - 1 and i, the last one ends at PHYS_ADDR_MAX.
 *
 *	type_a		|----- 0 -----|	 |------- 1 -------|
 *	type_b		    |- 0 -|		|-- 1 --|
 *	gaps	   --- 0 ---|	  |----- 1 -----|	|--- 2 ---
 *	walk		|-1-|	  |-2-|	 |--3---|	|4-|
 *
 * Both arrays are sorted, so the two indices only ever move on: of a region and a gap that meet,
 * the one that ends first is done. The cursor ~0 ends a walk up and starts one down.
 *
 * Linux: mm/memblock.c, v6.1.
 */
#include <asm/page.h>
#include <lib/kernel.h>
#include <mm/boot/memblock_internal.h>

/* Memory with one of these is for those who ask for it by name. */
static enum memblock_flags spared_flags(void)
{
	return MEMBLOCK_NOMAP | MEMBLOCK_DRIVER_MANAGED |
	       (movable_node_enabled ? MEMBLOCK_HOTPLUG : MEMBLOCK_NONE);
}

/* Regions of memory may be passed over, and the empty one that stands for none in any array. */
static bool should_skip_region(const struct memblock_type *type, const struct memblock_region *m,
			       int nid, enum memblock_flags flags)
{
	if (!m->size)
		return true;
	if (type != &memblock.memory)
		return false;
	if (nid != NUMA_NO_NODE && nid != MEMBLOCK_MAX_NUMNODES && nid != m->nid)
		return true;
	return (m->flags & spared_flags() & ~flags) || (flags & MEMBLOCK_MIRROR & ~m->flags);
}

/* Where gap number idx of an array starts and ends. */
static phys_addr_t gap_start(const struct memblock_type *type, u32 idx)
{
	return idx ? region_end(&type->regions[idx - 1]) : 0;
}

static phys_addr_t gap_end(const struct memblock_type *type, u32 idx)
{
	return idx < type->cnt ? type->regions[idx].base : PHYS_ADDR_MAX;
}

/* What the caller wants to know: the part of region m that lies in [start, end). */
static void put_range(const struct memblock_region *m, phys_addr_t start, phys_addr_t end,
		      phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid)
{
	if (out_start)
		*out_start = max(m->base, start);
	if (out_end)
		*out_end = min(region_end(m), end);
	if (out_nid)
		*out_nid = m->nid;
}

static u64 cursor(u32 idx_a, u32 idx_b)
{
	return idx_a | (u64)idx_b << 32;
}

/**
 * __next_mem_range - one step up of for_each_free_mem_range() and its like
 * @idx: the cursor; 0 at first, ULLONG_MAX when there is nothing more
 * @nid: the node, or NUMA_NO_NODE for any
 * @flags: what of the memory is not to be passed over; MEMBLOCK_MIRROR: what alone is wanted
 * @type_a: the array to walk over
 * @type_b: the array that is left out, or NULL
 * @out_start: set to the start of the range, may be NULL
 * @out_end: set to its end, may be NULL
 * @out_nid: set to its node, may be NULL
 *
 * A range never reaches across two regions of @type_a, and is never empty.
 * Linux: mm/memblock.c:__next_mem_range, v6.1, which gives an empty range where two regions of
 * @type_b touch, and for an array without regions.
 */
void __next_mem_range(u64 *idx, int nid, enum memblock_flags flags, struct memblock_type *type_a,
		      struct memblock_type *type_b, phys_addr_t *out_start, phys_addr_t *out_end,
		      int *out_nid)
{
	u32 idx_a = *idx, idx_b = *idx >> 32;

	for (; idx_a < type_a->cnt; idx_a++) {
		const struct memblock_region *m = &type_a->regions[idx_a];

		if (should_skip_region(type_a, m, nid, flags))
			continue;
		if (!type_b) {
			put_range(m, 0, PHYS_ADDR_MAX, out_start, out_end, out_nid);
			*idx = cursor(idx_a + 1, idx_b);
			return;
		}
		for (; idx_b <= type_b->cnt && gap_start(type_b, idx_b) < region_end(m); idx_b++) {
			phys_addr_t start = gap_start(type_b, idx_b), end = gap_end(type_b, idx_b);

			if (m->base >= end || start == end)
				continue;
			put_range(m, start, end, out_start, out_end, out_nid);
			*idx = region_end(m) <= end ? cursor(idx_a + 1, idx_b) :
						      cursor(idx_a, idx_b + 1);
			return;
		}
	}
	*idx = ULLONG_MAX;
}

/**
 * __next_mem_range_rev - one step down of for_each_free_mem_range_reverse() and its like
 * @idx: the cursor; ULLONG_MAX at first and when there is nothing more
 * @nid: as for __next_mem_range()
 * @flags: as for __next_mem_range()
 * @type_a: as for __next_mem_range()
 * @type_b: as for __next_mem_range()
 * @out_start: as for __next_mem_range()
 * @out_end: as for __next_mem_range()
 * @out_nid: as for __next_mem_range()
 *
 * Linux: mm/memblock.c:__next_mem_range_rev, v6.1.
 */
void __next_mem_range_rev(u64 *idx, int nid, enum memblock_flags flags,
			  struct memblock_type *type_a, struct memblock_type *type_b,
			  phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid)
{
	int idx_a = (u32)*idx, idx_b = *idx >> 32;

	if (*idx == ULLONG_MAX) {
		idx_a = type_a->cnt - 1;
		idx_b = type_b ? type_b->cnt : 0;
	}
	for (; idx_a >= 0; idx_a--) {
		const struct memblock_region *m = &type_a->regions[idx_a];

		if (should_skip_region(type_a, m, nid, flags))
			continue;
		if (!type_b) {
			put_range(m, 0, PHYS_ADDR_MAX, out_start, out_end, out_nid);
			*idx = cursor(idx_a - 1, idx_b);
			return;
		}
		for (; idx_b >= 0 && gap_end(type_b, idx_b) > m->base; idx_b--) {
			phys_addr_t start = gap_start(type_b, idx_b), end = gap_end(type_b, idx_b);

			if (region_end(m) <= start || start == end)
				continue;
			put_range(m, start, end, out_start, out_end, out_nid);
			*idx = m->base >= start ? cursor(idx_a - 1, idx_b) :
						  cursor(idx_a, idx_b - 1);
			return;
		}
	}
	*idx = ULLONG_MAX;
}

/**
 * __next_mem_pfn_range - one step of for_each_mem_pfn_range()
 * @idx: index of the last region, -1 at first and when there is nothing more
 * @nid: the node, or MEMBLOCK_MAX_NUMNODES for any
 * @out_start_pfn: set to the first whole page frame of the region, may be NULL
 * @out_end_pfn: set to the one after the last, may be NULL
 * @out_nid: set to the node, may be NULL
 *
 * Regions without a whole page frame are passed over, NOMAP ones are not.
 * Linux: mm/memblock.c:__next_mem_pfn_range, v6.1.
 */
void __next_mem_pfn_range(int *idx, int nid, unsigned long *out_start_pfn,
			  unsigned long *out_end_pfn, int *out_nid)
{
	const struct memblock_type *type = &memblock.memory;

	while (++*idx < (int)type->cnt) {
		const struct memblock_region *r = &type->regions[*idx];

		if (PFN_UP(r->base) >= PFN_DOWN(region_end(r)))
			continue;
		if (nid != MEMBLOCK_MAX_NUMNODES && nid != r->nid)
			continue;
		if (out_start_pfn)
			*out_start_pfn = PFN_UP(r->base);
		if (out_end_pfn)
			*out_end_pfn = PFN_DOWN(region_end(r));
		if (out_nid)
			*out_nid = r->nid;
		return;
	}
	*idx = -1;
}
