// SPDX-License-Identifier: GPL-2.0-only
/*
 * printk() and what ends in it, for kernel files in a program of the host. The program has
 * vprintk() and host_stop(), which say where the log goes and what a panic ends.
 */
#include <kernel/panic.h>
#include <kernel/printk.h>

#include <host_messages.h>

int printk(const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vprintk(fmt, args);
	va_end(args);
	return length;
}

void panic(const char *fmt, ...)
{
	va_list args;

	printk("Kernel panic - not syncing: ");
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	printk("\n");
	host_stop();
}

void bug_at(const char *file, int line)
{
	printk("kernel BUG at %s:%d!\n", file, line);
	host_stop();
}

void warn_at(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	printk("WARNING: at %s:%d ", file, line);
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	printk("\n");
}
