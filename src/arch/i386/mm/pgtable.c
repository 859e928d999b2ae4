// SPDX-License-Identifier: GPL-2.0-only
/* Single entries of the fixmap's page table. Linux: arch/x86/mm/pgtable.c. */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/panic.h>

static pte_t *fixmap_pte(enum fixed_addresses idx)
{
	enum page_level level;
	pte_t *pte;

	BUG_ON(idx >= __end_of_fixed_addresses);
	pte = lookup_address(fix_to_virt(idx), &level);
	BUG_ON(level != PG_LEVEL_4K);
	return pte;
}

/**
 * __set_fixmap - map a physical page at a fixed address
 * @idx: which fixed page
 * @phys: physical address, its offset in the page is ignored
 * @prot: protection; bits that this CPU lacks are dropped. 0: unmap
 *
 * The fixmap's page table must be there (init_memory_mapping()).
 * Linux: arch/x86/mm/pgtable.c:native_set_fixmap, v2.6.34.
 */
void __set_fixmap(enum fixed_addresses idx, phys_addr_t phys, pgprot_t prot)
{
	pte_t *pte = fixmap_pte(idx);

	if (pgprot_val(prot))
		set_pte(pte, pfn_pte(PFN_DOWN(phys), prot));
	else
		pte_clear(pte);
	__flush_tlb_one(fix_to_virt(idx));
}
