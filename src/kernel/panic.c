// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end, when the boot cannot go on: the reason is shown on whatever can show it,
 * then the machine is left, rebooted or halted. BUG() and WARN() are here as well.
 *
 * Linux: kernel/panic.c, v2.6.34.
 */
#include <asm/irqflags.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <lib/vsprintf.h>

int panic_timeout;

static unsigned int panic_depth, tainted_mask;

/**
 * add_taint - remember that something went wrong, for all reports to come
 * @taint: what
 *
 * Linux: kernel/panic.c:add_taint, v2.6.34.
 */
void add_taint(enum taint taint)
{
	tainted_mask |= 1U << taint;
}

/**
 * print_tainted - what went wrong so far, as text
 *
 * Return: "Not tainted", or "Tainted: " and a letter or a space for each of Linux's reasons. The
 * next call overwrites it.
 *
 * Linux: kernel/panic.c:print_tainted, v2.6.34.
 */
const char *print_tainted(void)
{
	static const char letters[NR_TAINTS + 1] = "PFSRMBUDAWC";
	static char text[sizeof("Tainted: ") + NR_TAINTS];
	unsigned int i;
	char *p;

	if (!tainted_mask)
		return "Not tainted";
	p = text + sprintf(text, "Tainted: ");
	*p++ = 'G';				/* no proprietary module */
	for (i = 1; i < NR_TAINTS; i++)
		*p++ = tainted_mask & (1U << i) ? letters[i] : ' ';
	*p = '\0';
	return text;
}

/**
 * print_oops_end_marker - the line that ends a report
 *
 * Linux: kernel/panic.c:print_oops_end_marker, v2.6.34, with a random number.
 */
void print_oops_end_marker(void)
{
	printk(KERN_WARNING "---[ end trace %016llx ]---\n", 0ULL);
}

/* Nothing may hold up what is printed now, and somebody must show it. */
static void last_words(void)
{
	oops_in_progress = true;
	emergency_consoles();
}

/* Nothing takes keys any more: who is in front of it is told what does. */
static void say_how_to_leave(void)
{
	printk(KERN_EMERG "memdawn: halted. `make run' ends with Ctrl-C, a PC by its reset button;\n");
	printk(KERN_EMERG "memdawn: with panic=5 it restarts by itself, after 5 seconds.\n");
}

/* Leave the emulator, or reboot after panic= seconds, or stop. */
static void __noreturn panic_end(void)
{
	if (memdawn_exit)
		emulator_exit(EXIT_PANIC);
	if (panic_timeout > 0) {
		printk(KERN_EMERG "Rebooting in %d seconds..\n", panic_timeout);
		delay_seconds(panic_timeout);
		machine_restart();
	}
	if (panic_depth == 1)
		say_how_to_leave();
	machine_halt();
}

static void print_reason(const char *fmt, va_list args)
{
	static char reason[1024];

	vsnprintf(reason, sizeof(reason), fmt, args);
	printk(KERN_EMERG "Kernel panic - not syncing: %s\n", reason);
	dump_stack();
}

/**
 * panic - say why the boot ends, and end it
 * @fmt: the reason, without a level and without '\n'
 *
 * May be called at any time after head. Where no console has been registered, COM1 and the text
 * screen are taken and show the whole log. A panic inside a panic ends the machine at once.
 *
 * Linux: kernel/panic.c:panic, v2.6.34.
 */
void panic(const char *fmt, ...)
{
	va_list args;

	local_irq_disable();
	if (!panic_depth++) {
		last_words();
		va_start(args, fmt);
		print_reason(fmt, args);
		va_end(args);
	}
	panic_end();
}

/**
 * bug_at - what BUG() does: name the place, then die with the registers shown
 * @file: of the source
 * @line: in it
 *
 * Linux: the table __bug_table and lib/bug.c:report_bug, v2.6.34; here a call does.
 */
void bug_at(const char *file, int line)
{
	last_words();
	printk(KERN_EMERG "------------[ cut here ]------------\n");
	printk(KERN_EMERG "kernel BUG at %s:%d!\n", file, line);
	asm volatile("ud2");
	__builtin_unreachable();
}

/**
 * warn_at - what WARN() does: name the place, show who called, go on
 * @file: of the source
 * @line: in it
 * @fmt: more to say, with a '\n' at its end; "%s" with "" says nothing more
 *
 * Linux: kernel/panic.c:warn_slowpath_common, v2.6.34.
 */
void warn_at(const char *file, int line, const char *fmt, ...)
{
	char symbol[KSYM_SYMBOL_LEN];
	va_list args;

	printk(KERN_WARNING "------------[ cut here ]------------\n");
	sprint_symbol(symbol, (unsigned long)__builtin_return_address(0));
	printk(KERN_WARNING "WARNING: at %s:%d %s()\n", file, line, symbol);
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	printk(KERN_DEFAULT "Modules linked in:\n");
	dump_stack();
	print_oops_end_marker();
	add_taint(TAINT_WARN);
}

/**
 * panic_setup - the parameter panic=N: reboot N seconds after a panic; 0: halt
 * @str: N, 0 to INT_MAX
 *
 * Return: 0, or -1 when @str is no such number.
 *
 * Linux: kernel/panic.c:panic_timeout, v2.6.34.
 */
int __init panic_setup(char *str)
{
	return param_number(str, 0, INT_MAX, &panic_timeout);
}
