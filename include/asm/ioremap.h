/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_IOREMAP_H
#define ASM_IOREMAP_H

/* Devices' memory at addresses of the vmalloc area. */

#include <lib/types.h>

/* Mapped since the boot, with the rest of the first MiB. */
#define ISA_START_ADDRESS	0xa0000
#define ISA_END_ADDRESS		0x100000

void *ioremap_nocache(resource_size_t phys_addr, unsigned long size);
void iounmap(volatile void *addr);

/* Not cached: what a driver wants unless it says otherwise. */
#define ioremap(phys_addr, size)	ioremap_nocache((phys_addr), (size))

#endif
