// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/mm/vmalloc/areas.c against a model: a sorted array of areas that is searched from its
 * beginning, as 2.6.34 does it.
 *
 * A run takes and frees areas of random sizes and alignments in a space of a random size and place,
 * up to the last page that a 32-bit address reaches. After each step the list must be the model's,
 * and the tree must be in order: by address, by priority, each node with the hole in front of it
 * and the largest hole of its subtree.
 *
 *	prop_vmalloc RUNS	SEED= in the environment repeats a run
 */
#include <asm/page.h>
#include <lib/kernel.h>
#include <mm/vmalloc.h>

#include <host.h>

#define MAX_AREAS	400

char *host_memory;
void *high_memory;

static struct {
	unsigned long taken, refused, lucky, full;
	unsigned int depth, areas;
} seen;

/* Sorted by address. */
static struct {
	unsigned long start, end;
	unsigned int nr;
	struct vmap_area *areas[MAX_AREAS];
} model;

/*
 * The hole in front of area i, i == model.nr: in front of the space's end. In 64 bits: a hole may
 * begin after the last 32-bit address, and then it is none.
 */
static uint64_t model_hole_start(unsigned int i)
{
	return i ? (uint64_t)model.areas[i - 1]->va_end + PAGE_SIZE : model.start;
}

static uint64_t model_hole_end(unsigned int i)
{
	return i < model.nr ? model.areas[i]->va_start : model.end;
}

/*
 * Can an area begin in hole i, at a multiple of align, with slack bytes to spare? Returns its
 * start, 0 if not.
 */
static uint64_t model_fit(unsigned int i, unsigned long size, unsigned long align,
			       unsigned long slack)
{
	uint64_t from = model_hole_start(i), at = (from + align - 1) / align * align;

	if ((uint64_t)size + slack + (slack ? from : at) > model_hole_end(i))
		return 0;
	return at;
}

/* The start of the area that must be taken, its place in *place; 0: there is none. */
static uint64_t model_find(unsigned long size, unsigned long align, unsigned int *place)
{
	uint64_t at;

	for (*place = 0; *place <= model.nr; (*place)++) {
		at = model_fit(*place, size, align, align - PAGE_SIZE);
		if (at)
			return at;
	}
	for (*place = 0; *place <= model.nr; (*place)++) {
		at = model_fit(*place, size, align, 0);
		if (at) {
			seen.lucky++;
			return at;
		}
	}
	return 0;
}

/* Checks a subtree of areas in [low, high]; returns its largest hole, adds up its nodes. */
static unsigned long check_tree(const struct vmap_area *va, unsigned long low, unsigned long high,
				unsigned int depth, unsigned int *nodes)
{
	unsigned long largest, hole;

	if (!va)
		return 0;
	seen.depth = max(seen.depth, depth);
	++*nodes;
	must_say(va->va_start >= low && va->va_end <= high,
		 "the tree is out of order: area %08lx - %08lx hangs between %08lx and %08lx",
		 va->va_start, va->va_end, low, high);
	must(!va->left || (va->left->parent == va && va->left->priority >= va->priority));
	must(!va->right || (va->right->parent == va && va->right->priority >= va->priority));
	largest = va->hole;
	hole = check_tree(va->left, low, va->va_start, depth + 1, nodes);
	largest = max(largest, hole);
	hole = check_tree(va->right, va->va_end, high, depth + 1, nodes);
	largest = max(largest, hole);
	must_say(va->max_hole == largest,
		 "the largest hole below area %08lx is noted as %lu bytes, it has %lu",
		 va->va_start, va->max_hole, largest);
	return largest;
}

static void check(void)
{
	const struct vmap_area *root = &vmap_area_end, *va;
	unsigned int i = 0, nodes = 0;

	list_for_each_entry(va, &vmap_area_list, list) {
		uint64_t hole = 0;

		must_say(i < model.nr && va == model.areas[i],
			 "area %u of the list is %08lx - %08lx, it has to be %08lx", i + 1, va->va_start,
			 va->va_end, i < model.nr ? model.areas[i]->va_start : 0);
		if (model_hole_end(i) > model_hole_start(i))
			hole = model_hole_end(i) - model_hole_start(i);
		must_say(va->hole == hole,
			 "in front of area %08lx - %08lx a hole of %lu bytes is noted, there are %llu",
			 va->va_start, va->va_end, va->hole, (unsigned long long)hole);
		i++;
	}
	must_say(i == model.nr, "the list has %u areas, %u were taken", i, model.nr);
	while (root->parent)
		root = root->parent;
	check_tree(root, model.start, model.end, 1, &nodes);
	must(nodes == model.nr + 1);
	seen.areas = max(seen.areas, model.nr);
}

