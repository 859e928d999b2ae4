// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device tree on a machine whose firmware has a memory map too. The tree is a module of the boot
 * loader with the first word `dtb`; memblock alone can keep what it says.
 *
 *	firmware: RAM	|-----------------------|	  |-------------------------|
 *	tree: memory		|-------------------------------------------|
 *	used			|---------------|	  |-----------------|
 *	refused					|---------|
 *	not used	|-------|					    |-------|
 *
 * Memory is what both call so. The firmware knows what is there: the tree never makes RAM of what
 * is none. The tree knows what the kernel is to have: RAM that it doesn't describe becomes
 * reserved, as with the MTRRs, so that everybody who asks the memory map sees the same. The
 * log names each such range. A tree without memory nodes, or one in whose memory the kernel or the RAM
 * disk doesn't lie, changes nothing here; what it reserves is reserved all the same.
 *
 * Linux on x86 takes devices from such a tree, not memory (arch/x86/kernel/devicetree.c, v6.1); on
 * the machines where it does there is no other map.
 */
#include <asm/early_ioremap.h>
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/memblock.h>
#include <of/fdt.h>

/* What a slot of early_ioremap() shows. */
#define MAX_DTB_SIZE	((u32)NR_FIX_BTMAPS << PAGE_SHIFT)

struct border border_ram_described = RAM_CUT;

/* The tree while it is mapped. */
static void *dtb __initdata;
static u32 dtb_size __initdata;

static const struct boot_module * __init find_dtb(void)
{
	const struct boot_module *m, *found = NULL;

	for (m = boot_params.modules; m < boot_params.modules + boot_params.nr_modules; m++) {
		if (m->kind != MODULE_DTB)
			continue;
		if (found)
			printk(KERN_WARNING "memdawn: fdt: a second device tree at %llx is left "
			       "out\n", m->start);
		else
			found = m;
	}
	return found;
}

static void __init unmap_dtb(void)
{
	early_iounmap(dtb, dtb_size);
	dtb = NULL;
}

/* False, with a message, if there is no tree that can be read. */
static bool __init map_dtb(void)
{
	const struct boot_module *m = find_dtb();
	u64 size = m ? m->end - m->start : 0;

	if (!m)
		return false;
	if (!live_boot_allocator()->device_tree) {
		printk(KERN_WARNING "memdawn: fdt: the device tree is not used: %s serves, only "
		       "memdawn.bootalloc=memblock keeps what it says\n", live_boot_allocator()->name);
		return false;
	}
	if (size > MAX_DTB_SIZE) {
		printk(KERN_ERR "memdawn: fdt: the device tree has %llu bytes, at most %u can be "
		       "read: it is not used\n", size, MAX_DTB_SIZE);
		return false;
	}
	dtb = early_memremap(m->start, size);
	dtb_size = size;
	if (!dtb)
		return false;
	if (early_init_dt_verify(dtb, dtb_size))
		return true;
	unmap_dtb();
	return false;
}

/* The bytes of a range that are in memblock.memory. */
static u64 __init memory_within(struct phys_range range)
{
	const struct memblock_region *r;
	u64 bytes = 0;

	for_each_mem_region(r)
		bytes += phys_range_size(phys_range_common(memblock_region_range(r), range));
	return bytes;
}

static void __init report(struct phys_range range, const char *what)
{
	printk(KERN_INFO "memdawn: fdt: [mem %#010llx-%#010llx] %s\n", range.start, range.end - 1,
	       what);
}

/* RAM that the tree doesn't describe becomes reserved. Returns its bytes. */
static u64 __init leave_unused(struct phys_range ram)
{
	if (phys_range_empty(ram))
		return 0;
	report(ram, "is RAM that the device tree doesn't describe: not used");
	e820_changed(ram, E820_RAM, E820_RESERVED, "it was reserved: the device tree doesn't describe it");
	return e820_update_range(ram.start, phys_range_size(ram), E820_RAM, E820_RESERVED);
}

/* The same for what of this RAM the tree doesn't describe: what lies between memory's regions. */
static u64 __init reserve_unknown(struct phys_range ram)
{
	const struct memblock_region *r;
	u64 bytes = 0;

	/* What lies below ram.start is dealt with. */
	for_each_mem_region(r) {
		bytes += leave_unused(phys_range(ram.start, min(r->base, ram.end)));
		ram.start = max(ram.start, memblock_region_range(r).end);
	}
	return bytes + leave_unused(ram);
}

/* Reserves whatever RAM the tree doesn't describe. Returns its bytes. */
static u64 __init cut_e820(void)
{
	static struct e820map before __initdata;
	const struct e820entry *ei;
	u64 bytes = 0;

	before = e820;
	for (ei = before.map; ei < before.map + before.nr_map; ei++)
		if (ei->type == E820_RAM)
			bytes += reserve_unknown(phys_range(ei->addr, e820_end(ei)));
	if (!bytes)
		return 0;
	update_e820();
	border_set(&border_ram_described, e820_end_pfn(e820_max_arch_pfn()));
	border_why(&border_ram_described, "by the device tree");
	e820_end_moved(&border_ram_described);
	return bytes;
}

