// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reservations by name, before any allocator exists: a small table of physical
 * ranges that the boot must not give away (the image, the RAM disk, the BIOS's
 * own data, page tables, the boot allocator's bitmap).
 *
 *	state:   the entries in use come first; the first with end == 0 ends them
 *	order:   as they were made, not by address
 *	lookup:  linear; find_early_area() walks around them
 *
 *	growth:  when four slots are left (or an eighth of the table) it moves to a place
 *	         of twice the size, which its own first entry then reserves
 *
 * An entry may be marked overlap_ok ("reserved to be on the safe side"): a later
 * reservation takes what it needs out of it. Every other overlap is a bug in the
 * boot and panics. When the boot allocator is up it takes the table over; who comes
 * after that is named in a BUG: nothing would keep what he reserves.
 *
 * What is RAM the table is told once (early_res_set_ram()); only then can it find
 * anything, and grow.
 */
#include <asm/page.h>
#include <asm/sections.h>
#include <kernel/early_res.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/refuse.h>
#include <lib/kernel.h>
#include <lib/string.h>

static struct early_res early_res_x[MAX_EARLY_RES_X] __initdata;
static struct early_res *early_res __initdata = early_res_x;
static int max_early_res __initdata = MAX_EARLY_RES_X;
static int early_res_count __initdata;
static bool taken_over __initdata;

/* RAM, by address; the array is whoever's who knows what is RAM. */
static const struct phys_range *ram __initdata;
static unsigned int nr_ram __initdata;

/* The table as it was handed over, for who wants to look at it later. */
static struct early_res handed_over[MAX_EARLY_RES_X];
static int nr_handed_over, total_handed_over;

static void __init check_not_taken_over(const char *func, const void *caller)
{
	if (taken_over)
		refuse_call(func, caller, "too late, the early reservations have been taken over");
}

static struct phys_range __init range_of(const struct early_res *r)
{
	return phys_range(r->start, r->end);
}

/* The first entry of which a byte lies in a range, or NULL. */
static struct early_res * __init first_in(struct phys_range range)
{
	struct early_res *r;

	for (r = early_res; r < early_res + early_res_count; r++)
		if (phys_range_overlap(range, range_of(r)))
			return r;
	return NULL;
}

/* Those after it move up. */
static void __init drop_entry(struct early_res *r)
{
	struct early_res *last = &early_res[--early_res_count];

	memmove(r, r + 1, (last - r) * sizeof(*r));
	memset(last, 0, sizeof(*last));
}

/* Notes a range at the table's end, whoever else may have it. */
static void __init note(struct phys_range range, const char *name, bool overlap_ok)
{
	struct early_res entry = { range.start, range.end, "", overlap_ok };

	if (early_res_count >= max_early_res)
		panic("Too many early reservations: no room for %s [%llx - %llx] after %d", name,
		      range.start, range.end, max_early_res);
	strlcpy(entry.name, name, sizeof(entry.name));
	early_res[early_res_count++] = entry;
}

/*
 * Takes a range out of every overlap_ok entry; what is left of one stays, as new entries. Ends at
 * the first that may not be cut: the caller will panic on it.
 */
static void __init cut_out(struct phys_range range)
{
	int i = 0;

	while (i < early_res_count) {
		const struct early_res old = early_res[i];

		if (!phys_range_overlap(range, range_of(&old))) {
			i++;
			continue;
		}
		if (!old.overlap_ok)
			return;
		drop_entry(&early_res[i]);
		if (old.start < range.start)
			note(phys_range(old.start, range.start), old.name, true);
		if (range.end < old.end)
			note(phys_range(range.end, old.end), old.name, true);
	}
}

/* Room in mapped RAM for the larger table, beyond the old one, not where `range` is about to be. */
static u64 __init find_table_space(u64 size, struct phys_range range)
{
	u64 start = early_res == early_res_x ? 0 : early_res[0].end, mem = -1ULL;
	u64 mapped = PFN_PHYS(max_pfn_mapped), end = min(range.start, mapped);

	if (start + size < end)
		mem = early_res_find_area(phys_range(start, end), size, sizeof(struct early_res));
	if (mem == -1ULL && range.end + size < mapped)
		mem = early_res_find_area(phys_range(range.end, mapped), size,
					  sizeof(struct early_res));
	return mem;
}

/*
 * Linux: kernel/early_res.c:__check_and_double_early_res, v2.6.34, which looks below the range for
 * memory that isn't mapped yet as well.
 */
static void __init check_and_double_early_res(struct phys_range range)
{
	u64 size = 2 * max_early_res * sizeof(struct early_res), mem;
	int old = early_res_first();
	struct early_res *new;

	if (max_early_res - early_res_count > max(max_early_res / 8, 2))
		return;
	mem = find_table_space(size, range);
	if (mem == -1ULL)
		panic("can not find more space for early_res array: %llu bytes of mapped RAM for %d "
		      "reservations", size, 2 * max_early_res);
	new = __va((unsigned long)mem);
	memset(new, 0, size);
	new[0] = (struct early_res){ mem, mem + size, "EARLY_RES", 0 };
	memcpy(&new[1], &early_res[old], (early_res_count - old) * sizeof(struct early_res));
	early_res_count += 1 - old;
	early_res = new;
	max_early_res *= 2;
	printk(KERN_DEBUG "early_res array is doubled to %d at [%llx - %llx]\n", max_early_res, mem,
	       mem + size - 1);
}

static void __init reserve(struct phys_range range, const char *name, bool overlap_ok)
{
	const struct early_res *r;

	cut_out(range);
	r = first_in(range);
	if (r)
		panic("Overlapping early reservations %llx-%llx %s to %llx-%llx %s\n", range.start,
		      range.end - 1, name, r->start, r->end - 1, r->name);
	note(range, name, overlap_ok);
}

/**
 * reserve_early_overlap_ok - reserve a range that later reservations may cut
 * @start: physical address
 * @end: physical address after the range, above @start
 * @name: who needs it; 14 characters are kept
 *
 * Panics if the range overlaps an entry made by reserve_early(), or if the table
 * is full. Before early_res_to_bootmem() only.
 * Linux: kernel/early_res.c:reserve_early_overlap_ok, v2.6.34.
 */
void __init reserve_early_overlap_ok(u64 start, u64 end, const char *name)
{
	check_not_taken_over(CALL);
	reserve(phys_range(start, end), name, true);
}

/**
 * reserve_early - reserve a range
 * @start: physical address
 * @end: physical address after the range; nothing happens unless above @start
 * @name: who needs it; 14 characters are kept
 *
 * Panics if the range overlaps another such entry, or if the table is full.
 * Before early_res_to_bootmem() only.
 * Linux: kernel/early_res.c:reserve_early, v2.6.34.
 */
void __init reserve_early(u64 start, u64 end, const char *name)
{
	check_not_taken_over(CALL);
	if (start >= end)
		return;
	check_and_double_early_res(phys_range(start, end));
	reserve(phys_range(start, end), name, false);
}

/**
 * reserve_early_without_check - reserve a range that is known to be free
 * @start: physical address
 * @end: physical address after the range; nothing happens unless above @start
 * @name: who needs it; 14 characters are kept
 *
 * Linux: kernel/early_res.c:reserve_early_without_check, v2.6.34.
 */
void __init reserve_early_without_check(u64 start, u64 end, const char *name)
{
	check_not_taken_over(CALL);
	if (start >= end)
		return;
	check_and_double_early_res(phys_range(start, end));
	note(phys_range(start, end), name, false);
}

/**
 * free_early - give a reservation back
 * @start: as it was reserved
 * @end: as it was reserved
 *
 * Panics if there is no entry with exactly this range.
 * Linux: kernel/early_res.c:free_early, v2.6.34.
 */
void __init free_early(u64 start, u64 end)
{
	struct early_res *r;

	check_not_taken_over(CALL);
	r = first_in(phys_range(start, end));
	if (!r || r->start != start || r->end != end)
		panic("free_early on not reserved area: %llx-%llx!", start, end - 1);
	drop_entry(r);
}

/* Moves *addrp past the reservations that overlap [*addrp, *addrp + size). */
static void __init skip_reserved(u64 *addrp, u64 size, u64 align)
{
	const struct early_res *r;

	while ((r = first_in(phys_range(*addrp, *addrp + size))))
		*addrp = round_up(r->end, align);
}

/**
 * find_early_area - the lowest free place in a RAM range
 * @ei_start: the RAM range, physical bytes [ei_start, ei_last)
 * @ei_last: its end
 * @start: not below this address
 * @end: not beyond this address
 * @size: bytes
 * @align: power of two
 *
 * Nothing is reserved.
 * Return: a physical address, or -1ULL.
 * Linux: kernel/early_res.c:find_early_area, v2.6.34.
 */
u64 __init find_early_area(u64 ei_start, u64 ei_last, u64 start, u64 end, u64 size, u64 align)
{
	u64 addr = max(round_up(ei_start, align), round_up(start, align));

	check_not_taken_over(CALL);
	if (addr < ei_start || addr >= ei_last)		/* below: rounding it up has wrapped */
		return -1ULL;
	skip_reserved(&addr, size, align);
	if (addr + size < addr || addr + size > ei_last || addr + size > end)
		return -1ULL;
	return addr;
}

/*
 * Cuts [*addrp, *addrp + *sizep) at the reservations: up to the next one that
 * starts in it, from the end of one that covers its beginning. Inside a single
 * reservation, or where alignment leaves nothing after one, the size becomes
 * impossible, so that the caller gives up.
 */
static void __init cut_at_reservations(u64 *addrp, u64 *sizep, u64 align)
{
	int i;

	for (i = 0; i < early_res_count; i++) {
		const struct early_res *r = &early_res[i];
		u64 last = *addrp + *sizep;

		if (last > r->start && *addrp < r->start) {
			*sizep = r->start - *addrp;
			i = -1;
		} else if (last > r->end && *addrp < r->end) {
			*addrp = round_up(r->end, align);
			if (*addrp >= last) {
				*sizep = -1ULL - *addrp;
				return;
			}
			*sizep = last - *addrp;
			i = -1;
		} else if (last <= r->end && *addrp >= r->start) {
			*sizep = -1ULL - *addrp;
			return;
		}
	}
}

/**
 * find_early_area_size - the next free piece of a RAM range, and its size
 * @ei_start: the RAM range, physical bytes [ei_start, ei_last)
 * @ei_last: its end
 * @start: not below this address
 * @sizep: the size found, in bytes
 * @align: power of two
 *
 * Return: a physical address, or -1ULL.
 * Linux: kernel/early_res.c:find_early_area_size, v2.6.34. There the size wraps where the aligned
 * end of a reservation lies after the piece that follows it.
 */
u64 __init find_early_area_size(u64 ei_start, u64 ei_last, u64 start, u64 *sizep, u64 align)
{
	u64 addr = max(round_up(ei_start, align), round_up(start, align));

	check_not_taken_over(CALL);
	if (addr < ei_start || addr >= ei_last)		/* below: rounding it up has wrapped */
		return -1ULL;
	*sizep = ei_last - addr;
	cut_at_reservations(&addr, sizep, align);
	if (addr + *sizep > ei_last)
		return -1ULL;
	return addr;
}

/**
 * early_res_set_ram - from now on it is known where RAM is
 * @ranges: all of it, by address; the array stays as it is while the table is in use
 * @nr: how many ranges
 *
 * Before that nothing is found, and a full table can't grow. Linux asks the memory map itself, with
 * find_e820_area().
 */
void __init early_res_set_ram(const struct phys_range *ranges, unsigned int nr)
{
	ram = ranges;
	nr_ram = nr;
}

/**
 * early_res_find_area - the lowest free place in RAM
 * @range: within these physical bytes
 * @size: bytes
 * @align: power of two
 *
 * First fit, around the reservations. Nothing is reserved. After early_res_set_ram(), before
 * early_res_forget().
 * Return: a physical address, or -1ULL.
 */
u64 __init early_res_find_area(struct phys_range range, u64 size, u64 align)
{
	const struct phys_range *r;
	u64 addr = -1ULL;

	for (r = ram; addr == -1ULL && r < ram + nr_ram; r++)
		addr = find_early_area(r->start, r->end, range.start, range.end, size, align);
	return addr;
}

/**
 * early_res_next_free - the next free piece of RAM, whatever its size
 * @start: physical address to begin at
 *
 * As early_res_find_area().
 * Return: physical bytes; an empty range if there is nothing.
 */
struct phys_range __init early_res_next_free(u64 start)
{
	const struct phys_range *r;
	u64 addr, size;

	for (r = ram; r < ram + nr_ram; r++) {
		addr = find_early_area_size(r->start, r->end, start, &size, 1);
		if (addr != -1ULL)
			return phys_span(addr, size);
	}
	return phys_range(0, 0);
}

/**
 * early_res_first - index of the first entry that isn't the table itself
 *
 * Return: 0 or 1.
 */
int __init early_res_first(void)
{
	return early_res != early_res_x;
}

/**
 * early_res_total - entries in use, the table's own among them
 *
 * Return: their number; after the boot allocator took them over, how many there were.
 */
int __init early_res_total(void)
{
	return early_res_count;
}

/**
 * early_res_bytes - what the table takes, or took
 *
 * Return: bytes.
 */
unsigned long __init early_res_bytes(void)
{
	return max_early_res * sizeof(struct early_res);
}

/**
 * early_res_get - look at an entry
 * @i: 0 to early_res_total() - 1
 *
 * Not after early_res_forget().
 *
 * Return: the entry.
 */
const struct early_res * __init early_res_get(int i)
{
	return &early_res[i];
}

/**
 * early_res_handed_over - the reservations that the boot allocator took over
 * @count: set to the number that is kept, 0 before that
 * @total: set to the number that there were
 *
 * Return: the first one that is kept.
 */
const struct early_res *early_res_handed_over(int *count, int *total)
{
	*count = nr_handed_over;
	*total = total_handed_over;
	return handed_over;
}

/**
 * early_res_forget - the table has been taken over: this was all
 */
void __init early_res_forget(void)
{
	total_handed_over = early_res_count - early_res_first();
	nr_handed_over = min(total_handed_over, MAX_EARLY_RES_X);
	memcpy(handed_over, &early_res[early_res_first()], nr_handed_over * sizeof(handed_over[0]));
	taken_over = true;
}

/**
 * early_res_to_bootmem - hand the reservations to a boot allocator with a bitmap
 * @start: physical bytes [start, end) that it looks after
 * @end: the end of low memory
 * @take: called for the part of each reservation that lies there
 *
 * Prints each of them. Nothing can be reserved here afterwards.
 * Linux: kernel/early_res.c:early_res_to_bootmem, v2.6.34, which knows whom to call.
 */
void __init early_res_to_bootmem(u64 start, u64 end, void (*take)(struct phys_range part))
{
	int i, first = early_res_first();

	check_not_taken_over(CALL);
	printk(KERN_INFO "(%d/%d early reservations) ==> bootmem [%010llx - %010llx]\n",
	       early_res_count - first, max_early_res, start, end);
	for (i = first; i < early_res_count; i++) {
		const struct early_res *r = &early_res[i];
		struct phys_range part = phys_range_common(range_of(r), phys_range(start, end));

		printk(KERN_INFO "  #%d [%010llx - %010llx] %16s", i, r->start, r->end, r->name);
		if (phys_range_empty(part)) {
			printk(KERN_CONT "\n");
			continue;
		}
		printk(KERN_CONT " ==> [%010llx - %010llx]\n", part.start, part.end);
		take(part);
	}
	early_res_forget();
}
