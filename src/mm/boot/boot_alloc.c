// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interface to the generations of Linux's boot allocator; memdawn.bootalloc=
 * says which one serves. Each does the work in its own way:
 *
 *	              in use is kept in        free memory is found in   handed over by
 *	bootmem       early_res, then bitmap   the bitmap                words of 32 pages
 *	bootmem-2.4   early_res, then bitmap   the bitmap                single pages
 *	early_res     early_res                early_node_map            runs, blocks of 32
 *	memblock      memblock.reserved        memblock.memory           largest aligned blocks
 *
 * Here calls are passed on to the live one's table, those that come at the wrong time refused, and
 * allocations counted.
 */
#include <asm/init_32.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/bootmem.h>
#include <mm/boot/bootmem_24.h>
#include <mm/boot/memblock.h>
#include <mm/boot/nobootmem.h>
#include <mm/boot/stats.h>

unsigned long max_low_pfn;
unsigned long min_low_pfn;
unsigned long max_pfn;

/* All there are. Their order is the one in which memdawn.bootalloc=all runs and shows them. */
const struct boot_allocator *const boot_allocators[] = {
	&bootmem_allocator,		/* the default; see image_boot_alloc */
	&bootmem24_allocator,
	&early_res_allocator,
	&memblock_allocator,
};

/* The live one's number in the list. */
static unsigned int boot_alloc_live;

/* memdawn.bootalloc=all: one boot after the other, without a reset between them. */
bool boot_alloc_all;

/* What can be asked of it now. */
static enum serving serving __initdata;

/**
 * live_boot_allocator - the one that serves
 *
 * Return: its table.
 */
const struct boot_allocator *live_boot_allocator(void)
{
	return boot_allocators[boot_alloc_live];
}

/**
 * boot_alloc_number - which one serves
 *
 * Return: its number in boot_allocators[].
 */
unsigned int boot_alloc_number(void)
{
	return boot_alloc_live;
}

/**
 * boot_alloc_choose - say which one serves
 * @number: in boot_allocators[]
 *
 * Before the first reservation.
 */
void __init boot_alloc_choose(unsigned int number)
{
	BUG_ON(number >= NR_BOOT_ALLOCATORS);
	boot_alloc_live = number;
}

/* The first that has not handed over yet, or NR_BOOT_ALLOCATORS. */
static unsigned int __init next_number(void)
{
	unsigned int i;

	for (i = 0; i < NR_BOOT_ALLOCATORS && boot_alloc_stats[i].served; i++)
		;
	return i;
}

/**
 * boot_alloc_next - which generation hasn't had its turn
 *
 * Return: NULL if all have.
 */
const struct boot_allocator * __init boot_alloc_next(void)
{
	unsigned int next = next_number();

	return next < NR_BOOT_ALLOCATORS ? boot_allocators[next] : NULL;
}

/**
 * boot_alloc_setup - memdawn.bootalloc=bootmem|bootmem-2.4|early_res|memblock|all
 * @val: the value, or NULL
 *
 * Before the first reservation. Of several on one command line the last holds.
 * Return: 0, or -1 for another value.
 */
int __init boot_alloc_setup(char *val)
{
	bool all = val && !strcmp(val, "all");
	unsigned int i;

	if (all) {
		i = next_number();
	} else {
		for (i = 0; val && i < NR_BOOT_ALLOCATORS; i++)
			if (!strcmp(val, boot_allocators[i]->name))
				break;
	}
	if (!val || i == NR_BOOT_ALLOCATORS)
		return -1;
	boot_alloc_all = all;
	boot_alloc_choose(i);
	return 0;
}

/**
 * boot_reserve - something is in use
 * @range: physical bytes; nothing happens if it is empty
 * @name: who uses it
 */
void __init boot_reserve(struct phys_range range, const char *name)
{
	if (!phys_range_empty(range))
		live_boot_allocator()->reserve(range, name, __builtin_return_address(0));
}

