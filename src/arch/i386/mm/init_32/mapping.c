// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maps low memory at PAGE_OFFSET.
 *
 * On entry head's tables map the image and a little more with 4 KiB pages; the
 * fixmap's table is there and empty. Two passes over low memory then make the
 * real mapping: the first sets page sizes and keeps head's attributes, the
 * second sets the attributes (NX, GLOBAL). Never both at once: the TLB must not
 * see two sizes with different attributes for one address.
 *
 *	0 - 2M          4 KiB pages, for the fixed MTRRs in the first MiB
 *	2M - n x 2M     2 MiB pages, if the CPU has them
 *	the rest        4 KiB pages
 *
 * Tables that are missing come one page after the other from a piece of RAM that
 * find_early_table_space() chose (in pages: e820_table_start <= end <= top), and
 * after the boot allocator is up, from it.
 */
#include <asm/early_ioremap.h>
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/highmem.h>

/* What this CPU lets an entry have; the NX bit is setup_nx.c's matter. */
pteval_t __supported_pte_mask = ~(_PAGE_NX | _PAGE_GLOBAL | _PAGE_IOMAP);

/* Page frames; tables in use are [e820_table_start, e820_table_end). */
unsigned long e820_table_start __initdata;
unsigned long e820_table_end __initdata;
unsigned long e820_table_top __initdata;

int after_bootmem;
unsigned long max_low_pfn_mapped;
pte_t *kmap_pte;

/* A part of low memory that is mapped with one page size; physical bytes. */
struct map_range {
	unsigned long start;
	unsigned long end;
	bool large;
};

static void * __init alloc_low_page(void)
{
	unsigned long pfn = e820_table_end++;
	void *page;

	if (pfn >= e820_table_top)
		panic("alloc_low_page: ran out of memory");
	page = pfn_to_kaddr(pfn);
	memset(page, 0, PAGE_SIZE);
	return page;
}

static void * __init alloc_table(void)
{
	void *table;

	if (!after_bootmem)
		return alloc_low_page();
	table = alloc_bootmem_pages(PAGE_SIZE);
	balance_own("page tables", phys_span(__pa(table), PAGE_SIZE));
	return table;
}

static pmd_t * __init one_md_table_init(pgd_t *pgd)
{
	if (!pgd_present(*pgd))
		set_pgd(pgd, (pgd_t){ __pa(alloc_table()) | _PAGE_PRESENT });
	return pmd_offset(pgd, 0);
}

static pte_t * __init one_page_table_init(pmd_t *pmd)
{
	if (!pmd_present(*pmd))
		set_pmd(pmd, (pmd_t){ __pa(alloc_table()) | _PAGE_TABLE });
	return pte_offset_kernel(pmd, 0);
}

/*
 * Sees to it that there are page tables for [start, end), multiples of 2 MiB; an end of 0 is the
 * very end. Nothing is mapped.
 * Linux: arch/x86/mm/init_32.c:page_table_range_init, v2.6.34. All fixed kmap pages lie in one
 * table here, so nothing has to be moved.
 */
static void __init page_table_range_init(unsigned long start, unsigned long end)
{
	unsigned long va;

	for (va = start; va != end; va += PMD_SIZE)
		one_page_table_init(one_md_table_init(pgd_offset_k(va)) + pmd_index(va));
}

/**
 * early_ioremap_page_table_range_init - page tables for all fixed pages
 *
 * Linux: arch/x86/mm/init_32.c:early_ioremap_page_table_range_init, v2.6.34.
 */
void __init early_ioremap_page_table_range_init(void)
{
	page_table_range_init(fix_to_virt(__end_of_fixed_addresses - 1) & PMD_MASK,
			      (FIXADDR_TOP + PMD_SIZE - 1) & PMD_MASK);
	early_ioremap_reset();
}

/**
 * permanent_kmaps_init - a page table for the pkmap window
 *
 * The boot allocator must be up.
 * Linux: arch/x86/mm/init_32.c:permanent_kmaps_init, v2.6.34.
 */
void __init permanent_kmaps_init(void)
{
	enum page_level level;

	page_table_range_init(PKMAP_BASE, PKMAP_BASE + PAGE_SIZE * LAST_PKMAP);
	pkmap_page_table = lookup_address(PKMAP_BASE, &level);
}

