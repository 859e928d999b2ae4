// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the command line does to the memory map (mem=, memmap=), and what the
 * map gives to the resource tree and to PCI once it is final.
 * Linux has all of this in arch/x86/kernel/e820.c.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/resource.h>
#include <kernel/variant.h>
#include <lib/cmdline.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/gfp.h>
#include <mm/slab.h>

/* The user changed the map: it is sanitized and printed again. */
static int userdef __initdata;

/* memmap= has named RAM, which need not be there. */
bool e820_user_ram __initdata;

struct border border_ram_limit = RAM_CUT;

/* No RAM from size on; the user has said so by name=value. */
static void __init limit_memory(u64 size, const char *name, const char *value)
{
	unsigned long before = e820_end_pfn(e820_max_arch_pfn()), end_pfn;

	userdef = 1;
	if (e820_remove_range(size, ULLONG_MAX - size, E820_RAM, 1))
		e820_changed(phys_range(size, ULLONG_MAX), E820_RAM, 0, "%s=%s took it out", name, value);
	end_pfn = e820_end_pfn(e820_max_arch_pfn());
	if (end_pfn == before)
		return;
	border_set(&border_ram_limit, end_pfn);
	border_why(&border_ram_limit, "by %s=%s", name, value);
}

/**
 * parse_memopt - mem=SIZE: no RAM from SIZE on; mem=nopentium: no 2 MiB pages
 * @p: the value, or NULL
 *
 * Return: 0, or -1 for a missing value.
 * Linux: arch/x86/kernel/e820.c:parse_memopt, v2.6.34, which takes 0 (also what
 * it makes of `abc`) and then finds no memory; we refuse it and go on.
 */
int __init parse_memopt(char *p)
{
	char *rest;
	u64 size;

	if (!p)
		return -1;
	if (!strcmp(p, "nopentium")) {
		setup_clear_cpu_cap(X86_FEATURE_PSE);
		return 0;
	}
	size = memparse(p, &rest);
	if (!size) {
		printk(KERN_WARNING "memdawn: mem=%s is no amount of memory: ignored "
		       "(give a number with K, M or G, for example mem=512M)\n", p);
		return 0;
	}
	limit_memory(size, "mem", p);
	return 0;
}

/**
 * parse_memmap_opt - memmap=exactmap | SIZE@START | SIZE#START | SIZE$START | SIZE
 * @p: the value, or NULL
 *
 * @ adds RAM, # ACPI data, $ reserved memory; a SIZE alone is mem=SIZE; exactmap
 * forgets the firmware's map, so that what follows is all there is.
 *
 * Return: 0, or -1 for a malformed value (what was understood stays in effect).
 * Linux: arch/x86/kernel/e820.c:parse_memmap_opt, v2.6.34.
 */
int __init parse_memmap_opt(char *p)
{
	char *rest, *value = p;
	u64 size, start;
	int type = 0;

	if (!p)
		return -1;
	if (!strncmp(p, "exactmap", 8)) {
		e820.nr_map = 0;
		e820_changed(phys_range(0, ULLONG_MAX), 0, 0, "memmap=exactmap took all out");
		userdef = 1;
		border_set(&border_ram_limit, 0);
		return 0;
	}
	size = memparse(p, &rest);
	if (rest == p)
		return -1;

	if (*rest == '@')
		type = E820_RAM;
	else if (*rest == '#')
		type = E820_ACPI;
	else if (*rest == '$')
		type = E820_RESERVED;

	if (type) {
		userdef = 1;
		e820_user_ram |= type == E820_RAM;
		start = memparse(rest + 1, &rest);
		e820_add_region(start, size, type);
		e820_changed(phys_span(start, size), 0, type, "memmap=%s added it", value);
	} else {
		limit_memory(size, "memmap", p);
	}
	return *rest ? -1 : 0;
}

