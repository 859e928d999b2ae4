// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worst TLB there can be: after each flush it has an entry for everything that is mapped, and it keeps
 * each until it is told otherwise. At the end of the boot no entry may differ from the page tables: an entry
 * that does is a flush that is missing.
 */
#include <asm/page.h>
#include <asm/pgtable.h>

#include <stdio.h>
#include <stdlib.h>

#include "replay.h"

#define CHANGED_BY_THE_CPU	((u64)(_PAGE_ACCESSED | _PAGE_DIRTY))

/* An entry for each page of 4 KiB; those of a large page are all the same. */
#define PAGES	(1UL << (32 - PAGE_SHIFT))

static u64 tlb[PAGES];

/* What the tables say of an address, 0 if it isn't mapped; *pages: for how many pages that holds. */
static u64 tables_say(unsigned long va, unsigned long *pages)
{
	const pgd_t *pgd = pgd_offset_k(va);
	const pmd_t *pmd;

	*pages = PGDIR_SIZE / PAGE_SIZE;
	if (!pgd_present(*pgd))
		return 0;
	*pages = PMD_SIZE / PAGE_SIZE;
	pmd = pmd_offset((pgd_t *)pgd, va);
	if (!pmd_present(*pmd) || pmd_large(*pmd))
		return pmd_present(*pmd) ? pmd->pmd & ~CHANGED_BY_THE_CPU : 0;
	*pages = 1;
	if (!pte_present(*pte_offset_kernel((pmd_t *)pmd, va)))
		return 0;
	return pte_offset_kernel((pmd_t *)pmd, va)->pte & ~CHANGED_BY_THE_CPU;
}

/* CR3 is loaded: what isn't GLOBAL goes; or CR4.PGE changes: everything. */
void tlb_flush(bool global_too)
{
	unsigned long page, next, pages;

	for (page = 0; page < PAGES; page = next) {
		u64 entry = tables_say(page << PAGE_SHIFT, &pages);

		for (next = page + pages; page < next; page++)
			if (global_too || !(tlb[page] & _PAGE_GLOBAL))
				tlb[page] = entry;
	}
}

void tlb_flush_one(unsigned long va)
{
	unsigned long pages;

	tlb[va >> PAGE_SHIFT] = tables_say(va, &pages);
}

/* At the end: what the TLB has, and the tables don't. */
void tlb_check(void)
{
	unsigned long page, pages;

	for (page = 0; page < PAGES; page++) {
		u64 entry = tables_say(page << PAGE_SHIFT, &pages);

		if (!tlb[page] || tlb[page] == entry)
			continue;
		fflush(stdout);
		fprintf(stderr, "replay: a flush is missing: %08lx is %llx in the TLB, %llx in the tables\n",
			page << PAGE_SHIFT, tlb[page], entry);
		exit(STATUS_USAGE);
	}
}
