// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of the boot: what it alone needed goes to the page allocator, and what must
 * not change or be executed from now on is protected. Linux has it in arch/x86/mm/init.c
 * and init_32.c.
 *
 *	_text      _etext     __end_rodata        __init_begin  __init_end
 *	| text     | rodata   | data              | init        | bss, page tables, RAM ...
 *	  r-x        r--        rw-                 free          rw-
 *
 * Nothing here is in .init.text: this code outlives what it frees.
 */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/pageattr.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>

/* A reserved page of low memory becomes one that its only user gives back, overwritten. */
static void release_page(unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);
	void *va = pfn_to_kaddr(pfn);

	page->flags &= ~PF(PG_reserved);
	page->_count = 1;
	memset(va, POISON_FREE_INITMEM, PAGE_SIZE);
	free_page((unsigned long)va);
}

/**
 * free_init_pages - give pages of the boot to the page allocator
 * @what: whose they were, for the log
 * @begin: virtual address in low memory, a multiple of the page size
 * @end: virtual address after them, a multiple of the page size
 *
 * The pages are reserved; they are filled with POISON_FREE_INITMEM. A border inside a page
 * is warned about, and that page is not freed. mem_init() must have run.
 * Linux: arch/x86/mm/init.c:free_init_pages, v2.6.34.
 */
void free_init_pages(const char *what, unsigned long begin, unsigned long end)
{
	unsigned long pfn = PFN_UP(__pa(begin)), end_pfn = PFN_DOWN(__pa(end));

	WARN_ON((begin | end) & ~PAGE_MASK);
	if (pfn >= end_pfn)
		return;
	set_memory_rw((unsigned long)pfn_to_kaddr(pfn), end_pfn - pfn);
	printk(KERN_INFO "Freeing %s: %luk freed\n", what, (end_pfn - pfn) << (PAGE_SHIFT - 10));
	totalram_pages += end_pfn - pfn;
	while (pfn < end_pfn)
		release_page(pfn++);
}

/**
 * free_initmem - free the code and data that only the boot needed
 *
 * From now on nothing marked __init, __initdata or __initconst may be used: the caller must
 * not lie there, and no function that does may be on the stack.
 * Linux: arch/x86/mm/init.c:free_initmem, v2.6.34.
 */
void free_initmem(void)
{
	free_init_pages("unused kernel memory", (unsigned long)__init_begin,
			(unsigned long)__init_end);
}

/**
 * free_initrd_mem - free the RAM disk
 * @start: virtual address in low memory, a multiple of the page size
 * @end: virtual address after its last byte; the rest of that page was reserved with it
 *
 * Linux: arch/x86/mm/init.c:free_initrd_mem, v2.6.34.
 */
void free_initrd_mem(unsigned long start, unsigned long end)
{
	free_init_pages("initrd memory", start, PAGE_ALIGN(end));
}

static void write_protect(const char *what, unsigned long start, unsigned long end)
{
	set_pages_ro(virt_to_page(start), (end - start) >> PAGE_SHIFT);
	printk(KERN_INFO "Write protecting the kernel %s: %luk\n", what, (end - start) >> 10);
}

static void set_nx(unsigned long start, unsigned long end)
{
	set_memory_nx(start, (end - start) >> PAGE_SHIFT);
}

/* While the boot ran, everything up to the 2 MiB page with the init sections' end was executable. */
static void mark_nxdata_nx(void)
{
	unsigned long end = round_up((unsigned long)__init_end + 1, PMD_SIZE);

	set_nx(PAGE_OFFSET, (unsigned long)_text);
	set_nx(PAGE_ALIGN((unsigned long)_etext), min(end, (unsigned long)high_memory));
}

/**
 * mark_rodata_ro - write-protect the kernel's text and constants, make all else not executable
 *
 * After free_initmem(). A write to text or constants and a jump to data fault from now on.
 *
 * Linux: arch/x86/mm/init_32.c:mark_rodata_ro, v2.6.34, where data in 2 MiB pages that hold
 * text stays executable; the last step is v2.6.38's mark_nxdata_nx(), without its line.
 */
void mark_rodata_ro(void)
{
	unsigned long rodata = PAGE_ALIGN((unsigned long)_etext);

	write_protect("text", PAGE_ALIGN((unsigned long)_text), rodata);
	write_protect("read-only data", rodata, (unsigned long)__end_rodata);
	mark_nxdata_nx();
}
