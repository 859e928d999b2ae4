// SPDX-License-Identifier: GPL-2.0-only
/* Commands about one address or page frame: what it is, where it is mapped, what it holds. */
#include <asm/extable.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <kernel/resource.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/highmem.h>
#include <mm/mmzone.h>
#include <mm/page_alloc.h>
#include <mm/slab_internal.h>
#include <monitor/command.h>
#include <proc/proc.h>

#define PEEK_DEFAULT	64	/* bytes */
#define PEEK_MAX	PAGE_SIZE
#define PEEK_A_LINE	16

static void show_page_flags(struct seq_file *m, unsigned long flags)
{
	unsigned int i;

	seq_printf(m, "  flags %08lx", flags);
	for (i = 0; i < NR_PAGEFLAGS; i++)
		if (flags & PF(i))
			seq_printf(m, " %s", page_flag_names[i]);
	seq_putc(m, '\n');
}

/* Does the page wait in its zone's per-cpu page set? */
static bool in_pageset(const struct page *page)
{
	const struct per_cpu_pages *pcp = &page_zone(page)->pageset->pcp;
	const struct page *other;
	int mt;

	for (mt = 0; mt < MIGRATE_PCPTYPES; mt++)
		list_for_each_entry(other, &pcp->lists[mt], lru)
			if (other == page)
				return true;
	return false;
}

static void show_reserved_page(struct seq_file *m, unsigned long pfn)
{
	const struct balance_owner *o;
	int i;

	if (!page_is_ram(pfn)) {
		seq_puts(m, "  reserved: no RAM\n");
		return;
	}
	for (i = 0; (o = balance_owner(i)); i++) {
		if (pfn >= PFN_DOWN(o->range.start) && pfn < PFN_UP(o->range.end)) {
			seq_printf(m, "  reserved since the boot: %s\n", o->name);
			return;
		}
	}
	seq_puts(m, "  reserved, but nobody's\n");
}

static void show_page_use(struct seq_file *m, const struct page *page)
{
	const struct page *head = free_block_of(page);

	if (head)
		seq_printf(m, "  free, in the block of order %u at page frame %lu\n",
			   page_order(head), page_to_pfn(head));
	else if (PageReserved(page))
		show_reserved_page(m, page_to_pfn(page));
	else if (page->flags & PF(PG_slab))
		seq_printf(m, "  in use by the cache %s\n", page_get_cache(page)->name);
	else if (page->_count)
		seq_printf(m, "  in use, %d reference(s)\n", page->_count);
	else if (in_pageset(page))
		seq_puts(m, "  free, in the per-cpu page set\n");
	else
		seq_puts(m, "  in use, inside a block that was allocated as a whole\n");
}

static void show_page_address(struct seq_file *m, const struct page *page)
{
	void *address = page_address(page);

	if (!PageHighMem(page))
		seq_printf(m, "  at %p in the linear map\n", address);
	else if (address)
		seq_printf(m, "  at %p in pkmap\n", address);
	else
		seq_puts(m, "  high memory, not mapped by kmap()\n");
}

static bool run_page(struct seq_file *m, int argc, char *argv[])
{
	const struct page *page;
	unsigned long pfn;

	if (argc != 1 || !parse_ulong(argv[0], &pfn))
		return false;
	if (!pfn_valid(pfn)) {
		seq_printf(m, "mem_map has page frames %lu to %lu only\n", mem_map_first_pfn,
			   mem_map_end_pfn() - 1);
		return true;
	}
	page = pfn_to_page(pfn);
	seq_printf(m, "page frame %lu, physical %010llx, struct page %p\n", pfn, PFN_PHYS(pfn),
		   page);
	/* Page frame 0 has a struct page, but no zone. */
	if (bad_range(page_zone(page), page)) {
		seq_puts(m, "  in no zone\n");
		return true;
	}
	seq_printf(m, "  zone %s%s, pageblock %s\n", zone_prefix(page_zone(page)), page_zone(page)->name,
		   migratetype_names[pageblock_type(page_zone(page), pfn)]);
	show_page_flags(m, page->flags);
	seq_printf(m, "  count %d mapcount %d private %lx mapping %p index %lx\n", page->_count,
		   page->_mapcount + 1, page->private, page->mapping, page->index);
	show_page_use(m, page);
	show_page_address(m, page);
	return true;
}

