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
	if (boot_alloc_kind != BOOT_MEMBLOCK) {
		printk(KERN_WARNING "memdawn: fdt: the device tree is not used: %s serves, only "
		       "memdawn.bootalloc=memblock keeps what it says\n", boot_alloc_name(boot_alloc_kind));
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

/* The bytes of [start, end) that are in memblock.memory. */
static u64 __init memory_within(u64 start, u64 end)
{
	const struct memblock_region *r;
	u64 bytes = 0;

	for_each_mem_region(r) {
		u64 first = max(r->base, start), last = min(r->base + r->size, end);

		if (first < last)
			bytes += last - first;
	}
	return bytes;
}

static void __init report(u64 start, u64 end, const char *what)
{
	printk(KERN_INFO "memdawn: fdt: [mem %#010llx-%#010llx] %s\n", start, end - 1, what);
}

/* RAM in [start, end) that the tree doesn't describe becomes reserved. Returns its bytes. */
static u64 __init reserve_unknown(u64 start, u64 end)
{
	const struct memblock_region *r;
	u64 bytes = 0;

	/* What lies below start is dealt with. */
	for_each_mem_region(r) {
		u64 stop = min(r->base, end);

		if (start < stop) {
			report(start, stop, "is RAM that the device tree doesn't describe: not used");
			bytes += e820_update_range(start, stop - start, E820_RAM, E820_RESERVED);
		}
		start = max(start, min(r->base + r->size, end));
	}
	if (start < end) {
		report(start, end, "is RAM that the device tree doesn't describe: not used");
		bytes += e820_update_range(start, end - start, E820_RAM, E820_RESERVED);
	}
	return bytes;
}

/* Reserves whatever RAM the tree doesn't describe. Returns its bytes. */
static u64 __init cut_e820(void)
{
	static struct e820map before __initdata;
	u64 bytes = 0;
	u32 i;

	before = e820;
	for (i = 0; i < before.nr_map; i++)
		if (before.map[i].type == E820_RAM)
			bytes += reserve_unknown(before.map[i].addr,
						 e820_end(&before.map[i]));
	if (!bytes)
		return 0;
	update_e820();
	border_set(&border_ram_described, e820_end_pfn(e820_max_arch_pfn()));
	border_why(&border_ram_described, "by the device tree");
	e820_end_moved(&border_ram_described);
	return bytes;
}

/* [start, end) is no RAM: out of memblock.memory with it. Returns the bytes that were in there. */
static u64 __init refuse(u64 start, u64 end)
{
	const struct memblock_region *r;
	u64 bytes = memory_within(start, end);

	if (!bytes)
		return 0;
	for_each_mem_region(r) {
		u64 first = max(r->base, start), last = min(r->base + r->size, end);

		if (first < last)
			report(first, last, "is no RAM in the firmware's map: refused");
	}
	memblock_remove(start, end - start);
	return bytes;
}

/* Takes out of memblock.memory whatever isn't RAM. Returns the bytes. */
static u64 __init cut_memblock(void)
{
	const struct e820entry *ei;
	u64 end = 0, bytes = 0;

	/* Below end all is RAM, or refused. */
	for (ei = e820.map; ei < e820.map + e820.nr_map; ei++) {
		if (ei->type != E820_RAM)
			continue;
		bytes += refuse(end, ei->addr);
		end = e820_end(ei);
	}
	return bytes + refuse(end, PHYS_ADDR_MAX);
}

/* False, with a message, if what is in memory already doesn't lie in the tree's memory. */
static bool __init is_described(const char *who, u64 start, u64 end)
{
	if (memory_within(start, end) == end - start)
		return true;
	printk(KERN_ERR "memdawn: fdt: the %s lies at [mem %#010llx-%#010llx], which is no memory in "
	       "the device tree: its memory nodes are not used\n", who, start, end - 1);
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
	if (!is_described("kernel", __pa(_text), PAGE_ALIGN(__pa(_brk_end))) ||
	    !is_described("RAM disk", ramdisk, PAGE_ALIGN(ramdisk + boot_params.ramdisk_size))) {
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
