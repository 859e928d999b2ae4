/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page-exact sheet. Every page frame from 0 to max_pfn - 1 is exactly one of
 *
 *	free       in a block of the buddy allocator
 *	memmap     a frame of mem_map
 *	reserved   RAM that somebody keeps; each frame has a named owner
 *	hole       not RAM (in no range of early_node_map)
 *	in use     RAM that the buddy allocator has handed out, or that waits in the per-cpu
 *		   lists: neither free nor reserved; none right after mem_init()
 *
 * Who keeps memory says so once, in bytes, by balance_own(). A frame that several
 * small allocations share belongs to the one that came first.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/bootmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#define MAX_OWNERS	64

/* Physical bytes [start, end); pages is filled by the count. */
struct owner {
	char name[20];
	u64 start, end;
	unsigned long pages;
};

/* The result of a count, in page frames. */
struct sheet {
	unsigned long free, reserved, memmap, hole;
	unsigned long nobody;		/* reserved, but without an owner */
	unsigned long in_use;		/* neither free nor reserved */
};

static struct owner owners[MAX_OWNERS];
static int nr_owners;

/**
 * balance_own - say who keeps a piece of memory
 * @owner: the name; 19 characters are kept
 * @start: physical address
 * @size: bytes
 *
 * May be called before anything else works. Entries beyond the 64th are not kept:
 * their frames then count as nobody's, and the balance isn't ok.
 */
void balance_own(const char *owner, u64 start, u64 size)
{
	struct owner *o = &owners[nr_owners];

	if (nr_owners == MAX_OWNERS)
		return;
	strlcpy(o->name, owner, sizeof(o->name));
	o->start = start;
	o->end = start + size;
	nr_owners++;
}

static struct owner *find_owner(unsigned long pfn)
{
	int i;

	for (i = 0; i < nr_owners; i++)
		if (pfn >= PFN_DOWN(owners[i].start) && pfn < PFN_UP(owners[i].end))
			return &owners[i];
	return NULL;
}

static bool owns_mem_map(const struct owner *o)
{
	return !strcmp(o->name, "mem_map");
}

/* A RAM frame that isn't free. */
static void count_reserved_frame(struct sheet *s, unsigned long pfn)
{
	struct owner *o = find_owner(pfn);

	if (o)
		o->pages++;
	if (o && owns_mem_map(o)) {
		s->memmap++;
		return;
	}
	s->reserved++;
	if (!o)
		s->nobody++;
}

/* RAM frames [start, end): a free block is passed over as a whole. */
static void count_range(struct sheet *s, unsigned long start, unsigned long end)
{
	unsigned long pfn = start;

	while (pfn < end) {
		const struct page *page = pfn_to_page(pfn);
		unsigned long n = 1;

		if (PageBuddy(page)) {
			n = 1UL << page->private;
			s->free += n;
		} else if (PageReserved(page)) {
			count_reserved_frame(s, pfn);
		} else {
			s->in_use++;
		}
		pfn += n;
	}
}

static void count(struct sheet *s)
{
	const struct node_active_region *map;
	int i, nr = active_ranges(&map);
	unsigned long ram = 0;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < nr_owners; i++)
		owners[i].pages = 0;
	for (i = 0; i < nr; i++) {
		unsigned long end = min(map[i].end_pfn, max_mapnr);

		count_range(s, map[i].start_pfn, end);
		ram += end - map[i].start_pfn;
	}
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

static bool adds_up(const struct sheet *s)
{
	return s->free + s->reserved + s->memmap + s->hole + s->in_use == max_mapnr && !s->nobody &&
	       s->free == nr_free_pages() && s->free == pages_in_lists() &&
	       s->in_use == pages_in_pcp() + pages_handed_out();
}

/**
 * balance_check - count every page frame
 * @free: set to the free pages
 * @reserved: set to the RAM pages that aren't free, mem_map's among them
 *
 * Returns true if every frame is exactly one thing, every reserved one has an
 * owner, and the zones' own counters say the same. mem_init() must have run.
 */
bool balance_check(unsigned long *free, unsigned long *reserved)
{
	struct sheet s;

	count(&s);
	*free = s.free;
	*reserved = s.reserved + s.memmap;
	return adds_up(&s);
}

/**
 * balance_print - print the sheet
 *
 * A line for each class, each owner that has frames, and each zone's share of
 * mem_map as the log has it (rounded up zone by zone). mem_init() must have run.
 */
void balance_print(void)
{
	const struct zone *zone;
	struct sheet s;
	int i;

	count(&s);
	printk(KERN_INFO "balance: max_pfn %lu\n", max_mapnr);
	printk(KERN_INFO "balance: free %lu\n", s.free);
	printk(KERN_INFO "balance: reserved %lu\n", s.reserved);
	printk(KERN_INFO "balance: memmap %lu\n", s.memmap);
	printk(KERN_INFO "balance: hole %lu\n", s.hole);
	for (i = 0; i < nr_owners; i++)
		if (owners[i].pages && !owns_mem_map(&owners[i]))
			printk(KERN_INFO "balance: owner %lu [%010llx - %010llx] %s\n",
			       owners[i].pages, owners[i].start, owners[i].end, owners[i].name);
	if (s.nobody)
		printk(KERN_ERR "balance: owner %lu nobody\n", s.nobody);
	if (s.in_use)
		printk(KERN_INFO "balance: in use %lu (handed out %lu, per-cpu lists %lu)\n", s.in_use,
		       pages_handed_out(), pages_in_pcp());
	for_each_zone(zone)
		if (zone->spanned_pages)
			printk(KERN_INFO "balance: zone %s memmap %lu\n", zone->name,
			       PFN_UP(zone->spanned_pages * sizeof(struct page)));
	printk(KERN_INFO "balance: counters %lu lists %lu\n", nr_free_pages(), pages_in_lists());
	printk(KERN_INFO "balance: %s\n", adds_up(&s) ? "ok" : "BAD");
}
