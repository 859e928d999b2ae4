// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock without regions: the address space is so many units, and for each unit it is kept
 * whether it is memory, whether it is reserved, with what flags and on what node. A region is a run
 * of units that are alike. Every question is answered by looking at every unit.
 *
 * How many regions there are matters all the same, because an array may be full.
 */
#include <asm/page.h>
#include <lib/errno.h>
#include <lib/kernel.h>

#include <string.h>

#include <memblock_model.h>

#define NO_NODE		MEMBLOCK_MAX_NUMNODES
#define ENTRY_BYTES	24

struct model model;

void model_start(phys_addr_t base, phys_addr_t unit)
{
	memset(&model, 0, sizeof(model));
	model.base = base;
	model.unit = unit;
	model.max[MEMORY] = model.max[RESERVED] = 128;
	model.limit = MEMBLOCK_ALLOC_ANYWHERE;
}

static phys_addr_t address(int i)
{
	return model.base + i * model.unit;
}

/* Units that lie within [start, end); both may lie anywhere. */
static struct units units_within(phys_addr_t start, phys_addr_t end)
{
	struct units u = { 0, UNITS };

	while (u.start < UNITS && address(u.start) < start)
		u.start++;
	while (u.end > u.start && address(u.end - 1) + model.unit > end)
		u.end--;
	return u;
}

/* The number of regions, at least 1. */
unsigned long model_count(int type)
{
	unsigned long count = 0;

	for (int i = 0; i < UNITS; i++)
		count += model.units[type][i].in && (!i || !model_same_region(type, i - 1, i));
	return count ? count : 1;
}

static bool is_empty(int type)
{
	for (int i = 0; i < UNITS; i++)
		if (model.units[type][i].in)
			return false;
	return true;
}

/* Pieces of the range that are in no region. */
static unsigned long count_pieces(int type, struct units range)
{
	unsigned long pieces = 0;

	for (int i = range.start; i < range.end; i++)
		pieces += !model.units[type][i].in &&
			  (i == range.start || model.units[type][i - 1].in);
	return pieces;
}

static phys_addr_t page_align(phys_addr_t bytes)
{
	return (bytes + 4095) / 4096 * 4096;
}

/* A free place for an array of so many bytes: above the range, else below it. */
static phys_addr_t find_array(phys_addr_t bytes, struct units range)
{
	struct model_request r = { .size = bytes, .align = 4096, .end = model.limit };
	phys_addr_t addr;

	if (range.start == range.end)
		return model_find_mirrored(&r);
	r.start = address(range.end);
	addr = model_find_mirrored(&r);
	if (addr)
		return addr;
	r.start = 0;
	r.end = min(address(range.start), model.limit);
	return model_find_mirrored(&r);
}

static int double_array(int type, struct units range)
{
	phys_addr_t old_bytes = page_align(model.max[type] * ENTRY_BYTES);
	phys_addr_t new_bytes = page_align(2 * model.max[type] * ENTRY_BYTES);
	phys_addr_t addr, old = model.array[type];

	if (!model.can_resize)
		return -ENOMEM;
	if (type == MEMORY) {
		range = (struct units){ 0, 0 };
		while (model_count(RESERVED) + 3 > model.max[RESERVED])
			if (double_array(RESERVED, range))
				return -ENOMEM;
	}
	addr = find_array(new_bytes, range);
	if (!addr)
		return -ENOMEM;
	model.array[type] = addr;
	model.max[type] *= 2;
	model.doublings++;
	if (old != STATIC)
		model_remove(RESERVED, units_within(old, old + old_bytes));
	return model_add(RESERVED, units_within(addr, addr + new_bytes), NO_NODE, 0);
}

int model_add(int type, struct units range, int nid, int flags)
{
	unsigned long pieces = count_pieces(type, range);

	if (!pieces)
		return 0;
	if (is_empty(type))
		model.total[type] = 0;
	else
		while (model_count(type) + pieces > model.max[type])
			if (double_array(type, range))
				return -ENOMEM;
	for (int i = range.start; i < range.end; i++) {
		if (model.units[type][i].in)
			continue;
		model.units[type][i] = (struct state){ true, flags, nid };
		model.total[type] += model.unit;
	}
	return 0;
}

