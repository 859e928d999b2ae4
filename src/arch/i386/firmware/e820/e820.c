// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware's memory map, from the moment it is taken over until the boot
 * allocator knows which page frames are RAM.
 *
 * Two maps are kept. `e820` is the one that everybody asks: the command line
 * and the BIOS-area rules change it. `e820_saved` stays as the firmware gave it.
 *
 * Between changes the maps are unsorted and may overlap; sanitize_e820_map()
 * brings them back into the form that all questions rely on (e820_ram.c has more of
 * them): sorted by address, disjoint, neighbours of different type. The map has room for
 * E820MAX entries; what doesn't fit is lost, and that is always said.
 */
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/sort.h>
#include <lib/string.h>
#include <lib/vsprintf.h>

struct e820map e820;
struct e820map e820_saved;
struct e820_change e820_changes[E820_CHANGES];
unsigned int nr_e820_changes;
const char *e820_source = "The firmware's map";

/* Where PCI devices may be put: the start of the largest gap below 4 GiB. */
unsigned long pci_mem_start = 0xaeedbabe;

/* What a type is called in the log, and in the resource tree. */
static const struct type_name {
	u32 type;
	const char *in_log, *in_tree;
} type_names[] __initconst = {
	{ E820_RAM,		"(usable)",	"System RAM" },
	{ E820_RESERVED_KERN,	"(usable)",	"System RAM" },
	{ E820_RESERVED,	"(reserved)",	"reserved" },
	{ E820_ACPI,		"(ACPI data)",	"ACPI Tables" },
	{ E820_NVS,		"(ACPI NVS)",	"ACPI Non-volatile Storage" },
	{ E820_UNUSABLE,	"(unusable)",	"Unusable memory" },
};

static const struct type_name * __init find_type_name(u32 type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(type_names); i++)
		if (type_names[i].type == type)
			return &type_names[i];
	return NULL;
}

static void __init e820_print_type(u32 type)
{
	const struct type_name *name = find_type_name(type);

	if (name)
		printk(KERN_CONT "%s", name->in_log);
	else
		printk(KERN_CONT "type %u", type);
}

/* A line that ends with a type. */
static void __init e820_end_line(u32 type)
{
	e820_print_type(type);
	printk(KERN_CONT "\n");
}

/**
 * e820_type_to_string - what a type is called in the resource tree
 * @type: E820_..., or any other number
 *
 * Return: the name.
 * Linux: arch/x86/kernel/e820.c:e820_type_to_string, v2.6.34.
 */
const char * __init e820_type_to_string(u32 type)
{
	const struct type_name *name = find_type_name(type);

	return name ? name->in_tree : "reserved";
}

/**
 * e820_print_map - print the map, a line for each entry
 * @who: the word in front of each entry ("BIOS-e820", "user", ...)
 *
 * Linux: arch/x86/kernel/e820.c:e820_print_map, v2.6.34.
 */
void __init e820_print_map(const char *who)
{
	const struct e820entry *ei = e820.map, *end = ei + e820.nr_map;

	for (; ei < end; ei++) {
		printk(KERN_INFO " %s: %016llx - %016llx ", who, ei->addr, e820_end(ei));
		e820_end_line(ei->type);
	}
}

/* Appends; a full map says so as Linux does, and then what was lost. */
static void __init __e820_add_region(struct e820map *map, u64 start, u64 size, int type)
{
	if (map->nr_map < E820MAX) {
		map->map[map->nr_map++] = (struct e820entry){ start, size, type };
		return;
	}
	printk(KERN_ERR "Ooops! Too many entries in the memory map!\n");
	printk(KERN_ERR "memdawn: e820: no room after %u entries, lost: %016llx - %016llx ",
	       map->nr_map, start, start + size);
	e820_end_line(type);
}

/**
 * e820_add_region - append a range to the map
 * @start: physical address
 * @size: bytes
 * @type: E820_...
 *
 * The map is no longer sanitized afterwards. If it is full, the range is lost
 * with a message.
 * Linux: arch/x86/kernel/e820.c:e820_add_region, v2.6.34; the second line, that
 * says what was lost, is ours.
 */
void __init e820_add_region(u64 start, u64 size, int type)
{
	__e820_add_region(&e820, start, size, type);
}

