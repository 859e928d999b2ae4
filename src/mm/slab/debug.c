// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slab allocator: checks of objects, for caches with SLAB_POISON, SLAB_RED_ZONE or
 * SLAB_STORE_USER; memdawn.debug gives them to all. Linux: mm/slab.c with CONFIG_DEBUG_SLAB.
 *
 * A buffer with all three:
 *
 *	0			u64: red zone 1
 *	obj_offset		the object, obj_size bytes
 *	buffer_size - 16	u64: red zone 2
 *	buffer_size - 4		who allocated or freed it last
 *
 *	the buffer is		red zones	the object's bytes
 *	free			RED_INACTIVE	POISON_FREE ..., POISON_END
 *	handed out		RED_ACTIVE	POISON_INUSE at first
 *
 * The bufctl of an object that is handed out is BUFCTL_ACTIVE: freeing any other is an error.
 */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <lib/vsprintf.h>
#include <mm/slab.h>
#include <mm/slab_internal.h>

#define RED_INACTIVE	0x09f911029d74e35bULL
#define RED_ACTIVE	0xd84156c5635688c0ULL

#define POISON_INUSE	0x5a
#define POISON_FREE	0x6b
#define POISON_END	0xa5

#define DUMP_WIDTH	16	/* bytes in a line of a dump */
#define MAX_BAD_LINES	6	/* of an object, to be shown */
#define NEIGHBOUR_LINES	2	/* of the objects before and after it */

/**
 * __slab_error - report an error in the use of a cache, and who made it
 * @function: that found it
 * @cachep: the cache
 * @msg: what is wrong
 *
 * Linux: mm/slab.c:__slab_error, v2.6.34.
 */
void __slab_error(const char *function, const struct kmem_cache *cachep, const char *msg)
{
	printk(KERN_ERR "slab error in %s(): cache `%s': %s\n", function, cachep->name, msg);
	dump_stack();
}

static u64 *dbg_redzone1(const struct kmem_cache *cachep, void *objp)
{
	return objp + cachep->obj_offset - sizeof(u64);
}

static u64 *dbg_redzone2(const struct kmem_cache *cachep, void *objp)
{
	size_t user = cachep->flags & SLAB_STORE_USER ? REDZONE_ALIGN : 0;

	return objp + cachep->buffer_size - user - sizeof(u64);
}

static void **dbg_userword(const struct kmem_cache *cachep, void *objp)
{
	return objp + cachep->buffer_size - BYTES_PER_WORD;
}

/* Marks a buffer as free or as handed out, and notes by whom. */
static void mark_obj(const struct kmem_cache *cachep, void *objp, u8 poison, u64 redzone,
		     void *caller)
{
	u8 *object = objp + cachep->obj_offset;

	if (cachep->flags & SLAB_POISON) {
		memset(object, poison, cachep->obj_size);
		object[cachep->obj_size - 1] = POISON_END;
	}
	if (cachep->flags & SLAB_STORE_USER)
		*dbg_userword(cachep, objp) = caller;
	if (cachep->flags & SLAB_RED_ZONE) {
		*dbg_redzone1(cachep, objp) = redzone;
		*dbg_redzone2(cachep, objp) = redzone;
	}
}

/* Do both guard words have this value? True for a cache that has none. */
static bool redzones_hold(const struct kmem_cache *cachep, void *objp, u64 value)
{
	return !(cachep->flags & SLAB_RED_ZONE) ||
	       (*dbg_redzone1(cachep, objp) == value && *dbg_redzone2(cachep, objp) == value);
}

/* end comes after the values: one of Linux's two lines has a full stop there. */
static void report_redzones(const struct kmem_cache *cachep, void *objp, const char *function,
			    const char *msg, const char *end)
{
	__slab_error(function, cachep, msg);
	printk(KERN_ERR "%p: redzone 1:0x%llx, redzone 2:0x%llx%s\n", objp,
	       *dbg_redzone1(cachep, objp), *dbg_redzone2(cachep, objp), end);
}

/* One line of a dump in hexadecimal: an area of size bytes, from offset on. */
static void print_bytes(const u8 *area, unsigned int offset, unsigned int size)
{
	unsigned int end = min(size, offset + DUMP_WIDTH);
	char line[8 + 3 * DUMP_WIDTH];
	int length = snprintf(line, sizeof(line), "%03x:", offset);

	while (offset < end)
		length += snprintf(line + length, sizeof(line) - length, " %02x", area[offset++]);
	printk(KERN_ERR "%s\n", line);
}

/* A line of an object that should be poison. Linux: mm/slab.c:dump_line, v2.6.34. */
static void dump_line(const struct kmem_cache *cachep, const u8 *object, unsigned int offset)
{
	unsigned int end = min(cachep->obj_size, offset + DUMP_WIDTH), wrong_bits = 0;

	print_bytes(object, offset, cachep->obj_size);
	while (offset < end)
		wrong_bits += hweight32(object[offset++] ^ POISON_FREE);
	if (wrong_bits != 1)
		return;
	printk(KERN_ERR "Single bit error detected. Probably bad RAM.\n");
	printk(KERN_ERR "Run memtest86+ or a similar memory test tool.\n");
}

