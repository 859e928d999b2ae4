// SPDX-License-Identifier: GPL-2.0-only
/*
 * An allocation told: which zones, lists and types are tried, which block is split, and why.
 *
 * The page allocator knows nothing of it. Before the allocation its rules are gone through on the
 * lists as they are; that says which page will come. After it the lists are compared with those
 * before, and the page that has come with the one that was foreseen: where they differ, that is said.
 * So the tale can't drift away from the allocator unseen.
 *
 *	first try	low watermarks; each zone of the zonelist, from where the flags begin
 *	second try	min watermarks, lower ones for the urgent
 *	third try	the same, after the per-cpu lists have been given back
 */
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <monitor/foresee.h>
#include <monitor/tale.h>
#include <proc/proc.h>

/* What is asked for. */
struct request {
	unsigned int order;
	int migratetype;
	bool cold;
	const struct zoneref *first;	/* where the zones begin that may serve */
};

/* The marks of one try: how low the urgent may go is as in mm/page_alloc/alloc.c. */
struct try {
	enum zone_watermarks mark;
	bool urgent, hasty;		/* half off; a quarter off what is left */
};

/* The lists before the allocation. */
static struct {
	unsigned long blocks[NR_ZONES][MAX_ORDER][MIGRATE_TYPES];
	unsigned long single[NR_ZONES][MIGRATE_PCPTYPES];
	const struct page *foreseen;	/* NULL: nothing was */
	int pageblock;			/* the type of its pageblock */
} before;

static const struct zoneref *first_zone(gfp_t gfp)
{
	const struct zoneref *ref = node_zonelist(0, gfp)->_zonerefs;

	while (ref->zone_idx > (int)gfp_zone(gfp))
		ref++;
	return ref;
}

static void show_request(struct seq_file *m, const struct request *r)
{
	const struct zoneref *ref;

	seq_printf(m, "Wanted: %lu page(s) in a row, of type %s, from", 1UL << r->order,
		   migratetype_names[r->migratetype]);
	for (ref = r->first; ref->zone; ref++)
		seq_printf(m, "%s %s%s", ref == r->first ? "" : ", else", zone_prefix(ref->zone),
			   ref->zone->name);
	seq_puts(m, ".\n");
}

/* --- watermarks ------------------------------------------------------------------------- */

static long mark_of(const struct zone *zone, const struct try *t)
{
	long mark = zone->watermark[t->mark];

	if (t->urgent)
		mark -= mark / 2;
	if (t->hasty)
		mark -= mark / 4;
	return mark;
}

static void show_mark(struct seq_file *m, const struct zone *zone, const struct try *t, int classzone)
{
	seq_printf(m, "%ld (its %s watermark%s", mark_of(zone, t), t->mark == WMARK_LOW ? "low" : "min",
		   t->urgent || t->hasty ? ", lowered for the urgent" : "");
	if (zone->lowmem_reserve[classzone])
		seq_printf(m, ") and %lu for those who can't go to a higher zone",
			   zone->lowmem_reserve[classzone]);
	else
		seq_putc(m, ')');
}

/*
 * Would enough stay free, also in larger blocks? Of these a half of the mark, a quarter, and so on,
 * for each order up to the one that is wanted.
 */
static bool show_watermark(struct seq_file *m, const struct zone *zone, const struct request *r,
			   const struct try *t)
{
	long mark = mark_of(zone, t), needed = mark + (long)zone->lowmem_reserve[r->first->zone_idx];
	long stay = zone->vm_stat[NR_FREE_PAGES] - (1L << r->order);
	unsigned int o;

	if (stay < needed) {
		seq_printf(m, "%s%s may not serve: %ld free pages would stay, it keeps ",
			   zone_prefix(zone), zone->name, stay);
		show_mark(m, zone, t, r->first->zone_idx);
		seq_puts(m, ".\n");
		return false;
	}
	for (o = 0; o < r->order; o++) {
		stay -= zone->free_area[o].nr_free << o;
		if (stay >= mark >> (o + 1))
			continue;
		seq_printf(m, "%s%s may not serve: in blocks of order %u and more %ld free pages would stay, it "
			   "keeps %ld there.\n", zone_prefix(zone), zone->name, o + 1, stay, mark >> (o + 1));
		return false;
	}
	seq_printf(m, "%s%s may serve: %ld free pages would stay, it keeps ", zone_prefix(zone), zone->name,
		   (long)zone->vm_stat[NR_FREE_PAGES] - (1L << r->order));
	show_mark(m, zone, t, r->first->zone_idx);
	seq_puts(m, ".\n");
	return true;
}

