// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report of an exception: registers, stack, callers, code. Whatever is read for it
 * may be unmapped, so it is read with probe_kernel_read(). Callers are found by their
 * return addresses on the stack; frame pointers tell which of them are in use.
 *
 * Linux: arch/x86/kernel/dumpstack.c, dumpstack_32.c and process_32.c:__show_regs,
 * v2.6.34.
 */
#include <asm/extable.h>
#include <asm/irqflags.h>
#include <asm/page.h>
#include <asm/ptrace.h>
#include <asm/sections.h>
#include <asm/thread_info.h>
#include <asm/traps.h>
#include <kernel/console.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <lib/kernel.h>

#define STACK_WORDS		24
#define STACK_WORDS_A_LINE	8
#define CODE_BYTES		64
#define CODE_PROLOGUE		43	/* of these, in front of the instruction */
#define MAX_TRACE		64
#define MAX_OOPS_DEPTH		3

static unsigned int oops_depth, die_counter;

/**
 * oops_begin - a fatal report starts: let everything through, on any console there is
 *
 * A report in which faults nest more than MAX_OOPS_DEPTH deep is given up: the machine halts.
 *
 * Linux: arch/x86/kernel/dumpstack.c:oops_begin, v2.6.34.
 */
void oops_begin(void)
{
	local_irq_disable();
	oops_in_progress = true;
	if (++oops_depth > MAX_OOPS_DEPTH) {
		if (memdawn_exit)
			emulator_exit(EXIT_PANIC);
		machine_halt();
	}
	emergency_consoles();
}

/**
 * oops_end - after the report of an exception
 *
 * Linux: arch/x86/kernel/dumpstack.c:oops_end, v2.6.34; it ends the task, which for the only one
 * is a panic as well.
 */
void oops_end(void)
{
	add_taint(TAINT_DIE);
	print_oops_end_marker();
	panic("Fatal exception");
}

/**
 * printk_address - print an address of code and the function it lies in
 * @prefix: level and text in front of it
 * @address: of an instruction
 *
 * Linux: arch/x86/kernel/dumpstack.c:printk_address, v2.6.34.
 */
void printk_address(const char *prefix, unsigned long address)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol(symbol, address);
	printk("%s[<%08lx>] %s\n", prefix, address, symbol);
}

/* The end of the stack that sp is on; sp itself where that is not the task's. */
static unsigned long stack_end(unsigned long sp)
{
	unsigned long stack = (unsigned long)current->stack;

	return sp >= stack && sp < stack + THREAD_SIZE ? stack + THREAD_SIZE : sp;
}

/**
 * show_trace - list the callers
 * @level: of the lines in the log, KERN_...
 * @sp: where on the task's stack to begin
 * @bp: frame pointer of the innermost function that has a frame
 *
 * Every word of the stack that is an address in the kernel's code is shown. Those that frame
 * pointers lead to are callers. The others have a question mark: left behind by calls that are
 * over, or the way back from a function that has no frame, as the innermost one may be, which
 * calls nothing. On any other stack nothing is looked at.
 *
 * Linux: arch/x86/kernel/dumpstack.c:print_context_stack, v2.6.34; here at most MAX_TRACE lines.
 */
void show_trace(const char *level, unsigned long sp, unsigned long bp)
{
	unsigned long end = stack_end(sp), word, caller_bp;
	char symbol[KSYM_SYMBOL_LEN];
	unsigned int lines = 0;

	printk("%sCall Trace:\n", level);
	for (sp = round_up(sp, sizeof(word)); sp < end && lines < MAX_TRACE; sp += sizeof(word)) {
		bool reliable = sp == bp + sizeof(word);

		if (probe_kernel_read(&word, (const void *)sp, sizeof(word)))
			return;
		if (!core_kernel_text(word))
			continue;
		sprint_backtrace(symbol, word);
		printk("%s [<%08lx>] %s%s\n", level, word, reliable ? "" : "? ", symbol);
		lines++;
		if (reliable && !probe_kernel_read(&caller_bp, (const void *)bp, sizeof(caller_bp)))
			bp = caller_bp;
	}
}

/**
 * dump_stack - say who runs, and list the callers of the function that calls this
 *
 * Linux: arch/x86/kernel/dumpstack.c:dump_stack, v2.6.34.
 */
void dump_stack(void)
{
	unsigned long bp = (unsigned long)__builtin_frame_address(0);

	printk("Pid: %d, comm: %s %s %s\n", current->pid, current->comm, print_tainted(),
	       UTS_RELEASE_VERSION);
	show_trace(KERN_DEFAULT, bp, bp);
}

