/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_MEMBLOCK_H
#define MM_BOOT_MEMBLOCK_H

/*
 * The boot allocator of Linux 2.6.38 and later, as of 6.1: two sorted arrays of regions, what is
 * memory and what of it is reserved. Everything between is free.
 *
 * Addresses and sizes are physical bytes, 64 bits wide, unless a pointer is returned; ends are the
 * address after the last byte. Functions that change anything may be called until
 * memblock_free_all(), those that only look until memblock_discard().
 *
 * Linux: include/linux/memblock.h, v6.1.
 */

#include <lib/types.h>
#include <mm/boot/boot_allocator.h>
#include <mm/mmzone.h>

#define INIT_MEMBLOCK_REGIONS	128

#ifndef PHYS_ADDR_MAX
#define PHYS_ADDR_MAX		(~(phys_addr_t)0)
#endif

/* What max_addr may be besides an address. */
#define MEMBLOCK_ALLOC_ANYWHERE		(~(phys_addr_t)0)
#define MEMBLOCK_ALLOC_ACCESSIBLE	0	/* up to memblock.current_limit */
#define MEMBLOCK_ALLOC_NOLEAKTRACE	1	/* the same; there is no leak tracer here */

#define MEMBLOCK_LOW_LIMIT		0
#define ARCH_LOW_ADDRESS_LIMIT		0xffffffffUL

/* The reference kernel's SMP_CACHE_BYTES: the alignment of who asks for none. */
#define MEMBLOCK_CACHE_BYTES		64

/*
 * Nodes: 0 to MEMBLOCK_MAX_NUMNODES - 1; a region that belongs to none has MEMBLOCK_MAX_NUMNODES
 * itself. Not MAX_NUMNODES, which is how many nodes the zones know: a device tree may name more.
 */
#define NUMA_NO_NODE			(-1)
#define MEMBLOCK_MAX_NUMNODES		64

enum memblock_flags {
	MEMBLOCK_NONE		= 0x0,
	MEMBLOCK_HOTPLUG	= 0x1,	/* may be pulled out: spared when movable_node is given */
	MEMBLOCK_MIRROR		= 0x2,	/* kept twice by the hardware: preferred if there is any */
	MEMBLOCK_NOMAP		= 0x4,	/* not to be mapped or handed over */
	MEMBLOCK_DRIVER_MANAGED	= 0x8,	/* a driver's, nobody else's */
	MEMBLOCK_RSRV_NOINIT	= 0x10,	/* of reserved: struct pages are left alone; since 6.8 */
};

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	enum memblock_flags flags;
	int nid;
};

/* cnt is at least 1: without any region, the one there has size 0. */
struct memblock_type {
	unsigned long cnt;
	unsigned long max;
	phys_addr_t total_size;
	struct memblock_region *regions;
	char *name;
};

struct memblock {
	bool bottom_up;			/* where allocations start */
	phys_addr_t current_limit;
	struct memblock_type memory;
	struct memblock_type reserved;
};

extern struct memblock memblock;
extern const struct boot_allocator memblock_allocator;
extern unsigned long max_low_pfn;	/* end of the directly mapped page frames */
extern bool movable_node_enabled;	/* movable_node: the kernel spares MEMBLOCK_HOTPLUG */

/* src/mm/boot/memblock/memblock.c: the two arrays */
void memblock_allow_resize(void);
int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid, enum memblock_flags flags);
int memblock_add(phys_addr_t base, phys_addr_t size);
int memblock_remove(phys_addr_t base, phys_addr_t size);
int memblock_reserve(phys_addr_t base, phys_addr_t size);
int memblock_phys_free(phys_addr_t base, phys_addr_t size);
void memblock_free(void *ptr, size_t size);

/* src/mm/boot/memblock/flags.c: flags, nodes, limits */
int memblock_mark_hotplug(phys_addr_t base, phys_addr_t size);
int memblock_clear_hotplug(phys_addr_t base, phys_addr_t size);
int memblock_mark_mirror(phys_addr_t base, phys_addr_t size);
int memblock_mark_nomap(phys_addr_t base, phys_addr_t size);
int memblock_clear_nomap(phys_addr_t base, phys_addr_t size);
int memblock_reserved_mark_noinit(phys_addr_t base, phys_addr_t size);
int memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type, int nid);
void memblock_trim_memory(phys_addr_t align);
void memblock_enforce_memory_limit(phys_addr_t limit);
void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size);
void memblock_mem_limit_remove_map(phys_addr_t limit);
void memblock_set_current_limit(phys_addr_t limit);
phys_addr_t memblock_get_current_limit(void);
int cmdline_parse_movable_node(char *p);

static inline void memblock_set_bottom_up(bool enable)
{
	memblock.bottom_up = enable;
}

static inline bool memblock_bottom_up(void)
{
	return memblock.bottom_up;
}

/* src/mm/boot/memblock/alloc.c */
phys_addr_t memblock_find_in_range(phys_addr_t start, phys_addr_t end, phys_addr_t size,
				   phys_addr_t align);
phys_addr_t memblock_alloc_range_nid(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				     phys_addr_t end, int nid, bool exact_nid);
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end);
phys_addr_t memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, int nid);
void *memblock_alloc_exact_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				   phys_addr_t max_addr, int nid);
void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				 phys_addr_t max_addr, int nid);
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid);

/* Macros, so that the caller is whoever wrote them. */
#define memblock_phys_alloc(size, align) \
	memblock_phys_alloc_range(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE)
#define memblock_alloc(size, align) \
	memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT, MEMBLOCK_ALLOC_ACCESSIBLE, \
			       NUMA_NO_NODE)
