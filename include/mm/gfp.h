/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_GFP_H
#define MM_GFP_H

/* "Get free page": what an allocation may do, and which zones and lists may serve it. */

#include <kernel/panic.h>
#include <lib/compiler.h>
#include <lib/types.h>
#include <mm/mmzone.h>

#define __GFP_DMA		0x01u
#define __GFP_HIGHMEM		0x02u
#define __GFP_MOVABLE		0x08u
#define __GFP_WAIT		0x10u	/* may sleep: nobody does here, it only raises no alarm */
#define __GFP_HIGH		0x20u	/* may go below the watermarks by half */
#define __GFP_IO		0x40u
#define __GFP_FS		0x80u
#define __GFP_COLD		0x100u	/* a page that isn't likely to be in the cache */
#define __GFP_NOWARN		0x200u
#define __GFP_REPEAT		0x400u
#define __GFP_NOFAIL		0x800u
#define __GFP_NORETRY		0x1000u
#define __GFP_COMP		0x4000u	/* make it a compound page */
#define __GFP_ZERO		0x8000u
#define __GFP_HARDWALL		0x20000u
#define __GFP_THISNODE		0x40000u	/* from the node that is named or from none */
#define __GFP_RECLAIMABLE	0x80000u

#define __GFP_BITS_MASK		((1u << 22) - 1)
#define GFP_BOOT_MASK		(__GFP_BITS_MASK & ~(__GFP_WAIT | __GFP_IO | __GFP_FS))

#define GFP_NOWAIT		(GFP_ATOMIC & ~__GFP_HIGH)
#define GFP_ATOMIC		(__GFP_HIGH)
#define GFP_NOIO		(__GFP_WAIT)
#define GFP_NOFS		(__GFP_WAIT | __GFP_IO)
#define GFP_KERNEL		(__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_USER		(GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER		(GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE	(GFP_HIGHUSER | __GFP_MOVABLE)
#define GFP_DMA			__GFP_DMA

/* What is allowed now: before the slab is complete nobody may wait. */
extern gfp_t gfp_allowed_mask;

/*
 * The highest zone that may serve it; all populated zones below it may too. Two bits
 * for each value of the flags' low four.
 */
#define GFP_ZONE_TABLE						\
	((u32)ZONE_NORMAL << 0 * 2 | (u32)ZONE_DMA << 1 * 2 |	\
	 (u32)ZONE_HIGHMEM << 2 * 2 | (u32)ZONE_DMA << 3 * 2 |	\
	 (u32)ZONE_NORMAL << 8 * 2 | (u32)ZONE_DMA << 9 * 2 |	\
	 (u32)ZONE_MOVABLE << 10 * 2 | (u32)ZONE_DMA << 11 * 2)

static inline enum zone_type gfp_zone(gfp_t flags)
{
	return (GFP_ZONE_TABLE >> (flags & 0xf) * 2) & 3;
}

/* The type of the lists that it asks first. */
static __always_inline int allocflags_to_migratetype(gfp_t flags)
{
	if (unlikely(page_group_by_mobility_disabled))
		return MIGRATE_UNMOVABLE;
	/* Both at once would name a type that the per-cpu lists don't have: Movable wins. */
	if (flags & __GFP_MOVABLE) {
		WARN_ON(flags & __GFP_RECLAIMABLE);
		return MIGRATE_MOVABLE;
	}
	return flags & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE;
}

/* Who serves, and in which order, what is wanted from a node. */
static inline const struct zonelist *node_zonelist(int nid, gfp_t flags)
{
	return &NODE_DATA(nid)->node_zonelists[MAX_ZONELISTS > 1 && (flags & __GFP_THISNODE)];
}

struct page *alloc_pages(gfp_t gfp_mask, unsigned int order);
struct page *alloc_pages_node(int nid, gfp_t gfp_mask, unsigned int order);
unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order);
unsigned long get_zeroed_page(gfp_t gfp_mask);
void __free_pages(struct page *page, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
void *alloc_pages_exact(size_t size, gfp_t gfp_mask);
void free_pages_exact(void *virt, size_t size);
void put_page(struct page *page);
void split_page(struct page *page, unsigned int order);

#define alloc_page(gfp_mask)		alloc_pages(gfp_mask, 0)
#define __free_page(page)		__free_pages(page, 0)
#define __get_free_page(gfp_mask)	__get_free_pages(gfp_mask, 0)
#define free_page(addr)			free_pages(addr, 0)

/* The order of the smallest block that holds size bytes. */
static inline int get_order(unsigned long size)
{
	int order = 0;

	for (size = (size - 1) >> PAGE_SHIFT; size; size >>= 1)
		order++;
	return order;
}

#endif
