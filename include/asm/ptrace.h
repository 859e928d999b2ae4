/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <lib/types.h>

/*
 * What entry.asm leaves on the stack for an exception's handler, lowest address
 * first. The CPU itself pushed flags, cs and ip, and for some exceptions the
 * error code; the kernel runs at one privilege level, so it pushed no stack
 * pointer: the interrupted one is the address right after the structure.
 */
struct pt_regs {
	unsigned long bx, cx, dx, si, di, bp, ax;
	unsigned long ds, es, fs, gs;
	unsigned long trap_no;
	unsigned long error_code;	/* 0 where the CPU gives none */
	unsigned long ip, cs, flags;
};

static inline unsigned long kernel_stack_pointer(const struct pt_regs *regs)
{
	return (unsigned long)(regs + 1);
}

#endif
