// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command why: a page frame's history in sentences, from the firmware's map to the allocation that
 * would get it next. Nothing here was noted for this command alone but what the boot did to the memory
 * map: who reserved a frame is in the balance, who freed it follows from that and from the boot's order,
 * and what it is now stands in mem_map, the lists and the tables.
 *
 * scripts/memdawn/state/why.py and page/state/why.js say the same from outside: they read the tables at
 * the top of this file, and a test compares the sentences.
 */
#include <asm/page.h>
#include <asm/pageattr.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <firmware/e820.h>
#include <kernel/early_res.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/absent.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/highmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>
#include <mm/slab_internal.h>
#include <mm/vmalloc.h>
#include <monitor/command.h>
#include <monitor/foresee.h>
#include <proc/borders.h>
#include <proc/proc.h>

/* Which function of each boot allocator hands low memory over. */
static const struct {
	const char *allocator, *function;
} hand_overs[] = {
	{ "bootmem", "free_all_bootmem" },
	{ "bootmem-2.4", "bootmem24_free_all" },
	{ "early_res", "free_all_memory_core_early" },
	{ "memblock", "memblock_free_all" },
};

/* The image's parts. A frame that two share is said to be the first one's. */
static const struct {
	const char *what, *start, *end;
} image_parts[] = {
	{ "code (.text)", _text, _etext },
	{ "constants (.rodata)", __start_rodata, rodata_used_end },
	{ "data (.data)", _sdata, _edata },
	{ "code and data of the boot alone (.init)", __init_begin, __init_end },
	{ "variables that begin as zero (.bss)", __bss_start, __bss_stop },
};

/* What to type so that an allocation of a type begins at a zone, or at the next lower one with pages. */
static const struct {
	u8 zone, migratetype;
	const char *word;
} askers[] = {
	{ ZONE_DMA, MIGRATE_UNMOVABLE, "dma" },
	{ ZONE_NORMAL, MIGRATE_UNMOVABLE, "kernel" },
	{ ZONE_NORMAL, MIGRATE_RECLAIMABLE, "reclaimable" },
	{ ZONE_HIGHMEM, MIGRATE_UNMOVABLE, "highuser" },
	{ ZONE_MOVABLE, MIGRATE_MOVABLE, "movable" },
};

static struct phys_range frame_of(unsigned long pfn)
{
	return phys_span(PFN_PHYS(pfn), PAGE_SIZE);
}

/* --- the memory map --------------------------------------------------------------------- */

/* A bit for each type that a map may have; unknown ones share one. */
static u32 type_bit(u32 type)
{
	return 1U << min_t(u32, type, 31);
}

/* What a map calls a frame, a sentence for each entry that has a part of it; its types as bits. */
static u32 show_map(struct seq_file *m, const struct e820map *map, unsigned long pfn, const char *whose)
{
	u32 i, types = 0;

	for (i = 0; i < map->nr_map; i++) {
		const struct e820entry *ei = &map->map[i];
		struct phys_range entry = phys_range(ei->addr, e820_end(ei));

		if (phys_range_empty(entry) || !phys_range_overlap(entry, frame_of(pfn)))
			continue;
		types |= type_bit(ei->type);
		seq_printf(m, "%s calls %s %s: %016llx - %016llx.\n", whose,
			   phys_range_within(frame_of(pfn), entry) ? "it" : "a part of it",
			   e820_type_name(ei->type), entry.start, entry.end);
	}
	if (!types)
		seq_printf(m, "%s has nothing there: a hole.\n", whose);
	return types;
}

/* Does a change concern a frame of these types? Then *types is what it has now. */
static bool change_concerns(const struct e820_change *c, unsigned long pfn, u32 *types)
{
	if (!phys_range_overlap(c->range, frame_of(pfn)) || (c->from && !(*types & type_bit(c->from))))
		return false;
	if (phys_range_within(frame_of(pfn), c->range))
		*types = c->from ? *types & ~type_bit(c->from) : c->to ? *types : 0;
	if (c->to)
		*types |= type_bit(c->to);
	return true;
}

