// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VGA text screen: 80 columns and 25 rows where the firmware says nothing else,
 * white on black, going on below what stands there already (text_screen.c). The screen's memory is
 * reached through the linear map, which begins with it in head's first page tables.
 *
 * Linux: arch/x86/kernel/early_printk.c (early_vga_write), v2.6.34; the cursor is moved
 * along here.
 */
#include <asm/io.h>
#include <asm/page.h>
#include <asm/text_screen.h>
#include <asm/vga.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>
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

static bool vga_ready;

static void vga_put(unsigned int x, unsigned int y, u8 c);
static void vga_scroll(void);
static void vga_cursor(unsigned int x, unsigned int y);

static struct text_screen vga_screen = {
	.columns = 80, .rows = 25, .put = vga_put, .scroll = vga_scroll, .cursor = vga_cursor,
};

static u16 *cell(unsigned int x, unsigned int y)
{
	return (u16 *)__va(VGA_MEMORY) + vga_screen.columns * y + x;
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
	unsigned int row;

	if (vga_ready)
		return true;
	if (fb->present) {
		if (fb->type != FB_TYPE_EGA_TEXT || fb->width == 0 || fb->width > MAX_COLUMNS ||
		    fb->height == 0 || fb->height > MAX_ROWS)
			return false;
		vga_screen.columns = fb->width;
		vga_screen.rows = fb->height;
	}
	row = readb(__va(BDA_CURSOR_ROW));
	text_screen_start(&vga_screen, min(row, vga_screen.rows));
	vga_ready = true;
	return true;
}

static void vga_put(unsigned int x, unsigned int y, u8 c)
{
	writew(VGA_ATTRIBUTE | c, cell(x, y));
}

static void vga_scroll(void)
{
	unsigned int x, last = vga_screen.rows - 1;

	memmove(cell(0, 0), cell(0, 1), vga_screen.columns * last * VGA_CELL_SIZE);
	for (x = 0; x < vga_screen.columns; x++)
		vga_put(x, last, ' ');
}

/* Below the last row nothing is shown of it. */
static void vga_cursor(unsigned int x, unsigned int y)
{
	unsigned int pos = y * vga_screen.columns + x;

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
	text_screen_write(s, n);
}
