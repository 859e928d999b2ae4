/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's asm/page.h with another linear map: physical memory is the array that host_memory
 * points to. A physical address beyond the memory that a test has set up is one that the kernel
 * must not touch.
 */
#ifndef HOST_ASM_PAGE_H
#define HOST_ASM_PAGE_H

#include_next <asm/page.h>

extern char *host_memory;

#undef __pa
#undef __va
#define __pa(x)		((unsigned long)(x) - (unsigned long)host_memory)
#define __va(x)		((void *)((unsigned long)host_memory + (unsigned long)(x)))

#endif /* HOST_ASM_PAGE_H */
