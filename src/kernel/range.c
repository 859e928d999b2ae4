// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small arrays of ranges: add, merge, take away, sort.
 *
 * A slot is empty when its end is 0. The arrays belong to their callers.
 */
#include <kernel/printk.h>
#include <kernel/range.h>
#include <lib/kernel.h>
#include <lib/sort.h>

/**
 * add_range - append a range to an array
 * @range: the array
 * @az: its slots
 * @nr_range: slots in use, which are the first ones
 * @start: the range's first value
 * @end: the value after its last one; a range with @start >= @end is not added
 *
 * Return: slots in use now. A full array stays as it is: the result is @nr_range.
 * Linux: kernel/range.c:add_range, v2.6.34.
 */
int add_range(struct range *range, int az, int nr_range, u64 start, u64 end)
{
	if (start >= end || nr_range >= az)
		return nr_range;
	range[nr_range].start = start;
	range[nr_range].end = end;
	return nr_range + 1;
}

/* Is a slot in use, and does its range overlap [start, end), or meet it at a border? */
static bool touches(const struct range *r, u64 start, u64 end)
{
	return r->end && start <= r->end && r->start <= end;
}

/**
 * add_range_with_merge - add a range to an array, to a range that it overlaps or touches where
 * there is one
 * @range: the array
 * @az: its slots
 * @nr_range: slots in use, which are the first ones
 * @start: the range's first value
 * @end: the value after its last one; a range with @start >= @end is not added
 *
 * The first slot that fits takes it; slots that touch each other after that stay separate.
 *
 * Return: slots in use now. A full array into no slot of which the range fits stays as it is.
 * Linux: kernel/range.c:add_range_with_merge, v2.6.34.
 */
int add_range_with_merge(struct range *range, int az, int nr_range, u64 start, u64 end)
{
	struct range *r;

	for (r = range; r < range + nr_range && start < end; r++)
		if (touches(r, start, end)) {
			*r = (struct range){ min(start, r->start), max(end, r->end) };
			return nr_range;
		}
	return add_range(range, az, nr_range, start, end);
}

/*
 * Cuts [start, end), which lies inside range[slot], out of it: what is above it gets an empty
 * slot.
 */
static void split_range(struct range *range, int az, int slot, u64 start, u64 end)
{
	int spare;

	for (spare = 0; spare < az && range[spare].end; spare++)
		;
	if (spare < az) {
		range[spare].start = end;
		range[spare].end = range[slot].end;
	} else {
		printk(KERN_ERR "run of slot in ranges\n");
	}
	range[slot].end = start;
}

/**
 * subtract_range - take a range away from every range of an array
 * @range: the array
 * @az: its slots; all of them are looked at
 * @start: the first value to take away
 * @end: the value after the last one; with @start >= @end nothing happens
 *
 * A range that is cut in two needs an empty slot for its upper half. Where there is none, the upper
 * half is lost, and the log says so.
 *
 * Linux: kernel/range.c:subtract_range, v2.6.34.
 */
void subtract_range(struct range *range, int az, u64 start, u64 end)
{
	int i;

	if (start >= end)
		return;

	for (i = 0; i < az; i++) {
		struct range *r = &range[i];

		if (!r->end || end <= r->start || start >= r->end)
			continue;
		if (start <= r->start && end >= r->end) {
			r->start = 0;
			r->end = 0;
		} else if (start <= r->start) {
			r->start = end;
		} else if (end >= r->end) {
			r->end = start;
		} else {
			split_range(range, az, i, start, end);
		}
	}
}

static int cmp_range(const void *x1, const void *x2)
{
	const struct range *r1 = x1;
	const struct range *r2 = x2;

	if (r1->start == r2->start)
		return 0;
	return r1->start < r2->start ? -1 : 1;
}

/**
 * clean_sort_range - move the ranges of an array to its beginning and sort them by their start
 * @range: the array
 * @az: its slots
 *
 * Return: slots in use; the others are empty.
 * Linux: kernel/range.c:clean_sort_range, v2.6.34; there an array without an empty slot counts as
 * empty, and starts are compared by the low 32 bits of their difference.
 */
int clean_sort_range(struct range *range, int az)
{
	int i, nr_range = 0;

	for (i = 0; i < az; i++) {
		if (!range[i].end)
			continue;
		if (i != nr_range) {
			range[nr_range] = range[i];
			range[i].start = 0;
			range[i].end = 0;
		}
		nr_range++;
	}
	sort(range, nr_range, sizeof(*range), cmp_range, NULL);
	return nr_range;
}
