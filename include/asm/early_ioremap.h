/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_EARLY_IOREMAP_H
#define ASM_EARLY_IOREMAP_H

/* Physical memory seen through the fixmap's boot slots, before ioremap() exists. */

#include <lib/types.h>

void early_ioremap_init(void);
void early_ioremap_reset(void);
void *early_ioremap(resource_size_t phys_addr, unsigned long size);
void *early_memremap(resource_size_t phys_addr, unsigned long size);
void early_iounmap(void *addr, unsigned long size);
int check_early_ioremap_leak(void);
int early_ioremap_debug_setup(char *str);

#endif
