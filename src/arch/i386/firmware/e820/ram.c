// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where RAM is: what the finished memory map hands down to the boot allocator, in bytes, and to
 * early_node_map, in page frames. Nobody asks the map itself after that.
 * Linux has all of this in arch/x86/kernel/e820.c.
 */
#include <asm/page.h>
#include <firmware/e820.h>
#include <kernel/border.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/kernel.h>
#include <mm/boot/boot_alloc.h>
#include <mm/node_map.h>

struct border border_ram_given = { .what = "RAM ends, as given:", .kind = BORDER_PFN };
struct border border_ram_used = { .what = "RAM ends, as used:", .kind = BORDER_PFN };
struct border border_ram_reach = RAM_CUT;

/* The RAM entry after another one, or the first one for NULL; NULL: there is none. */
static const struct e820entry * __init next_ram(const struct e820entry *entry)
{
	entry = entry ? entry + 1 : e820.map;
	while (entry < e820.map + e820.nr_map && entry->type != E820_RAM)
		entry++;
	return entry < e820.map + e820.nr_map ? entry : NULL;
}

/**
 * e820__memblock_setup - tell the boot allocator what is RAM
 *
 * The map must be final.
 * Linux: arch/x86/kernel/e820.c:e820__memblock_setup, v6.1, for memblock; the boot allocators
 * before it ask the map (find_e820_area).
 */
void __init e820__memblock_setup(void)
{
	static struct phys_range ranges[E820MAX] __initdata;
	const struct e820entry *ram = NULL;
	unsigned int nr = 0;

	while ((ram = next_ram(ram)))
		ranges[nr++] = phys_range(ram->addr, e820_end(ram));
	boot_add_ram(ranges, nr);
}

/* As it is on nearly every machine: all of it lies in one entry of RAM. */
static bool __init lies_in_ram(struct phys_range used)
{
	const struct e820entry *ram = NULL;

	while ((ram = next_ram(ram)))
		if (used.start >= ram->addr && used.end <= e820_end(ram))
			return true;
	return false;
}

/**
 * e820_report_not_ram - say it where the map calls memory that is in use something else than RAM
 * @used: physical bytes
 * @what: what lies there
 *
 * Linux says nothing. The map must be final.
 *
 * Return: whether all of it is RAM.
 */
bool __init e820_report_not_ram(struct phys_range used, const char *what)
{
	u64 ram = 0;
	u32 i;

	if (lies_in_ram(used))
		return true;
	for (i = 0; i < e820.nr_map; i++) {
		const struct e820entry *ei = &e820.map[i];
		struct phys_range common = phys_range_common(used, phys_range(ei->addr, e820_end(ei)));

		if (phys_range_empty(common))
			continue;
		if (ei->type == E820_RAM || ei->type == E820_RESERVED_KERN)
			ram += phys_range_size(common);
		else
			printk(KERN_WARNING "memdawn: %s lies at %08llx - %08llx; the memory map calls "
			       "%08llx - %08llx %s\n", what, used.start, used.end, ei->addr,
			       e820_end(ei), e820_type_to_string(ei->type));
	}
	if (ram == phys_range_size(used))
		return true;
	printk(KERN_WARNING "memdawn: %llu kB of %s are no RAM, says the memory map: its owner may "
	       "overwrite them\n", (phys_range_size(used) - ram) >> 10, what);
	return false;
}

/**
 * e820_max_arch_pfn - no page frame from here on can be reached
 *
 * Return: MAX_ARCH_PFN (64 GiB), or 4 GiB for memdawn.highmem=4G.
 */
unsigned long __init e820_max_arch_pfn(void)
{
	return variant.highmem4g ? 1UL << (32 - PAGE_SHIFT) : MAX_ARCH_PFN;
}

/**
 * e820_end_pfn - where RAM ends
 * @limit_pfn: the answer is no larger; RAM that begins there or above is passed over
 *
 * The map need not be sanitized. Return: the page frame number after the last RAM frame.
 * Linux: arch/x86/kernel/e820.c:e820_end_pfn, v2.6.34.
 */
unsigned long __init e820_end_pfn(unsigned long limit_pfn)
{
	const struct e820entry *ram = NULL;
	u64 last_pfn = 0;

	while ((ram = next_ram(ram)))
		if (PFN_DOWN(ram->addr) < limit_pfn || variant.last_pfn_cut)
			last_pfn = max(last_pfn, PFN_DOWN(e820_end(ram)));
	return min(last_pfn, (u64)limit_pfn);
}

