/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_SLAB_INTERNAL_H
#define MM_SLAB_INTERNAL_H

/*
 * What the files of src/mm/slab share, and what /proc/slabinfo reads.
 *
 *	kmem_cache --array----> array_cache   objects at hand, the hottest last
 *	           --nodelists-> kmem_list3   slabs: partial, full, free; one for each node
 *
 * A slab is 2^gfporder pages with num objects, and its management: a struct slab and a
 * kmem_bufctl_t for each object, which links the free ones by their number.
 *
 *	on slab   | colour | slab, bufctls | object 0 | object 1 | ...  | rest |
 *	off slab  | colour | object 0 | object 1 | ...                  | rest |
 *
 * Colour is an offset of a slab's objects that differs from slab to slab, so that not all first
 * objects fall into the same lines of the CPU's cache. Each of a slab's pages names its cache
 * in lru.next and its slab in lru.prev, and is marked PG_slab.
 */

#include <lib/list.h>
#include <lib/math64.h>
#include <lib/types.h>
#include <mm/mmzone.h>
#include <mm/slab.h>

/* An object's number in its slab: of the next free one, or one of the values below. */
typedef unsigned int kmem_bufctl_t;
#define BUFCTL_END	((kmem_bufctl_t)~0U)		/* no further free object */
#define BUFCTL_FREE	((kmem_bufctl_t)~0U - 1)	/* with debugging: in the array */
#define BUFCTL_ACTIVE	((kmem_bufctl_t)~0U - 2)	/* with debugging: handed out */

struct slab {
	struct list_head list;		/* in one of kmem_list3's lists */
	unsigned long colouroff;	/* bytes from the first page to s_mem */
	void *s_mem;			/* object 0 */
	unsigned int inuse;		/* objects handed out, those in array_cache too */
	kmem_bufctl_t free;		/* the first free object */
	unsigned short nodeid;		/* the node that its pages are on */
};

_Static_assert(sizeof(struct slab) == 28, "objects per slab depend on it");

struct array_cache {
	unsigned int avail;		/* objects in entry[] */
	unsigned int limit;		/* room in entry[] */
	unsigned int batchcount;	/* objects that come or go at once */
	unsigned int touched;		/* allocated from since the last refill */
	void *entry[];
};

struct kmem_list3 {
	struct list_head slabs_partial;
	struct list_head slabs_full;
	struct list_head slabs_free;
	unsigned long free_objects;	/* in partial and free slabs */
	unsigned int free_limit;	/* with more of them, a slab that is all free goes back */
	unsigned int colour_next;	/* the next slab's colour, 0 to colour - 1 */
};

struct kmem_cache {
	struct array_cache *shortcut;	/* array; with debugging one always empty and full */
	struct array_cache *array;	/* objects at hand */
	unsigned int batchcount;
	unsigned int limit;
	unsigned int shared;		/* 0: on one CPU nobody shares */
	unsigned int buffer_size;	/* bytes from object to object */
	u32 reciprocal_buffer_size;	/* 2^32 / buffer_size, rounded up */
	unsigned int flags;		/* SLAB_*, CFLGS_OFF_SLAB */
	unsigned int num;		/* objects in a slab */
	unsigned int gfporder;
	gfp_t gfpflags;			/* GFP_DMA, __GFP_RECLAIMABLE: for its pages */
	size_t colour;			/* how many colours there are */
	unsigned int colour_off;	/* bytes from colour to colour */
	struct kmem_cache *slabp_cache;	/* off slab: where the management comes from */
	unsigned int slab_size;		/* bytes of management */
	void (*ctor)(void *obj);
	const char *name;
	struct list_head next;		/* in cache_chain */
	unsigned int obj_offset;	/* from a buffer's start to the user's object */
	unsigned int obj_size;		/* what the user may use */
	struct kmem_list3 *nodelists[MAX_NUMNODES];
};

/* The lists that a slab belongs to. */
static inline struct kmem_list3 *slab_list3(const struct kmem_cache *cachep, const struct slab *slabp)
{
	return cachep->nodelists[MAX_NUMNODES == 1 ? 0 : slabp->nodeid];
}

#define CFLGS_OFF_SLAB		0x80000000U
#define OFF_SLAB(cachep)	((cachep)->flags & CFLGS_OFF_SLAB)

