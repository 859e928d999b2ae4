// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftests of the vmalloc space: areas that come and go, their guard pages, no room left;
 * and devices' memory.
 */
#include <asm/extable.h>
#include <asm/fixmap.h>
#include <asm/ioremap.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/resource.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_alloc.h>
#include <mm/vmalloc.h>
#include <selftest/ktap.h>

#define NR_OPERATIONS	4000
#define MAX_LIVE	256
#define MAX_PAGES	20		/* of an area */
#define NR_MAPPED	16
#define BIG		(1024 * 1024UL)
#define MAX_BIG		1024
#define ROM_ADDRESS	0xfffff000	/* the last page below 4 GiB: the BIOS */

static struct live_area {
	u32 *addr;
	unsigned int nr_pages;
	u32 word;		/* in each page's first and last word, plus the page's number */
} live[MAX_LIVE];

static unsigned int nr_live;
static struct vm_struct *big_areas[MAX_BIG];

/**
 * vmalloc_room - may the test that runs take so much of the vmalloc space?
 * @bytes: of all its areas, with a guard page for each
 *
 * The test is skipped if not: vmalloc= can leave as little as two pages.
 *
 * Return: whether it may.
 */
bool vmalloc_room(unsigned long bytes)
{
	struct vmalloc_info vmi;

	get_vmalloc_info(&vmi);
	if (vmi.largest_chunk >= bytes)
		return true;
	ktap_skip("the vmalloc space is too small for it");
	return false;
}

/* Makes all page tables of the space: they stay, so they must exist before pages are counted. */
static bool make_tables(void)
{
	unsigned long addr;

	for (addr = VMALLOC_START; addr < VMALLOC_END; addr += PMD_SIZE)
		if (!pte_alloc_kernel(addr))
			return false;
	return pte_alloc_kernel(VMALLOC_END - 1);
}

static bool is_mapped(const void *addr)
{
	u8 byte;

	return !probe_kernel_read(&byte, addr, 1);
}

/* Sorted, and at least the guard page between two areas, which nothing is mapped at. */
static void check_areas(void)
{
	unsigned long end = VMALLOC_START;
	const struct vm_struct *vm;

	for_each_vm_struct(vm) {
		check(vm->va.va_start >= end);
		check(vm->va.va_end - vm->va.va_start == vm->size);
		check((unsigned long)vm->addr == vm->va.va_start);
		check(!is_mapped((void *)(vm->va.va_end - PAGE_SIZE)));
		end = vm->va.va_end;
	}
	check(end <= VMALLOC_END);
}

static u32 *page_words(const struct live_area *area, unsigned int page)
{
	return area->addr + page * (PAGE_SIZE / sizeof(u32));
}

static void alloc_one(void)
{
	struct live_area *area = &live[nr_live];
	unsigned long size = 1 + random_below(MAX_PAGES * PAGE_SIZE);
	bool zero = random_below(4) == 0;
	unsigned int i;

	area->addr = zero ? vzalloc(size) : vmalloc(size);
	if (!check(area->addr && is_vmalloc_addr(area->addr)))
		return;
	area->nr_pages = PFN_UP(size);
	area->word = random_below(~0U);
	for (i = 0; i < area->nr_pages; i++) {
		check(!zero || (!page_words(area, i)[0] && !page_words(area, i)[1023]));
		page_words(area, i)[0] = area->word + i;
		page_words(area, i)[1023] = area->word + i;
	}
	check(!is_mapped(page_words(area, i)));
	nr_live++;
}

static void free_one(void)
{
	struct live_area *area = &live[random_below(nr_live)];
	unsigned int i;

	for (i = 0; i < area->nr_pages; i++)
		check(page_words(area, i)[0] == area->word + i &&
		      page_words(area, i)[1023] == area->word + i);
	vfree(area->addr);
	check(!is_mapped(area->addr));
	*area = live[--nr_live];
}

static void fragment(void)
{
	unsigned int i;

	for (i = 0; i < NR_OPERATIONS && !ktap_failed(); i++) {
		if (nr_live == MAX_LIVE || (nr_live && random_below(16) < 7))
			free_one();
		else
			alloc_one();
		if (i % 500 == 0)
			check_areas();
	}
	check_areas();
	while (nr_live)
		free_one();
}