static void show_firmware(struct seq_file *m, unsigned long pfn)
{
	u32 types = show_map(m, &e820_saved, pfn, e820_source);
	unsigned int i, kept = min_t(unsigned int, nr_e820_changes, E820_CHANGES), shown = 0;

	for (i = 0; i < kept; i++) {
		if (!change_concerns(&e820_changes[i], pfn, &types))
			continue;
		seq_printf(m, "Then %s.\n", e820_changes[i].how);
		shown++;
	}
	if (nr_e820_changes > kept)
		seq_printf(m, "%u more changes of the map were not kept: the log has them.\n",
			   nr_e820_changes - kept);
	if (shown || nr_e820_changes > kept)
		show_map(m, &e820, pfn, "The kernel's map");
}

/* A frame from max_pfn on, which has no struct page. */
static void show_above_max_pfn(struct seq_file *m, unsigned long pfn)
{
	unsigned int i;

	seq_printf(m, "It lies above RAM's end, max_pfn %lu: it has no struct page and isn't used.\n",
		   max_mapnr);
	for (i = 0; i < NR_BORDERS; i++)
		if (borders[i]->kind == BORDER_CUT && borders[i]->lost && pfn >= borders[i]->value &&
		    pfn < borders[i]->before)
			seq_printf(m, "RAM from page frame %lu on was cut off, %s.\n", borders[i]->value,
				   borders[i]->why);
}

static bool show_ram(struct seq_file *m, unsigned long pfn)
{
	const struct node_active_region *map;
	int i, nr = active_ranges(&map);

	for (i = 0; i < nr; i++) {
		if (pfn < map[i].start_pfn || pfn >= map[i].end_pfn)
			continue;
		seq_printf(m, "It is RAM, in early_node_map's range %lu - %lu.\n", map[i].start_pfn,
			   map[i].end_pfn);
		if (pfn_absent(pfn))
			seq_puts(m, "This machine doesn't have it: its contents are never touched.\n");
		return true;
	}
	seq_puts(m, "It is in no range of early_node_map: no RAM. Nobody will ever free it.\n");
	return false;
}

/* --- who kept it, who freed it ---------------------------------------------------------- */

static const struct balance_owner *owner_of(unsigned long pfn)
{
	const struct balance_owner *o;
	int i;

	for (i = 0; (o = balance_owner(i)); i++)
		if (pfn >= PFN_DOWN(o->range.start) && pfn < PFN_UP(o->range.end))
			return o;
	return NULL;
}

/* Was it among the early reservations that the boot allocator took over? memblock keeps no names. */
static bool reserved_early(const struct balance_owner *o)
{
	struct boot_reservation r;
	unsigned int i;

	for (i = 0; live_boot_allocator()->reservation(i, &r); i++)
		if (r.name && r.range.start == o->range.start && r.range.end == o->range.end &&
		    !strncmp(r.name, o->name, sizeof(o->name) - 1))
			return true;
	return false;
}

static void show_image_part(struct seq_file *m, unsigned long pfn)
{
	unsigned long va = PAGE_OFFSET + (pfn << PAGE_SHIFT);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(image_parts); i++) {
		if (va + PAGE_SIZE <= (unsigned long)image_parts[i].start ||
		    va >= (unsigned long)image_parts[i].end)
			continue;
		seq_printf(m, "There lies the kernel's image: %s.\n", image_parts[i].what);
		return;
	}
}

static void show_owner(struct seq_file *m, const struct balance_owner *o, unsigned long pfn)
{
	unsigned long first = pfn << PAGE_SHIFT, last = first + PAGE_SIZE - 1;

	if (reserved_early(o))
		seq_printf(m, "The boot reserved it early, as %s: ", o->name);
	else
		seq_printf(m, "The boot allocator, %s, gave it away, for %s: ",
			   live_boot_allocator()->name, o->name);
	seq_printf(m, "%010llx - %010llx.\n", o->range.start, o->range.end);
	show_image_part(m, pfn);
	if (strcmp(o->name, "mem_map"))
		return;
	first = max(first, __pa(pfn_to_page(mem_map_first_pfn)));
	last = min(last, __pa(pfn_to_page(mem_map_end_pfn())) - 1);
	seq_printf(m, "There lie the struct pages of page frames %lu to %lu.\n",
		   page_to_pfn((struct page *)__va(first)), page_to_pfn((struct page *)__va(last)));
}