static bool run_pfn(struct seq_file *m, int argc, char *argv[])
{
	u64 phys, pfn;

	if (argc != 1 || !parse_u64(argv[0], &phys))
		return false;
	pfn = phys >> PAGE_SHIFT;
	seq_printf(m, "physical %010llx: page frame %llu, ", phys, pfn);
	if (pfn <= ULONG_MAX && pfn_valid(pfn))
		seq_printf(m, "struct page %p\n", pfn_to_page((unsigned long)pfn));
	else if (pfn < mem_map_first_pfn)
		seq_printf(m, "below mem_map, which begins with %lu\n", mem_map_first_pfn);
	else
		seq_printf(m, "beyond mem_map, which ends with %lu\n", mem_map_end_pfn() - 1);
	return true;
}

static bool run_virt(struct seq_file *m, int argc, char *argv[])
{
	unsigned long pfn;
	char *page;
	u64 phys;

	if (argc != 1 || !parse_u64(argv[0], &phys))
		return false;
	seq_printf(m, "physical %010llx: ", phys);
	pfn = min_t(u64, phys >> PAGE_SHIFT, ULONG_MAX);
	/* The linear map has low memory's holes as well, with a struct page or without. */
	if (pfn < max_low_pfn) {
		seq_printf(m, "virtual %p, in the linear map\n", __va(phys));
		return true;
	}
	page = pfn_valid(pfn) ? page_address(pfn_to_page(pfn)) : NULL;
	if (page)
		seq_printf(m, "virtual %p, in pkmap\n", page + (phys & ~PAGE_MASK));
	else
		seq_puts(m, "no virtual address\n");
	return true;
}

/* The flags of a present entry; in a PMD entry with PSE it is a page's, else a table's. */
static void show_entry(struct seq_file *m, const char *level, unsigned int index,
		       const void *entry, pteval_t val)
{
	static const struct {
		pteval_t bit;
		const char *name;
	} flags[] = {
		{ _PAGE_PRESENT, "present" }, { _PAGE_RW, "rw" }, { _PAGE_USER, "user" },
		{ _PAGE_PWT, "pwt" }, { _PAGE_PCD, "pcd" }, { _PAGE_ACCESSED, "accessed" },
		{ _PAGE_DIRTY, "dirty" }, { _PAGE_PSE, "pse" }, { _PAGE_GLOBAL, "global" },
		{ _PAGE_NX, "nx" },
	};
	unsigned int i;

	seq_printf(m, "  %s[%u] at %p: %016llx", level, index, entry, val);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (val & flags[i].bit)
			seq_printf(m, " %s", flags[i].name);
	seq_putc(m, '\n');
}

/*
 * Walks the tables, with a line for each entry where m is given. Returns whether va is
 * mapped; then *phys is where.
 */
static bool walk(struct seq_file *m, unsigned long va, phys_addr_t *phys)
{
	const pgd_t *pgd = pgd_offset_k(va);
	const pmd_t *pmd;
	const pte_t *pte;

	if (m)
		show_entry(m, "pgd", pgd_index(va), pgd, pgd_val(*pgd));
	if (!pgd_present(*pgd))
		return false;
	pmd = pmd_offset((pgd_t *)pgd, va);
	if (m)
		show_entry(m, "pmd", pmd_index(va), pmd, pmd_val(*pmd));
	if (!pmd_present(*pmd))
		return false;
	if (pmd_large(*pmd)) {
		*phys = PFN_PHYS(pmd_pfn(*pmd)) + (va & ~PMD_MASK);
		return true;
	}
	pte = pte_offset_kernel((pmd_t *)pmd, va);
	if (m)
		show_entry(m, "pte", pte_index(va), pte, pte_val(*pte));
	*phys = PFN_PHYS(pte_pfn(*pte)) + (va & ~PAGE_MASK);
	return pte_present(*pte);
}

/* phys and pte: the result alone, or the way to it as well. */
static bool translate(struct seq_file *m, int argc, char *argv[], bool show_way)
{
	phys_addr_t phys;
	unsigned long va;

	if (argc != 1 || !parse_ulong(argv[0], &va))
		return false;
	if (walk(show_way ? m : NULL, va, &phys))
		seq_printf(m, "virtual %08lx: physical %010llx, page frame %llu\n", va, phys,
			   phys >> PAGE_SHIFT);
	else
		seq_printf(m, "virtual %08lx: not mapped\n", va);
	return true;
}

static bool run_phys(struct seq_file *m, int argc, char *argv[])
{
	return translate(m, argc, argv, false);
}

static bool run_pte(struct seq_file *m, int argc, char *argv[])
{
	return translate(m, argc, argv, true);
}

