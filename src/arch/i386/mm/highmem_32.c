// SPDX-License-Identifier: GPL-2.0-only
/*
 * High memory: its page frames' way into the free lists, and the windows through which it is
 * seen, of which the atomic ones are made here.
 *
 * An atomic window is a fixed page: FIX_KMAP_BEGIN + its enum km_type. It has one
 * user at a time, who unmaps it soon and calls nobody who could use the same one.
 */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/irqflags.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/boot/boot_alloc.h>
#include <mm/highmem.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

pte_t *pkmap_page_table;
bool kmap_atomic_checks;

/* A zone's part of high memory, page frames [start_pfn, end_pfn). */
struct add_highpages_data {
	unsigned long start_pfn;
	unsigned long end_pfn;
};

static int __init add_highpages_work_fn(unsigned long start_pfn, unsigned long end_pfn, void *datax)
{
	const struct add_highpages_data *data = datax;
	unsigned long first = max(start_pfn, data->start_pfn);
	unsigned long last = min(end_pfn, data->end_pfn);
	struct page *page, *end;

	if (first >= last)
		return 0;
	totalhigh_pages += last - first;
	if (free_in_bulk) {
		bulk_free_range(first, last);
		return 0;
	}
	page = pfn_to_page(first);
	for (end = page + (last - first); page < end; page++)
		__free_pages_bootmem(page, 0);
	return 0;
}

/**
 * set_highmem_pages_init - free every page frame of high memory
 *
 * Page by page, from the lowest up, zone by zone: the order decides the order of
 * the free lists. Counts them in totalhigh_pages and totalram_pages.
 * The zones must be there.
 * Linux: arch/x86/mm/highmem_32.c:set_highmem_pages_init, v2.6.34.
 */
void __init set_highmem_pages_init(void)
{
	unsigned long totalhigh_before;
	struct zone *zone;

	for_each_zone(zone) {
		struct add_highpages_data data = {
			zone->zone_start_pfn, zone->zone_start_pfn + zone->spanned_pages
		};
		int nid = zone->zone_pgdat->node_id;

		if (!is_highmem(zone))
			continue;
		printk(KERN_INFO "Initializing %s for node %d (%08lx:%08lx)\n", zone->name, nid,
		       data.start_pfn, data.end_pfn);
		if (boot_free_highpages(nid, data.start_pfn, data.end_pfn))
			continue;
		totalhigh_before = totalhigh_pages;
		work_with_active_regions(nid, add_highpages_work_fn, &data);
		totalram_pages += totalhigh_pages - totalhigh_before;
	}
}

/**
 * kmap - make a page addressable
 * @page: of any zone
 *
 * page_address_init() and permanent_kmaps_init() must have run.
 *
 * Return: its address: the linear map's for low memory, else a pkmap window's, which stays until
 * kunmap(). NULL, after a report, if all windows are in use or the machine doesn't have the page
 * (mm/absent.h).
 * Linux: arch/x86/mm/highmem_32.c:kmap, v2.6.34, which waits for a window.
 */
void *kmap(struct page *page)
{
	if (!PageHighMem(page))
		return lowmem_page_address(page);
	return kmap_high(page);
}

/**
 * kunmap - undo kmap()
 * @page: of any zone; if of high memory, kmap() must have been called for it
 *
 * Linux: arch/x86/mm/highmem_32.c:kunmap, v2.6.34.
 */
void kunmap(struct page *page)
{
	if (PageHighMem(page))
		kunmap_high(page);
}

#define EFLAGS_IF	0x200

/* memdawn.debug: what each window was opened for. */
static unsigned long window_pfn[KM_TYPE_NR];

/* memdawn.debug: the interrupts' windows are used with interrupts off only. */
static noinline void debug_kmap_atomic(enum km_type type, unsigned long pfn)
{
	static int warnings_left = 10;

	BUG_ON((unsigned int)type >= KM_TYPE_NR);
	window_pfn[type] = pfn;
	if (!(native_save_fl() & EFLAGS_IF) || warnings_left == 0)
		return;
	switch (type) {
	case KM_IRQ0:
	case KM_IRQ1:
	case KM_BOUNCE_READ:
	case KM_BIO_SRC_IRQ:
	case KM_BIO_DST_IRQ:
	case KM_IRQ_PTE:
	case KM_NMI:
	case KM_NMI_PTE:
	case KM_SOFTIRQ0:
	case KM_SOFTIRQ1:
		WARN_ON(1);
		warnings_left--;
		break;
	default:
		break;
	}
}

static noinline bool may_map_atomic(enum km_type type, unsigned long pfn)
{
	if (memdawn_debug)
		debug_kmap_atomic(type, pfn);
	if (!pfn_absent(pfn))
		return true;
	report_absent("kmap_atomic", pfn);
	return false;
}

