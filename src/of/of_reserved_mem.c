// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device tree's memory that is to be left alone: /memreserve/, which are plain ranges, and the
 * nodes in /reserved-memory.
 *
 *	reg			there, in one or more ranges
 *	size, alignment,	somewhere: it is allocated after all those that name a place
 *	alloc-ranges		have it
 *	no-map			not to be mapped either: the range stays memory, marked NOMAP
 *
 * Nodes may overlap: the log says so, and the memory is reserved all the same.
 *
 * Linux: drivers/of/of_reserved_mem.c and drivers/of/fdt.c, v6.1.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/memblock.h>
#include <of/fdt.h>
#include <of/fdt_internal.h>

#define MAX_RESERVED_REGIONS	64

/* What the nodes have reserved so far; the names are the tree's. */
static struct reserved_mem {
	const char *name;
	phys_addr_t base, end;
} reserved_mem[MAX_RESERVED_REGIONS] __initdata;
static int reserved_mem_count __initdata;

/*
 * Linux: of_reserved_mem.c:fdt_reserved_mem_save_node and __rmem_check_for_overlap, v6.1, which
 * know the first range of a node only.
 */
static void __init save_range(const char *name, u64 base, u64 size)
{
	const struct reserved_mem new = { name, base, size > PHYS_ADDR_MAX - base ?
					  PHYS_ADDR_MAX : base + size };
	int i;

	for (i = 0; i < reserved_mem_count; i++) {
		const struct reserved_mem *old = &reserved_mem[i];
		const struct reserved_mem *low = old->base <= new.base ? old : &new;
		const struct reserved_mem *high = low == old ? &new : old;

		if (low->end <= high->base)
			continue;
		printk(KERN_ERR "OF: reserved mem: OVERLAP DETECTED!\n");
		printk(KERN_ERR "%s (0x%016llx--0x%016llx) overlaps with %s (0x%016llx--0x%016llx)\n",
		       low->name, low->base, low->end, high->name, high->base, high->end);
	}
	if (reserved_mem_count == MAX_RESERVED_REGIONS)
		printk(KERN_ERR "OF: reserved mem: not enough space for all defined regions.\n");
	else
		reserved_mem[reserved_mem_count++] = new;
}

/*
 * Linux: drivers/of/fdt.c:early_init_dt_reserve_memory_arch, v6.1. What somebody has reserved
 * already can't become NOMAP.
 */
static int __init reserve_range(const char *name, u64 base, u64 size, bool nomap)
{
	if (!nomap)
		return memblock_reserve(base, size);
	if (!memblock_overlaps_region(&memblock.memory, base, size)) {
		printk(KERN_INFO "memdawn: fdt: '%s' is no-map and no memory: 0x%016llx, size "
		       "0x%llx, is listed nowhere\n", name, base, size);
		return 0;
	}
	if (memblock_is_region_reserved(base, size))
		return -EBUSY;
	return memblock_mark_nomap(base, size);
}

/* A node that says where. Linux: of_reserved_mem.c:__reserved_mem_reserve_reg, v6.1. */
static void __init reserve_node(u32 node, struct fdt_value reg)
{
	const char *name = fdt_node_name(node);
	bool nomap = fdt_has_prop(node, "no-map");
	u64 base, size;

	if (!reg.len || reg.len % (4 * (fdt.addr_cells + fdt.size_cells))) {
		printk(KERN_ERR "OF: fdt: Reserved memory: invalid reg property in '%s', skipping "
		       "node.\n", name);
		return;
	}
	while (fdt_next_range(&reg, &base, &size)) {
		if (!size)
			continue;
		save_range(name, base, size);
		if (!reserve_range(name, base, size, nomap))
			balance_own(name, phys_span(base, size));
		else
			printk(KERN_INFO "OF: fdt: Reserved memory: failed to reserve memory for "
			       "node '%s': base 0x%016llx, size %lu MiB\n", name, base,
			       (unsigned long)(size >> 20));
	}
}

