// SPDX-License-Identifier: GPL-2.0-only
/*
 * pkmap: 512 windows of one page each, and which page of high memory is seen
 * through which of them. Linux: mm/highmem.c.
 *
 *	pkmap_count[nr]
 *	0	not mapped, and no TLB entry is left of it: free
 *	1	mapped, but nobody uses it; free only after the next flush
 *	n	n - 1 users
 *
 * Windows are handed out in turn. Each time the turn comes back to window 0, all
 * windows without users are unmapped, with one flush for all of them.
 *
 * A page's window is found through a hash table of (page, address) pairs: the pairs
 * come from a pool with as many of them as there are windows.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/highmem.h>

#define PA_HASH_ORDER		7
#define GOLDEN_RATIO_PRIME_32	0x9e370001U

struct page_address_map {
	const struct page *page;
	void *virtual;
	struct list_head list;	/* of its bucket, or of the pool */
};

int pkmap_count[LAST_PKMAP];
unsigned int last_pkmap_nr;

static struct page_address_map page_address_maps[LAST_PKMAP];
static struct list_head page_address_htable[1 << PA_HASH_ORDER];
static LIST_HEAD(page_address_pool);

static struct list_head *page_slot(const struct page *page)
{
	u32 hash = (u32)page * GOLDEN_RATIO_PRIME_32;

	return &page_address_htable[hash >> (32 - PA_HASH_ORDER)];
}

static struct page_address_map *find_map(const struct page *page)
{
	const struct list_head *slot = page_slot(page);
	struct page_address_map *pam;

	list_for_each_entry(pam, slot, list)
		if (pam->page == page)
			return pam;
	return NULL;
}

/**
 * page_address_init - empty the hash table, fill the pool
 *
 * Before the first kmap() or page_address().
 * Linux: mm/highmem.c:page_address_init, v2.6.34.
 */
void __init page_address_init(void)
{
	struct list_head *slot = page_address_htable;
	struct page_address_map *pam = page_address_maps;

	while (slot < page_address_htable + ARRAY_SIZE(page_address_htable))
		INIT_LIST_HEAD(slot++);
	while (pam < page_address_maps + ARRAY_SIZE(page_address_maps))
		list_add_tail(&pam++->list, &page_address_pool);
}

/**
 * page_address - where a page is mapped
 * @page: of any zone
 *
 * Return: its virtual address, or NULL for a page of high memory that has no pkmap window.
 * Linux: mm/highmem.c:page_address, v2.6.34.
 */
void *page_address(const struct page *page)
{
	const struct page_address_map *pam;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	pam = find_map(page);
	return pam ? pam->virtual : NULL;
}

/* A page of high memory gets a window. */
static void add_map(const struct page *page, void *virtual)
{
	struct page_address_map *pam;

	BUG_ON(list_empty(&page_address_pool));
	pam = list_first_entry(&page_address_pool, struct page_address_map, list);
	pam->page = page;
	pam->virtual = virtual;
	list_move_tail(&pam->list, page_slot(page));
}

/* A page has no window any more. */
static void drop_map(const struct page *page)
{
	struct page_address_map *pam = find_map(page);

	if (pam)
		list_move_tail(&pam->list, &page_address_pool);
}

/**
 * set_page_address - note where a page of high memory is mapped
 * @page: of high memory
 * @virtual: its address from now on; NULL: it has none any more
 *
 * Linux: mm/highmem.c:set_page_address, v2.6.34.
 */
void set_page_address(struct page *page, void *virtual)
{
	BUG_ON(!PageHighMem(page));
	if (virtual)
		add_map(page, virtual);
	else
		drop_map(page);
}

/* Unmaps every window that nobody uses. */
static void flush_all_zero_pkmaps(void)
{
	bool need_flush = false;
	unsigned int i;

	for (i = 0; i < LAST_PKMAP; i++) {
		if (pkmap_count[i] != 1)
			continue;
		pkmap_count[i] = 0;
		BUG_ON(!pte_present(pkmap_page_table[i]));
		set_page_address(pfn_to_page(pte_pfn(pkmap_page_table[i])), NULL);
		pte_clear(&pkmap_page_table[i]);
		need_flush = true;
	}
	if (need_flush)
		__flush_tlb_all();
}

/**
 * kmap_flush_unused - unmap the windows that nobody uses
 *
 * Linux: mm/highmem.c:kmap_flush_unused, v2.6.34.
 */
void kmap_flush_unused(void)
{
	flush_all_zero_pkmaps();
}

/* The next free window, or -1. */
static int find_free_pkmap(void)
{
	unsigned int tries;

	for (tries = 0; tries < LAST_PKMAP; tries++) {
		last_pkmap_nr = (last_pkmap_nr + 1) & LAST_PKMAP_MASK;
		if (!last_pkmap_nr) {
			flush_all_zero_pkmaps();
			tries = 0;
		}
		if (!pkmap_count[last_pkmap_nr])
			return last_pkmap_nr;
	}
	return -1;
}

