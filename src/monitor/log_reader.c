// SPDX-License-Identifier: GPL-2.0-only
/* The log's characters and lines, for commands. */
#include <kernel/printk.h>
#include <monitor/log_reader.h>

/**
 * log_reader_next - the next character of the log
 * @r: where the reader is
 *
 * Return: the character; -1 at the end.
 */
int log_reader_next(struct log_reader *r)
{
	char c;

	for (;;) {
		if (r->pos == r->len) {
			r->off += r->len;
			r->len = log_buf_copy(r->piece, r->off, sizeof(r->piece));
			r->pos = 0;
			if (!r->len)
				return -1;
		}
		c = r->piece[r->pos++];
		if (r->column == 0)
			r->has_level = c == '<';
		r->column = c == '\n' ? 0 : r->column + 1;
		if (c == '\n' || !r->has_level || r->column > 3)
			return (u8)c;
	}
}

/**
 * log_reader_line - the next line of the log
 * @r: where the reader is: at the beginning of a line
 * @buf: for the line, without the newline, cut if it is longer
 * @size: of @buf, at least 1
 *
 * Return: false where there are no more.
 */
bool log_reader_line(struct log_reader *r, char *buf, size_t size)
{
	int c = log_reader_next(r);
	size_t n = 0;

	if (c < 0)
		return false;
	for (; c >= 0 && c != '\n'; c = log_reader_next(r))
		if (n < size - 1)
			buf[n++] = c;
	buf[n] = '\0';
	return true;
}
