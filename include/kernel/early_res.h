/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_EARLY_RES_H
#define KERNEL_EARLY_RES_H

/* Reservations by name before any allocator exists. Physical bytes, [start, end). */

#include <lib/phys_range.h>
#include <lib/types.h>

#define MAX_EARLY_RES_X	32

struct early_res {
	u64 start, end;
	char name[15];
	char overlap_ok;	/* a later reservation may take a part of it */
};

void reserve_early(u64 start, u64 end, const char *name);
void reserve_early_overlap_ok(u64 start, u64 end, const char *name);
void reserve_early_without_check(u64 start, u64 end, const char *name);
void free_early(u64 start, u64 end);
u64 find_early_area(u64 ei_start, u64 ei_last, u64 start, u64 end, u64 size, u64 align);
u64 find_early_area_size(u64 ei_start, u64 ei_last, u64 start, u64 *sizep, u64 align);

/* The same searches in all of RAM. */
void early_res_set_ram(const struct phys_range *ranges, unsigned int nr);
u64 early_res_find_area(struct phys_range range, u64 size, u64 align);
struct phys_range early_res_next_free(u64 start);

/* The table, for those who take it over. */
int early_res_first(void);
int early_res_total(void);
unsigned long early_res_bytes(void);
const struct early_res *early_res_get(int i);
void early_res_forget(void);
void early_res_to_bootmem(u64 start, u64 end, void (*take)(struct phys_range part));
const struct early_res *early_res_handed_over(int *count, int *total);

#endif
