// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text on the screen that the loader left: where the next character goes, lines, scrolling. What a
 * character looks like, and where it is put, is the screen's own matter (struct screen).
 *
 * Linux: arch/x86/kernel/early_printk.c (early_vga_write), v2.6.34; the cursor is moved along here.
 */
#include <asm/keyboard.h>
#include <asm/screen.h>
#include <kernel/init.h>
#include <kernel/params.h>
#include <kernel/reboot.h>
#include <lib/kernel.h>
#include <lib/string.h>

static const struct screen *screen;
static unsigned int current_xpos, current_ypos;

unsigned int screen_pause;
static unsigned int page_rows;		/* begun since the last pause */

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

/* Returns whether a new row has begun. */
static bool put_char(char c)
{
	bool new_row = c == '\n';

	if (current_ypos >= screen->rows) {
		screen->scroll(screen->scroll_rows);
		current_ypos = screen->rows - screen->scroll_rows;
	}
	if (c == '\b') {
		current_xpos -= current_xpos != 0;
	} else if (c != '\n' && c != '\r' && c != '\a') {
		screen->put(current_xpos, current_ypos, CELL_GREY | (u8)c);
		current_xpos++;
		new_row = current_xpos == screen->columns;
	}
	if (new_row) {
		current_xpos = 0;
		current_ypos++;
	}
	return new_row;
}

static void put_text(const char *s)
{
	while (*s)
		put_char(*s++);
}

/* Until a key is pressed, or the time is over. */
static void wait_for_reader(void)
{
	unsigned int hundredths = screen_pause * 100;
	bool keyboard = keyboard_present();

	while (hundredths-- && !(keyboard && keyboard_getc() >= 0))
		delay_10ms();
}

/* At the beginning of a row, when all others are full of what nobody has had time to read. */
static void pause_at_end_of_page(void)
{
	static const char more[] = "-- more: any key, or wait --";
	unsigned int i;

	if (!screen_pause || ++page_rows < screen->rows - 1)
		return;
	page_rows = 0;
	put_text(more);
	screen->cursor(current_xpos, current_ypos);
	wait_for_reader();
	for (i = 1; i < sizeof(more); i++)
		put_text("\b \b");
}

/**
 * screen_pause_setup - the parameter memdawn.pause[=SECONDS]: a full screen stays until it is read
 * @val: seconds, 1 to 3600; NULL: SCREEN_PAUSE_SECONDS
 *
 * Return: 0, or -1 when @val is no such number.
 */
int __init screen_pause_setup(char *val)
{
	int seconds = SCREEN_PAUSE_SECONDS;

	if (val && param_number(val, 1, 3600, &seconds))
		return -1;
	screen_pause = seconds;
	return 0;
}

/**
 * screen_new_page - what stands on the screen has been read: the next pause is a whole screen away
 */
void screen_new_page(void)
{
	page_rows = 0;
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
		if (put_char(*s++))
			pause_at_end_of_page();
	screen->cursor(current_xpos, current_ypos < screen->rows ? current_ypos : screen->rows - 1);
}