/* --- the free lists --------------------------------------------------------------------- */

static void show_orders(struct seq_file *m, unsigned int low, unsigned int high)
{
	seq_printf(m, "order %u", low);
	if (low < high)
		seq_printf(m, " to %u", high);
}

/* Blocks that would have been large enough, and smaller, in lists of a type that had to give. */
static void show_left_alone(struct seq_file *m, const struct zone *zone, unsigned int order,
			    const struct foreseen_block *found)
{
	unsigned int o, smallest;

	for (smallest = order; smallest < found->order; smallest++)
		if (first_block(zone, smallest, found->migratetype))
			break;
	if (smallest == found->order)
		return;
	seq_printf(m, "%s has smaller ones that would do, of order", migratetype_names[found->migratetype]);
	for (o = smallest; o < found->order; o++)
		if (first_block(zone, o, found->migratetype))
			seq_printf(m, " %u", o);
	seq_puts(m, ": they stay, so that the types mix in as few pageblocks as can be.\n");
}

static void show_source(struct seq_file *m, const struct zone *zone, const struct request *r,
			const struct foreseen_block *found)
{
	const char *own = migratetype_names[r->migratetype], *type;

	if (found->source == OWN_LISTS) {
		if (found->order > r->order) {
			seq_printf(m, "%s%s's lists of type %s have nothing of ", zone_prefix(zone), zone->name, own);
			show_orders(m, r->order, found->order - 1);
			seq_puts(m, ".\n");
		}
	} else {
		seq_printf(m, "%s%s's lists of type %s have nothing of ", zone_prefix(zone), zone->name, own);
		show_orders(m, r->order, MAX_ORDER - 1);
		seq_puts(m, found->source == OTHER_LISTS ?
			 ": another type must give, from its largest block.\n" :
			 ", nor has any other type: what is kept back must give, its smallest block first.\n");
	}
	type = migratetype_names[found->migratetype];
	if (found->source == OTHER_LISTS)
		show_left_alone(m, zone, r->order, found);
	seq_printf(m, "Of order %u type %s has %lu: the first begins at page frame %lu.\n", found->order,
		   type, nr_blocks(zone, found->order, found->migratetype), page_to_pfn(found->page));
}

/* What of the block goes back: its upper half, the upper half of what remains, and so on. */
static void show_split(struct seq_file *m, const struct foreseen_block *found, unsigned int order)
{
	unsigned long pfn = page_to_pfn(found->page);
	unsigned int high = found->order;

	if (high == order)
		return;
	seq_printf(m, "It is split, upper halves go back:");
	while (high-- > order)
		seq_printf(m, " %lu (order %u)%s", pfn + (1UL << high), high, high == order ? ".\n" : ",");
}

static const struct page *tell_block(struct seq_file *m, const struct zone *zone,
				     const struct request *r)
{
	struct foreseen_block found = foresee_block(zone, r->order, r->migratetype);

	if (!found.page) {
		seq_printf(m, "%s%s has no block of ", zone_prefix(zone), zone->name);
		show_orders(m, r->order, MAX_ORDER - 1);
		seq_puts(m, " in any list.\n");
		return NULL;
	}
	show_source(m, zone, r, &found);
	show_split(m, &found, r->order);
	return found.page;
}

/* A single page comes from the zone's per-cpu list, which is filled with a batch when it is empty. */
static const struct page *tell_single(struct seq_file *m, const struct zone *zone,
				      const struct request *r)
{
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	const struct list_head *list = &pcp->lists[r->migratetype];
	const struct page *page;

	if (list_empty(list)) {
		seq_printf(m, "Single pages come from %s%s's per-cpu list of type %s. It is empty, and is filled "
			   "with %d from the free lists; the first of them:\n", zone_prefix(zone), zone->name,
			   migratetype_names[r->migratetype], pcp->batch);
		return tell_block(m, zone, r);
	}
	page = list_entry(r->cold ? list->prev : list->next, struct page, lru);
	seq_printf(m, "Single pages come from %s%s's per-cpu list of type %s. It has %lu, the %s is page frame "
		   "%lu: the free lists aren't touched.\n", zone_prefix(zone), zone->name,
		   migratetype_names[r->migratetype],
		   list_length(list), r->cold ? "last, the coldest," : "first", page_to_pfn(page));
	return page;
}

/* --- the tries -------------------------------------------------------------------------- */

