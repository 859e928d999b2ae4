// SPDX-License-Identifier: GPL-2.0-only
/*
 * High memory that the machine doesn't have: see mm/absent.h. Filled once, when the
 * memory map is final, in order of address.
 */
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/highmem.h>

unsigned long first_absent_pfn = -1UL;

static struct absent_range {
	unsigned long start_pfn, end_pfn;
} absent_ranges[MAX_ABSENT_RANGES];
static unsigned int nr_absent_ranges;

/**
 * add_absent_range - note page frames that are not there
 * @start_pfn: first page frame, above those noted before
 * @end_pfn: page frame after the last one
 */
void __init add_absent_range(unsigned long start_pfn, unsigned long end_pfn)
{
	BUG_ON(nr_absent_ranges == ARRAY_SIZE(absent_ranges));
	absent_ranges[nr_absent_ranges++] = (struct absent_range){ start_pfn, end_pfn };
	first_absent_pfn = min(first_absent_pfn, start_pfn);
	kmap_atomic_checks = true;
}

/**
 * in_absent_range - is a page frame one of those noted?
 * @pfn: page frame number, any
 *
 * Return: whether it is.
 */
bool in_absent_range(unsigned long pfn)
{
	unsigned int i;

	for (i = 0; i < nr_absent_ranges; i++)
		if (pfn >= absent_ranges[i].start_pfn && pfn < absent_ranges[i].end_pfn)
			return true;
	return false;
}

/**
 * report_absent - say that a page frame can't be mapped
 * @who: who wanted to, for the log
 * @pfn: page frame number
 */
void report_absent(const char *who, unsigned long pfn)
{
	printk(KERN_ERR "memdawn: %s: page frame %lx is refused: the given memory map has it, this "
	       "machine does not\n", who, pfn);
}
