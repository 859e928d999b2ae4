/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_KEYBOARD_H
#define ASM_KEYBOARD_H

/* The PC's keyboard, polled. */

#include <lib/types.h>

bool keyboard_present(void);
int keyboard_getc(void);

#endif