/* The marks around an object. Linux: mm/slab.c:print_objinfo, v2.6.34. */
static void print_objinfo(const struct kmem_cache *cachep, void *objp)
{
	if (cachep->flags & SLAB_RED_ZONE)
		printk(KERN_ERR "Redzone: 0x%llx/0x%llx.\n", *dbg_redzone1(cachep, objp),
		       *dbg_redzone2(cachep, objp));
	if (cachep->flags & SLAB_STORE_USER)
		printk(KERN_ERR "Last user: [<%p>]\n", *dbg_userword(cachep, objp));
}

static void print_neighbour(const struct kmem_cache *cachep, const char *which, void *objp)
{
	const unsigned int shown = min_t(unsigned int, cachep->obj_size,
					 NEIGHBOUR_LINES * DUMP_WIDTH);
	const u8 *object = objp + cachep->obj_offset;
	unsigned int offset;

	printk(KERN_ERR "%s obj: start=%p, len=%d\n", which, object, cachep->obj_size);
	print_objinfo(cachep, objp);
	for (offset = 0; offset < shown; offset += DUMP_WIDTH)
		dump_line(cachep, object, offset);
}

static void print_neighbours(const struct kmem_cache *cachep, void *objp)
{
	unsigned int objnr = obj_to_index(cachep, virt_to_slab(objp), objp);

	if (objnr)
		print_neighbour(cachep, "Prev", objp - cachep->buffer_size);
	if (objnr + 1 < cachep->num)
		print_neighbour(cachep, "Next", objp + cachep->buffer_size);
}

/* The offset of the first byte from offset on that isn't poison; the object's size if all are. */
static unsigned int find_corruption(const struct kmem_cache *cachep, const u8 *object,
				    unsigned int offset)
{
	unsigned int last = cachep->obj_size - 1;

	while (offset < last && object[offset] == POISON_FREE)
		offset++;
	if (offset == last && object[last] == POISON_END)
		offset++;
	return offset;
}

/* Is a free object still as it was left? Linux: mm/slab.c:check_poison_obj, v2.6.34. */
static void check_poison_obj(const struct kmem_cache *cachep, void *objp)
{
	const u8 *object = objp + cachep->obj_offset;
	unsigned int i, lines, size = cachep->obj_size;

	i = find_corruption(cachep, object, 0);
	if (i == size)
		return;
	printk(KERN_ERR "Slab corruption: %s start=%p, len=%d\n", cachep->name, object, size);
	print_objinfo(cachep, objp);
	for (lines = 0; i < size && lines < MAX_BAD_LINES; lines++) {
		i = i / DUMP_WIDTH * DUMP_WIDTH;
		dump_line(cachep, object, i);
		if (i + DUMP_WIDTH >= size)
			break;
		i = find_corruption(cachep, object, i + DUMP_WIDTH);
	}
	print_neighbours(cachep, objp);
}

static void must_be_inactive(const struct kmem_cache *cachep, const u64 *redzone,
			     const char *function, const char *msg)
{
	if (*redzone != RED_INACTIVE)
		__slab_error(function, cachep, msg);
}

/**
 * cache_init_obj_debug - prepare an object of a new slab
 * @cachep: its cache
 * @objp: its buffer
 *
 * Linux: mm/slab.c:cache_init_objs, v2.6.34, in part.
 */
void cache_init_obj_debug(struct kmem_cache *cachep, void *objp)
{
	static const char function[] = "cache_init_objs";

	mark_obj(cachep, objp, POISON_FREE, RED_INACTIVE, NULL);
	/* What is poisoned is constructed when it is handed out. */
	if (!cachep->ctor || (cachep->flags & SLAB_POISON))
		return;
	cachep->ctor(objp + cachep->obj_offset);
	if (cachep->flags & SLAB_RED_ZONE) {
		must_be_inactive(cachep, dbg_redzone2(cachep, objp), function,
				 "constructor overwrote the end of an object");
		must_be_inactive(cachep, dbg_redzone1(cachep, objp), function,
				 "constructor overwrote the start of an object");
	}
}

/* The bufctl of the object in a buffer. */
static kmem_bufctl_t *obj_bufctl(const struct kmem_cache *cachep, void *objp)
{
	struct slab *slabp = virt_to_slab(objp);

	return &slab_bufctl(slabp)[obj_to_index(cachep, slabp, objp)];
}

/**
 * cache_alloc_debugcheck_after - check an object before it is handed out
 * @cachep: its cache
 * @objp: its buffer
 * @caller: who gets it
 *
 * What is wrong is reported; the object is handed out all the same.
 *
 * Return: the object.
 * Linux: mm/slab.c:cache_alloc_debugcheck_after, v2.6.34.
 */
