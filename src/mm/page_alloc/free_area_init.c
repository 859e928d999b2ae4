// SPDX-License-Identifier: GPL-2.0-only
/*
 * From RAM to zones: sizes the zones, allocates mem_map and makes every struct
 * page reserved. With several nodes each has zones and a mem_map of its own.
 *
 *	pfn 0    1            0x1000          max_low_pfn            max_pfn
 *	    |    |   DMA      |   Normal      |   HighMem  [Movable] |
 *	    +----+------------+---------------+----------------------+
 *	    mem_map[0] ............................................ mem_map[max_pfn - 1]
 *
 * A zone spans page frames from its start to its end, holes included; present are
 * those that are RAM, less what the zone's part of mem_map takes. The first zone
 * starts at the first RAM frame, and that is 1, so the DMA zone's pageblocks are
 * one page off.
 *
 * Where the page frame below max_pfn is RAM in part only, or RAM begins above the first largest
 * block, mem_map has less than that: pfn_valid() says what it has.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/bitops.h>
#include <lib/cmdline.h>
#include <lib/kernel.h>
#include <lib/math64.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/free_area_init.h>
#include <mm/mm_init.h>
#include <mm/node_map.h>
#include <mm/page_alloc_internal.h>

unsigned long max_mapnr;
unsigned long mem_map_first_pfn, mem_map_nr_pages;
unsigned long highest_memmap_pfn;
unsigned long nr_kernel_pages;
unsigned long nr_all_pages;
int movable_zone;
unsigned long zone_movable_pfn[MAX_NUMNODES];

/* Page frame ranges that the architecture allows for each zone; ZONE_MOVABLE has none. */
static unsigned long arch_zone_lowest_possible_pfn[MAX_NR_ZONES] __initdata;
static unsigned long arch_zone_highest_possible_pfn[MAX_NR_ZONES] __initdata;

/* kernelcore= and movablecore=, in pages; of the former in the end what could not be met. */
static unsigned long required_kernelcore __initdata;
static unsigned long required_movablecore __initdata;

const char *const zone_names[MAX_NR_ZONES] = { "DMA", "Normal", "HighMem", "Movable" };

struct border border_movable = { .what = "zone Movable begins:", .kind = BORDER_PFN };

/* What the user wrote there. */
static const char *kernelcore_arg __initdata, *movablecore_arg __initdata;

static int __init cmdline_parse_core(char *p, unsigned long *core, const char **arg)
{
	if (!p)
		return -1;
	*arg = p;
	*core = memparse(p, NULL) >> PAGE_SHIFT;
	return 0;
}

/**
 * cmdline_parse_kernelcore - kernelcore=SIZE: memory that is not to be movable
 * @p: the value, or NULL; it must stay until the zones are sized, as movablecore='s must
 *
 * Return: 0, or -1 without a value.
 * Linux: mm/page_alloc.c:cmdline_parse_kernelcore, v2.6.34.
 */
int __init cmdline_parse_kernelcore(char *p)
{
	return cmdline_parse_core(p, &required_kernelcore, &kernelcore_arg);
}

/**
 * cmdline_parse_movablecore - movablecore=SIZE: memory that is to be movable
 * @p: the value, or NULL
 *
 * Return: 0, or -1 without a value.
 * Linux: mm/page_alloc.c:cmdline_parse_movablecore, v2.6.34.
 */
int __init cmdline_parse_movablecore(char *p)
{
	return cmdline_parse_core(p, &required_movablecore, &movablecore_arg);
}

/* The highest zone that can have pages: from its top ZONE_MOVABLE takes its own. */
static void __init find_usable_zone_for_movable(void)
{
	int zone;

	for (zone = ZONE_HIGHMEM; zone > 0; zone--)
		if (arch_zone_highest_possible_pfn[zone] > arch_zone_lowest_possible_pfn[zone])
			break;
	movable_zone = zone;
}

/*
 * Walks one range of RAM: what lies below usable_startpfn serves the kernel in any
 * case; above it, ZONE_MOVABLE starts as soon as the kernel has its share of the node.
 * Takes what the kernel gets off the share and off what is required in all. Returns
 * whether the share is there, and the rest of the node is for ZONE_MOVABLE.
 */