/**
 * boot_reserve_overlap_ok - the same to be on the safe side: others may take of it
 * @range: physical bytes; nothing happens if it is empty
 * @name: who may use it
 */
void __init boot_reserve_overlap_ok(struct phys_range range, const char *name)
{
	if (!phys_range_empty(range))
		live_boot_allocator()->reserve_overlap_ok(range, name, __builtin_return_address(0));
}

/**
 * boot_unreserve - give a reservation back
 * @range: as it was reserved
 */
void __init boot_unreserve(struct phys_range range)
{
	live_boot_allocator()->unreserve(range, __builtin_return_address(0));
}

/**
 * boot_add_ram - the memory map is final: this is RAM
 * @ram: by address, physical bytes, disjoint; the array stays where it is until boot_free_all()
 * @nr: how many ranges
 *
 * Once, when what head has mapped is all that is mapped.
 */
void __init boot_add_ram(const struct phys_range *ram, unsigned int nr)
{
	live_boot_allocator()->add_ram(ram, nr, __builtin_return_address(0));
}

/**
 * boot_print_ram - print what it knows, if its parameter for debugging was given
 *
 * After boot_add_ram(), and when everything is reserved that was there before the kernel.
 */
void __init boot_print_ram(void)
{
	if (live_boot_allocator()->print_ram)
		live_boot_allocator()->print_ram();
}

/**
 * boot_find_area - a free place for something that will be reserved by hand
 * @range: within these physical bytes
 * @size: bytes
 * @align: power of two
 *
 * After boot_add_ram().
 * Return: a physical address, or -1ULL.
 */
u64 __init boot_find_area(struct phys_range range, u64 size, u64 align)
{
	return live_boot_allocator()->find_area(range, size, align);
}

/**
 * boot_next_free - the next free piece of RAM, whatever its size
 * @start: physical address to begin at
 *
 * After boot_add_ram(), before boot_alloc_start().
 * Return: physical bytes; an empty range if there is nothing.
 */
struct phys_range __init boot_next_free(u64 start)
{
	return live_boot_allocator()->next_free(start);
}

/**
 * boot_alloc_start - from here on memory can be allocated
 *
 * RAM is registered in early_node_map, low memory is mapped. Once.
 */
void __init boot_alloc_start(void)
{
	if (live_boot_allocator()->place_tables)
		live_boot_allocator()->place_tables();
	printk(KERN_INFO "  mapped low ram: 0 - %08lx\n", max_pfn_mapped << PAGE_SHIFT);
	printk(KERN_INFO "  low ram: 0 - %08lx\n", max_low_pfn << PAGE_SHIFT);
	if (live_boot_allocator()->start)
		live_boot_allocator()->start();
	serving = SERVING;
	after_bootmem = 1;
}

/**
 * boot_alloc_hotplug_pfn - where memory begins that the kernel keeps out of
 *
 * After boot_alloc_start(), before boot_free_all().
 * Return: a page frame number; 0: there is no hotpluggable memory, or movable_node wasn't given, or
 * the live generation doesn't know of it.
 */
unsigned long __init boot_alloc_hotplug_pfn(void)
{
	return live_boot_allocator()->hotplug_pfn ? live_boot_allocator()->hotplug_pfn() : 0;
}

/**
 * boot_alloc_print_zones - how large the zones are, in the words of the live generation
 * @zone_end_pfn: page frame numbers after ZONE_DMA, ZONE_NORMAL and ZONE_HIGHMEM; each one's is not
 *	below that of the zone before it
 *
 * For 2.4, which reckons each zone from the end of the one before and the first from page frame 0
 * (arch/i386/mm/init.c:zone_sizes_init, v2.4.37).
 * Return: false if it has none of its own, and 2.6.34's lines are to be printed.
 */
bool __init boot_alloc_print_zones(const unsigned long *zone_end_pfn)
{
	const unsigned long pages[] = {
		zone_end_pfn[ZONE_DMA], zone_end_pfn[ZONE_NORMAL] - zone_end_pfn[ZONE_DMA],
		zone_end_pfn[ZONE_HIGHMEM] - zone_end_pfn[ZONE_NORMAL],
	};

	if (!live_boot_allocator()->print_zones)
		return false;
	live_boot_allocator()->print_zones(pages);
	return true;
}

