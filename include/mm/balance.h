/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BALANCE_H
#define MM_BALANCE_H

/*
 * The page-exact sheet: every page frame from 0 to max_pfn is exactly one of
 * free, reserved (by a named owner), memmap or hole.
 */

#include <lib/types.h>

void balance_own(const char *owner, u64 start, u64 size);
bool balance_check(unsigned long *free, unsigned long *reserved);
void balance_print(void);

#endif
