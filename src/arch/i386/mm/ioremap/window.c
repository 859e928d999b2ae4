// SPDX-License-Identifier: GPL-2.0-only
/*
 * A window of 64 pages that shows a device's memory piece by piece: the last of the fixmap's boot
 * slots, which early_ioremap() leaves alone. Nothing is allocated, so it works from head on, and as
 * long as the kernel runs. Linux has nothing like it.
 */
#include <asm/fixmap.h>
#include <asm/ioremap.h>
#include <asm/msr.h>
#include <asm/processor.h>

/*
 * The PAT: eight memory types, chosen by three bits of a page table entry. 4 to 7 are what 0 to 3 are
 * after a reset, and nobody uses them.
 */
#define PAT_ENTRY	5
#define PAT_ENTRY_PROT	(_PAGE_PAT | _PAGE_PWT)
#define PAT_SHIFT	(8 * (PAT_ENTRY - 4))	/* in the high half */
#define PAT_WRITE_COMBINING	1U

/**
 * write_combining_prot - what a page must have in its entry for writes to it to be put together
 *
 * A device's memory that is written from end to end, like a screen's, is many times faster so. On
 * CPUs without the PAT, from before 1999, what the MTRRs say holds. After a call entry 5 of the PAT, which
 * nothing else uses, is write-combining.
 *
 * Return: the bits, for ioremap_window().
 */
pgprot_t write_combining_prot(void)
{
	u32 low, high;

	if (!(cpuid_edx(1) & (1U << (X86_FEATURE_PAT & 31))))
		return __pgprot(__PAGE_KERNEL | _PAGE_PCD | _PAGE_IOMAP);
	rdmsr(MSR_IA32_CR_PAT, low, high);
	high = (high & ~(0xffU << PAT_SHIFT)) | PAT_WRITE_COMBINING << PAT_SHIFT;
	wrmsr(MSR_IA32_CR_PAT, low, high);
	return __pgprot(__PAGE_KERNEL | PAT_ENTRY_PROT | _PAGE_IOMAP);
}

/**
 * ioremap_window - show a part of a device's memory, in place of what the window showed
 * @phys_addr: physical address, any alignment
 * @size: bytes, 1 to IOREMAP_WINDOW
 * @prot: what the pages' entries shall have
 *
 * Return: where it is seen, until the next call.
 */
void *ioremap_window(resource_size_t phys_addr, unsigned long size, pgprot_t prot)
{
	const unsigned long start = fix_to_virt(FIX_WINDOW_BEGIN);
	unsigned long offset = phys_addr & ~PAGE_MASK, va;
	unsigned long pfn = PFN_DOWN(phys_addr);

	for (va = start; va < start + offset + size; va += PAGE_SIZE) {
		set_pte(&swapper_pg_fixmap[pte_index(va)], pfn_pte(pfn++, prot));
		__flush_tlb_one(va);
	}
	return (void *)(start + offset);
}
