// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text on the screen that the loader left: where the next character goes, lines, scrolling. What a
 * character looks like, and where it is put, is the screen's own matter (struct screen).
 *
 * Linux: arch/x86/kernel/early_printk.c (early_vga_write), v2.6.34; the cursor is moved along here.
 */
#include <asm/screen.h>

static const struct screen *screen;
static unsigned int current_xpos, current_ypos;

/**
 * screen_init - find out whether there is a screen for text, and where to go on in it
 *
 * After boot_params is filled; before that a text screen of 80 x 25 is assumed.
 *
 * Return: false where there is nothing to write to.
 */
bool screen_init(void)
{
	if (screen)
		return true;
	screen = framebuffer_screen() ?: vga_screen();
	if (!screen)
		return false;
	current_ypos = screen->first_row;
	return true;
}

static void put_char(char c)
{
	if (current_ypos >= screen->rows) {
		screen->scroll(screen->scroll_rows);
		current_ypos = screen->rows - screen->scroll_rows;
	}
	if (c == '\n') {
		current_xpos = 0;
		current_ypos++;
	} else if (c == '\b') {
		current_xpos -= current_xpos != 0;
	} else if (c != '\r' && c != '\a') {
		screen->put(current_xpos, current_ypos, CELL_GREY | (u8)c);
		current_xpos++;
	}
	if (current_xpos >= screen->columns) {
		current_xpos = 0;
		current_ypos++;
	}
}

/**
 * screen_write - show text, '\n' starting a new line, '\b' stepping back in it; no bell rings
 * @s: the text
 * @n: its length in bytes
 *
 * After screen_init() has returned true.
 *
 * Linux: arch/x86/kernel/early_printk.c:early_vga_write, v2.6.34.
 */
void screen_write(const char *s, size_t n)
{
	for (; n; n--)
		put_char(*s++);
	screen->cursor(current_xpos, current_ypos < screen->rows ? current_ypos : screen->rows - 1);
}
