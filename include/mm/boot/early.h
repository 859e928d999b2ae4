/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_EARLY_H
#define MM_BOOT_EARLY_H

/*
 * What the generations have in common that begin with the early reservations: bootmem, bootmem-2.4
 * and early_res itself. The members of their tables up to next_free, and those that look back.
 */

#include <kernel/early_res.h>
#include <mm/boot/boot_allocator.h>

void early_reserve(struct phys_range range, const char *name, const void *caller);
void early_reserve_overlap_ok(struct phys_range range, const char *name, const void *caller);
void early_unreserve(struct phys_range range, const void *caller);
void early_add_ram(const struct phys_range *ram, unsigned int nr, const void *caller);
bool early_reservation(unsigned int i, struct boot_reservation *found);
unsigned int early_nr_reservations(void);
void early_bookkeeping(unsigned long *bytes, unsigned long *entries);

unsigned long early_place_bitmap(unsigned long pages);
void early_hand_over(unsigned long bytes, void (*take)(struct phys_range part));

#endif
