// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kernel addresses allow: changes to the attributes of pages that are mapped.
 *
 * Low memory is mapped with 2 MiB pages. Where a change covers one of them as a whole,
 * its entry is changed; where it covers a part, the page is split first: a table of 512
 * entries with the same attributes takes its place, and then the entries concerned are
 * changed. Between the two steps the TLB is flushed, so that it never holds a large and
 * a small page of different attributes for one address. Tables stay; nothing is joined
 * again. Linux: arch/x86/mm/pageattr.c.
 */
#include <asm/pageattr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <mm/gfp.h>
#include <mm/highmem.h>

/**
 * lookup_address - find the entry that maps a kernel address
 * @va: virtual address
 * @level: PG_LEVEL_4K or PG_LEVEL_2M, or PG_LEVEL_NONE if nothing is there
 *
 * Return: the entry (for 2M the PMD entry), present or not, or NULL if there is
 * no table for it.
 * Linux: arch/x86/mm/pageattr.c:lookup_address, v2.6.34.
 */
pte_t *lookup_address(unsigned long va, enum page_level *level)
{
	pgd_t *pgd = pgd_offset_k(va);
	pmd_t *pmd;

	*level = PG_LEVEL_NONE;
	if (!pgd_present(*pgd))
		return NULL;
	pmd = pmd_offset(pgd, va);
	if (!pmd_present(*pmd))
		return NULL;
	if (pmd_large(*pmd)) {
		*level = PG_LEVEL_2M;
		return (pte_t *)pmd;
	}
	*level = PG_LEVEL_4K;
	return pte_offset_kernel(pmd, va);
}

struct attr_change {
	pteval_t set, clear;
};

static bool within(unsigned long addr, const char *start, const char *end)
{
	return addr >= (unsigned long)start && addr < (unsigned long)end;
}

/* Bits that a page must not get, whoever asks for them: text is executable, rodata is constant. */
static pteval_t forbidden_bits(unsigned long addr)
{
	pteval_t forbidden = 0;

	if (within(addr, _text, _etext))
		forbidden |= _PAGE_NX;
	if (within(addr, __start_rodata, __end_rodata))
		forbidden |= _PAGE_RW;
	return forbidden;
}

static pteval_t changed(pteval_t old, const struct attr_change *change, unsigned long addr)
{
	pteval_t set = change->set & __supported_pte_mask;

	return ((old & ~change->clear) | set) & ~forbidden_bits(addr);
}

/* Is all of addr's 2 MiB in [addr, end), without a page that has bits of its own? */
static bool whole_large_page(unsigned long addr, unsigned long end)
{
	return !(addr & ~PMD_MASK) && end - addr >= PMD_SIZE &&
	       (addr + PMD_SIZE <= (unsigned long)_text || addr >= (unsigned long)__end_rodata);
}

/* Replaces a 2 MiB page by a table that maps the same with the same attributes. */
static int split_large_page(pmd_t *pmd)
{
	pteval_t entry = pmd_val(*pmd) & ~_PAGE_PSE;
	struct page *base = alloc_page(GFP_KERNEL);
	unsigned int i;
	pte_t *table;

	if (!base)
		return -1;
	table = lowmem_page_address(base);
	for (i = 0; i < PTRS_PER_PTE; i++)
		set_pte(&table[i], (pte_t){ entry + PFN_PHYS(i) });
	set_pmd(pmd, (pmd_t){ PFN_PHYS(page_to_pfn(base)) | _PAGE_TABLE });
	__flush_tlb_all();
	return 0;
}

/*
 * Changes the page, large or small, that begins at addr. Returns the bytes done, or 0 if a
 * page had to be split and there was no memory for it.
 */
static unsigned long change_one(unsigned long addr, unsigned long end,
				const struct attr_change *change)
{
	enum page_level level;
	pte_t *pte = lookup_address(addr, &level);
	unsigned long done = PAGE_SIZE;
	pteval_t new;

	if (level == PG_LEVEL_NONE || !pte_present(*pte))
		return done;
	if (level == PG_LEVEL_2M) {
		if (whole_large_page(addr, end))
			done = PMD_SIZE;
		else if (changed(pte_val(*pte), change, addr) == pte_val(*pte))
			return done;
		else if (split_large_page((pmd_t *)pte))
			return 0;
		else
			pte = lookup_address(addr, &level);
	}
	new = changed(pte_val(*pte), change, addr);
	if (new != pte_val(*pte))
		set_pte(pte, (pte_t){ new });
	return done;
}

