/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_ABSENT_H
#define MM_ABSENT_H

/*
 * High memory that a given memory map calls RAM and the machine doesn't have
 * (memdawn.e820=): it has struct pages and lies on free lists, but nobody reads or
 * writes it.
 */

#include <lib/compiler.h>
#include <lib/types.h>

#define MAX_ABSENT_RANGES	256

/* Every page frame below it is there; ULONG_MAX: all are. */
extern unsigned long first_absent_pfn;

void add_absent_range(unsigned long start_pfn, unsigned long end_pfn);
bool in_absent_range(unsigned long pfn);
void report_absent(const char *who, unsigned long pfn);

/* Is this page frame one that the map claims and the machine doesn't have? */
static inline bool pfn_absent(unsigned long pfn)
{
	return unlikely(pfn >= first_absent_pfn) && in_absent_range(pfn);
}

static inline bool memory_absent(void)
{
	return first_absent_pfn != -1UL;
}

#endif
