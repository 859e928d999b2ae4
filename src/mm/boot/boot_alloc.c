// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interface to the generations of Linux's boot allocator; memdawn.bootalloc=
 * says which one serves. Each does the work in its own way:
 *
 *	              in use is kept in        free memory is found in   handed over by
 *	bootmem       early_res, then bitmap   the bitmap                words of 32 pages
 *	bootmem-2.4   early_res, then bitmap   the bitmap                words of 32 pages
 *	early_res     early_res                early_node_map            runs, blocks of 32
 *	memblock      memblock.reserved        memblock.memory           largest aligned blocks
 */
#include <asm/init_32.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <firmware/e820.h>
#include <kernel/early_res.h>
#include <kernel/init.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/bootmem.h>
#include <mm/boot/bootmem_24.h>
#include <mm/boot/memblock.h>
#include <mm/boot/nobootmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>
#include <of/fdt.h>

unsigned long max_low_pfn;
unsigned long min_low_pfn;
unsigned long max_pfn;

enum boot_alloc_kind boot_alloc_kind;
/* The live one's, and with memdawn.bootalloc=all those of the boots before: these are in .data. */
struct boot_alloc_stats boot_alloc_stats[NR_BOOT_ALLOCS] __section(".data");

/* memdawn.bootalloc=all: one boot after the other, without a reset between them. */
bool boot_alloc_all;

/* What can be asked of it now. */
static enum { NOT_STARTED, SERVING, HANDED_OVER } state __initdata;

static const char *const names[NR_BOOT_ALLOCS] = {
	"bootmem", "bootmem-2.4", "early_res", "memblock",
};

/* A public function's name and who has called it. */
#define CALL		__func__, __builtin_return_address(0)

/* Whichever is live: a call before the start or after the end is a BUG that names the caller. */
static void __init check_serving(const char *func, const void *caller)
{
	if (state == SERVING)
		return;
	printk(KERN_ALERT "memdawn: %s() called from [<%08lx>] %s: %s\n", func,
	       (unsigned long)caller, symbol_text(caller), state == NOT_STARTED ?
	       "too early, the boot allocator has not been started" :
	       "too late, all pages have been handed over");
	BUG();
}

/**
 * boot_alloc_next - which generation hasn't had its turn
 * @kind: the first such, if there is one
 *
 * Return: false if all have.
 */
bool __init boot_alloc_next(enum boot_alloc_kind *kind)
{
	unsigned int i;

	for (i = 0; i < NR_BOOT_ALLOCS && boot_alloc_stats[i].free; i++)
		;
	*kind = i;
	return i < NR_BOOT_ALLOCS;
}

/**
 * boot_alloc_setup - memdawn.bootalloc=bootmem|bootmem-2.4|early_res|memblock|all
 * @val: the value, or NULL
 *
 * Before the first reservation.
 *
 * Return: 0, or -1 for another value.
 */
int __init boot_alloc_setup(char *val)
{
	unsigned int i;

	if (val && !strcmp(val, "all")) {
		boot_alloc_all = boot_alloc_next(&boot_alloc_kind);
		return boot_alloc_all ? 0 : -1;
	}
	for (i = 0; val && i < NR_BOOT_ALLOCS; i++)
		if (!strcmp(val, names[i])) {
			boot_alloc_kind = i;
			return 0;
		}
	return -1;
}

/**
 * boot_alloc_name - a generation as memdawn.bootalloc= names it
 * @kind: which
 *
 * Return: the name.
 */
const char *boot_alloc_name(enum boot_alloc_kind kind)
{
	return names[kind];
}

/**
 * boot_reserve - something is in use
 * @start: physical address
 * @end: physical address after it; nothing happens unless above @start
 * @name: who uses it
 */
