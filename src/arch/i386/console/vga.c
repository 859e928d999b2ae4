// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VGA text screen: 80 columns and 25 rows where the firmware says nothing else, going on below
 * what stands there already. The screen's memory is reached through the linear map, which begins
 * with it in head's first page tables.
 */
#include <asm/io.h>
#include <asm/page.h>
#include <asm/screen.h>
#include <firmware/boot_params.h>
#include <lib/string.h>

#define VGA_MEMORY	0xb8000		/* physical */
#define VGA_CELL_SIZE	2		/* bytes */
#define MAX_COLUMNS	160
#define MAX_ROWS	60

/* The BIOS keeps the cursor's row on its first page here. */
#define BDA_CURSOR_ROW	0x451		/* physical */

#define CRTC_INDEX	0x3d4
#define CRTC_DATA	0x3d5
#define CRTC_CURSOR_HIGH	0x0e
#define CRTC_CURSOR_LOW		0x0f

static struct screen vga;

static u16 *cell(unsigned int x, unsigned int y)
{
	return (u16 *)__va(VGA_MEMORY) + vga.columns * y + x;
}

static void vga_put(unsigned int x, unsigned int y, u16 value)
{
	writew(value, cell(x, y));
}

static void vga_scroll(unsigned int rows)
{
	unsigned int kept = vga.rows - rows, x;

	memmove(cell(0, 0), cell(0, rows), vga.columns * kept * VGA_CELL_SIZE);
	for (x = 0; x < vga.columns * rows; x++)
		writew(CELL_BLANK, cell(x, kept));
}

static void vga_cursor(unsigned int x, unsigned int y)
{
	unsigned int pos = y * vga.columns + x;

	outb(CRTC_CURSOR_HIGH, CRTC_INDEX);
	outb((pos >> 8) & 0xff, CRTC_DATA);
	outb(CRTC_CURSOR_LOW, CRTC_INDEX);
	outb(pos & 0xff, CRTC_DATA);
}

static struct screen vga = {
	.columns = 80,
	.rows = 25,
	.scroll_rows = 1,
	.put = vga_put,
	.scroll = vga_scroll,
	.cursor = vga_cursor,
};

/**
 * vga_screen - the text screen
 *
 * After boot_params is filled; before that 80 x 25 is assumed.
 *
 * Return: NULL when the loader left a graphics mode.
 */
const struct screen *vga_screen(void)
{
	const struct boot_framebuffer *fb = &boot_params.fb;

	if (fb->present) {
		if (fb->type != FB_EGA_TEXT || fb->width == 0 || fb->width > MAX_COLUMNS ||
		    fb->height == 0 || fb->height > MAX_ROWS)
			return NULL;
		vga.columns = fb->width;
		vga.rows = fb->height;
	}
	vga.first_row = readb(__va(BDA_CURSOR_ROW));
	if (vga.first_row > vga.rows)
		vga.first_row = vga.rows;
	return &vga;
}