/* A border in the map: a region begins or ends here. */
struct change_point {
	u64 addr;
	const struct e820entry *entry;
	bool is_end;
};

/* By address; at the same address beginnings come before ends. */
static int __init cmp_change_point(const void *a, const void *b)
{
	const struct change_point *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->is_end - y->is_end;
}

/* The borders of all regions that have bytes, sorted. Returns their number. */
static int __init collect_change_points(const struct e820entry *map, int nr,
					struct change_point *points)
{
	int i, n = 0;

	for (i = 0; i < nr; i++) {
		if (!map[i].size)
			continue;
		points[n++] = (struct change_point){ map[i].addr, &map[i], false };
		points[n++] = (struct change_point){ e820_end(&map[i]), &map[i], true };
	}
	sort(points, n, sizeof(points[0]), cmp_change_point, NULL);
	return n;
}

/* Keeps the set of regions that cover the current address; the highest type wins. */
static u32 __init update_overlaps(const struct e820entry **overlap, int *nr,
				  const struct change_point *point)
{
	u32 type = 0;
	int i;

	if (!point->is_end) {
		overlap[(*nr)++] = point->entry;
	} else {
		for (i = 0; overlap[i] != point->entry; i++)
			;
		overlap[i] = overlap[--(*nr)];
	}
	for (i = 0; i < *nr; i++)
		if (overlap[i]->type > type)
			type = overlap[i]->type;
	return type;
}

static void __init report_lost_entries(u32 entries, u64 first, u64 ram)
{
	if (!entries)
		return;
	printk(KERN_ERR "memdawn: e820: the map holds %d entries: %u more, from %016llx on, "
	       "with %llu kB of RAM, are lost\n", E820MAX, entries, first, ram >> 10);
}

/**
 * sanitize_e820_map - sort a map, resolve its overlaps, merge neighbours
 * @biosmap: the entries, changed in place
 * @max_nr_map: entries that @biosmap has room for
 * @pnr_map: entries in use; the new number afterwards
 *
 * Where regions overlap, the highest type number wins: what anybody calls
 * reserved is not RAM.
 *
 *	given:    1111111111______      type 1 from 0 to 10
 *	          ____3333________      type 3 from 4 to 8
 *	          ________11111111      type 1 from 8 to 16
 *	result:   1111333311111111      three entries
 *
 * If the result has more than @max_nr_map entries the highest ones are lost, with a message (Linux
 * is silent).
 *
 * Return: 0, or -1 if nothing was done: fewer than two entries, or one that wraps around the end of
 * the address space.
 * Linux: arch/x86/kernel/e820.c:sanitize_e820_map, v2.6.34.
 */
int __init sanitize_e820_map(struct e820entry *biosmap, int max_nr_map, u32 *pnr_map)
{
	static struct change_point points[2 * E820MAX] __initdata;
	static const struct e820entry *overlap[E820MAX] __initdata;
	static struct e820entry result[E820MAX] __initdata;
	int i, nr_points, nr_overlap = 0, old_nr = *pnr_map, n = 0;
	u64 lost_first = 0, lost_ram = 0, start = 0;
	u32 type, current_type = 0, lost = 0;

	if (old_nr < 2)
		return -1;
	BUG_ON(old_nr > max_nr_map || max_nr_map > E820MAX);
	for (i = 0; i < old_nr; i++)
		if (e820_end(&biosmap[i]) < biosmap[i].addr)
			return -1;

	nr_points = collect_change_points(biosmap, old_nr, points);
	/* Up to points[i], result[] is right; current_type covers from start on. */
	for (i = 0; i < nr_points; i++) {
		type = update_overlaps(overlap, &nr_overlap, &points[i]);
		if (type == current_type)
			continue;
		if (current_type && points[i].addr > start) {
			if (n < max_nr_map) {
				result[n++] = (struct e820entry){ start, points[i].addr - start,
								  current_type };
			} else {
				if (!lost++)
					lost_first = start;
				if (current_type == E820_RAM)
					lost_ram += points[i].addr - start;
			}
		}
		start = points[i].addr;
		current_type = type;
	}
	memcpy(biosmap, result, n * sizeof(result[0]));
	*pnr_map = n;
	report_lost_entries(lost, lost_first, lost_ram);
	return 0;
}

