// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftests: is the page allocator sound, and has it again all that it had before?
 *
 * Joining buddies leaves the same blocks whatever the order of the frees. So which blocks
 * are free, of which size, is compared; not their order, and not their migrate types, which
 * allocations may change.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/slab_internal.h>
#include <selftest/ktap.h>

/* A number of its own for each block. */
static u32 block_number(unsigned long pfn, unsigned int order)
{
	u32 x = pfn * 0x9e370001U + order * 0x85ebca6bU + 1;

	x = (x ^ x >> 15) * 0x2c1b3c6dU;
	return x ^ x >> 13;
}

/* Their sum, over all free blocks of an order. */
static u32 block_numbers(const struct free_area *area, unsigned int order)
{
	const struct page *page;
	u32 sum = 0;
	int type;

	for (type = 0; type < MIGRATE_TYPES; type++)
		list_for_each_entry(page, &area->free_list[type], lru)
			sum += block_number(page_to_pfn(page), order);
	return sum;
}

/* Pages that are only kept for later use go back to the free lists. */
static void settle(void)
{
	struct kmem_cache *cachep;

	for_each_kmem_cache(cachep)
		kmem_cache_shrink(cachep);
	drain_local_pages();
}

/**
 * zones_state - note what is free
 * @state: receives it
 *
 * What caches keep for later use is given back first.
 */
void zones_state(struct zones_state *state)
{
	const struct zone *zone;
	unsigned int order;

	settle();
	memset(state, 0, sizeof(*state));
	for_each_zone(zone) {
		int z = zone_nr(zone);

		if (!populated_zone(zone))
			continue;
		state->free[z] = zone->vm_stat[NR_FREE_PAGES];
		for (order = 0; order < MAX_ORDER; order++) {
			state->nr_free[z][order] = zone->free_area[order].nr_free;
			state->blocks[z] += block_numbers(&zone->free_area[order], order);
		}
	}
}

/* One zone of zones_same(). */
static bool zone_same(const struct zone *zone, const struct zones_state *before,
		      const struct zones_state *now)
{
	int z = zone_nr(zone);
	unsigned int order;
	bool same = check_say(now->free[z] == before->free[z],
			      "zone %s%s has as many free pages as before (%lu, now %lu)",
			      zone_prefix(zone), zone->name, before->free[z], now->free[z]);

	for (order = 0; order < MAX_ORDER; order++)
		same &= check_say(now->nr_free[z][order] == before->nr_free[z][order],
				  "zone %s%s, order %u has as many free blocks as before (%lu, now %lu)",
				  zone_prefix(zone), zone->name, order, before->nr_free[z][order],
				  now->nr_free[z][order]);
	same &= check_say(now->blocks[z] == before->blocks[z],
			  "zone %s%s: the same blocks are free as before", zone_prefix(zone), zone->name);
	return same;
}

/**
 * zones_same - has every zone the free blocks that it had?
 * @before: what zones_state() noted
 *
 * The test has failed if not, or if the lists aren't sound.
 *
 * Return: whether it has.
 */
bool zones_same(const struct zones_state *before)
{
	struct zones_state now;
	const struct zone *zone;
	bool same = zones_check();

	zones_state(&now);
	for_each_zone(zone)
		same &= zone_same(zone, before, &now);
	return same;
}

/* Is this page what the first page of a free block has to be? */
static bool block_sound(const struct page *page, const struct zone *zone, unsigned int order)
{
	return PageBuddy(page) && page->private == order && !page->_count &&
	       page_zone(page) == zone && IS_ALIGNED(page_to_pfn(page), 1UL << order) &&
	       page->lru.next->prev == &page->lru && page->lru.prev->next == &page->lru;
}

/* Returns the number of blocks in a list; stops at the first one that isn't sound. */
static unsigned long check_free_list(const struct zone *zone, unsigned int order, int type)
{
	const struct list_head *head = &zone->free_area[order].free_list[type];
	const struct page *page;
	unsigned long n = 0;

	list_for_each_entry(page, head, lru) {
		if (!check_say(block_sound(page, zone, order),
			       "zone %s, order %u, type %d: page frame %lu in the list begins a free block",
			       zone->name, order, type, page_to_pfn(page)) ||
		    !check_say(n < mem_map_nr_pages, "zone %s, order %u, type %d: the list has an end",
			       zone->name, order, type))
			break;
		n++;
	}
	return n;
}

