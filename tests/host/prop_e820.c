// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random memory maps through all that the boot does to them, against the model of e820_model.c:
 *
 *	Multiboot2 map tag -> boot_params -> setup_memory_map() -> mem= and memmap= ->
 *	finish_e820_parsing() -> trim_bios_range() -> e820_end_of_ram_pfn(),
 *	e820_register_active_regions(), e820__memblock_setup()
 *
 * After each step the kernel's map must be the model's, entry by entry: the same RAM, sorted,
 * disjoint, merged. What does not fit must have been told, with the right numbers.
 *
 *	prop_e820 RUNS		SEED= in the environment repeats a run
 */
#include <asm/page.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <firmware/multiboot2.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>

#include <host.h>

#include <e820_model.h>
#include <e820_stand_ins.h>
#include <mb2_builder.h>

#define MEM_UPPER_K	0x3fc00


/* How often what has been tried: a run that never gets somewhere proves nothing about it. */
static struct {
	unsigned long fallback, lost_by_loader, lost_in_result, wrapping, user, user_lost,
		user_panic, trimmed;
} seen;

static void print_map(const char *who, const struct e820entry *entry, int nr)
{
	for (int i = 0; i < nr; i++)
		fprintf(stderr, "%s: %016llx + %016llx type %u\n", who, entry[i].addr,
			entry[i].size, entry[i].type);
}

static void __attribute__((__noreturn__)) differs(const char *what, const struct model_map *given,
						  const struct model_map *expected)
{
	fprintf(stderr, "run %lu: %s\nlog:\n%s\n", case_number, what, log_text());
	print_map("given", given->entry, given->nr);
	print_map("model", expected->entry, expected->nr);
	print_map("kernel", e820.map, e820.nr_map);
	abort();
}

static void must_be(const char *what, const struct model_map *given,
		    const struct model_map *expected)
{
	if ((int)e820.nr_map != expected->nr ||
	    memcmp(e820.map, expected->entry, expected->nr * sizeof(struct e820entry)))
		differs(what, given, expected);
}

/* The loss of the entries from number E820MAX on must have been told, with its sum. */
static void must_tell_loss(const struct model_map *given, const struct model_map *whole)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "the map holds 128 entries: %d more, from %016llx on, with %llu kB of RAM, are "
		 "lost\n",
		 whole->nr - E820MAX, whole->entry[E820MAX].addr,
		 model_ram_bytes(whole, E820MAX) >> 10);
	if (!log_has(text))
		differs("a loss was not told as it should have been", given, whole);
}

/* Sanitizes map in the model, in place; what exceeds the kernel's map must have been told. */
static void model_step(struct model_map *map)
{
	struct model_map result;

	model_sanitize(&result, map);
	if (result.nr > E820MAX) {
		seen.lost_in_result++;
		must_tell_loss(map, &result);
		result.nr = E820MAX;
	}
	*map = result;
}

static bool any_wraps(const struct model_map *map)
{
	for (int i = 0; i < map->nr; i++)
		if (model_wraps(&map->entry[i]))
			return true;
	return false;
}

static void firmware_map(const struct model_map *given)
{
	static struct mb2 info;
	u32 offset;

	mb2_begin(&info);
	mb2_meminfo_tag(&info, 639, MEM_UPPER_K);
	offset = mb2_open_map(&info, 24);
	for (int i = 0; i < given->nr; i++)
		mb2_map_entry(&info, 24, given->entry[i].addr, given->entry[i].size,
			      given->entry[i].type);
	mb2_close(&info, offset);
	mb2_end(&info);
	e820.nr_map = 0;
	multiboot2_parse(info.bytes, info.size);
	setup_memory_map();
	e820_end_given();
}

/* What the kernel's map should be after setup_memory_map(). */
static void model_firmware_map(struct model_map *map, const struct model_map *given)
{
	*map = *given;
	if (map->nr > E820MAX) {
		seen.lost_by_loader++;
		must_tell_loss(given, given);
		map->nr = E820MAX;
	}
	if (!any_wraps(map)) {
		if (map->nr >= 2)
			model_step(map);
		if (map->nr >= 2)
			return;
	} else {
		seen.wrapping++;
		if (map->nr >= 2 && !log_has("wraps"))
			differs("a map was given up silently", given, map);
	}
	seen.fallback++;
	map->nr = 2;
	map->entry[0] = (struct e820entry){ 0, 0x9f000, E820_RAM };
	map->entry[1] = (struct e820entry){ 0x100000, (u64)MEM_UPPER_K << 10, E820_RAM };
}