/**
 * e820_end_of_ram_pfn - where RAM ends
 *
 * Prints `last_pfn = ...`. The map must be sanitized.
 *
 * Return: the page frame number after the last RAM frame, at most e820_max_arch_pfn().
 * Linux: arch/x86/kernel/e820.c:e820_end_of_ram_pfn, v2.6.34.
 */
unsigned long __init e820_end_of_ram_pfn(void)
{
	unsigned long last_pfn = e820_end_pfn(e820_max_arch_pfn());

	printk(KERN_INFO "last_pfn = %#lx max_arch_pfn = %#lx\n", last_pfn, e820_max_arch_pfn());
	return last_pfn;
}

/* What sets e820_max_arch_pfn(). */
static const char * __init reach_name(void)
{
	return variant.highmem4g ? "memdawn.highmem=4G" : "PAE";
}

/**
 * e820_report_beyond_reach - say how much RAM is left out because no page frame number reaches it
 *
 * The map must be final. Linux says nothing.
 */
void __init e820_report_beyond_reach(void)
{
	u64 reach = e820_max_arch_pfn(), frames = 0;
	const struct e820entry *ram = NULL;

	while ((ram = next_ram(ram))) {
		u64 first = max(PFN_UP(ram->addr), reach), end = PFN_DOWN(e820_end(ram));

		if (first < end)
			frames += end - first;
	}
	if (frames)
		printk(KERN_WARNING "memdawn: e820: %llu kB of RAM above %llu GiB are not used: the limit "
		       "of %s\n", frames << (PAGE_SHIFT - 10), PFN_PHYS(reach) >> 30, reach_name());
}

/* Page frames from start_pfn to end_pfn - 1 that were RAM in the map as it was given. */
static unsigned long __init given_ram(u64 start_pfn, u64 end_pfn)
{
	unsigned long frames = 0;
	u32 i;

	for (i = 0; i < e820_saved.nr_map; i++) {
		const struct e820entry *ei = &e820_saved.map[i];
		u64 first, last;

		if (ei->type != E820_RAM)
			continue;
		first = max(PFN_UP(ei->addr), start_pfn);
		last = min(PFN_DOWN(e820_end(ei)), end_pfn);
		if (first < last)
			frames += last - first;
	}
	return frames;
}

/**
 * e820_end_given - record where RAM ends as the map is given
 *
 * setup_memory_map() has filled e820 and e820_saved, and nobody has changed anything since.
 */
void __init e820_end_given(void)
{
	unsigned long end_pfn = e820_end_pfn(e820_max_arch_pfn());

	border_set(&border_ram_given, end_pfn);
	border_set(&border_ram_used, end_pfn);
	border_set(&border_ram_reach, end_pfn);
	border_ram_reach.before = e820_end_pfn(ULONG_MAX);
	border_ram_reach.lost = given_ram(end_pfn, border_ram_reach.before);
	border_why(&border_ram_reach, "the limit of %s", reach_name());
	if (border_ram_reach.before > end_pfn)
		border_why(&border_ram_given, "%s", border_ram_reach.why);
}

/**
 * e820_end_moved - record that somebody has moved the end of RAM
 * @cut: his record; border_set() has the new end, border_why() who it was
 *
 * Nothing is recorded if RAM ends where it has ended before. After e820_end_given().
 */
void __init e820_end_moved(struct border *cut)
{
	struct border *used = &border_ram_used;

	cut->before = used->value;
	cut->lost = given_ram(cut->value, cut->before);
	if (cut->value == used->value)
		return;
	used->value = cut->value;
	border_why(used, "%s%s", used->why[0] ? ", " : "", cut->why);
}

/**
 * e820_register_active_regions - tell early_node_map which frames are RAM
 * @nid: node
 * @start_pfn: first page frame concerned
 * @last_pfn: page frame after the last one concerned
 *
 * RAM rounds inward: a frame that is RAM only in part is none.
 * Linux: arch/x86/kernel/e820.c:e820_register_active_regions, v2.6.34.
 */
void __init e820_register_active_regions(int nid, unsigned long start_pfn, unsigned long last_pfn)
{
	const struct e820entry *ram = NULL;

	while ((ram = next_ram(ram))) {
		u64 first = max(PFN_UP(ram->addr), (u64)start_pfn);
		u64 end = min(PFN_DOWN(e820_end(ram)), (u64)last_pfn);

		if (first < end)
			add_active_range(nid, first, end);
	}
}
