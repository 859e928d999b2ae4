// SPDX-License-Identifier: GPL-2.0-only
/*
 * The glyphs of the framebuffer console: ASCII, 8 pixels by 16, as VGA's text mode has them.
 *
 * They are those of the font u_vga16 by Dmitry Bolkhovityanov, from Debian's console-setup 1.221
 * (Lat15-VGA16.psf.gz), whose licence asks for this:
 *
 * Copyright (c) 2000, 2001 by Dmitry Bolkhovityanov. All Rights Reserved.
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
 * associated documentation files (the "Software"), to deal in the Software without restriction,
 * including without limitation the rights to use, copy, modify, merge, publish, distribute,
 * sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or
 * substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
 * NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
 * NONINFRINGEMENT. IN NO EVENT SHALL THE XFREE86 PROJECT BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
 * CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 *
 * Except as contained in this notice, the name of Dmitry Bolkhovityanov shall not be used in
 * advertising or otherwise to promote the sale, use or other dealings in this Software without prior
 * written authorization from the Dmitry Bolkhovityanov.
 */
#include <asm/framebuffer.h>

/*
 * A glyph's rows are bytes, from the top down; the leftmost pixel is the highest bit. Four rows are
 * a word, the first of them its highest byte.
 */
const u32 font_8x16[NR_GLYPHS][GLYPH_WORDS] = {
	{ 0x00000000, 0x00000000, 0x00000000, 0x00000000 },	/* space */
	{ 0x0000183c, 0x3c3c1818, 0x18001818, 0x00000000 },	/* ! */
	{ 0x00666666, 0x24000000, 0x00000000, 0x00000000 },	/* " */
	{ 0x0000006c, 0x6cfe6c6c, 0x6cfe6c6c, 0x00000000 },	/* # */
	{ 0x18187cc6, 0xc2c07c06, 0x0686c67c, 0x18180000 },	/* $ */
	{ 0x00000000, 0xc2c60c18, 0x3060c686, 0x00000000 },	/* % */
	{ 0x0000386c, 0x6c3876dc, 0xcccccc76, 0x00000000 },	/* & */
	{ 0x00303030, 0x20000000, 0x00000000, 0x00000000 },	/* ' */
	{ 0x00000c18, 0x30303030, 0x3030180c, 0x00000000 },	/* ( */
	{ 0x00003018, 0x0c0c0c0c, 0x0c0c1830, 0x00000000 },	/* ) */
	{ 0x00000000, 0x00663cff, 0x3c660000, 0x00000000 },	/* * */
	{ 0x00000000, 0x0018187e, 0x18180000, 0x00000000 },	/* + */
	{ 0x00000000, 0x00000000, 0x00181818, 0x30000000 },	/* , */
	{ 0x00000000, 0x000000fe, 0x00000000, 0x00000000 },	/* - */
	{ 0x00000000, 0x00000000, 0x00001818, 0x00000000 },	/* . */
	{ 0x00000000, 0x02060c18, 0x3060c080, 0x00000000 },	/* / */
	{ 0x0000386c, 0xc6c6d6d6, 0xc6c66c38, 0x00000000 },	/* 0 */
	{ 0x00001838, 0x78181818, 0x1818187e, 0x00000000 },	/* 1 */
	{ 0x00007cc6, 0x060c1830, 0x60c0c6fe, 0x00000000 },	/* 2 */
	{ 0x00007cc6, 0x06063c06, 0x0606c67c, 0x00000000 },	/* 3 */
	{ 0x00000c1c, 0x3c6cccfe, 0x0c0c0c1e, 0x00000000 },	/* 4 */
	{ 0x0000fec0, 0xc0c0fc06, 0x0606c67c, 0x00000000 },	/* 5 */
	{ 0x00003860, 0xc0c0fcc6, 0xc6c6c67c, 0x00000000 },	/* 6 */
	{ 0x0000fec6, 0x06060c18, 0x30303030, 0x00000000 },	/* 7 */
	{ 0x00007cc6, 0xc6c67cc6, 0xc6c6c67c, 0x00000000 },	/* 8 */
	{ 0x00007cc6, 0xc6c67e06, 0x06060c78, 0x00000000 },	/* 9 */
	{ 0x00000000, 0x18180000, 0x00181800, 0x00000000 },	/* : */
	{ 0x00000000, 0x18180000, 0x00181830, 0x00000000 },	/* ; */
	{ 0x00000006, 0x0c183060, 0x30180c06, 0x00000000 },	/* < */
	{ 0x00000000, 0x007e0000, 0x7e000000, 0x00000000 },	/* = */
	{ 0x00000060, 0x30180c06, 0x0c183060, 0x00000000 },	/* > */
	{ 0x00007cc6, 0xc60c1818, 0x18001818, 0x00000000 },	/* ? */
	{ 0x0000007c, 0xc6c6dede, 0xdedcc07c, 0x00000000 },	/* @ */
	{ 0x00001038, 0x6cc6c6fe, 0xc6c6c6c6, 0x00000000 },	/* A */
	{ 0x0000fc66, 0x66667c66, 0x666666fc, 0x00000000 },	/* B */
	{ 0x00003c66, 0xc2c0c0c0, 0xc0c2663c, 0x00000000 },	/* C */
	{ 0x0000f86c, 0x66666666, 0x66666cf8, 0x00000000 },	/* D */
	{ 0x0000fe66, 0x62687868, 0x606266fe, 0x00000000 },	/* E */
	{ 0x0000fe66, 0x62687868, 0x606060f0, 0x00000000 },	/* F */
	{ 0x00003c66, 0xc2c0c0de, 0xc6c6663a, 0x00000000 },	/* G */
	{ 0x0000c6c6, 0xc6c6fec6, 0xc6c6c6c6, 0x00000000 },	/* H */
	{ 0x00003c18, 0x18181818, 0x1818183c, 0x00000000 },	/* I */
	{ 0x00001e0c, 0x0c0c0c0c, 0xcccccc78, 0x00000000 },	/* J */
	{ 0x0000e666, 0x666c7878, 0x6c6666e6, 0x00000000 },	/* K */
	{ 0x0000f060, 0x60606060, 0x606266fe, 0x00000000 },	/* L */
	{ 0x0000c6ee, 0xfefed6c6, 0xc6c6c6c6, 0x00000000 },	/* M */
	{ 0x0000c6e6, 0xf6fedece, 0xc6c6c6c6, 0x00000000 },	/* N */
	{ 0x00007cc6, 0xc6c6c6c6, 0xc6c6c67c, 0x00000000 },	/* O */
	{ 0x0000fc66, 0x66667c60, 0x606060f0, 0x00000000 },	/* P */
	{ 0x00007cc6, 0xc6c6c6c6, 0xc6d6de7c, 0x0c0e0000 },	/* Q */
	{ 0x0000fc66, 0x66667c6c, 0x666666e6, 0x00000000 },	/* R */
	{ 0x00007cc6, 0xc660380c, 0x06c6c67c, 0x00000000 },	/* S */
	{ 0x00007e7e, 0x5a181818, 0x1818183c, 0x00000000 },	/* T */
	{ 0x0000c6c6, 0xc6c6c6c6, 0xc6c6c67c, 0x00000000 },	/* U */
	{ 0x0000c6c6, 0xc6c6c6c6, 0xc66c3810, 0x00000000 },	/* V */
	{ 0x0000c6c6, 0xc6c6d6d6, 0xd6feee6c, 0x00000000 },	/* W */
	{ 0x0000c6c6, 0x6c7c3838, 0x7c6cc6c6, 0x00000000 },	/* X */
	{ 0x00006666, 0x66663c18, 0x1818183c, 0x00000000 },	/* Y */
	{ 0x0000fec6, 0x860c1830, 0x60c2c6fe, 0x00000000 },	/* Z */
	{ 0x00003c30, 0x30303030, 0x3030303c, 0x00000000 },	/* [ */
	{ 0x00000080, 0xc0e07038, 0x1c0e0602, 0x00000000 },	/* \ */
	{ 0x00003c0c, 0x0c0c0c0c, 0x0c0c0c3c, 0x00000000 },	/* ] */
	{ 0x10386cc6, 0x00000000, 0x00000000, 0x00000000 },	/* ^ */
	{ 0x00000000, 0x00000000, 0x00000000, 0x00ff0000 },	/* _ */
	{ 0x30301800, 0x00000000, 0x00000000, 0x00000000 },	/* ` */
	{ 0x00000000, 0x00780c7c, 0xcccccc76, 0x00000000 },	/* a */
	{ 0x0000e060, 0x60786c66, 0x6666667c, 0x00000000 },	/* b */
	{ 0x00000000, 0x007cc6c0, 0xc0c0c67c, 0x00000000 },	/* c */
	{ 0x00001c0c, 0x0c3c6ccc, 0xcccccc76, 0x00000000 },	/* d */
	{ 0x00000000, 0x007cc6fe, 0xc0c0c67c, 0x00000000 },	/* e */
	{ 0x0000386c, 0x6460f060, 0x606060f0, 0x00000000 },	/* f */
	{ 0x00000000, 0x0076cccc, 0xcccccc7c, 0x0ccc7800 },	/* g */
	{ 0x0000e060, 0x606c7666, 0x666666e6, 0x00000000 },	/* h */
	{ 0x00001818, 0x00381818, 0x1818183c, 0x00000000 },	/* i */
	{ 0x00000606, 0x000e0606, 0x06060606, 0x66663c00 },	/* j */
	{ 0x0000e060, 0x60666c78, 0x786c66e6, 0x00000000 },	/* k */
	{ 0x00003818, 0x18181818, 0x1818183c, 0x00000000 },	/* l */
	{ 0x00000000, 0x00ecfed6, 0xd6d6d6c6, 0x00000000 },	/* m */
	{ 0x00000000, 0x00dc6666, 0x66666666, 0x00000000 },	/* n */
	{ 0x00000000, 0x007cc6c6, 0xc6c6c67c, 0x00000000 },	/* o */
	{ 0x00000000, 0x00dc6666, 0x6666667c, 0x6060f000 },	/* p */
	{ 0x00000000, 0x0076cccc, 0xcccccc7c, 0x0c0c1e00 },	/* q */
	{ 0x00000000, 0x00dc7666, 0x606060f0, 0x00000000 },	/* r */
	{ 0x00000000, 0x007cc660, 0x380cc67c, 0x00000000 },	/* s */
	{ 0x00001030, 0x30fc3030, 0x3030361c, 0x00000000 },	/* t */
	{ 0x00000000, 0x00cccccc, 0xcccccc76, 0x00000000 },	/* u */
	{ 0x00000000, 0x00666666, 0x66663c18, 0x00000000 },	/* v */
	{ 0x00000000, 0x00c6c6d6, 0xd6d6fe6c, 0x00000000 },	/* w */
	{ 0x00000000, 0x00c66c38, 0x38386cc6, 0x00000000 },	/* x */
	{ 0x00000000, 0x00c6c6c6, 0xc6c6c67e, 0x060cf800 },	/* y */
	{ 0x00000000, 0x00fecc18, 0x3060c6fe, 0x00000000 },	/* z */
	{ 0x00000e18, 0x18187018, 0x1818180e, 0x00000000 },	/* { */
	{ 0x00001818, 0x18181818, 0x18181818, 0x00000000 },	/* | */
	{ 0x00007018, 0x18180e18, 0x18181870, 0x00000000 },	/* } */
	{ 0x000076dc, 0x00000000, 0x00000000, 0x00000000 },	/* ~ */
	{ 0x00007e42, 0x42424242, 0x42424242, 0x7e000000 },	/* what has no glyph */
};
