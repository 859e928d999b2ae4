// SPDX-License-Identifier: GPL-2.0-only
/*
 * The screen that the loader left, a framebuffer or VGA's text mode, and pauses for whoever reads on it
 * and can't scroll back (memdawn.pause).
 */
#include <asm/keyboard.h>
#include <asm/text_screen.h>
#include <kernel/init.h>
#include <kernel/params.h>
#include <kernel/reboot.h>
#include <lib/kernel.h>
#include <lib/string.h>

static const struct screen *screen;

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
	text_screen_start(screen);
	return true;
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
	text_screen_write(more, strlen(more));
	wait_for_reader();
	for (i = 1; i < sizeof(more); i++)
		text_screen_write("\b \b", 3);
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
 */
void screen_write(const char *s, size_t n)
{
	if (!screen_pause) {
		text_screen_write(s, n);
		return;
	}
	for (; n; n--, s++)
		if (text_screen_write(s, 1))
			pause_at_end_of_page();
}
