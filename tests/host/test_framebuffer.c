// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/arch/i386/console/framebuffer.c: what is drawn, compared pixel by pixel with what the font's
 * bits say; what is refused.
 */
#include <asm/framebuffer.h>
#include <asm/ioremap.h>
#include <asm/screen.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>

#include <host.h>

#include <framebuffer_stand_ins.h>

#define GREY	0xaaaaaa		/* red, green, blue: VGA's colour 7 */

/* Colours as a screen has them: bits of red, green and blue, and their places. */
#define RGB888	{ { 16, 8 }, { 8, 8 }, { 0, 8 } }
#define BGR888	{ { 0, 8 }, { 8, 8 }, { 16, 8 } }
#define RGB_HIGH	{ { 24, 8 }, { 16, 8 }, { 8, 8 } }
#define RGB565	{ { 11, 5 }, { 5, 6 }, { 0, 5 } }
#define RGB101010	{ { 20, 10 }, { 10, 10 }, { 0, 10 } }

static const struct boot_framebuffer good = {
	.present = true, .addr = 0xc0000000, .pitch = 5120, .width = 1280, .height = 800, .bpp = 32,
	.type = FB_RGB, .colours = RGB888,
};

static const struct {
	struct boot_framebuffer fb;
	unsigned int columns, rows, scale;
	u32 grey, brown;		/* aaaaaa and aa5500, as pixels */
} screens[] = {
	{ good, 160, 50, 1, 0xaaaaaa, 0xaa5500 },
	{ { true, 0x400000000ULL, 3328, 800, 600, 32, FB_RGB, BGR888 },
	  100, 37, 1, 0xaaaaaa, 0x0055aa },
	{ { true, 0xe0000001, 4099, 1366, 768, 24, FB_RGB, RGB888 }, 170, 48, 1, 0xaaaaaa, 0xaa5500 },
	{ { true, 0xfd000000, 2048, 1024, 768, 16, FB_RGB, RGB565 }, 128, 48, 1, 0xad55, 0xaaa0 },
	{ { true, 0xfd000000, 4096, 1024, 768, 32, FB_RGB, RGB101010 },
	  128, 48, 1, 0x2a8aa2a8, 0x2a855000 },
	{ { true, 0x80000000, 15360, 3840, 2160, 32, FB_RGB, RGB888 }, 240, 67, 2, 0xaaaaaa, 0xaa5500 },
	{ { true, 0x80000000, 20480, 5120, 2880, 32, FB_RGB, RGB888 }, 213, 60, 3, 0xaaaaaa, 0xaa5500 },
	{ { true, 0x80000000, 2560, 640, 480, 32, FB_RGB, RGB_HIGH }, 80, 30, 1, 0xaaaaaa00, 0xaa550000 },
	{ { true, 0x80000000, 16, 8, 16, 16, FB_RGB, RGB565 }, 1, 1, 1, 0xad55, 0xaaa0 },
};

/* What the screen should show. */
static u16 wanted[80][240];
static unsigned int cursor_x, cursor_y;
static const struct screen *screen;

static u32 pixel_at(unsigned int x, unsigned int y)
{
	const struct boot_framebuffer *fb = &boot_params.fb;
	u32 value = 0;

	memcpy(&value, video + y * fb->pitch + x * (fb->bpp / 8), fb->bpp / 8);
	return value;
}

static bool font_bit(u16 cell, unsigned int x, unsigned int y)
{
	unsigned int c = cell & 0xff;
	const u32 *words = font_8x16[c < ' ' || c > '~' ? NR_GLYPHS - 1 : c - ' '];

	return words[y / 4] & (0x80000000U >> (8 * (y % 4) + x));
}

