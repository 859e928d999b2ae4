// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftests of the page allocator: what it refuses to free, compound pages, and sizes that
 * are no power of two.
 */
#include <asm/sections.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <selftest/ktap.h>

#define BAD_PAGE	"BUG: Bad page state"

/* Frees what must not be freed: that makes one report and changes nothing. */
static void free_badly(struct page *page, unsigned int order)
{
	unsigned long free_before = nr_free_pages();

	ktap_expect(BAD_PAGE);
	__free_pages(page, order);
	check(ktap_reports() == 1);
	check(nr_free_pages() == free_before);
	zones_check();
}

/*
 * A page that would go to the free lists but for one thing. Its last reference is gone all the
 * same.
 */
static void free_in_bad_state(struct page *page)
{
	const struct page good = *page;

	free_badly(page, 0);
	check(page->_count == 0);
	*page = good;
}

static void free_twice(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);

	if (!check(page))
		return;
	__free_pages(page, order);
	free_badly(page, order);
	drain_local_pages();	/* now it is in the free lists, and not in a per-cpu list */
	free_badly(page, order);
}

/* The first page frame of the kernel's text has been reserved since the boot. */
static void free_reserved_page(void)
{
	struct page *page = virt_to_page(_text);
	const struct page good = *page;

	if (!check(PageReserved(page) && page->_count == 1))
		return;
	free_badly(page, 0);
	*page = good;
}

/* The block stays in use, as if it had not been freed. */
static void free_with_order(struct page *page, unsigned int order)
{
	free_badly(page, order);
	check(page->_count == 1);
}

/* With a smaller order, a larger one, one that no block has, and from its second page on. */
static void free_with_wrong_order(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	if (!check(page))
		return;
	free_with_order(page, 1);
	free_with_order(page, 0);
	free_with_order(page, 3);
	free_with_order(page, MAX_ORDER);
	free_badly(page + 1, 0);
	__free_pages(page, 2);
}

/* The page after this one is in a per-cpu list, where nothing marks it, and not part of a block. */
static void free_with_neighbour_in_list(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1);

	if (!check(page))
		return;
	split_page(page, 1);
	__free_page(page + 1);
	free_with_order(page, 1);
	__free_page(page);
}

/**
 * test_badpage - what must not be freed is reported, and the lists stay sound
 */
void test_badpage(void)
{
	struct zones_state before;
	struct page *page;

	zones_state(&before);
	free_twice(0);
	free_twice(3);
	free_reserved_page();
	free_with_wrong_order();
	free_with_neighbour_in_list();

	page = alloc_page(GFP_KERNEL);
	if (!check(page))
		return;
	page->_mapcount = 0;
	free_in_bad_state(page);
	page->_mapcount = -1;
	page->mapping = page;
	free_in_bad_state(page);
	page->mapping = NULL;
	page->flags |= PF(PG_locked);
	free_in_bad_state(page);
	page->flags &= ~PF(PG_locked);
	__free_page(page);
	zones_same(&before);
}

static void check_tail(const struct page *head, const struct page *page)
{
	check(PageTail(page) && !PageHead(page));
	check(page->private == (unsigned long)head);
	check(page->_count == 0);
}

static void compound_of_order(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);
	unsigned long i, nr = 1UL << order;

	if (!check(page))
		return;
	check(order ? PageHead(page) : !PageCompound(page));
	check(compound_order(page) == order);
	for (i = 1; i < nr; i++)
		check_tail(page, page + i);
	__free_pages(page, order);
	for (i = 0; i < nr; i++)
		check(!PageCompound(page + i));
}

/* Only the whole block can be freed. */
static void free_compound_in_part(void)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);

	if (!check(page))
		return;
	free_with_order(page, 2);
	check(PageHead(page) && PageTail(page + 7));
	__free_pages(page, 3);
}

