// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flattened device tree: a hardware description in one piece, here read for what it says of
 * memory. All numbers in it are big-endian.
 *
 *	header		magic, total size, offsets and sizes of the three blocks, versions
 *	reservations	{ u64 address, u64 size } ..., ended by size 0
 *	structure	u32 tokens: BEGIN_NODE name, PROP length, name, value; END_NODE; END
 *	strings		the names of the properties
 *
 * The tree comes from outside. early_init_dt_verify() walks through all of it once: blocks within
 * the blob, names with an end, values within their block, nodes that close. After that the others
 * read what they need without looking again. A tree that fails is not used at all, and the
 * message says where it is wrong.
 *
 * What becomes of what the tree says:
 *	/memory...		memory, with its node (numa-node-id), hotpluggable or not
 *	/memreserve/		reserved: of_reserved_mem.c
 *	/reserved-memory/...	the same; with no-map it stays memory, but marked NOMAP, and a part
 *				that is no memory is listed nowhere
 *
 * Linux: drivers/of/fdt.c, v6.1.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/memblock.h>
#include <of/fdt.h>
#include <of/fdt_internal.h>

#define FDT_MAGIC		0xd00dfeed
#define FDT_HEADER_SIZE		40
#define FDT_VERSION		17	/* what this file was written for */
#define FDT_FIRST_VERSION	16	/* the oldest that looks alike */

enum fdt_token { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4, FDT_END = 9 };

struct fdt fdt __initdata;

static u32 __init be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static u64 __init be64(const u8 *p)
{
	return (u64)be32(p) << 32 | be32(p + 4);
}

static int __init wrong(const char *what, u32 offset)
{
	printk(KERN_ERR "memdawn: fdt: %s at 0x%x: the device tree is not used\n", what, offset);
	return -EINVAL;
}

/* --- verification ----------------------------------------------------------------------- */

/* Moves *offset past the string that starts there; false if it has no end within the block. */
static bool __init skip_string(const u8 *block, u32 size, u32 *offset)
{
	u32 len;

	if (*offset >= size)
		return false;
	len = strnlen((const char *)block + *offset, size - *offset);
	if (len == size - *offset)
		return false;
	*offset += len + 1;
	return true;
}

/* A property after its token: length, name, value. *offset moves past it, unaligned. */
static int __init verify_prop(u32 *offset)
{
	u32 start = *offset, len, name;

	if (fdt.structure_size - start < 8)
		return wrong("cut property", start);
	len = be32(fdt.structure + start);
	name = be32(fdt.structure + start + 4);
	if (!skip_string((const u8 *)fdt.strings, fdt.strings_size, &name))
		return wrong("property without a name", start);
	if (len > fdt.structure_size - start - 8)
		return wrong("property longer than the tree", start);
	*offset = start + 8 + len;
	return 0;
}

/* Every token from the first BEGIN_NODE, the root's, to END. */
static int __init verify_structure(void)
{
	u32 offset = 0, depth = 0, last = 0, token;

	/* [0, offset) is right, and depth nodes are open in it. */
	for (;; offset = ALIGN(offset, 4)) {
		if (offset > fdt.structure_size || fdt.structure_size - offset < 4)
			return wrong("structure without an end", offset);
		token = be32(fdt.structure + offset);
		offset += 4;
		if (!depth && (token == FDT_PROP || token == FDT_END_NODE))
			return wrong("token outside the root", offset - 4);
		switch (token) {
		case FDT_BEGIN_NODE:
			if (!depth++ && last)
				return wrong("second root", offset - 4);
			if (!skip_string(fdt.structure, fdt.structure_size, &offset))
				return wrong("name without an end", offset);
			break;
		case FDT_END_NODE:
			depth--;
			break;
		case FDT_PROP:
			if (last == FDT_END_NODE)
				return wrong("property after a node", offset - 4);
			if (verify_prop(&offset))
				return -EINVAL;
			break;
		case FDT_NOP:
			continue;
		case FDT_END:
			return depth || !last ? wrong("end inside a node", offset - 4) : 0;
		default:
			return wrong("unknown token", offset - 4);
		}
		last = token;
	}
}