void __init boot_reserve(u64 start, u64 end, const char *name)
{
	if (start >= end)
		return;
	if (boot_alloc_kind == BOOT_MEMBLOCK) {
		memblock_reserve(start, end - start);
		balance_own(name, start, end - start);
	} else {
		reserve_early(start, end, name);
	}
}

/**
 * boot_reserve_overlap_ok - the same to be on the safe side: others may take of it
 * @start: physical address
 * @end: physical address after it, above @start
 * @name: who may use it
 */
void __init boot_reserve_overlap_ok(u64 start, u64 end, const char *name)
{
	if (boot_alloc_kind == BOOT_MEMBLOCK)
		boot_reserve(start, end, name);
	else
		reserve_early_overlap_ok(start, end, name);
}

/**
 * boot_unreserve - give a reservation back
 * @start: as it was reserved
 * @end: as it was reserved
 */
void __init boot_unreserve(u64 start, u64 end)
{
	if (boot_alloc_kind == BOOT_MEMBLOCK)
		memblock_phys_free(start, end - start);
	else
		free_early(start, end);
}

/**
 * boot_add_ram - the memory map is final: take its RAM over
 *
 * For memblock, which takes the device tree's reservations as well, and prints its configuration
 * if memblock=debug. The others ask the map itself.
 * Linux: arch/x86/kernel/e820.c:e820__memblock_setup, v6.1. With movable_node all is allocated from
 * the bottom up until boot_alloc_start(): arch/x86/kernel/setup.c:setup_arch, v6.1.
 */
void __init boot_add_ram(void)
{
	u32 i;

	if (boot_alloc_kind != BOOT_MEMBLOCK)
		return;
	/* A larger array must lie in what head has mapped. */
	memblock_set_current_limit((phys_addr_t)max_pfn_mapped << PAGE_SHIFT);
	memblock_allow_resize();
	memblock_set_bottom_up(movable_node_enabled);
	for (i = 0; i < e820.nr_map; i++)
		if (e820.map[i].type == E820_RAM)
			memblock_add(e820.map[i].addr, e820.map[i].size);
	memblock_trim_memory(PAGE_SIZE);
	x86_flattree_reserve();
	memblock_dump_all();
}

/**
 * boot_find_area - a free place for something that will be reserved by hand
 * @start: lowest physical address
 * @end: physical address that it must not pass
 * @size: bytes
 * @align: power of two
 *
 * Return: a physical address, or -1ULL.
 */
u64 __init boot_find_area(u64 start, u64 end, u64 size, u64 align)
{
	u64 addr;

	if (boot_alloc_kind != BOOT_MEMBLOCK)
		return find_e820_area(start, end, size, align);
	addr = memblock_find_in_range(start, end, size, align);
	return addr ? addr : -1ULL;
}

/**
 * boot_find_area_size - the next free piece of RAM, whatever its size
 * @start: lowest physical address
 * @sizep: the size found, in bytes
 *
 * Before boot_alloc_start().
 *
 * Return: a physical address, or -1ULL.
 */
u64 __init boot_find_area_size(u64 start, u64 *sizep)
{
	phys_addr_t first, end;
	u64 i;

	if (boot_alloc_kind != BOOT_MEMBLOCK)
		return find_e820_area_size(start, sizep, 1);
	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &first, &end, NULL) {
		if (end <= start)
			continue;
		first = max(first, start);
		*sizep = end - first;
		return first;
	}
	return -1ULL;
}

static int __init register_low_range(unsigned long start_pfn, unsigned long end_pfn, void *data)
{
	bootmem24_register_low_pages(PFN_PHYS(start_pfn), PFN_PHYS(end_pfn - start_pfn));
	return 0;
}

/* 2.4 says "reserved twice" for each page of it that isn't free: only RAM, then. */
static void __init reserve_in_24(u64 start, u64 end)
{
	unsigned long pfn, last = PFN_UP(end);

	for (pfn = PFN_DOWN(start); pfn < last; pfn++)
		if (!__absent_pages_in_range(0, pfn, pfn + 1))
			bootmem24_reserve(pfn << PAGE_SHIFT, PAGE_SIZE);
}

