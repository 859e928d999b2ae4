// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock against the model of memblock_model.c: random operations, and after each one the same
 * result, the same regions, the same sums, arrays of the same size at the same place.
 *
 * A run is a hundred operations in one of several worlds: units of a byte, so that nothing is
 * aligned; at the upper end of the address space; units of an eighth of a page and of a page, with
 * arrays that grow into memory that exists. At its end what is free is handed over: every whole
 * free page once, in blocks that could not be larger.
 *
 *	prop_memblock RUNS	SEED= in the environment repeats a run
 */
#include <lib/errno.h>
#include <lib/kernel.h>

#include <host.h>

#include <memblock_model.h>
#include <memblock_stand_ins.h>

#define OPERATIONS	100
#define NODES		3
#define SOIL		0xa5

static unsigned long step_number;
static bool backed;		/* the world's memory exists */

static struct {
	unsigned long allocations, failures, fallbacks, no_room, doublings, pages, blocks;
} seen;

static phys_addr_t address(int i)
{
	return model.base + (s64)i * (s64)model.unit;
}

static struct memblock_type *const types[NR_TYPES] = { &memblock.memory, &memblock.reserved };

static void check_type(int type)
{
	const struct memblock_type *t = types[type];
	const struct state *units = model.units[type];
	unsigned long count = 0;
	int i, end;

	for (i = 0; i < UNITS; i = end) {
		const struct memblock_region *rgn = &t->regions[count];

		for (end = i + 1; end < UNITS && model_same_region(type, end - 1, end);)
			end++;
		if (!units[i].in)
			continue;
		must(count < t->cnt);
		must_say(rgn->base == address(i) && rgn->size == (end - i) * model.unit,
			 "region %lu of %s is at %llx with %llx bytes, it has to be at %llx with %llx",
			 (unsigned long)count, type == MEMORY ? "memory" : "reserved",
			 (unsigned long long)rgn->base, (unsigned long long)rgn->size,
			 (unsigned long long)address(i), (unsigned long long)(end - i) * model.unit);
		must_say(rgn->flags == units[i].flags && rgn->nid == units[i].nid,
			 "region %lu of %s has flags %x and node %d, it has to have %x and %d",
			 (unsigned long)count, type == MEMORY ? "memory" : "reserved", rgn->flags, rgn->nid,
			 units[i].flags, units[i].nid);
		count++;
	}
	if (!count)
		must(t->cnt == 1 && !t->regions[0].base && !t->regions[0].size);
	else
		must(t->cnt == count);
	must(t->total_size == model.total[type]);
	must(t->max == model.max[type]);
	if (model.array[type] == STATIC)
		must(t->regions == (type == MEMORY ? memblock_memory_init_regions
						   : memblock_reserved_init_regions));
	else
		must(t->regions == __va(model.array[type]));
}

static void check_all(void)
{
	check_type(MEMORY);
	check_type(RESERVED);
}

/* A result of 0 or -ENOMEM. */
static void check_result(int result, int expected)
{
	must(result == expected);
	seen.no_room += expected != 0;
}

static struct units random_units(void)
{
	struct units u;

	u.start = random_below(UNITS);
	u.end = u.start + random_below(random_chance(4) ? UNITS - u.start
							: min(UNITS - u.start, 12)) + 1;
	if (random_chance(30))
		u.end = u.start;
	return u;
}

/* One that may reach past all memory: then its size is as large as it can be. */
static struct units random_cut(phys_addr_t *size)
{
	struct units u = random_units();

	*size = (u.end - u.start) * model.unit;
	if (random_chance(20)) {
		u.end = ABOVE_ALL;
		*size = random_chance(2) ? PHYS_ADDR_MAX : PHYS_ADDR_MAX - address(u.start);
	}
	return u;
}

static int random_nid(void)
{
	return random_chance(3) ? MEMBLOCK_MAX_NUMNODES : (int)random_below(NODES);
}

static phys_addr_t bytes(struct units u)
{
	return (u.end - u.start) * model.unit;
}

