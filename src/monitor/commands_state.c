// SPDX-License-Identifier: GPL-2.0-only
/* Commands that show: the log, the memory map, the zones, the files of src/proc. */
#include <firmware/e820.h>
#include <kernel/caches.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/slab_internal.h>
#include <monitor/command.h>
#include <monitor/log_reader.h>
#include <proc/balance.h>
#include <proc/bootalloc.h>
#include <proc/dump_zones.h>
#include <proc/proc.h>

static unsigned long count_log_lines(void)
{
	struct log_reader r = { .len = 0 };
	unsigned long lines = 0;
	int c;

	while ((c = log_reader_next(&r)) >= 0)
		lines += c == '\n';
	return lines;
}

/* All but the first lines of the log, with their numbers or without. */
static void show_log(struct seq_file *m, unsigned long skip, bool numbers)
{
	struct log_reader r = { .len = 0 };
	unsigned long line = 0;
	bool begins = true;
	int c;

	while ((c = log_reader_next(&r)) >= 0) {
		line += begins;
		if (line > skip && begins && numbers)
			seq_printf(m, "%4lu ", line);
		if (line > skip)
			seq_putc(m, c);
		begins = c == '\n';
	}
}

static bool run_dmesg(struct seq_file *m, int argc, char *argv[])
{
	bool numbers = argc && !strcmp(argv[0], "-n");
	unsigned long lines, wanted = ULONG_MAX;

	argc -= numbers;
	argv += numbers;
	if (argc > 1 || (argc && !parse_ulong(argv[0], &wanted)))
		return false;
	lines = count_log_lines();
	show_log(m, lines > wanted ? lines - wanted : 0, numbers);
	return true;
}

/**
 * e820_type_name - what a memory map's type is called
 * @type: E820_..., or any other
 *
 * Return: its name, as the log has it.
 */
const char *e820_type_name(u32 type)
{
	switch (type) {
	case E820_RAM:
	case E820_RESERVED_KERN:
		return "usable";
	case E820_RESERVED:
		return "reserved";
	case E820_ACPI:
		return "ACPI data";
	case E820_NVS:
		return "ACPI NVS";
	case E820_UNUSABLE:
		return "unusable";
	default:
		return "of an unknown type";
	}
}

static void show_e820_map(struct seq_file *m, const struct e820map *map)
{
	u32 i;

	for (i = 0; i < map->nr_map; i++) {
		const struct e820entry *ei = &map->map[i];

		seq_printf(m, " %016llx - %016llx (%s)\n", ei->addr, ei->addr + ei->size,
			   e820_type_name(ei->type));
	}
}

static void show_e820(struct seq_file *m)
{
	seq_puts(m, "as the firmware, or memdawn.e820=, gave it:\n");
	show_e820_map(m, &e820_saved);
	seq_puts(m, "as the kernel uses it, after its parameters and its own rules:\n");
	show_e820_map(m, &e820);
}

static void show_early_res(struct seq_file *m)
{
	const struct boot_allocator *allocator = live_boot_allocator();
	unsigned int i, total = allocator->nr_reservations();
	struct boot_reservation r;

	for (i = 0; allocator->reservation(i, &r); i++) {
		if (!r.name && !i)
			seq_printf(m, "%s's reserved regions; balance knows whose they are:\n",
				   allocator->name);
		if (r.name)
			seq_printf(m, "#%-2u %010llx - %010llx %s\n", i, r.range.start, r.range.end,
				   r.name);
		else
			seq_printf(m, " %010llx - %010llx\n", r.range.start, r.range.end);
	}
	if (i < total)
		seq_printf(m, "and %u more, which were not kept: the boot's log has all of them (dmesg)\n",
			   total - i);
}

static void show_zone_lists(struct seq_file *m)
{
	show_zones(m, "now");
}

/* A line for each cache that has slabs. */
static void show_used_caches(struct seq_file *m)
{
	const struct kmem_cache *c;
	struct slabinfo s;

	seq_puts(m, "cache                size  objects    free  slabs  pages\n");
	for_each_kmem_cache(c) {
		get_slabinfo(c, &s);
		if (s.num_slabs)
			seq_printf(m, "%-17s %7u %8lu %7lu %6lu %6lu\n", c->name, c->obj_size,
				   s.active_objs, s.num_objs - s.active_objs, s.num_slabs,
				   s.num_slabs << s.cache_order);
	}
}

