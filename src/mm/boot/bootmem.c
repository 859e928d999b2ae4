// SPDX-License-Identifier: GPL-2.0-only
/*
 * 2.6.34's boot allocator: one bit for each page frame of low memory.
 *
 *	bit = 1   reserved, or allocated, or not RAM
 *	bit = 0   free
 *
 * It starts with every bit set; the RAM ranges are freed, the early reservations
 * set again, and then it allocates: first fit from the goal up, or from where the
 * last search ended (hint_idx). An allocation that ends within a page lets the
 * next one begin there if that page's neighbour is what it finds (last_end_off).
 *
 *	| page k          | page k+1        |
 *	|#########________|                 |     last_end_off points to the first _
 *	|#########@@@@@@@@|@@@              |     the next allocation, @, begins there
 *
 * At the end free_all_bootmem() frees what is left, the bitmap last of all.
 * Everything is in page frames inside, in physical bytes at the interface.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/bitmap.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/bootmem.h>
#include <mm/boot/early.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

bootmem_data_t bootmem_node_data[MAX_NUMNODES] __section(".init.data.bootmem_node_data");

#define NO_RUN		(~0UL)	/* no page frame's index */

static struct list_head bdata_list __initdata = LIST_HEAD_INIT(bdata_list);
static bool bootmem_is_over __initdata;
static int bootmem_debug __initdata;