/* The caller's pages, last to first. */
static void map_pages(void)
{
	struct page *pages[NR_MAPPED];
	unsigned int i;
	u32 *addr;

	for (i = 0; i < NR_MAPPED; i++) {
		pages[NR_MAPPED - 1 - i] = alloc_page(GFP_HIGHUSER);
		if (!check(pages[NR_MAPPED - 1 - i]))
			return;
		page_fill(pages[NR_MAPPED - 1 - i], NR_MAPPED - 1 - i);
	}
	addr = vmap(pages, NR_MAPPED, VM_MAP, PAGE_KERNEL);
	if (check(addr)) {
		for (i = 0; i < NR_MAPPED; i++) {
			u32 *words = addr + i * (PAGE_SIZE / sizeof(u32));

			check(*words == i && vmalloc_to_page(words) == pages[i]);
			*words = ~i;
		}
		check(!vmalloc_to_page(addr + NR_MAPPED * (PAGE_SIZE / sizeof(u32))));
		vunmap(addr);
		check(!is_mapped(addr));
	}
	for (i = 0; i < NR_MAPPED; i++) {
		check(*(u32 *)kmap(pages[i]) == ~i);
		kunmap(pages[i]);
		__free_page(pages[i]);
	}
	kmap_flush_unused();
}

/* Until there is no room: NULL and a message. Afterwards everything is as before. */
static void no_room(void)
{
	struct vmalloc_info before, now;
	unsigned int n;

	get_vmalloc_info(&before);
	ktap_expect("vmap allocation for size");
	for (n = 0; n < MAX_BIG; n++) {
		big_areas[n] = get_vm_area(BIG, VM_MAP);
		if (!big_areas[n])
			break;
	}
	check(n < MAX_BIG);
	check(!vmalloc(BIG));
	check(ktap_reports() == 2);
	check_areas();
	while (n--)
		free_vm_area(big_areas[n]);
	get_vmalloc_info(&now);
	check(now.used == before.used && now.largest_chunk == before.largest_chunk);
}

/* More than there is: RAM, where that can be said in bytes, and addresses. */
static void too_large(void)
{
	check(!vmalloc(0));
	if (totalram_pages < ~0UL >> PAGE_SHIFT) {
		ktap_expect("memdawn: vmalloc: ");
		check(!vmalloc((totalram_pages + 1) << PAGE_SHIFT));
		check(ktap_reports() == 1);
	}
	ktap_expect("memdawn: vmalloc: 4194303 kB wanted, the vmalloc space has ");
	check(!vmalloc(~0UL));
	check(ktap_reports() == 1);
}

static void wrong_use(void)
{
	void *addr = vmalloc(PAGE_SIZE);

	if (!check(addr))
		return;
	ktap_expect("Trying to vfree() bad address");
	vfree(addr + 1);
	check(ktap_reports() == 1);
	ktap_expect("Trying to vunmap() vm area");
	vunmap(addr);
	check(ktap_reports() == 1 && is_mapped(addr));
	vfree(addr);
	ktap_expect("Trying to vfree() nonexistent vm area");
	vfree(addr);
	check(ktap_reports() == 1);
	vfree(NULL);
	ktap_expect("vmap allocation for size 4294967296 failed");
	check(!get_vm_area(-PAGE_SIZE, VM_MAP));
	check(ktap_reports() == 1);
	check(!vmap(NULL, ~0U, VM_MAP, PAGE_KERNEL));
}

/**
 * test_vmalloc - areas come and go at random; guard pages; vmap(); no room left; wrong use
 */
void test_vmalloc(void)
{
	struct vmalloc_info vmi, after;
	struct zones_state before;

	if (!vmalloc_room(MAX_LIVE * (MAX_PAGES + 1) * PAGE_SIZE) || !check(make_tables()))
		return;
	zones_state(&before);
	get_vmalloc_info(&vmi);
	random_seed("vmalloc");
	fragment();
	map_pages();
	no_room();
	too_large();
	wrong_use();
	get_vmalloc_info(&after);
	check(after.used == vmi.used);
	zones_same(&before);
}

