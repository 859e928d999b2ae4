/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_TRAPS_H
#define ASM_TRAPS_H

#include <asm/ptrace.h>
#include <lib/compiler.h>

/* Exception numbers that the code names. */
#define X86_TRAP_NMI	2
#define X86_TRAP_DF	8
#define X86_TRAP_PF	14

/* Bits of a page fault's error code. */
#define PF_PROT		(1 << 0)	/* the page was there, its protection forbade it */
#define PF_WRITE	(1 << 1)
#define PF_USER		(1 << 2)
#define PF_RSVD		(1 << 3)	/* a reserved bit is set in a table entry */
#define PF_INSTR	(1 << 4)	/* the fetch of an instruction */

void early_trap_init(void);
void trap_init(void);
extern char doublefault_stack[];	/* its lowest page is unmapped by stack_guard_init() */
void stack_guard_init(void);

/* Called from entry.asm. */
asmlinkage void do_trap(struct pt_regs *regs);
asmlinkage void do_spurious_interrupt(unsigned long ip);

/* Addresses that entry.asm defines. */
extern const unsigned long exception_stubs[];
extern const char ignore_int[], wake_int[];

/* src/arch/i386/kernel/doublefault.c */
void doublefault_init(void);

/* src/arch/i386/kernel/dumpstack.c */
void die(const char *what, struct pt_regs *regs) __noreturn __cold;
void oops_begin(void);
void __die(const char *what, struct pt_regs *regs);
void printk_address(const char *prefix, unsigned long address);
void show_trace(const char *level, unsigned long sp, unsigned long bp);
void oops_end(void) __noreturn __cold;

/* src/arch/i386/mm/fault.c */
void do_page_fault(struct pt_regs *regs);
void dump_pagetable(unsigned long address);

#endif