/* A tail that belongs to another page, or a wrong order: the block is neither freed nor in use. */
static void free_compound_in_bad_state(bool tail)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	if (!check(page))
		return;
	if (tail)
		page[3].private = (unsigned long)(page + 1);
	else
		set_compound_order(page, 3);
	free_badly(page, 2);
	check(page->_count == 0 && !PageCompound(page) && !PageCompound(page + 3));
	page->_count = 1;
	__free_pages(page, 2);
}

static unsigned int nr_destroyed;

static void count_and_free(struct page *page)
{
	nr_destroyed++;
	free_compound_page(page);
}

/* A reference to any of its pages is one to the whole; dropping the last one frees it. */
static void put_compound_page(void)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);
	struct page *single = alloc_page(GFP_KERNEL);

	if (!check(page && single))
		return;
	check(get_compound_page_dtor(page) == free_compound_page);
	set_compound_page_dtor(page, count_and_free);
	compound_head(page + 5)->_count++;
	put_page(page + 6);
	check(page->_count == 1 && !nr_destroyed);
	put_page(page + 1);
	check(page->_count == 0 && nr_destroyed == 1 && !PageCompound(page));
	put_page(single);
	nr_destroyed = 0;
}

/* A block that is split consists of pages that are freed on their own. */
static void split_and_free(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, 4);
	unsigned int i;

	if (!check(page))
		return;
	split_page(page, 4);
	for (i = 0; i < 16; i++)
		check(page[i]._count == 1);
	for (i = 0; i < 16; i++)
		__free_page(page + (i * 7) % 16);
}

/**
 * test_compound - compound pages of every order, and blocks that are split
 */
void test_compound(void)
{
	struct zones_state before;
	unsigned int order;

	zones_state(&before);
	for (order = 0; order < MAX_ORDER; order++)
		compound_of_order(order);
	free_compound_in_part();
	free_compound_in_bad_state(true);
	free_compound_in_bad_state(false);
	put_compound_page();
	split_and_free();
	zones_same(&before);
}

/* Exactly its pages are taken, all are usable, and none after them is taken. */
static void exact_size(size_t size)
{
	unsigned long pages = PAGE_ALIGN(size) >> PAGE_SHIFT, i, before;
	struct page *page;
	u8 *addr;

	drain_local_pages();
	before = nr_free_pages();
	addr = alloc_pages_exact(size, GFP_KERNEL);
	if (!check(addr))
		return;
	drain_local_pages();
	check(before - nr_free_pages() == pages);
	memset(addr, 0x5a, size);
	page = virt_to_page(addr);
	for (i = 0; i < pages; i++)
		check(page[i]._count == 1);
	for (; i < 1UL << get_order(size); i++)
		check(page[i]._count == 0);
	free_pages_exact(addr, size);
}

/* Blocks by address; and a page of zeros, although the page that comes next had other bytes. */
static void by_address(void)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL, 2), zeros;

	if (!check(addr))
		return;
	check(IS_ALIGNED(addr, PAGE_SIZE << 2) && virt_to_page(addr)->_count == 1);
	memset((void *)addr, 0xff, PAGE_SIZE << 2);
	free_pages(addr, 2);
	free_pages(0, 2);

	addr = __get_free_page(GFP_KERNEL);
	if (!check(addr))
		return;
	memset((void *)addr, 0xff, PAGE_SIZE);
	free_page(addr);
	zeros = get_zeroed_page(GFP_KERNEL);
	check(zeros == addr && page_filled(virt_to_page(zeros), 0));
	free_page(zeros);
}

/**
 * test_exact - alloc_pages_exact() takes pages, not a power of two of them; blocks by address
 */
void test_exact(void)
{
	static const size_t sizes[] = {
		1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE, 5 * PAGE_SIZE + 7,
		64 * PAGE_SIZE, 65 * PAGE_SIZE, 1000 * PAGE_SIZE, PAGE_SIZE << (MAX_ORDER - 1),
	};
	struct zones_state before;
	unsigned int i;

	zones_state(&before);
	by_address();
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		exact_size(sizes[i]);
	check(!alloc_pages_exact((PAGE_SIZE << (MAX_ORDER - 1)) + 1, GFP_KERNEL | __GFP_NOWARN));
	zones_same(&before);
}
