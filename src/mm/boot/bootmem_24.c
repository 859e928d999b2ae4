// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot allocator of 2.4 and early 2.6: one bit for each page frame of low memory.
 *
 *	bit = 1   reserved, or allocated, or not RAM
 *	bit = 0   free
 *
 * It starts with every bit set; the RAM ranges are freed, the kernel with the bitmap after it and
 * page 0 are reserved again. An allocation is the first fit from the goal up; if there is none,
 * from the start of the node. Nothing but the end of the last allocation is remembered, so that a
 * small one can begin in the page where the one before it ended:
 *
 *	| page last_pos   | last_pos + 1    |
 *	|#########________|                 |     last_offset is the first _, 0 if there is none
 *	|#########@@@@@@@@|@@@              |     the next allocation, @, begins there if the page
 *	                                          after it is what the search has found for it
 *
 * At the end the free pages are handed over one by one, as all versions of 2.4 do (32 at once came
 * with 2.6), then the bitmap's own.
 *
 * The behaviour is 2.4.37's, with one node. 2.6 added a memory of where the last search had
 * succeeded (last_success) and 2.6.27 replaced the allocator: mm/bootmem.c. Where 2.4 goes wrong
 * on bad input this one refuses it with a message; the functions say where.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/bootmem_24.h>
#include <mm/boot/early.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#define NO_PAGE		(~0UL)
/* A node's end as an address must be an unsigned long. */
#define MAX_LOW_PFN	(~0UL >> PAGE_SHIFT)

struct bootmem24_data bootmem24_node_data __initdata;

static enum serving __init serving(void)
{
	if (bootmem24_node_data.node_bootmem_map)
		return SERVING;
	return bootmem24_node_data.node_low_pfn ? HANDED_OVER : NOT_STARTED;
}

/* end_pfn: addr + size, rounded as the caller needs it. */
static void __init check_range(const char *func, const void *caller, unsigned long addr,
			       unsigned long size, u64 end_pfn)
{
	const struct bootmem24_data *bdata = &bootmem24_node_data;

	check_serving(serving(), func, caller);
	if (!size || addr < bdata->node_boot_start || end_pfn > bdata->node_low_pfn)
		refuse_call(func, caller, "%lx bytes at %lx, but the node is %lx - %lx", size, addr,
			    bdata->node_boot_start, bdata->node_low_pfn << PAGE_SHIFT);
}

static unsigned long __init node_start_pfn(void)
{
	return PFN_DOWN(bootmem24_node_data.node_boot_start);
}

/* How many bits the bitmap has. */
static unsigned long __init node_pages(void)
{
	return bootmem24_node_data.node_low_pfn - node_start_pfn();
}

/*
 * Whoever frees the RAM in which the bitmap lies must reserve the bitmap before allocating, or it
 * is given away; and its pages are handed over in any case, so they must not be free before.
 */
static void __init check_bitmap_reserved(const char *func, const void *caller)
{
	const unsigned long *map = bootmem24_node_data.node_bootmem_map;
	unsigned long start = PFN_DOWN(__pa(map)) - node_start_pfn();
	unsigned long end = start + bootmem24_bootmap_pages(node_pages());

	if (find_next_zero_bit(map, end, start) < end)
		refuse_call(func, caller, "the bitmap at %lx is not reserved", __pa(map));
}

/**
 * bootmem24_bootmap_pages - pages that a bitmap takes
 * @pages: page frames that it stands for, less than 2^20
 *
 * Return: their number.
 * Linux: mm/bootmem.c:bootmem_bootmap_pages, v2.4.37.
 */
unsigned long __init bootmem24_bootmap_pages(unsigned long pages)
{
	return PFN_UP(DIV_ROUND_UP(pages, 8));
}

static void __init check_node(const char *func, const void *caller, unsigned long mapstart,
			      unsigned long start, unsigned long end)
{
	unsigned long map_pages = bootmem24_bootmap_pages(end - start);

	if (bootmem24_node_data.node_low_pfn)
		refuse_call(func, caller, "the allocator has been started before");
	if (start >= end || end > MAX_LOW_PFN)
		refuse_call(func, caller, "no node can be page frames %lx - %lx", start, end);
	if (mapstart < start || mapstart > end || map_pages > end - mapstart)
		refuse_call(func, caller, "no room for %lu pages of bitmap at page frame %lx: the node "
			    "is %lx - %lx", map_pages, mapstart, start, end);
}

static unsigned long __init init_bootmem_core(unsigned long mapstart, unsigned long start,
					      unsigned long end)
{
	struct bootmem24_data *bdata = &bootmem24_node_data;
	unsigned long mapsize = ALIGN(DIV_ROUND_UP(end - start, 8), sizeof(long));

	bdata->node_bootmem_map = pfn_to_kaddr(mapstart);
	bdata->node_boot_start = start << PAGE_SHIFT;
	bdata->node_low_pfn = end;
	memset(bdata->node_bootmem_map, 0xff, mapsize);
	return mapsize;
}

