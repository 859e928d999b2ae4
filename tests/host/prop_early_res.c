// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/kernel/early_res.c and src/mm/boot/nobootmem.c against a model that keeps one number for each piece of
 * 64 bytes: whose it is.
 *
 * A run makes a small machine with one to three RAM ranges, and then reserves, allocates and gives
 * back at random, and looks for free places. What may be overlapped is cut; every other overlap must
 * end in a panic. After each operation the table must say of every piece what the model says. Where
 * the table needs more room it moves; it must not lie on anything. An allocation must lie where the
 * model puts it, zeroed. In the end the table is taken over: by bootmem, to which each piece is
 * reported once, or by the page allocator, to which each page that nobody uses is handed once, in
 * order. From then on every call must end in BUG().
 *
 *	prop_early_res OPERATIONS	SEED= in the environment repeats a run
 */
#include <asm/page.h>
#include <asm/sections.h>
#include <kernel/early_res.h>
#include <kernel/range.h>
#include <lib/kernel.h>
#include <lib/vsprintf.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/early.h>
#include <mm/boot/nobootmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#include <host.h>

#include <early_res_again.h>

#define PIECE		64ULL
#define A_PAGE		(PAGE_SIZE / PIECE)
#define MAX_PFN		40
#define MAX_PIECES	(MAX_PFN * A_PAGE)
#define NOWHERE		(-1)
#define NOBODY		0
#define TABLE		1	/* the table itself, where it has moved out of the image */

char *host_memory;
struct page *mem_map;
unsigned long max_low_pfn, max_pfn_mapped;
static struct page pages[MAX_PFN];

/* RAM as early_node_map has it, and to the byte: a range may begin and end within a page. */
static struct node_active_region ram[3];
static struct phys_range ram_bytes[3];
static int nr_ram;
static bool mostly_cuttable;		/* nearly all reservations: the table fills up */

static struct {
	u16 owner[MAX_PIECES];
	bool cuttable[1 << 16];		/* by owner */
	bool allocated[1 << 16];	/* by owner: named BOOTMEM */
	unsigned int slots;
} model;
static u16 next_owner;

static unsigned long freed[MAX_PFN], nr_freed;
static u16 taken[MAX_PIECES];
static unsigned long owners_told;

static struct {
	unsigned long runs, reserved, cut, overlaps, full, freed, allocations, no_room, grown, stuck,
		sizes, handed, taken;
} seen;

/* --- what the kernel files call ----------------------------------------------------------- */

int active_ranges(const struct node_active_region **map)
{
	*map = ram;
	return nr_ram;
}

unsigned long __absent_pages_in_range(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long absent = end_pfn - start_pfn;

	for (int i = 0; i < nr_ram; i++)
		for (unsigned long pfn = ram[i].start_pfn; pfn < ram[i].end_pfn; pfn++)
			absent -= pfn >= start_pfn && pfn < end_pfn;
	return absent;
}

void balance_own(const char *owner, struct phys_range range)
{
	owners_told++;
}

/* The lowest of n pieces in [from, to) that nobody has, at a multiple of step; or NOWHERE. */
static int lowest_free(int from, int to, int n, int step)
{
	for (int at = roundup(from, step), end = at; at + n <= to; end = max(end, at)) {
		while (end < at + n && model.owner[end] == NOBODY)
			end++;
		if (end == at + n)
			return at;
		at = roundup(end + 1, step);
	}
	return NOWHERE;
}

/* The same in whole pages of RAM. */
static int lowest_free_ram(int from, int to, int n, int step)
{
	for (int i = 0; i < nr_ram; i++) {
		int at = lowest_free(max_t(int, from, ram[i].start_pfn * A_PAGE),
				     min_t(int, to, ram[i].end_pfn * A_PAGE), n, step);

		if (at != NOWHERE)
			return at;
	}
	return NOWHERE;
}

/* The same in RAM to the byte, mapped or not; the step is a piece. */
static int lowest_free_bytes(int from, int to, int n)
{
	for (int i = 0; i < nr_ram; i++) {
		int at = lowest_free(max_t(int, from, ram_bytes[i].start / PIECE),
				     min_t(int, to, ram_bytes[i].end / PIECE), n, 1);

		if (at != NOWHERE)
			return at;
	}
	return NOWHERE;
}

