// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text on a framebuffer: a screen that is nothing but pixels, in memory, with 16, 24 or 32 bits each.
 *
 *	addr          a line of pixels                        pitch
 *	+-------------------------------------------------+---+
 *	| x = 0   | x = 1   | 8 pixels, 16 lines a cell   |   |  on screens with many pixels
 *	| y = 0   | y = 0   |                             |   |  each of a glyph's is `scale` wide
 *	+---------+---------+-----------------------------+---+  and high
 *
 * It is seen through a window that moves along (ioremap_window()): no memory is taken, no page table
 * is made, and it works from the first line of the log to the last, as VGA's does. It is only
 * written, never read, which would be slow: what stands in each cell is noted here, and a row of
 * pixels that is there already isn't drawn again. Scrolling draws what differs between a line and the one
 * below it, and more than one row goes at once.
 */
#include <asm/framebuffer.h>
#include <asm/io.h>
#include <asm/ioremap.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/screen.h>
#include <firmware/boot_params.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>

#define MAX_COLUMNS	240
#define MAX_ROWS	80
#define MAX_SCALE	8
#define MAX_BYTES	4		/* a pixel */
#define SCROLL_ROWS	4		/* at once */
#define NR_COLOURS	16
#define NIBBLES		16

/* VGA's colours, as its text mode shows them: red, green, blue. */
static const u8 vga_colours[NR_COLOURS][3] = {
	{ 0x00, 0x00, 0x00 }, { 0x00, 0x00, 0xaa }, { 0x00, 0xaa, 0x00 }, { 0x00, 0xaa, 0xaa },
	{ 0xaa, 0x00, 0x00 }, { 0xaa, 0x00, 0xaa }, { 0xaa, 0x55, 0x00 }, { 0xaa, 0xaa, 0xaa },
	{ 0x55, 0x55, 0x55 }, { 0x55, 0x55, 0xff }, { 0x55, 0xff, 0x55 }, { 0x55, 0xff, 0xff },
	{ 0xff, 0x55, 0x55 }, { 0xff, 0x55, 0xff }, { 0xff, 0xff, 0x55 }, { 0xff, 0xff, 0xff },
};

static struct screen framebuffer;	/* 0 columns: there is none */
static u64 fb_addr;			/* physical */
static u32 fb_pitch, fb_lines;
static unsigned int fb_bytes, fb_scale;	/* of a pixel; pixels for one of a glyph's */
static u32 fb_colours[NR_COLOURS];	/* pixels */
static pgprot_t fb_prot;
static bool fb_cleared;

/* What the screen shows. */
static u16 shown[MAX_ROWS][MAX_COLUMNS];
static unsigned int cursor_x, cursor_y;

/* The pixels of half a row of a glyph, for each value of its four bits, in the colours of a cell. */
static u32 expanded[NIBBLES][4 * MAX_SCALE * MAX_BYTES / sizeof(u32)];
static int expanded_colours;		/* a cell's high byte; -1: of none yet */

/* The window: the first line of pixels in it, how many it has, and where they are. */
static u32 window_line, window_lines;
static u8 *window;

static u8 *line_address(u32 line)
{
	if (line - window_line >= window_lines) {
		window_line = line;
		window_lines = min_t(u32, IOREMAP_WINDOW / fb_pitch, fb_lines - line);
		window = ioremap_window(fb_addr + (u64)line * fb_pitch, window_lines * fb_pitch,
					fb_prot);
	}
	return window + (line - window_line) * fb_pitch;
}

static void expand(u8 colours)
{
	const u32 ink = fb_colours[colours & 15], paper = fb_colours[(colours >> 4) & 7];
	unsigned int nibble, pixel, i;
	u8 *p;

	if (expanded_colours == colours)
		return;
	expanded_colours = colours;
	for (nibble = 0; nibble < NIBBLES; nibble++) {
		p = (u8 *)expanded[nibble];
		for (pixel = 0; pixel < 4; pixel++) {
			const u32 colour = nibble & (8 >> pixel) ? ink : paper;

			for (i = 0; i < fb_scale; i++, p += fb_bytes)
				memcpy(p, &colour, fb_bytes);
		}
	}
}

static const u32 *glyph(u16 cell)
{
	return font_8x16[min((cell & 0xffU) - FIRST_GLYPH, NR_GLYPHS - 1U)];
}