static const char *hand_over(void)
{
	unsigned int i;

	for (i = 0; strcmp(hand_overs[i].allocator, live_boot_allocator()->name); i++)
		;
	return hand_overs[i].function;
}

static bool in_image(unsigned long pfn, const char *start, const char *end)
{
	return pfn >= PFN_UP(__pa(start)) && pfn < PFN_DOWN(__pa(end));
}

static bool is_ramdisk(const struct balance_owner *o)
{
	return o && (!strcmp(o->name, "RAMDISK") || !strcmp(o->name, "NEW RAMDISK"));
}

/* Which step gave it to the page allocator: it isn't reserved any more. */
static void show_freed(struct seq_file *m, const struct balance_owner *o, unsigned long pfn)
{
	if (in_image(pfn, __init_begin, __init_end))
		seq_puts(m, "When the boot was over, free_initmem() freed it.\n");
	else if (is_ramdisk(o))
		seq_puts(m, "Late in the boot, free_initrd_mem() freed it.\n");
	else if (pfn >= max_low_pfn)
		seq_puts(m, "It is high memory: set_highmem_pages_init() freed it.\n");
	else if (o && !strcmp(o->name, "BOOTMAP"))
		seq_printf(m, "When all else was free, %s() freed it too.\n", hand_over());
	else
		seq_printf(m, "%s() freed it.\n", hand_over());
}

/* --- what it is now --------------------------------------------------------------------- */

/* Which table of the kernel's page tables it is, if it is one. */
static bool show_page_table(struct seq_file *m, unsigned long pfn)
{
	unsigned long va = PAGE_OFFSET;

	for (; va >= PAGE_OFFSET; va += PMD_SIZE) {
		const pgd_t *pgd = pgd_offset_k(va);
		const pmd_t *pmd;

		if (!pgd_present(*pgd))
			continue;
		if ((pgd_val(*pgd) & PTE_PFN_MASK) == PFN_PHYS(pfn)) {
			seq_printf(m, "Now it is a page table: the middle level for the addresses from "
				   "%08lx on.\n", va);
			return true;
		}
		pmd = pmd_offset((pgd_t *)pgd, va);
		if (!pmd_present(*pmd) || pmd_large(*pmd) || pmd_pfn(*pmd) != pfn)
			continue;
		seq_printf(m, "Now it is a page table: for the addresses from %08lx on.\n", va);
		return true;
	}
	return false;
}

static bool show_vmalloc(struct seq_file *m, const struct page *page)
{
	const struct vm_struct *v;
	unsigned int i;

	for_each_vm_struct(v)
		for (i = 0; v->pages && i < v->nr_pages; i++) {
			if (v->pages[i] != page)
				continue;
			seq_printf(m, "Now it is page %u of %u in the vmalloc area at %p.\n", i + 1,
				   v->nr_pages, v->addr);
			return true;
		}
	return false;
}

static void show_user(struct seq_file *m, const struct page *page)
{
	unsigned long pfn = page_to_pfn(page), first, nr_pages;

	if (show_page_table(m, pfn) || show_vmalloc(m, page))
		return;
	if (PageReserved(page))
		seq_puts(m, "It is reserved to this day.\n");
	else if (page->flags & PF(PG_slab))
		seq_printf(m, "Now the slab has it, for the cache %s.\n", page_get_cache(page)->name);
	else if (piece_of_pages(pfn, &first, &nr_pages))
		seq_printf(m, "Now the prompt's alloc has it: %lu page(s) from page frame %lu on.\n",
			   nr_pages, first);
	else if (page->_count)
		seq_printf(m, "Now it is in use, with %d reference(s).\n", page->_count);
	else
		seq_puts(m, "Now it is in use, inside a block that was allocated as a whole.\n");
}