/* mem=: RAM ends at limit. Entries keep their places, empty ones too; one that wraps is not cut. */
static void model_limit(struct model_map *map, u64 limit)
{
	for (int i = 0; i < map->nr; i++) {
		struct e820entry *entry = &map->entry[i];

		if (entry->type != E820_RAM)
			continue;
		if (entry->addr >= limit)
			*entry = (struct e820entry){ 0, 0, 0 };
		else if (!model_wraps(entry) && entry->addr + entry->size > limit)
			entry->size = limit - entry->addr;
	}
}

/* One user range, in the kernel by memmap= and in the model. */
static void user_range(struct model_map *map)
{
	static const struct { char sign; u32 type; } kinds[] = {
		{ '@', E820_RAM }, { '#', E820_ACPI }, { '$', E820_RESERVED },
	};
	int kind = random_below(3);
	struct model_map one;
	char text[96];

	random_map(&one, 1);
	snprintf(text, sizeof(text), "%#llx%c%#llx", one.entry[0].size, kinds[kind].sign,
		 one.entry[0].addr);
	assert_int_equal(parse_memmap_opt(text), 0);
	one.entry[0].type = kinds[kind].type;
	if (map->nr < E820MAX) {
		map->entry[map->nr++] = one.entry[0];
		return;
	}
	seen.user_lost++;
	snprintf(text, sizeof(text), "no room after 128 entries, lost: %016llx - %016llx ",
		 one.entry[0].addr, one.entry[0].addr + one.entry[0].size);
	if (!log_has("Ooops! Too many entries in the memory map!\n") || !log_has(text))
		differs("a user range was lost silently", &one, map);
}

static void user_limit(struct model_map *map)
{
	u64 limit = random_u64() >> (20 + random_below(40));
	char text[32];

	if (!limit)
		limit = 1;
	snprintf(text, sizeof(text), "%llu", limit);
	assert_int_equal(random_chance(2) ? parse_memopt(text) : parse_memmap_opt(text), 0);
	model_limit(map, limit);
}

static void user_options(struct model_map *map)
{
	int options = 0;

	if (random_chance(3))
		options = 1 + random_below(random_chance(map->nr > 100 ? 2 : 20) ? 40 : 4);
	seen.user += options != 0;
	while (options--) {
		if (random_chance(10)) {
			parse_memmap_opt((char *)"exactmap");
			map->nr = 0;
		} else if (random_chance(3)) {
			user_limit(map);
		} else {
			user_range(map);
		}
	}
}

/* Takes effect, or panics: with fewer than two entries, or one that wraps. Says which. */
static bool user_map_is_good(struct model_map *map)
{
	bool bad = map->nr < 2 || any_wraps(map);

	if (panics(finish_e820_parsing()) != bad)
		differs(bad ? "no panic on a bad user map" : "panic on a good user map", map, map);
	if (!bad)
		return true;
	seen.user_panic++;
	if (!log_has("Invalid user supplied memory map"))
		differs("another panic than that of a bad user map", map, map);
	return false;
}

/*
 * The first page's RAM is reserved, that from 640 KiB to 1 MiB is gone; others of RAM stay in
 * pieces.
 */
static void model_trim(struct model_map *map)
{
	static const struct e820entry keep[] = {
		{ 0, 0x1000, E820_RESERVED }, { 0x1000, 0x9f000, E820_RAM },
		{ 0x100000, ~0ULL - 0x100000, E820_RAM },
	};
	struct model_map result = { .nr = 0 };

	for (int i = 0; i < map->nr; i++) {
		const struct e820entry *entry = &map->entry[i];
		u64 end = entry->addr + entry->size;

		if (entry->type != E820_RAM)
			result.entry[result.nr++] = *entry;
		for (size_t k = 0; entry->type == E820_RAM && k < ARRAY_SIZE(keep); k++) {
			u64 first = max(entry->addr, keep[k].addr);
			u64 last = min(end, keep[k].addr + keep[k].size);

			if (first < last)
				result.entry[result.nr++] =
					(struct e820entry){ first, last - first, keep[k].type };
		}
	}
	model_sanitize(map, &result);
}

/* Page frames of RAM from first on, up to the last that a number of 32 bits can name. */
static u64 model_ram_from(const struct model_map *map, u64 first)
{
	u64 frames = 0;

	for (int i = 0; i < map->nr; i++) {
		u64 addr = map->entry[i].addr;
		u64 start = max_t(u64, first, (addr >> 12) + !!(addr & 0xfff));
		u64 end = min_t(u64, (addr + map->entry[i].size) >> 12, ULONG_MAX);

		if (map->entry[i].type == E820_RAM && start < end)
			frames += end - start;
	}
	return frames;
}

