// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report of an exception: registers, stack, callers, code. Whatever is read for it
 * may be unmapped, so it is read with probe_kernel_read(). Callers are found by frame
 * pointers, which every function of the kernel keeps.
 *
 * Linux: arch/x86/kernel/dumpstack.c, dumpstack_32.c and process_32.c:__show_regs,
 * v2.6.34; addresses are not resolved to names.
 */
#include <asm/extable.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/sections.h>
#include <asm/thread_info.h>
#include <asm/traps.h>
#include <kernel/console.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <lib/kernel.h>

#define STACK_WORDS		24
#define STACK_WORDS_A_LINE	8
#define CODE_BYTES		64
#define CODE_PROLOGUE		43	/* of these, in front of the instruction */
#define MAX_TRACE		32
#define MAX_OOPS_DEPTH		3

static unsigned int oops_depth, die_counter;

/**
 * oops_begin - a fatal report starts: let everything through, on any console there is
 *
 * A report that fails itself more than MAX_OOPS_DEPTH times ends the machine without one.
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
	if (!console_drivers)
		emergency_consoles();
}

/**
 * oops_end - after the report of an exception
 *
 * Linux: arch/x86/kernel/dumpstack.c:oops_end, v2.6.34.
 */
void oops_end(void)
{
	panic("Fatal exception");
}

/* A frame: the caller's frame pointer, then the address to return to. */
struct stack_frame {
	unsigned long next_frame;
	unsigned long return_address;
};

/**
 * show_trace - list the callers
 * @bp: frame pointer of the innermost function
 *
 * Ends at a frame pointer that is not above the last one, at an address that is not in the
 * kernel's code, or at memory that cannot be read.
 *
 * Linux: arch/x86/kernel/dumpstack.c:print_context_stack_bp, v2.6.34.
 */
void show_trace(unsigned long bp)
{
	struct stack_frame frame;
	unsigned int i;

	printk(KERN_EMERG "Call Trace:\n");
	for (i = 0; i < MAX_TRACE && !(bp & 3); i++) {
		if (probe_kernel_read(&frame, (const void *)bp, sizeof(frame)) ||
		    !core_kernel_text(frame.return_address))
			return;
		printk(KERN_EMERG " [<%08lx>]\n", frame.return_address);
		if (frame.next_frame <= bp)
			return;
		bp = frame.next_frame;
	}
}

/**
 * dump_stack - list the callers of the function that calls this
 *
 * Linux: arch/x86/kernel/dumpstack.c:dump_stack, v2.6.34.
 */
void dump_stack(void)
{
	show_trace((unsigned long)__builtin_frame_address(0));
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
	if (p < (unsigned long)_text || probe_kernel_read(&byte, (const void *)p, 1)) {
		p = ip;
		n = CODE_BYTES - CODE_PROLOGUE;
	}
	for (i = 0; i < n; i++, p++) {
		if (p < (unsigned long)_text || probe_kernel_read(&byte, (const void *)p, 1)) {
			printk(" Bad EIP value.");
			break;
		}
		printk(p == ip ? "<%02x> " : "%02x ", byte);
	}
	printk("\n");
}

static void show_registers(const struct pt_regs *regs)
{
	unsigned int ss;

	asm("movl %%ss, %0" : "=r"(ss));
	printk(KERN_EMERG "EIP: %04lx:[<%08lx>] EFLAGS: %08lx CPU: 0\n",
	       regs->cs & 0xffff, regs->ip, regs->flags);
	printk(KERN_EMERG "EAX: %08lx EBX: %08lx ECX: %08lx EDX: %08lx\n",
	       regs->ax, regs->bx, regs->cx, regs->dx);
	printk(KERN_EMERG "ESI: %08lx EDI: %08lx EBP: %08lx ESP: %08lx\n",
	       regs->si, regs->di, regs->bp, kernel_stack_pointer(regs));
	printk(KERN_EMERG " DS: %04lx ES: %04lx FS: %04lx GS: %04lx SS: %04x\n",
	       regs->ds & 0xffff, regs->es & 0xffff, regs->fs & 0xffff, regs->gs & 0xffff, ss);
	printk(KERN_EMERG "CR0: %08lx CR2: %08lx CR3: %08lx CR4: %08lx\n",
	       read_cr0(), read_cr2(), read_cr3(), read_cr4());
	show_stack_words(kernel_stack_pointer(regs));
	show_trace(regs->bp);
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
	printk(KERN_EMERG "%s: %04lx [#%u]\n", what, regs->error_code & 0xffff, ++die_counter);
	show_registers(regs);
	printk(KERN_EMERG "EIP: [<%08lx>] SS:ESP 0068:%08lx\n", regs->ip,
	       kernel_stack_pointer(regs));
}

/**
 * die - report an exception that is no page fault, and panic
 * @what: its name
 * @regs: the interrupted code's registers
 *
 * The page tables shown are those of the instruction.
 *
 * Linux: arch/x86/kernel/dumpstack.c:die, v2.6.34.
 */
void die(const char *what, struct pt_regs *regs)
{
	oops_begin();
	printk(KERN_ALERT "IP: [<%08lx>]\n", regs->ip);
	dump_pagetable(regs->ip);
	__die(what, regs);
	oops_end();
}
