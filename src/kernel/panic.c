// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end, when the boot cannot go on: the reason is shown on whatever can show it,
 * then the machine is left, rebooted or halted. BUG() and WARN() are here as well.
 *
 * Linux: kernel/panic.c, v2.6.34.
 */
#include <asm/irqflags.h>
#include <asm/traps.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <lib/vsprintf.h>

int panic_timeout;

static unsigned int panic_depth;

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
	machine_halt();
}

/**
 * panic - say why the boot ends, and end it
 * @fmt: the reason, without a level and without '\n'
 *
 * May be called at any time after head. Where no console has been registered, COM1 and the text
 * screen are taken and show the whole log. A panic inside a panic ends the machine at once.
 *
 * Linux: kernel/panic.c:panic, v2.6.34; the call trace has addresses only.
 */
void panic(const char *fmt, ...)
{
	static char buf[1024];
	va_list args;

	local_irq_disable();
	oops_in_progress = true;
	if (panic_depth++)
		panic_end();

	va_start(args, fmt);
	vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	if (!console_drivers)
		emergency_consoles();
	printk(KERN_EMERG "Kernel panic - not syncing: %s\n", buf);
	dump_stack();
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
	oops_in_progress = true;
	if (!console_drivers)
		emergency_consoles();
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
	va_list args;

	printk(KERN_WARNING "------------[ cut here ]------------\n");
	printk(KERN_WARNING "WARNING: at %s:%d\n", file, line);
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	dump_stack();
	printk(KERN_WARNING "---[ end trace ]---\n");
}

/**
 * panic_setup - the parameter panic=N: reboot N seconds after a panic; 0: halt
 * @str: N in decimal
 *
 * Return: 0, or -1 when @str is no number.
 *
 * Linux: kernel/panic.c:panic_timeout, v2.6.34.
 */
int __init panic_setup(char *str)
{
	char *end;
	unsigned long seconds;

	if (!str)
		return -1;
	seconds = simple_strtoul(str, &end, 0);
	if (end == str || *end || seconds > INT_MAX)
		return -1;
	panic_timeout = seconds;
	return 0;
}