/**
 * kmap_init - find the entries of the kmap_atomic pages
 *
 * The fixmap's page table must be there.
 * Linux: arch/x86/mm/init_32.c:kmap_init, v2.6.34.
 */
void __init kmap_init(void)
{
	enum page_level level;

	kmap_pte = lookup_address(fix_to_virt(FIX_KMAP_BEGIN), &level);
	BUG_ON(level != PG_LEVEL_4K);
}

/* Executable: everything up to the end of the init sections. */
static bool __init is_kernel_text(unsigned long va)
{
	return va >= PAGE_OFFSET && va <= (unsigned long)__init_end;
}

/* Maps the 2 MiB from pfn on with one entry. */
static void __init map_large(pmd_t *pmd, unsigned long pfn, bool final)
{
	unsigned long va = PAGE_OFFSET + (pfn << PAGE_SHIFT);
	pgprot_t prot = __pgprot(PTE_IDENT_ATTR | _PAGE_PSE);

	if (final)
		prot = is_kernel_text(va) || is_kernel_text(va + PMD_SIZE - 1) ?
			PAGE_KERNEL_LARGE_EXEC : PAGE_KERNEL_LARGE;
	set_pmd(pmd, pfn_pmd(pfn, prot));
}

/* Maps the frames [pfn, end_pfn), all within one table. */
static void __init map_small(pmd_t *pmd, unsigned long pfn, unsigned long end_pfn, bool final)
{
	unsigned long va = PAGE_OFFSET + (pfn << PAGE_SHIFT);
	pte_t *pte = one_page_table_init(pmd) + pte_index(va);

	for (; pfn < end_pfn; pfn++, pte++, va += PAGE_SIZE) {
		pgprot_t prot = __pgprot(PTE_IDENT_ATTR);

		if (final)
			prot = is_kernel_text(va) ? PAGE_KERNEL_EXEC : PAGE_KERNEL;
		set_pte(pte, pfn_pte(pfn, prot));
	}
}

static void __init map_pass(unsigned long start_pfn, unsigned long end_pfn, bool large, bool final)
{
	unsigned long pfn, next;

	for (pfn = start_pfn; pfn < end_pfn; pfn = next) {
		unsigned long va = PAGE_OFFSET + (pfn << PAGE_SHIFT);
		pmd_t *pmd = one_md_table_init(pgd_offset_k(va)) + pmd_index(va);

		next = min(round_up(pfn + 1, PTRS_PER_PTE), end_pfn);
		if (large)
			map_large(pmd, pfn, final);
		else
			map_small(pmd, pfn, next, final);
	}
}

static void __init kernel_physical_mapping_init(const struct map_range *mr)
{
	map_pass(PFN_DOWN(mr->start), PFN_DOWN(mr->end), mr->large, false);
	__flush_tlb_all();
	map_pass(PFN_DOWN(mr->start), PFN_DOWN(mr->end), mr->large, true);
}

/* Adds [start, end) unless it is empty; joins it to a neighbour of the same page size. */
static int __init save_mr(struct map_range *mr, int nr, unsigned long start, unsigned long end,
			  bool large)
{
	if (start >= end)
		return nr;
	if (nr && mr[nr - 1].end == start && mr[nr - 1].large == large) {
		mr[nr - 1].end = end;
		return nr;
	}
	mr[nr] = (struct map_range){ start, end, large };
	return nr + 1;
}

static int __init split_by_page_size(struct map_range *mr, unsigned long end, bool use_pse)
{
	unsigned long head = min(PMD_SIZE, end);
	unsigned long body = max(head, end & PMD_MASK);
	int nr = 0;

	nr = save_mr(mr, nr, 0, head, false);
	nr = save_mr(mr, nr, head, body, use_pse);
	return save_mr(mr, nr, body, end, false);
}

/* Bytes of tables for n entries of 8 bytes, in whole pages. */
static unsigned long __init table_bytes(unsigned long n)
{
	return PAGE_ALIGN(n * sizeof(pte_t));
}

/*
 * Room for the tables of the whole mapping and of the fixmap; more than is
 * needed, because head's tables stay in use.
 */
