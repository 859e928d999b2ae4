// SPDX-License-Identifier: GPL-2.0-only
/*
 * Single entries of the kernel's page tables: the fixmap, the walk, NX, and the
 * parameter that moves the border between low memory and the vmalloc area.
 */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/cmdline.h>
#include <lib/kernel.h>
#include <lib/string.h>

pteval_t __supported_pte_mask = ~(_PAGE_NX | _PAGE_GLOBAL | _PAGE_IOMAP);

/* Bytes between the end of low memory and VMALLOC_END, the 8 MiB hole included. */
unsigned long __VMALLOC_RESERVE = 128UL << 20;

static int disable_nx __initdata;

/**
 * lookup_address - find the entry that maps a kernel address
 * @va: virtual address
 * @level: PG_LEVEL_4K or PG_LEVEL_2M, or PG_LEVEL_NONE if nothing is there
 *
 * Return: the entry (for 2M the PMD entry), present or not, or NULL if there is no table for it.
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

/**
 * clear_fixmap - unmap a fixed page
 * @idx: which fixed page
 *
 * Linux: arch/x86/include/asm/fixmap.h:clear_fixmap, v2.6.34.
 */
void clear_fixmap(enum fixed_addresses idx)
{
	__set_fixmap(idx, 0, __pgprot(0));
}

/**
 * x86_configure_nx - use the NX bit if the CPU has it and nobody forbids it
 *
 * early_cpu_init() must have run.
 * Linux: arch/x86/mm/setup_nx.c:x86_configure_nx, v2.6.34.
 */
void __init x86_configure_nx(void)
{
	if (cpu_has_nx && !disable_nx)
		__supported_pte_mask |= _PAGE_NX;
	else
		__supported_pte_mask &= ~_PAGE_NX;
}

/**
 * noexec_setup - noexec=on|off: whether data pages can't be executed
 * @str: the value, or NULL
 *
 * Return: 0, or -1 for a missing value.
 * Linux: arch/x86/mm/setup_nx.c:noexec_setup, v2.6.34.
 */
int __init noexec_setup(char *str)
{
	static const struct { const char *word; int disable; } settings[] = {
		{ "on", 0 }, { "off", 1 },
	};
	unsigned int i;

	if (!str)
		return -1;
	/* What else it may be is passed over, as in Linux. */
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strncmp(str, settings[i].word, strlen(settings[i].word)))
			disable_nx = settings[i].disable;
	x86_configure_nx();
	return 0;
}

/**
 * x86_report_nx - say whether NX is used, and if not, why
 *
 * Linux: arch/x86/mm/setup_nx.c:x86_report_nx, v2.6.34.
 */
void __init x86_report_nx(void)
{
	if (!cpu_has_nx)
		printk(KERN_NOTICE "Notice: NX (Execute Disable) protection "
		       "missing in CPU or disabled in BIOS!\n");
	else
		printk(KERN_INFO "NX (Execute Disable) protection: %s\n",
		       disable_nx ? "disabled by kernel command line option" : "active");
}

/**
 * parse_vmalloc - vmalloc=SIZE: the size of the vmalloc area, at low memory's cost
 * @arg: the value, or NULL
 *
 * Return: 0, or -1 for a missing value.
 * Linux: arch/x86/mm/pgtable_32.c:parse_vmalloc, v2.6.34, which takes any value:
 * 0 ends in a BUG, 1G makes the size of low memory negative. We refuse what
 * leaves no vmalloc area, or less low memory than the image and 16 MiB.
 */
int __init parse_vmalloc(char *arg)
{
	unsigned long least = __pa(_end) + (16UL << 20);
	u64 most = VMALLOC_END - PAGE_OFFSET - least - VMALLOC_OFFSET;
	u64 size;

	if (!arg)
		return -1;
	size = memparse(arg, &arg);
	if (size < 2 * PAGE_SIZE || size > most) {
		printk(KERN_WARNING "memdawn: vmalloc= of %llu kB is refused, %lu kB to %llu kB are "
		       "possible; the default of %lu kB stays\n", size >> 10,
		       2 * PAGE_SIZE >> 10, most >> 10, __VMALLOC_RESERVE >> 10);
		return 0;
	}
	__VMALLOC_RESERVE = size + (variant.old_vmalloc ? 0 : VMALLOC_OFFSET);
	return 0;
}