/* Copies the loader's map; -1 if it can't be one: too short, or wrapping. */
static int __init append_e820_map(const struct e820entry *biosmap, u32 nr_map)
{
	u32 i;

	if (nr_map < 2)
		return -1;
	for (i = 0; i < nr_map; i++) {
		if (e820_end(&biosmap[i]) < biosmap[i].addr) {
			printk(KERN_ERR "memdawn: e820: entry %u wraps: %016llx + %016llx, "
			       "the map is not used\n", i, biosmap[i].addr, biosmap[i].size);
			return -1;
		}
		e820_add_region(biosmap[i].addr, biosmap[i].size, biosmap[i].type);
	}
	return 0;
}

/**
 * e820_sanitize - bring the map back into order after a change
 *
 * Return: 0, or -1 where sanitize_e820_map() refuses.
 */
int __init e820_sanitize(void)
{
	return sanitize_e820_map(e820.map, ARRAY_SIZE(e820.map), &e820.nr_map);
}

/*
 * What happens to the part of an entry that lies in [start, end):
 * retype it (new_type != 0) or take it out (new_type == 0).
 * Returns the bytes concerned.
 */
static u64 __init e820_cut_entry(struct e820map *map, struct e820entry *ei, u64 start, u64 end,
				 unsigned int new_type)
{
	u64 first = max(start, ei->addr), last = min(end, e820_end(ei)), ei_end = e820_end(ei);

	if (ei->addr >= start && ei_end <= end) {
		u64 size = ei->size;

		if (new_type)
			ei->type = new_type;
		else
			memset(ei, 0, sizeof(*ei));
		return size;
	}
	if (first >= last)
		return 0;
	if (new_type)
		__e820_add_region(map, first, last - first, new_type);
	if (ei->addr < start && ei_end > end)
		__e820_add_region(map, end, ei_end - end, ei->type);
	if (ei->addr < first) {
		ei->size = first - ei->addr;
	} else {
		ei->addr = last;
		ei->size = ei_end - last;
	}
	return last - first;
}

static u64 __init clip_end(u64 start, u64 size)
{
	return size > ULLONG_MAX - start ? ULLONG_MAX : start + size;
}

static u64 __init __e820_update_range(struct e820map *map, u64 start, u64 size,
				      unsigned int old_type, unsigned int new_type)
{
	u64 end = clip_end(start, size), updated = 0;
	u32 i;

	BUG_ON(old_type == new_type);
	printk(KERN_DEBUG "e820 update range: %016llx - %016llx ", start, end);
	e820_print_type(old_type);
	printk(KERN_CONT " ==> ");
	e820_end_line(new_type);

	for (i = 0; i < map->nr_map; i++)
		if (map->map[i].type == old_type)
			updated += e820_cut_entry(map, &map->map[i], start, end, new_type);
	return updated;
}

/**
 * e820_update_range - give the bytes of one type in a range another type
 * @start: physical address
 * @size: bytes; clipped at the end of the address space
 * @old_type: which bytes
 * @new_type: what they become
 *
 * Sanitize the map afterwards.
 *
 * Return: the number of bytes changed.
 * Linux: arch/x86/kernel/e820.c:e820_update_range, v2.6.34.
 */
u64 __init e820_update_range(u64 start, u64 size, unsigned int old_type, unsigned int new_type)
{
	return __e820_update_range(&e820, start, size, old_type, new_type);
}

/**
 * e820_remove_range - take a range out of the map
 * @start: physical address
 * @size: bytes; clipped at the end of the address space
 * @old_type: which bytes, if @checktype
 * @checktype: only bytes of @old_type
 *
 * Sanitize the map afterwards.
 *
 * Return: the number of bytes removed.
 * Linux: arch/x86/kernel/e820.c:e820_remove_range, v2.6.34.
 */
u64 __init e820_remove_range(u64 start, u64 size, unsigned int old_type, int checktype)
{
	u64 end = clip_end(start, size), removed = 0;
	u32 i;

	printk(KERN_DEBUG "e820 remove range: %016llx - %016llx ", start, end);
	if (checktype)
		e820_print_type(old_type);
	printk(KERN_CONT "\n");

	for (i = 0; i < e820.nr_map; i++)
		if (!checktype || e820.map[i].type == old_type)
			removed += e820_cut_entry(&e820, &e820.map[i], start, end, 0);
	return removed;
}

