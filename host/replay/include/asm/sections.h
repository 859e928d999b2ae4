/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's asm/sections.h, with other names for those borders of the image that the host's
 * linker sets too, to its own program's.
 */
#ifndef HOST_REPLAY_ASM_SECTIONS_H
#define HOST_REPLAY_ASM_SECTIONS_H

#define _end		image_end
#define _edata		image_edata
#define _etext		image_etext
#define __bss_start	image_bss_start

#include_next <asm/sections.h>

#endif /* HOST_REPLAY_ASM_SECTIONS_H */