/* Is there an entry of size 0 in the bytes that follow? */
static int __init verify_reservations(u32 start, u32 size)
{
	u32 offset;

	for (offset = start; size - offset >= 16; offset += 16)
		if (!be64(fdt.reservations + offset - start + 8))
			return 0;
	return wrong("reservations without an end", offset);
}

static int __init verify_blocks(const u8 *blob, u32 size)
{
	u32 structure = be32(blob + 8), strings = be32(blob + 12), reservations = be32(blob + 16);
	u32 version = be32(blob + 20), last_compatible = be32(blob + 24);

	if (version < FDT_FIRST_VERSION || last_compatible > FDT_VERSION)
		return wrong("unknown version", 20);
	if (structure > size || strings > size || reservations > size || structure % 4)
		return wrong("block outside the tree", 8);
	fdt.strings_size = be32(blob + 32);
	fdt.structure_size = version >= FDT_VERSION ? be32(blob + 36) : size - structure;
	if (fdt.strings_size > size - strings || fdt.structure_size > size - structure)
		return wrong("block longer than the tree", 32);

	fdt.reservations = blob + reservations;
	fdt.structure = blob + structure;
	fdt.strings = (const char *)blob + strings;
	if (verify_reservations(reservations, size))
		return -EINVAL;
	return verify_structure();
}

/* --- reading what was verified ---------------------------------------------------------- */

/* The offset of the token that follows, NOPs passed over. The one here is not END. */
static u32 __init next_token(u32 offset)
{
	u32 token;

	do {
		token = be32(fdt.structure + offset);
		offset += 4;
		if (token == FDT_BEGIN_NODE)
			offset += strlen((const char *)fdt.structure + offset) + 1;
		else if (token == FDT_PROP)
			offset += 8 + be32(fdt.structure + offset);
		offset = ALIGN(offset, 4);
	} while (be32(fdt.structure + offset) == FDT_NOP);
	return offset;
}

/**
 * fdt_root - the root node
 *
 * Return: the node.
 */
u32 __init fdt_root(void)
{
	return be32(fdt.structure) == FDT_NOP ? next_token(0) : 0;
}

/**
 * fdt_node_name - a node's name, of any length
 * @node: the node
 *
 * Return: the name, in the tree.
 */
const char *__init fdt_node_name(u32 node)
{
	return (const char *)fdt.structure + node + 4;
}

/**
 * fdt_get_prop - look a property up
 * @node: the node
 * @name: the property's name
 * @value: set to its value; its data is NULL if there is none
 *
 * Return: whether there is one.
 */
bool __init fdt_get_prop(u32 node, const char *name, struct fdt_value *value)
{
	u32 offset;

	for (offset = next_token(node); be32(fdt.structure + offset) == FDT_PROP;
	     offset = next_token(offset)) {
		const u8 *prop = fdt.structure + offset + 4;

		if (strcmp(fdt.strings + be32(prop + 4), name))
			continue;
		*value = (struct fdt_value){ .data = prop + 8, .len = be32(prop) };
		return true;
	}
	*value = (struct fdt_value){ .data = NULL };
	return false;
}

/**
 * fdt_has_prop - is there such a property, whatever its value?
 * @node: the node
 * @name: the property's name
 *
 * Return: whether there is.
 */
bool __init fdt_has_prop(u32 node, const char *name)
{
	struct fdt_value value;

	return fdt_get_prop(node, name, &value);
}

/* Is there a property with this string as its value? */
static bool __init prop_is(u32 node, const char *name, const char *string)
{
	struct fdt_value value;

	return fdt_get_prop(node, name, &value) && value.len == strlen(string) + 1 &&
	       !memcmp(value.data, string, value.len);
}

/**
 * fdt_get_u32 - a property of one u32
 * @node: the node
 * @name: the property's name
 * @otherwise: the result if there is none, or one of another length
 *
 * Return: its value, or @otherwise.
 */
u32 __init fdt_get_u32(u32 node, const char *name, u32 otherwise)
{
	struct fdt_value value;

	return fdt_get_prop(node, name, &value) && value.len == 4 ? be32(value.data) : otherwise;
}