/*
 * Copies n bytes, all within one page, from physical memory. False, after a message, where
 * it is no RAM, where kmap() has no window left, and in the guard page below the stack.
 */
static bool read_phys(struct seq_file *m, void *to, u64 phys, size_t n)
{
	struct page *page = ram_page(m, phys >> PAGE_SHIFT);
	char *from = page ? kmap(page) : NULL;
	bool done;

	if (!from)
		return false;
	done = !probe_kernel_read(to, from + (phys & ~PAGE_MASK), n);
	kunmap(page);
	if (!done)
		seq_printf(m, "%010llx is mapped nowhere\n", phys);
	return done;
}

static void show_bytes(struct seq_file *m, u64 phys, const u8 *bytes, size_t n)
{
	size_t i;

	seq_printf(m, "%010llx ", phys);
	for (i = 0; i < PEEK_A_LINE; i++) {
		if (i < n)
			seq_printf(m, " %02x", bytes[i]);
		else
			seq_puts(m, "   ");
	}
	seq_puts(m, "  ");
	for (i = 0; i < n; i++)
		seq_putc(m, bytes[i] >= ' ' && bytes[i] < 0x7f ? bytes[i] : '.');
	seq_putc(m, '\n');
}

static bool run_peek(struct seq_file *m, int argc, char *argv[])
{
	unsigned long size = PEEK_DEFAULT, n;
	u8 bytes[PEEK_A_LINE];
	u64 phys;

	if (argc < 1 || argc > 2 || !parse_u64(argv[0], &phys) ||
	    (argc == 2 && !parse_ulong(argv[1], &size)) || !size || size > PEEK_MAX)
		return false;
	for (; size; size -= n, phys += n) {
		n = min_t(unsigned long, size, PEEK_A_LINE - (phys & (PEEK_A_LINE - 1)));
		if (!read_phys(m, bytes, phys, n))
			return true;
		show_bytes(m, phys, bytes, n);
	}
	return true;
}

/*
 * Writing to what the kernel uses can end it, so that is asked for twice: the same command once
 * more writes. What is free, or was handed out by the prompt's commands, is written at once.
 */
static bool wanted_twice(struct seq_file *m, const struct page *page, u64 phys, u32 value)
{
	static u64 asked_phys = -1ULL;
	static u32 asked_value;
	bool again = phys == asked_phys && value == asked_value;

	asked_phys = -1ULL;
	if (again || free_block_of(page) || in_pageset(page) || piece_has(phys))
		return true;
	show_page_use(m, page);
	seq_printf(m, "%010llx is the kernel's own, not written: the same poke again writes it\n", phys);
	asked_phys = phys;
	asked_value = value;
	return false;
}

/* Only RAM can be poked; whoever does it must know what the word is used for. */
static bool run_poke(struct seq_file *m, int argc, char *argv[])
{
	unsigned long value;
	struct page *page;
	u32 *word, old;
	u64 phys;

	if (argc != 2 || !parse_u64(argv[0], &phys) || phys % sizeof(*word) ||
	    !parse_ulong(argv[1], &value))
		return false;
	page = ram_page(m, phys >> PAGE_SHIFT);
	word = page ? kmap(page) : NULL;
	if (!word)
		return true;
	word += (phys & ~PAGE_MASK) / sizeof(*word);
	if (probe_kernel_read(&old, word, sizeof(old))) {
		seq_printf(m, "%010llx is mapped nowhere\n", phys);
	} else if (wanted_twice(m, page, phys, value)) {
		*word = value;
		seq_printf(m, "%010llx: %08x -> %08x\n", phys, old, *word);
	}
	kunmap(page);
	return true;
}

const struct command address_commands[] = {
	{ "page", "PFN", "what a page frame is used for", .run = run_page },
	{ "why", "PFN", "a page frame's history, in sentences", .run = run_why },
	{ "pfn", "PHYS", "the page frame of a physical address", .run = run_pfn },
	{ "virt", "PHYS", "where a physical address is mapped for good", .run = run_virt },
	{ "phys", "VIRT", "the physical address of a virtual one", .run = run_phys },
	{ "pte", "VIRT", "the walk through the page tables", .run = run_pte },
	{ "peek", "PHYS [BYTES]", "physical memory, seen through kmap()", .run = run_peek },
	{ "poke", "PHYS WORD", "write 4 bytes of physical memory through kmap()",
	  "what is the kernel's own must be poked twice", .run = run_poke },
	{ .name = NULL }
};