static void do_add(void)
{
	struct units u = random_units();
	int nid = random_nid();
	int flags = random_chance(2) ? 0 : random_below(16) & ~MEMBLOCK_MIRROR;

	if (random_chance(2))
		check_result(memblock_add(address(u.start), bytes(u)),
			     model_add(MEMORY, u, MEMBLOCK_MAX_NUMNODES, 0));
	else
		check_result(memblock_add_node(address(u.start), bytes(u), nid, flags),
			     model_add(MEMORY, u, nid, flags));
}

static void do_reserve(void)
{
	struct units u = random_units();

	check_result(memblock_reserve(address(u.start), bytes(u)),
		     model_add(RESERVED, u, MEMBLOCK_MAX_NUMNODES, 0));
}

/* What keeps an array must not be given back or removed. */
static bool hits_array(struct units u)
{
	for (int type = 0; type < NR_TYPES; type++) {
		phys_addr_t size = (model.max[type] * 24 + 4095) / 4096 * 4096;
		phys_addr_t at = model.array[type];

		if (at != STATIC && address(u.start) < at + size && at < address(u.end))
			return true;
	}
	return false;
}

static void do_remove(void)
{
	phys_addr_t size;
	struct units u = random_cut(&size);

	check_result(memblock_remove(address(u.start), size), model_remove(MEMORY, u));
}

static void do_free(void)
{
	phys_addr_t size;
	struct units u = random_cut(&size);

	if (hits_array(u))
		return;
	check_result(memblock_phys_free(address(u.start), size), model_remove(RESERVED, u));
}

static void do_flags(void)
{
	phys_addr_t size;
	struct units u = random_cut(&size);
	phys_addr_t base = address(u.start);
	int nid = random_nid();

	switch (random_below(8)) {
	case 0:
		check_result(memblock_mark_hotplug(base, size),
			     model_set(MEMORY, u, MEMBLOCK_HOTPLUG, 0, KEEP_NODE));
		break;
	case 1:
		check_result(memblock_clear_hotplug(base, size),
			     model_set(MEMORY, u, 0, MEMBLOCK_HOTPLUG, KEEP_NODE));
		break;
	case 2:
		model.has_mirror = true;
		check_result(memblock_mark_mirror(base, size),
			     model_set(MEMORY, u, MEMBLOCK_MIRROR, 0, KEEP_NODE));
		break;
	case 3:
		check_result(memblock_mark_nomap(base, size),
			     model_set(MEMORY, u, MEMBLOCK_NOMAP, 0, KEEP_NODE));
		break;
	case 4:
		check_result(memblock_clear_nomap(base, size),
			     model_set(MEMORY, u, 0, MEMBLOCK_NOMAP, KEEP_NODE));
		break;
	case 5:
		check_result(memblock_reserved_mark_noinit(base, size),
			     model_set(RESERVED, u, MEMBLOCK_RSRV_NOINIT, 0, KEEP_NODE));
		break;
	case 6:
		check_result(memblock_set_node(base, size, &memblock.memory, nid),
			     model_set(MEMORY, u, 0, 0, nid));
		break;
	case 7:
		check_result(memblock_set_node(base, size, &memblock.reserved, nid),
			     model_set(RESERVED, u, 0, 0, nid));
		break;
	}
}

/* These may leave regions that could be merged; an operation on nothing merges them. */
static void do_limits(void)
{
	struct units u = random_units();
	phys_addr_t align = model.unit << random_below(5);

	switch (random_below(8)) {
	case 0:
		u = (struct units){ UNITS - 1 - u.start, UNITS - u.start };
		if (hits_array((struct units){ u.end, ABOVE_ALL }))
			return;
		memblock_enforce_memory_limit(address(u.end) - model.base);
		model_keep(address(u.end) - model.base, false);
		break;
	case 1:
		if (hits_array((struct units){ 0, ABOVE_ALL }))
			return;
		memblock_mem_limit_remove_map(address(u.start + 1) - model.base);
		model_keep(address(u.start + 1) - model.base, true);
		break;
	case 2:
		if (hits_array((struct units){ 0, ABOVE_ALL }))
			return;
		memblock_cap_memory_range(address(u.start), bytes(u));
		model_cap(u);
		break;
	default:
		memblock_trim_memory(align);
		model_trim(align);
	}
	memblock_clear_nomap(0, 0);
}