/* Caches with one of these have their objects checked in debug.c. */
#define SLAB_DEBUG_FLAGS	(SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)
#define slab_debugged(cachep)	unlikely((cachep)->flags & SLAB_DEBUG_FLAGS)

#define BYTES_PER_WORD		sizeof(void *)
#define REDZONE_ALIGN		8	/* of the guard words, and of objects between them */

/* All caches, the newest first. Never empty: the cache of caches is the last. */
extern struct list_head cache_chain;

#define for_each_kmem_cache(cachep)	list_for_each_entry(cachep, &cache_chain, next)

/* A cache's figures as a line of /proc/slabinfo has them. */
struct slabinfo {
	unsigned long active_objs;
	unsigned long num_objs;
	unsigned long active_slabs;
	unsigned long num_slabs;
	unsigned long shared_avail;
	unsigned int limit;
	unsigned int batchcount;
	unsigned int shared;
	unsigned int objects_per_slab;
	unsigned int cache_order;	/* of a slab's pages */
};

/* src/mm/slab/boot.c */
enum cpucache_state { NONE, PARTIAL_AC, PARTIAL_L3, EARLY, FULL };
extern enum cpucache_state g_cpucache_up;
extern struct kmem_cache cache_cache;
void setup_cpu_cache_early(struct kmem_cache *cachep, gfp_t gfp);

/* src/mm/slab/cache.c */
void get_slabinfo(const struct kmem_cache *cachep, struct slabinfo *sinfo);
void cache_estimate(unsigned int gfporder, size_t buffer_size, size_t align, unsigned int flags,
		    size_t *left_over, unsigned int *num);
bool enable_cpucache(struct kmem_cache *cachep, gfp_t gfp);
void set_cpu_array(struct kmem_cache *cachep, struct array_cache *ac);
void kmem_list3_init(struct kmem_list3 *l3);

/* src/mm/slab/alloc.c */
struct kmem_cache *kmem_find_general_cachep(size_t size, gfp_t gfpflags);
void free_block(struct kmem_cache *cachep, void **objpp, int nr_objects);

/* src/mm/slab/grow.c */
struct page *kmem_getpages(const struct kmem_cache *cachep, gfp_t flags, int nid);
bool cache_grow(struct kmem_cache *cachep, gfp_t flags, int nid, struct page *page);
void slab_destroy(struct kmem_cache *cachep, struct slab *slabp);

/* src/mm/slab/debug.c */
void __slab_error(const char *function, const struct kmem_cache *cachep, const char *msg);
void *cache_alloc_debugcheck_after(struct kmem_cache *cachep, void *objp, void *caller);
void *cache_free_debugcheck(struct kmem_cache *cachep, void *objp, void *caller);
void cache_init_obj_debug(struct kmem_cache *cachep, void *objp);
void slab_destroy_debugcheck(struct kmem_cache *cachep, struct slab *slabp);
void check_slabp(struct kmem_cache *cachep, struct slab *slabp);

#define slab_error(cachep, msg)	__slab_error(__func__, cachep, msg)

static inline bool PageSlab(const struct page *page)
{
	return page->flags & PF(PG_slab);
}

static inline kmem_bufctl_t *slab_bufctl(struct slab *slabp)
{
	return (kmem_bufctl_t *)(slabp + 1);
}

static inline void *index_to_obj(const struct kmem_cache *cachep, const struct slab *slabp,
				 unsigned int idx)
{
	return slabp->s_mem + cachep->buffer_size * idx;
}

/* 2^32 / k, rounded up. Linux: lib/reciprocal_div.c:reciprocal_value, v2.6.34. */
static inline u32 reciprocal_value(u32 k)
{
	return div_u64((1ULL << 32) + (k - 1), k);
}

/* A multiplication instead of a division: exact for the address of any object in its slab. */
static inline unsigned int obj_to_index(const struct kmem_cache *cachep, const struct slab *slabp,
					const void *obj)
{
	u32 offset = obj - slabp->s_mem;

	return (u64)offset * cachep->reciprocal_buffer_size >> 32;
}

static inline struct kmem_cache *page_get_cache(const struct page *page)
{
	return (struct kmem_cache *)page->lru.next;
}

static inline struct slab *page_get_slab(const struct page *page)
{
	return (struct slab *)page->lru.prev;
}

static inline struct slab *virt_to_slab(const void *obj)
{
	return page_get_slab(virt_to_page(obj));
}

#endif
