// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as the loader's framebuffer tag, and then text: nothing outside of the framebuffer is
 * written, whatever it is said to be. The input: the 30 bytes of the tag, then three bytes for each
 * character (column, row, character; the character 0 scrolls).
 */
#include <asm/framebuffer.h>
#include <asm/screen.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>

#include <host.h>

#include <framebuffer_stand_ins.h>
#include <fuzz.h>

#define TAG_BYTES	30
#define LARGEST		(256U << 10)	/* larger ones take their time: the tag alone is looked at */

static struct boot_framebuffer from_tag(const uint8_t *tag)
{
	struct boot_framebuffer fb = { .present = true, .bpp = tag[20], .type = tag[21] };

	memcpy(&fb.addr, tag, 8);
	memcpy(&fb.pitch, tag + 8, 4);
	memcpy(&fb.width, tag + 12, 4);
	memcpy(&fb.height, tag + 16, 4);
	memcpy(fb.colours, tag + 24, sizeof(fb.colours));
	return fb;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct screen *screen;
	struct boot_framebuffer fb;

	if (size < TAG_BYTES)
		return 0;
	fb = from_tag(data);
	if (fb.type == FB_EGA_TEXT || !framebuffer_begin(&fb))
		return 0;
	must((u64)fb.pitch * fb.height < 1ULL << 33 && fb.width && fb.height);
	if ((u64)fb.pitch * fb.height > LARGEST)
		return 0;
	screen = framebuffer_screen();
	must(screen && screen->columns && screen->columns <= 240 && screen->rows && screen->rows <= 80);
	for (data += TAG_BYTES, size -= TAG_BYTES; size >= 3; data += 3, size -= 3) {
		if (data[2])
			screen->put(data[0] % screen->columns, data[1] % screen->rows,
				    data[1] << 8 | data[2]);
		else
			screen->scroll(screen->scroll_rows);
		screen->cursor(data[0] % screen->columns, data[1] % screen->rows);
	}
	return 0;
}