void __free_pages_bootmem(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	must(order == 0 || (order == 5 && pfn % 32 == 0));
	for (unsigned long i = 0; i < 1UL << order; i++) {
		must(nr_freed < MAX_PFN);
		freed[nr_freed++] = pfn + i;
	}
}

/* --- the model ---------------------------------------------------------------------------- */

static void name_of(char *name, u16 owner)
{
	if (owner == TABLE)
		strcpy(name, "EARLY_RES");
	else if (model.allocated[owner])
		strcpy(name, "BOOTMEM");
	else
		sprintf(name, "r%u", owner);
}

static void mark(int start, int end, u16 owner)
{
	for (; start < end; start++)
		model.owner[start] = owner;
}

/* How many entries the table needs: as many as there are pieces in a row with one owner. */
static unsigned int entries(void)
{
	unsigned int n = 0;

	for (int i = 0; i < (int)MAX_PIECES; i++)
		n += model.owner[i] != NOBODY && (!i || model.owner[i] != model.owner[i - 1]);
	return n;
}

/* Every entry covers what is its owner's and nothing else, and there are as many as there must be. */
static void check_table(void)
{
	int total = early_res_total();
	char name[16];

	must_say((unsigned int)total == entries(), "the table has %d entries, there are %u reservations", total,
		 entries());
	must(early_res_bytes() == model.slots * sizeof(struct early_res));
	for (int i = 0; i < total; i++) {
		const struct early_res *r = early_res_get(i);
		u16 owner = model.owner[r->start / PIECE];

		must(r->start < r->end && r->end <= MAX_PIECES * PIECE);
		must(owner != NOBODY && (owner == TABLE) == (i < early_res_first()));
		must(r->start % PIECE == 0 && r->end % PIECE == 0);
		must(r->start == 0 || model.owner[r->start / PIECE - 1] != owner);
		for (u64 at = r->start / PIECE; at < r->end / PIECE; at++)
			must_say(model.owner[at] == owner,
				 "entry %d, %08llx - %08llx, covers %08llx, which is not its owner's", i, r->start,
				 r->end, at * PIECE);
		must(r->end == MAX_PIECES * PIECE || model.owner[r->end / PIECE] != owner);
		must(r->overlap_ok == model.cuttable[owner]);
		name_of(name, owner);
		must(!strcmp(r->name, name));
	}
}

static bool overlaps_hard(int start, int end)
{
	for (; start < end; start++)
		if (model.owner[start] != NOBODY && !model.cuttable[model.owner[start]])
			return true;
	return false;
}

static bool overlaps(int start, int end)
{
	for (; start < end; start++)
		if (model.owner[start] != NOBODY)
			return true;
	return false;
}

/* An eighth of the slots, but at least two, or at most four of the first table, are spare. */
static bool wants_growth(void)
{
	return model.slots - entries() <= max(model.slots / 8, 2u);
}

/* Where a table of n pieces goes when [start, end) is being reserved: below it, or else above. */
static int table_place(int start, int end, int n)
{
	int from = 0, mapped = max_pfn_mapped * A_PAGE, at = NOWHERE;

	for (int i = 0; i < (int)MAX_PIECES; i++)
		if (model.owner[i] == TABLE)
			from = i + 1;
	if (from + n < min(start, mapped))
		at = lowest_free_bytes(from, min(start, mapped), n);
	if (at == NOWHERE && end + n < mapped)
		at = lowest_free_bytes(end, mapped, n);
	return at;
}

/*
 * After a call that reserves [start, end), before the model knows it: has the table moved, and to
 * where it must? Returns false if there is no place.
 */
static bool follow_table(bool wanted, int start, int end)
{
	int n = 2 * model.slots * sizeof(struct early_res) / PIECE, at;
	char line[100];

	if (!wanted) {
		must(!log_has("early_res array"));
		return true;
	}
	at = table_place(start, end, n);
	if (at == NOWHERE)
		return false;
	sprintf(line, "early_res array is doubled to %u at [%llx - %llx]\n", 2 * model.slots, at * PIECE,
		(at + n) * PIECE - 1);
	must(log_has(line));
	for (int i = 0; i < (int)MAX_PIECES; i++)
		if (model.owner[i] == TABLE)
			model.owner[i] = NOBODY;
	mark(at, at + n, TABLE);
	model.slots *= 2;
	seen.grown++;
	return true;
}

