// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftests of the windows onto high memory: kmap() and kmap_atomic().
 */
#include <asm/extable.h>
#include <asm/fixmap.h>
#include <asm/irqflags.h>
#include <asm/pgtable.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <selftest/ktap.h>

#define NR_PAGES	(2 * LAST_PKMAP + 3)

static struct page *pages[NR_PAGES];

/* Pages of high memory, each filled with its index. False: there are not so many. */
static bool get_pages(void)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN);
		if (!pages[i] || !PageHighMem(pages[i]))
			return false;
		page_fill(pages[i], i);
	}
	return true;
}

static void put_pages(void)
{
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		if (pages[i])
			__free_page(pages[i]);
		pages[i] = NULL;
	}
}

static unsigned int nr_windows_in_use(void)
{
	unsigned int nr, used = 0;

	for (nr = 0; nr < LAST_PKMAP; nr++)
		used += pkmap_count[nr] > 1;
	return used;
}

static bool shows(const u32 *kaddr, u32 word)
{
	return kaddr && kaddr[0] == word && kaddr[PAGE_SIZE / sizeof(*kaddr) - 1] == word;
}

/* Each page once: twice through all windows, which are unmapped when window 0 is reached. */
static void windows_in_turn(void)
{
	unsigned int i, last = last_pkmap_nr, rounds = 0;

	for (i = 0; i < NR_PAGES; i++) {
		u32 *kaddr = kmap(pages[i]);
		unsigned int nr = PKMAP_NR((unsigned long)kaddr);

		if (!check(shows(kaddr, i)))
			return;
		if (!check_say(nr < LAST_PKMAP && nr == last_pkmap_nr,
			       "page frame %lu gets window %u, the next in turn (not %u)",
			       page_to_pfn(pages[i]), last_pkmap_nr, nr))
			return;
		check_say(pkmap_count[nr] == 2 && kmap_users(pages[i]) == 1,
			  "the counter of window %u, with one user, is 2 (not %d)", nr, pkmap_count[nr]);
		check(page_address(pages[i]) == kaddr && kmap_to_page(kaddr) == pages[i]);
		kunmap(pages[i]);
		check_say(pkmap_count[nr] == 1 && kmap_users(pages[i]) == 0,
			  "the counter of window %u, whose user has gone, is 1 (not %d)", nr, pkmap_count[nr]);
		rounds += nr < last;
		last = nr;
	}
	check(rounds >= 2);
	check(kmap_check());
	kmap_flush_unused();
	check(!page_address(pages[NR_PAGES - 1]));
	check(kmap_check());
}

/* One window for all users of a page, as long as there is one. */
static void nested_users(void)
{
	void *kaddr = kmap(pages[0]);
	unsigned int i, nr = PKMAP_NR((unsigned long)kaddr);

	if (!check(kaddr))
		return;
	for (i = 2; i <= 20; i++) {
		check_say(kmap(pages[0]) == kaddr, "user %u of page frame %lu gets the same window", i,
			  page_to_pfn(pages[0]));
		check_say(pkmap_count[nr] == (int)i + 1, "the counter of window %u, with %u users, is %u (not %d)",
			  nr, i, i + 1, pkmap_count[nr]);
	}
	while (--i)
		kunmap(pages[0]);
	check_say(pkmap_count[nr] == 1, "the counter of window %u, whose users have gone, is 1 (not %d)", nr,
		  pkmap_count[nr]);
}

/* All windows in use: NULL and a report; a window that is given back serves again. */
static void all_windows(void)
{
	const unsigned int n = LAST_PKMAP;
	unsigned int i;

	for (i = 0; i < n; i++)
		check(kmap(pages[i]));
	check_say(nr_windows_in_use() == n, "%u windows are in use (not %u)", n, nr_windows_in_use());
	ktap_expect("memdawn: kmap: page frame ");
	check(!kmap(pages[n]));
	check(ktap_reports() == 1);
	for (i = 0; i < n; i++)
		check(shows(page_address(pages[i]), i));
	kunmap(pages[n / 2]);
	check(shows(kmap(pages[n]), n));
	check(!page_address(pages[n / 2]));
	kunmap(pages[n]);
	for (i = 0; i < n; i++)
		if (i != n / 2)
			kunmap(pages[i]);
	check(kmap_check());
}

