/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_SCREEN_H
#define ASM_SCREEN_H

/*
 * A screen of character cells: VGA's text mode (vga.c) or a framebuffer (framebuffer.c). Text on it is
 * text_screen.c's. A cell is what VGA has there: the character in the low byte, in the high one its
 * colour (bits 0 to 3) and that of the background (bits 4 to 6).
 */

#include <lib/types.h>

#define CELL_GREY	0x0700		/* light grey on black */
#define CELL_BLANK	(CELL_GREY | ' ')

/* x is 0 to columns - 1, y is 0 to rows - 1, from the top. */
struct screen {
	unsigned int columns, rows;	/* at most 240 and 80 */
	unsigned int first_row;		/* where text begins; rows: scroll first */
	unsigned int scroll_rows;	/* at once, when the last row is full */
	void (*put)(unsigned int x, unsigned int y, u16 cell);
	void (*scroll)(unsigned int rows);	/* all up; what appears below is blank */
	void (*cursor)(unsigned int x, unsigned int y);	/* y may be rows: then it isn't shown */
};

bool screen_init(void);
void screen_write(const char *s, size_t n);

/* Seconds that each full screen stays before text goes on, or until a key is pressed; 0: it goes on. */
extern unsigned int screen_pause;
#define SCREEN_PAUSE_SECONDS	20

int screen_pause_setup(char *val);
void screen_new_page(void);

const struct screen *vga_screen(void);
const struct screen *framebuffer_screen(void);

#endif