static u32 *put_words(u32 *to, const u32 *from, unsigned int n)
{
	while (n--)
		writel(*from++, to++);
	return to;
}

/* The colours must be expanded. */
static void draw_row(unsigned int x, unsigned int y, unsigned int row, u8 bits)
{
	const unsigned int words = fb_scale * fb_bytes;	/* of four pixels */
	u32 line = (y * GLYPH_HEIGHT + row) * fb_scale;
	unsigned int i;
	u32 *p;

	for (i = 0; i < fb_scale; i++) {
		p = (u32 *)(line_address(line + i) + x * GLYPH_WIDTH * words);
		put_words(put_words(p, expanded[bits >> 4], words), expanded[bits & 15], words);
	}
}

static void framebuffer_put(unsigned int x, unsigned int y, u16 cell)
{
	const u16 old = shown[y][x];
	const u32 *rows = glyph(cell), *old_rows = glyph(old);
	const u32 other_colours = (cell ^ old) >> 8 ? ~0U : 0;
	unsigned int i, row;
	u32 word, differs;

	if (cell == old)
		return;
	shown[y][x] = cell;
	expand(cell >> 8);
	for (i = 0; i < GLYPH_WORDS; i++) {
		word = rows[i];
		differs = (word ^ old_rows[i]) | other_colours;
		for (row = 4 * i; differs; row++, word <<= 8, differs <<= 8)
			if (differs >> 24)
				draw_row(x, y, row, word >> 24);
	}
}

static void framebuffer_scroll(unsigned int rows)
{
	unsigned int x, y;

	for (y = 0; y < framebuffer.rows; y++)
		for (x = 0; x < framebuffer.columns; x++)
			framebuffer_put(x, y, y + rows < framebuffer.rows ? shown[y + rows][x] :
							CELL_BLANK);
}

static void draw_cursor_rows(bool on)
{
	const u16 cell = shown[cursor_y][cursor_x];
	const u32 last_rows = on ? ~0U : glyph(cell)[GLYPH_WORDS - 1];

	expand(cell >> 8);
	draw_row(cursor_x, cursor_y, GLYPH_HEIGHT - 2, last_rows >> 8);
	draw_row(cursor_x, cursor_y, GLYPH_HEIGHT - 1, last_rows);
}

static void framebuffer_cursor(unsigned int x, unsigned int y)
{
	if (cursor_y < framebuffer.rows)
		draw_cursor_rows(false);
	cursor_x = x;
	cursor_y = y;
	if (cursor_y < framebuffer.rows)
		draw_cursor_rows(true);
}

static struct screen framebuffer = {
	.scroll_rows = SCROLL_ROWS,
	.put = framebuffer_put,
	.scroll = framebuffer_scroll,
	.cursor = framebuffer_cursor,
};

/* A pixel of a colour, from its shares of red, green and blue, of 8 bits each. */
static u32 __init pixel(const struct boot_framebuffer *fb, const u8 *shares)
{
	u32 value = 0;
	int i;

	for (i = 0; i < 3; i++)
		value |= (u32)shares[i] << 8 >> (16 - fb->colours[i].size) << fb->colours[i].position;
	return value;
}

static bool __init colours_are_possible(const struct boot_framebuffer *fb)
{
	int i;

	for (i = 0; i < 3; i++)
		if (!fb->colours[i].size || fb->colours[i].size > 16 ||
		    fb->colours[i].position > fb->bpp - fb->colours[i].size)
			return false;
	return true;
}

static bool __init lies_in_ram(struct phys_range range)
{
	u32 i;

	for (i = 0; i < boot_params.e820_entries; i++) {
		const struct e820entry *ei = &boot_params.e820_map[i];

		if (ei->type == E820_RAM && phys_range_overlap(range, phys_span(ei->addr, ei->size)))
			return true;
	}
	return false;
}

/* How large a glyph's pixel has to be for the cells to fit. */
static unsigned int __init needed_scale(const struct boot_framebuffer *fb)
{
	unsigned int scale = 1;

	while (fb->width / (GLYPH_WIDTH * scale) > MAX_COLUMNS ||
	       fb->height / (GLYPH_HEIGHT * scale) > MAX_ROWS)
		scale++;
	return scale;
}

