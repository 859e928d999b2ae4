/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_TEXT_SCREEN_H
#define ASM_TEXT_SCREEN_H

/* Text on a screen (asm/screen.h), whatever shows it, and the lines that have left it. */

#include <asm/screen.h>

#define SCROLL_BACK_LINES	400	/* of 80 columns; fewer of longer ones */

void text_screen_start(const struct screen *screen);
bool text_screen_write(const char *s, size_t n);
void text_screen_clear(void);
void text_screen_look_back(int lines);
void text_screen_size(unsigned int *columns, unsigned int *rows);

#endif