static void __init reserve_in_bootmem(u64 start, u64 end)
{
	reserve_bootmem(start, end - start, BOOTMEM_DEFAULT);
}

/* Where the bitmap goes; it is reserved as BOOTMAP. */
static unsigned long __init place_bootmap(unsigned long pages)
{
	unsigned long size = pages << PAGE_SHIFT;
	u64 bootmap = find_e820_area(0, (u64)max_pfn_mapped << PAGE_SHIFT, size, PAGE_SIZE);

	if (bootmap == -1ULL)
		panic("Cannot find bootmem map of size %ld\n", size);
	reserve_early(bootmap, bootmap + size, "BOOTMAP");
	return bootmap;
}

static void __init note_tables(unsigned long bytes, unsigned long entries)
{
	boot_alloc_stats[boot_alloc_kind].bookkeeping = bytes;
	boot_alloc_stats[boot_alloc_kind].entries = entries;
}

static void __init print_low_ram(void)
{
	printk(KERN_INFO "  mapped low ram: 0 - %08lx\n", max_pfn_mapped << PAGE_SHIFT);
	printk(KERN_INFO "  low ram: 0 - %08lx\n", max_low_pfn << PAGE_SHIFT);
}

/* Linux: arch/x86/mm/init_32.c:setup_bootmem_allocator, v2.6.34. */
static void __init start_bootmem(void)
{
	unsigned long bootmap, bytes;

	bootmap = place_bootmap(bootmem_bootmap_pages(max_low_pfn));
	print_low_ram();
	NODE_DATA(0)->bdata = &bootmem_node_data[0];
	bytes = init_bootmem_node(NODE_DATA(0), bootmap >> PAGE_SHIFT, 0, max_low_pfn);
	printk(KERN_INFO "  node %d low ram: %08lx - %08lx\n", 0, 0UL, max_low_pfn << PAGE_SHIFT);
	printk(KERN_INFO "  node %d bootmap %08lx - %08lx\n", 0, bootmap, bootmap + bytes);
	note_tables(early_res_bytes() + bytes, early_res_total());
	free_bootmem_with_active_regions(0, max_low_pfn);
	early_res_to_bootmem(0, (u64)max_low_pfn << PAGE_SHIFT, reserve_in_bootmem);
}

/* Linux: arch/i386/kernel/setup.c:setup_arch, v2.4.37; the bitmap lies where there is room. */
static void __init start_bootmem_24(void)
{
	unsigned long bootmap = place_bootmap(bootmem24_bootmap_pages(max_low_pfn)), bytes;

	print_low_ram();
	bytes = bootmem24_init(bootmap >> PAGE_SHIFT, max_low_pfn);
	note_tables(early_res_bytes() + bytes, early_res_total());
	work_with_active_regions(0, register_low_range, NULL);
	early_res_to_bootmem(0, (u64)max_low_pfn << PAGE_SHIFT, reserve_in_24);
}

/**
 * boot_alloc_start - from here on memory can be allocated
 *
 * RAM is registered in early_node_map, low memory is mapped. Once.
 */
void __init boot_alloc_start(void)
{
	switch (boot_alloc_kind) {
	case BOOT_BOOTMEM:
		start_bootmem();
		break;
	case BOOT_BOOTMEM_24:
		start_bootmem_24();
		break;
	case BOOT_EARLY_RES:
		print_low_ram();
		break;
	default:
		print_low_ram();
		numa_clear_kernel_node_hotplug();
		memblock_set_bottom_up(false);
		memblock_set_current_limit((phys_addr_t)max_low_pfn << PAGE_SHIFT);
		break;
	}
	state = SERVING;
	after_bootmem = 1;
}

