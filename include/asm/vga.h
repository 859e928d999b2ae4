/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_VGA_H
#define ASM_VGA_H

/* The VGA text screen that the firmware left. */

#include <lib/types.h>

bool vga_text_init(void);
void vga_text_write(const char *s, size_t n);

#endif
