/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_KEXEC_H
#define ASM_KEXEC_H

#include <lib/compiler.h>
#include <lib/types.h>

#define KEXEC_SEGMENTS	16

struct kexec_segment {
	u32 to, from;		/* physical addresses */
	u32 bytes;		/* to copy */
	u32 zeros;		/* after them */
};

/*
 * The control page: what relocate_kernel() does when paging is off, and after it its own code,
 * which must not lie in the image that it overwrites.
 */
struct kexec_control {
	u32 entry;
	u32 info;		/* the boot loader's information, as at the first start */
	struct kexec_segment segment[KEXEC_SEGMENTS + 1];	/* an empty one ends them */
	u8 code[];
};

void kexec_reserve(void);
struct kexec_control *kexec_load(const void *kept, unsigned long size);
void machine_kexec(struct kexec_control *control) __noreturn;

/* relocate_kernel.asm */
extern const u8 relocate_kernel_copied[], relocate_kernel_end[];
asmlinkage void relocate_kernel(u32 control) __noreturn;

#endif