/* To cut out a range may take two more regions. */
static int make_room_to_cut(int type, struct units range)
{
	if (range.start == range.end)
		return 0;
	while (model_count(type) + 2 > model.max[type])
		if (double_array(type, range))
			return -ENOMEM;
	return 0;
}

static void remove_unit(int type, int i)
{
	if (model.units[type][i].in)
		model.total[type] -= model.unit;
	model.units[type][i] = (struct state){ false, 0, 0 };
}

int model_remove(int type, struct units range)
{
	if (make_room_to_cut(type, range))
		return -ENOMEM;
	for (int i = max(range.start, 0); i < min(range.end, UNITS); i++)
		remove_unit(type, i);
	return 0;
}

/* Sets and clears flags, and sets the node (KEEP_NODE: doesn't), of all there is in a range. */
int model_set(int type, struct units range, int set, int clear, int nid)
{
	if (make_room_to_cut(type, range))
		return -ENOMEM;
	for (int i = max(range.start, 0); i < min(range.end, UNITS); i++) {
		struct state *s = &model.units[type][i];

		if (!s->in)
			continue;
		s->flags = (s->flags | set) & ~clear;
		if (nid != KEEP_NODE)
			s->nid = nid;
	}
	return 0;
}

/* The units of the region that starts with unit i. */
static struct units region_at(int type, int i)
{
	struct units r = { i, i + 1 };

	while (r.end < UNITS && model_same_region(type, r.end - 1, r.end))
		r.end++;
	return r;
}

/* Only what is dropped as a whole is taken off the total. align: a multiple of the unit. */
void model_trim(phys_addr_t align)
{
	struct units r;

	for (int i = 0; i < UNITS; i = r.end) {
		bool kept = false;

		r = region_at(MEMORY, i);
		if (!model.units[MEMORY][i].in)
			continue;
		for (int j = r.start; j < r.end; j++) {
			phys_addr_t start = address(j) / align * align;

			/* Is the aligned piece that unit j lies in all of it the region's? */
			if (start >= address(r.start) &&
			    align - 1 <= address(r.end - 1) + model.unit - 1 - start)
				kept = true;
			else
				model.units[MEMORY][j].in = false;
		}
		if (!kept)
			model.total[MEMORY] -= (r.end - r.start) * model.unit;
	}
}

void model_cap(struct units range)
{
	if (range.start == range.end || !model.total[MEMORY] || make_room_to_cut(MEMORY, range))
		return;
	for (int i = 0; i < UNITS; i++)
		if ((i < range.start || i >= range.end) &&
		    !(model.units[MEMORY][i].flags & MEMBLOCK_NOMAP))
			remove_unit(MEMORY, i);
	model_remove(RESERVED, (struct units){ BELOW_ALL, range.start });
	model_remove(RESERVED, (struct units){ range.end, ABOVE_ALL });
}

/* All memory but the lowest so many bytes goes, and reservations beyond it too. */
void model_keep(phys_addr_t bytes, bool keep_nomap)
{
	int i;

	for (i = 0; i < UNITS && bytes; i++)
		if (model.units[MEMORY][i].in)
			bytes -= model.unit;
	if (bytes)
		return;
	if (keep_nomap) {
		model_cap((struct units){ 0, i });
		return;
	}
	model_remove(MEMORY, (struct units){ i, ABOVE_ALL });
	model_remove(RESERVED, (struct units){ i, ABOVE_ALL });
}