/* --- a run -------------------------------------------------------------------------------- */

/* Whole pages of RAM, and sometimes a part of a page before and after; another range's is not met. */
static struct phys_range random_ends(unsigned long start_pfn, unsigned long end_pfn)
{
	struct phys_range r = { PFN_PHYS(start_pfn), PFN_PHYS(end_pfn) };

	if (start_pfn && random_chance(2))
		r.start -= random_below(A_PAGE / 2) * PIECE;
	if (end_pfn < MAX_PFN && random_chance(2))
		r.end += random_below(A_PAGE / 2) * PIECE;
	return r;
}

static void start_machine(void)
{
	unsigned long pfn = random_below(3);

	early_res_again();
	memset(&model, 0, sizeof(model));
	model.slots = MAX_EARLY_RES_X;
	next_owner = TABLE + 1;
	nr_ram = 0;
	for (int left = 1 + random_below(3); left && pfn < MAX_PFN; left--) {
		unsigned long end = pfn + 1 + random_below(MAX_PFN - pfn);

		if (left == 1 && random_chance(2))
			end = MAX_PFN;
		ram[nr_ram] = (struct node_active_region){ .start_pfn = pfn, .end_pfn = end };
		ram_bytes[nr_ram++] = random_ends(pfn, end);
		pfn = end + 1 + random_below(4);
	}
	early_res_set_ram(ram_bytes, nr_ram);
	max_low_pfn = random_chance(2) ? MAX_PFN : 1 + random_below(MAX_PFN);
	max_pfn_mapped = random_chance(2) ? MAX_PFN : random_below(MAX_PFN + 1);
	mostly_cuttable = random_chance(6);
	owners_told = 0;
	check_table();
}

static void random_range(int *start, int *end)
{
	*start = random_below(MAX_PIECES);
	*end = *start + 1 + random_below(min_t(int, MAX_PIECES - *start,
					       random_chance(10) ? 5 * A_PAGE : 10));
}

static u16 new_owner(bool cuttable, bool allocated)
{
	model.cuttable[next_owner] = cuttable;
	model.allocated[next_owner] = allocated;
	return next_owner++;
}

static void call_reserve(int start, int end, u16 owner, bool unchecked)
{
	char name[16];

	name_of(name, owner);
	if (model.cuttable[owner])
		reserve_early_overlap_ok(start * PIECE, end * PIECE, name);
	else if (unchecked)
		reserve_early_without_check(start * PIECE, end * PIECE, name);
	else
		reserve_early(start * PIECE, end * PIECE, name);
}

/* Returns false after a panic: the run is over. */
static bool do_reserve(void)
{
	bool cuttable = mostly_cuttable ? !random_chance(50) : random_chance(4);
	bool wanted = !cuttable && wants_growth(), panicked, unchecked;
	unsigned int before = entries();
	int start, end;
	u16 owner;

	random_range(&start, &end);
	if (overlaps_hard(start, end) && !random_chance(40))
		return true;
	unchecked = !overlaps(start, end) && random_chance(2);
	owner = new_owner(cuttable, false);
	panicked = panics(call_reserve(start, end, owner, unchecked));
	if (!follow_table(wanted, start, end)) {
		must(panicked && log_has("can not find more space for early_res array"));
		seen.stuck++;
		return false;
	}
	if (overlaps_hard(start, end)) {
		must(panicked && log_has("Overlapping early reservations"));
		seen.overlaps++;
		return false;
	}
	seen.cut += overlaps(start, end);
	mark(start, end, owner);
	if (entries() > model.slots) {
		must(panicked && cuttable && log_has("Too many early reservations"));
		seen.full++;
		return false;
	}
	must(!panicked && (cuttable || before < model.slots));
	seen.reserved++;
	return true;
}

