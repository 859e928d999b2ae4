// SPDX-License-Identifier: GPL-2.0-only
/* Calls that can't be served. */
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/refuse.h>

/**
 * refuse_call - say which call can't be served, from where it comes and why; then BUG()
 * @func: the function that was called
 * @caller: the address that the call would have returned to
 * @fmt: the reason, without a line feed, and what it needs
 */
void refuse_call(const char *func, const void *caller, const char *fmt, ...)
{
	va_list args;

	printk(KERN_ALERT "memdawn: %s() called from [<%08lx>] %s: ", func, (unsigned long)caller,
	       symbol_text(caller));
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	printk(KERN_CONT "\n");
	BUG();
}