/* Is this memory that a search with these wishes passes over? */
bool model_skipped(int i, int nid, int flags)
{
	const struct state *m = &model.units[MEMORY][i];

	return (nid != NUMA_NO_NODE && nid != m->nid) ||
	       (model.movable_node && (m->flags & ~flags & MEMBLOCK_HOTPLUG)) ||
	       ((flags & MEMBLOCK_MIRROR) && !(m->flags & MEMBLOCK_MIRROR)) ||
	       (m->flags & ~flags & (MEMBLOCK_NOMAP | MEMBLOCK_DRIVER_MANAGED));
}

bool model_is_free(int i, int nid, int flags)
{
	return model.units[MEMORY][i].in && !model.units[RESERVED][i].in &&
	       !model_skipped(i, nid, flags);
}

/* Tries every place: from the lowest up or from the highest down. */
phys_addr_t model_find(const struct model_request *r, int nid, int flags)
{
	phys_addr_t start = max(r->start, (phys_addr_t)4096), found = 0;
	phys_addr_t end = r->end <= MEMBLOCK_ALLOC_NOLEAKTRACE ? model.limit : r->end;
	int need = r->size / model.unit, room = 0;

	/* From unit i on there is room for `room` units in one region. */
	for (int i = UNITS - 1; i >= 0; i--) {
		phys_addr_t addr = address(i);

		if (!model_is_free(i, nid, flags))
			room = 0;
		else
			room = room && model_same_region(MEMORY, i, i + 1) ? room + 1 : 1;
		if (room < need || (addr & (r->align - 1)) || addr < start || addr > end ||
		    end - addr < r->size)
			continue;
		if (!model.bottom_up)
			return addr;
		found = addr;
	}
	return found;
}

phys_addr_t model_find_mirrored(const struct model_request *r)
{
	phys_addr_t addr = 0;

	if (model.has_mirror)
		addr = model_find(r, NUMA_NO_NODE, MEMBLOCK_MIRROR);
	return addr ? addr : model_find(r, NUMA_NO_NODE, 0);
}

static phys_addr_t take(const struct model_request *r, int nid, int flags)
{
	phys_addr_t addr = model_find(r, nid, flags);

	if (addr && model_add(RESERVED, units_within(addr, addr + r->size), NO_NODE, 0))
		return 0;
	return addr;
}

/* Mirrored memory goes before the right node, and that before any. */
phys_addr_t model_alloc(struct model_request r)
{
	phys_addr_t addr;

	for (int mirror = model.has_mirror; mirror >= 0; mirror--) {
		int flags = mirror ? MEMBLOCK_MIRROR : 0;

		addr = take(&r, r.nid, flags);
		if (!addr && r.nid != NUMA_NO_NODE && !r.exact)
			addr = take(&r, NUMA_NO_NODE, flags);
		if (addr)
			return addr;
	}
	return 0;
}

phys_addr_t model_alloc_virtual(struct model_request r)
{
	phys_addr_t addr;

	r.end = min(r.end, model.limit);
	addr = model_alloc(r);
	if (!addr && r.start) {
		r.start = 0;
		addr = model_alloc(r);
	}
	return addr;
}

unsigned long model_first_pfn;
int model_page_range[MODEL_PAGES];

/* Which page frames are free from their first to their last byte, all of it in one free range. */
void model_find_free_pages(void)
{
	int range = 0, i, end;

	model_first_pfn = model.base / PAGE_SIZE;
	memset(model_page_range, 0, sizeof(model_page_range));
	for (i = 0; i < UNITS; i++)
		model.units[MEMORY][i].flags &= ~MEMBLOCK_HOTPLUG;

	for (i = 0; i < UNITS; i = end) {
		end = i + 1;
		if (!model_is_free(i, NUMA_NO_NODE, 0))
			continue;
		while (end < UNITS && model_is_free(end, NUMA_NO_NODE, 0) &&
		       model_same_region(MEMORY, end - 1, end))
			end++;
		range++;
		for (int page = 0; page < MODEL_PAGES; page++) {
			phys_addr_t start = (phys_addr_t)(model_first_pfn + page) * PAGE_SIZE;

			if (start >= address(i) && start + PAGE_SIZE <= address(end))
				model_page_range[page] = range;
		}
	}
}