/* Allocates a node's memory in one of the ranges it allows, or anywhere. 0: there is none. */
static u64 __init alloc_for_node(u32 node, u64 bytes, u64 align)
{
	struct fdt_value ranges;
	u64 base, size, found = 0;

	if (!fdt_get_prop(node, "alloc-ranges", &ranges))
		return memblock_phys_alloc_range(bytes, align, 0, MEMBLOCK_ALLOC_ANYWHERE);
	if (ranges.len % (4 * (fdt.addr_cells + fdt.size_cells))) {
		printk(KERN_ERR "OF: reserved mem: invalid alloc-ranges property in '%s', skipping "
		       "node.\n", fdt_node_name(node));
		return 0;
	}
	while (!found && fdt_next_range(&ranges, &base, &size))
		if (size && size <= PHYS_ADDR_MAX - base)
			found = memblock_phys_alloc_range(bytes, align, base, base + size);
	return found;
}

/* A node that only says how much. Linux: of_reserved_mem.c:__reserved_mem_alloc_size, v6.1. */
static void __init place_node(u32 node, struct fdt_value size)
{
	struct fdt_value align;
	u64 bytes, alignment = 0, base;

	fdt_get_prop(node, "alignment", &align);
	if (size.len != 4 * fdt.size_cells || (align.data && align.len != 4 * fdt.addr_cells)) {
		printk(KERN_ERR "OF: reserved mem: invalid size or alignment property in '%s' "
		       "node.\n", fdt_node_name(node));
		return;
	}
	bytes = fdt_next_cell(&size, fdt.size_cells);
	if (align.data)
		alignment = fdt_next_cell(&align, fdt.addr_cells);
	if (!bytes || (alignment & (alignment - 1))) {
		printk(KERN_ERR "memdawn: fdt: '%s' wants 0x%llx bytes aligned to 0x%llx: left "
		       "out\n", fdt_node_name(node), bytes, alignment);
		return;
	}
	base = alloc_for_node(node, bytes, alignment);
	if (!base) {
		printk(KERN_INFO "OF: reserved mem: failed to allocate memory for node '%s'\n",
		       fdt_node_name(node));
		return;
	}
	if (fdt_has_prop(node, "no-map") && memblock_mark_nomap(base, bytes))
		memblock_phys_free(base, bytes);
	else
		balance_own(fdt_node_name(node), phys_span(base, bytes));
}

/* Linux: drivers/of/fdt.c:__reserved_mem_check_root, v6.1. */
static bool __init cells_as_in_root(u32 node)
{
	return fdt_get_u32(node, "#address-cells", 0) == fdt.addr_cells &&
	       fdt_get_u32(node, "#size-cells", 0) == fdt.size_cells && fdt_has_prop(node, "ranges");
}

/* The nodes in /reserved-memory that say where; or else those that only say how much. */
static void __init scan_reserved_mem(u32 parent, bool placed)
{
	struct fdt_value reg, size;
	u32 node;

	for (node = fdt_first_subnode(parent); node; node = fdt_next_subnode(node)) {
		if (!fdt_is_available(node))
			continue;
		fdt_get_prop(node, "reg", &reg);
		fdt_get_prop(node, "size", &size);
		if (reg.data && placed)
			reserve_node(node, reg);
		else if (!reg.data && size.data && !placed)
			place_node(node, size);
		else if (!reg.data && !size.data && placed)
			printk(KERN_ERR "memdawn: fdt: '%s' has neither reg nor size: left out\n",
			       fdt_node_name(node));
	}
}

static u32 __init find_reserved_mem(void)
{
	u32 node;

	for (node = fdt_first_subnode(fdt_root()); node; node = fdt_next_subnode(node)) {
		if (strcmp(fdt_node_name(node), "reserved-memory"))
			continue;
		if (cells_as_in_root(node))
			return node;
		printk(KERN_ERR "OF: fdt: Reserved memory: unsupported node format, ignoring\n");
	}
	return 0;
}

/**
 * early_init_fdt_scan_reserved_mem - reserve what the device tree wants to be left alone
 *
 * In this order: the nodes of /reserved-memory that say where, /memreserve/, and then, when no
 * certain place is needed any more, the nodes of /reserved-memory that only say how much. After
 * early_init_dt_scan_memory().
 * Linux: drivers/of/fdt.c:early_init_fdt_scan_reserved_mem, v6.1.
 */
void __init early_init_fdt_scan_reserved_mem(void)
{
	u32 node, index = 0;
	u64 base, size;

	reserved_mem_count = 0;
	if (!fdt.structure)
		return;
	node = find_reserved_mem();
	if (node)
		scan_reserved_mem(node, true);
	while (fdt_next_reservation(&index, &base, &size))
		if (!memblock_reserve(base, size))
			balance_own("/memreserve/", phys_span(base, size));
	if (node)
		scan_reserved_mem(node, false);
}
