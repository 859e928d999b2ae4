// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page-exact sheet. Every page frame from 0 to max_pfn - 1 is exactly one of
 *
 *	free       in a block of the buddy allocator
 *	memmap     a frame of mem_map
 *	reserved   RAM that somebody keeps; each frame has a named owner
 *	hole       not RAM (in no range of early_node_map, and no node's KVA RAM)
 *	in use     RAM that the buddy allocator has handed out, or that waits in the per-cpu
 *		   lists: neither free nor reserved; none right after mem_init()
 *
 * Whoever keeps memory says so once, in bytes, by balance_own(). A frame that several
 * small allocations share belongs to the one that came first.
 *
 * With several nodes mem_map lies in each node's KVA RAM, reserved and taken out of early_node_map; the
 * low frames that had its addresses are those of KVA PG.
 */
#include <asm/page.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#define MAX_OWNERS	128

static struct balance_owner owners[MAX_OWNERS];
static int nr_owners;

/**
 * balance_own - say who keeps a piece of memory
 * @owner: the name; 19 characters are kept
 * @range: physical bytes
 *
 * May be called before anything but printk works. Entries beyond the 128th are not kept, with a
 * message: their frames then count as nobody's, and the balance isn't ok.
 */
void balance_own(const char *owner, struct phys_range range)
{
	struct balance_owner *o = &owners[nr_owners];

	if (nr_owners == MAX_OWNERS) {
		printk(KERN_WARNING "memdawn: balance: no room for more than %d owners: %s [%llx - "
		       "%llx] will be nobody's\n", MAX_OWNERS, owner, range.start, range.end);
		return;
	}
	strlcpy(o->name, owner, sizeof(o->name));
	o->range = range;
	nr_owners++;
}

static struct balance_owner *find_owner(unsigned long pfn)
{
	int i;

	for (i = 0; i < nr_owners; i++)
		if (pfn >= PFN_DOWN(owners[i].range.start) && pfn < PFN_UP(owners[i].range.end))
			return &owners[i];
	return NULL;
}

static bool owns_mem_map(const struct balance_owner *o)
{
	return !strcmp(o->name, "mem_map");
}

/* A RAM frame that isn't free. */
static void count_reserved_frame(struct balance_sheet *s, unsigned long pfn)
{
	struct balance_owner *o = find_owner(pfn);

	if (o && owns_mem_map(o)) {
		s->memmap++;
		return;
	}
	s->reserved++;
	if (o)
		o->pages++;
	else
		s->nobody++;
}

/* RAM frames [start, end): a free block is passed over as a whole. */
static void count_range(struct balance_sheet *s, unsigned long start, unsigned long end)
{
	unsigned long pfn = start;

	while (pfn < end) {
		const struct page *page = pfn_to_page(pfn);
		unsigned long n = 1;

		if (PageBuddy(page)) {
			n = 1UL << page_order(page);
			s->free += n;
		} else if (PageReserved(page)) {
			count_reserved_frame(s, pfn);
		} else {
			s->in_use++;
		}
		pfn += n;
	}
}

/* A node's KVA RAM: one owner's, as a whole. Returns its size in page frames. */
static unsigned long count_remapped(struct balance_sheet *s, int nid)
{
	struct phys_range range = node_remap_range(nid);
	unsigned long pages = PFN_DOWN(phys_range_size(range));
	struct balance_owner *o = find_owner(PFN_DOWN(range.start));

	s->reserved += pages;
	if (o)
		o->pages += pages;
	else
		s->nobody += pages;
	return pages;
}

static void count(struct balance_sheet *s)
{
	const struct node_active_region *map;
	int i, nid, nr = active_ranges(&map);
	unsigned long ram = 0;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < nr_owners; i++)
		owners[i].pages = 0;
	for (i = 0; i < nr; i++) {
		unsigned long end = min(map[i].end_pfn, mem_map_end_pfn());

		count_range(s, map[i].start_pfn, end);
		ram += end - map[i].start_pfn;
	}
	for_each_online_node(nid)
		ram += count_remapped(s, nid);
	s->hole = max_mapnr - ram;
}

/* The blocks that the zones' lists count, in pages. */
static unsigned long pages_in_lists(void)
{
	unsigned long pages = 0;
	const struct zone *zone;
	int order;

	for_each_zone(zone)
		for (order = 0; order < MAX_ORDER; order++)
			pages += zone->free_area[order].nr_free << order;
	return pages;
}

/* Single pages that wait in the per-cpu lists. */
static unsigned long pages_in_pcp(void)
{
	unsigned long pages = 0;
	const struct zone *zone;

	for_each_zone(zone)
		if (populated_zone(zone))
			pages += zone->pageset->pcp.count;
	return pages;
}

/* What was handed out and hasn't come back, by the allocator's own events. */
static unsigned long pages_handed_out(void)
{
	unsigned long out = 0;
	int i;

	for (i = PGALLOC_DMA; i <= PGALLOC_MOVABLE; i++)
		out += vm_events[i];
	return out - (vm_events[PGFREE] - totalram_pages);
}

static bool adds_up(const struct balance_sheet *s)
{
	return s->free + s->reserved + s->memmap + s->hole + s->in_use == max_mapnr && !s->nobody &&
	       s->free == nr_free_pages() && s->free == s->in_lists &&
	       s->in_use == s->in_pcp + s->handed_out;
}

/**
 * balance_count - count every page frame
 * @s: set
 *
 * s->ok says that every frame is exactly one thing, every reserved one has an owner, and the
 * zones' own counters say the same. mem_init() must have run.
 */
void balance_count(struct balance_sheet *s)
{
	count(s);
	s->in_lists = pages_in_lists();
	s->in_pcp = pages_in_pcp();
	s->handed_out = pages_handed_out();
	s->ok = adds_up(s);
}

/**
 * balance_owner - look at an owner and the frames that the last balance_count() found
 * @i: from 0 on
 *
 * Return: NULL after the last one. Frames of mem_map are counted apart: its owner has none.
 */
const struct balance_owner *balance_owner(int i)
{
	return i < nr_owners ? &owners[i] : NULL;
}