/* Who has put the end of RAM where it is now: a limit that lies there, or other ranges. */
static void __init record_end_of_ram(void)
{
	unsigned long end_pfn = e820_end_pfn(e820_max_arch_pfn());

	if (end_pfn != border_ram_limit.value) {
		border_set(&border_ram_limit, end_pfn);
		border_why(&border_ram_limit, "by memmap=");
	}
	e820_end_moved(&border_ram_limit);
}

/**
 * finish_e820_parsing - put the user's changes into effect and print the map
 *
 * Runs after the command line was parsed. A map that can't be sanitized (fewer
 * than two entries, or one that wraps) is a panic.
 * Linux: arch/x86/kernel/e820.c:finish_e820_parsing, v2.6.34; the reason is ours.
 */
void __init finish_e820_parsing(void)
{
	if (!userdef)
		return;
	if (e820_sanitize() < 0) {
		if (e820.nr_map < 2)
			printk(KERN_CRIT "memdawn: e820: memmap= leaves %u entries, at least 2 are "
			       "needed: after memmap=exactmap give all of RAM, for example "
			       "memmap=636K@0 memmap=511M@1M\n", e820.nr_map);
		else
			printk(KERN_CRIT "memdawn: e820: a memmap= range wraps around the end of the "
			       "64-bit address space: check its start and size\n");
		panic("Invalid user supplied memory map");
	}
	printk(KERN_INFO "user-defined physical RAM map:\n");
	e820_print_map("user");
	record_end_of_ram();
}

/**
 * trim_bios_range - the first page and the area from 640 KiB to 1 MiB are not RAM
 *
 * The BIOS owns the first page; some BIOSes call their own area RAM.
 * Linux: arch/x86/kernel/setup.c:trim_bios_range, v2.6.34.
 */
void __init trim_bios_range(void)
{
	if (variant.page0_is_ram)
		return;
	if (e820_update_range(0, PAGE_SIZE, E820_RAM, E820_RESERVED))
		e820_changed(phys_range(0, PAGE_SIZE), E820_RAM, E820_RESERVED,
			     "trim_bios_range() reserved it: the BIOS owns the first page");
	if (e820_remove_range(BIOS_BEGIN, BIOS_END - BIOS_BEGIN, E820_RAM, 1))
		e820_changed(phys_range(BIOS_BEGIN, BIOS_END), E820_RAM, 0,
			     "trim_bios_range() took it out: from 640 KiB to 1 MiB is the BIOS's");
	e820_sanitize();
}

/**
 * e820_search_gap - find the largest gap below 4 GiB between the map's entries
 * @gapstart: where the best gap so far starts; changed if a better one is found
 * @gapsize: its size in bytes
 * @start_addr: entries that end below it are passed over
 * @end_addr: search below this address only; 0 or more than 4 GiB: below 4 GiB
 *
 * Of two gaps of the same size the lower one wins.
 *
 * Return: 1 if one was found, else 0.
 * Linux: arch/x86/kernel/e820.c:e820_search_gap, v2.6.34.
 */
int __init e820_search_gap(unsigned long *gapstart, unsigned long *gapsize,
			   unsigned long start_addr, unsigned long long end_addr)
{
	u64 last = 0x100000000ULL;
	int i, found = 0;

	if (end_addr && end_addr < last)
		last = end_addr;
	/* From the highest entry down; last is the start of the entry above. */
	for (i = (int)e820.nr_map - 1; i >= 0; i--) {
		u64 start = e820.map[i].addr, end = start + e820.map[i].size;

		if (end < start_addr)
			continue;
		if (last > end && last - end >= *gapsize) {
			*gapsize = last - end;
			*gapstart = end;
			found = 1;
		}
		last = min(last, start);
	}
	return found;
}

/**
 * e820_setup_gap - choose where PCI devices may be put
 *
 * Linux: arch/x86/kernel/e820.c:e820_setup_gap, v2.6.34.
 */
void __init e820_setup_gap(void)
{
	unsigned long gapstart = 0x10000000, gapsize = 0x400000;

	e820_search_gap(&gapstart, &gapsize, 0, 0);
	pci_mem_start = gapstart;
	printk(KERN_INFO "Allocating PCI resources starting at %lx (gap: %lx:%lx)\n",
	       pci_mem_start, gapstart, gapsize);
}