/**
 * boot_alloc_hotplug_pfn - where memory begins that the kernel keeps out of
 *
 * After boot_alloc_start(), before boot_free_all().
 *
 * Return: a page frame number; 0: there is no hotpluggable memory, or movable_node wasn't given, or
 * the live generation doesn't know of it.
 */
unsigned long __init boot_alloc_hotplug_pfn(void)
{
	const struct memblock_region *r;

	if (boot_alloc_kind != BOOT_MEMBLOCK || !movable_node_enabled)
		return 0;
	for_each_mem_region(r)
		if (memblock_is_hotpluggable(r))
			return PFN_DOWN(r->base);
	return 0;
}

/**
 * boot_alloc_print_zones - how large the zones are, in the words of the live generation
 * @zone_end_pfn: page frame numbers after ZONE_DMA, ZONE_NORMAL and ZONE_HIGHMEM; each one's is not
 *	below that of the zone before it
 *
 * For 2.4, which counts each zone from the end of the one before and the first from page frame 0.
 * Linux: arch/i386/mm/init.c:zone_sizes_init, v2.4.37.
 * Return: false if it has none of its own, and 2.6.34's lines are to be printed.
 */
bool __init boot_alloc_print_zones(const unsigned long *zone_end_pfn)
{
	const unsigned long pages[] = {
		zone_end_pfn[ZONE_DMA], zone_end_pfn[ZONE_NORMAL] - zone_end_pfn[ZONE_DMA],
		zone_end_pfn[ZONE_HIGHMEM] - zone_end_pfn[ZONE_NORMAL],
	};

	if (boot_alloc_kind != BOOT_BOOTMEM_24)
		return false;
	bootmem24_print_zones(pages);
	return true;
}

/* The goal is dropped where there is nothing above it. */
static void * __init alloc_from_early_res(unsigned long size, unsigned long align,
					  unsigned long goal)
{
	u64 limit = (u64)max_low_pfn << PAGE_SHIFT;
	void *mem = __alloc_memory_core_early(0, size, align, goal, limit);

	return mem || !goal ? mem : __alloc_memory_core_early(0, size, align, 0, limit);
}

static void * __init alloc_live(unsigned long size, unsigned long align, unsigned long goal)
{
	void *mem;

	switch (boot_alloc_kind) {
	case BOOT_BOOTMEM:
		mem = __alloc_bootmem_nopanic(size, align, goal);
		break;
	case BOOT_BOOTMEM_24:
		mem = bootmem24_alloc_nopanic(size, align, goal);
		break;
	case BOOT_EARLY_RES:
		mem = alloc_from_early_res(size, align, goal);
		break;
	default:
		mem = memblock_alloc_try_nid(size, align, goal, MEMBLOCK_ALLOC_ACCESSIBLE,
					     NUMA_NO_NODE);
		break;
	}
	if (mem) {
		boot_alloc_stats[boot_alloc_kind].allocations++;
		boot_alloc_stats[boot_alloc_kind].bytes += size;
	}
	return mem;
}

/**
 * boot_alloc_nopanic - allocate, or return NULL
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; dropped if there is nothing above it. memblock,
 *	which serves from the top down, takes it as a wish
 *
 * BUG before boot_alloc_start() and after boot_free_all().
 *
 * Return: zeroed memory in the linear map.
 */
void * __init boot_alloc_nopanic(unsigned long size, unsigned long align, unsigned long goal)
{
	check_serving(CALL);
	return alloc_live(size, align, goal);
}

/**
 * boot_alloc - allocate, or panic
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; dropped if there is nothing above it
 *
 * Return: zeroed memory in the linear map.
 */
void * __init boot_alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	void *mem;

	check_serving(CALL);
	mem = alloc_live(size, align, goal);
	if (mem)
		return mem;
	printk(KERN_ALERT "bootmem alloc of %lu bytes failed!\n", size);
	printk(KERN_ALERT "memdawn: low memory has %lu kB, %lu kB of it are free, not in one piece\n",
	       max_low_pfn << (PAGE_SHIFT - 10), boot_free_pages() << (PAGE_SHIFT - 10));
	panic("Out of memory");
}

