// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock: finding a free place, and reserving it.
 *
 *	top-down (the default)	the last free range that can hold it, as high in it as alignment
 *				allows
 *	bottom-up		the first one, as low in it as alignment allows
 *
 * The limits are the caller's and, where it names none, current_limit. A request that can't be met
 * is tried again with fewer conditions, in this order: on any node instead of the one asked for
 * (unless it must be that one), without mirroring, and for the functions that return a pointer
 * without the lower limit. The size is taken as it is, not rounded up to the alignment.
 *
 * Linux: mm/memblock.c, v6.1.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/memblock_internal.h>

/* What an allocation asks for. */
struct request {
	phys_addr_t size, align;	/* bytes; a power of two */
	phys_addr_t start, end;		/* where it may lie */
	int nid;
	bool exact_nid;
};

/* A free range, as far as it lies within the request's limits. */
static phys_addr_t __init clamp_to(const struct request *req, phys_addr_t addr)
{
	return min(max(addr, req->start), req->end);
}

/* The lowest place for it, 0 if there is none. */
static phys_addr_t __init find_bottom_up(const struct request *req, int nid,
					 enum memblock_flags flags)
{
	phys_addr_t start, end, addr;
	u64 i;

	for_each_free_mem_range(i, nid, flags, &start, &end, NULL) {
		start = clamp_to(req, start);
		end = clamp_to(req, end);
		addr = round_up(start, req->align);
		if (addr >= start && addr < end && end - addr >= req->size)
			return addr;
	}
	return 0;
}

/* The highest place for it, 0 if there is none. */
static phys_addr_t __init find_top_down(const struct request *req, int nid,
					enum memblock_flags flags)
{
	phys_addr_t start, end, addr;
	u64 i;

	for_each_free_mem_range_reverse(i, nid, flags, &start, &end, NULL) {
		start = clamp_to(req, start);
		end = clamp_to(req, end);
		if (end < req->size)
			continue;
		addr = round_down(end - req->size, req->align);
		if (addr >= start)
			return addr;
	}
	return 0;
}

/*
 * A place for it, 0 if there is none. The first page is never given away.
 *
 * Linux: mm/memblock.c:memblock_find_in_range_node, v6.1.
 */
static phys_addr_t __init find_place(const struct request *given, int nid,
				     enum memblock_flags flags)
{
	struct request req = *given;

	if (req.end == MEMBLOCK_ALLOC_ACCESSIBLE || req.end == MEMBLOCK_ALLOC_NOLEAKTRACE)
		req.end = memblock.current_limit;
	req.start = max(req.start, (phys_addr_t)PAGE_SIZE);
	req.end = max(req.start, req.end);
	return memblock.bottom_up ? find_bottom_up(&req, nid, flags) :
				    find_top_down(&req, nid, flags);
}

static enum memblock_flags __init choose_memblock_flags(void)
{
	return memblock_state.has_mirror ? MEMBLOCK_MIRROR : MEMBLOCK_NONE;
}

static void __init no_mirror(phys_addr_t size)
{
	printk(KERN_WARNING "Could not allocate " PA " bytes of mirrored memory\n", size);
}

/**
 * memblock_find_in_range - look for a free place without reserving it
 * @start: not below this address, nor in the first page
 * @end: not beyond this address; or one of MEMBLOCK_ALLOC_*
 * @size: bytes
 * @align: power of two
 *
 * Return: a physical address, 0 if there is no such place.
 * Linux: mm/memblock.c:memblock_find_in_range, v6.1.
 */
phys_addr_t __init memblock_find_in_range(phys_addr_t start, phys_addr_t end, phys_addr_t size,
					  phys_addr_t align)
{
	const struct request req = { .size = size, .align = align, .start = start, .end = end };
	enum memblock_flags flags = choose_memblock_flags();
	phys_addr_t addr = find_place(&req, NUMA_NO_NODE, flags);

	if (addr || !(flags & MEMBLOCK_MIRROR))
		return addr;
	no_mirror(size);
	return find_place(&req, NUMA_NO_NODE, MEMBLOCK_NONE);
}

/* Finds a place and reserves it; 0 when either fails. */
static __always_inline phys_addr_t __init take_place(const struct request *req, int nid,
						     enum memblock_flags flags)
{
	phys_addr_t addr = find_place(req, nid, flags);

	return addr && !memblock_reserve(addr, req->size) ? addr : 0;
}

