// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VGA text screen: 80 columns and 25 rows where the firmware says nothing else,
 * white on black, going on below what stands there already. The screen's memory is
 * reached through the linear map, which begins with it in head's first page tables.
 *
 * Linux: arch/x86/kernel/early_printk.c (early_vga_write), v2.6.34; the cursor is moved
 * along here.
 */
#include <asm/io.h>
#include <asm/page.h>
#include <asm/vga.h>
#include <firmware/boot_params.h>
#include <lib/string.h>

#define VGA_MEMORY	0xb8000		/* physical */
#define VGA_ATTRIBUTE	0x0700		/* light grey on black */
#define VGA_CELL_SIZE	2		/* bytes */
#define MAX_COLUMNS	160
#define MAX_ROWS	60

#define FB_TYPE_EGA_TEXT	2

/* The BIOS keeps the cursor's row on its first page here. */
#define BDA_CURSOR_ROW	0x451		/* physical */

#define CRTC_INDEX	0x3d4
#define CRTC_DATA	0x3d5
#define CRTC_CURSOR_HIGH	0x0e
#define CRTC_CURSOR_LOW		0x0f

static unsigned int max_xpos = 80, max_ypos = 25;
static unsigned int current_xpos, current_ypos;
static bool vga_ready;

static u16 *cell(unsigned int x, unsigned int y)
{
	return (u16 *)__va(VGA_MEMORY) + max_xpos * y + x;
}

/**
 * vga_text_init - find out whether there is a text screen, and where to go on in it
 *
 * After boot_params is filled; before that 80 x 25 is assumed.
 *
 * Return: false when the loader left a graphics mode: there is nothing to write to.
 */
bool vga_text_init(void)
{
	const struct boot_framebuffer *fb = &boot_params.fb;

	if (vga_ready)
		return true;
	if (fb->present) {
		if (fb->type != FB_TYPE_EGA_TEXT || fb->width == 0 || fb->width > MAX_COLUMNS ||
		    fb->height == 0 || fb->height > MAX_ROWS)
			return false;
		max_xpos = fb->width;
		max_ypos = fb->height;
	}
	current_ypos = readb(__va(BDA_CURSOR_ROW));
	if (current_ypos > max_ypos)
		current_ypos = max_ypos;
	vga_ready = true;
	return true;
}

static void scroll(void)
{
	unsigned int x;

	memmove(cell(0, 0), cell(0, 1), max_xpos * (max_ypos - 1) * VGA_CELL_SIZE);
	for (x = 0; x < max_xpos; x++)
		writew(VGA_ATTRIBUTE | ' ', cell(x, max_ypos - 1));
	current_ypos = max_ypos - 1;
}

static void move_cursor(void)
{
	unsigned int row = current_ypos < max_ypos ? current_ypos : max_ypos - 1;
	unsigned int pos = row * max_xpos + current_xpos;

	outb(CRTC_CURSOR_HIGH, CRTC_INDEX);
	outb((pos >> 8) & 0xff, CRTC_DATA);
	outb(CRTC_CURSOR_LOW, CRTC_INDEX);
	outb(pos & 0xff, CRTC_DATA);
}

/**
 * vga_text_write - show text, '\n' starting a new line, '\b' stepping back in it; no bell rings
 * @s: the text
 * @n: its length in bytes
 *
 * After vga_text_init() has returned true.
 *
 * Linux: arch/x86/kernel/early_printk.c:early_vga_write, v2.6.34.
 */
void vga_text_write(const char *s, size_t n)
{
	for (; n; n--, s++) {
		if (current_ypos >= max_ypos)
			scroll();
		if (*s == '\n') {
			current_xpos = 0;
			current_ypos++;
		} else if (*s == '\b') {
			current_xpos -= current_xpos != 0;
		} else if (*s != '\r' && *s != '\a') {
			writew(VGA_ATTRIBUTE | (u8)*s, cell(current_xpos, current_ypos));
			current_xpos++;
		}
		if (current_xpos >= max_xpos) {
			current_xpos = 0;
			current_ypos++;
		}
	}
	move_cursor();
}
