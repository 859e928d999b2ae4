/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_MEMBLOCK_INTERNAL_H
#define MM_BOOT_MEMBLOCK_INTERNAL_H

/* What the files in src/mm/boot/memblock share and nobody else needs. */

#include <asm/page.h>
#include <kernel/kallsyms.h>
#include <kernel/printk.h>
#include <mm/boot/memblock.h>

/* What there is besides the arrays. */
struct memblock_state {
	bool debug;		/* memblock=debug: log every operation */
	bool can_resize;	/* the arrays may grow */
	bool has_mirror;	/* some memory is MEMBLOCK_MIRROR */
	bool managed_reset;	/* managed pages are being counted */
	bool handed_over;	/* the page allocator owns what was free */
};

extern struct memblock_state memblock_state;

extern struct memblock_region memblock_memory_init_regions[INIT_MEMBLOCK_REGIONS];
extern struct memblock_region memblock_reserved_init_regions[INIT_MEMBLOCK_REGIONS];

/* An address as Linux's %pa prints it. */
#define PA	"0x%016llx"

#define memblock_dbg(fmt, ...)					\
do {								\
	if (memblock_state.debug)				\
		printk(KERN_INFO fmt, ##__VA_ARGS__);		\
} while (0)

/* The place in the caller that called the function in which this stands; as text below. */
#define memblock_caller()	__builtin_return_address(0)

static inline phys_addr_t region_end(const struct memblock_region *rgn)
{
	return rgn->base + rgn->size;
}

/* Clips *size, so that base + *size does not wrap; the result is that end. */
static inline phys_addr_t memblock_cap_size(phys_addr_t base, phys_addr_t *size)
{
	if (*size > PHYS_ADDR_MAX - base)
		*size = PHYS_ADDR_MAX - base;
	return base + *size;
}

void memblock_assert_live(const char *func, const void *caller);
int memblock_isolate_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
			   unsigned long *start_rgn, unsigned long *end_rgn);
void memblock_remove_region(struct memblock_type *type, unsigned long r);
int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size);
void memblock_merge_regions(struct memblock_type *type);

/* The same as without _for; the caller is somebody else than who has called. */
int memblock_add_for(phys_addr_t base, phys_addr_t size, const void *caller);
int memblock_reserve_for(phys_addr_t base, phys_addr_t size, const void *caller);
int memblock_phys_free_for(phys_addr_t base, phys_addr_t size, const void *caller);
void *memblock_alloc_for(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			 const void *caller);

#endif
