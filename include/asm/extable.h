/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_EXTABLE_H
#define ASM_EXTABLE_H

/*
 * Instructions that may fault, and where to go on when they do. An instruction
 * is entered in the table from inside its asm statement:
 *
 *	asm volatile("1: movb (%2), %1\n"
 *		     "   xorl %0, %0\n"
 *		     "2:\n"
 *		     _ASM_EXTABLE(1b, 2b)
 *		     : "=r"(failed), "=q"(val) : "r"(addr), "0"(1));
 */

#include <asm/ptrace.h>
#include <lib/types.h>

#define _ASM_EXTABLE(from, to)			\
	".pushsection __ex_table, \"a\"\n"	\
	"	.balign 4\n"			\
	"	.long " #from ", " #to "\n"	\
	".popsection\n"

struct exception_table_entry {
	unsigned long insn, fixup;
};

bool fixup_exception(struct pt_regs *regs);
int probe_kernel_read(void *dst, const void *src, size_t n);

#endif