static void __init find_early_table_space(unsigned long end, bool use_pse)
{
	unsigned long tables, ptes = PFN_UP(end);
	u64 start;

	if (use_pse)
		ptes = PFN_UP((end & ~PMD_MASK) + PMD_SIZE);
	tables = table_bytes((end + PGDIR_SIZE - 1) >> PGDIR_SHIFT) +
		 table_bytes((end + PMD_SIZE - 1) >> PMD_SHIFT) +
		 table_bytes(ptes) + table_bytes(__end_of_fixed_addresses);

	start = boot_find_area(phys_range(0x7000, PFN_PHYS(max_pfn_mapped)), tables, PAGE_SIZE);
	if (start == -1ULL)
		panic("Cannot find space for the kernel page tables: %lu kB of free RAM below "
		      "%lu kB (all that is mapped now) are needed", tables >> 10,
		      max_pfn_mapped << (PAGE_SHIFT - 10));
	e820_table_start = e820_table_end = start >> PAGE_SHIFT;
	e820_table_top = e820_table_start + (tables >> PAGE_SHIFT);
	printk(KERN_DEBUG "kernel direct mapping tables up to %lx @ %lx-%lx\n", end,
	       e820_table_start << PAGE_SHIFT, e820_table_top << PAGE_SHIFT);
}

/* Large pages, and entries that stay in the TLB when CR3 is loaded, where the CPU has them. */
static void __init enable_pse_pge(void)
{
	unsigned long bits = (cpu_has_pse ? X86_CR4_PSE : 0) | (cpu_has_pge ? X86_CR4_PGE : 0);

	set_in_cr4(bits);
	if (bits & X86_CR4_PGE)
		__supported_pte_mask |= _PAGE_GLOBAL;
}

/**
 * init_memory_mapping - map physical [0, end) at PAGE_OFFSET
 * @start: 0
 * @end: physical address, end of low memory, a multiple of the page size
 *
 * Prints what is mapped with which page size and where the tables lie, reserves those that were
 * used ("PGTABLE"), makes the fixmap's tables, runs memtest=. Panics if there is no room for the
 * tables. The memory map must be final, BRK reserved.
 *
 * Return: the page frame number after the last one mapped.
 * Linux: arch/x86/mm/init.c:init_memory_mapping, v2.6.34.
 */
unsigned long __init init_memory_mapping(unsigned long start, unsigned long end)
{
	struct map_range mr[3];
	int i, nr_range;

	printk(KERN_INFO "init_memory_mapping: %016lx-%016lx\n", start, end);
	enable_pse_pge();
	nr_range = split_by_page_size(mr, end, cpu_has_pse);
	for (i = 0; i < nr_range; i++)
		printk(KERN_DEBUG " %010lx - %010lx page %s\n", mr[i].start, mr[i].end,
		       mr[i].large ? "2M" : "4k");
	find_early_table_space(end, cpu_has_pse);

	for (i = 0; i < nr_range; i++)
		kernel_physical_mapping_init(&mr[i]);
	early_ioremap_page_table_range_init();
	write_cr3(__pa(swapper_pg_dir));
	__flush_tlb_all();

	boot_reserve(phys_range(PFN_PHYS(e820_table_start), PFN_PHYS(e820_table_end)), "PGTABLE");
	early_memtest(start, end);
	return PFN_DOWN(end);
}

/**
 * pagetable_setup_start - take away what head mapped beyond the end of low memory
 *
 * Linux: arch/x86/mm/init_32.c:native_pagetable_setup_start, v2.6.34.
 */
void __init pagetable_setup_start(void)
{
	enum page_level level;
	unsigned long pfn;
	pte_t *pte;

	for (pfn = max_low_pfn + 1; pfn < 1UL << (32 - PAGE_SHIFT); pfn++) {
		pte = lookup_address(PAGE_OFFSET + (pfn << PAGE_SHIFT), &level);
		if (level != PG_LEVEL_4K || !pte_present(*pte))
			break;
		pte_clear(pte);
	}
}

/**
 * zap_low_mappings - address 0 and up are no longer mapped: NULL faults
 *
 * Linux: arch/x86/mm/init_32.c:zap_low_mappings, v2.6.34.
 */
void __init zap_low_mappings(void)
{
	unsigned int i;

	/* A PGD entry of PAE that isn't present may be cached by the CPU: use an empty table. */
	for (i = 0; i < KERNEL_PGD_BOUNDARY; i++)
		set_pgd(&swapper_pg_dir[i], (pgd_t){ __pa(empty_zero_page) | _PAGE_PRESENT });
	__flush_tlb_all();
}