/* Every pixel; those beyond the cells are black. Returns how many are wrong. */
static unsigned int wrong_pixels(unsigned int which)
{
	const struct boot_framebuffer *fb = &boot_params.fb;
	unsigned int scale = screens[which].scale, x, y, wrong = 0;

	for (y = 0; y < fb->height; y++) {
		for (x = 0; x < fb->width; x++) {
			unsigned int column = x / (8 * scale), row = y / (16 * scale);
			unsigned int in_y = y / scale % 16;
			u32 want = 0;

			if (column < screen->columns && row < screen->rows) {
				u16 cell = wanted[row][column];

				if (font_bit(cell, x / scale % 8, in_y) ||
				    (in_y >= 14 && column == cursor_x && row == cursor_y))
					want = cell >> 8 == 7 ? screens[which].grey :
								screens[which].brown;
			}
			wrong += pixel_at(x, y) != want;
		}
	}
	return wrong;
}

static void put(unsigned int x, unsigned int y, u16 cell)
{
	wanted[y][x] = cell;
	screen->put(x, y, cell);
}

static void scroll(unsigned int rows)
{
	unsigned int x, y;

	for (y = 0; y < screen->rows; y++)
		for (x = 0; x < screen->columns; x++)
			wanted[y][x] = y + rows < screen->rows ? wanted[y + rows][x] : CELL_BLANK;
	screen->scroll(rows);
}

static void random_text(void)
{
	unsigned int i;

	for (i = 0; i < 2000; i++)
		put(random_below(screen->columns), random_below(screen->rows),
		    (random_below(4) ? 0x0700 : 0x0600) | random_below(256));
	for (i = 0; i < screen->columns; i++)
		put(i, screen->rows - 1, CELL_GREY | "ab"[i % 2]);
}

static void check_screen(unsigned int which)
{
	unsigned int x, y, i;

	assert_true(framebuffer_begin(&screens[which].fb));
	memset(video, 0x5a, screens[which].fb.pitch * screens[which].fb.height);
	screen = framebuffer_screen();
	assert_int_equal(screen->columns, screens[which].columns);
	assert_int_equal(screen->rows, screens[which].rows);
	for (y = 0; y < screen->rows; y++)
		for (x = 0; x < screen->columns; x++)
			wanted[y][x] = CELL_BLANK;
	for (i = 0; i < 3; i++) {
		random_text();
		cursor_x = random_below(screen->columns);
		cursor_y = random_below(screen->rows);
		screen->cursor(cursor_x, cursor_y);
		assert_int_equal(wrong_pixels(which), 0);
		scroll(i == 2 ? screen->rows : 1 + random_below(screen->rows));
		screen->cursor(cursor_x, cursor_y);
		assert_int_equal(wrong_pixels(which), 0);
	}
}

/* Text, colours, the cursor and scrolling, on screens of all kinds. */
static void test_drawing(void **state)
{
	unsigned int i;

	random_init("test_framebuffer");
	for (i = 0; i < ARRAY_SIZE(screens); i++)
		check_screen(i);
}