static struct model_request random_request(void)
{
	struct units limits = random_units();
	struct model_request r = {
		.size = model.unit * (1 + random_below(random_chance(4) ? 100 : 6)),
		.align = 1ULL << random_below(random_chance(3) ? 14 : 7),
		.nid = random_chance(2) ? NUMA_NO_NODE : (int)random_below(NODES + 1),
		.exact = random_chance(3),
	};

	if (random_chance(2))
		r.start = address(limits.start);
	if (random_chance(2))
		r.end = address(limits.end + random_below(100));
	else if (random_chance(3))
		r.end = MEMBLOCK_ALLOC_ANYWHERE;
	return r;
}

static void check_address(phys_addr_t addr, phys_addr_t expected)
{
	must_say(addr == expected, "found at %llx, it has to be %llx (0: nowhere)", (unsigned long long)addr,
		 (unsigned long long)expected);
	seen.allocations += addr != 0;
	seen.failures += !addr;
}

static void do_alloc(void)
{
	struct model_request r = random_request();

	switch (random_below(4)) {
	case 0:
		check_address(memblock_find_in_range(r.start, r.end, r.size, r.align),
			      model_find_mirrored(&r));
		break;
	case 1:
		r.nid = NUMA_NO_NODE;
		check_address(memblock_phys_alloc_range(r.size, r.align, r.start, r.end),
			      model_alloc(r));
		break;
	case 2:
		check_address(memblock_alloc_range_nid(r.size, r.align, r.start, r.end, r.nid,
						       r.exact), model_alloc(r));
		break;
	case 3:
		r.start = r.end = r.exact = 0;
		check_address(memblock_phys_alloc_try_nid(r.size, r.align, r.nid), model_alloc(r));
		break;
	}
}

static void do_alloc_virtual(void)
{
	struct model_request r = random_request();
	bool zeroed = !r.exact && random_chance(2);
	phys_addr_t expected;
	const char *ptr;

	if (!backed)
		return;
	expected = model_alloc_virtual(r);
	if (expected)
		memset(__va(expected), SOIL, r.size);
	if (r.exact)
		ptr = memblock_alloc_exact_nid_raw(r.size, r.align, r.start, r.end, r.nid);
	else if (zeroed)
		ptr = memblock_alloc_try_nid(r.size, r.align, r.start, r.end, r.nid);
	else
		ptr = memblock_alloc_try_nid_raw(r.size, r.align, r.start, r.end, r.nid);
	check_address(ptr ? __pa(ptr) : 0, expected);
	if (!ptr)
		return;
	seen.fallbacks += r.start && expected < r.start;
	for (phys_addr_t i = 0; i < r.size; i++)
		must(ptr[i] == (zeroed ? 0 : (char)SOIL));
}

static void do_setting(void)
{
	switch (random_below(backed ? 4 : 3)) {
	case 0:
		model.bottom_up = random_chance(2);
		memblock_set_bottom_up(model.bottom_up);
		break;
	case 1:
		model.limit = random_chance(2) && !backed ? MEMBLOCK_ALLOC_ANYWHERE
						: address(UNITS - random_below(UNITS / 2));
		memblock_set_current_limit(model.limit);
		break;
	case 2:
		movable_node_enabled = model.movable_node = random_chance(2);
		break;
	case 3:
		model.can_resize = true;
		memblock_allow_resize();
		break;
	}
}

/* The run of units from i on that one step of a walk is to give; an empty one at the end. */
static struct units next_run(int i, const bool *wanted)
{
	struct units u;

	while (i < UNITS && !wanted[i])
		i++;
	u = (struct units){ i, i };
	while (u.end < UNITS && wanted[u.end] &&
	       (u.end == i || model_same_region(MEMORY, u.end - 1, u.end)))
		u.end++;
	return u;
}