static bool __init place_kernelcore(const struct node_active_region *r,
				    unsigned long usable_startpfn, unsigned long *share,
				    unsigned long *movable_pfn)
{
	unsigned long start_pfn = max(r->start_pfn, *movable_pfn), pages;

	if (start_pfn >= r->end_pfn)
		return false;
	if (start_pfn < usable_startpfn) {
		pages = min(r->end_pfn, usable_startpfn) - start_pfn;
		*share -= min(pages, *share);
		required_kernelcore -= min(pages, required_kernelcore);
		if (r->end_pfn <= usable_startpfn) {
			*movable_pfn = r->end_pfn;
			return false;
		}
		start_pfn = usable_startpfn;
	}
	pages = min(r->end_pfn - start_pfn, *share);
	*movable_pfn = start_pfn + pages;
	*share -= pages;
	required_kernelcore -= min(pages, required_kernelcore);
	return !*share;
}

/* A node gives the kernel its share, from its lowest memory on. */
static void __init place_share(int nid, unsigned long usable_startpfn, unsigned long share,
			       unsigned long *movable_pfn)
{
	const struct node_active_region *map;
	int i, nr = active_ranges(&map);

	for (i = 0; i < nr; i++)
		if (map[i].nid == nid &&
		    place_kernelcore(&map[i], usable_startpfn, &share, movable_pfn))
			break;
}

/*
 * What the kernel is to have is divided by the nodes. What the small ones can't give is divided
 * again, by one node less each time: each node goes on where it has stopped.
 */
static void __init spread_kernelcore(unsigned long usable_startpfn, unsigned long *movable_pfn)
{
	int nid, nodes = 0;

	for_each_online_node(nid)
		nodes += node_has_ram(nid);
	do {
		unsigned long share = required_kernelcore / nodes;

		for_each_online_node(nid) {
			if (!node_has_ram(nid))
				continue;
			if (required_kernelcore < share)
				share = required_kernelcore / nodes;
			place_share(nid, usable_startpfn, share, &movable_pfn[nid]);
		}
	} while (--nodes && required_kernelcore > (unsigned long)nodes);
}

/* With movable_node: what lies from pfn on, on each node. */
static void __init start_at_hotplug(unsigned long pfn, unsigned long *movable_pfn)
{
	unsigned long start_pfn, end_pfn;
	int nid;

	for_each_online_node(nid) {
		get_pfn_range_for_nid(nid, &start_pfn, &end_pfn);
		movable_pfn[nid] = max(pfn, start_pfn);
	}
}

/* ZONE_MOVABLE begins there, if that is still RAM, because of a parameter. The lowest is told. */
static void __init record_movable(const unsigned long *movable_pfn, const char *param,
				  const char *arg)
{
	unsigned long pfn = max_pfn;
	int nid;

	for_each_online_node(nid)
		if (movable_pfn[nid])
			pfn = min(pfn, movable_pfn[nid]);
	if (pfn >= max_pfn)
		return;
	border_set(&border_movable, pfn);
	border_why(&border_movable, "by %s%s", param, arg);
}

/**
 * find_zone_movable_pfns_for_nodes - where does ZONE_MOVABLE begin?
 * @movable_pfn: its first page frame on each node is put here; 0: there is none
 *
 * kernelcore= and movablecore= decide, the larger kernel part wins; with movable_node
 * neither, but where hotpluggable memory begins, as far as it lies in the highest zone.
 * The kernel's part is spread over the nodes evenly, as far as each has so much. The start
 * is rounded up to a largest buddy block.
 * Linux: mm/page_alloc.c:find_zone_movable_pfns_for_nodes, v2.6.34. movable_node: v6.1.
 */
void __init find_zone_movable_pfns_for_nodes(unsigned long *movable_pfn)
{
	unsigned long usable_startpfn, hotplug_pfn = boot_alloc_hotplug_pfn();
	bool by_movablecore = false;
	int nid;

	if (required_movablecore && !hotplug_pfn) {
		unsigned long kernelcore = required_kernelcore;

		required_movablecore = roundup(required_movablecore, MAX_ORDER_NR_PAGES);
		required_kernelcore = max(required_kernelcore,
					  early_calculate_totalpages() - required_movablecore);
		by_movablecore = required_kernelcore != kernelcore;
	}
	if (!required_kernelcore && !hotplug_pfn)
		return;

	find_usable_zone_for_movable();
	usable_startpfn = arch_zone_lowest_possible_pfn[movable_zone];
	if (hotplug_pfn)
		start_at_hotplug(max(hotplug_pfn, usable_startpfn), movable_pfn);
	else
		spread_kernelcore(usable_startpfn, movable_pfn);
	for_each_online_node(nid)
		movable_pfn[nid] = roundup(movable_pfn[nid], MAX_ORDER_NR_PAGES);
	if (hotplug_pfn)
		record_movable(movable_pfn, "movable_node", "");
	else if (by_movablecore)
		record_movable(movable_pfn, "movablecore=", movablecore_arg);
	else
		record_movable(movable_pfn, "kernelcore=", kernelcore_arg);
}

