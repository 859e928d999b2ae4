/* SPDX-License-Identifier: GPL-2.0-only */
/* What memblock stands on, and where it hands over to; see memblock_stand_ins.c. */
#ifndef MEMBLOCK_STAND_INS_H
#define MEMBLOCK_STAND_INS_H

#include <asm/page.h>
#include <mm/boot/memblock_internal.h>
#include <mm/page_alloc.h>

/* Blocks that were handed over since host_pages(), and the pages in them. */
extern unsigned long host_freed_blocks[MAX_ORDER];
extern unsigned long host_freed_pages;

/* Called for each block that is handed over, if set. */
extern void (*host_freed)(unsigned long pfn, unsigned int order);

void memblock_reset(void);
void host_memory_at(phys_addr_t base, size_t size);
void host_pages(unsigned long nr_pages);

#endif /* MEMBLOCK_STAND_INS_H */