/**
 * bootmem24_init - start the allocator for low memory; everything is reserved
 * @start_pfn: page frame where the bitmap goes: the first one after the kernel. It is mapped, and
 *	the caller frees its RAM and reserves it again
 * @max_low_pfn: page frame after the last one of low memory, less than 2^20
 *
 * Once. BUG if the bitmap does not fit between the two.
 *
 * Return: the bitmap's size in bytes.
 * Linux: mm/bootmem.c:init_bootmem, v2.4.37, which sets the variables min_low_pfn and max_low_pfn
 * to its arguments as well.
 */
unsigned long __init bootmem24_init(unsigned long start_pfn, unsigned long max_low_pfn)
{
	check_node(CALL, start_pfn, 0, max_low_pfn);
	return init_bootmem_core(start_pfn, 0, max_low_pfn);
}

/**
 * bootmem24_init_node - the same for memory that doesn't begin at 0
 * @mapstart: page frame where the bitmap goes, within the node
 * @start: first page frame of the node
 * @end: page frame after its last one, less than 2^20
 *
 * Once: there is one node.
 *
 * Return: the bitmap's size in bytes.
 * Linux: mm/bootmem.c:init_bootmem_node, v2.4.37.
 */
unsigned long __init bootmem24_init_node(unsigned long mapstart, unsigned long start,
					 unsigned long end)
{
	check_node(CALL, mapstart, start, end);
	return init_bootmem_core(mapstart, start, end);
}

static void __init free_range(const char *func, const void *caller, unsigned long addr,
			      unsigned long size)
{
	struct bootmem24_data *bdata = &bootmem24_node_data;
	u64 start_pfn = PFN_UP((u64)addr), end_pfn = PFN_DOWN((u64)addr + size);
	unsigned long sidx, eidx, free;

	check_range(func, caller, addr, size, end_pfn);
	if (start_pfn >= end_pfn)
		return;
	sidx = start_pfn - node_start_pfn();
	eidx = end_pfn - node_start_pfn();
	free = find_next_zero_bit(bdata->node_bootmem_map, eidx, sidx);
	if (free < eidx)
		refuse_call(func, caller, "%lx bytes at %lx, but page frame %lx is not reserved", size,
			    addr, free + node_start_pfn());
	bitmap_clear(bdata->node_bootmem_map, sidx, eidx - sidx);
	if (sidx <= bdata->last_pos && bdata->last_pos < eidx)
		bdata->last_offset = 0;
}

/**
 * bootmem24_free - give a range back
 * @addr: physical address
 * @size: bytes, not 0
 *
 * Rounded inward: a page that is covered only in part stays reserved. BUG if the range is not
 * within the node or a page of it is free already; then nothing has been changed.
 *
 * Linux: mm/bootmem.c:free_bootmem, v2.4.37. There an allocation may still begin in the rest of a
 * page that has been freed; here it doesn't.
 */
void __init bootmem24_free(unsigned long addr, unsigned long size)
{
	free_range(CALL, addr, size);
}

/**
 * bootmem24_register_low_pages - a range is RAM: free its pages
 * @addr: physical address; the range may lie beyond low memory, in part or as a whole
 * @size: bytes; what goes beyond 2^64 is beyond low memory too
 *
 * For each RAM range of the memory map, rounded inward. BUG if two of them overlap.
 * Linux: arch/i386/kernel/setup.c:register_bootmem_low_pages, v2.4.37, where the loop over the
 * map is in the function.
 */
void __init bootmem24_register_low_pages(u64 addr, u64 size)
{
	u64 low = PFN_PHYS(bootmem24_node_data.node_low_pfn);
	unsigned long curr_pfn, last_pfn;

	check_serving(serving(), CALL);
	if (addr >= low)
		return;
	curr_pfn = PFN_UP(addr);
	last_pfn = PFN_DOWN(addr + min(size, low - addr));
	if (curr_pfn < last_pfn)
		free_range(CALL, curr_pfn << PAGE_SHIFT, (last_pfn - curr_pfn) << PAGE_SHIFT);
}

/**
 * bootmem24_reserve - take a range out
 * @addr: physical address
 * @size: bytes, not 0
 *
 * Rounded outward. A page that is not free is reported, and stays what it is. BUG if the range is
 * not within the node.
 * Linux: mm/bootmem.c:reserve_bootmem, v2.4.37.
 */
