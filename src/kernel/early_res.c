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
 * boot and panics. When the boot allocator is up it takes the table over. A later call
 * is a BUG that names the caller: nothing would keep what it reserves.
 */
#include <asm/page.h>
#include <firmware/e820.h>
#include <kernel/early_res.h>
#include <kernel/init.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>

static struct early_res early_res_x[MAX_EARLY_RES_X] __initdata;
static struct early_res *early_res __initdata = early_res_x;
static int max_early_res __initdata = MAX_EARLY_RES_X;
static int early_res_count __initdata;
static bool taken_over __initdata;

/* The table as it was handed over, for whoever wants to look at it later. */
static struct early_res handed_over[MAX_EARLY_RES_X];
static int nr_handed_over, total_handed_over;

/* A public function's name and who has called it. */
#define CALL		__func__, __builtin_return_address(0)

static void __init check_serving(const char *func, const void *caller)
{
	if (!taken_over)
		return;
	printk(KERN_ALERT "memdawn: %s() called from [<%08lx>] %s: too late, the early reservations "
	       "have been taken over\n", func, (unsigned long)caller, symbol_text(caller));
	BUG();
}

/* The index of the first entry that overlaps [start, end), or early_res_count. */
static int __init find_overlapped_early(u64 start, u64 end)
{
	int i;

	for (i = 0; i < early_res_count; i++)
		if (end > early_res[i].start && start < early_res[i].end)
			break;
	return i;
}

static void __init drop_range(int i)
{
	early_res_count--;
	memmove(&early_res[i], &early_res[i + 1],
		(early_res_count - i) * sizeof(early_res[0]));
	memset(&early_res[early_res_count], 0, sizeof(early_res[0]));
}

static void __init add_entry(u64 start, u64 end, const char *name, int overlap_ok)
{
	struct early_res *r = &early_res[early_res_count];

	if (early_res_count >= max_early_res)
		panic("Too many early reservations: no room for %s [%llx - %llx] after %d",
		      name, start, end, max_early_res);
	r->start = start;
	r->end = end;
	r->overlap_ok = overlap_ok;
	strlcpy(r->name, name, sizeof(r->name));
	early_res_count++;
}

/* Takes [start, end) out of every overlap_ok entry; what is left of it stays, as new entries. */
static void __init drop_overlaps_that_are_ok(u64 start, u64 end)
{
	int i;

	for (i = 0; i < early_res_count; i++) {
		struct early_res old = early_res[i];

		if (end <= old.start || start >= old.end)
			continue;
		if (!old.overlap_ok)
			return;		/* the caller will panic on it */
		drop_range(i--);
		if (old.start < start)
			add_entry(old.start, start, old.name, 1);
		if (old.end > end)
			add_entry(end, old.end, old.name, 1);
	}
}

/* A place for the larger table that doesn't overlap what is about to be reserved. */
static u64 __init find_table_space(u64 size, u64 ex_start, u64 ex_end)
{
	u64 start = early_res == early_res_x ? 0 : early_res[0].end, mem = -1ULL;
	u64 mapped = get_max_mapped(), end = min(ex_start, mapped);

	if (start + size < end)
		mem = find_e820_area(start, end, size, sizeof(struct early_res));
	if (mem == -1ULL && ex_end + size < mapped)
		mem = find_e820_area(ex_end, mapped, size, sizeof(struct early_res));
	return mem;
}

/*
 * Linux: kernel/early_res.c:__check_and_double_early_res, v2.6.34, which looks below the range for
 * memory that isn't mapped yet as well.
 */