static void check_walks(void)
{
	int flags = random_chance(2) ? 0 : random_below(16), nid = (int)random_below(NODES + 1) - 1;
	phys_addr_t start, end, ends[UNITS];
	bool wanted[UNITS];
	struct units u = { 0, 0 };
	int node, n = 0;
	u64 i;

	for (int k = 0; k < UNITS; k++)
		wanted[k] = model_is_free(k, nid, flags);
	for_each_free_mem_range(i, nid, flags, &start, &end, &node) {
		u = next_run(u.end, wanted);
		must(u.start < u.end && start == address(u.start) && end == address(u.end));
		must(node == model.units[MEMORY][u.start].nid);
		ends[n++] = end;
	}
	u = next_run(u.end, wanted);
	must(u.start == UNITS);
	for_each_free_mem_range_reverse(i, nid, flags, &start, &end, NULL)
		must(n && end == ends[--n] && start < end);
	must(!n);

	for (int k = 0; k < UNITS; k++)
		wanted[k] = model.units[MEMORY][k].in &&
			    !(model.units[MEMORY][k].flags & MEMBLOCK_NOMAP);
	u = (struct units){ 0, 0 };
	for_each_mem_range(i, &start, &end) {
		u = next_run(u.end, wanted);
		must(u.start < u.end && start == address(u.start) && end == address(u.end));
		ends[n++] = end;
	}
	u = next_run(u.end, wanted);
	must(u.start == UNITS);
	for_each_mem_range_rev(i, &start, &end)
		must(n && end == ends[--n]);
	must(!n);
}

static void check_questions(void)
{
	struct units u = random_units();
	phys_addr_t base = address(u.start) + random_u64() % model.unit;
	const struct state *m = &model.units[MEMORY][u.start];
	bool all_memory = m->in, some_reserved = false;

	u.end = max(u.end, u.start + 1);
	must(memblock_is_memory(base) == m->in);
	must(memblock_is_map_memory(base) == (m->in && !(m->flags & MEMBLOCK_NOMAP)));
	must(memblock_is_reserved(base) == model.units[RESERVED][u.start].in);
	for (int i = u.start; i < u.end; i++) {
		all_memory &= i == u.start || model_same_region(MEMORY, i - 1, i);
		some_reserved |= model.units[RESERVED][i].in;
	}
	must(memblock_is_region_memory(address(u.start), bytes(u)) == all_memory);
	must(memblock_is_region_reserved(address(u.start), bytes(u)) == some_reserved);
}

static unsigned long next_low_pfn;

static bool in_range(unsigned long pfn, int range)
{
	return pfn >= model_first_pfn && pfn < model_first_pfn + MODEL_PAGES &&
	       model_page_range[pfn - model_first_pfn] == range;
}

/* Low memory comes upwards, in blocks that are as large as alignment and the range allow. */
static void check_block(unsigned long pfn, unsigned int order)
{
	unsigned long end = pfn + (1UL << order), larger = pfn + (2UL << order);
	int range;

	must(pfn >= model_first_pfn && pfn < model_first_pfn + MODEL_PAGES);
	range = model_page_range[pfn - model_first_pfn];
	seen.blocks++;
	for (unsigned long i = pfn; i < end; i++) {
		must(range && in_range(i, range));
		model_page_range[i - model_first_pfn] = -range;
	}
	if (pfn >= max_low_pfn) {
		must(order == 0);
		return;
	}
	must(pfn >= next_low_pfn && end <= max_low_pfn);
	next_low_pfn = end;
	if (order == MAX_ORDER - 1 || pfn % (2UL << order) || larger > max_low_pfn)
		return;
	for (unsigned long i = end; i < larger; i++)
		if (!in_range(i, range))
			return;
	must(!"a larger block");
}

static void hand_over(void)
{
	unsigned long last_pfn = (model.base + UNITS * model.unit + 4095) / PAGE_SIZE, high = 0;

	model_find_free_pages();
	host_pages(last_pfn);
	max_low_pfn = last_pfn;
	if (!random_chance(3))
		max_low_pfn -= random_below(last_pfn - model_first_pfn + 1);
	next_low_pfn = 0;
	host_freed = check_block;
	high = memblock_free_highpages(NUMA_NO_NODE, max_low_pfn, last_pfn);
	must(high == host_freed_pages && totalhigh_pages == high);
	memblock_free_all();
	must(totalram_pages == host_freed_pages);
	must(zone_managed_pages(&contig_page_data.node_zones[0]) == host_freed_pages);
	for (int i = 0; i < MODEL_PAGES; i++)
		must(model_page_range[i] <= 0);
	seen.pages += host_freed_pages;
	for (int i = 0; i < UNITS; i++)
		if (model.units[RESERVED][i].in &&
		    !(model.units[RESERVED][i].flags & MEMBLOCK_RSRV_NOINIT))
			must(PageReserved(pfn_to_page(address(i) / PAGE_SIZE)));
	must(panics(memblock_reserve(0, PAGE_SIZE)));
}

