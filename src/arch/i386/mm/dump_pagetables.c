// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's page tables as text. Neighbouring entries of one level with the same
 * flags make one line; a line ends as well where the next part of the address space
 * begins, and that part's name follows:
 *
 *	---[ Kernel Mapping ]---
 *	0xc0000000-0xc0200000           2M     RW             GLB NX pte
 *	0xc0200000-0xc1000000          14M     RW         PSE GLB NX pmd
 *
 * Linux: arch/x86/mm/dump_pagetables.c, v2.6.34.
 */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <lib/kernel.h>
#include <proc/proc.h>

#define FLAGS_MASK	(~PTE_PFN_MASK)

#define PDPT_LEVEL	1
#define PMD_LEVEL	3
#define PTE_LEVEL	4

/* Parts of the address space, by their first address. */
struct addr_marker {
	unsigned long start;
	const char *name;
};

#define NR_MARKERS	6

/* The run of equal entries that is being collected: [start, here), level 0: none yet. */
struct pg_state {
	struct seq_file *m;
	struct addr_marker markers[NR_MARKERS];
	unsigned int marker;		/* the part that the run lies in */
	int level;
	pteval_t flags;
	unsigned long start;
};

static void show_flags(struct seq_file *m, pteval_t flags, int level)
{
	static const char *const level_name[] = { "cr3", "pgd", "pud", "pmd", "pte" };

	if (!flags) {
		seq_printf(m, "%26s", "");
	} else {
		seq_puts(m, flags & _PAGE_USER ? "USR " : "    ");
		seq_puts(m, flags & _PAGE_RW ? "RW " : "ro ");
		seq_puts(m, flags & _PAGE_PWT ? "PWT " : "    ");
		seq_puts(m, flags & _PAGE_PCD ? "PCD " : "    ");
		seq_puts(m, !(flags & _PAGE_PSE) ? "    " : level == PTE_LEVEL ? "pat " : "PSE ");
		seq_puts(m, flags & _PAGE_GLOBAL ? "GLB " : "    ");
		seq_puts(m, flags & _PAGE_NX ? "NX " : "x  ");
	}
	seq_printf(m, "%s\n", level_name[level]);
}

/* end 0 is the end of the address space. */
static void show_run(const struct pg_state *st, unsigned long end)
{
	static const char units[] = "KMG";
	unsigned long delta = (end - st->start) >> 10;
	const char *unit = units;

	for (; !(delta & 1023) && unit[1]; unit++)
		delta >>= 10;
	seq_printf(st->m, "0x%08lx-0x%08lx   %9lu%c ", st->start, end, delta, *unit);
	show_flags(st->m, st->flags, st->level);
}

static void show_marker(const struct pg_state *st)
{
	seq_printf(st->m, "---[ %s ]---\n", st->markers[st->marker].name);
}

static bool next_part_begins(const struct pg_state *st, unsigned long here)
{
	return st->marker + 1 < NR_MARKERS && here >= st->markers[st->marker + 1].start;
}

/* The entry at here has these flags: does the run go on? */
static void note_page(struct pg_state *st, unsigned long here, pteval_t flags, int level)
{
	if (!st->level) {
		show_marker(st);
	} else if (flags != st->flags || level != st->level || next_part_begins(st, here)) {
		show_run(st, here);
		if (next_part_begins(st, here)) {
			st->marker++;
			show_marker(st);
		}
	} else {
		return;
	}
	st->start = here;
	st->flags = flags;
	st->level = level;
}

static void walk_pte_level(struct pg_state *st, pmd_t pmd, unsigned long va)
{
	const pte_t *pte = pte_offset_kernel(&pmd, va);
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++, va += PAGE_SIZE)
		note_page(st, va, pte_val(pte[i]) & FLAGS_MASK, PTE_LEVEL);
}

static void walk_pmd_level(struct pg_state *st, pgd_t pgd, unsigned long va)
{
	const pmd_t *pmd = pmd_offset(&pgd, va);
	unsigned int i;

	for (i = 0; i < PTRS_PER_PMD; i++, va += PMD_SIZE) {
		if (!pmd_present(pmd[i]) || pmd_large(pmd[i]))
			note_page(st, va, pmd_val(pmd[i]) & FLAGS_MASK, PMD_LEVEL);
		else
			walk_pte_level(st, pmd[i], va);
	}
}

/**
 * proc_kernel_page_tables - write debugfs' kernel_page_tables
 * @m: the sink
 *
 * swapper_pg_dir from address 0 to the end.
 *
 * Linux: arch/x86/mm/dump_pagetables.c:ptdump_show, v2.6.34.
 */
void proc_kernel_page_tables(struct seq_file *m)
{
	struct pg_state st = {
		.m = m,
		.markers = {
			{ 0, "User Space" },
			{ PAGE_OFFSET, "Kernel Mapping" },
			{ VMALLOC_START, "vmalloc() Area" },
			{ VMALLOC_END, "vmalloc() End" },
			{ PKMAP_BASE, "Persisent kmap() Area" },
			{ FIXADDR_START, "Fixmap Area" },
		},
	};
	unsigned long va = 0;
	unsigned int i;

	for (i = 0; i < PTRS_PER_PGD; i++, va += PGDIR_SIZE) {
		if (pgd_present(swapper_pg_dir[i]))
			walk_pmd_level(&st, swapper_pg_dir[i], va);
		else
			note_page(&st, va, pgd_val(swapper_pg_dir[i]) & FLAGS_MASK, PDPT_LEVEL);
	}
	show_run(&st, 0);
}

/**
 * arch_report_meminfo - write the last two lines of /proc/meminfo
 * @m: the sink
 *
 * How much of low memory is mapped by pages of 4 KiB (or has a table for them), how much by 2 MiB.
 *
 * Linux: arch/x86/mm/pageattr.c:arch_report_meminfo, v2.6.34, which keeps counts.
 */
void arch_report_meminfo(struct seq_file *m)
{
	unsigned long end = (unsigned long)high_memory, va, kb_small = 0, kb_large = 0;
	enum page_level level;

	for (va = PAGE_OFFSET; va < end; va += PMD_SIZE) {
		lookup_address(va, &level);
		if (level == PG_LEVEL_2M)
			kb_large += PMD_SIZE >> 10;
		else
			kb_small += min(PMD_SIZE, end - va) >> 10;
	}
	seq_printf(m, "DirectMap4k:    %8lu kB\n", kb_small);
	seq_printf(m, "DirectMap2M:    %8lu kB\n", kb_large);
}