/* A range is no RAM: out of memblock.memory with it. Returns the bytes that were in there. */
static u64 __init refuse(struct phys_range range)
{
	const struct memblock_region *r;
	u64 bytes = memory_within(range);

	if (!bytes)
		return 0;
	for_each_mem_region(r) {
		struct phys_range part = phys_range_common(memblock_region_range(r), range);

		if (!phys_range_empty(part))
			report(part, "is no RAM in the firmware's map: refused");
	}
	memblock_remove(range.start, phys_range_size(range));
	return bytes;
}

/* Takes the gaps between the map's RAM out of memblock.memory. Returns the bytes. */
static u64 __init cut_memblock(void)
{
	struct phys_range gap = phys_range(0, PHYS_ADDR_MAX);
	const struct e820entry *ei;
	u64 bytes = 0;

	for (ei = e820.map; ei < e820.map + e820.nr_map; ei++)
		if (ei->type == E820_RAM) {
			bytes += refuse(phys_range(gap.start, ei->addr));
			gap.start = e820_end(ei);
		}
	return bytes + refuse(gap);
}

/* False, with a message, if what is in memory already doesn't lie in the tree's memory. */
static bool __init is_described(const char *who, struct phys_range range)
{
	if (memory_within(range) == phys_range_size(range))
		return true;
	printk(KERN_ERR "memdawn: fdt: the %s lies at [mem %#010llx-%#010llx], which is no memory in "
	       "the device tree: its memory nodes are not used\n", who, range.start, range.end - 1);
	return false;
}

/**
 * x86_flattree_get_config - memory as the device tree describes it, if there is one
 *
 * memblock.memory and the memory map agree afterwards about what is RAM, and memblock knows its
 * nodes and what of it is hotpluggable. The map must be as firmware, command line and MTRRs want
 * it, nothing but early_ioremap() and memblock's two arrays in the image is needed.
 * x86_flattree_reserve() must follow.
 *
 * Return: whether the memory map has changed.
 * Linux: arch/x86/kernel/devicetree.c:x86_flattree_get_config, v6.1, which takes no memory.
 */
bool __init x86_flattree_get_config(void)
{
	u64 ramdisk = boot_params.ramdisk_image, unused, refused;
	int ranges;

	if (!map_dtb())
		return false;
	ranges = early_init_dt_scan_memory();
	if (!ranges) {
		printk(KERN_INFO "memdawn: fdt: no memory nodes: the firmware's map stands\n");
		return false;
	}
	if (!is_described("kernel", phys_range(__pa(_text), PAGE_ALIGN(__pa(_brk_end)))) ||
	    !is_described("RAM disk",
			  phys_range(ramdisk, PAGE_ALIGN(ramdisk + boot_params.ramdisk_size)))) {
		memblock_remove(0, PHYS_ADDR_MAX);
		return false;
	}
	unused = cut_e820();
	refused = cut_memblock();
	printk(KERN_INFO "memdawn: fdt: %d ranges of memory: %llu kB taken, %llu kB refused, %llu kB "
	       "of RAM not used\n", ranges, memblock_phys_mem_size() >> 10, refused >> 10,
	       unused >> 10);
	return unused;
}

/**
 * x86_flattree_reserve - what the device tree wants to be left alone
 *
 * All RAM must be in memblock.memory. Nothing reads the tree afterwards.
 */
void __init x86_flattree_reserve(void)
{
	if (!dtb)
		return;
	early_init_fdt_scan_reserved_mem();
	unmap_dtb();
}

/* A node's memory, wherever it lies. */
static void __init clear_hotplug_of_node(int nid)
{
	unsigned long i;

	for (i = 0; i < memblock.memory.cnt; i++) {
		const struct memblock_region *r = &memblock.memory.regions[i];

		if (r->nid != nid || !memblock_is_hotpluggable(r))
			continue;
		printk(KERN_INFO "memdawn: fdt: [mem %#010llx-%#010llx] is not hotpluggable: some of "
		       "node %d is reserved\n", r->base, r->base + r->size - 1, nid);
		memblock_clear_hotplug(r->base, r->size);
		i = -1UL;		/* neighbours may have been merged */
	}
}

/**
 * numa_clear_kernel_node_hotplug - a node of which something is in use already can't be pulled out
 *
 * Nodes are those that the device tree names. Its reservations count, those of the boot as well.
 * Linux: arch/x86/mm/numa.c:numa_clear_kernel_node_hotplug, v6.1.
 */
void __init numa_clear_kernel_node_hotplug(void)
{
	bool in_use[MEMBLOCK_MAX_NUMNODES] = { false };
	const struct memblock_region *r;
	int nid;

	for_each_mem_region(r)
		if (r->nid < MEMBLOCK_MAX_NUMNODES && memblock_is_region_reserved(r->base, r->size))
			in_use[r->nid] = true;
	for (nid = 0; nid < MEMBLOCK_MAX_NUMNODES; nid++)
		if (in_use[nid])
			clear_hotplug_of_node(nid);
}