static unsigned long random_size(void)
{
	unsigned long pages = (model.end - model.start) >> PAGE_SHIFT;

	if (random_chance(50))
		return -(unsigned long)(1 + random_below(pages)) & PAGE_MASK;
	if (random_chance(20))
		pages = 1 + random_below(pages);
	else
		pages = 1 + random_below(random_chance(4) ? 40 : 4);
	return pages << PAGE_SHIFT;
}

static void take(void)
{
	unsigned long size = random_size();
	unsigned long align = PAGE_SIZE << (random_chance(3) ? random_below(8) : 0);
	struct vmap_area *va = malloc(sizeof(*va));
	unsigned int place;
	uint64_t wanted;

	memset(va, 0x5a, sizeof(*va));
	wanted = model_find(size, align, &place);
	if (!alloc_vmap_area(va, size, align)) {
		must_say(!wanted, "%lu bytes at a multiple of %lu are refused, there is room at %08llx", size,
			 align, (unsigned long long)wanted);
		seen.refused++;
		free(va);
		return;
	}
	must_say(wanted, "%lu bytes at a multiple of %lu are at %08lx, where there is no room", size, align,
		 va->va_start);
	must_say(va->va_start == wanted && va->va_end == wanted + size,
		 "%lu bytes at a multiple of %lu are at %08lx - %08lx, the lowest room is %08llx - %08llx",
		 size, align, va->va_start, va->va_end, (unsigned long long)wanted,
		 (unsigned long long)(wanted + size));
	memmove(&model.areas[place + 1], &model.areas[place],
		(model.nr - place) * sizeof(model.areas[0]));
	model.areas[place] = va;
	model.nr++;
	seen.taken++;
}

static void give_back(unsigned int i)
{
	struct vmap_area *va = model.areas[i];

	must(find_vmap_area(va->va_start) == va);
	free_vmap_area(va);
	must(!find_vmap_area(va->va_start));
	free(va);
	model.nr--;
	memmove(&model.areas[i], &model.areas[i + 1], (model.nr - i) * sizeof(model.areas[0]));
}

static void look_for_any(void)
{
	unsigned long pages = (model.end - model.start) >> PAGE_SHIFT;
	unsigned long addr = model.start + ((unsigned long)random_below(pages + 1) << PAGE_SHIFT);
	struct vmap_area *found = NULL;
	unsigned int i;

	for (i = 0; i < model.nr; i++)
		if (model.areas[i]->va_start == addr)
			found = model.areas[i];
	must_say(find_vmap_area(addr) == found, "an area that begins at %08lx is%s found, there is %s", addr,
		 find_vmap_area(addr) ? "" : " not", found ? "one" : "none");
}

static void start_space(void)
{
	unsigned long pages = 1 + random_below(random_chance(3) ? 3000 : 200);

	model.end = random_chance(2) ? 0xfffff000 : 0xf0000000 + (random_below(0x8000) << PAGE_SHIFT);
	model.start = model.end - (pages << PAGE_SHIFT);
	model.nr = 0;
	vmap_area_init(model.start, model.end);
	check();
}

static void one_run(void)
{
	unsigned int steps = 50 + random_below(400), take_one_in = 1 + random_below(3);

	start_space();
	while (steps--) {
		if (model.nr < MAX_AREAS && (!model.nr || random_below(4) >= take_one_in))
			take();
		else
			give_back(random_below(model.nr));
		look_for_any();
		check();
		seen.full += model.nr == MAX_AREAS;
	}
	while (model.nr)
		give_back(random_below(model.nr));
	check();
	must(vmap_area_end.hole == model.end - model.start);
}

/* What no random run shows: the depth of a tree of many areas that came in order. */
static void many_in_order(void)
{
	static struct vmap_area areas[10000];
	unsigned int i, nodes = 0;
	const struct vmap_area *root = &vmap_area_end;

	vmap_area_init(0xc4800000, 0xffbfe000);
	for (i = 0; i < ARRAY_SIZE(areas); i++)
		must(alloc_vmap_area(&areas[i], 2 * PAGE_SIZE, PAGE_SIZE));
	while (root->parent)
		root = root->parent;
	seen.depth = 0;
	check_tree(root, 0xc4800000, 0xffbfe000, 1, &nodes);
	must(nodes == ARRAY_SIZE(areas) + 1);
	must(seen.depth < 64);
	printf("%zu areas in order: depth %u\n", ARRAY_SIZE(areas), seen.depth);
}

int main(int argc, char **argv)
{
	unsigned long runs = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 1000);

	random_init("prop_vmalloc");
	for (case_number = 0; case_number < runs; case_number++)
		one_run();
	printf("%lu runs: %lu areas taken, %lu of them aligned by luck, %lu refused; up to %u at once, "
	       "depth %u\n", runs, seen.taken, seen.lucky, seen.refused, seen.areas, seen.depth);
	if (runs >= 100)
		must(seen.taken && seen.lucky && seen.refused && seen.areas > 50);
	many_in_order();
	return 0;
}
