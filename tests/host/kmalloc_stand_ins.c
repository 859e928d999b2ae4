// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmalloc() by the C library, for files that need a few objects only, so that the address sanitizer
 * watches them. kmalloc() picks a cache by a constant size; a cache's address here is its objects'
 * size.
 */
#include <mm/slab.h>

#include <host.h>

#define KMALLOC_CACHE(size)	{ .cs_size = (size), .cs_cachep = (struct kmem_cache *)(size) },

struct cache_sizes malloc_sizes[] = {
	FOR_EACH_KMALLOC_SIZE(KMALLOC_CACHE)
};

void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags)
{
	return calloc(1, (uintptr_t)cachep);
}

void *__kmalloc(size_t size, gfp_t flags)
{
	return calloc(1, size);
}

void kfree(const void *objp)
{
	free((void *)objp);
}