/* Low RAM less what is reserved, in pages; reservations never overlap. */
static unsigned long __init early_res_free_pages(void)
{
	unsigned long used = 0;
	int i;

	for (i = early_res_first(); i < early_res_total(); i++) {
		const struct early_res *r = early_res_get(i);

		if (r->start < (u64)max_low_pfn << PAGE_SHIFT)
			used += PFN_UP(r->end) - PFN_DOWN(r->start);
	}
	return max_low_pfn - __absent_pages_in_range(0, 0, max_low_pfn) - used;
}

/**
 * boot_free_pages - about how many pages of low memory are free now
 *
 * Return: their number.
 */
unsigned long __init boot_free_pages(void)
{
	switch (boot_alloc_kind) {
	case BOOT_BOOTMEM:
		return bootmem_free_pages();
	case BOOT_BOOTMEM_24:
		return bootmem24_free_pages();
	case BOOT_EARLY_RES:
		return early_res_free_pages();
	default:
		return max_low_pfn - __absent_pages_in_range(0, 0, max_low_pfn) -
		       (unsigned long)(memblock_reserved_size() >> PAGE_SHIFT);
	}
}

static unsigned long __init memblock_hand_over(void)
{
	unsigned long before = totalram_pages, pages;

	memblock_free_all();
	pages = totalram_pages - before;
	totalram_pages = before;	/* the caller adds it */
	return pages;
}

static unsigned long __init hand_over(void)
{
	switch (boot_alloc_kind) {
	case BOOT_BOOTMEM:
		return free_all_bootmem();
	case BOOT_BOOTMEM_24:
		return bootmem24_free_all();
	case BOOT_EARLY_RES:
		note_tables(early_res_bytes(), early_res_total());
		return free_all_memory_core_early();
	default:
		note_tables((memblock.memory.max + memblock.reserved.max) *
			    sizeof(struct memblock_region),
			    memblock.memory.cnt + memblock.reserved.cnt);
		return memblock_hand_over();
	}
}

/* The pieces that free low memory is in: nothing else is free yet. */
static void __init count_runs(struct boot_alloc_stats *s)
{
	unsigned long pfn = 0, run = 0, n;

	while (pfn < max_low_pfn) {
		const struct page *page = pfn_to_page(pfn);

		if (PageBuddy(page)) {
			n = 1UL << page->private;
			s->runs += !run;
			run += n;
			s->largest = max(s->largest, run);
		} else {
			n = 1;
			run = 0;
		}
		pfn += n;
	}
}

static void __init count_blocks(struct boot_alloc_stats *s)
{
	const struct zone *zone;
	int order;

	/* Under memblock high memory is free already. */
	for_each_zone(zone)
		for (order = 0; order < MAX_ORDER && !is_highmem(zone); order++)
			s->blocks[order] += zone->free_area[order].nr_free;
}

static u64 __init ticks(void)
{
	return cpu_has_tsc ? native_read_tsc() : 0;
}

/**
 * boot_free_all - hand all free low memory to the buddy allocator
 *
 * Once, before any other page of low memory is free. Nothing can be allocated from here afterwards.
 *
 * Return: the number of pages.
 */
unsigned long __init boot_free_all(void)
{
	struct boot_alloc_stats *s = &boot_alloc_stats[boot_alloc_kind];
	u64 start;

	check_serving(CALL);
	start = ticks();
	s->free = hand_over();
	s->ticks = min(ticks() - start, (u64)ULONG_MAX);
	state = HANDED_OVER;
	s->reserved = max_low_pfn - __absent_pages_in_range(0, 0, max_low_pfn) - s->free;
	count_runs(s);
	count_blocks(s);
	return s->free;
}
