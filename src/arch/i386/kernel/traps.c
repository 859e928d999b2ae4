// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions: the interrupt descriptor table, and what each exception leads to. An
 * instruction that the exception table knows goes on at its fix-up; everything else is
 * reported (dumpstack.c, ../mm/fault.c) and ends in a panic.
 *
 * Linux: arch/x86/kernel/traps.c, v2.6.34.
 */
#include <asm/extable.h>
#include <asm/i8259.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/thread_info.h>
#include <asm/traps.h>
#include <kernel/init.h>
#include <kernel/printk.h>

#define IDT_INTERRUPT_GATE	0x8e00	/* present, ring 0, 32 bits, interrupts off */
#define IDT_TASK_GATE		0x8500

u64 idt_table[IDT_ENTRIES] __aligned(8);

/* Linux's words for them; the page fault has its own. */
static const char *const exception_names[NUM_EXCEPTION_VECTORS] = {
	[0] = "divide error",
	[1] = "debug",
	[2] = "nmi",
	[3] = "int3",
	[4] = "overflow",
	[5] = "bounds",
	[6] = "invalid opcode",
	[7] = "device not available",
	[8] = "double fault",
	[9] = "coprocessor segment overrun",
	[10] = "invalid TSS",
	[11] = "segment not present",
	[12] = "stack segment",
	[13] = "general protection fault",
	[16] = "coprocessor error",
	[17] = "alignment check",
	[18] = "machine check",
	[19] = "simd exception",
};

static void __init set_gate(unsigned int vector, unsigned int selector, unsigned long offset,
			    unsigned int type)
{
	u32 low = (selector << 16) | (offset & 0xffff);
	u32 high = (offset & 0xffff0000) | type;

	idt_table[vector] = ((u64)high << 32) | low;
}

/**
 * do_trap - every exception but the double fault comes here from entry.asm
 * @regs: the interrupted code's registers; regs->ip is changed when a fix-up is taken
 *
 * Linux: arch/x86/kernel/traps.c:do_trap and its neighbours, v2.6.34.
 */
asmlinkage void do_trap(struct pt_regs *regs)
{
	const char *name;

	if (regs->trap_no == X86_TRAP_PF) {
		do_page_fault(regs);
		return;
	}
	if (regs->trap_no == X86_TRAP_NMI) {
		printk(KERN_EMERG "Uhhuh. NMI received at %08lx.\n", regs->ip);
		printk(KERN_EMERG "Do you have a strange power saving mode enabled?\n");
		printk(KERN_EMERG "Dazed and confused, but trying to continue\n");
		return;
	}
	if (fixup_exception(regs))
		return;

	name = exception_names[regs->trap_no];
	die(name ? name : "reserved exception", regs);
}

/**
 * do_spurious_interrupt - an interrupt that nobody asked for
 * @ip: the interrupted instruction
 *
 * Linux: arch/x86/kernel/head_32.S:ignore_int, v2.6.34.
 */
asmlinkage void do_spurious_interrupt(unsigned long ip)
{
	printk_once(KERN_WARNING "Unknown interrupt or fault at: %08lx\n", ip);
}

static void __init set_exception_gates(void)
{
	unsigned int i;

	for (i = 0; i < NUM_EXCEPTION_VECTORS; i++)
		set_gate(i, __KERNEL_CS, exception_stubs[i], IDT_INTERRUPT_GATE);
	set_gate(X86_TRAP_DF, GDT_ENTRY_DOUBLEFAULT_TSS * 8, 0, IDT_TASK_GATE);
}

/**
 * early_trap_init - from now on an exception is reported, not a reset
 *
 * Call it first of all in C. Sets up the IDT, the task register and the double fault's task.
 *
 * Linux: arch/x86/kernel/head_32.S:setup_idt, v2.6.34, which reports some exceptions; here they
 * are all reported from the beginning, and the double fault's task is there.
 */
void __init early_trap_init(void)
{
	const struct desc_ptr idt_descr = { sizeof(idt_table) - 1, (unsigned long)idt_table };
	unsigned int i;

	for (i = 0; i < IDT_ENTRIES; i++)
		set_gate(i, __KERNEL_CS, (unsigned long)ignore_int, IDT_INTERRUPT_GATE);
	for (i = 0; i < PIC_LINES; i++)
		set_gate(PIC_MASTER_VECTOR + i, __KERNEL_CS, (unsigned long)wake_int,
			 IDT_INTERRUPT_GATE);
	set_exception_gates();
	doublefault_init();
	asm volatile("lidt %0" : : "m"(idt_descr));
	stack_guard_init();
}

/* Unmaps a page of the image. If it is a part of a 2 MiB page, that one is split, into `table`. */
static void unmap_guard(const char *page, pte_t table[PTRS_PER_PTE])
{
	unsigned long guard = (unsigned long)page;
	pmd_t *pmd = pmd_offset(pgd_offset_k(guard), guard);
	pteval_t entry;
	unsigned int i;

	if (pmd_large(*pmd)) {
		entry = pmd_val(*pmd) & ~_PAGE_PSE;
		for (i = 0; i < PTRS_PER_PTE; i++)
			set_pte(&table[i], (pte_t){ entry + PFN_PHYS(i) });
		set_pmd(pmd, (pmd_t){ __pa(table) | _PAGE_TABLE });
	}
	pte_clear(pte_offset_kernel(pmd, guard));
}

/**
 * stack_guard_init - unmap the pages below the stack and below that of the double fault
 *
 * A stack that grows too far then meets a page fault, for which there is no stack either: a
 * double fault. If the double fault's own does, that is a reset, and nothing was overwritten.
 * Called again after init_memory_mapping(), which maps the pages anew, maybe as parts of 2 MiB
 * pages; these are split, with page tables of the image's own, for they need not be the same one.
 */
noinline void stack_guard_init(void)
{
	static pte_t guard_tables[2][PTRS_PER_PTE] __page_aligned_bss;

	unmap_guard(init_stack_guard, guard_tables[0]);
	unmap_guard(doublefault_stack, guard_tables[1]);
	__flush_tlb_all();
}

static void __init enable_in_cr4(const char *what, unsigned long mask)
{
	printk(KERN_INFO "Enabling %s... ", what);
	set_in_cr4(mask);
	printk("done.\n");
}

/**
 * trap_init - exceptions as they stay
 *
 * While alloc_bootmem() serves, so before mem_init(): on a CPU with xsave the area for the
 * CPU's extended state comes from there. Afterwards interrupts may be enabled: none will come
 * until enable_wake_interrupts().
 *
 * Linux: arch/x86/kernel/traps.c:trap_init, v2.6.34; init_8259A() comes later there, in
 * init_IRQ().
 */
void __init trap_init(void)
{
	set_exception_gates();
	stack_guard_init();
	if (cpu_has_fxsr)
		enable_in_cr4("fast FPU save and restore", X86_CR4_OSFXSR);
	if (cpu_has_xmm)
		enable_in_cr4("unmasked SIMD FPU exception support", X86_CR4_OSXMMEXCPT);
	cpu_init();
	init_8259A();
}
