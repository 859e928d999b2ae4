// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of the vmalloc space. A table comes from the page allocator when the
 * first page of its 2 MiB is mapped, and stays. There is only one page directory, so a new
 * table need not be entered anywhere else. Linux: mm/vmalloc.c and lib/ioremap.c.
 */
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <mm/absent.h>
#include <mm/gfp.h>
#include <mm/vmalloc.h>

/* Up to so many pages are flushed from the TLB one by one. */
#define FLUSH_ONE_BY_ONE	32

static unsigned long pmd_addr_end(unsigned long addr, unsigned long end)
{
	return min((addr & PMD_MASK) + PMD_SIZE, end);
}

/**
 * pte_alloc_kernel - the entry of a kernel address; its table is made if there is none
 * @addr: virtual address that no large page maps
 *
 * The page allocator must be up.
 *
 * Return: the entry; NULL if there is no memory for the table.
 * Linux: include/linux/mm.h:pte_alloc_kernel, v2.6.34.
 */
pte_t *pte_alloc_kernel(unsigned long addr)
{
	pmd_t *pmd = pmd_offset(pgd_offset_k(addr), addr);

	if (unlikely(!pmd_present(*pmd))) {
		unsigned long table = get_zeroed_page(GFP_KERNEL);

		if (!table)
			return NULL;
		set_pmd(pmd, (pmd_t){ __pa(table) | _PAGE_TABLE });
	}
	return pte_offset_kernel(pmd, addr);
}

/* Maps pages[0], pages[1], ... or, where pages is NULL, page frames from pfn on. */
static __always_inline int map_range(unsigned long addr, unsigned long end, pgprot_t prot,
				     struct page **pages, unsigned long pfn)
{
	while (addr != end) {
		unsigned long next = pmd_addr_end(addr, end);
		pte_t *pte = pte_alloc_kernel(addr);

		if (!pte)
			return -1;
		for (; addr != next; addr += PAGE_SIZE, pte++) {
			if (WARN_ON(pte_val(*pte)))
				return -1;
			if (pages) {
				pfn = page_to_pfn(*pages++);
				if (pfn_absent(pfn)) {
					report_absent("vmap", pfn);
					return -1;
				}
			}
			set_pte(pte, pfn_pte(pfn++, prot));
		}
	}
	return 0;
}

/**
 * vmap_page_range - map pages at addresses that follow each other
 * @start: virtual address, a multiple of the page size
 * @end: virtual address after the last page, above @start
 * @prot: protection
 * @pages: one for each page of the range
 *
 * Nothing may be mapped there.
 *
 * Return: 0, or -1: then some pages are mapped and the caller has to call vunmap_page_range().
 * Linux: mm/vmalloc.c:vmap_page_range, v2.6.34.
 */
int vmap_page_range(unsigned long start, unsigned long end, pgprot_t prot, struct page **pages)
{
	return map_range(start, end, prot, pages, 0);
}

/**
 * ioremap_page_range - map physical memory
 * @start: virtual address, a multiple of the page size
 * @end: virtual address after the last page, above @start
 * @phys_addr: physical address, a multiple of the page size
 * @prot: protection
 *
 * Nothing may be mapped there.
 *
 * Return: 0, or -1: then some pages are mapped and the caller has to call vunmap_page_range().
 * Linux: lib/ioremap.c:ioremap_page_range, v2.6.34.
 */
int ioremap_page_range(unsigned long start, unsigned long end, phys_addr_t phys_addr,
		       pgprot_t prot)
{
	return map_range(start, end, prot, NULL, phys_addr >> PAGE_SHIFT);
}

/**
 * vunmap_page_range - unmap pages, at once and everywhere
 * @start: virtual address, a multiple of the page size
 * @end: virtual address after the last page, above @start
 *
 * What isn't mapped is passed over.
 * Linux: mm/vmalloc.c:vunmap_page_range, v2.6.34, which leaves it to others to flush the TLB.
 */
void vunmap_page_range(unsigned long start, unsigned long end)
{
	unsigned long addr = start;

	while (addr != end) {
		unsigned long next = pmd_addr_end(addr, end);
		pmd_t *pmd = pmd_offset(pgd_offset_k(addr), addr);
		pte_t *pte;

		if (!pmd_present(*pmd)) {
			addr = next;
			continue;
		}
		for (pte = pte_offset_kernel(pmd, addr); addr != next; addr += PAGE_SIZE, pte++)
			pte_clear(pte);
	}
	flush_tlb_kernel_range(start, end);
}

/**
 * flush_tlb_kernel_range - forget what the TLB knows of kernel addresses
 * @start: virtual address
 * @end: virtual address after the range
 *
 * Linux: arch/x86/include/asm/tlbflush.h:flush_tlb_kernel_range, v2.6.34, which always flushes
 * everything.
 */
void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	unsigned long addr;

	if (end - start > FLUSH_ONE_BY_ONE * PAGE_SIZE) {
		__flush_tlb_all();
		return;
	}
	for (addr = start; addr < end; addr += PAGE_SIZE)
		__flush_tlb_one(addr);
}