static void do_free(void)
{
	struct early_res r;
	int first = early_res_first(), n = early_res_total() - first;

	if (!n)
		return;
	r = *early_res_get(first + random_below(n));
	if (r.end - r.start > PIECE && random_chance(10)) {
		must(panics(free_early(r.start, r.end - PIECE)));
		must(panics(free_early(r.start + PIECE, r.end)));
		must(log_has("free_early on not reserved area"));
		return;
	}
	free_early(r.start, r.end);
	mark(r.start / PIECE, r.end / PIECE, NOBODY);
	seen.freed++;
}

static void do_find(void)
{
	int n = 1 + random_below(random_chance(2) ? 10 : 3 * A_PAGE), step = 1 << random_below(9);
	int from = random_below(MAX_PIECES), to = from + random_below(MAX_PIECES + 1 - from);
	int start = random_below(MAX_PIECES), end = random_below(MAX_PIECES + 1);
	int at = lowest_free(max(roundup(from, step), roundup(start, step)), min(to, end), n, step);
	u64 size, found;

	must(find_early_area(from * PIECE, to * PIECE, start * PIECE, end * PIECE, n * PIECE,
			     step * PIECE) == (at == NOWHERE ? -1ULL : at * PIECE));

	/* May give up after several reservations, as Linux does; what it finds is the next piece. */
	found = find_early_area_size(from * PIECE, to * PIECE, start * PIECE, &size, step * PIECE);
	if (found == -1ULL)
		return;
	must(found == lowest_free(max(roundup(from, step), roundup(start, step)), to, 1, step) * PIECE);
	end = (found + size) / PIECE;
	must(size && size <= to * PIECE - found && end <= to && !overlaps(found / PIECE, end));
	must(end == to || model.owner[end] != NOBODY);
	seen.sizes++;
}

/* Returns false after a panic. */
static bool do_alloc(void)
{
	int n = 1 + random_below(random_chance(4) ? 3 * A_PAGE : 8), step = 1 << random_below(8);
	int goal = random_chance(2) ? 0 : random_below(MAX_PIECES);
	int limit = random_chance(2) ? MAX_PIECES : random_below(MAX_PIECES + 1);
	int at = lowest_free_ram(roundup(goal, step), limit, n, step);
	bool wanted = wants_growth() && at != NOWHERE, panicked;
	void *volatile mem = NULL;

	if (at != NOWHERE)
		memset(host_memory + at * PIECE, 0xa5, n * PIECE);
	panicked = panics(mem = __alloc_memory_core_early(0, n * PIECE, step * PIECE, goal * PIECE,
							  limit * PIECE));
	if (!follow_table(wanted, at, at + n)) {
		must(panicked && log_has("can not find more space for early_res array"));
		seen.stuck++;
		return false;
	}
	must(!panicked && mem == (at == NOWHERE ? NULL : host_memory + at * PIECE));
	if (at == NOWHERE) {
		seen.no_room++;
		return true;
	}
	for (u64 i = 0; i < n * PIECE; i++)
		must(!host_memory[at * PIECE + i]);
	must(!overlaps(at, at + n));
	mark(at, at + n, new_owner(false, true));
	seen.allocations++;
	return true;
}

static void too_late(void)
{
	log_clear();
	must(panics(reserve_early(0, PIECE, "late")) && log_has("reserve_early() called from [<"));
	must(panics(reserve_early_overlap_ok(0, PIECE, "late")));
	must(panics(__alloc_memory_core_early(0, PIECE, PIECE, 0, MAX_PIECES * PIECE)));
	must(panics(free_early(0, PIECE)) && log_has(": too late"));
}

static bool page_is_free(unsigned long pfn)
{
	int at = pfn * A_PAGE;

	for (int i = 0; i < nr_ram; i++)
		if (pfn >= ram[i].start_pfn && pfn < ram[i].end_pfn && pfn < max_low_pfn)
			return !overlaps(at, at + A_PAGE);
	return false;
}

/* The reservations' own table is free from now on. */
static void forget_table(void)
{
	for (int i = 0; i < (int)MAX_PIECES; i++)
		if (model.owner[i] == TABLE)
			model.owner[i] = NOBODY;
}

