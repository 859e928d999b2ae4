// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults. The kernel expects none but those of the exception table; any other one
 * is reported with the entries of the page tables on the way to the address.
 *
 * Linux: arch/x86/mm/fault.c, v2.6.34, its kernel-mode part.
 */
#include <asm/extable.h>
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <kernel/printk.h>

/* A table outside the linear map, or none at all, cannot be read: stop there. */
static bool read_entry(pteval_t *entry, phys_addr_t table, unsigned int index)
{
	if (table >= -PAGE_OFFSET)
		return false;
	return !probe_kernel_read(entry, (pteval_t *)__va(table) + index, sizeof(*entry));
}

/**
 * dump_pagetable - print the page table entries of an address, from the top down
 * @address: virtual
 *
 * The tables used are the ones that the CPU uses, found by cr3. Prints the rest of a line.
 *
 * Linux: arch/x86/mm/fault.c:dump_pagetable, v2.6.34.
 */
void dump_pagetable(unsigned long address)
{
	pteval_t entry;

	if (!read_entry(&entry, read_cr3() & ~0x1fUL, pgd_index(address)))
		goto out;
	printk("*pdpt = %016llx ", entry);
	if (!(entry & _PAGE_PRESENT))
		goto out;
	if (!read_entry(&entry, entry & PTE_PFN_MASK, pmd_index(address)))
		goto out;
	printk(KERN_CONT "*pde = %016llx ", entry);
	if ((entry & _PAGE_PSE) || !(entry & _PAGE_PRESENT))
		goto out;
	if (read_entry(&entry, entry & PTE_PFN_MASK, pte_index(address)))
		printk(KERN_CONT "*pte = %016llx ", entry);
out:
	printk("\n");
}

static void show_fault_oops(const struct pt_regs *regs, unsigned long address)
{
	enum page_level level;
	const pte_t *pte;

	if (regs->error_code & PF_INSTR) {
		pte = lookup_address(address, &level);
		if (level != PG_LEVEL_NONE && pte_present(*pte) && (pte_val(*pte) & _PAGE_NX))
			printk(KERN_CRIT "kernel tried to execute NX-protected page - exploit attempt? "
			       "(uid: %d)\n", 0);
	}
	if (!address)
		printk(KERN_ALERT "BUG: unable to handle kernel NULL pointer dereference at (null)\n");
	else
		printk(KERN_ALERT "BUG: unable to handle kernel %s at %08lx\n",
		       address < PAGE_SIZE ? "NULL pointer dereference" : "paging request",
		       address);
	printk_address(KERN_ALERT "IP: ", regs->ip);
	dump_pagetable(address);
}

/*
 * Does the page directory in use lack an entry of the vmalloc space that the kernel's own has? It
 * gets it, and the access can be tried again. Linux: arch/x86/mm/fault.c:vmalloc_fault, v2.6.34.
 */
static bool vmalloc_fault(unsigned long address)
{
	const pgd_t *pgd = (pgd_t *)__va(read_cr3() & ~0x1fUL) + pgd_index(address);
	pmd_t *pmd, *reference = pmd_offset(pgd_offset_k(address), address);

	if (address < VMALLOC_START || address >= VMALLOC_END || !pgd_present(*pgd))
		return false;
	pmd = pmd_offset((pgd_t *)pgd, address);
	if (!pmd_present(*reference))
		return false;
	if (!pmd_present(*pmd))
		set_pmd(pmd, *reference);
	return pte_present(*pte_offset_kernel(pmd, address));
}

/**
 * do_page_fault - exception 14
 * @regs: the interrupted code's registers; regs->ip is changed when a fix-up is taken
 *
 * No fault here raises vmstat's pgfault or pgmajfault: Linux counts in handle_mm_fault(), which
 * only addresses of a process reach.
 *
 * Linux: arch/x86/mm/fault.c:do_page_fault and no_context, v2.6.34. It looks for entries that the
 * TLB has with fewer rights than the page table; here whoever gives rights flushes at once.
 */
void do_page_fault(struct pt_regs *regs)
{
	unsigned long address = read_cr2();

	if (!(regs->error_code & (PF_RSVD | PF_USER | PF_PROT)) && vmalloc_fault(address))
		return;
	if (fixup_exception(regs))
		return;

	oops_begin();
	show_fault_oops(regs, address);
	if (regs->error_code & PF_RSVD)
		printk(KERN_ALERT "Corrupted page table at address %lx\n", address);
	__die("Oops", regs);
	printk(KERN_EMERG "CR2: %016lx\n", address);
	oops_end();
}