/* The place of a page in a list, from 0 on; -1 if it isn't there. */
static long place_in(const struct list_head *list, const struct page *page)
{
	const struct page *other;
	long place = 0;

	list_for_each_entry(other, list, lru) {
		if (other == page)
			return place;
		place++;
	}
	return -1;
}

/* The word for alloc whose allocations of a type begin at this zone; NULL if there is none. They come
 * from the first node: the boot CPU's. */
static const char *asker(const struct zone *zone, int migratetype)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(askers); i++) {
		const struct zoneref *first = node_zonelist(0, 0)->_zonerefs;

		while (first->zone && first->zone_idx > (int)askers[i].zone)
			first++;
		if (first->zone == zone && (page_group_by_mobility_disabled ||
					    askers[i].migratetype == migratetype))
			return askers[i].word;
	}
	return NULL;
}

static void show_asker(struct seq_file *m, const struct zone *zone, unsigned int order, int migratetype)
{
	const char *word = asker(zone, migratetype);

	if (word)
		seq_printf(m, " (alloc %u %s)", order, word);
}

/*
 * Which allocations of a type would get the page next: those orders for which its block is the one
 * that is taken, and the page in the part that is given away. Single pages come from the per-cpu
 * lists, a batch of them at once: only the lists' own blocks of one page are told of.
 */
static bool show_next(struct seq_file *m, const struct zone *zone, const struct page *head,
		      const struct page *page, int migratetype)
{
	static const char *const sources[] = {
		[OWN_LISTS] = "", [OTHER_LISTS] = ", whose own lists have nothing",
		[RESERVE_LISTS] = ", as all other lists have nothing",
	};
	unsigned int order, low = MAX_ORDER, high = 0;
	enum block_source source = OWN_LISTS;

	for (order = 1; order < MAX_ORDER; order++) {
		struct foreseen_block next = foresee_block(zone, order, migratetype);

		if (next.page != head || page - head >= 1L << order)
			continue;
		low = min(low, order);
		high = order;
		source = next.source;
	}
	if (low == MAX_ORDER)
		return false;
	seq_printf(m, "The next allocation of order %u", low);
	if (low < high)
		seq_printf(m, " to %u", high);
	seq_printf(m, " in zone %s%s, of type %s%s, gets it", zone_prefix(zone), zone->name,
		   migratetype_names[migratetype],
		   sources[source]);
	show_asker(m, zone, high, migratetype);
	seq_puts(m, ".\n");
	return true;
}

/* Those of the block's own order and type that come before it. */
static void show_before(struct seq_file *m, const struct zone *zone, unsigned int order, int migratetype,
			long before)
{
	if (page_group_by_mobility_disabled && migratetype != MIGRATE_UNMOVABLE) {
		seq_puts(m, "Here every allocation is of type Unmovable: it comes to this list last.\n");
		return;
	}
	if (migratetype >= MIGRATE_PCPTYPES) {
		seq_printf(m, "Blocks of type %s are given away when no other list has any.\n",
			   migratetype_names[migratetype]);
		return;
	}
	seq_printf(m, "%ld allocation(s) of order %u in zone %s%s, of type %s, come before it", before, order,
		   zone_prefix(zone), zone->name, migratetype_names[migratetype]);
	show_asker(m, zone, order, migratetype);
	seq_puts(m, ".\n");
}

static void show_free_block(struct seq_file *m, const struct zone *zone, const struct page *head,
			    const struct page *page)
{
	unsigned int order = page_order(head);
	const struct free_area *area = &zone->free_area[order];
	int list = 0, mt, nr_types = page_group_by_mobility_disabled ? 1 : MIGRATE_PCPTYPES;
	bool next = false;
	long place;

	while ((place = place_in(&area->free_list[list], head)) < 0 && list < MIGRATE_TYPES - 1)
		list++;
	seq_printf(m, "Now it is free: in the block of order %u at page frame %lu, number %ld of %lu in "
		   "zone %s%s's list of type %s.\n", order, page_to_pfn(head), place + 1,
		   nr_blocks(zone, order, list), zone_prefix(zone), zone->name, migratetype_names[list]);
	for (mt = 0; mt < nr_types; mt++)
		next |= show_next(m, zone, head, page, mt);
	if (order == 0 && list < MIGRATE_PCPTYPES)
		place += list_length(&zone->pageset->pcp.lists[list]);
	else if (next)
		return;
	show_before(m, zone, order, list, place);
}

