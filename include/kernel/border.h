/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_BORDER_H
#define KERNEL_BORDER_H

/*
 * A border of memory, and why it lies where it does. Each record stands beside the code that
 * decides about the border, and is filled there and then. The prompt, a debugger and the report
 * read it, so nobody has to work the reason out afterwards. src/proc/borders.c lists and prints
 * all of them.
 */

#include <lib/compiler.h>

#define BORDER_WHY	120	/* bytes of a reason, with its NUL; what is longer is cut */

enum border_kind {
	BORDER_PFN,	/* value is a page frame number */
	BORDER_BYTES,	/* value is a size in bytes */
	BORDER_CUT,	/* the end of RAM was at before and is at value now: page frame numbers */
	BORDER_TEXT,	/* why says it all */
};

struct border {
	const char *what;	/* how the line about it begins */
	enum border_kind kind;
	unsigned long value;	/* 0: not decided yet */
	unsigned long before;	/* of BORDER_CUT alone */
	unsigned long lost;	/* of BORDER_CUT alone: page frames of RAM between these two */
	char why[BORDER_WHY];	/* "": it goes without saying */
};

void border_set(struct border *border, unsigned long value);
void border_why(struct border *border, const char *fmt, ...) __printf(2, 3);

#endif