static __always_inline void *map_atomic(unsigned long pfn, enum km_type type, pgprot_t prot)
{
	pte_t *pte = kmap_pte - type;

	if (unlikely(kmap_atomic_checks) && !may_map_atomic(type, pfn))
		return NULL;
	BUG_ON(pte_val(*pte));
	set_pte(pte, pfn_pte(pfn, prot));
	return (void *)fix_to_virt(FIX_KMAP_BEGIN + type);
}

/**
 * kmap_atomic_prot - make a page addressable for a moment, with a protection
 * @page: of any zone
 * @type: the window; must not be in use
 * @prot: not looked at for a page of low memory
 *
 * kmap_init() must have run.
 *
 * Return: an address for kunmap_atomic(), or NULL, after a message, for a page that the machine
 * doesn't have (mm/absent.h).
 * Linux: arch/x86/mm/highmem_32.c:kmap_atomic_prot, v2.6.34.
 */
void *kmap_atomic_prot(struct page *page, enum km_type type, pgprot_t prot)
{
	if (unlikely(!PageHighMem(page)))
		return lowmem_page_address(page);
	return map_atomic(page_to_pfn(page), type, prot);
}

/**
 * kmap_atomic - make a page addressable for a moment
 * @page: of any zone
 * @type: the window; must not be in use
 *
 * kmap_init() must have run.
 *
 * Return: an address for kunmap_atomic(), or NULL, after a message, for a page that the machine
 * doesn't have.
 * Linux: arch/x86/mm/highmem_32.c:kmap_atomic, v2.6.34.
 */
void *kmap_atomic(struct page *page, enum km_type type)
{
	if (unlikely(!PageHighMem(page)))
		return lowmem_page_address(page);
	return map_atomic(page_to_pfn(page), type, kmap_prot);
}

/**
 * kmap_atomic_pfn - make a page frame addressable for a moment
 * @pfn: any page frame number, with or without a struct page
 * @type: the window; must not be in use
 *
 * kmap_init() must have run.
 *
 * Return: an address for kunmap_atomic(), or NULL, after a message, for one that the machine
 * doesn't have.
 * Linux: arch/x86/mm/highmem_32.c:kmap_atomic_pfn, v2.6.34.
 */
void *kmap_atomic_pfn(unsigned long pfn, enum km_type type)
{
	return map_atomic(pfn, type, kmap_prot);
}

/*
 * memdawn.debug: nothing but this window or low memory may be given back with this type, and the
 * window must still show the page that it was opened for.
 */
static noinline void check_kunmap_atomic(unsigned long vaddr, enum km_type type)
{
	if (vaddr == fix_to_virt(FIX_KMAP_BEGIN + type)) {
		BUG_ON(!pte_present(kmap_pte[-(int)type]));
		BUG_ON(pte_pfn(kmap_pte[-(int)type]) != window_pfn[type]);
		return;
	}
	BUG_ON(vaddr < PAGE_OFFSET);
	BUG_ON(vaddr >= (unsigned long)high_memory);
}

/**
 * kunmap_atomic - undo kmap_atomic()
 * @kvaddr: what kmap_atomic() returned, or an address in the same page
 * @type: what it was given
 *
 * The window faults from now on.
 * Linux: arch/x86/mm/highmem_32.c:kunmap_atomic, v2.6.34.
 */
void kunmap_atomic(void *kvaddr, enum km_type type)
{
	unsigned long vaddr = (unsigned long)kvaddr & PAGE_MASK;

	if (unlikely(memdawn_debug))
		check_kunmap_atomic(vaddr, type);
	if (vaddr != fix_to_virt(FIX_KMAP_BEGIN + type))
		return;
	pte_clear(kmap_pte - type);
	__flush_tlb_one(vaddr);
}

/**
 * kmap_atomic_to_page - which page does an address show?
 * @ptr: of an atomic window in use, or of low memory
 *
 * Return: its struct page.
 * Linux: arch/x86/mm/highmem_32.c:kmap_atomic_to_page, v2.6.34.
 */
struct page *kmap_atomic_to_page(void *ptr)
{
	unsigned long vaddr = (unsigned long)ptr;

	if (vaddr < FIXADDR_START)
		return virt_to_page(vaddr);
	return pfn_to_page(pte_pfn(kmap_pte[(int)FIX_KMAP_BEGIN - (int)virt_to_fix(vaddr)]));
}

/**
 * kmap_atomic_check - are all atomic windows closed?
 *
 * Return: whether all are; if not, the log has a line for each one that is open.
 */
bool kmap_atomic_check(void)
{
	bool ok = true;
	int type;

	for (type = 0; type < KM_TYPE_NR; type++) {
		if (!pte_val(kmap_pte[-type]))
			continue;
		printk(KERN_ERR "memdawn: kmap_atomic: window %d is open, its PTE is %016llx\n", type,
		       pte_val(kmap_pte[-type]));
		ok = false;
	}
	return ok;
}
