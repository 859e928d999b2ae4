/* SPDX-License-Identifier: GPL-2.0-only */
/* A framebuffer that is memory of the host's, for src/arch/i386/console/framebuffer.c. */
#ifndef FRAMEBUFFER_STAND_INS_H
#define FRAMEBUFFER_STAND_INS_H

#include <firmware/boot_params.h>

/* Its bytes, from its first line on: what is written outside of them, the address sanitizer sees. */
extern u8 *video;

/* Has framebuffer_probe() look at it. False: it is refused. The memory goes with the next one. */
bool framebuffer_begin(const struct boot_framebuffer *fb);

#endif
