/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FIRMWARE_MTRR_H
#define FIRMWARE_MTRR_H

#include <kernel/border.h>

extern struct border border_ram_cached;	/* RAM that no MTRR makes cacheable is cut off */

void mtrr_bp_init(void);
int mtrr_trim_uncached_memory(unsigned long end_pfn);
int disable_mtrr_trim_setup(char *str);

#endif