/* The function's name is a part of the line, so it is Linux's, whatever the caller's is. */
#define bootmem_trace(func, fmt, args...)					\
do {										\
	if (unlikely(bootmem_debug))						\
		printk(KERN_INFO "bootmem::%s " fmt, func, ##args);		\
} while (0)

#define bdebug(fmt, args...)	bootmem_trace(__func__, fmt, ##args)

/* From the first node's start to the hand-over. */
static enum serving __init serving(void)
{
	if (list_empty(&bdata_list))
		return NOT_STARTED;
	return bootmem_is_over ? HANDED_OVER : SERVING;
}

static int __init bdata_nid(const bootmem_data_t *bdata)
{
	return bdata - bootmem_node_data;
}

/**
 * bootmem_debug_setup - bootmem_debug: print every operation
 * @buf: ignored
 *
 * Return: 0.
 * Linux: mm/bootmem.c:bootmem_debug_setup, v2.6.34.
 */
int __init bootmem_debug_setup(char *buf)
{
	bootmem_debug = 1;
	return 0;
}

static unsigned long __init bootmap_bytes(unsigned long pages)
{
	return ALIGN((pages + 7) / 8, sizeof(long));
}

/**
 * bootmem_bootmap_pages - pages that a bitmap takes
 * @pages: page frames that it stands for
 *
 * Return: their number.
 * Linux: mm/bootmem.c:bootmem_bootmap_pages, v2.6.34.
 */
unsigned long __init bootmem_bootmap_pages(unsigned long pages)
{
	return PFN_UP(bootmap_bytes(pages));
}

/* After all nodes that begin at a lower page frame. */
static void __init link_bootmem(bootmem_data_t *bdata)
{
	bootmem_data_t *next;

	list_for_each_entry(next, &bdata_list, list)
		if (next->node_min_pfn > bdata->node_min_pfn)
			break;
	list_add_tail(&bdata->list, &next->list);
}

/**
 * init_bootmem_node - start the allocator for a node; everything is reserved
 * @pgdat: the node; its bdata is set
 * @freepfn: page frame where the bitmap goes, mapped, reserved by the caller
 * @startpfn: first page frame of the node
 * @endpfn: page frame after its last one in low memory
 *
 * Return: the bitmap's size in bytes.
 * Linux: mm/bootmem.c:init_bootmem_node, v2.6.34.
 */
unsigned long __init init_bootmem_node(pg_data_t *pgdat, unsigned long freepfn,
				       unsigned long startpfn, unsigned long endpfn)
{
	unsigned long bytes = bootmap_bytes(endpfn - startpfn);
	bootmem_data_t *bdata = pgdat->bdata;
	void *map = pfn_to_kaddr(freepfn);

	memset(map, 0xff, bytes);
	*bdata = (bootmem_data_t){
		.node_min_pfn = startpfn,
		.node_low_pfn = endpfn,
		.node_bootmem_map = map,
	};
	link_bootmem(bdata);
	bootmem_is_over = false;
	bootmem_trace("init_bootmem_core", "nid=%d start=%lx map=%lx end=%lx mapsize=%lx\n",
		      bdata_nid(bdata), startpfn, freepfn, endpfn, bytes);
	return bytes;
}

/* The pages whose bits are 0 in one word of the bitmap. */
static unsigned long __init free_bootmem_word(unsigned long start, unsigned long vec)
{
	unsigned long count = 0;

	for (; vec; vec &= vec - 1, count++)
		__free_pages_bootmem(pfn_to_page(start + __ffs(vec)), 0);
	return count;
}

/*
 * All pages whose bits are 0, from the lowest up: 32 at once where a whole word
 * is free and is not the last, else one by one. Then the bitmap itself.
 */
static unsigned long __init free_all_bootmem_core(bootmem_data_t *bdata)
{
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long start = bdata->node_min_pfn, end = bdata->node_low_pfn;
	unsigned long vec, map_pfn, pages, count = 0;
	int aligned = !(start & (BITS_PER_LONG - 1));

	bdebug("nid=%d start=%lx end=%lx aligned=%d\n", bdata_nid(bdata), start, end, aligned);

	for (; start < end; start += BITS_PER_LONG) {
		vec = ~map[(start - bdata->node_min_pfn) / BITS_PER_LONG];
		if (aligned && vec == ~0UL && start + BITS_PER_LONG < end) {
			__free_pages_bootmem(pfn_to_page(start), ilog2(BITS_PER_LONG));
			count += BITS_PER_LONG;
		} else {
			count += free_bootmem_word(start, vec);
		}
	}

	map_pfn = PFN_DOWN(__pa(map));
	pages = bootmem_bootmap_pages(bdata->node_low_pfn - bdata->node_min_pfn);
	count += pages;
	for (; pages; pages--, map_pfn++)
		__free_pages_bootmem(pfn_to_page(map_pfn), 0);
	bdebug("nid=%d released=%lx\n", bdata_nid(bdata), count);
	return count;
}

/**
 * free_all_bootmem - hand all free low memory to the buddy allocator
 *
 * Every call from here on is a BUG.
 * Return: the number of pages.
 * Linux: mm/bootmem.c:free_all_bootmem, v2.6.34.
 */
unsigned long __init free_all_bootmem(void)
{
	unsigned long total_pages = 0;
	bootmem_data_t *bdata;

	check_serving(serving(), CALL);
	list_for_each_entry(bdata, &bdata_list, list)
		total_pages += free_all_bootmem_core(bdata);
	bootmem_is_over = true;
	return total_pages;
}

/* All bits of [sidx, eidx) must be set; the range may be empty. */
static void __init __free(bootmem_data_t *bdata, unsigned long sidx, unsigned long eidx)
{
	bdebug("nid=%d start=%lx end=%lx\n", bdata_nid(bdata),
	       sidx + bdata->node_min_pfn, eidx + bdata->node_min_pfn);
	if (bdata->hint_idx > sidx)
		bdata->hint_idx = sidx;
	if (sidx >= eidx)
		return;			/* less than a page, rounded inward */
	BUG_ON(find_next_zero_bit(bdata->node_bootmem_map, eidx, sidx) < eidx);
	bitmap_clear(bdata->node_bootmem_map, sidx, eidx - sidx);
}

/* Returns 0, or -1 if exclusive and a bit was set already; then nothing is changed. */
static int __init __reserve(bootmem_data_t *bdata, unsigned long sidx, unsigned long eidx,
			    int flags)
{
	unsigned long *map = bdata->node_bootmem_map;
	unsigned long idx = sidx;

	bdebug("nid=%d start=%lx end=%lx flags=%x\n", bdata_nid(bdata),
	       sidx + bdata->node_min_pfn, eidx + bdata->node_min_pfn, flags);
	/* [sidx, idx) was free or may be reserved twice. */
	while ((idx = find_next_bit(map, eidx, idx)) < eidx) {
		if (flags & BOOTMEM_EXCLUSIVE) {
			bitmap_set(map, sidx, idx - sidx);
			__free(bdata, sidx, idx);	/* which also moves the hint */
			return -1;
		}
		if (!bootmem_debug)
			break;
		bdebug("silent double reserve of PFN %lx\n", idx + bdata->node_min_pfn);
		idx++;
	}
	if (sidx < eidx)
		bitmap_set(map, sidx, eidx - sidx);
	return 0;
}

static int __init mark_bootmem_node(bootmem_data_t *bdata, unsigned long start, unsigned long end,
				    int reserve, int flags)
{
	bdebug("nid=%d start=%lx end=%lx reserve=%d flags=%x\n",
	       bdata_nid(bdata), start, end, reserve, flags);
	BUG_ON(start < bdata->node_min_pfn);
	BUG_ON(end > bdata->node_low_pfn);
	if (reserve)
		return __reserve(bdata, start - bdata->node_min_pfn, end - bdata->node_min_pfn,
				 flags);
	__free(bdata, start - bdata->node_min_pfn, end - bdata->node_min_pfn);
	return 0;
}

/**
 * free_bootmem_node - give a range back
 * @pgdat: the node in which it lies
 * @physaddr: physical address
 * @size: bytes
 *
 * Rounded inward: pages that are covered only in part stay reserved. A page that
 * is free already is a BUG.
 * Linux: mm/bootmem.c:free_bootmem_node, v2.6.34.
 */
void __init free_bootmem_node(pg_data_t *pgdat, unsigned long physaddr, unsigned long size)
{
	check_serving(serving(), CALL);
	mark_bootmem_node(pgdat->bdata, PFN_UP(physaddr), PFN_DOWN(physaddr + size), 0, 0);
}

/**
 * reserve_bootmem - take a range out
 * @addr: physical address
 * @size: bytes
 * @flags: BOOTMEM_DEFAULT, or BOOTMEM_EXCLUSIVE if none of it may be reserved yet
 *
 * Rounded outward; in one node, else BUG.
 * Return: 0, or -1 if exclusive and not free (-EBUSY in Linux).
 * Linux: mm/bootmem.c:reserve_bootmem, v2.6.34.
 */
int __init reserve_bootmem(unsigned long addr, unsigned long size, int flags)
{
	unsigned long start = PFN_DOWN(addr), end = PFN_UP(addr + size);
	bootmem_data_t *bdata;

	check_serving(serving(), CALL);
	list_for_each_entry(bdata, &bdata_list, list) {
		if (start < bdata->node_min_pfn || start >= bdata->node_low_pfn)
			continue;
		if (!mark_bootmem_node(bdata, start, end, 1, flags))
			return 0;
		/* Linux then frees what other nodes gave: here none did, but the trace has the line. */
		mark_bootmem_node(bdata, start, start, 0, 0);
		return -1;
	}
	BUG();
}

/* A page index, aligned so that the page frame number is a multiple of step. */
static unsigned long __init align_idx(const bootmem_data_t *bdata, unsigned long idx,
				      unsigned long step)
{
	return ALIGN(bdata->node_min_pfn + idx, step) - bdata->node_min_pfn;
}

/* The same for bytes. */
static unsigned long __init align_off(const bootmem_data_t *bdata, unsigned long off,
				      unsigned long align)
{
	unsigned long base = bdata->node_min_pfn << PAGE_SHIFT;

	return ALIGN(base + off, align) - base;
}

/* The first free run of nr pages from sidx on, aligned to step as sidx is, or NO_RUN. */
static unsigned long __init find_free_run(const bootmem_data_t *bdata, unsigned long sidx,
					  unsigned long nr, unsigned long step)
{
	return bitmap_find_free_run(bdata->node_bootmem_map,
				    bdata->node_low_pfn - bdata->node_min_pfn, sidx, nr, step);
}

/*
 * Where an allocation begins for which the search has found page idx, in bytes from the node's
 * start: there, or in what the last allocation has left of the page before.
 */
static unsigned long __init first_byte(const bootmem_data_t *bdata, unsigned long idx,
				       unsigned long align)
{
	unsigned long rest = bdata->last_end_off;

	if (!(rest & ~PAGE_MASK) || PFN_UP(rest) != idx)
		return idx << PAGE_SHIFT;
	return align_off(bdata, rest, align);
}

/* Takes size bytes for which the search has found page idx. The page before it is taken already. */
static void * __init take_run(bootmem_data_t *bdata, unsigned long idx, unsigned long size,
			      unsigned long align)
{
	unsigned long start = first_byte(bdata, idx, align), end = start + size;
	int busy = __reserve(bdata, idx, PFN_UP(end), BOOTMEM_EXCLUSIVE);

	BUG_ON(busy);
	bdata->hint_idx = PFN_UP(end);
	bdata->last_end_off = end;
	return memset(phys_to_virt(PFN_PHYS(bdata->node_min_pfn) + start), 0, size);
}

static void * __init alloc_bootmem_core(bootmem_data_t *bdata, unsigned long size,
					unsigned long align, unsigned long goal)
{
	unsigned long min = bdata->node_min_pfn, max = bdata->node_low_pfn, nr = PFN_UP(size);
	unsigned long step, sidx, found = NO_RUN;

	bdebug("nid=%d size=%lx [%lu pages] align=%lx goal=%lx limit=0\n", bdata_nid(bdata),
	       size, PAGE_ALIGN(size) >> PAGE_SHIFT, align, goal);
	BUG_ON(!size);
	BUG_ON(align & (align - 1));
	goal >>= PAGE_SHIFT;
	step = max_t(unsigned long, align >> PAGE_SHIFT, 1);
	sidx = ALIGN(goal && min < goal && goal < max ? goal : min, step) - min;
	if (bdata->hint_idx > sidx)
		found = find_free_run(bdata, align_idx(bdata, bdata->hint_idx, step), nr, step);
	if (found == NO_RUN)
		found = find_free_run(bdata, sidx, nr, step);
	return found == NO_RUN ? NULL : take_run(bdata, found, size, align);
}

/*
 * On i386 node 0 is asked first, whose memory is the lowest; of one node there is no choice.
 * Linux: mm/bootmem.c:alloc_arch_preferred_bootmem, v2.6.34.
 */
static void * __init alloc_preferred(unsigned long size, unsigned long align, unsigned long goal)
{
	if (MAX_NUMNODES == 1 || !bootmem_node_data[0].node_bootmem_map)
		return NULL;
	return alloc_bootmem_core(&bootmem_node_data[0], size, align, goal);
}

/* From the first node that has the room above the goal. */
static void * __init alloc_from_nodes(unsigned long size, unsigned long align, unsigned long goal)
{
	void *preferred = alloc_preferred(size, align, goal);
	bootmem_data_t *bdata;

	if (preferred)
		return preferred;
	list_for_each_entry(bdata, &bdata_list, list) {
		void *mem = NULL;

		if (PFN_DOWN(goal) < bdata->node_low_pfn)
			mem = alloc_bootmem_core(bdata, size, align, goal);
		if (mem)
			return mem;
	}
	return NULL;
}

/**
 * __alloc_bootmem_nopanic - allocate, or return NULL
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; dropped if there is nothing above it
 *
 * Return: zeroed memory in the linear map.
 * Linux: mm/bootmem.c:__alloc_bootmem_nopanic, v2.6.34.
 */
void * __init __alloc_bootmem_nopanic(unsigned long size, unsigned long align, unsigned long goal)
{
	void *mem;

	check_serving(serving(), CALL);
	mem = alloc_from_nodes(size, align, goal);
	return mem || !goal ? mem : alloc_from_nodes(size, align, 0);
}

/**
 * bootmem_free_pages - how many pages are free now
 *
 * Return: their number.
 */
unsigned long __init bootmem_free_pages(void)
{
	unsigned long pages = 0;
	bootmem_data_t *bdata;

	list_for_each_entry(bdata, &bdata_list, list) {
		unsigned long size = bdata->node_low_pfn - bdata->node_min_pfn;

		pages += size - bitmap_weight(bdata->node_bootmem_map, size);
	}
	return pages;
}

/* --- as the boot allocator -------------------------------------------------------------- */

static unsigned long bootmap __initdata;	/* the bitmaps' physical address */

/* Of a node's part of low memory. */
static unsigned long __init node_bootmap_pages(int nid)
{
	unsigned long start_pfn, end_pfn;

	node_low_range(nid, &start_pfn, &end_pfn);
	return start_pfn < end_pfn ? bootmem_bootmap_pages(end_pfn - start_pfn) : 0;
}

/* Linux counts on all nodes' bitmaps having no more pages together than one for all low memory. */
static void __init place_tables(void)
{
	unsigned long pages = 0;
	int nid;

	for_each_online_node(nid)
		pages += node_bootmap_pages(nid);
	bootmap = early_place_bitmap(max(pages, bootmem_bootmap_pages(max_low_pfn)));
}

/* In each node that it lies in: where nodes lie in each other there can be several, or none. */
static void __init take_reservation(struct phys_range range)
{
	unsigned long start = PFN_DOWN(range.start), end = PFN_UP(range.end);
	bootmem_data_t *bdata;

	list_for_each_entry(bdata, &bdata_list, list) {
		unsigned long first = max(start, bdata->node_min_pfn);
		unsigned long last = min(end, bdata->node_low_pfn);

		if (first < last)
			mark_bootmem_node(bdata, first, last, 1, BOOTMEM_DEFAULT);
	}
}

static int __init free_low_range(unsigned long start_pfn, unsigned long end_pfn, void *pgdat)
{
	end_pfn = min(end_pfn, max_low_pfn);
	if (start_pfn < end_pfn)
		free_bootmem_node(pgdat, PFN_PHYS(start_pfn), PFN_PHYS(end_pfn - start_pfn));
	return 0;
}

/*
 * All of a node's RAM that is low memory.
 * Linux: mm/page_alloc.c:free_bootmem_with_active_regions, v2.6.34.
 */
static void __init free_bootmem_with_active_regions(int nid)
{
	work_with_active_regions(nid, free_low_range, NODE_DATA(nid));
}

/*
 * A node's bitmap, in pages of its own from `at' on; returns its size, and where it ends. A node without any
 * memory has none, and the same lines. Linux: arch/x86/mm/init_32.c:setup_node_bootmem, v2.6.34, where a bitmap
 * that doesn't begin with a page lies over the end of the one before.
 */
static unsigned long __init setup_node_bootmem(int nid, unsigned long *at)
{
	unsigned long start_pfn, end_pfn, map = *at, bytes = 0;
	bool empty;

	node_low_range(nid, &start_pfn, &end_pfn);
	empty = MAX_NUMNODES > 1 && start_pfn >= end_pfn;
	if (start_pfn > max_low_pfn)
		return 0;
	if (!empty) {
		map = PAGE_ALIGN(map);
		bytes = init_bootmem_node(NODE_DATA(nid), PFN_DOWN(map), start_pfn, end_pfn);
	}
	printk(KERN_INFO "  node %d low ram: %08lx - %08lx\n", nid, start_pfn << PAGE_SHIFT,
	       end_pfn << PAGE_SHIFT);
	printk(KERN_INFO "  node %d bootmap %08lx - %08lx\n", nid, map, map + bytes);
	if (!empty)
		free_bootmem_with_active_regions(nid);
	*at = map + bytes;
	return bytes;
}

/* As 2.6.34 does it in setup_bootmem_allocator(), for each node that doesn't begin above low memory. */
static void __init start(void)
{
	unsigned long at = bootmap, bytes = 0;
	int nid;

	for_each_online_node(nid) {
		NODE_DATA(nid)->bdata = &bootmem_node_data[nid];
		bytes += setup_node_bootmem(nid, &at);
	}
	early_hand_over(bytes, take_reservation);
}

static void * __init alloc(unsigned long size, unsigned long align, unsigned long goal,
			   const void *caller)
{
	return __alloc_bootmem_nopanic(size, align, goal);
}

/* Linux: mm/bootmem.c:__alloc_bootmem_node_nopanic, v2.6.34. */
static void * __init alloc_node(int nid, unsigned long size, unsigned long align, unsigned long goal,
				const void *caller)
{
	void *mem;

	check_serving(serving(), CALL);
	mem = alloc_preferred(size, align, goal);
	if (!mem && bootmem_node_data[nid].node_bootmem_map)
		mem = alloc_bootmem_core(&bootmem_node_data[nid], size, align, goal);
	return mem ?: __alloc_bootmem_nopanic(size, align, goal);
}

const struct boot_allocator bootmem_allocator __refconst = {
	.name = "bootmem",
	.reserve = early_reserve,
	.reserve_overlap_ok = early_reserve_overlap_ok,
	.unreserve = early_unreserve,
	.add_ram = early_add_ram,
	.find_area = early_res_find_area,
	.next_free = early_res_next_free,
	.place_tables = place_tables,
	.start = start,
	.alloc = alloc,
	.alloc_node = MAX_NUMNODES > 1 ? alloc_node : NULL,
	.free_pages = bootmem_free_pages,
	.bookkeeping = early_bookkeeping,
	.hand_over = free_all_bootmem,
	.reservation = early_reservation,
	.nr_reservations = early_nr_reservations,
};