static void __init check_and_double_early_res(u64 ex_start, u64 ex_end)
{
	u64 size = 2 * max_early_res * sizeof(struct early_res), mem;
	int old = early_res_first();
	struct early_res *new;

	if (max_early_res - early_res_count > max(max_early_res / 8, 2))
		return;
	mem = find_table_space(size, ex_start, ex_end);
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

static void __init __reserve_early(u64 start, u64 end, const char *name, int overlap_ok)
{
	const struct early_res *r;
	int i;

	drop_overlaps_that_are_ok(start, end);
	i = find_overlapped_early(start, end);
	r = &early_res[i];
	if (i < early_res_count)
		panic("Overlapping early reservations %llx-%llx %s to %llx-%llx %s\n",
		      start, end - 1, name, r->start, r->end - 1, r->name);
	add_entry(start, end, name, overlap_ok);
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
	check_serving(CALL);
	__reserve_early(start, end, name, 1);
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
	check_serving(CALL);
	if (start >= end)
		return;
	check_and_double_early_res(start, end);
	__reserve_early(start, end, name, 0);
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
	check_serving(CALL);
	if (start >= end)
		return;
	check_and_double_early_res(start, end);
	add_entry(start, end, name, 0);
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
	int i;

	check_serving(CALL);
	i = find_overlapped_early(start, end);
	if (i >= early_res_count || early_res[i].start != start || early_res[i].end != end)
		panic("free_early on not reserved area: %llx-%llx!", start, end - 1);
	drop_range(i);
}

/* Moves *addrp past the reservations that overlap [*addrp, *addrp + size). */
static void __init skip_reserved(u64 *addrp, u64 size, u64 align)
{
	int i;

	while ((i = find_overlapped_early(*addrp, *addrp + size)) < early_res_count)
		*addrp = round_up(early_res[i].end, align);
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
 *
 * Return: a physical address, or -1ULL.
 * Linux: kernel/early_res.c:find_early_area, v2.6.34.
 */
u64 __init find_early_area(u64 ei_start, u64 ei_last, u64 start, u64 end, u64 size, u64 align)
{
	u64 addr = max(round_up(ei_start, align), round_up(start, align));

	check_serving(CALL);
	if (addr >= ei_last)
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
 * end of a reservation lies beyond the piece that follows it.
 */
u64 __init find_early_area_size(u64 ei_start, u64 ei_last, u64 start, u64 *sizep, u64 align)
{
	u64 addr = max(round_up(ei_start, align), round_up(start, align));

	check_serving(CALL);
	if (addr >= ei_last)
		return -1ULL;
	*sizep = ei_last - addr;
	cut_at_reservations(&addr, sizep, align);
	if (addr + *sizep > ei_last)
		return -1ULL;
	return addr;
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
 * Return: their number.
 */
int __init early_res_total(void)
{
	return early_res_count;
}

/**
 * early_res_bytes - what the table takes
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
	memset(early_res, 0, max_early_res * sizeof(struct early_res));
	early_res = early_res_x;
	max_early_res = MAX_EARLY_RES_X;
	early_res_count = 0;
	taken_over = true;
}

/**
 * early_res_to_bootmem - hand the reservations to a boot allocator with a bitmap
 * @start: physical bytes [start, end) that it looks after
 * @end: the end of low memory
 * @reserve: called for the part of each reservation that lies there
 *
 * Prints each of them; the table is empty afterwards.
 * Linux: kernel/early_res.c:early_res_to_bootmem, v2.6.34, which knows whom to call.
 */
void __init early_res_to_bootmem(u64 start, u64 end, void (*reserve)(u64 start, u64 end))
{
	int i, first = early_res_first();

	check_serving(CALL);
	printk(KERN_INFO "(%d/%d early reservations) ==> bootmem [%010llx - %010llx]\n",
	       early_res_count - first, max_early_res, start, end);
	for (i = first; i < early_res_count; i++) {
		const struct early_res *r = &early_res[i];
		u64 final_start = max(start, r->start), final_end = min(end, r->end);

		printk(KERN_INFO "  #%d [%010llx - %010llx] %16s", i, r->start, r->end, r->name);
		balance_own(r->name, r->start, r->end - r->start);
		if (final_start >= final_end) {
			printk(KERN_CONT "\n");
			continue;
		}
		printk(KERN_CONT " ==> [%010llx - %010llx]\n", final_start, final_end);
		reserve(final_start, final_end);
	}
	early_res_forget();
}