/* The records say where RAM ends, and how much of what was given lies above. */
static void must_be_recorded(const struct model_map *given, const struct model_map *map)
{
	u64 not_used = (u64)border_ram_reach.lost + border_ram_limit.lost;
	unsigned long end_pfn = e820_end_of_ram_pfn();

	if (border_ram_used.value != end_pfn)
		differs("another end of RAM is recorded", given, map);
	if (not_used != model_ram_from(given, end_pfn))
		differs("RAM that isn't used is not accounted for", given, map);
}

/* Page frames that are RAM as a whole, and the end of the highest one. */
static void must_register_ram(const struct model_map *map)
{
	unsigned long last_pfn = 0, kernel_last_pfn = e820_end_of_ram_pfn();
	int nr = 0;

	for (int i = 0; i < map->nr; i++) {
		u64 last = (map->entry[i].addr + map->entry[i].size) >> 12;

		if (map->entry[i].type == E820_RAM && map->entry[i].addr >> 12 < MAX_ARCH_PFN)
			last_pfn = max_t(u64, last_pfn, min_t(u64, last, MAX_ARCH_PFN));
	}
	if (last_pfn != kernel_last_pfn)
		differs("another end of RAM", map, map);

	nr_active_ranges_seen = 0;
	e820_register_active_regions(0, 0, last_pfn);
	for (int i = 0; i < map->nr; i++) {
		u64 first = (map->entry[i].addr + 0xfff) >> 12;
		u64 last = min_t(u64, (map->entry[i].addr + map->entry[i].size) >> 12, last_pfn);

		if (map->entry[i].type != E820_RAM || first >= last)
			continue;
		if (nr == nr_active_ranges_seen || active_ranges_seen[nr].start != first ||
		    active_ranges_seen[nr].end != last)
			differs("another active range", map, map);
		nr++;
	}
	if (nr != nr_active_ranges_seen)
		differs("more active ranges", map, map);
}

/* The boot allocator is told of RAM to the byte, in order. */
static void must_hand_down_ram(const struct model_map *map)
{
	unsigned int nr = 0;

	e820__memblock_setup();
	for (int i = 0; i < map->nr; i++) {
		if (map->entry[i].type != E820_RAM)
			continue;
		if (nr == nr_ram_seen || ram_seen[nr].start != map->entry[i].addr ||
		    ram_seen[nr].end != map->entry[i].addr + map->entry[i].size)
			differs("another range of RAM", map, map);
		nr++;
	}
	if (nr != nr_ram_seen)
		differs("more RAM", map, map);
}

static void one_run(void)
{
	static struct model_map given, map;

	log_clear();
	random_map(&given, random_map_size());
	firmware_map(&given);
	model_firmware_map(&map, &given);
	must_be("after setup_memory_map()", &given, &map);

	log_clear();
	given = map;
	user_options(&map);
	if (!user_map_is_good(&map))
		return;
	model_step(&map);
	must_be("after finish_e820_parsing()", &given, &map);
	must_be_recorded(&given, &map);

	log_clear();
	given = map;
	if (map.nr < 2)
		return;
	trim_bios_range();
	if (!log_has("Ooops!")) {
		model_trim(&map);
		if (map.nr > E820MAX)
			return;
		must_be("after trim_bios_range()", &given, &map);
		must_register_ram(&map);
		must_hand_down_ram(&map);
		seen.trimmed++;
	}
}

int main(int argc, char **argv)
{
	unsigned long runs = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 100000);
	char limit[] = "64G";

	random_init("prop_e820");
	log_level = 4;
	/* From here on the kernel knows that the user has changed the map. */
	parse_memopt(limit);
	for (case_number = 0; case_number < runs; case_number++)
		one_run();
	printf("%lu maps: %lu given up (%lu wrap), %lu and %lu with entries lost, %lu with user "
	       "options "
	       "(%lu lost, %lu panics), %lu trimmed\n",
	       runs, seen.fallback, seen.wrapping, seen.lost_by_loader, seen.lost_in_result,
	       seen.user, seen.user_lost, seen.user_panic, seen.trimmed);
	if (runs >= 1000000 && (!seen.wrapping || !seen.lost_by_loader || !seen.lost_in_result ||
			      !seen.user_lost || !seen.user_panic || !seen.trimmed)) {
		fprintf(stderr, "some kind of map was never tried\n");
		return 1;
	}
	return 0;
}
