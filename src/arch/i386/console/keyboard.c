// SPDX-License-Identifier: GPL-2.0-only
/*
 * The keyboard at the PC's controller (i8042), polled. It sends scan codes of set 1
 * (the controller translates, as the firmware has left it): a code when a key goes down,
 * the same with bit 7 when it comes up, 0xe0 in front of the keys that the first
 * keyboards didn't have. The layout is the American one.
 *
 * A key that has no character becomes what a VT100 sends for it, so that whoever reads
 * need not know where a key was pressed. Shift-PageUp and Shift-PageDown are the screen's own.
 *
 * Linux: drivers/char/keyboard.c and drivers/input/serio/i8042.c, v2.6.34.
 */
#include <asm/io.h>
#include <asm/keyboard.h>
#include <asm/text_screen.h>
#include <lib/ctype.h>
#include <lib/kernel.h>

#define KBD_DATA_PORT	0x60
#define KBD_STATUS_PORT	0x64
#define KBD_OUTPUT_FULL	0x01
#define KBD_FROM_MOUSE	0x20

#define SCAN_EXTENDED	0xe0
#define SCAN_RELEASED	0x80
#define SCAN_CTRL	0x1d
#define SCAN_LSHIFT	0x2a
#define SCAN_RSHIFT	0x36
#define SCAN_CAPS	0x3a
#define SCAN_KP_ENTER	0x1c
#define SCAN_KP_SLASH	0x35
#define SCAN_PAGE_UP	0x49
#define SCAN_PAGE_DOWN	0x51

/* By scan code; 0: the key has no character. */
static const char plain_map[] =
	"\0\033" "1234567890-=\b\tqwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shift_map[] =
	"\0\033" "!@#$%^&*()_+\b\tQWERTYUIOP{}\r\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

_Static_assert(sizeof(plain_map) == 0x3b && sizeof(shift_map) == 0x3b,
	       "the maps end with the space bar's scan code, 0x39");

/* Keys that are sent as several characters, by the scan code after 0xe0. */
static const struct {
	u8 scan;
	const char *text;
} sequences[] = {
	{ 0x48, "\033[A" }, { 0x50, "\033[B" }, { 0x4d, "\033[C" }, { 0x4b, "\033[D" },
	{ 0x47, "\033[H" }, { 0x4f, "\033[F" }, { 0x53, "\033[3~" },
};

static bool shift, ctrl, caps, extended;
static const char *pending = "";	/* the rest of a sequence */

/**
 * keyboard_present - is there a keyboard controller?
 *
 * Where there is no device, every bit of its status reads as 1.
 *
 * Return: whether there is one.
 */
bool keyboard_present(void)
{
	return inb(KBD_STATUS_PORT) != 0xff;
}

/* Shift-PageUp and Shift-PageDown: half a screen further back, or forward again. */
static void look_back(u8 scan)
{
	unsigned int columns, rows;

	text_screen_size(&columns, &rows);
	text_screen_look_back(scan == SCAN_PAGE_UP ? (int)rows / 2 : -(int)rows / 2);
}

static int extended_key(u8 scan)
{
	unsigned int i;

	if (shift && (scan == SCAN_PAGE_UP || scan == SCAN_PAGE_DOWN)) {
		look_back(scan);
		return -1;
	}
	if (scan == SCAN_KP_ENTER)
		return '\r';
	if (scan == SCAN_KP_SLASH)
		return '/';
	for (i = 0; i < ARRAY_SIZE(sequences); i++) {
		if (sequences[i].scan == scan) {
			pending = sequences[i].text + 1;
			return (u8)sequences[i].text[0];
		}
	}
	return -1;
}

static int plain_key(u8 scan)
{
	char c;

	if (scan >= sizeof(plain_map) || !plain_map[scan])
		return -1;
	c = plain_map[scan];
	if (shift != (caps && isalpha(c)))
		c = shift_map[scan];
	if (ctrl)
		c = isalpha(c) ? c & 0x1f : 0;
	return c ? (u8)c : -1;
}

/* Keeps the state of the keys that change others; -1: the code makes no character. */
static int scan_to_char(u8 code)
{
	u8 scan = code & ~SCAN_RELEASED;
	bool down = !(code & SCAN_RELEASED), was_extended = extended;

	extended = code == SCAN_EXTENDED;
	if (extended)
		return -1;
	if (scan == SCAN_CTRL)
		ctrl = down;
	else if (!was_extended && (scan == SCAN_LSHIFT || scan == SCAN_RSHIFT))
		shift = down;
	else if (!was_extended && scan == SCAN_CAPS)
		caps ^= down;
	else if (down)
		return was_extended ? extended_key(scan) : plain_key(scan);
	return -1;
}

/**
 * keyboard_getc - the next character from the keyboard, without waiting
 *
 * Enter is '\r', Backspace '\b', the arrows, Home, End and Delete are VT100 sequences. Only
 * where keyboard_present().
 *
 * Return: the character, 1 to 255, or -1 when there is none yet.
 */
int keyboard_getc(void)
{
	u8 status;

	if (*pending)
		return (u8)*pending++;
	status = inb(KBD_STATUS_PORT);
	if (!(status & KBD_OUTPUT_FULL))
		return -1;
	if (status & KBD_FROM_MOUSE) {
		inb(KBD_DATA_PORT);
		return -1;
	}
	return scan_to_char(inb(KBD_DATA_PORT));
}