/**
 * boot_alloc_any - let the live one allocate, and count what was served
 * @nid: for the use of this node; MAX_NUMNODES: for nobody's use in particular
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from
 * @func: which function was called
 * @caller: by whom
 *
 * Return: zeroed memory in the linear map, or NULL.
 */
void * __init boot_alloc_any(int nid, unsigned long size, unsigned long align, unsigned long goal,
			     const char *func, const void *caller)
{
	struct boot_alloc_stats *stats = &boot_alloc_stats[boot_alloc_live];
	const struct boot_allocator *live = live_boot_allocator();
	void *mem;

	check_serving(serving, func, caller);
	if (MAX_NUMNODES == 1 || nid == MAX_NUMNODES || !live->alloc_node)
		mem = live->alloc(size, align, goal, caller);
	else
		mem = live->alloc_node(nid, size, align, goal, caller);
	if (mem) {
		stats->allocations++;
		stats->bytes += size;
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
 * Return: zeroed memory in the linear map.
 */
void * __init boot_alloc_nopanic(unsigned long size, unsigned long align, unsigned long goal)
{
	return boot_alloc_any(MAX_NUMNODES, size, align, goal, CALL);
}

/**
 * boot_out_of_memory - panic: there is no room for what must be had
 * @size: bytes
 */
void __init __noreturn boot_out_of_memory(unsigned long size)
{
	printk(KERN_ALERT "bootmem alloc of %lu bytes failed!\n", size);
	printk(KERN_ALERT "memdawn: low memory has %lu kB, %lu kB of it are free, not in one piece\n",
	       max_low_pfn << (PAGE_SHIFT - 10), boot_free_pages() << (PAGE_SHIFT - 10));
	panic("Out of memory");
}

/**
 * boot_alloc - allocate, or panic
 * @size: bytes, not 0
 * @align: power of two, in bytes
 * @goal: physical address to search from; dropped if there is nothing above it
 *
 * BUG before boot_alloc_start() and after boot_free_all().
 * Return: zeroed memory in the linear map.
 */
void * __init boot_alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	void *mem = boot_alloc_any(MAX_NUMNODES, size, align, goal, CALL);

	if (!mem)
		boot_out_of_memory(size);
	return mem;
}

/**
 * boot_free_pages - about how many pages of low memory are free now
 *
 * After boot_alloc_start(), before boot_free_all().
 *
 * Return: their number.
 */
unsigned long __init boot_free_pages(void)
{
	return live_boot_allocator()->free_pages();
}

/**
 * boot_highmem_first - is high memory to be handed over before low memory?
 *
 * Return: whether it is.
 */
bool __init boot_highmem_first(void)
{
	return live_boot_allocator()->highmem_first;
}

/**
 * boot_free_all - hand all free low memory to the buddy allocator
 *
 * Once, before any other page of low memory is free. Nothing can be allocated from here afterwards.
 * Return: the number of pages.
 */
unsigned long __init boot_free_all(void)
{
	check_serving(serving, CALL);
	measure_hand_over(live_boot_allocator(), &boot_alloc_stats[boot_alloc_live]);
	serving = HANDED_OVER;
	return boot_alloc_stats[boot_alloc_live].free;
}

/**
 * boot_free_highpages - hand a zone's free high memory to the buddy allocator
 * @nid: the zone's node
 * @start_pfn: the zone's first page frame
 * @end_pfn: page frame after its last one
 *
 * Counted in totalhigh_pages and totalram_pages.
 * Return: false, and nothing has happened, if all RAM there is free.
 */
bool __init boot_free_highpages(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	if (!live_boot_allocator()->free_highpages)
		return false;
	live_boot_allocator()->free_highpages(MAX_NUMNODES > 1 ? nid : NUMA_NO_NODE, start_pfn, end_pfn);
	return true;
}