void __init bootmem24_reserve(unsigned long addr, unsigned long size)
{
	unsigned long *map = bootmem24_node_data.node_bootmem_map;
	u64 end_pfn = PFN_UP((u64)addr + size);
	unsigned long sidx, eidx, i;

	check_range(CALL, addr, size, end_pfn);
	sidx = PFN_DOWN(addr) - node_start_pfn();
	eidx = end_pfn - node_start_pfn();
	for (i = find_next_bit(map, eidx, sidx); i < eidx; i = find_next_bit(map, eidx, i + 1))
		printk("hm, page %08lx reserved twice.\n", (node_start_pfn() + i) << PAGE_SHIFT);
	bitmap_set(map, sidx, eidx - sidx);
}

/* The first of nr free pages in a row at i, i + incr, i + 2 * incr, ...; NO_PAGE: there is none. */
static unsigned long __init find_free_run(unsigned long i, unsigned long nr, unsigned long incr)
{
	return bitmap_find_free_run(bootmem24_node_data.node_bootmem_map, node_pages(), i, nr, incr);
}

/*
 * Takes size bytes at page start, or right after the last allocation. As in 2.4 the search has
 * asked for as many pages as if there were no merging; one of them may remain free.
 */
static void * __init take_run(unsigned long start, unsigned long size, unsigned long align)
{
	struct bootmem24_data *bdata = &bootmem24_node_data;
	unsigned long offset = start << PAGE_SHIFT, end;	/* bytes from the node's start */
	void *ret;

	if (align <= PAGE_SIZE && bdata->last_offset && bdata->last_pos + 1 == start)
		offset = (bdata->last_pos << PAGE_SHIFT) + ALIGN(bdata->last_offset, align);
	end = offset + size;
	bitmap_set(bdata->node_bootmem_map, start, PFN_UP(end) - start);
	bdata->last_pos = PFN_UP(end) - 1;
	bdata->last_offset = end & ~PAGE_MASK;
	ret = phys_to_virt(bdata->node_boot_start + offset);
	memset(ret, 0, size);
	return ret;
}

/* NULL: no room. */
static void * __init alloc_bootmem_core(unsigned long size, unsigned long align,
					unsigned long goal)
{
	const struct bootmem24_data *bdata = &bootmem24_node_data;
	unsigned long incr = max(align >> PAGE_SHIFT, 1UL);
	unsigned long areasize = PFN_DOWN(size) + !!(size & ~PAGE_MASK);
	/* The first page of the node that is aligned, and the first one not below the goal. */
	unsigned long first = -node_start_pfn() & (incr - 1), preferred = first, start;

	if (goal >= bdata->node_boot_start && PFN_DOWN(goal) < bdata->node_low_pfn)
		preferred += PFN_DOWN(ALIGN(goal - bdata->node_boot_start, align));
	start = find_free_run(preferred, areasize, incr);
	if (start == NO_PAGE && preferred > first)
		start = find_free_run(first, areasize, incr);
	return start == NO_PAGE ? NULL : take_run(start, size, align);
}

static void __init check_alloc(const char *func, const void *caller, unsigned long size,
			       unsigned long align)
{
	check_serving(serving(), func, caller);
	if (!size)
		refuse_call(func, caller, "0 bytes");
	if (!is_power_of_2(align))
		refuse_call(func, caller, "alignment %lx is no power of 2", align);
	check_bitmap_reserved(func, caller);
}

/**
 * bootmem24_alloc_nopanic - allocate, or return NULL
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; 0, or nothing free above it: from the start
 *
 * BUG if the arguments are wrong, before bootmem24_init(), after bootmem24_free_all(), or if the
 * bitmap is not reserved.
 * Return: zeroed memory in the linear map.
 *
 * Linux: mm/bootmem.c:__alloc_bootmem_core, v2.4.37. There an alignment of 0 is let through and
 * hands out the last page again; a size that is 2^32 when rounded up gets no page at all; on a
 * node whose start is not aligned the search may have no end.
 */
void * __init bootmem24_alloc_nopanic(unsigned long size, unsigned long align, unsigned long goal)
{
	check_alloc(CALL, size, align);
	return alloc_bootmem_core(size, align, goal);
}

/**
 * bootmem24_alloc - allocate, or panic
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; 0, or nothing free above it: from the start
 *
 * BUG as in bootmem24_alloc_nopanic().
 * Return: zeroed memory in the linear map.
 * Linux: mm/bootmem.c:__alloc_bootmem, v2.4.37.
 */
void * __init bootmem24_alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	void *ret;

	check_alloc(CALL, size, align);
	ret = alloc_bootmem_core(size, align, goal);
	if (ret)
		return ret;
	printk(KERN_ALERT "bootmem alloc of %lu bytes failed!\n", size);
	printk(KERN_ALERT
	       "memdawn: low memory has %lu kB, %lu kB of it are free, not in one piece\n",
	       node_pages() << (PAGE_SHIFT - 10), bootmem24_free_pages() << (PAGE_SHIFT - 10));
	panic("Out of memory");
}