static void hand_to_buddy(void)
{
	unsigned long n = 0, total = 0;
	int ranges = DIV_ROUND_UP(2 * (early_res_total() + nr_ram) * sizeof(struct range), PIECE);
	bool panicked;

	nr_freed = 0;
	panicked = panics(total = free_all_memory_core_early());
	if (lowest_free_bytes(0, max_pfn_mapped * A_PAGE, ranges) == NOWHERE) {
		must(panicked && log_has("can not find more space for range free"));
		seen.stuck++;
		return;
	}
	must(!panicked);
	forget_table();
	for (unsigned long pfn = 0; pfn < MAX_PFN; pfn++)
		if (page_is_free(pfn))
			must_say(n < nr_freed && freed[n++] == pfn,
				 "page frame %lu has to be freed next, and is not", pfn);
	must_say(n == nr_freed && total == n, "%lu pages had to be freed, %lu were, and %lu are said to be",
		 (unsigned long)n, (unsigned long)nr_freed, (unsigned long)total);
	must(owners_told == entries());
	seen.handed++;
	too_late();
}

static void take(struct phys_range range)
{
	must(range.start < range.end && range.end <= MAX_PIECES * PIECE);
	for (u64 at = range.start / PIECE; at < range.end / PIECE; at++) {
		must(taken[at] == NOBODY);
		taken[at] = 1;
	}
}

static void hand_to_bootmem(void)
{
	int start = random_below(MAX_PIECES), end = random_below(MAX_PIECES + 1);
	bool as_in_boot = random_chance(2);
	unsigned int count;
	int handed, total;

	memset(taken, 0, sizeof(taken));
	if (as_in_boot) {
		start = 0;
		end = max_low_pfn * A_PAGE;
		early_hand_over(0, take);
	} else {
		early_res_to_bootmem(start * PIECE, end * PIECE, take);
	}
	forget_table();
	count = entries();
	for (int at = 0; at < (int)MAX_PIECES; at++)
		must(taken[at] == (at >= start && at < end && model.owner[at] != NOBODY));
	must(owners_told == (as_in_boot ? count : 0));
	early_res_handed_over(&handed, &total);
	must((unsigned int)handed == min_t(unsigned int, count, MAX_EARLY_RES_X));
	must((unsigned int)total == count);
	seen.taken++;
	too_late();
}

/* Returns false if the run is over. */
static bool one_operation(void)
{
	bool going_on = true;

	log_clear();
	case_number++;
	switch (random_below(mostly_cuttable ? 200 : 10)) {
	case 0:
		do_free();
		break;
	case 1:
		do_find();
		break;
	case 2 ... 4:
		going_on = do_alloc();
		break;
	default:
		going_on = do_reserve();
	}
	if (going_on)
		check_table();
	return going_on;
}

static void one_run(void)
{
	int left = 1 + random_below(random_chance(4) ? 600 : 100);

	start_machine();
	seen.runs++;
	while (left--)
		if (!one_operation())
			return;
	log_clear();
	if (random_chance(3))
		hand_to_bootmem();
	else
		hand_to_buddy();
}

int main(int argc, char **argv)
{
	unsigned long wanted = run_count(argc > 1 ? strtoul(argv[1], NULL, 0) : 10000);

	random_init("prop_early_res");
	host_memory = calloc(MAX_PFN, PAGE_SIZE);
	mem_map = pages;
	while (case_number < wanted)
		one_run();
	printf("%lu operations in %lu runs: %lu reserved (%lu cut something), %lu overlaps, %lu times "
	       "full, %lu given back, %lu allocations, %lu without room, table grown %lu times, %lu "
	       "times stuck, %lu sizes; taken over %lu times by bootmem, %lu by the page allocator\n",
	       case_number, seen.runs, seen.reserved, seen.cut, seen.overlaps, seen.full, seen.freed,
	       seen.allocations, seen.no_room, seen.grown, seen.stuck, seen.sizes, seen.taken,
	       seen.handed);
	if (wanted >= 10000 && (!seen.cut || !seen.overlaps || !seen.full || !seen.no_room ||
				!seen.grown || !seen.stuck || !seen.sizes || !seen.taken ||
				!seen.handed)) {
		fprintf(stderr, "some kind of operation was never tried\n");
		return 1;
	}
	free(host_memory);
	return 0;
}