#define memblock_alloc_raw(size, align) \
	memblock_alloc_try_nid_raw(size, align, MEMBLOCK_LOW_LIMIT, MEMBLOCK_ALLOC_ACCESSIBLE, \
				   NUMA_NO_NODE)
#define memblock_alloc_from(size, align, min_addr) \
	memblock_alloc_try_nid(size, align, min_addr, MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE)
#define memblock_alloc_low(size, align) \
	memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT, ARCH_LOW_ADDRESS_LIMIT, \
			       NUMA_NO_NODE)
#define memblock_alloc_node(size, align, nid) \
	memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT, MEMBLOCK_ALLOC_ACCESSIBLE, nid)

/* src/mm/boot/memblock/query.c */
bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size);
phys_addr_t memblock_phys_mem_size(void);
phys_addr_t memblock_reserved_size(void);
phys_addr_t memblock_start_of_DRAM(void);
phys_addr_t memblock_end_of_DRAM(void);
bool memblock_is_memory(phys_addr_t addr);
bool memblock_is_map_memory(phys_addr_t addr);
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size);
bool memblock_is_reserved(phys_addr_t addr);
bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size);
int memblock_search_pfn_nid(unsigned long pfn, unsigned long *start_pfn, unsigned long *end_pfn);
void __memblock_dump_all(void);
void memblock_dump_all(void);
int early_memblock(char *p);

static inline bool memblock_is_hotpluggable(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_HOTPLUG;
}

static inline bool memblock_is_mirror(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_MIRROR;
}

static inline bool memblock_is_nomap(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_NOMAP;
}

static inline bool memblock_is_driver_managed(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_DRIVER_MANAGED;
}

static inline bool memblock_is_reserved_noinit(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_RSRV_NOINIT;
}

static inline struct phys_range memblock_region_range(const struct memblock_region *r)
{
	return phys_range(r->base, r->base + r->size);
}

/* src/mm/boot/memblock/free.c: handing over */
void reset_all_zones_managed_pages(void);
unsigned long zone_managed_pages(const struct zone *zone);
unsigned long memblock_free_highpages(int nid, unsigned long start_pfn, unsigned long end_pfn);
void memblock_free_all(void);
void memblock_free_late(phys_addr_t base, phys_addr_t size);
void memblock_discard(void);

/*
 * src/mm/boot/memblock/iter.c: iterators. i is a u64 (for_each_mem_pfn_range: an int); the addresses of
 * what is not wanted may be NULL. Nothing may be added or removed during the loop.
 */
void __next_mem_range(u64 *idx, int nid, enum memblock_flags flags, struct memblock_type *type_a,
		      struct memblock_type *type_b, phys_addr_t *out_start, phys_addr_t *out_end,
		      int *out_nid);
void __next_mem_range_rev(u64 *idx, int nid, enum memblock_flags flags,
			  struct memblock_type *type_a, struct memblock_type *type_b,
			  phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid);
void __next_mem_pfn_range(int *idx, int nid, unsigned long *out_start_pfn,
			  unsigned long *out_end_pfn, int *out_nid);

#define __for_each_mem_range(i, type_a, type_b, nid, flags, p_start, p_end, p_nid)	\
	for (i = 0, __next_mem_range(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid);	\
	     i != ULLONG_MAX;	\
	     __next_mem_range(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid))

#define __for_each_mem_range_rev(i, type_a, type_b, nid, flags, p_start, p_end, p_nid)	\
	for (i = ULLONG_MAX,	\
	     __next_mem_range_rev(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid);	\
	     i != ULLONG_MAX;	\
	     __next_mem_range_rev(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid))

/* What the kernel may map: all memory but NOMAP, region by region. */
#define for_each_mem_range(i, p_start, p_end)	\
	__for_each_mem_range(i, &memblock.memory, NULL, NUMA_NO_NODE,	\
			     MEMBLOCK_HOTPLUG | MEMBLOCK_DRIVER_MANAGED, p_start, p_end, NULL)

#define for_each_mem_range_rev(i, p_start, p_end)	\
	__for_each_mem_range_rev(i, &memblock.memory, NULL, NUMA_NO_NODE,	\
				 MEMBLOCK_HOTPLUG | MEMBLOCK_DRIVER_MANAGED, p_start, p_end, NULL)

/* What is neither reserved nor to be skipped; never across two regions of memory. */
#define for_each_free_mem_range(i, nid, flags, p_start, p_end, p_nid)	\
	__for_each_mem_range(i, &memblock.memory, &memblock.reserved, nid, flags,	\
			     p_start, p_end, p_nid)

#define for_each_free_mem_range_reverse(i, nid, flags, p_start, p_end, p_nid)	\
	__for_each_mem_range_rev(i, &memblock.memory, &memblock.reserved, nid, flags,	\
				 p_start, p_end, p_nid)

#define for_each_reserved_mem_range(i, p_start, p_end)	\
	__for_each_mem_range(i, &memblock.reserved, NULL, NUMA_NO_NODE, MEMBLOCK_NONE,	\
			     p_start, p_end, NULL)

/* Whole page frames of memory; nid MEMBLOCK_MAX_NUMNODES means any. */
#define for_each_mem_pfn_range(i, nid, p_start, p_end, p_nid)	\
	for (i = -1, __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid);	\
	     i >= 0; __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid))

#define for_each_mem_region(region)	\
	for (region = memblock.memory.regions;	\
	     region < memblock.memory.regions + memblock.memory.cnt; region++)

#define for_each_reserved_mem_region(region)	\
	for (region = memblock.reserved.regions;	\
	     region < memblock.reserved.regions + memblock.reserved.cnt; region++)

#endif