/**
 * bootmem24_free_pages - how many pages are free now
 *
 * After bootmem24_init(), before bootmem24_free_all().
 *
 * Return: their number.
 */
unsigned long __init bootmem24_free_pages(void)
{
	check_serving(serving(), CALL);
	return node_pages() - bitmap_weight(bootmem24_node_data.node_bootmem_map, node_pages());
}

/**
 * bootmem24_free_all - hand all free low memory to the buddy allocator
 *
 * Once, when mem_map and the zones are there. One page after the other, from the lowest up, then
 * the bitmap's own. BUG if the bitmap is not reserved: its pages would be handed over twice.
 *
 * No call from here afterwards.
 * Return: the number of pages.
 * Linux: mm/bootmem.c:free_all_bootmem, v2.4.37, which loses the bitmap's last page if that page
 * stands for less than 8 page frames.
 */
unsigned long __init bootmem24_free_all(void)
{
	struct bootmem24_data *bdata = &bootmem24_node_data;
	unsigned long pages = node_pages(), count = 0, map_pfn, map_pages, i;

	check_serving(serving(), CALL);
	check_bitmap_reserved(CALL);
	for (i = 0; i < pages; i++) {
		if (!test_bit(i, bdata->node_bootmem_map)) {
			__free_pages_bootmem(pfn_to_page(node_start_pfn() + i), 0);
			count++;
		}
	}
	map_pfn = PFN_DOWN(__pa(bdata->node_bootmem_map));
	map_pages = bootmem24_bootmap_pages(pages);
	bdata->node_bootmem_map = NULL;
	for (i = 0; i < map_pages; i++)
		__free_pages_bootmem(pfn_to_page(map_pfn + i), 0);
	return count + map_pages;
}

/**
 * bootmem24_print_zones - say how large node 0 and its zones are
 * @zone_pages: pages of ZONE_DMA, ZONE_NORMAL and ZONE_HIGHMEM from page frame 0 on, holes included
 *
 * Linux: mm/page_alloc.c:free_area_init_core, v2.4.37: its lines only. On i386 nobody tells it of
 * holes there.
 */
void __init bootmem24_print_zones(const unsigned long zone_pages[3])
{
	int i;

	printk("On node %d totalpages: %lu\n", 0, zone_pages[0] + zone_pages[1] + zone_pages[2]);
	for (i = 0; i < 3; i++)
		printk("zone(%d): %lu pages.\n", i, zone_pages[i]);
}

/* --- as the boot allocator -------------------------------------------------------------- */

static unsigned long bootmap __initdata;	/* the bitmap's physical address */

static void __init place_tables(void)
{
	bootmap = early_place_bitmap(bootmem24_bootmap_pages(max_low_pfn));
}

static int __init register_low_range(unsigned long start_pfn, unsigned long end_pfn, void *data)
{
	bootmem24_register_low_pages(PFN_PHYS(start_pfn), PFN_PHYS(end_pfn - start_pfn));
	return 0;
}

/* 2.4 says "reserved twice" for each page of it that isn't free: only RAM, then. */
static void __init take_reservation(struct phys_range range)
{
	unsigned long pfn, last = PFN_UP(range.end);

	for (pfn = PFN_DOWN(range.start); pfn < last; pfn++)
		if (!__absent_pages_in_range(MAX_NUMNODES, pfn, pfn + 1))
			bootmem24_reserve(pfn << PAGE_SHIFT, PAGE_SIZE);
}

/* Linux: arch/i386/kernel/setup.c:setup_arch, v2.4.37; the bitmap lies where there is room. */
static void __init start(void)
{
	unsigned long bytes = bootmem24_init(PFN_DOWN(bootmap), max_low_pfn);

	work_with_active_regions(MAX_NUMNODES, register_low_range, NULL);
	early_hand_over(bytes, take_reservation);
}

static void * __init alloc(unsigned long size, unsigned long align, unsigned long goal,
			   const void *caller)
{
	return bootmem24_alloc_nopanic(size, align, goal);
}

const struct boot_allocator bootmem24_allocator __refconst = {
	.name = "bootmem-2.4",
	.reserve = early_reserve,
	.reserve_overlap_ok = early_reserve_overlap_ok,
	.unreserve = early_unreserve,
	.add_ram = early_add_ram,
	.find_area = early_res_find_area,
	.next_free = early_res_next_free,
	.place_tables = place_tables,
	.start = start,
	.alloc = alloc,
	.free_pages = bootmem24_free_pages,
	.print_zones = bootmem24_print_zones,
	.bookkeeping = early_bookkeeping,
	.hand_over = bootmem24_free_all,
	.reservation = early_reservation,
	.nr_reservations = early_nr_reservations,
};