/* From a node's BEGIN_NODE to past its END_NODE. */
static u32 __init skip_node(u32 node)
{
	u32 offset = node, depth = 0, token;

	do {
		token = be32(fdt.structure + offset);
		if (token == FDT_BEGIN_NODE)
			depth++;
		else if (token == FDT_END_NODE)
			depth--;
		offset = next_token(offset);
	} while (depth);
	return offset;
}

/* The node at offset, or 0 where none starts: the root is no node's subnode. */
static u32 __init node_at(u32 offset)
{
	return be32(fdt.structure + offset) == FDT_BEGIN_NODE ? offset : 0;
}

/**
 * fdt_first_subnode - the first node inside a node
 * @node: the node
 *
 * Return: a node, 0 if there is none.
 */
u32 __init fdt_first_subnode(u32 node)
{
	u32 offset = next_token(node);

	while (be32(fdt.structure + offset) == FDT_PROP)
		offset = next_token(offset);
	return node_at(offset);
}

/**
 * fdt_next_subnode - the next node beside a node
 * @node: not the root
 *
 * Return: a node, 0 if there is none.
 */
u32 __init fdt_next_subnode(u32 node)
{
	return node_at(skip_node(node));
}

/**
 * fdt_is_available - does a node's status allow its use?
 * @node: the node
 *
 * Return: whether it does; without a status it does.
 */
bool __init fdt_is_available(u32 node)
{
	return !fdt_has_prop(node, "status") || prop_is(node, "status", "okay") ||
	       prop_is(node, "status", "ok");
}

/**
 * fdt_next_cell - take a number off the front of a value
 * @value: at least this long; what is left of it afterwards
 * @cells: 1 or 2 u32s
 *
 * Return: the number.
 */
u64 __init fdt_next_cell(struct fdt_value *value, u32 cells)
{
	u64 number = cells == 2 ? be64(value->data) : be32(value->data);

	value->data += 4 * cells;
	value->len -= 4 * cells;
	return number;
}

/**
 * fdt_next_range - take an address and a size, as long as the root says, off the front of a value
 * @value: of any length
 * @base: set to the address
 * @size: set to the size
 *
 * Return: false if there are no more.
 */
bool __init fdt_next_range(struct fdt_value *value, u64 *base, u64 *size)
{
	if (!value->data || value->len < 4 * (fdt.addr_cells + fdt.size_cells))
		return false;
	*base = fdt_next_cell(value, fdt.addr_cells);
	*size = fdt_next_cell(value, fdt.size_cells);
	return true;
}

/**
 * fdt_next_reservation - the next entry of /memreserve/
 * @index: 0 at first
 * @base: set to its address
 * @size: set to its size, not 0
 *
 * Return: false if there are no more.
 */
bool __init fdt_next_reservation(u32 *index, u64 *base, u64 *size)
{
	const u8 *entry = fdt.reservations + 16 * (*index)++;

	*base = be64(entry);
	*size = be64(entry + 8);
	return *size;
}

/**
 * early_init_dt_verify - check a device tree from end to end, and use it from now on
 * @params: the blob; it must stay where it is until the others have been called
 * @size: bytes that may be read there
 *
 * Needs printk only.
 * Return: whether it is one that can be used. If not, why is printed.
 * Linux: drivers/of/fdt.c:early_init_dt_verify, v6.1, which looks at the header alone.
 */
bool __init early_init_dt_verify(const void *params, u32 size)
{
	const u8 *blob = params;
	u32 total, root;

	memset(&fdt, 0, sizeof(fdt));
	if (size < FDT_HEADER_SIZE || be32(blob) != FDT_MAGIC) {
		wrong("no header", 0);
		return false;
	}
	total = be32(blob + 4);
	if (total < FDT_HEADER_SIZE || total > size) {
		wrong("more bytes promised than there are", 4);
		return false;
	}
	if (verify_blocks(blob, total)) {
		fdt.structure = NULL;
		return false;
	}
	root = fdt_root();
	fdt.addr_cells = fdt_get_u32(root, "#address-cells", 1);
	fdt.size_cells = fdt_get_u32(root, "#size-cells", 1);
	if (fdt.addr_cells - 1 > 1 || fdt.size_cells - 1 > 1) {
		printk(KERN_ERR "memdawn: fdt: #address-cells %u, #size-cells %u: only 1 and 2 can "
		       "be read, the device tree is not used\n", fdt.addr_cells, fdt.size_cells);
		fdt.structure = NULL;
		return false;
	}
	return true;
}

