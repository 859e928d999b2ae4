// SPDX-License-Identifier: GPL-2.0-only
/*
 * early_ioremap: any physical memory, up to 64 pages at a time, at 3 fixed
 * places in the fixmap (FIX_BTMAP_BEGIN and below, an index per page). Linux has
 * a fourth; here it is ioremap_window()'s.
 *
 *	before init_memory_mapping()  the page table is swapper_pg_fixmap, head's own
 *	after                         the same table, found by walking swapper_pg_dir
 *
 * A slot is taken while prev_map[] has its address; who maps must unmap.
 */
#include <asm/early_ioremap.h>
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>

_Static_assert((FIXADDR_TOP - ((unsigned long)FIX_BTMAP_BEGIN << PAGE_SHIFT)) >> PMD_SHIFT ==
	       (FIXADDR_TOP - ((unsigned long)FIX_BTMAP_END << PAGE_SHIFT)) >> PMD_SHIFT,
	       "early_ioremap's slots must lie in one page table");

static void *prev_map[WINDOW_SLOT] __initdata;
static unsigned long prev_size[WINDOW_SLOT] __initdata;
static bool after_paging_init __initdata;
static bool early_ioremap_debug __initdata;

/**
 * early_ioremap_debug_setup - the parameter early_ioremap_debug: log who maps and unmaps
 * @str: anything
 *
 * Return: 0.
 * Linux: arch/x86/mm/ioremap.c:early_ioremap_debug_setup, v2.6.34.
 */
int __init early_ioremap_debug_setup(char *str)
{
	early_ioremap_debug = true;
	return 0;
}

static enum fixed_addresses __init slot_index(int slot)
{
	return FIX_BTMAP_BEGIN - NR_FIX_BTMAPS * slot;
}

/**
 * early_ioremap_init - hook an empty page table under the fixmap's addresses
 *
 * Head has done so already; this checks that it is the right one and empties it.
 * Linux: arch/x86/mm/ioremap.c:early_ioremap_init, v2.6.34, which hooks in a
 * table of its own (bm_pte).
 */
void __init early_ioremap_init(void)
{
	unsigned long va = fix_to_virt(FIX_BTMAP_BEGIN);
	pmd_t *pmd = pmd_offset(pgd_offset_k(va), va);

	memset(swapper_pg_fixmap, 0, sizeof(swapper_pg_fixmap));
	set_pmd(pmd, (pmd_t){ __pa(swapper_pg_fixmap) | _PAGE_TABLE });
	WARN_ON(pmd != pmd_offset(pgd_offset_k(va), fix_to_virt(FIX_BTMAP_END)));
}

/**
 * early_ioremap_reset - from now on page tables are walked
 *
 * Linux: arch/x86/mm/ioremap.c:early_ioremap_reset, v2.6.34.
 */
void __init early_ioremap_reset(void)
{
	after_paging_init = true;
}

static void __init early_set_fixmap(enum fixed_addresses idx, phys_addr_t phys, pgprot_t prot)
{
	unsigned long va = fix_to_virt(idx);
	pte_t *pte = &swapper_pg_fixmap[pte_index(va)];

	if (after_paging_init) {
		__set_fixmap(idx, phys, prot);
		return;
	}
	if (pgprot_val(prot))
		set_pte(pte, pfn_pte(PFN_DOWN(phys), prot));
	else
		pte_clear(pte);
	__flush_tlb_one(va);
}

static int __init find_slot(const void *addr)
{
	int slot;

	for (slot = 0; slot < WINDOW_SLOT; slot++)
		if (prev_map[slot] == addr)
			return slot;
	return -1;
}

