// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sinks that src/proc and the monitor write to, and the one that is the log.
 *
 * Linux: fs/seq_file.c, v2.6.34, where a sink is a buffer that grows.
 */
#include <kernel/printk.h>
#include <lib/string.h>
#include <lib/vsprintf.h>
#include <proc/seq.h>

/**
 * seq_printf - write formatted text
 * @m: the sink
 * @fmt: as for printk(), without a level; what it makes is cut after SEQ_PRINTF_MAX characters
 *
 * Linux: fs/seq_file.c:seq_printf, v2.6.34.
 */
void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	char text[SEQ_PRINTF_MAX + 1];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	m->write(m, text, n);
}

/**
 * seq_puts - write a string of any length
 * @m: the sink
 * @s: the string; no '\n' is added
 *
 * Linux: fs/seq_file.c:seq_puts, v2.6.34.
 */
void seq_puts(struct seq_file *m, const char *s)
{
	m->write(m, s, strlen(s));
}

/**
 * seq_putc - write a character
 * @m: the sink
 * @c: the character
 *
 * Linux: fs/seq_file.c:seq_putc, v2.6.34.
 */
void seq_putc(struct seq_file *m, char c)
{
	m->write(m, &c, 1);
}

/* Each line is a message at level KERN_INFO, whatever pieces it comes in. */
static void seq_log_write(struct seq_file *m, const char *s, size_t n)
{
	static bool in_line;
	size_t i, len;

	for (i = 0; i < n; i += len) {
		bool goes_on = in_line;

		for (len = 0, in_line = true; in_line && i + len < n && len < SEQ_PRINTF_MAX; len++)
			in_line = s[i + len] != '\n';
		printk("%s%.*s", goes_on ? KERN_CONT : KERN_INFO, (int)len, s + i);
	}
}

struct seq_file seq_log = { seq_log_write };
