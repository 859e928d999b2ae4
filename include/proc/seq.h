/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_SEQ_H
#define PROC_SEQ_H

/*
 * Where text about the kernel's state goes: the log, the monitor's consoles, a
 * test's buffer. Linux's struct seq_file, without files: the owner embeds it in
 * what its write() needs.
 */

#include <lib/compiler.h>
#include <lib/types.h>

struct seq_file {
	void (*write)(struct seq_file *m, const char *s, size_t n);
};

/* What one seq_printf() can write, in characters. */
#define SEQ_PRINTF_MAX	255

/* The log, at level KERN_INFO. */
extern struct seq_file seq_log;

void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);

#endif