/* A zone's page frames [*start, *end) on a node. */
static void __init zone_range(int nid, int zone_type, unsigned long *start, unsigned long *end)
{
	unsigned long node_start_pfn, node_end_pfn, movable = zone_movable_pfn[nid];

	get_pfn_range_for_nid(nid, &node_start_pfn, &node_end_pfn);
	*start = arch_zone_lowest_possible_pfn[zone_type];
	*end = arch_zone_highest_possible_pfn[zone_type];
	if (movable) {
		if (zone_type == ZONE_MOVABLE) {
			*start = movable;
			*end = min(node_end_pfn, arch_zone_highest_possible_pfn[movable_zone]);
		} else if (*start < movable && *end > movable) {
			*end = movable;
		} else if (*start >= movable) {
			*start = *end;
		}
	}
	*start = max(*start, node_start_pfn);
	if (!variant.zones_with_holes)
		*end = min(*end, node_end_pfn);
	if (*start > *end)
		*start = *end;
}

static unsigned long __init zone_spanned_pages(int nid, int zone_type)
{
	unsigned long start, end;

	zone_range(nid, zone_type, &start, &end);
	return end - start;
}

static unsigned long __init zone_absent_pages(int nid, int zone_type)
{
	unsigned long start, end;

	if (variant.zones_with_holes)
		return 0;
	zone_range(nid, zone_type, &start, &end);
	return __absent_pages_in_range(nid, start, end);
}

static void __init calculate_node_totalpages(pg_data_t *pgdat)
{
	unsigned long spanned = 0, absent = 0;
	int i;

	for (i = 0; i < MAX_NR_ZONES; i++) {
		spanned += zone_spanned_pages(pgdat->node_id, i);
		absent += zone_absent_pages(pgdat->node_id, i);
	}
	pgdat->node_spanned_pages = spanned;
	pgdat->node_present_pages = spanned - absent;
	print_zone_lines = !boot_alloc_print_zones(arch_zone_highest_possible_pfn);
	if (print_zone_lines)
		printk(KERN_DEBUG "On node %d totalpages: %lu\n", pgdat->node_id,
		       pgdat->node_present_pages);
}

/* What a page frame costs; the rest of a larger one than ours is not used. */
static unsigned long __init struct_page_size(void)
{
	return variant.struct_page_size ? variant.struct_page_size : sizeof(struct page);
}

/* 64 GiB want 512 MiB of struct page in low memory: say how much is missing. */
static void __init __noreturn no_room_for_mem_map(unsigned long size)
{
	panic("no room for mem_map: %lu kB in one piece are needed (32 bytes for each page frame up "
	      "to %#lx), of low memory's %lu kB only %lu kB are free; boot with less memory (mem=), "
	      "a smaller vmalloc= or a smaller highmem=", size >> 10, max_pfn,
	      max_low_pfn << (PAGE_SHIFT - 10), boot_free_pages() << (PAGE_SHIFT - 10));
}

/*
 * Both ends of mem_map are multiples of a largest block, so that every buddy has a struct page. What
 * is above the node's last page frame is for that alone.
 */
static void __init alloc_node_mem_map(pg_data_t *pgdat)
{
	unsigned long start = round_down(pgdat->node_start_pfn, MAX_ORDER_NR_PAGES);
	unsigned long node_end = pgdat->node_start_pfn + pgdat->node_spanned_pages;
	unsigned long end = round_up(node_end, MAX_ORDER_NR_PAGES);
	unsigned long size = (end - start) * struct_page_size();
	struct page *map;

	if (!pgdat->node_spanned_pages)
		return;
	map = alloc_remap(pgdat->node_id, size);	/* the node's own memory, if that is mapped for it */
	if (!map) {
		map = alloc_bootmem_node_nopanic(pgdat->node_id, size);
		if (!map)
			no_room_for_mem_map(size);
		balance_own("mem_map", phys_span(__pa(map), size));
	}
	set_node_mem_map(pgdat, map, start);
	node_end = max(node_end, mem_map_end_pfn());
	mem_map_first_pfn = mem_map_nr_pages ? min(mem_map_first_pfn, start) : start;
	mem_map_nr_pages = node_end - mem_map_first_pfn;
}