static void low_page(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int last = last_pkmap_nr;

	if (!check(page))
		return;
	check(kmap(page) == lowmem_page_address(page) && page_address(page) == kmap(page));
	check(kmap_to_page(kmap(page)) == page && kmap_users(page) == 0);
	kunmap(page);
	check(last_pkmap_nr == last);
	__free_page(page);
}

/**
 * test_pkmap - kmap()'s 512 windows: one after the other, nested, and all in use
 */
void test_pkmap(void)
{
	struct zones_state before;

	kmap_flush_unused();
	zones_state(&before);
	check(!nr_windows_in_use());
	low_page();
	if (get_pages()) {
		windows_in_turn();
		nested_users();
		all_windows();
	} else {
		ktap_skip("not enough high memory");
	}
	kmap_flush_unused();
	put_pages();
	zones_same(&before);
}

/* Open windows of all types at once, each onto a page of its own. */
static void all_types(void)
{
	void *kaddr[KM_TYPE_NR];
	unsigned int type;

	for (type = 0; type < KM_TYPE_NR; type++) {
		kaddr[type] = kmap_atomic(pages[type], type);
		check(kaddr[type] == (void *)fix_to_virt(FIX_KMAP_BEGIN + type));
		check(kmap_atomic_to_page(kaddr[type]) == pages[type]);
	}
	for (type = 0; type < KM_TYPE_NR; type++) {
		check(shows(kaddr[type], type));
		check(pte_pfn(kmap_pte[-(int)type]) == page_to_pfn(pages[type]));
		*(u32 *)kaddr[type] = ~type;
	}
	for (type = 0; type < KM_TYPE_NR; type++) {
		u32 word;

		kunmap_atomic(kaddr[type], type);
		check(!pte_val(kmap_pte[-(int)type]));
		check(probe_kernel_read(&word, kaddr[type], sizeof(word)));
	}
	check(kmap_atomic_check());
	for (type = 0; type < KM_TYPE_NR; type++) {
		check(*(u32 *)kmap(pages[type]) == ~type);
		kunmap(pages[type]);
	}
}

/* One window, one page after the other: the TLB must not remember the page before. */
static void one_window(void)
{
	unsigned int i;

	for (i = KM_TYPE_NR; i < NR_PAGES; i++) {
		void *kaddr = i % 2 ? kmap_atomic(pages[i], KM_USER0) :
				      kmap_atomic_pfn(page_to_pfn(pages[i]), KM_USER0);

		check(shows(kaddr, i));
		kunmap_atomic(kaddr + i, KM_USER0);
	}
}

static void read_only_window(void)
{
	void *kaddr = kmap_atomic_prot(pages[KM_TYPE_NR], KM_USER1, PAGE_KERNEL_RO);

	check(shows(kaddr, KM_TYPE_NR));
	check(!(pte_val(kmap_pte[-KM_USER1]) & _PAGE_RW));
	kunmap_atomic(kaddr, KM_USER1);
}

static void low_page_atomic(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *kaddr;

	if (!check(page))
		return;
	kaddr = kmap_atomic(page, KM_USER0);
	check(kaddr == lowmem_page_address(page) && !pte_val(kmap_pte[-KM_USER0]));
	check(kmap_atomic_to_page(kaddr) == page);
	kunmap_atomic(kaddr, KM_USER0);
	kaddr = kmap_atomic_pfn(page_to_pfn(page), KM_USER0);
	check(kaddr == (void *)fix_to_virt(FIX_KMAP_BEGIN + KM_USER0));
	kunmap_atomic(kaddr, KM_USER0);
	__free_page(page);
}

/**
 * test_kmap_atomic - each type's window: opened, written through, closed
 */
void test_kmap_atomic(void)
{
	struct zones_state before;
	unsigned long flags;

	kmap_flush_unused();
	zones_state(&before);
	local_irq_save(flags);	/* the interrupts' windows are for them */
	low_page_atomic();
	if (get_pages()) {
		all_types();
		one_window();
		read_only_window();
	} else {
		ktap_skip("not enough high memory");
	}
	local_irq_restore(flags);
	check(kmap_atomic_check());
	kmap_flush_unused();
	put_pages();
	zones_same(&before);
}
