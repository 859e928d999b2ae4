/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_MM_TYPES_H
#define MM_MM_TYPES_H

/* One for each page frame from 0 to the end of mem_map; 32 bytes, the price of a frame. */

#include <lib/compiler.h>
#include <lib/list.h>
#include <lib/nodemask.h>
#include <lib/types.h>

struct page {
	unsigned long flags;	/* enum pageflags; the node's and the zone's number in the top bits */
	int _count;		/* references; 0 while in the free lists */
	int _mapcount;		/* page tables that map it, counted from -1 */
	unsigned long private;	/* free, or first page of a block in use: the order; per-cpu list:
				 * the migrate type; tail of a compound page: its head */
	void *mapping;
	unsigned long index;
	struct list_head lru;	/* free list, per-cpu list, ...; first tail of a compound page: next
				 * is its destructor, prev its order */
};

_Static_assert(sizeof(struct page) == 32, "2.6.34's struct page has 32 bytes: logs depend on it");

/* Linux: include/linux/page-flags.h; the numbers are visible in dumps. */
enum pageflags {
	PG_locked, PG_error, PG_referenced, PG_uptodate, PG_dirty, PG_lru, PG_active, PG_slab,
	PG_owner_priv_1, PG_arch_1, PG_reserved, PG_private, PG_private_2, PG_writeback,
	PG_head, PG_tail, PG_swapcache, PG_mappedtodisk, PG_reclaim, PG_buddy, PG_swapbacked,
	PG_unevictable, PG_mlocked,
	NR_PAGEFLAGS
};

/* At the top of the flags: the node's number, where there can be several, then the zone's. */
#define ZONES_SHIFT	2
#define ZONES_PGSHIFT	(BITS_PER_LONG - NODES_SHIFT - ZONES_SHIFT)
#define NODES_PGSHIFT	(ZONES_PGSHIFT + ZONES_SHIFT)
#define ZONES_MASK	((1UL << ZONES_SHIFT) - 1)

#define PF(nr)		(1UL << (nr))

/* Bits that a page must not have when it is freed, and those that are wiped then. */
#define PAGE_FLAGS_CHECK_AT_FREE \
	(PF(PG_lru) | PF(PG_locked) | PF(PG_private) | PF(PG_private_2) | PF(PG_buddy) | \
	 PF(PG_writeback) | PF(PG_reserved) | PF(PG_slab) | PF(PG_swapcache) | PF(PG_active) | \
	 PF(PG_unevictable) | PF(PG_mlocked) | PF(PG_head) | PF(PG_tail))
#define PAGE_FLAGS_CHECK_AT_PREP	(PF(NR_PAGEFLAGS) - 1)

static inline bool PageReserved(const struct page *page)
{
	return page->flags & PF(PG_reserved);
}

static inline bool PageBuddy(const struct page *page)
{
	return page->flags & PF(PG_buddy);
}

static inline bool PageCompound(const struct page *page)
{
	return page->flags & (PF(PG_head) | PF(PG_tail));
}

static inline bool PageHead(const struct page *page)
{
	return page->flags & PF(PG_head);
}

static inline bool PageTail(const struct page *page)
{
	return page->flags & PF(PG_tail);
}

/* A compound page is handled by its first page; the first tail says how, and how large it is. */
typedef void compound_page_dtor(struct page *head);

static inline struct page *compound_head(struct page *page)
{
	return PageTail(page) ? (struct page *)page->private : page;
}

static inline void set_compound_page_dtor(struct page *head, compound_page_dtor *dtor)
{
	head[1].lru.next = (void *)dtor;
}

static inline compound_page_dtor *get_compound_page_dtor(const struct page *head)
{
	return (compound_page_dtor *)head[1].lru.next;
}

static inline void set_compound_order(struct page *head, unsigned int order)
{
	head[1].lru.prev = (void *)(unsigned long)order;
}

static inline unsigned int compound_order(const struct page *head)
{
	return PageHead(head) ? (unsigned long)head[1].lru.prev : 0;
}

static inline unsigned int page_zonenum(const struct page *page)
{
	return page->flags >> ZONES_PGSHIFT & ZONES_MASK;
}

/* The flags that say where a page lies: it keeps them for ever. */
static inline unsigned long page_links(int nid, unsigned long zonenum)
{
	return (((unsigned long)nid << ZONES_SHIFT) | zonenum) << ZONES_PGSHIFT;
}

static inline int page_to_nid(const struct page *page)
{
	return (page->flags >> ZONES_PGSHIFT) >> ZONES_SHIFT;
}

#endif
