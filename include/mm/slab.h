/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_SLAB_H
#define MM_SLAB_H

/*
 * Memory in pieces: caches of objects of one size, and general caches for kmalloc().
 * Sizes are in bytes; everything handed out lies in low memory.
 */

#include <lib/compiler.h>
#include <lib/types.h>
#include <mm/gfp.h>

/* Flags of kmem_cache_create(). Linux: include/linux/slab.h; debugging is always compiled in. */
#define SLAB_RED_ZONE		0x00000400UL	/* guard words around each object */
#define SLAB_POISON		0x00000800UL	/* fill free objects, and see if they stay so */
#define SLAB_HWCACHE_ALIGN	0x00002000UL	/* objects begin on cache lines */
#define SLAB_CACHE_DMA		0x00004000UL	/* pages of the DMA zone */
#define SLAB_STORE_USER		0x00010000UL	/* remember who allocated or freed it last */
#define SLAB_RECLAIM_ACCOUNT	0x00020000UL	/* could be given back under pressure */
#define SLAB_PANIC		0x00040000UL	/* the kernel can't go on without this cache */

/* The value of kmalloc(0): not to be followed, but kfree() takes it. */
#define ZERO_SIZE_PTR		((void *)16)
#define ZERO_OR_NULL_PTR(x)	((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)

/* The general caches: 2.6.34's for pages of 4096 bytes and L1 lines of 32. */
#define KMALLOC_MAX_ORDER	(MAX_ORDER - 1)
#define KMALLOC_MAX_SIZE	(PAGE_SIZE << KMALLOC_MAX_ORDER)
#define FOR_EACH_KMALLOC_SIZE(X)						\
	X(32) X(64) X(96) X(128) X(192) X(256) X(512) X(1024) X(2048) X(4096)	\
	X(8192) X(16384) X(32768) X(65536) X(131072) X(262144) X(524288)	\
	X(1048576) X(2097152) X(4194304)

struct kmem_cache;

/* The last entry has the size ULONG_MAX and no caches. */
struct cache_sizes {
	size_t cs_size;
	struct kmem_cache *cs_cachep;
	struct kmem_cache *cs_dmacachep;
};

extern struct cache_sizes malloc_sizes[];

/* src/mm/slab/boot.c */
void kmem_cache_init(void);
void kmem_cache_init_late(void);
bool slab_is_available(void);

/* src/mm/slab/cache.c */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void (*ctor)(void *obj));
void kmem_cache_destroy(struct kmem_cache *cachep);
int kmem_cache_shrink(struct kmem_cache *cachep);

/* src/mm/slab/alloc.c */
void *kmem_cache_alloc_node(struct kmem_cache *cachep, gfp_t flags, int nid);
void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cachep, void *objp);
void *__kmalloc(size_t size, gfp_t flags);
void kfree(const void *objp);
size_t ksize(const void *objp);

/* The index in malloc_sizes[] for a size that the compiler knows; -1: too large. */
static __always_inline int kmalloc_index(size_t size)
{
	int i = 0;

#define KMALLOC_FITS(n)		if (size <= (n)) return i; i++;
	FOR_EACH_KMALLOC_SIZE(KMALLOC_FITS)
#undef KMALLOC_FITS
	return -1;
}

/**
 * kmalloc - memory of one of the general caches
 * @size: bytes, 0 to KMALLOC_MAX_SIZE
 * @flags: GFP_KERNEL, GFP_ATOMIC, ...; GFP_DMA for memory of the DMA zone. Not __GFP_HIGHMEM
 *
 * kmem_cache_init() must have run. Where the size is a constant the compiler picks the cache.
 *
 * Return: at least @size bytes, aligned to 8 or more; ZERO_SIZE_PTR for 0 bytes; NULL where
 * memory has run out or @size is too large.
 * Linux: include/linux/slab_def.h:kmalloc, v2.6.34.
 */
static __always_inline void *kmalloc(size_t size, gfp_t flags)
{
	const struct cache_sizes *sizes;

	if (!__builtin_constant_p(size))
		return __kmalloc(size, flags);
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > KMALLOC_MAX_SIZE)
		return NULL;
	sizes = &malloc_sizes[kmalloc_index(size)];
	return kmem_cache_alloc(flags & GFP_DMA ? sizes->cs_dmacachep : sizes->cs_cachep, flags);
}

/**
 * kzalloc - allocate memory that is all zeroes
 * @size: as for kmalloc()
 * @flags: as for kmalloc()
 *
 * Return: as kmalloc().
 * Linux: include/linux/slab.h:kzalloc, v2.6.34.
 */
static __always_inline void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

/**
 * kmem_cache_zalloc - allocate an object that is all zeroes
 * @cachep: as for kmem_cache_alloc(); a constructor's work is overwritten
 * @flags: as for kmem_cache_alloc()
 *
 * Return: as kmem_cache_alloc().
 * Linux: include/linux/slab.h:kmem_cache_zalloc, v2.6.34.
 */
static inline void *kmem_cache_zalloc(struct kmem_cache *cachep, gfp_t flags)
{
	return kmem_cache_alloc(cachep, flags | __GFP_ZERO);
}

#endif
