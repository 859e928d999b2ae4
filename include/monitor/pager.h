/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_PAGER_H
#define MONITOR_PAGER_H

/* How much of a screen has been filled since somebody could last read it. No hardware. */

#include <lib/types.h>

struct pager {
	unsigned int columns, rows;	/* of the screen; 0: nobody reads there */
	unsigned int line, column;	/* what was shown since then */
	bool quit;			/* the rest isn't wanted */
};

void pager_start(struct pager *p, unsigned int columns, unsigned int rows);
bool pager_full(const struct pager *p);
void pager_count(struct pager *p, char c);
bool pager_key(struct pager *p, u8 c);

#endif