/* NULL, or why it can't show text. Of no use is more than a screen can have, or less than a cell. */
static const char * __init unusable(const struct boot_framebuffer *fb)
{
	const u32 bytes = fb->bpp / 8;
	u64 last;

	if (fb->type != FB_RGB)
		return "its pixels have no colours of their own";
	if (fb->bpp != 16 && fb->bpp != 24 && fb->bpp != 32)
		return "only pixels of 16, 24 and 32 bits are known here";
	if (!colours_are_possible(fb))
		return "the pixels' colours make no sense";
	if (fb->width > MAX_COLUMNS * GLYPH_WIDTH * MAX_SCALE ||
	    fb->height > MAX_ROWS * GLYPH_HEIGHT * MAX_SCALE)
		return "it is too large";
	if (fb->width < GLYPH_WIDTH * needed_scale(fb) || fb->height < GLYPH_HEIGHT * needed_scale(fb))
		return "no character fits into it";
	if (fb->pitch < fb->width * bytes || fb->pitch > IOREMAP_WINDOW)
		return "its lines' length makes no sense";
	last = fb->addr + (u64)fb->pitch * fb->height - 1;
	if (!fb->addr || (fb->addr | last) >> boot_cpu_data.x86_phys_bits)	/* `last` may be past 2^64 */
		return "the CPU can't reach it";
	if (lies_in_ram(phys_span(fb->addr, (u64)fb->pitch * fb->height)))
		return "it lies in RAM that the memory map calls free";
	return NULL;
}

static void __init take(const struct boot_framebuffer *fb)
{
	int i;

	fb_cleared = false;
	expanded_colours = -1;
	window_lines = 0;
	cursor_x = cursor_y = 0;
	fb_addr = fb->addr;
	fb_pitch = fb->pitch;
	fb_lines = fb->height;
	fb_bytes = fb->bpp / 8;
	fb_scale = needed_scale(fb);
	for (i = 0; i < NR_COLOURS; i++)
		fb_colours[i] = pixel(fb, vga_colours[i]);
	framebuffer.columns = fb->width / (GLYPH_WIDTH * fb_scale);
	framebuffer.rows = fb->height / (GLYPH_HEIGHT * fb_scale);
	framebuffer.scroll_rows = min((u32)SCROLL_ROWS, framebuffer.rows);
}

/**
 * framebuffer_probe - is there a framebuffer that can show text?
 *
 * What the loader says of it is input like any other. The log tells what is there, and what can't be
 * used. After boot_params is filled and early_cpu_init(), before another map takes the loader's place.
 */
void __init framebuffer_probe(void)
{
	const struct boot_framebuffer *fb = &boot_params.fb;
	const char *why;

	framebuffer.columns = 0;
	if (!fb->present || fb->type == FB_EGA_TEXT)
		return;
	why = unusable(fb);
	if (why) {
		printk(KERN_WARNING "memdawn: the screen is a framebuffer of %u x %u pixels, %u bits, "
		       "type %u, at %llx, pitch %u: %s; the log goes to the serial port only\n",
		       fb->width, fb->height, fb->bpp, fb->type, fb->addr, fb->pitch, why);
		return;
	}
	take(fb);
	printk(KERN_INFO "memdawn: the screen is a framebuffer of %u x %u pixels, %u bits, at %llx: "
	       "%u columns, %u rows\n", fb->width, fb->height, fb->bpp, fb->addr,
	       framebuffer.columns, framebuffer.rows);
}

static void clear_lines(void)
{
	u32 line, i;
	u8 *p;

	for (line = 0; line < fb_lines; line++) {
		p = line_address(line);
		for (i = 0; i + sizeof(u32) <= fb_pitch; i += sizeof(u32))
			writel(0, p + i);
		for (; i < fb_pitch; i++)
			writeb(0, p + i);
	}
}

/**
 * framebuffer_screen - the framebuffer as a screen
 *
 * The first call blanks it.
 *
 * Return: NULL where framebuffer_probe() has found none, or not run.
 */
const struct screen *framebuffer_screen(void)
{
	unsigned int x, y;

	if (!framebuffer.columns)
		return NULL;
	if (!fb_cleared) {
		fb_cleared = true;
		fb_prot = write_combining_prot();
		clear_lines();
		for (y = 0; y < framebuffer.rows; y++)
			for (x = 0; x < framebuffer.columns; x++)
				shown[y][x] = CELL_BLANK;
	}
	return &framebuffer;
}
