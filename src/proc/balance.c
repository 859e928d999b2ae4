// SPDX-License-Identifier: GPL-2.0-only
/* The page-exact sheet as text: lines of a name and numbers. */
#include <mm/balance.h>
#include <mm/page_alloc.h>
#include <proc/balance.h>
#include <proc/borders.h>

static void show_owners(struct seq_file *m)
{
	const struct balance_owner *o;
	int i;

	for (i = 0; (o = balance_owner(i)); i++)
		if (o->pages)
			seq_printf(m, "balance: owner %lu [%010llx - %010llx] %s\n", o->pages,
				   o->range.start, o->range.end, o->name);
}

/**
 * show_balance - count every page frame, and write the sheet
 * @m: the sink
 *
 * A line for each class, for RAM above max_pfn, for each owner that has frames, and for each zone's
 * share of mem_map as the log has it (rounded up zone by zone). mem_init() must have run.
 */
void show_balance(struct seq_file *m)
{
	const struct zone *zone;
	struct balance_sheet s;

	balance_count(&s);
	seq_printf(m, "balance: max_pfn %lu\n", max_mapnr);
	seq_printf(m, "balance: free %lu\n", s.free);
	seq_printf(m, "balance: reserved %lu\n", s.reserved);
	seq_printf(m, "balance: memmap %lu\n", s.memmap);
	seq_printf(m, "balance: hole %lu\n", s.hole);
	show_not_used(m);
	show_owners(m);
	if (s.nobody)
		seq_printf(m, "balance: owner %lu nobody\n", s.nobody);
	if (s.in_use)
		seq_printf(m, "balance: in use %lu (handed out %lu, per-cpu lists %lu)\n", s.in_use,
			   s.handed_out, s.in_pcp);
	for_each_zone(zone)
		if (zone->spanned_pages)
			seq_printf(m, "balance: zone %s%s memmap %lu\n", zone_prefix(zone), zone->name,
				   PFN_UP(zone->spanned_pages * sizeof(struct page)));
	seq_printf(m, "balance: counters %lu lists %lu\n", nr_free_pages(), s.in_lists);
	seq_printf(m, "balance: %s\n", s.ok ? "ok" : "BAD");
}
