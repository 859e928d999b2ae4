/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_FORESEE_H
#define MONITOR_FORESEE_H

/* What the page allocator would do next, worked out from its lists as they are. Nothing is changed. */

#include <mm/mmzone.h>

/* How a block is found: in the lists of the type that asks, in another type's, in Reserve's. */
enum block_source { OWN_LISTS, OTHER_LISTS, RESERVE_LISTS };

struct foreseen_block {
	const struct page *page;	/* its first page; NULL: there is none */
	unsigned int order;
	int migratetype;		/* on whose list it is */
	enum block_source source;
};

struct foreseen_block foresee_block(const struct zone *zone, unsigned int order, int migratetype);
const struct page *first_block(const struct zone *zone, unsigned int order, int migratetype);
unsigned long nr_blocks(const struct zone *zone, unsigned int order, int migratetype);

#endif
