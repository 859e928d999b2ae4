/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_LINE_H
#define MONITOR_LINE_H

/*
 * A line being typed: editing, history, completion. Characters come in one by one,
 * from wherever; what the user is to see goes out through a sink. No globals, no
 * hardware.
 */

#include <lib/types.h>
#include <proc/seq.h>

/* With the prompt in front no line is wider than a screen of 80 columns. */
#define LINE_MAX	70
#define LINE_HISTORY	16

enum line_input { LINE_PLAIN, LINE_ESCAPE, LINE_SEQUENCE };

struct line {
	struct seq_file *out;
	const char *prompt;
	/* What Tab makes of the word that begins at text[start]: the i-th of them; NULL: no more. */
	const char *(*word)(const struct line *l, unsigned int start, unsigned int i);
	void (*clear)(void);			/* empties the screen; NULL: it can't be */

	char text[LINE_MAX + 1];		/* ends in a 0 */
	unsigned int len, pos;			/* the cursor stands before text[pos] */

	char history[LINE_HISTORY][LINE_MAX + 1];
	unsigned int nr_history;		/* lines ever entered; the last ones are kept */
	unsigned int back;			/* how many lines back the shown one is; 0: a new one */
	char unfinished[LINE_MAX + 1];		/* the new one, while older ones are shown */

	enum line_input input;
	unsigned int parameter;			/* the first number in an escape sequence */
	bool parameter_ended;
	unsigned int sequence_len;
	bool after_cr;
};

void line_start(struct line *l);
bool line_key(struct line *l, u8 c);

#endif
