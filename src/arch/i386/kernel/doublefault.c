// SPDX-License-Identifier: GPL-2.0-only
/*
 * The double fault. It happens, above all, when the stack is at its end: a fault
 * cannot be reported because there is no room to push anything. So it is taken by a
 * task gate: the CPU saves all registers in the interrupted task's TSS and goes on
 * with this file's, on a stack of its own.
 *
 * Linux: arch/x86/kernel/doublefault_32.c, v2.6.34; it stands still after its report.
 */
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/thread_info.h>
#include <asm/traps.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>

#define DOUBLEFAULT_STACK_SIZE	4096
#define TSS_AVAILABLE		0x0089		/* access byte */
#define EFLAGS_RESERVED		0x2		/* always 1 */

/* The first page is its guard. */
char doublefault_stack[PAGE_SIZE + DOUBLEFAULT_STACK_SIZE] __page_aligned_bss;

static struct tss_struct init_tss, doublefault_tss;

static bool in_guard(unsigned long addr)
{
	return addr >= (unsigned long)init_stack_guard &&
	       addr < (unsigned long)init_stack_guard + PAGE_SIZE;
}

/* Runs as a task: the interrupted code's registers are in init_tss. */
static void __noreturn doublefault_fn(void)
{
	const struct tss_struct *t = &init_tss;
	unsigned long cr2 = read_cr2();

	oops_begin();
	printk(KERN_EMERG "PANIC: double fault, gdt at %08lx [%d bytes]\n",
	       (unsigned long)gdt_page, GDT_SIZE - 1);
	printk(KERN_EMERG "double fault, tss at %08lx\n", (unsigned long)t);
	printk(KERN_EMERG "eip = %08x, esp = %08x\n", t->ip, t->sp);
	printk(KERN_EMERG "eax = %08x, ebx = %08x, ecx = %08x, edx = %08x\n",
	       t->ax, t->bx, t->cx, t->dx);
	printk(KERN_EMERG "esi = %08x, edi = %08x, ebp = %08x, cr2 = %08lx\n",
	       t->si, t->di, t->bp, cr2);
	printk(KERN_EMERG "page tables of cr2: ");
	dump_pagetable(cr2);
	show_trace(KERN_EMERG, max(t->sp, (u32)(unsigned long)init_thread_union), t->bp);
	if (in_guard(cr2))
		panic("kernel stack overflow: the stack's %d bytes end at %08lx",
		      THREAD_SIZE, (unsigned long)init_thread_union);
	panic("double fault");
}

static void __init set_tss_desc(unsigned int entry, const struct tss_struct *tss)
{
	gdt_page[entry] = GDT_ENTRY_INIT(TSS_AVAILABLE, (unsigned long)tss, sizeof(*tss) - 1);
}

/**
 * doublefault_init - make the two tasks known to the CPU: the running one and this file's
 *
 * Linux: arch/x86/kernel/cpu/common.c:cpu_init does this, v2.6.34.
 */
void __init doublefault_init(void)
{
	struct tss_struct *t = &doublefault_tss;

	t->sp0 = t->sp = (unsigned long)(doublefault_stack + sizeof(doublefault_stack));
	t->ss0 = t->ss = t->ds = t->es = __KERNEL_DS;
	t->cs = __KERNEL_CS;
	t->ip = (unsigned long)doublefault_fn;
	t->flags = EFLAGS_RESERVED;
	t->cr3 = __pa(swapper_pg_dir);
	t->io_bitmap_base = sizeof(*t);		/* beyond the limit: there is none */
	init_tss.io_bitmap_base = sizeof(init_tss);

	set_tss_desc(GDT_ENTRY_TSS, &init_tss);
	set_tss_desc(GDT_ENTRY_DOUBLEFAULT_TSS, t);
	asm volatile("ltr %w0" : : "q"(GDT_ENTRY_TSS * 8));
}