/* --- devices ---------------------------------------------------------------------------- */

static void map_rom(void)
{
	enum page_level level;
	const pte_t *pte;
	u8 *rom = ioremap(ROM_ADDRESS + 0xff0, 16), *again;

	if (!check(rom))
		return;
	check(((unsigned long)rom & ~PAGE_MASK) == 0xff0);
	pte = lookup_address((unsigned long)rom, &level);
	check(level == PG_LEVEL_4K && pte_pfn(*pte) == PFN_DOWN(ROM_ADDRESS));
	check((pte_val(*pte) & _PAGE_PCD) && (pte_val(*pte) & _PAGE_RW));
	check(!is_mapped(rom + 16));
	again = ioremap(ROM_ADDRESS, PAGE_SIZE);
	if (check(again)) {
		check(again != rom - 0xff0 && !memcmp(again + 0xff0, rom, 16));
		iounmap(again);
		check(!is_mapped(again));
	}
	check_areas();
	ktap_expect("Trying to vfree() vm area");
	vfree(rom - 0xff0);
	check(ktap_reports() == 1 && is_mapped(rom));
	iounmap(rom);
	check(!is_mapped(rom));
}

static bool linear_map_uncached(unsigned long pfn)
{
	enum page_level level;
	const pte_t *pte = lookup_address((unsigned long)__va(PFN_PHYS(pfn)), &level);

	return pte_val(*pte) & _PAGE_PCD;
}

/* What is no RAM, but in the linear map, is uncached until the last iounmap(). */
static void map_twice(unsigned long pfn)
{
	phys_addr_t phys = PFN_PHYS(pfn);
	void *first, *second;

	check(!linear_map_uncached(pfn));
	first = ioremap(phys, PAGE_SIZE);
	second = ioremap(phys + 0x400, 256);
	if (!check(first && second))
		return;
	check(!memcmp(first + 0x400, second, 256));
	check(linear_map_uncached(pfn));
	iounmap(first);
	check(linear_map_uncached(pfn));
	iounmap(second);
	check(!linear_map_uncached(pfn));
}

/* The BIOS's page 0, but for memdawn.before=1b5576e, where it is RAM: then its pages below 640K. */
static void map_hole_twice(void)
{
	unsigned long pfn = 0;

	while (pfn < PFN_DOWN(ISA_START_ADDRESS) && page_is_ram(pfn))
		pfn++;
	if (pfn < PFN_DOWN(ISA_START_ADDRESS))
		map_twice(pfn);
	else
		ktap_diag("ioremap: no page frame below 640K that is no RAM: none is mapped twice");
}

/* What must not be mapped: nothing, RAM in use, what no CPU can address, what wraps. */
static void refused(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	check(!ioremap(ROM_ADDRESS, 0));
	check(!ioremap(~(resource_size_t)0, PAGE_SIZE));
	if (!check(page))
		return;
	ktap_expect("memdawn: ioremap: ");
	check(!ioremap(PFN_PHYS(page_to_pfn(page)), PAGE_SIZE));
	check(ktap_reports() == 1);
	__free_page(page);
	ktap_expect("ioremap: invalid physical address");
	check(!ioremap((resource_size_t)1 << boot_cpu_data.x86_phys_bits, PAGE_SIZE));
	check(ktap_reports() == 1);
}

/**
 * test_ioremap - devices' memory: mapped, unmapped, refused
 */
void test_ioremap(void)
{
	void *screen = ioremap(0xb8000, PAGE_SIZE);
	struct zones_state before;

	if (!vmalloc_room(4 * 2 * PAGE_SIZE) || !check(make_tables()))
		return;
	zones_state(&before);
	check(screen == phys_to_virt(0xb8000));
	iounmap(screen);
	map_rom();
	map_hole_twice();
	refused();
	ktap_expect("iounmap: bad address");
	iounmap((void *)VMALLOC_START);
	check(ktap_reports() == 1);
	zones_same(&before);
}
