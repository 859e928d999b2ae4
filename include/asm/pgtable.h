/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

/*
 * PAE page tables, three levels:
 *
 *    31 30 | 29 ... 21 | 20 ... 12 | 11 ... 0
 *    PGD   | PMD       | PTE       | offset
 *    4 x 8 | 512 x 8   | 512 x 8   |              bytes of each table
 *
 * An entry has 64 bits: the frame in bits 12 to 51, NX in bit 63. It is written
 * in two halves, so the half with the present bit goes last when an entry is
 * made and first when it is taken away.
 */

#include <asm/page.h>
#include <lib/types.h>

typedef u64 pteval_t;
typedef struct { pteval_t pte; } pte_t;
typedef struct { pteval_t pmd; } pmd_t;
typedef struct { pteval_t pgd; } pgd_t;
typedef struct { pteval_t pgprot; } pgprot_t;

#define PGDIR_SHIFT	30
#define PGDIR_SIZE	(1UL << PGDIR_SHIFT)
#define PTRS_PER_PGD	4
#define PMD_SHIFT	21
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))
#define PTRS_PER_PMD	512
#define PTRS_PER_PTE	512
#define KERNEL_PGD_BOUNDARY	(PAGE_OFFSET >> PGDIR_SHIFT)

#define _PAGE_PRESENT	0x001ULL
#define _PAGE_RW	0x002ULL
#define _PAGE_USER	0x004ULL
#define _PAGE_PWT	0x008ULL
#define _PAGE_PCD	0x010ULL
#define _PAGE_ACCESSED	0x020ULL
#define _PAGE_DIRTY	0x040ULL
#define _PAGE_PSE	0x080ULL	/* in a PMD entry: a 2 MiB page */
#define _PAGE_PAT	0x080ULL	/* in a PTE: one of the upper half of the PAT */
#define _PAGE_GLOBAL	0x100ULL
#define _PAGE_IOMAP	0x400ULL	/* software: maps a device */
#define _PAGE_NX	(1ULL << 63)

#define _PAGE_TABLE	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED | _PAGE_DIRTY)
#define PTE_IDENT_ATTR	0x003ULL	/* what head gives its first mappings */
#define PTE_PFN_MASK	0x000ffffffffff000ULL

#define __PAGE_KERNEL_EXEC \
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_DIRTY | _PAGE_ACCESSED | _PAGE_GLOBAL)
#define __PAGE_KERNEL	(__PAGE_KERNEL_EXEC | _PAGE_NX)

#define __pgprot(x)	((pgprot_t){ (x) })
#define pgprot_val(p)	((p).pgprot)
#define pte_val(p)	((p).pte)
#define pmd_val(p)	((p).pmd)
#define pgd_val(p)	((p).pgd)

#define PAGE_KERNEL		__pgprot(__PAGE_KERNEL)
#define PAGE_KERNEL_EXEC	__pgprot(__PAGE_KERNEL_EXEC)
#define PAGE_KERNEL_LARGE	__pgprot(__PAGE_KERNEL | _PAGE_PSE)
#define PAGE_KERNEL_LARGE_EXEC	__pgprot(__PAGE_KERNEL_EXEC | _PAGE_PSE)
#define PAGE_KERNEL_RO		__pgprot(__PAGE_KERNEL & ~_PAGE_RW)
#define PAGE_KERNEL_IO		__pgprot(__PAGE_KERNEL | _PAGE_IOMAP)
#define PAGE_READONLY		__pgprot(_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED | _PAGE_NX)

/* Made by head, in the image; see src/arch/i386/boot/head.asm. */
extern pgd_t swapper_pg_dir[PTRS_PER_PGD];
extern pmd_t swapper_pg_pmd[PTRS_PER_PMD];
extern pte_t swapper_pg_fixmap[PTRS_PER_PTE];
extern char empty_zero_page[PAGE_SIZE];

/* What an entry may carry on this CPU: NX and GLOBAL join when they are there. */
extern pteval_t __supported_pte_mask;

#define pgd_index(va)	((unsigned long)(va) >> PGDIR_SHIFT)
#define pmd_index(va)	(((unsigned long)(va) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(va)	(((unsigned long)(va) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

static inline bool pgd_present(pgd_t pgd)
{
	return pgd.pgd & _PAGE_PRESENT;
}

static inline bool pmd_present(pmd_t pmd)
{
	return pmd.pmd & _PAGE_PRESENT;
}

static inline bool pmd_large(pmd_t pmd)
{
	return (pmd.pmd & (_PAGE_PSE | _PAGE_PRESENT)) == (_PAGE_PSE | _PAGE_PRESENT);
}

static inline bool pte_present(pte_t pte)
{
	return pte.pte & _PAGE_PRESENT;
}

static inline unsigned long pte_pfn(pte_t pte)
{
	return (pte.pte & PTE_PFN_MASK) >> PAGE_SHIFT;
}

static inline unsigned long pmd_pfn(pmd_t pmd)
{
	return (pmd.pmd & PTE_PFN_MASK) >> PAGE_SHIFT;
}

/* Bits that this CPU doesn't have are dropped here, in one place. */
static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return (pte_t){ PFN_PHYS(pfn) | (prot.pgprot & __supported_pte_mask) };
}

static inline pmd_t pfn_pmd(unsigned long pfn, pgprot_t prot)
{
	return (pmd_t){ PFN_PHYS(pfn) | (prot.pgprot & __supported_pte_mask) };
}

/* The high half first: the entry is not present until the low half says so. */
static inline void set_entry(pteval_t *entry, pteval_t val)
{
	volatile u32 *half = (volatile u32 *)entry;

	half[1] = val >> 32;
	half[0] = (u32)val;
}

static inline void set_pte(pte_t *ptep, pte_t pte)
{
	set_entry(&ptep->pte, pte.pte);
}

static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	set_entry(&pmdp->pmd, pmd.pmd);
}

static inline void set_pgd(pgd_t *pgdp, pgd_t pgd)
{
	set_entry(&pgdp->pgd, pgd.pgd);
}

/* The low half first: not present before the rest goes. */
static inline void pte_clear(pte_t *ptep)
{
	volatile u32 *half = (volatile u32 *)ptep;

	half[0] = 0;
	half[1] = 0;
}

/* The tables lie in low memory, so an entry's frame has a virtual address. */
static inline pmd_t *pmd_offset(pgd_t *pgd, unsigned long va)
{
	return (pmd_t *)__va(pgd->pgd & PTE_PFN_MASK) + pmd_index(va);
}

static inline pte_t *pte_offset_kernel(pmd_t *pmd, unsigned long va)
{
	return (pte_t *)__va(pmd->pmd & PTE_PFN_MASK) + pte_index(va);
}

#define pgd_offset_k(va)	(swapper_pg_dir + pgd_index(va))

enum page_level { PG_LEVEL_NONE, PG_LEVEL_4K, PG_LEVEL_2M };

pte_t *lookup_address(unsigned long va, enum page_level *level);

#endif