/* Each field in turn is what it can't be: said, with the reason, and there is no screen. */
static void test_refused(void **state)
{
	static const struct {
		const char *why;
		size_t offset;
		u32 value;
	} cases[] = {
#define FIELD(name) offsetof(struct boot_framebuffer, name)
		{ "no character fits", FIELD(width), 0 }, { "no character fits", FIELD(width), 7 },
		{ "no character fits", FIELD(height), 0 }, { "no character fits", FIELD(height), 15 },
		{ "too large", FIELD(width), 0x80000000 }, { "too large", FIELD(height), 0xffffffff },
		{ "too large", FIELD(width), 240 * 64 + 1 }, { "too large", FIELD(height), 80 * 128 + 1 },
		{ "length makes no sense", FIELD(pitch), 0 }, { "length makes no sense", FIELD(pitch), 5119 },
		{ "length makes no sense", FIELD(pitch), 63 * 4096 + 1 },
		{ "length makes no sense", FIELD(pitch), 0xffffffff },
		{ "can't reach it", FIELD(addr), 0 }, { "can't reach it", FIELD(addr) + 4, 16 },
		{ "can't reach it", FIELD(addr) + 4, 0xffffffff },
	};
	static const struct {
		u8 bpp, type, position, size;
		const char *why;
	} bytes[] = {
		{ 8, FB_INDEXED, 16, 8, "no colours of their own" }, { 32, 3, 16, 8, "no colours" },
		{ 32, 255, 16, 8, "no colours" }, { 0, FB_RGB, 0, 8, "16, 24 and 32 bits" },
		{ 15, FB_RGB, 0, 5, "16, 24 and 32 bits" }, { 64, FB_RGB, 0, 8, "16, 24 and 32 bits" },
		{ 32, FB_RGB, 16, 0, "colours make no sense" }, { 32, FB_RGB, 16, 17, "colours make no sense" },
		{ 32, FB_RGB, 25, 8, "colours make no sense" }, { 32, FB_RGB, 255, 8, "colours make no sense" },
		{ 16, FB_RGB, 16, 8, "colours make no sense" }, { 32, FB_RGB, 16, 255, "colours make no sense" },
	};
	/* So high or wide that a character is twice as large, 16 x 32, or more. */
	static const struct { u32 width, height; } strips[] = {
		{ 8, 81 * 16 }, { 15, 160 * 16 }, { 241 * 8, 16 }, { 480 * 8, 31 }, { 8, 4112 }, { 240 * 64, 16 },
	};
	struct boot_framebuffer fb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(strips); i++) {
		fb = good;
		fb.width = strips[i].width;
		fb.height = strips[i].height;
		fb.pitch = fb.width * 4;
		assert_false(framebuffer_begin(&fb));
		assert_true(log_has("no character fits"));
	}
	fb = good;
	fb.addr = ~0ULL;		/* so that its end is page frame 0 again */
	assert_false(framebuffer_begin(&fb));
	assert_true(log_has("can't reach it"));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fb = good;
		memcpy((u8 *)&fb + cases[i].offset, &cases[i].value, sizeof(u32));
		assert_false(framebuffer_begin(&fb));
		assert_true(log_has(cases[i].why));
		assert_null(framebuffer_screen());
	}
	for (i = 0; i < ARRAY_SIZE(bytes); i++) {
		fb = good;
		fb.bpp = bytes[i].bpp;
		fb.type = bytes[i].type;
		fb.colours[0].position = bytes[i].position;
		fb.colours[0].size = bytes[i].size;
		assert_false(framebuffer_begin(&fb));
		assert_true(log_has(bytes[i].why));
		assert_null(framebuffer_screen());
	}
}

/* The map says what may be drawn into: never RAM. */
static void test_in_ram(void **state)
{
	boot_params.e820_entries = 2;
	boot_params.e820_map[0] = (struct e820entry){ 0x100000, 0xbff00000, E820_RAM };
	boot_params.e820_map[1] = (struct e820entry){ 0xc0000000, 0x1000000, E820_RESERVED };
	assert_true(framebuffer_begin(&good));
	boot_params.e820_map[0].size++;
	assert_false(framebuffer_begin(&good));
	assert_true(log_has("lies in RAM"));
	boot_params.e820_map[0] = (struct e820entry){ good.addr + 800 * 5120 - 1, 1, E820_RAM };
	assert_false(framebuffer_begin(&good));
	boot_params.e820_map[0] = (struct e820entry){ good.addr + 800 * 5120, ~0ULL, E820_RAM };
	assert_true(framebuffer_begin(&good));
	boot_params.e820_entries = 0;
}

/* A text screen, or none, is no matter of this file. */
static void test_no_framebuffer(void **state)
{
	struct boot_framebuffer fb = { .present = true, .addr = 0xb8000, .pitch = 160, .width = 80,
				       .height = 25, .bpp = 16, .type = FB_EGA_TEXT };

	framebuffer_begin(&fb);
	assert_null(framebuffer_screen());
	fb = (struct boot_framebuffer){ 0 };
	framebuffer_begin(&fb);
	assert_null(framebuffer_screen());
	assert_string_equal(log_text(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drawing),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_in_ram),
		cmocka_unit_test(test_no_framebuffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
