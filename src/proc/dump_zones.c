// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole state of the page allocator, a set of lines for each populated zone:
 *
 *	AW <tag> <zone> start= spanned= present= free= min= low= high= reserve=a,b,c,d
 *	AP <tag> <zone> count= high= batch=                 per-cpu page set
 *	AP <tag> <zone> list <mt> : pfns...                 first = next hot page
 *	AZ <tag> <zone> o<order> nr_free=<n> t<mt>:<blocks>[first up to 4 pfns] ...
 *	AL <tag> <zone> o<order> t<mt> : pfns...            the whole free list, head first
 *	AB <tag> <zone> : <pfn>+<n>=<mt> ...                pageblock types, run-length coded
 *
 * In the kernel for several nodes a zone is called "1:HighMem". A list has as many lines with the same
 * beginning as it needs, 16 page frames a line.
 */
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/vsprintf.h>
#include <mm/page_alloc.h>
#include <proc/dump_zones.h>

#define PFNS_A_LINE	16

/* One list, its lines beginning with prefix; nothing if it is empty. */
static void dump_list(struct seq_file *m, const char *prefix, const struct list_head *list)
{
	const struct page *page;
	int n = 0;

	list_for_each_entry(page, list, lru) {
		if (n && n % PFNS_A_LINE == 0)
			seq_putc(m, '\n');
		if (n % PFNS_A_LINE == 0)
			seq_printf(m, "%s :", prefix);
		seq_printf(m, " %lu", page_to_pfn(page));
		n++;
	}
	if (n)
		seq_putc(m, '\n');
}

static void dump_watermarks(struct seq_file *m, const char *tag, const struct zone *zone)
{
	const unsigned long *mark = zone->watermark, *reserve = zone->lowmem_reserve;

	seq_printf(m, "AW %s %s%s start=%lu spanned=%lu present=%lu free=%lu", tag,
		   zone_prefix(zone), zone->name, zone->zone_start_pfn, zone->spanned_pages, zone->present_pages,
		   zone->vm_stat[NR_FREE_PAGES]);
	seq_printf(m, " min=%lu low=%lu high=%lu reserve=%lu,%lu,%lu,%lu\n", mark[WMARK_MIN],
		   mark[WMARK_LOW], mark[WMARK_HIGH], reserve[0], reserve[1], reserve[2],
		   reserve[3]);
}

static void dump_pageset(struct seq_file *m, const char *tag, const struct zone *zone)
{
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	char prefix[48];
	int mt;

	seq_printf(m, "AP %s %s%s count=%d high=%d batch=%d\n", tag, zone_prefix(zone), zone->name,
		   pcp->count, pcp->high, pcp->batch);
	for (mt = 0; mt < MIGRATE_PCPTYPES; mt++) {
		snprintf(prefix, sizeof(prefix), "AP %s %s%s list %d", tag, zone_prefix(zone), zone->name,
			 mt);
		dump_list(m, prefix, &pcp->lists[mt]);
	}
}

/* " t<mt>:<blocks>[first up to 4 pfns]" */
static void dump_list_summary(struct seq_file *m, const struct list_head *list, int mt)
{
	const struct page *page;
	unsigned long n = 0;

	list_for_each_entry(page, list, lru)
		n++;
	if (!n)
		return;
	seq_printf(m, " t%d:%lu[", mt, n);
	n = 0;
	list_for_each_entry(page, list, lru) {
		if (n == 4)
			break;
		seq_printf(m, "%s%lu", n++ ? "," : "", page_to_pfn(page));
	}
	seq_putc(m, ']');
}

static void dump_free_lists(struct seq_file *m, const char *tag, const struct zone *zone)
{
	char prefix[48];
	int order, mt;

	for (order = 0; order < MAX_ORDER; order++) {
		const struct free_area *area = &zone->free_area[order];

		seq_printf(m, "AZ %s %s%s o%d nr_free=%lu", tag, zone_prefix(zone), zone->name, order,
			   area->nr_free);
		for (mt = 0; mt < MIGRATE_TYPES; mt++)
			dump_list_summary(m, &area->free_list[mt], mt);
		seq_putc(m, '\n');
	}
	for (order = 0; order < MAX_ORDER; order++)
		for (mt = 0; mt < MIGRATE_TYPES; mt++) {
			snprintf(prefix, sizeof(prefix), "AL %s %s%s o%d t%d", tag, zone_prefix(zone),
				 zone->name, order, mt);
			dump_list(m, prefix, &zone->free_area[order].free_list[mt]);
		}
}

/* Runs of pageblocks of one type, by index: pfn = zone's first + index * 1024. */
static void dump_pageblocks(struct seq_file *m, const char *tag, const struct zone *zone)
{
	unsigned long nr = DIV_ROUND_UP(zone->spanned_pages, pageblock_nr_pages), i, first = 0;
	int type = 0;

	seq_printf(m, "AB %s %s%s :", tag, zone_prefix(zone), zone->name);
	for (i = 0; i <= nr; i++) {
		int t = -1;

		if (i < nr)
			t = pageblock_type(zone, zone->zone_start_pfn + i * pageblock_nr_pages);
		if (i && t != type) {
			seq_printf(m, " %lu+%lu=%d",
				   zone->zone_start_pfn + first * pageblock_nr_pages, i - first, type);
			first = i;
		}
		type = t;
	}
	seq_putc(m, '\n');
}

/**
 * show_zones - write the page allocator's state
 * @m: the sink
 * @tag: a word that each line carries
 *
 * mem_init() must have run.
 */
void show_zones(struct seq_file *m, const char *tag)
{
	const struct zone *zone;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		dump_watermarks(m, tag, zone);
		dump_pageset(m, tag, zone);
		dump_free_lists(m, tag, zone);
		dump_pageblocks(m, tag, zone);
	}
}

/**
 * dump_zones - the same to the log, at level KERN_INFO
 * @tag: a word that each line carries
 *
 * mem_init() must have run.
 */
void dump_zones(const char *tag)
{
	show_zones(&seq_log, tag);
}
