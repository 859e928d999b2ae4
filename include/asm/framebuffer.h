/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_FRAMEBUFFER_H
#define ASM_FRAMEBUFFER_H

/* Text on a framebuffer, which is all that machines with UEFI have for a screen. */

#include <lib/types.h>

#define GLYPH_WIDTH	8
#define GLYPH_HEIGHT	16
#define FIRST_GLYPH	' '
#define LAST_GLYPH	'~'
#define NR_GLYPHS	(LAST_GLYPH - FIRST_GLYPH + 2)	/* the last stands for all that have none */

#define GLYPH_WORDS	(GLYPH_WIDTH * GLYPH_HEIGHT / 32)

extern const u32 font_8x16[NR_GLYPHS][GLYPH_WORDS];

void framebuffer_probe(void);

#endif