/**
 * update_e820 - sanitize the map after a change and print it
 *
 * Linux: arch/x86/kernel/e820.c:update_e820, v2.6.34.
 */
void __init update_e820(void)
{
	if (e820_sanitize() < 0)
		return;
	printk(KERN_INFO "modified physical RAM map:\n");
	e820_print_map("modified");
}

/**
 * e820_changed - note what was done to the map
 * @range: physical bytes
 * @from: E820_...: those of this type; 0: all
 * @to: E820_...: what they are now; 0: they were taken out
 * @fmt: who did it, and why, as for printk(): how a sentence goes on after "Then"
 *
 * What comes after the 32nd is counted, and not kept. Not __init: an image that is laid out like
 * another kernel's (IMAGE=) has no more room in these sections.
 */
void e820_changed(struct phys_range range, u32 from, u32 to, const char *fmt, ...)
{
	struct e820_change *change;
	va_list args;

	if (nr_e820_changes++ >= E820_CHANGES)
		return;
	change = &e820_changes[nr_e820_changes - 1];
	change->range = range;
	change->from = from;
	change->to = to;
	va_start(args, fmt);
	vsnprintf(change->how, sizeof(change->how), fmt, args);
	va_end(args);
}

/*
 * Notes what sanitize_e820_map() is about to settle: bytes that two entries call different things.
 * Not __init either.
 */
static noinline void note_overlaps(const struct e820entry *map, u32 nr)
{
	u32 i, j;

	for (i = 0; i < nr; i++) {
		struct phys_range range = phys_span(map[i].addr, map[i].size);

		for (j = 0; j < nr; j++) {
			struct phys_range both =
				phys_range_common(range, phys_span(map[j].addr, map[j].size));

			if (map[j].type < map[i].type && !phys_range_empty(both))
				e820_changed(both, map[i].type, map[i].type, "sanitize_e820_map() settled "
					     "that two entries claim it, of types %u and %u: the higher one holds",
					     map[j].type, map[i].type);
		}
	}
}

/* No map: one RAM range to 640 KiB, one from 1 MiB as long as the loader says. */
static const char * __init fake_memory_map(void)
{
	if (boot_params.e820_entries)
		printk(KERN_WARNING "memdawn: e820: the firmware's map of %u entries is not used, at "
		       "least 2 good ones are needed; the boot loader's memory size serves\n",
		       boot_params.e820_entries);
	if (!boot_params.have_meminfo || !boot_params.alt_mem_k)
		panic("no memory map: the boot loader gave neither a usable map nor a memory size "
		      "(Multiboot2 tags 6 and 4); boot with GRUB, or another loader that asks the BIOS");
	e820.nr_map = 0;
	e820_add_region(0, LOWMEMSIZE(), E820_RAM);
	e820_add_region(HIGH_MEMORY, (u64)boot_params.alt_mem_k << 10, E820_RAM);
	e820_source = "The loader's memory size";
	return "BIOS-e801";
}

/**
 * setup_memory_map - take over the firmware's map and print it
 *
 * boot_params must be filled. Without a usable map the loader's mem_upper serves
 * as the figure of the BIOS function e801; without that, panic.
 * Linux: arch/x86/kernel/e820.c:setup_memory_map, v2.6.34.
 */
void __init setup_memory_map(void)
{
	const char *who = "BIOS-e820";

	report_lost_entries(boot_params.e820_lost_entries, boot_params.e820_lost_first,
			    boot_params.e820_lost_ram);
	note_overlaps(boot_params.e820_map, boot_params.e820_entries);
	sanitize_e820_map(boot_params.e820_map, ARRAY_SIZE(boot_params.e820_map),
			  &boot_params.e820_entries);
	if (append_e820_map(boot_params.e820_map, boot_params.e820_entries) < 0)
		who = fake_memory_map();
	memcpy(&e820_saved, &e820, sizeof(e820));
	printk(KERN_INFO "BIOS-provided physical RAM map:\n");
	e820_print_map(who);
}
