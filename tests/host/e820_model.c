// SPDX-License-Identifier: GPL-2.0-only
/*
 * A model of memory maps that asks the same simple question everywhere: between two neighbouring
 * borders, which is the highest type of all entries that cover the piece? It has no list of open
 * entries and no order of events, so that it cannot share a mistake with sanitize_e820_map().
 *
 * Type 0 is no type: an entry that has it covers nothing.
 */
#include <firmware/e820.h>

#include <host.h>

#include <e820_model.h>

/* An entry whose end does not fit 64 bits; one that ends exactly there does not, either. */
bool model_wraps(const struct e820entry *entry)
{
	return entry->size && entry->addr > ULLONG_MAX - entry->size;
}

static int cmp_border(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static u32 highest_type(const struct model_map *map, u64 start, u64 end)
{
	u32 type = 0;

	for (int i = 0; i < map->nr; i++) {
		const struct e820entry *entry = &map->entry[i];

		if (entry->addr <= start && entry->addr + entry->size >= end && entry->type > type)
			type = entry->type;
	}
	return type;
}

static void append_piece(struct model_map *map, u64 start, u64 end, u32 type)
{
	struct e820entry *last = map->nr ? &map->entry[map->nr - 1] : NULL;

	if (last && last->type == type && last->addr + last->size == start) {
		last->size = end - last->addr;
		return;
	}
	map->entry[map->nr++] = (struct e820entry){ start, end - start, type };
}

/* The given map, none of whose entries may wrap, sorted, disjoint and merged. */
void model_sanitize(struct model_map *result, const struct model_map *given)
{
	u64 border[2 * MODEL_MAX];
	int nr = 0;

	for (int i = 0; i < given->nr; i++) {
		border[nr++] = given->entry[i].addr;
		border[nr++] = given->entry[i].addr + given->entry[i].size;
	}
	qsort(border, nr, sizeof(border[0]), cmp_border);

	result->nr = 0;
	for (int i = 1; i < nr; i++) {
		u32 type;

		if (border[i - 1] == border[i])
			continue;
		type = highest_type(given, border[i - 1], border[i]);
		if (type)
			append_piece(result, border[i - 1], border[i], type);
	}
}

/* Bytes of RAM in the entries from number `from` on. */
u64 model_ram_bytes(const struct model_map *map, int from)
{
	u64 bytes = 0;

	for (int i = from; i < map->nr; i++)
		if (map->entry[i].type == E820_RAM)
			bytes += map->entry[i].size;
	return bytes;
}

/* Mostly a few entries, sometimes more than the kernel's map can hold. */
int random_map_size(void)
{
	switch (random_below(100)) {
	case 0:
		return 129 + random_below(32);
	case 1 ... 3:
		return 33 + random_below(96);
	case 4 ... 13:
		return 9 + random_below(24);
	default:
		return 1 + random_below(8);
	}
}

static u32 random_type(void)
{
	static const u32 odd_types[] = { 0, 6, 7, 127, E820_RESERVED_KERN, 0x80000000, 0xffffffff };

	if (random_chance(40))
		return odd_types[random_below(7)];
	if (random_chance(2))
		return E820_RAM;
	return 1 + random_below(5);
}

/*
 * A coarse grid makes ties and exact neighbours, a fine one overlaps; the rest tries the borders.
 */
static u64 random_address(unsigned int style)
{
	static const u64 borders[] = { 0, 0x1000, 0x9fc00, 0xa0000, 0x100000, 0x1000000, 0x37bfe000,
				       0xc0000000, 0x100000000ULL, 0x1000000000ULL };

	switch (style) {
	case 0:
		return (u64)random_below(24) << 20;
	case 1:
		return random_below(4096);
	case 2:
		return (u64)random_below(0x1000000) << 12;
	case 3:
		return borders[random_below(10)] + random_below(3) * 0x800;
	default:
		return random_u64() >> random_below(40);
	}
}

static u64 random_size(u64 addr, unsigned int style)
{
	u64 to_the_end = -addr;

	switch (random_below(64)) {
	case 0:
		return 0;
	case 1:
		if (random_chance(20))
			return to_the_end - 1 + random_below(3); /* one short, exact, wraps */
		break;
	case 2:
		if (random_chance(400))
			return random_u64();
		break;
	}
	if (style < 4)
		return random_address(style);
	return random_u64() >> (25 + random_below(39));
}

/* One large entry with many small ones in it, so that almost twice as many pieces come out. */
static void random_comb(struct model_map *map)
{
	map->entry[0] = (struct e820entry){ 0, 1ULL << 40, E820_RAM };
	for (int i = 1; i < map->nr; i++)
		map->entry[i] =
			(struct e820entry){ (u64)i << 21, random_below(1 << 21), random_type() };
}

/* A map of nr entries, some of which repeat or touch others. */
void random_map(struct model_map *map, int nr)
{
	unsigned int style = random_below(6);

	map->nr = nr;
	if (nr > 32 && random_chance(3)) {
		random_comb(map);
		return;
	}
	for (int i = 0; i < nr; i++) {
		unsigned int how = style < 5 ? style : random_below(5);
		struct e820entry *entry = &map->entry[i];

		entry->addr = random_address(how);
		entry->size = random_size(entry->addr, how);
		entry->type = random_type();
		if (i && random_chance(6)) {
			const struct e820entry *other = &map->entry[random_below(i)];

			entry->addr = other->addr;
			if (random_chance(2))
				entry->size = other->size;
			if (random_chance(2))
				entry->addr += other->size;
		}
	}
}