/* Maps a page for nobody yet; NULL: there is no window. */
static void *map_new_virtual(struct page *page)
{
	int nr;

	if (pfn_absent(page_to_pfn(page))) {
		report_absent("kmap", page_to_pfn(page));
		return NULL;
	}
	nr = find_free_pkmap();
	if (nr < 0) {
		printk(KERN_ERR "memdawn: kmap: page frame %lu gets no window: all %d are in use\n",
		       page_to_pfn(page), LAST_PKMAP);
		return NULL;
	}
	set_pte(&pkmap_page_table[nr], pfn_pte(page_to_pfn(page), kmap_prot));
	pkmap_count[nr] = 1;
	set_page_address(page, (void *)PKMAP_ADDR(nr));
	return (void *)PKMAP_ADDR(nr);
}

/* memdawn.debug: a window in use must show the page that the hash table says it shows. */
static void check_window(const struct page *page, unsigned int nr)
{
	pte_t pte = pkmap_page_table[nr];

	if (!pte_present(pte) || pte_pfn(pte) != page_to_pfn(page))
		panic("kmap: window %u is for page frame %lx, its PTE is %016llx", nr,
		      page_to_pfn(page), pte_val(pte));
}

/**
 * kmap_high - give a page of high memory a window
 * @page: of high memory
 *
 * Each call counts: the window stays until kunmap_high() has been called as often.
 *
 * Return: the window's address; NULL, after a report, if all windows are in use or the machine
 * doesn't have the page (mm/absent.h).
 * Linux: mm/highmem.c:kmap_high, v2.6.34, which waits for a window instead.
 */
void *kmap_high(struct page *page)
{
	void *window = page_address(page);
	int *count;

	if (!window)
		window = map_new_virtual(page);
	if (!window)
		return NULL;
	count = &pkmap_count[PKMAP_NR((unsigned long)window)];
	BUG_ON(!*count);
	++*count;
	return window;
}

/**
 * kunmap_high - a user of a page's window is done with it
 * @page: of high memory, with a window that has users
 *
 * Linux: mm/highmem.c:kunmap_high, v2.6.34.
 */
void kunmap_high(struct page *page)
{
	unsigned long vaddr = (unsigned long)page_address(page);
	unsigned int nr = PKMAP_NR(vaddr);

	BUG_ON(!vaddr);
	if (unlikely(memdawn_debug))
		check_window(page, nr);
	pkmap_count[nr]--;
	BUG_ON(pkmap_count[nr] < 1);
}

/**
 * kmap_to_page - which page does an address show?
 * @vaddr: of a pkmap window in use, or of low memory
 *
 * Return: its struct page.
 * Linux: mm/highmem.c:kmap_to_page, v3.10; 2.6.34 has only kmap_atomic_to_page.
 */
struct page *kmap_to_page(void *vaddr)
{
	unsigned long addr = (unsigned long)vaddr;

	if (addr >= PKMAP_BASE && addr < PKMAP_ADDR(LAST_PKMAP))
		return pfn_to_page(pte_pfn(pkmap_page_table[PKMAP_NR(addr)]));
	return virt_to_page(addr);
}

/**
 * kmap_users - how many kmap_high() of a page have not been undone?
 * @page: of any zone
 *
 * Return: their number; 0 for a page of low memory.
 */
unsigned int kmap_users(const struct page *page)
{
	unsigned long vaddr;

	if (!PageHighMem(page))
		return 0;
	vaddr = (unsigned long)page_address(page);
	return vaddr ? pkmap_count[PKMAP_NR(vaddr)] - 1 : 0;
}

/* Does a window's PTE agree with its counter and with the hash table? */
static bool window_agrees(unsigned int nr)
{
	pte_t pte = pkmap_page_table[nr];

	if (!pkmap_count[nr])
		return !pte_val(pte);
	return pte_present(pte) && pfn_valid(pte_pfn(pte)) &&
	       page_address(pfn_to_page(pte_pfn(pte))) == (void *)PKMAP_ADDR(nr);
}

/**
 * kmap_check - are all windows in the state that their counters show?
 *
 * Each window without mapping has an empty PTE, each one with a mapping is found through the hash
 * table, and all other pairs are in the pool.
 *
 * Return: whether all are; if not, the log has a line for each mistake.
 */
bool kmap_check(void)
{
	unsigned int nr, mapped = 0, pool = 0;
	const struct list_head *pos;
	bool ok = true;

	for (nr = 0; nr < LAST_PKMAP; nr++) {
		mapped += pkmap_count[nr] != 0;
		if (window_agrees(nr))
			continue;
		printk(KERN_ERR "memdawn: kmap: window %u: counter %d, PTE %016llx\n", nr,
		       pkmap_count[nr], pte_val(pkmap_page_table[nr]));
		ok = false;
	}
	list_for_each(pos, &page_address_pool)
		pool++;
	if (mapped + pool != LAST_PKMAP) {
		printk(KERN_ERR "memdawn: kmap: %u windows are mapped, %u pairs are free\n", mapped,
		       pool);
		ok = false;
	}
	return ok;
}