static const struct page *tell_try(struct seq_file *m, const struct request *r, const struct try *t)
{
	const struct page *page = NULL;
	const struct zoneref *ref;

	for (ref = r->first; ref->zone && !page; ref++) {
		if (!show_watermark(m, ref->zone, r, t))
			continue;
		page = r->order ? tell_block(m, ref->zone, r) : tell_single(m, ref->zone, r);
	}
	return page;
}

static void note_lists(void)
{
	const struct zone *zone;
	int order, mt;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		for (order = 0; order < MAX_ORDER; order++)
			for (mt = 0; mt < MIGRATE_TYPES; mt++)
				before.blocks[zone_nr(zone)][order][mt] = nr_blocks(zone, order, mt);
		for (mt = 0; mt < MIGRATE_PCPTYPES; mt++)
			before.single[zone_nr(zone)][mt] = list_length(&zone->pageset->pcp.lists[mt]);
	}
}

/**
 * tale_before - tell what an allocation is about to do, and note the lists as they are
 * @m: the sink
 * @gfp: as for alloc_pages()
 * @order: 0 to 10
 *
 * The allocation must come next, and then tale_after().
 */
void tale_before(struct seq_file *m, gfp_t gfp, unsigned int order)
{
	struct request r = { order, allocflags_to_migratetype(gfp), gfp & __GFP_COLD, first_zone(gfp) };
	struct try t = { .mark = WMARK_LOW };

	gfp &= gfp_allowed_mask;
	note_lists();
	show_request(m, &r);
	before.foreseen = tell_try(m, &r, &t);
	if (!before.foreseen) {
		seq_puts(m, "So a second try, with the min watermarks.\n");
		t = (struct try){ WMARK_MIN, gfp & __GFP_HIGH, !(gfp & __GFP_WAIT) };
		before.foreseen = tell_try(m, &r, &t);
	}
	if (before.foreseen)
		before.pageblock = get_pageblock_migratetype(before.foreseen);
	else if (gfp & __GFP_WAIT)
		seq_puts(m, "So a third try, after all per-cpu lists have been given back to the free lists.\n");
}

/* --- afterwards ------------------------------------------------------------------------- */

/* Returns by how many pages a type's free lists have grown. */
static long show_changed_lists(struct seq_file *m, const struct zone *zone, int mt)
{
	unsigned int nr = zone_nr(zone);
	int order;
	bool any = false;
	long grown = 0;

	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long was = before.blocks[nr][order][mt], now = nr_blocks(zone, order, mt);

		if (was == now)
			continue;
		if (!any)
			seq_printf(m, "Changed: %s%s, type %s:", zone_prefix(zone), zone->name, migratetype_names[mt]);
		seq_printf(m, "%s order %d %lu -> %lu", any ? "," : "", order, was, now);
		any = true;
		grown += ((long)now - (long)was) * (1L << order);
	}
	if (any)
		seq_puts(m, ".\n");
	return grown;
}

static long show_changed_single(struct seq_file *m, const struct zone *zone, int mt)
{
	unsigned long was = before.single[zone_nr(zone)][mt];
	unsigned long now = list_length(&zone->pageset->pcp.lists[mt]);

	if (was != now)
		seq_printf(m, "Changed: %s%s, per-cpu list of type %s: %lu -> %lu.\n", zone_prefix(zone), zone->name,
			   migratetype_names[mt], was, now);
	return (long)now - (long)was;
}

/**
 * tale_after - tell what an allocation has changed, and whether it was what had been told
 * @m: the sink
 * @page: the first page that came; NULL: none did
 * @order: as it was asked for
 */
void tale_after(struct seq_file *m, const struct page *page, unsigned int order)
{
	const struct zone *zone;
	long grown = 0;
	int mt;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		for (mt = 0; mt < MIGRATE_TYPES; mt++)
			grown += show_changed_lists(m, zone, mt);
		for (mt = 0; mt < MIGRATE_PCPTYPES; mt++)
			grown += show_changed_single(m, zone, mt);
	}
	if (before.foreseen && before.foreseen == page &&
	    get_pageblock_migratetype(page) != before.pageblock)
		seq_printf(m, "Half of its pageblock or more was free: it was %s's and is %s's from now on.\n",
			   migratetype_names[before.pageblock],
			   migratetype_names[get_pageblock_migratetype(page)]);
	if (before.foreseen && before.foreseen != page)
		seq_printf(m, "This isn't what the lists promised: page frame %lu.\n",
			   page_to_pfn(before.foreseen));
	if (grown != (page ? -(1L << order) : 0))
		seq_printf(m, "The lists have changed by %ld page(s), and not by what was given away.\n", grown);
}