static int change_page_attr(unsigned long addr, int numpages, pteval_t set, pteval_t clear)
{
	const struct attr_change change = { set, clear };
	unsigned long end, done;
	int ret = 0;

	if (WARN_ON(addr & ~PAGE_MASK))
		addr &= PAGE_MASK;
	end = addr + ((unsigned long)numpages << PAGE_SHIFT);
	for (; addr != end; addr += done) {
		done = change_one(addr, end, &change);
		if (!done) {
			printk(KERN_ERR "memdawn: set_memory: no page for a page table, from %08lx "
			       "on nothing is changed\n", addr);
			ret = -1;
			break;
		}
	}
	__flush_tlb_all();
	return ret;
}

/**
 * set_memory_ro - forbid writing
 * @addr: kernel address, a multiple of the page size; pages that aren't mapped are passed over
 * @numpages: 0 or more
 *
 * The page allocator must be up, for pages that have to be split.
 *
 * Return: 0, or -1 after a message: without memory for a table the rest of the range is as before.
 *
 * Linux: arch/x86/mm/pageattr.c:set_memory_ro, v2.6.34; pages of the vmalloc space are changed
 * there alone, not in the linear map.
 */
int set_memory_ro(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, 0, _PAGE_RW);
}

/**
 * set_memory_rw - allow writing
 * @addr: as for set_memory_ro(); the kernel's read-only data stays so
 * @numpages: 0 or more
 *
 * Return: as set_memory_ro().
 * Linux: arch/x86/mm/pageattr.c:set_memory_rw, v2.6.34.
 */
int set_memory_rw(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, _PAGE_RW, 0);
}

/**
 * set_memory_nx - forbid executing, if the CPU can
 * @addr: as for set_memory_ro(); the kernel's text stays executable
 * @numpages: 0 or more
 *
 * Return: as set_memory_ro().
 * Linux: arch/x86/mm/pageattr.c:set_memory_nx, v2.6.34, which leaves 640 KiB to 1 MiB executable
 * for calls to the BIOS; there are none here.
 */
int set_memory_nx(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, _PAGE_NX, 0);
}

/**
 * set_memory_np - unmap
 * @addr: as for set_memory_ro()
 * @numpages: 0 or more
 *
 * Any access faults from now on.
 *
 * Return: as set_memory_ro().
 * Linux: arch/x86/mm/pageattr.c:set_memory_np, v2.6.34.
 */
int set_memory_np(unsigned long addr, int numpages)
{
	return change_page_attr(addr, numpages, 0, _PAGE_PRESENT);
}

/* From one memory type to another: what the caches hold must go. */
static int change_cache_attr(unsigned long addr, int numpages, pteval_t set)
{
	int ret = change_page_attr(addr, numpages, set, (_PAGE_PCD | _PAGE_PWT) & ~set);

	asm volatile("wbinvd" : : : "memory");
	return ret;
}

/**
 * set_memory_uc - go around the caches
 * @addr: as for set_memory_ro()
 * @numpages: 0 or more
 *
 * Return: as set_memory_ro().
 * Linux: arch/x86/mm/pageattr.c:_set_memory_uc, v2.6.34.
 */
int set_memory_uc(unsigned long addr, int numpages)
{
	return change_cache_attr(addr, numpages, _PAGE_PCD);
}

/**
 * set_memory_wb - go through the caches, as memory does
 * @addr: as for set_memory_ro()
 * @numpages: 0 or more
 *
 * Return: as set_memory_ro().
 * Linux: arch/x86/mm/pageattr.c:_set_memory_wb, v2.6.34.
 */
int set_memory_wb(unsigned long addr, int numpages)
{
	return change_cache_attr(addr, numpages, 0);
}

/**
 * set_pages_ro - forbid writing to pages of the linear map
 * @page: the first page
 * @numpages: 0 or more, all low memory or all high memory, where nothing is done
 *
 * Return: as set_memory_ro().
 * Linux: arch/x86/mm/pageattr.c:set_pages_ro, v2.6.34.
 */
int set_pages_ro(struct page *page, int numpages)
{
	return PageHighMem(page) ? 0 : set_memory_ro((unsigned long)lowmem_page_address(page), numpages);
}
