/* SPDX-License-Identifier: GPL-2.0-only */
/* What the stand-ins of e820_stand_ins.c have seen. */
#ifndef E820_STAND_INS_H
#define E820_STAND_INS_H

#include <lib/phys_range.h>

/* Page frames [start, end), as add_active_range() was called. */
struct active_range {
	unsigned long start, end;
};

extern struct active_range active_ranges_seen[];
extern int nr_active_ranges_seen;

/* What boot_add_ram() was given. */
extern const struct phys_range *ram_seen;
extern unsigned int nr_ram_seen;

#endif /* E820_STAND_INS_H */