static const struct {
	const char *name;
	void (*run)(void);
	int weight;
} steps[] = {
	{ "add", do_add, 16 },	       { "reserve", do_reserve, 14 },
	{ "remove", do_remove, 6 },    { "free", do_free, 10 },
	{ "flags", do_flags, 12 },     { "limits", do_limits, 1 },
	{ "alloc", do_alloc, 18 },     { "alloc virtual", do_alloc_virtual, 16 },
	{ "setting", do_setting, 4 },  { "walks", check_walks, 2 },
	{ "questions", check_questions, 3 },
};

static void random_step(void)
{
	int dice = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		dice += steps[i].weight;
	dice = random_below(dice);
	for (i = 0; dice >= steps[i].weight; i++)
		dice -= steps[i].weight;
	case_name = steps[i].name;
	steps[i].run();
}

/* Worlds: how large a unit is, and where the first one lies. */
static void start_world(void)
{
	static const phys_addr_t units[] = { 1, 64, 512, 4096 };
	phys_addr_t unit = units[random_below(ARRAY_SIZE(units))];
	phys_addr_t base = 0x1000 * (1 + random_below(0x3000));

	backed = false;
	switch (random_below(8)) {
	case 0:
		unit = 1;
		base = PHYS_ADDR_MAX - UNITS;
		break;
	case 1:
		base = 0x8000000000000000ULL + 0x1000ULL * random_below(0x1000000);
		break;
	case 2:
		base = unit == 1 ? 4096 - 300 : 0x1000;
		break;
	default:
		backed = true;
		host_memory_at(base, UNITS * unit);
	}
	memblock_reset();
	model_start(base, unit);
	if (backed)
		memblock_set_current_limit(model.limit = address(UNITS));
	backed &= unit >= 512;
	if (backed && random_chance(2)) {
		model.can_resize = true;
		memblock_allow_resize();
	}
}

/* Many small pieces in one go, so that the arrays get full. */
static void crowd(void)
{
	int step = 2 + random_below(3), type = random_below(NR_TYPES);

	case_name = "crowd";
	for (int i = 0; i < UNITS; i += step) {
		struct units u = { i, i + 1 };

		if (type == MEMORY)
			check_result(memblock_add(address(i), model.unit),
				     model_add(MEMORY, u, MEMBLOCK_MAX_NUMNODES, 0));
		else
			check_result(memblock_reserve(address(i), model.unit),
				     model_add(RESERVED, u, MEMBLOCK_MAX_NUMNODES, 0));
	}
	check_all();
}

static void one_run(void)
{
	start_world();
	for (step_number = 0; step_number < OPERATIONS; step_number++) {
		random_step();
		check_all();
		if (step_number == OPERATIONS / 2 && random_chance(model.can_resize ? 2 : 12))
			crowd();
	}
	check_walks();
	seen.doublings += model.doublings;
	if (model.base < 1ULL << 32)
		hand_over();
}

int main(int argc, char **argv)
{
	unsigned long runs = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 100);

	random_init("prop_memblock");
	log_level = 0;
	for (case_number = 0; case_number < runs; case_number++) {
		log_clear();
		one_run();
	}
	printf("%lu operations in %lu runs: %lu allocations (%lu failed, %lu below their limit), %lu "
	       "times no room, arrays doubled %lu times, %lu pages handed over in %lu blocks\n",
	       runs * OPERATIONS, runs, seen.allocations, seen.failures, seen.fallbacks, seen.no_room, seen.doublings,
	       seen.pages, seen.blocks);
	if (runs >= 1000 && (!seen.failures || !seen.fallbacks || !seen.no_room ||
			     !seen.doublings || seen.blocks == seen.pages)) {
		fprintf(stderr, "some kind of operation was never tried\n");
		return 1;
	}
	return 0;
}