static bool check_free_lists(const struct zone *zone)
{
	unsigned long pages = 0;
	unsigned int order;
	bool ok = true;

	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long blocks = 0;
		int type;

		for (type = 0; type < MIGRATE_TYPES; type++)
			blocks += check_free_list(zone, order, type);
		ok &= check_say(blocks == zone->free_area[order].nr_free,
				"zone %s, order %u: nr_free (%lu) is the number of blocks in the lists (%lu)",
				zone->name, order, zone->free_area[order].nr_free, blocks);
		pages += blocks << order;
	}
	return check_say(pages == zone->vm_stat[NR_FREE_PAGES],
			 "zone %s: the free pages counted (%lu) are those in the lists (%lu)", zone->name,
			 zone->vm_stat[NR_FREE_PAGES], pages) && ok;
}

static bool check_pageset(const struct zone *zone)
{
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	const struct page *page;
	int type, count = 0;
	bool ok = true;

	for (type = 0; type < MIGRATE_PCPTYPES; type++)
		list_for_each_entry(page, &pcp->lists[type], lru) {
			ok &= check_say(!PageBuddy(page) && !page->_count && page_zone(page) == zone,
					"zone %s: page frame %lu of its per-cpu lists is in no block, has no user "
					"and is the zone's", zone->name, page_to_pfn(page));
			if (!check_say(++count <= pcp->high, "zone %s: its per-cpu lists have at most %d pages",
				       zone->name, pcp->high))
				return false;
		}
	return check_say(count == pcp->count,
			 "zone %s: the count of its per-cpu lists (%d) is that of their pages (%d)",
			 zone->name, pcp->count, count) && ok;
}

/**
 * zones_check - are all free lists and per-cpu lists sound, and do the counters agree?
 *
 * The test has failed if not.
 *
 * Return: whether they are and do.
 */
bool zones_check(void)
{
	const struct zone *zone;
	bool ok = true;

	for_each_zone(zone) {
		if (!populated_zone(zone))
			continue;
		ok &= check_free_lists(zone);
		ok &= check_pageset(zone);
	}
	return ok;
}

/**
 * zone_free_pages - pages that a zone could still hand out, those in its per-cpu lists too
 * @zone: any populated zone
 *
 * Return: their number.
 */
unsigned long zone_free_pages(const struct zone *zone)
{
	return zone->vm_stat[NR_FREE_PAGES] + zone->pageset->pcp.count;
}

/**
 * free_blocks - free blocks that are held on a list
 * @blocks: a list of their first pages by lru; empty afterwards
 * @order: that of all of them
 */
void free_blocks(struct list_head *blocks, unsigned int order)
{
	struct page *page;

	while (!list_empty(blocks)) {
		page = list_first_entry(blocks, struct page, lru);
		list_del(&page->lru);
		__free_pages(page, order);
	}
}

/**
 * page_fill - write a word all over a page, through an atomic window
 * @page: of any zone; one that the machine doesn't have is left alone
 * @word: what to write
 */
void page_fill(struct page *page, u32 word)
{
	unsigned long count = PAGE_SIZE / sizeof(word);
	void *kaddr, *to;

	if (pfn_absent(page_to_pfn(page)))
		return;
	to = kaddr = kmap_atomic(page, KM_USER0);
	asm volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(word) : "memory");
	kunmap_atomic(kaddr, KM_USER0);
}

/**
 * page_filled - is the word still all over the page? Read through kmap()
 * @page: of any zone
 * @word: what page_fill() has written
 *
 * Return: whether it is; true for a page that the machine doesn't have.
 */
bool page_filled(struct page *page, u32 word)
{
	unsigned long count = PAGE_SIZE / sizeof(word);
	bool same;
	void *at;

	if (pfn_absent(page_to_pfn(page)))
		return true;
	at = kmap(page);
	if (!check(at))
		return false;
	asm volatile("repe scasl" : "+D"(at), "+c"(count), "=@cce"(same) : "a"(word) : "memory");
	kunmap(page);
	return same;
}
