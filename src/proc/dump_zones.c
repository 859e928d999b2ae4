/* SPDX-License-Identifier: GPL-2.0-only */
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
 * Lists go on in further lines with the same beginning, 16 page frames a line.
 */
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/vsprintf.h>
#include <mm/page_alloc.h>
#include <proc/dump_zones.h>

#define PFNS_A_LINE	16

/* One list, its lines beginning with prefix; nothing if it is empty. */
static void dump_list(const char *prefix, const struct list_head *list)
{
	const struct page *page;
	int n = 0;

	list_for_each_entry(page, list, lru) {
		if (n && n % PFNS_A_LINE == 0)
			printk(KERN_CONT "\n");
		if (n % PFNS_A_LINE == 0)
			printk(KERN_INFO "%s :", prefix);
		printk(KERN_CONT " %lu", page_to_pfn(page));
		n++;
	}
	if (n)
		printk(KERN_CONT "\n");
}

static void dump_watermarks(const char *tag, const struct zone *zone)
{
	printk(KERN_INFO "AW %s %s start=%lu spanned=%lu present=%lu free=%lu min=%lu low=%lu high=%lu "
	       "reserve=%lu,%lu,%lu,%lu\n", tag, zone->name, zone->zone_start_pfn,
	       zone->spanned_pages, zone->present_pages, zone->vm_stat[NR_FREE_PAGES],
	       zone->watermark[WMARK_MIN], zone->watermark[WMARK_LOW], zone->watermark[WMARK_HIGH],
	       zone->lowmem_reserve[0], zone->lowmem_reserve[1], zone->lowmem_reserve[2],
	       zone->lowmem_reserve[3]);
}

static void dump_pageset(const char *tag, const struct zone *zone)
{
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	char prefix[48];
	int mt;

	printk(KERN_INFO "AP %s %s count=%d high=%d batch=%d\n", tag, zone->name, pcp->count,
	       pcp->high, pcp->batch);
	for (mt = 0; mt < MIGRATE_PCPTYPES; mt++) {
		snprintf(prefix, sizeof(prefix), "AP %s %s list %d", tag, zone->name, mt);
		dump_list(prefix, &pcp->lists[mt]);
	}
}

/* " t<mt>:<blocks>[first up to 4 pfns]" */
static void dump_list_summary(const struct list_head *list, int mt)
{
	const struct page *page;
	unsigned long n = 0;

	list_for_each_entry(page, list, lru)
		n++;
	if (!n)
		return;
	printk(KERN_CONT " t%d:%lu[", mt, n);
	n = 0;
	list_for_each_entry(page, list, lru) {
		if (n == 4)
			break;
		printk(KERN_CONT "%s%lu", n++ ? "," : "", page_to_pfn(page));
	}
	printk(KERN_CONT "]");
}

static void dump_free_lists(const char *tag, const struct zone *zone)
{
	char prefix[48];
	int order, mt;

	for (order = 0; order < MAX_ORDER; order++) {
		const struct free_area *area = &zone->free_area[order];

		printk(KERN_INFO "AZ %s %s o%d nr_free=%lu", tag, zone->name, order, area->nr_free);
		for (mt = 0; mt < MIGRATE_TYPES; mt++)
			dump_list_summary(&area->free_list[mt], mt);
		printk(KERN_CONT "\n");
	}
	for (order = 0; order < MAX_ORDER; order++)
		for (mt = 0; mt < MIGRATE_TYPES; mt++) {
			snprintf(prefix, sizeof(prefix), "AL %s %s o%d t%d", tag, zone->name, order, mt);
			dump_list(prefix, &zone->free_area[order].free_list[mt]);
		}
}

/* Runs of pageblocks of one type, by index: pfn = zone's first + index * 1024. */
static void dump_pageblocks(const char *tag, const struct zone *zone)
{
	unsigned long nr = DIV_ROUND_UP(zone->spanned_pages, pageblock_nr_pages), i, first = 0;
	int type = 0;

	printk(KERN_INFO "AB %s %s :", tag, zone->name);
	for (i = 0; i <= nr; i++) {
		int t = -1;

		if (i < nr)
			t = pageblock_type(zone, zone->zone_start_pfn + i * pageblock_nr_pages);
		if (i && t != type) {
			printk(KERN_CONT " %lu+%lu=%d",
			       zone->zone_start_pfn + first * pageblock_nr_pages, i - first, type);
			first = i;
		}
		type = t;
	}
	printk(KERN_CONT "\n");
}

/**
 * dump_zones - print the page allocator's state
 * @tag: a word that each line carries
 *
 * mem_init() must have run. Prints bare lines at level KERN_INFO.
 */
void dump_zones(const char *tag)
{
	const struct zone *zone;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		dump_watermarks(tag, zone);
		dump_pageset(tag, zone);
		dump_free_lists(tag, zone);
		dump_pageblocks(tag, zone);
	}
}
