/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_IOREMAP_H
#define ASM_IOREMAP_H

/* Devices' memory at addresses of the vmalloc area, or through a window of the fixmap. */

#include <asm/pgtable.h>
#include <lib/types.h>

/* Bytes that the window shows at the most, whatever its first address. */
#define IOREMAP_WINDOW		(63 * PAGE_SIZE)

/* Mapped since the boot, with the rest of the first MiB. */
#define ISA_START_ADDRESS	0xa0000
#define ISA_END_ADDRESS		0x100000

void *ioremap_nocache(resource_size_t phys_addr, unsigned long size);
void iounmap(volatile void *addr);

/* src/arch/i386/mm/ioremap/window.c */
pgprot_t write_combining_prot(void);
void *ioremap_window(resource_size_t phys_addr, unsigned long size, pgprot_t prot);

/* Not cached: what a driver wants unless it says otherwise. */
#define ioremap(phys_addr, size)	ioremap_nocache((phys_addr), (size))

#endif