static void * __init __early_ioremap(resource_size_t phys_addr, unsigned long size, pgprot_t prot)
{
	resource_size_t last_addr = phys_addr + size - 1;
	unsigned long offset = phys_addr & ~PAGE_MASK;
	unsigned long i, nrpages;
	int slot = find_slot(NULL);

	if (WARN(slot < 0, "early_iomap(%08llx, %08lx) not found slot\n", phys_addr, size))
		return NULL;
	if (WARN(!size || last_addr < phys_addr, "early_iomap(%08llx, %08lx) is empty or wraps\n",
		 phys_addr, size))
		return NULL;
	if (early_ioremap_debug) {
		printk(KERN_INFO "early_ioremap(%08llx, %08lx) [%d] => ", phys_addr, size, slot);
		dump_stack();
	}
	nrpages = PFN_UP(offset + (u64)size);
	if (WARN(nrpages > NR_FIX_BTMAPS, "early_iomap(%08llx, %08lx) needs %lu pages, "
		 "a slot has %d\n", phys_addr, size, nrpages, NR_FIX_BTMAPS))
		return NULL;

	for (i = 0; i < nrpages; i++)
		early_set_fixmap(slot_index(slot) - i,
				 round_down(phys_addr, PAGE_SIZE) + (i << PAGE_SHIFT), prot);
	if (early_ioremap_debug)
		printk(KERN_CONT "%08lx + %08lx\n", offset, fix_to_virt(slot_index(slot)));
	prev_size[slot] = size;
	prev_map[slot] = (void *)(fix_to_virt(slot_index(slot)) + offset);
	return prev_map[slot];
}

/**
 * early_ioremap - map a device's registers for a while
 * @phys_addr: physical address, any alignment
 * @size: bytes; with the offset in the first page at most 64 pages
 *
 * Return: a virtual address for early_iounmap(), or NULL with a warning.
 * Linux: arch/x86/mm/ioremap.c:early_ioremap, v2.6.34.
 */
void * __init early_ioremap(resource_size_t phys_addr, unsigned long size)
{
	return __early_ioremap(phys_addr, size, PAGE_KERNEL_IO);
}

/**
 * early_memremap - map memory for a while
 * @phys_addr: physical address, any alignment
 * @size: bytes; with the offset in the first page at most 64 pages
 *
 * Return: a virtual address for early_iounmap(), or NULL with a warning.
 * Linux: arch/x86/mm/ioremap.c:early_memremap, v2.6.34.
 */
void * __init early_memremap(resource_size_t phys_addr, unsigned long size)
{
	return __early_ioremap(phys_addr, size, PAGE_KERNEL);
}

/**
 * early_iounmap - undo early_ioremap() or early_memremap()
 * @addr: what it returned
 * @size: what it was given
 *
 * Linux: arch/x86/mm/ioremap.c:early_iounmap, v2.6.34.
 */
void __init early_iounmap(void *addr, unsigned long size)
{
	unsigned long i, nrpages;
	int slot = find_slot(addr);

	if (WARN(!addr || slot < 0, "early_iounmap(%p, %08lx) not found slot\n", addr, size))
		return;
	if (WARN(prev_size[slot] != size, "early_iounmap(%p, %08lx) [%d] size not consistent "
		 "%08lx\n", addr, size, slot, prev_size[slot]))
		return;
	if (early_ioremap_debug) {
		printk(KERN_INFO "early_iounmap(%p, %08lx) [%d]\n", addr, size, slot);
		dump_stack();
	}
	nrpages = PFN_UP(((unsigned long)addr & ~PAGE_MASK) + size);
	for (i = 0; i < nrpages; i++)
		early_set_fixmap(slot_index(slot) - i, 0, __pgprot(0));
	prev_map[slot] = NULL;
}

/**
 * check_early_ioremap_leak - is a slot still taken?
 *
 * Return: 1, with a warning, if so, else 0.
 * Linux: arch/x86/mm/ioremap.c:check_early_ioremap_leak, v2.6.34.
 */
int __init check_early_ioremap_leak(void)
{
	int slot, count = 0;

	for (slot = 0; slot < WINDOW_SLOT; slot++)
		if (prev_map[slot])
			count++;
	if (!WARN(count, KERN_WARNING "Debug warning: early ioremap leak of %d areas detected.\n",
		  count))
		return 0;
	printk(KERN_WARNING "please boot with early_ioremap_debug and report the dmesg.\n");
	return 1;
}