/* The node asked for, then any node. */
static __always_inline phys_addr_t __init take_on_nodes(const struct request *req,
							enum memblock_flags flags)
{
	phys_addr_t addr = take_place(req, req->nid, flags);

	if (!addr && req->nid != NUMA_NO_NODE && !req->exact_nid)
		addr = take_place(req, NUMA_NO_NODE, flags);
	return addr;
}

/*
 * Whether an allocation can succeed at all. It can't before there is memory, and it must not after
 * the hand-over or with a senseless alignment; either way the log says who asked.
 */
static bool __init check_request(const char *func, phys_addr_t size, phys_addr_t align,
				 const void *caller)
{
	memblock_assert_live(func, caller);
	if (align & (align - 1)) {
		printk(KERN_EMERG "memdawn: %s: %s asks for alignment 0x%llx, no power of two\n",
		       func, symbol_text(caller), align);
		BUG();
	}
	if (memblock.memory.regions[0].size)
		return true;
	printk(KERN_ERR "memdawn: %s: %s wants 0x%llx bytes before any memory was added\n", func,
	       symbol_text(caller), size);
	return false;
}

/**
 * memblock_alloc_range_nid - allocate within limits, on a node
 * @size: bytes
 * @align: power of two; 0: MEMBLOCK_CACHE_BYTES
 * @start: not below this address, nor in the first page
 * @end: not beyond this address; or one of MEMBLOCK_ALLOC_*
 * @nid: the node, or NUMA_NO_NODE for any
 * @exact_nid: no other node will do
 *
 * All allocations come through here: the log names it as the one who reserves.
 * Return: a physical address; 0 if there is no place, or no room left to note it.
 * Linux: mm/memblock.c:memblock_alloc_range_nid, v6.1.
 */
noinline phys_addr_t __init memblock_alloc_range_nid(phys_addr_t size, phys_addr_t align,
						     phys_addr_t start, phys_addr_t end, int nid,
						     bool exact_nid)
{
	const struct request req = {
		.size = size,
		.align = align ? align : MEMBLOCK_CACHE_BYTES,
		.start = start,
		.end = end,
		.nid = nid == MEMBLOCK_MAX_NUMNODES ? NUMA_NO_NODE : nid,
		.exact_nid = exact_nid,
	};
	enum memblock_flags flags = choose_memblock_flags();
	phys_addr_t addr;

	if (!check_request(__func__, size, align, memblock_caller()))
		return 0;
	addr = take_on_nodes(&req, flags);
	if (!addr && (flags & MEMBLOCK_MIRROR)) {
		no_mirror(size);
		addr = take_on_nodes(&req, MEMBLOCK_NONE);
	}
	return addr;
}

/**
 * memblock_phys_alloc_range - allocate within limits
 * @size: bytes
 * @align: power of two; 0: MEMBLOCK_CACHE_BYTES
 * @start: not below this address, nor in the first page
 * @end: not beyond this address; or one of MEMBLOCK_ALLOC_*
 *
 * Return: a physical address; 0 if there is no place, or no room left to note it.
 * Linux: mm/memblock.c:memblock_phys_alloc_range, v6.1.
 */
phys_addr_t __init memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align,
					     phys_addr_t start, phys_addr_t end)
{
	if (!check_request(__func__, size, align, memblock_caller()))
		return 0;
	memblock_dbg("%s: %llu bytes align=0x%llx from=" PA " max_addr=" PA " %s\n", __func__,
		     size, align, start, end, symbol_text(memblock_caller()));
	return memblock_alloc_range_nid(size, align, start, end, NUMA_NO_NODE, false);
}

/**
 * memblock_phys_alloc_try_nid - allocate on a node, or else on any
 * @size: bytes
 * @align: power of two; 0: MEMBLOCK_CACHE_BYTES
 * @nid: the node, or NUMA_NO_NODE for any
 *
 * Return: a physical address below current_limit; 0 if there is no place, or no room left to note
 * it.
 * Linux: mm/memblock.c:memblock_phys_alloc_try_nid, v6.1.
 */
phys_addr_t __init memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, int nid)
{
	if (!check_request(__func__, size, align, memblock_caller()))
		return 0;
	return memblock_alloc_range_nid(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE, nid, false);
}

/*
 * For the functions that return a pointer: never above current_limit, and below the lower limit
 * rather than not at all. Linux: mm/memblock.c:memblock_alloc_internal, v6.1.
 */