static void show_cache(struct seq_file *m, const struct kmem_cache *c)
{
	const struct kmem_list3 *l3 = c->nodelists[numa_node_id()];
	int nid;

	seq_printf(m, "%s: objects of %u bytes, %u from one to the next, %u in a slab of %u page(s)\n",
		   c->name, c->obj_size, c->buffer_size, c->num, 1U << c->gfporder);
	seq_printf(m, "  management: %u bytes, %s slab; %zu colours, %u bytes apart, %u is next\n",
		   c->slab_size, OFF_SLAB(c) ? "off" : "on", c->colour, c->colour_off,
		   l3->colour_next);
	seq_printf(m, "  array_cache: %u of %u at hand, %u at once\n", c->array->avail,
		   c->array->limit, c->array->batchcount);
	for_each_online_node(nid) {
		l3 = c->nodelists[nid];
		if (MAX_NUMNODES > 1)
			seq_printf(m, "  node %d:", nid);
		seq_printf(m, "  slabs: %lu partial, %lu full, %lu free; %lu free objects, limit %u\n",
			   list_length(&l3->slabs_partial), list_length(&l3->slabs_full),
			   list_length(&l3->slabs_free), l3->free_objects, l3->free_limit);
	}
	if (c->flags & SLAB_DEBUG_FLAGS)
		seq_printf(m, "  debugging:%s%s%s\n", c->flags & SLAB_RED_ZONE ? " red zones" : "",
			   c->flags & SLAB_POISON ? " poison" : "",
			   c->flags & SLAB_STORE_USER ? " last user" : "");
}

static const char *cache_word(unsigned int arg, unsigned int i)
{
	const struct kmem_cache *c;

	for_each_kmem_cache(c)
		if (!i--)
			return c->name;
	return NULL;
}

static bool run_slab(struct seq_file *m, int argc, char *argv[])
{
	const struct kmem_cache *c;

	if (argc > 1)
		return false;
	if (!argc) {
		show_used_caches(m);
		return true;
	}
	for_each_kmem_cache(c) {
		if (!strcmp(c->name, argv[0])) {
			show_cache(m, c);
			return true;
		}
	}
	seq_printf(m, "%s: no such cache, slabinfo lists them\n", argv[0]);
	return true;
}

static void show_zoneinfo(struct seq_file *m)
{
	proc_zoneinfo(m);
	seq_puts(m, "present leaves out what the zone's struct pages take: pages free may be more\n");
}

static void show_limits(struct seq_file *m)
{
	seq_printf(m, "threads        %d\n", max_threads);
	seq_printf(m, "buffer heads   %lu\n", max_buffer_heads);
	seq_printf(m, "open files     %lu\n", max_files);
}

const struct command state_commands[] = {
	{ "dmesg", "[-n] [LINES]", "the log, or its last lines; -n: numbered", .run = run_dmesg },
	{ "e820", NULL, "the firmware's memory map, and what became of it", .show = show_e820 },
	{ "early_res", NULL, "what was reserved when the boot allocator took over",
	  .show = show_early_res },
	{ "bootalloc", NULL, "what each boot allocator that ran did and left", .show = show_bootalloc },
	{ "layout", NULL, "the virtual address space, and what set its borders",
	  .show = show_layout },
	{ "balance", NULL, "every page frame: what it is, and whose", .show = show_balance },
	{ "zones", NULL, "the page allocator's lists, page by page", .show = show_zone_lists },
	{ "buddyinfo", NULL, "free blocks of each zone by order", .show = proc_buddyinfo },
	{ "zoneinfo", NULL, "the zones: sizes, watermarks, counters", .show = show_zoneinfo },
	{ "pagetypeinfo", NULL, "free blocks and pageblocks by migrate type",
	  .show = proc_pagetypeinfo },
	{ "meminfo", NULL, "memory in kB", .show = proc_meminfo },
	{ "vmstat", NULL, "counters of pages and of events", .show = proc_vmstat },
	{ "slab", "[CACHE]", "the caches in use, or one in detail", .run = run_slab,
	  .word = cache_word },
	{ "slabinfo", NULL, "all caches, with their tunables", .show = proc_slabinfo },
	{ "limits", NULL, "what may be at most, from the size of memory", .show = show_limits },
	{ "vmallocinfo", NULL, "the areas of vmalloc, vmap and ioremap", .show = proc_vmallocinfo },
	{ "iomem", NULL, "who has which physical addresses", .show = proc_iomem },
	{ "mtrr", NULL, "memory type ranges", .show = proc_mtrr },
	{ "kernel_page_tables", NULL, "the kernel's page tables, run by run",
	  .show = proc_kernel_page_tables },
	{ .name = NULL }
};