/* 3 bits a pageblock, in whole words; bytes. */
static unsigned long __init usemap_size(unsigned long zonesize)
{
	unsigned long bits = (roundup(zonesize, pageblock_nr_pages) >> pageblock_order) *
			     NR_PAGEBLOCK_BITS;

	return roundup(bits, BITS_PER_LONG) / 8;
}

static void __init setup_usemap(struct zone *zone)
{
	unsigned long size = usemap_size(zone->spanned_pages);

	zone->pageblock_flags = alloc_bootmem_node(zone->zone_pgdat->node_id, size);
	balance_own("pageblock_flags", phys_span(__pa(zone->pageblock_flags), size));
}

/* A hash table of wait queues for 256 pages each: a power of two from 4 to 4096. */
static unsigned long __init wait_table_hash_nr_entries(unsigned long pages)
{
	unsigned long size = 1;

	while (size < pages / 256)
		size <<= 1;
	return max(min(size, 4096UL), 4UL);
}

static void __init zone_wait_table_init(struct zone *zone)
{
	unsigned long i, nr = wait_table_hash_nr_entries(zone->spanned_pages);
	unsigned long size = nr * sizeof(wait_queue_head_t);

	zone->wait_table_hash_nr_entries = nr;
	zone->wait_table_bits = ilog2(nr);
	zone->wait_table = alloc_bootmem_node(zone->zone_pgdat->node_id, size);
	balance_own("wait_table", phys_span(__pa(zone->wait_table), size));
	for (i = 0; i < nr; i++)
		INIT_LIST_HEAD(&zone->wait_table[i].task_list);
}

static void __init zone_init_free_lists(struct zone *zone)
{
	struct free_area *area;
	int type;

	for (area = zone->free_area; area < zone->free_area + MAX_ORDER; area++) {
		area->nr_free = 0;
		for (type = 0; type < MIGRATE_TYPES; type++)
			INIT_LIST_HEAD(&area->free_list[type]);
	}
}

/*
 * Every page of the zone is reserved, with one reference, until the boot allocator frees it; what
 * isn't set here is zero. Each page frame that is a multiple of a pageblock makes the one that it
 * lies in Movable: so the kernel's own allocations, which find no block of their type, take a whole
 * pageblock at a time instead of a page here and there.
 */
static void __init memmap_init_zone(struct zone *zone)
{
	unsigned long pfn = zone->zone_start_pfn, end_pfn = pfn + zone->spanned_pages;
	unsigned long flags = page_links(zone->zone_pgdat->node_id, zone_idx(zone)) | PF(PG_reserved);
	struct page *page = zone_page(zone, pfn);
	const struct page *end = zone_page(zone, end_pfn);

	highest_memmap_pfn = max(highest_memmap_pfn, end_pfn - 1);
	for (; page < end; page++) {
		page->flags = flags;
		page->_count = 1;
		page->_mapcount = -1;
		INIT_LIST_HEAD(&page->lru);
	}
	for (pfn = round_up(pfn, pageblock_nr_pages); pfn < end_pfn; pfn += pageblock_nr_pages)
		set_pageblock_migratetype(zone_page(zone, pfn), MIGRATE_MOVABLE);
}

/* What a zone consists of, once its place and size are known. */
static void __init init_currently_empty_zone(struct zone *zone)
{
	unsigned long start = zone->zone_start_pfn, end = start + zone->spanned_pages;

	setup_usemap(zone);
	zone_wait_table_init(zone);
	mminit_dprintk(MMINIT_TRACE, "memmap_init",
		       "Initialising map node %d zone %lu pfns %lu -> %lu\n",
		       zone->zone_pgdat->node_id, (unsigned long)zone_idx(zone), start, end);
	zone_init_free_lists(zone);
	memmap_init_zone(zone);
}

/* A zone pays for its part of mem_map, if it can. Returns what is left of its RAM, in pages. */
static unsigned long __init pay_for_memmap(int j, unsigned long spanned, unsigned long ram)
{
	unsigned long price = variant.zones_with_memmap ? 0 : PFN_UP(spanned * struct_page_size());

	if (price > ram) {
		printk(KERN_WARNING "  %s zone: %lu pages exceeds realsize %lu\n", zone_names[j],
		       price, ram);
		return ram;
	}
	if (price && print_zone_lines)
		printk(KERN_DEBUG "  %s zone: %lu pages used for memmap\n", zone_names[j], price);
	return ram - price;
}