void *cache_alloc_debugcheck_after(struct kmem_cache *cachep, void *objp, void *caller)
{
	void *object = objp + cachep->obj_offset;
	bool poisoned = cachep->flags & SLAB_POISON;

	if (poisoned)
		check_poison_obj(cachep, objp);
	if (!redzones_hold(cachep, objp, RED_INACTIVE))
		report_redzones(cachep, objp, __func__,
				"double free, or memory outside object was overwritten", "");
	mark_obj(cachep, objp, POISON_INUSE, RED_ACTIVE, caller);
	*obj_bufctl(cachep, objp) = BUFCTL_ACTIVE;
	if (poisoned && cachep->ctor)
		cachep->ctor(object);
	return object;
}

static void verify_redzone_free(const struct kmem_cache *cachep, void *objp)
{
	bool is_free = redzones_hold(cachep, objp, RED_INACTIVE);

	if (!redzones_hold(cachep, objp, RED_ACTIVE))
		report_redzones(cachep, objp, __func__,
				is_free ? "double free detected" :
					  "memory outside object was overwritten", ".");
}

/**
 * cache_free_debugcheck - check an object that comes back
 * @cachep: the cache it goes to
 * @objp: the object
 * @caller: who frees it
 *
 * An address that is no object of that cache is a BUG().
 *
 * Return: its buffer; NULL, after a report, if it isn't handed out.
 * Linux: mm/slab.c:cache_free_debugcheck, v2.6.34, which puts an object that is freed twice into
 * the lists twice.
 */
void *cache_free_debugcheck(struct kmem_cache *cachep, void *objp, void *caller)
{
	struct page *page = virt_to_page(objp);
	struct slab *slabp = page_get_slab(page);
	unsigned int objnr;

	BUG_ON(!PageSlab(page) || page_get_cache(page) != cachep);
	objp -= cachep->obj_offset;
	objnr = obj_to_index(cachep, slabp, objp);
	BUG_ON(objnr >= cachep->num || objp != index_to_obj(cachep, slabp, objnr));

	verify_redzone_free(cachep, objp);
	if (slab_bufctl(slabp)[objnr] != BUFCTL_ACTIVE) {
		if (!(cachep->flags & SLAB_RED_ZONE))
			printk(KERN_ERR "slab: double free detected in cache '%s', objp %p\n",
			       cachep->name, objp);
		return NULL;
	}
	slab_bufctl(slabp)[objnr] = BUFCTL_FREE;
	mark_obj(cachep, objp, POISON_FREE, RED_INACTIVE, caller);
	return objp;
}

static void check_freed_obj(const struct kmem_cache *cachep, void *objp)
{
	static const char function[] = "slab_destroy_debugcheck";

	if (cachep->flags & SLAB_POISON)
		check_poison_obj(cachep, objp);
	if (cachep->flags & SLAB_RED_ZONE) {
		must_be_inactive(cachep, dbg_redzone1(cachep, objp), function,
				 "start of a freed object was overwritten");
		must_be_inactive(cachep, dbg_redzone2(cachep, objp), function,
				 "end of a freed object was overwritten");
	}
}

/**
 * slab_destroy_debugcheck - check the objects of a slab whose memory is given back
 * @cachep: its cache
 * @slabp: all its objects are free
 *
 * Linux: mm/slab.c:slab_destroy_debugcheck, v2.6.34.
 */
void slab_destroy_debugcheck(struct kmem_cache *cachep, struct slab *slabp)
{
	void *objp = slabp->s_mem, *end = index_to_obj(cachep, slabp, cachep->num);

	for (; objp < end; objp += cachep->buffer_size)
		check_freed_obj(cachep, objp);
}

/* Follows the list of free objects. Returns how many there are; more than num: it is broken. */
static unsigned int count_free_objs(const struct kmem_cache *cachep, struct slab *slabp)
{
	unsigned int entries = 0;
	kmem_bufctl_t i;

	for (i = slabp->free; i != BUFCTL_END; i = slab_bufctl(slabp)[i])
		if (++entries > cachep->num || i >= cachep->num)
			return cachep->num + 1;
	return entries;
}

/**
 * check_slabp - check a slab's list of free objects
 * @cachep: its cache
 * @slabp: the slab
 *
 * A list that is broken is dumped, and is a BUG().
 * Linux: mm/slab.c:check_slabp, v2.6.34.
 */
void check_slabp(struct kmem_cache *cachep, struct slab *slabp)
{
	unsigned int i, size = sizeof(*slabp) + cachep->num * sizeof(kmem_bufctl_t);

	if (count_free_objs(cachep, slabp) == cachep->num - slabp->inuse)
		return;
	printk(KERN_ERR "slab: Internal list corruption detected in cache '%s'(%d), "
			"slabp %p(%d). Hexdump:\n",
	       cachep->name, cachep->num, slabp, slabp->inuse);
	for (i = 0; i < size; i += DUMP_WIDTH)
		print_bytes((const u8 *)slabp, i, size);
	BUG();
}