static void *__init alloc_virtual(const char *func, const struct request *req, const void *caller)
{
	phys_addr_t end = min(req->end, memblock.current_limit), addr;

	if (!check_request(func, req->size, req->align, caller))
		return NULL;
	memblock_dbg("%s: %llu bytes align=0x%llx nid=%d from=" PA " max_addr=" PA " %s\n", func,
		     req->size, req->align, req->nid, req->start, req->end,
		     symbol_text(caller));
	addr = memblock_alloc_range_nid(req->size, req->align, req->start, end, req->nid,
					req->exact_nid);
	if (!addr && req->start)
		addr = memblock_alloc_range_nid(req->size, req->align, 0, end, req->nid,
						req->exact_nid);
	return addr ? __va(addr) : NULL;
}

static void *__init alloc_zeroed(const struct request *req, const void *caller)
{
	void *ptr = alloc_virtual("memblock_alloc_try_nid", req, caller);

	if (ptr)
		memset(ptr, 0, req->size);
	return ptr;
}

/**
 * memblock_alloc_exact_nid_raw - allocate on this node or not at all
 * @size: bytes
 * @align: power of two; 0: MEMBLOCK_CACHE_BYTES
 * @min_addr: preferably not below this address
 * @max_addr: not beyond this address; or MEMBLOCK_ALLOC_ACCESSIBLE; never beyond current_limit
 * @nid: the node, or NUMA_NO_NODE for any
 *
 * The memory is as it was left, not zeroed. What lies below current_limit must be mapped.
 * Return: its address; NULL if there is no place, or no room left to note it.
 * Linux: mm/memblock.c:memblock_alloc_exact_nid_raw, v6.1.
 */
void *__init memblock_alloc_exact_nid_raw(phys_addr_t size, phys_addr_t align,
					  phys_addr_t min_addr, phys_addr_t max_addr, int nid)
{
	const struct request req = { size, align, min_addr, max_addr, nid, true };

	return alloc_virtual(__func__, &req, memblock_caller());
}

/**
 * memblock_alloc_try_nid_raw - allocate on a node, or else on any
 * @size: bytes
 * @align: power of two; 0: MEMBLOCK_CACHE_BYTES
 * @min_addr: preferably not below this address
 * @max_addr: not beyond this address; or MEMBLOCK_ALLOC_ACCESSIBLE; never beyond current_limit
 * @nid: the node, or NUMA_NO_NODE for any
 *
 * The memory is as it was left, not zeroed. What lies below current_limit must be mapped.
 * Return: its address; NULL if there is no place, or no room left to note it.
 * Linux: mm/memblock.c:memblock_alloc_try_nid_raw, v6.1.
 */
void *__init memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align,
					phys_addr_t min_addr, phys_addr_t max_addr, int nid)
{
	const struct request req = { size, align, min_addr, max_addr, nid, false };

	return alloc_virtual(__func__, &req, memblock_caller());
}

/**
 * memblock_alloc_try_nid - allocate zeroed memory on a node, or else on any
 * @size: bytes
 * @align: power of two; 0: MEMBLOCK_CACHE_BYTES
 * @min_addr: preferably not below this address
 * @max_addr: not beyond this address; or MEMBLOCK_ALLOC_ACCESSIBLE; never beyond current_limit
 * @nid: the node, or NUMA_NO_NODE for any
 *
 * What lies below current_limit must be mapped.
 * Return: its address; NULL if there is no place, or no room left to note it.
 * Linux: mm/memblock.c:memblock_alloc_try_nid, v6.1.
 */
void *__init memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				    phys_addr_t max_addr, int nid)
{
	const struct request req = { size, align, min_addr, max_addr, nid, false };

	return alloc_zeroed(&req, memblock_caller());
}

/**
 * memblock_alloc_for - memblock_alloc_from() on somebody's behalf
 * @size: bytes
 * @align: power of two; 0: MEMBLOCK_CACHE_BYTES
 * @min_addr: preferably not below this address
 * @caller: who wants it, for the log
 *
 * Return: the address of zeroed memory; NULL if there is no place, or no room left to note it.
 */
void *__init memblock_alloc_for(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				const void *caller)
{
	const struct request req = { size, align, min_addr, MEMBLOCK_ALLOC_ACCESSIBLE,
				     NUMA_NO_NODE, false };

	return alloc_zeroed(&req, caller);
}
