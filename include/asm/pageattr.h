/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_PAGEATTR_H
#define ASM_PAGEATTR_H

/*
 * Changes what kernel addresses allow. addr is a multiple of the page size; holes in
 * the linear map are passed over. 0, or -1 if something could not be changed.
 */

struct page;

int set_memory_ro(unsigned long addr, int numpages);
int set_memory_rw(unsigned long addr, int numpages);
int set_memory_nx(unsigned long addr, int numpages);
int set_memory_np(unsigned long addr, int numpages);
int set_memory_uc(unsigned long addr, int numpages);
int set_memory_wb(unsigned long addr, int numpages);

int set_pages_ro(struct page *page, int numpages);

#endif
