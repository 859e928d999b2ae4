/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_MEMORY_MODEL_H
#define MM_MEMORY_MODEL_H

/*
 * Where a page frame's struct page is, and the other way round. Included by mm/mmzone.h alone.
 *
 *	one node	mem_map[pfn]; Linux's FLATMEM
 *	several		node_mem_map[pfn - node_start_pfn] of its node; Linux's DISCONTIGMEM
 *
 * A node's own array reaches from its first page frame to its last one. Where nodes lie in each
 * other, there is one in it for page frames of another node too: pfn_to_page() finds that of the
 * node whose memory it is, node_page() and zone_page() stay on the node that they are given.
 */

#ifdef CONFIG_NUMA

extern pg_data_t *node_data[MAX_NUMNODES];
#define NODE_DATA(nid)	(node_data[nid])

/* 64 GiB in pieces of 64 MiB: each one's node, NODE_NONE, or NODE_SHARED. */
#define MAX_ELEMENTS		1024
#define PAGES_PER_ELEMENT	(1UL << 14)
#define NODE_NONE		(-1)
#define NODE_SHARED		(-2)	/* several: the chunks say which page frame is whose */
extern s8 physnode_map[MAX_ELEMENTS];
int shared_pfn_to_nid(unsigned long pfn);

/* The node of a page frame, NODE_NONE if it belongs to none. */
static inline int pfn_to_nid(unsigned long pfn)
{
	int nid;

	if (pfn >= MAX_ELEMENTS * PAGES_PER_ELEMENT)
		return NODE_NONE;
	nid = physnode_map[pfn / PAGES_PER_ELEMENT];
	return nid == NODE_SHARED ? shared_pfn_to_nid(pfn) : nid;
}

static inline struct page *node_page(const pg_data_t *pgdat, unsigned long pfn)
{
	return pgdat->node_mem_map + (pfn - pgdat->node_start_pfn);
}

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return node_page(NODE_DATA(pfn_to_nid(pfn)), pfn);
}

static inline unsigned long page_to_pfn(const struct page *page)
{
	const pg_data_t *pgdat = NODE_DATA(page_to_nid(page));

	return page - pgdat->node_mem_map + pgdat->node_start_pfn;
}

static inline void set_node_mem_map(pg_data_t *pgdat, struct page *map, unsigned long start_pfn)
{
	pgdat->node_mem_map = map + (pgdat->node_start_pfn - start_pfn);
}

/* Memory of a node's own that is mapped for it, or NULL, and where all that lies: src/arch/i386/numa/numa_32.c */
void *alloc_remap(int nid, unsigned long size);
struct phys_range node_remap_range(int nid);

/* Does a page frame have a struct page on its node? */
static inline bool pfn_valid(unsigned long pfn)
{
	int nid = pfn_to_nid(pfn);

	return nid >= 0 && pfn - NODE_DATA(nid)->node_start_pfn < NODE_DATA(nid)->node_spanned_pages;
}

#else

extern pg_data_t contig_page_data;
#define NODE_DATA(nid)	(&contig_page_data)

extern struct page *mem_map;

#define pfn_to_page(pfn)	(mem_map + (pfn))
#define page_to_pfn(page)	((unsigned long)((page) - mem_map))

static inline int pfn_to_nid(unsigned long pfn)
{
	return 0;
}

static inline struct page *node_page(const pg_data_t *pgdat, unsigned long pfn)
{
	return pfn_to_page(pfn);
}

/* map: the struct pages from start_pfn on. */
static inline void set_node_mem_map(pg_data_t *pgdat, struct page *map, unsigned long start_pfn)
{
	mem_map = map - start_pfn;
	pgdat->node_mem_map = mem_map + pgdat->node_start_pfn;
}

static inline void *alloc_remap(int nid, unsigned long size)
{
	return NULL;
}

static inline struct phys_range node_remap_range(int nid)
{
	return phys_range(0, 0);
}

/*
 * Does a page frame have a struct page? Linux asks for pfn < max_mapnr, but RAM may begin high, and
 * the last page frame, of which only a part is RAM, may lie far above all whole ones.
 */
static inline bool pfn_valid(unsigned long pfn)
{
	return pfn - mem_map_first_pfn < mem_map_nr_pages;
}

#endif

#endif
