// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pager's arithmetic: when a screen is full, and what a key does about it. The last row is for
 * the question. The monitor asks it (monitor.c), and only of who has typed on the keyboard in front
 * of a screen: what reads a serial port may be a script.
 */
#include <monitor/pager.h>

#define CTRL_C	3

/**
 * pager_start - begin with an empty screen
 * @p: the pager
 * @columns: the screen's; a longer line takes several rows
 * @rows: the screen's, at least 2; 0: everything is shown at once
 */
void pager_start(struct pager *p, unsigned int columns, unsigned int rows)
{
	*p = (struct pager){ .columns = columns, .rows = rows };
}

/**
 * pager_full - must what comes next wait for a key?
 * @p: the pager
 *
 * Return: whether it must.
 */
bool pager_full(const struct pager *p)
{
	return p->rows && p->line >= p->rows - 1;
}

/**
 * pager_count - a character is shown
 * @p: the pager, not full
 * @c: the character
 */
void pager_count(struct pager *p, char c)
{
	if (c != '\n' && ++p->column < p->columns)
		return;
	p->column = 0;
	p->line++;
}

/**
 * pager_key - what is to be done, in front of a full screen?
 * @p: the pager
 * @c: what was typed: a space for another screen, Enter for a line, q or Ctrl-C for no more
 *
 * Return: false when the key means nothing here.
 */
bool pager_key(struct pager *p, u8 c)
{
	if (c == ' ')
		p->line = 0;
	else if (c == '\r' || c == '\n')
		p->line = p->rows - 2;
	else if (c == 'q' || c == 'Q' || c == CTRL_C)
		p->quit = true;
	else
		return false;
	return true;
}