static void show_stack_words(unsigned long sp)
{
	unsigned long word;
	unsigned int i;

	printk(KERN_EMERG "Stack:");
	for (i = 0; i < STACK_WORDS; i++, sp += sizeof(word)) {
		if (sp == (unsigned long)init_thread_union + THREAD_SIZE ||
		    probe_kernel_read(&word, (const void *)sp, sizeof(word)))
			break;
		if (i % STACK_WORDS_A_LINE == 0)
			printk("\n");
		printk("%s %08lx", i % STACK_WORDS_A_LINE ? KERN_CONT : KERN_EMERG, word);
	}
	printk("\n");
}

static void show_code(unsigned long ip)
{
	unsigned long p = ip - CODE_PROLOGUE;
	unsigned int i, n = CODE_BYTES;
	u8 byte;

	printk(KERN_EMERG "Code: ");
	if (p < PAGE_OFFSET || probe_kernel_read(&byte, (const void *)p, 1)) {
		p = ip;
		n = CODE_BYTES - CODE_PROLOGUE + 1;
	}
	for (i = 0; i < n; i++, p++) {
		if (p < PAGE_OFFSET || probe_kernel_read(&byte, (const void *)p, 1)) {
			printk(" Bad EIP value.");
			break;
		}
		printk(p == ip ? "<%02x> " : "%02x ", byte);
	}
	printk("\n");
}

/* The line of the machine's name, which Linux has from DMI, ends in "/": there is no DMI here. */
static void show_regs(const struct pt_regs *regs)
{
	char symbol[KSYM_SYMBOL_LEN];
	unsigned int ss, gs;

	asm("movl %%ss, %0" : "=r"(ss));
	asm("movl %%gs, %0" : "=r"(gs));
	printk("\n");
	printk(KERN_DEFAULT "Pid: %d, comm: %s %s %s /\n", current->pid, current->comm,
	       print_tainted(), UTS_RELEASE_VERSION);
	printk(KERN_DEFAULT "EIP: %04lx:[<%08lx>] EFLAGS: %08lx CPU: 0\n",
	       regs->cs & 0xffff, regs->ip, regs->flags);
	sprint_symbol(symbol, regs->ip);
	printk(KERN_DEFAULT "EIP is at %s\n", symbol);
	printk(KERN_DEFAULT "EAX: %08lx EBX: %08lx ECX: %08lx EDX: %08lx\n",
	       regs->ax, regs->bx, regs->cx, regs->dx);
	printk(KERN_DEFAULT "ESI: %08lx EDI: %08lx EBP: %08lx ESP: %08lx\n",
	       regs->si, regs->di, regs->bp, kernel_stack_pointer(regs));
	printk(KERN_DEFAULT " DS: %04lx ES: %04lx FS: %04lx GS: %04x SS: %04x\n",
	       regs->ds & 0xffff, regs->es & 0xffff, regs->fs & 0xffff, gs & 0xffff, ss & 0xffff);
}

/* There are no modules. A task's thread_info is the lower end of its stack. */
static void show_registers(const struct pt_regs *regs)
{
	printk(KERN_DEFAULT "Modules linked in:\n");
	show_regs(regs);
	printk(KERN_EMERG "Process %s (pid: %d, ti=%p task=%p task.ti=%p)\n", current->comm,
	       current->pid, init_thread_union, current, current->stack);
	show_stack_words(kernel_stack_pointer(regs));
	show_trace(KERN_EMERG, kernel_stack_pointer(regs), regs->bp);
	show_code(regs->ip);
}

/**
 * __die - the report itself, without an end
 * @what: the exception's name
 * @regs: the interrupted code's registers
 *
 * Between oops_begin() and oops_end().
 *
 * Linux: arch/x86/kernel/dumpstack.c:__die, v2.6.34.
 */
void __die(const char *what, struct pt_regs *regs)
{
	char symbol[KSYM_SYMBOL_LEN];
	unsigned int ss;

	asm("movl %%ss, %0" : "=r"(ss));
	printk(KERN_EMERG "%s: %04lx [#%u] \n", what, regs->error_code & 0xffff, ++die_counter);
	show_registers(regs);
	sprint_symbol(symbol, regs->ip);
	printk(KERN_EMERG "EIP: [<%08lx>] %s SS:ESP %04x:%08lx\n", regs->ip, symbol, ss & 0xffff,
	       kernel_stack_pointer(regs));
}

/**
 * die - report an exception that is no page fault, and panic
 * @what: its name
 * @regs: the interrupted code's registers
 *
 * Linux: arch/x86/kernel/dumpstack.c:die, v2.6.34.
 */
void die(const char *what, struct pt_regs *regs)
{
	oops_begin();
	__die(what, regs);
	oops_end();
}