/* Does it wait in a per-cpu list? */
static bool show_pageset(struct seq_file *m, const struct zone *zone, const struct page *page)
{
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	int mt;

	for (mt = 0; mt < MIGRATE_PCPTYPES; mt++) {
		long place = place_in(&pcp->lists[mt], page);

		if (place < 0)
			continue;
		seq_printf(m, "Now it is free: number %ld of %lu in zone %s%s's per-cpu list of type %s.\n",
			   place + 1, list_length(&pcp->lists[mt]), zone_prefix(zone), zone->name, migratetype_names[mt]);
		show_before(m, zone, 0, mt, place);
		return true;
	}
	return false;
}

static void show_now(struct seq_file *m, const struct page *page)
{
	const struct zone *zone = page_zone(page);
	const struct page *head = free_block_of(page);

	if (head)
		show_free_block(m, zone, head, page);
	else if (PageReserved(page) || page->_count || !show_pageset(m, zone, page))
		show_user(m, page);
}

static void show_address(struct seq_file *m, const struct page *page)
{
	unsigned long pfn = page_to_pfn(page), va;
	bool high = pfn >= max_low_pfn;
	enum page_level level;
	const pte_t *pte;
	pteval_t val;

	va = high ? (unsigned long)page_address(page) : PAGE_OFFSET + (pfn << PAGE_SHIFT);
	if (!va) {
		seq_puts(m, "It has no address of its own: kmap() lends one.\n");
		return;
	}
	pte = lookup_address(va, &level);
	val = level == PG_LEVEL_NONE ? 0 : pte_val(*pte);
	if (!(val & _PAGE_PRESENT)) {
		seq_printf(m, "Its address would be %08lx, but nothing is mapped there.\n", va);
		return;
	}
	seq_printf(m, "Its address is %08lx, %s: %s, %s, by a page of %s.\n", va,
		   high ? "in pkmap" : "in the linear map", val & _PAGE_RW ? "read and write" : "read-only",
		   val & _PAGE_NX ? "not executable" : "executable",
		   level == PG_LEVEL_2M ? "2 MiB" : "4 KiB");
}

/* All sentences about a frame. */
static void show_why(struct seq_file *m, unsigned long pfn)
{
	const struct balance_owner *o;
	const struct page *page;

	show_firmware(m, pfn);
	if (pfn >= max_mapnr) {
		show_above_max_pfn(m, pfn);
		return;
	}
	if (!pfn_valid(pfn)) {
		seq_printf(m, "It has no struct page: mem_map has those of page frames %lu to %lu.\n",
			   mem_map_first_pfn, mem_map_end_pfn() - 1);
		return;
	}
	page = pfn_to_page(pfn);
	if (show_ram(m, pfn)) {
		o = owner_of(pfn);
		if (o)
			show_owner(m, o, pfn);
		if (!PageReserved(page))
			show_freed(m, o, pfn);
		show_now(m, page);
	}
	show_address(m, page);
}

/**
 * run_why - the command why PFN
 * @m: the sink
 * @argc: 1
 * @argv: a page frame number
 *
 * Return: false if it is no number.
 */
bool run_why(struct seq_file *m, int argc, char *argv[])
{
	unsigned long pfn;

	if (argc != 1 || !parse_ulong(argv[0], &pfn))
		return false;
	seq_printf(m, "Page frame %lu is physical %010llx - %010llx.\n", pfn, frame_of(pfn).start,
		   frame_of(pfn).end);
	show_why(m, pfn);
	if (argv[0][0] == '0' && pfn >= max_mapnr && pfn >> PAGE_SHIFT < max_mapnr)
		seq_printf(m, "Was an address meant? %#lx lies in page frame %lu.\n", pfn, pfn >> PAGE_SHIFT);
	return true;
}
