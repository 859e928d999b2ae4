/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_CACHE_H
#define ASM_CACHE_H

/* The lines of the CPU's caches, in bytes. */

#include <lib/types.h>

/* What the kernel is built for: 2.6.34's value for i686. */
#define L1_CACHE_BYTES	32

size_t cache_line_size(void);

#endif
