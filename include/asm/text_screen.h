/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_TEXT_SCREEN_H
#define ASM_TEXT_SCREEN_H

/* Text on a screen of rows and columns, whatever shows it, and the lines that have left it. */

#include <lib/types.h>

#define SCROLL_BACK_LINES	400	/* of 80 columns; fewer of longer ones */

/* x is 0 to columns - 1, y is 0 to rows - 1, from the top. */
struct text_screen {
	unsigned int columns, rows;
	void (*put)(unsigned int x, unsigned int y, u8 c);
	void (*scroll)(void);				/* all rows up by one, the last one empty */
	void (*cursor)(unsigned int x, unsigned int y);	/* y may be rows: then it isn't shown */
};

void text_screen_start(const struct text_screen *screen, unsigned int y);
void text_screen_write(const char *s, size_t n);
void text_screen_clear(void);
void text_screen_look_back(int lines);
void text_screen_size(unsigned int *columns, unsigned int *rows);

#endif
