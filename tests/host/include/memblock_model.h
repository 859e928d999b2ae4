/* SPDX-License-Identifier: GPL-2.0-only */
/* A simple model of memblock; see memblock_model.c. */
#ifndef MEMBLOCK_MODEL_H
#define MEMBLOCK_MODEL_H

#include <mm/boot/memblock.h>

#define UNITS		1024
#define STATIC		0	/* an array's address while it is the one in the image */

/* What a unit is in one of the two arrays. */
struct state {
	bool in;
	u8 flags;
	u16 nid;
};

enum { MEMORY, RESERVED, NR_TYPES };

extern struct model {
	phys_addr_t base;		/* of unit 0, a multiple of unit */
	phys_addr_t unit;		/* bytes, a power of two */
	struct state units[NR_TYPES][UNITS];
	phys_addr_t total[NR_TYPES];
	unsigned long max[NR_TYPES];	/* the arrays' sizes, and where they are */
	phys_addr_t array[NR_TYPES];
	phys_addr_t limit;
	bool bottom_up, can_resize, has_mirror, movable_node;
	unsigned long doublings;
} model;

/* Do units a and b, neighbours, belong to one region? */
static inline bool model_same_region(int type, int a, int b)
{
	const struct state *x = &model.units[type][a], *y = &model.units[type][b];

	return x->in && y->in && x->flags == y->flags && x->nid == y->nid;
}

/* Units [start, end). The address space has more than the model keeps account of. */
struct units {
	int start, end;
};

#define KEEP_NODE	(-1)	/* model_set(): nodes stay as they are */

#define BELOW_ALL	(-1)
#define ABOVE_ALL	(UNITS + 1)

/* An allocation. Addresses as memblock's functions take them. */
struct model_request {
	phys_addr_t size, align, start, end;
	int nid;
	bool exact;
};

void model_start(phys_addr_t base, phys_addr_t unit);
unsigned long model_count(int type);
bool model_skipped(int i, int nid, int flags);
bool model_is_free(int i, int nid, int flags);
int model_add(int type, struct units range, int nid, int flags);
int model_remove(int type, struct units range);
int model_set(int type, struct units range, int set, int clear, int nid);
void model_trim(phys_addr_t align);
void model_cap(struct units range);
void model_keep(phys_addr_t bytes, bool keep_nomap);
phys_addr_t model_find(const struct model_request *r, int nid, int flags);
phys_addr_t model_find_mirrored(const struct model_request *r);
phys_addr_t model_alloc(struct model_request r);
phys_addr_t model_alloc_virtual(struct model_request r);

/*
 * The page frames that are to be handed over: for each one, from model_first_pfn on, the number of
 * the free range that it lies in; 0: it is not free. From then on nothing is hotpluggable.
 */
#define MODEL_PAGES	(UNITS + 2)

extern unsigned long model_first_pfn;
extern int model_page_range[MODEL_PAGES];

void model_find_free_pages(void);

#endif /* MEMBLOCK_MODEL_H */