/* --- memory ----------------------------------------------------------------------------- */

/*
 * Rounds [*base, *base + *size) inward to pages; false if none is left.
 * Linux: drivers/of/fdt.c:early_init_dt_add_memory_arch, v6.1.
 */
static bool __init round_to_pages(u64 *base, u64 *size)
{
	u64 end = *size > PHYS_ADDR_MAX - *base ? PHYS_ADDR_MAX : *base + *size;
	u64 first = *base > PHYS_ADDR_MAX - PAGE_SIZE ? PHYS_ADDR_MAX : PAGE_ALIGN(*base);

	end = round_down(end, PAGE_SIZE);
	if (first >= end) {
		printk(KERN_WARNING "OF: fdt: Ignoring memory block 0x%llx - 0x%llx\n", *base,
		       *base + *size);
		return false;
	}
	*base = first;
	*size = end - first;
	return true;
}

/* One range of a memory node. */
static void __init add_memory(u32 node, u64 base, u64 size)
{
	u32 nid = fdt_get_u32(node, "numa-node-id", MEMBLOCK_MAX_NUMNODES);

	if (memblock_overlaps_region(&memblock.memory, base, size))
		printk(KERN_WARNING "memdawn: fdt: '%s': 0x%016llx, size 0x%llx, is described "
		       "twice, the last node and flags count\n", fdt_node_name(node), base, size);
	if (memblock_add(base, size)) {
		printk(KERN_ERR "memdawn: fdt: no room to note '%s'\n", fdt_node_name(node));
		return;
	}
	if (fdt_has_prop(node, "hotpluggable") && memblock_mark_hotplug(base, size))
		printk(KERN_WARNING "OF: fdt: failed to mark hotplug range 0x%llx - 0x%llx\n", base,
		       base + size);
	if (nid > MEMBLOCK_MAX_NUMNODES)
		printk(KERN_WARNING "OF: NUMA: Node id %u exceeds maximum value\n", nid);
	else if (nid < MEMBLOCK_MAX_NUMNODES)
		memblock_set_node(base, size, &memblock.memory, nid);
}

static int __init add_memory_node(u32 node)
{
	struct fdt_value reg;
	u64 base, size;
	int added = 0;

	if (!fdt_get_prop(node, "linux,usable-memory", &reg))
		fdt_get_prop(node, "reg", &reg);
	while (fdt_next_range(&reg, &base, &size)) {
		if (!size || !round_to_pages(&base, &size))
			continue;
		add_memory(node, base, size);
		added++;
	}
	if (!reg.data || reg.len)
		printk(KERN_ERR "memdawn: fdt: '%s' has %s\n", fdt_node_name(node),
		       reg.data ? "a reg with half a range at its end" : "no reg");
	return added;
}

/**
 * early_init_dt_scan_memory - register the memory that the device tree describes
 *
 * The nodes below the root whose device_type is "memory", unless their status says that they are
 * not to be used. Ranges are rounded inward to pages. After early_init_dt_verify().
 * Return: the number of ranges registered.
 * Linux: drivers/of/fdt.c:early_init_dt_scan_memory, v6.1, and the node ids of
 * drivers/of/of_numa.c:of_numa_parse_memory_nodes.
 */
int __init early_init_dt_scan_memory(void)
{
	int added = 0;
	u32 node;

	if (!fdt.structure)
		return 0;
	for (node = fdt_first_subnode(fdt_root()); node; node = fdt_next_subnode(node))
		if (prop_is(node, "device_type", "memory") && fdt_is_available(node))
			added += add_memory_node(node);
	return added;
}
