/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_HIGHMEM_H
#define MM_HIGHMEM_H

/*
 * Windows onto high memory, whose page frames have no address of their own:
 *
 *	kmap()          512 windows (pkmap); a window lasts until kunmap(), and its
 *	                mapping for a while longer: src/mm/highmem.c
 *	kmap_atomic()   one window for each enum km_type; gone with kunmap_atomic():
 *	                src/arch/i386/mm/highmem_32.c
 *
 * Both give the linear map's address for a page of low memory.
 */

#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <lib/compiler.h>
#include <lib/types.h>
#include <mm/absent.h>
#include <mm/mmzone.h>

#define LAST_PKMAP_MASK	(LAST_PKMAP - 1)
#define PKMAP_NR(va)	(((va) - PKMAP_BASE) >> PAGE_SHIFT)
#define PKMAP_ADDR(nr)	(PKMAP_BASE + ((unsigned long)(nr) << PAGE_SHIFT))

#define kmap_prot	PAGE_KERNEL

extern pte_t *pkmap_page_table;	/* the page table of PKMAP_BASE */
extern pte_t *kmap_pte;		/* the entry of FIX_KMAP_BEGIN; indices grow downwards */
extern int pkmap_count[LAST_PKMAP];
extern unsigned int last_pkmap_nr;

/* kmap_atomic() looks closer: memdawn.debug, or memory that is not there. */
extern bool kmap_atomic_checks;

static inline bool PageHighMem(const struct page *page)
{
	return is_highmem_idx(page_zonenum(page));
}

static inline void *lowmem_page_address(const struct page *page)
{
	return pfn_to_kaddr(page_to_pfn(page));
}

void permanent_kmaps_init(void);
void kmap_init(void);
void set_highmem_pages_init(void);
void page_address_init(void);

void *page_address(const struct page *page);
void set_page_address(struct page *page, void *virtual);

void *kmap(struct page *page);
void kunmap(struct page *page);
void *kmap_high(struct page *page);
void kunmap_high(struct page *page);
void kmap_flush_unused(void);
struct page *kmap_to_page(void *vaddr);
unsigned int kmap_users(const struct page *page);
bool kmap_check(void);

void *kmap_atomic(struct page *page, enum km_type type);
void *kmap_atomic_prot(struct page *page, enum km_type type, pgprot_t prot);
void *kmap_atomic_pfn(unsigned long pfn, enum km_type type);
void kunmap_atomic(void *kvaddr, enum km_type type);
struct page *kmap_atomic_to_page(void *ptr);
bool kmap_atomic_check(void);

/* Fills a page that is mapped at page with zeros: four bytes an instruction. */
static inline void clear_page(void *page)
{
	unsigned long count = PAGE_SIZE / 4;

	asm volatile("rep stosl" : "+D"(page), "+c"(count) : "a"(0) : "memory");
}

/*
 * Fills a page of any zone with zeros. KM_USER0 must not be in use. A page that is not there stays
 * as it is: nobody will ever see into it.
 */
static inline void clear_highpage(struct page *page)
{
	void *kaddr;

	if (likely(!PageHighMem(page))) {
		clear_page(lowmem_page_address(page));
		return;
	}
	if (pfn_absent(page_to_pfn(page)))
		return;
	kaddr = kmap_atomic(page, KM_USER0);
	clear_page(kaddr);
	kunmap_atomic(kaddr, KM_USER0);
}

#endif