/*
 * Sets spanned and present pages. An architecture may keep pages of ZONE_DMA back; this one keeps
 * none, and says so.
 */
static void __init size_zone(struct zone *zone, int j)
{
	int nid = zone->zone_pgdat->node_id;

	zone->spanned_pages = zone_spanned_pages(nid, j);
	zone->present_pages = pay_for_memmap(j, zone->spanned_pages,
					     zone->spanned_pages - zone_absent_pages(nid, j));
	if (j == ZONE_DMA && zone->present_pages && print_zone_lines)
		printk(KERN_DEBUG "  %s zone: %lu pages reserved\n", zone_names[j], 0UL);
	nr_all_pages += zone->present_pages;
	if (!is_highmem_idx(j))
		nr_kernel_pages += zone->present_pages;
}

/*
 * The zones of a node follow each other without gaps; those without pages have no more than a name
 * and their sizes.
 */
static void __init free_area_init_core(pg_data_t *pgdat)
{
	unsigned long start_pfn = pgdat->node_start_pfn;
	struct zone *zone;

	for (zone = pgdat->node_zones; zone < pgdat->node_zones + MAX_NR_ZONES; zone++) {
		int j = zone - pgdat->node_zones;

		zone->zone_pgdat = pgdat;
		zone->name = zone_names[j];
		size_zone(zone, j);
		zone_pcp_init(zone);
		if (zone->spanned_pages) {
			zone->zone_start_pfn = start_pfn;
			init_currently_empty_zone(zone);
			start_pfn += zone->spanned_pages;
			pgdat->nr_zones = j + 1;
		}
	}
}

static void __init free_area_init_node(int nid)
{
	pg_data_t *pgdat = NODE_DATA(nid);

	pgdat->node_id = nid;
	pgdat->node_start_pfn = find_min_pfn_for_node(nid);
	calculate_node_totalpages(pgdat);
	alloc_node_mem_map(pgdat);
	printk(KERN_DEBUG "free_area_init_node: node %d, pgdat %p, node_mem_map %08lx\n",
	       pgdat->node_id, pgdat, (unsigned long)pgdat->node_mem_map);
	free_area_init_core(pgdat);
}

/* Zones follow each other without gaps: where one ends the next begins. */
static void __init set_zone_borders(const unsigned long *max_zone_pfn)
{
	unsigned long *low = arch_zone_lowest_possible_pfn, *high = arch_zone_highest_possible_pfn;
	int i;

	low[0] = find_min_pfn_for_node(MAX_NUMNODES);
	high[0] = max_zone_pfn[0];
	for (i = 1; i < ZONE_MOVABLE; i++) {
		low[i] = high[i - 1];
		high[i] = max(max_zone_pfn[i], low[i]);
	}
}

static void __init print_zone_borders(void)
{
	const struct node_active_region *map;
	int i, nr = active_ranges(&map);

	printk("Zone PFN ranges:\n");
	for (i = 0; i < ZONE_MOVABLE; i++) {
		unsigned long low = arch_zone_lowest_possible_pfn[i];
		unsigned long high = arch_zone_highest_possible_pfn[i];

		if (low == high)
			printk("  %-8s empty\n", zone_names[i]);
		else
			printk("  %-8s %0#10lx -> %0#10lx\n", zone_names[i], low, high);
	}
	printk("Movable zone start PFN for each node\n");
	for (i = 0; i < MAX_NUMNODES; i++)
		if (zone_movable_pfn[i])
			printk("  Node %d: %lu\n", i, zone_movable_pfn[i]);
	printk("early_node_map[%d] active PFN ranges\n", nr);
	for (i = 0; i < nr; i++)
		printk("  %3d: %0#10lx -> %0#10lx\n", map[i].nid, map[i].start_pfn, map[i].end_pfn);
}

/**
 * free_area_init_nodes - make the zones and mem_map
 * @max_zone_pfn: the page frame after each zone's last possible one; 0 for Movable
 *
 * Every page is reserved afterwards. The boot allocator must be up, RAM registered.
 * Panics if mem_map doesn't fit into low memory.
 * Linux: mm/page_alloc.c:free_area_init_nodes, v2.6.34.
 */
void __init free_area_init_nodes(unsigned long *max_zone_pfn)
{
	int nid;

	sort_node_map();
	set_zone_borders(max_zone_pfn);
	find_zone_movable_pfns_for_nodes(zone_movable_pfn);
	print_zone_borders();
	mminit_verify_pageflags_layout();
	for_each_online_node(nid)
		free_area_init_node(nid);
}
