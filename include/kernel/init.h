/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_INIT_H
#define KERNEL_INIT_H

#include <lib/compiler.h>

/*
 * Section marks. What they put where is written in src/arch/i386/boot/kernel.lds:
 * everything between __init_begin and __init_end is freed when the boot is over,
 * so nothing that lives longer may refer to it.
 */
#define __init			__section(".init.text")
#define __initdata		__section(".init.data")
#define __initconst		__section(".init.rodata")

/* A function, or a constant, outside the init sections that rightly refers to them. */
#define __ref			__section(".ref.text")
#define __refconst		__section(".ref.rodata")

#define __page_aligned_bss	__section(".bss.page_aligned") __aligned(4096)

#endif