/* One for each entry of e820, in its order; from bootmem. */
static struct resource *e820_res __initdata;

/**
 * e820_reserve_resources - put the map into the iomem resource tree
 *
 * Reserved ranges above 1 MiB wait for e820_reserve_resources_late(): a PCI
 * device may own a part of them. The boot allocator must be up.
 * Linux: arch/x86/kernel/e820.c:e820_reserve_resources, v2.6.34.
 */
void __init e820_reserve_resources(void)
{
	struct resource *res = alloc_bootmem(sizeof(*res) * e820.nr_map);
	u32 i;

	e820_res = res;
	balance_own("e820 resources", phys_span(__pa(res), sizeof(*res) * e820.nr_map));
	for (i = 0; i < e820.nr_map; i++, res++) {
		const struct e820entry *ei = &e820.map[i];

		res->name = e820_type_to_string(ei->type);
		res->start = ei->addr;
		res->end = e820_end(ei) - 1;
		res->flags = IORESOURCE_MEM;
		if (ei->type != E820_RESERVED || res->start < (1ULL << 20)) {
			res->flags |= IORESOURCE_BUSY;
			insert_resource(&iomem_resource, res);
		}
	}
}

/*
 * Firmware hides pieces of RAM from the map, below the next round address: up to there nothing
 * else may be put. What is round depends on where RAM ends.
 */
static u64 __init ram_alignment(u64 end)
{
	if (end >= 16ULL << 20)
		return 64ULL << 20;
	return end >= 1ULL << 20 ? 1ULL << 20 : 64ULL << 10;
}

/*
 * Takes what is free of [start, end]; a piece for which there is no memory is left out.
 * Linux: kernel/resource.c:reserve_region_with_split, v2.6.34.
 */
static void __init reserve_region_with_split(struct resource *root, u64 start, u64 end,
					     const char *name)
{
	/* Everything below start is done. */
	while (start <= end) {
		struct resource *res = kzalloc(sizeof(*res), GFP_ATOMIC);
		const struct resource *conflict;

		if (!res)
			return;
		*res = (struct resource){ .start = start, .end = end, .name = name,
					  .flags = IORESOURCE_BUSY };
		conflict = request_resource_conflict(root, res);
		if (conflict && conflict->start > start) {
			res->end = conflict->start - 1;
			conflict = request_resource_conflict(root, res);
		}
		if (!conflict) {
			if (res->end == end)
				return;		/* which may be the last byte of all */
			start = res->end + 1;
			continue;
		}
		kfree(res);
		if (conflict->end >= end)
			return;
		start = conflict->end + 1;
	}
}

/* Puts what e820_reserve_resources() has left out into the tree. */
static void __init insert_remaining(void)
{
	struct resource *res, *end = e820_res + e820.nr_map;

	for (res = e820_res; res < end; res++)
		if (!res->parent && res->end)
			insert_resource_expand_to_fit(&iomem_resource, res);
}

/* Keeps everybody off the bytes between the end of a range of RAM and the next round address. */
static void __init reserve_ram_buffer(u64 ram_end)
{
	u64 last = round_up(ram_end, ram_alignment(ram_end)) - 1;

	if (last <= ram_end)
		return;
	printk(KERN_DEBUG "reserve RAM buffer: %016llx - %016llx ", ram_end, last);
	reserve_region_with_split(&iomem_resource, ram_end, last, "RAM buffer");
}

/**
 * e820_reserve_resources_late - the ranges that waited, and a buffer after each RAM end
 *
 * The slab must be up.
 * Linux: arch/x86/kernel/e820.c:e820_reserve_resources_late, v2.6.34.
 */
void __init e820_reserve_resources_late(void)
{
	const struct e820entry *ei;

	insert_remaining();
	for (ei = e820.map; ei < e820.map + e820.nr_map; ei++)
		if (ei->type == E820_RAM)
			reserve_ram_buffer(e820_end(ei));
}
