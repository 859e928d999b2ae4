/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_BOOT_ALLOCATOR_H
#define MM_BOOT_BOOT_ALLOCATOR_H

/*
 * What a generation of Linux's boot allocator gives to the interface in boot_alloc.h: a constant
 * table of plain functions, which stands beside it. The list of the tables is boot_allocators[] in
 * boot_alloc.c.
 *
 * Ranges are physical bytes, sizes and alignments bytes, an alignment is a power of two. `caller`
 * is who has called boot_alloc.c, for messages. What may be NULL says so.
 */

#include <kernel/refuse.h>
#include <lib/phys_range.h>
#include <lib/types.h>

/* Something that was in use when the allocator handed over. */
struct boot_reservation {
	struct phys_range range;
	const char *name;	/* NULL: names are not kept */
};

struct boot_allocator {
	const char *name;	/* as memdawn.bootalloc= has it */
	bool device_tree;	/* keeps what a device tree says: nodes, no-map, hotpluggable */
	bool highmem_first;	/* high memory is handed over before low memory */

	/* From the first line of C on. Ranges are not empty. */
	void (*reserve)(struct phys_range range, const char *name, const void *caller);
	void (*reserve_overlap_ok)(struct phys_range range, const char *name, const void *caller);
	void (*unreserve)(struct phys_range range, const void *caller);

	/* Once, when it is known what is RAM; the array stays where it is until the hand-over. */
	void (*add_ram)(const struct phys_range *ram, unsigned int nr, const void *caller);
	void (*print_ram)(void);	/* its parameter for debugging was given; may be NULL */

	/* From then on: a free place in a range, or -1ULL; what is free from an address on, or nothing. */
	u64 (*find_area)(struct phys_range range, u64 size, u64 align);
	struct phys_range (*next_free)(u64 start);

	/*
	 * Once, when low memory is mapped and early_node_map filled: first room for its own tables.
	 * Both may be NULL.
	 */
	void (*place_tables)(void);
	void (*start)(void);

	/*
	 * From then on: zeroed memory in the linear map, or NULL; the same for the use of a node, from
	 * another one if that has none (NULL where nodes are all one); about how many low pages are free.
	 */
	void *(*alloc)(unsigned long size, unsigned long align, unsigned long goal,
		       const void *caller);
	void *(*alloc_node)(int nid, unsigned long size, unsigned long align, unsigned long goal,
			    const void *caller);
	unsigned long (*free_pages)(void);

	/* While the zones are made. Both may be NULL: see boot_alloc.c. */
	unsigned long (*hotplug_pfn)(void);
	void (*print_zones)(const unsigned long zone_pages[3]);

	/*
	 * At the end: bytes of its tables and entries in use; then low memory is handed over, and high
	 * memory zone by zone, both in pages; the last may be NULL: see boot_alloc.c. Its nid is that of
	 * the zone's node, NUMA_NO_NODE where nodes are all one.
	 */
	void (*bookkeeping)(unsigned long *bytes, unsigned long *entries);
	unsigned long (*hand_over)(void);
	unsigned long (*free_highpages)(int nid, unsigned long start_pfn, unsigned long end_pfn);

	/* Ever after: what was in use then, false after the last that is kept; how many there were. */
	bool (*reservation)(unsigned int i, struct boot_reservation *found);
	unsigned int (*nr_reservations)(void);
};

/* src/mm/boot/boot_alloc.c: what its ways to allocate have in common */
void *boot_alloc_any(int nid, unsigned long size, unsigned long align, unsigned long goal,
		     const char *func, const void *caller);
void boot_out_of_memory(unsigned long size) __noreturn;

/* When an allocator can be asked for memory. */
enum serving { NOT_STARTED, SERVING, HANDED_OVER };

/* A caller who comes before the start or after the end is named in a BUG. */
static inline void check_serving(enum serving now, const char *func, const void *caller)
{
	if (likely(now == SERVING))
		return;
	refuse_call(func, caller, now == NOT_STARTED ?
		    "too early, the boot allocator has not been started" :
		    "too late, all pages have been handed over");
}

#endif
