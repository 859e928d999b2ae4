/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_HIGHMEM_H
#define MM_HIGHMEM_H

/*
 * Windows onto high memory: pkmap (kmap(), 512 pages that last) and the fixed
 * kmap_atomic pages, one for each enum km_type.
 */

#include <asm/pgtable.h>
#include <lib/types.h>
#include <mm/mmzone.h>

extern pte_t *pkmap_page_table;	/* the page table of PKMAP_BASE */
extern pte_t *kmap_pte;		/* the entry of FIX_KMAP_BEGIN; indices grow downwards */

void permanent_kmaps_init(void);
void kmap_init(void);
void set_highmem_pages_init(void);
void clear_highpage(struct page *page);

#endif
