// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which free block an allocation would get: __rmqueue()'s choice (mm/page_alloc/buddy.c) without
 * its deed. So what the allocator does can be explained beforehand, and nothing had to be put into
 * its way for that. The commands that explain compare what was foreseen with what came.
 */
#include <lib/list.h>
#include <mm/page_alloc.h>
#include <monitor/foresee.h>

/**
 * first_block - the block that a free list would give next
 * @zone: whose list
 * @order: 0 to 10
 * @migratetype: enum migratetype
 *
 * Return: its first page; NULL: the list is empty.
 */
const struct page *first_block(const struct zone *zone, unsigned int order, int migratetype)
{
	const struct list_head *list = &zone->free_area[order].free_list[migratetype];

	return list_empty(list) ? NULL : list_entry(list->next, struct page, lru);
}

/**
 * nr_blocks - how many blocks a free list has
 * @zone: whose list
 * @order: 0 to 10
 * @migratetype: enum migratetype
 *
 * Return: their number.
 */
unsigned long nr_blocks(const struct zone *zone, unsigned int order, int migratetype)
{
	return list_length(&zone->free_area[order].free_list[migratetype]);
}

/* The smallest block of a type that is large enough. */
static struct foreseen_block smallest_block(const struct zone *zone, unsigned int order,
					    int migratetype, enum block_source source)
{
	struct foreseen_block found = { NULL, order, migratetype, source };

	for (; found.order < MAX_ORDER; found.order++) {
		found.page = first_block(zone, found.order, migratetype);
		if (found.page)
			break;
	}
	return found;
}

/* The largest block of the types that the asking one may take from. */
static struct foreseen_block largest_block(const struct zone *zone, unsigned int order,
					   int migratetype)
{
	struct foreseen_block found = { .order = MAX_ORDER, .source = OTHER_LISTS };
	unsigned int i;

	while (found.order-- > order)
		for (i = 0; i < MIGRATE_PCPTYPES - 1; i++) {
			found.migratetype = fallback_type(migratetype, i);
			found.page = first_block(zone, found.order, found.migratetype);
			if (found.page)
				return found;
		}
	return found;
}

/**
 * foresee_block - which block a zone would take for an allocation
 * @zone: the zone that serves
 * @order: 0 to 10
 * @migratetype: Unmovable, Reclaimable or Movable: the one that asks
 *
 * Return: the block from whose beginning the pages would come; without a page if there is none.
 */
struct foreseen_block foresee_block(const struct zone *zone, unsigned int order, int migratetype)
{
	struct foreseen_block found = smallest_block(zone, order, migratetype, OWN_LISTS);

	if (!found.page)
		found = largest_block(zone, order, migratetype);
	if (!found.page)
		found = smallest_block(zone, order, MIGRATE_RESERVE, RESERVE_LISTS);
	return found;
}
