/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_INIT_MEM_H
#define ASM_INIT_MEM_H

/* What the boot alone needed is given back, what must not change is write-protected. */

void free_init_pages(const char *what, unsigned long begin, unsigned long end);
void free_initmem(void);
void free_initrd_mem(unsigned long start, unsigned long end);
void mark_rodata_ro(void);

#define POISON_FREE_INITMEM	0xcc	/* int3: who jumps there is caught */

#endif
