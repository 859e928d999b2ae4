// SPDX-License-Identifier: GPL-2.0-only
/* The page-exact sheet and the boot allocator's account as text: lines of a name and numbers. */
#include <lib/kernel.h>
#include <mm/balance.h>
#include <mm/boot_alloc.h>
#include <mm/page_alloc.h>
#include <proc/balance.h>

static void show_owners(struct seq_file *m)
{
	const struct balance_owner *o;
	int i;

	for (i = 0; (o = balance_owner(i)); i++)
		if (o->pages)
			seq_printf(m, "balance: owner %lu [%010llx - %010llx] %s\n", o->pages, o->start,
				   o->end, o->name);
}

/**
 * show_balance - count every page frame, and write the sheet
 * @m: the sink
 *
 * A line for each class, each owner that has frames, and each zone's share of
 * mem_map as the log has it (rounded up zone by zone). mem_init() must have run.
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
	show_owners(m);
	if (s.nobody)
		seq_printf(m, "balance: owner %lu nobody\n", s.nobody);
	if (s.in_use)
		seq_printf(m, "balance: in use %lu (handed out %lu, per-cpu lists %lu)\n", s.in_use,
			   s.handed_out, s.in_pcp);
	for_each_zone(zone)
		if (zone->spanned_pages)
			seq_printf(m, "balance: zone %s memmap %lu\n", zone->name,
				   PFN_UP(zone->spanned_pages * sizeof(struct page)));
	seq_printf(m, "balance: counters %lu lists %lu\n", nr_free_pages(), s.in_lists);
	seq_printf(m, "balance: %s\n", s.ok ? "ok" : "BAD");
}

/**
 * show_bootalloc - write what the boot allocator has done, and what it has left
 * @m: the sink
 *
 * Of the moment of the hand-over: boot_free_all() must have run.
 */
void show_bootalloc(struct seq_file *m)
{
	const struct boot_alloc_stats *s = &boot_alloc_stats;
	int order;

	seq_printf(m, "bootalloc: name %s\n", boot_alloc_name());
	seq_printf(m, "bootalloc: allocations %lu of %lu bytes\n", s->allocations, s->bytes);
	seq_printf(m, "bootalloc: bookkeeping %lu bytes, %lu table entries\n", s->bookkeeping,
		   s->entries);
	seq_printf(m, "bootalloc: hand-over %llu ticks\n", s->ticks);
	seq_printf(m, "bootalloc: low memory %lu pages free, %lu reserved\n", s->free, s->reserved);
	seq_printf(m, "bootalloc: free in %lu pieces, the largest of %lu pages\n", s->runs,
		   s->largest);
	seq_puts(m, "bootalloc: blocks by order");
	for (order = 0; order < MAX_ORDER; order++)
		seq_printf(m, " %lu", s->blocks[order]);
	seq_putc(m, '\n');
}
