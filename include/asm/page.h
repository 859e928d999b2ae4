/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

/*
 * Page size, the kernel's linear map of low memory, and the only four ways in
 * which an address or a page frame number may cross from one world to another:
 *
 *   virtual address (low memory) --__pa--> physical address --PFN_DOWN/UP--> pfn
 *                                <--__va--                  <--PFN_PHYS---
 */

#include <lib/types.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))	/* for 32-bit values only */

#define PAGE_OFFSET	0xC0000000UL		/* VMSPLIT_3G */

/* Low memory only: high memory has no fixed virtual address. */
#define __pa(x)		((unsigned long)(x) - PAGE_OFFSET)
#define __va(x)		((void *)((unsigned long)(x) + PAGE_OFFSET))

/*
 * Both work on 32- and on 64-bit addresses; the result has the argument's width. An address in the
 * last page there is doesn't wrap: that can be RAM, if the firmware or memmap= says so.
 */
#define PFN_UP(x)							\
({									\
	__typeof__(x) up_from = (x);					\
									\
	(up_from >> PAGE_SHIFT) + ((up_from & (PAGE_SIZE - 1)) != 0);	\
})
#define PFN_DOWN(x)	((x) >> PAGE_SHIFT)
#define PFN_PHYS(pfn)	((phys_addr_t)(pfn) << PAGE_SHIFT)

#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & ~((__typeof__(x))PAGE_SIZE - 1))

#define pfn_to_kaddr(pfn)	__va((pfn) << PAGE_SHIFT)
#define phys_to_virt(p)		__va(p)

#endif
