/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_EARLY_RES_H
#define MM_EARLY_RES_H

/* Reservations by name before any allocator exists. Physical bytes, [start, end). */

#include <lib/types.h>

#define MAX_EARLY_RES_X	32

void reserve_early(u64 start, u64 end, const char *name);
void reserve_early_overlap_ok(u64 start, u64 end, const char *name);
void free_early(u64 start, u64 end);
u64 find_early_area(u64 ei_start, u64 ei_last, u64 start, u64 end, u64 size, u64 align);
u64 find_early_area_size(u64 ei_start, u64 ei_last, u64 start, u64 *sizep, u64 align);
void early_res_to_bootmem(u64 start, u64 end);

#endif
