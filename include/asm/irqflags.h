/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <lib/types.h>

static inline unsigned long native_save_fl(void)
{
	unsigned long flags;

	asm volatile("pushfl; popl %0" : "=rm"(flags) : : "memory");
	return flags;
}

static inline void native_restore_fl(unsigned long flags)
{
	asm volatile("pushl %0; popfl" : : "g"(flags) : "memory", "cc");
}

static inline void local_irq_disable(void)
{
	asm volatile("cli" : : : "memory");
}

/* Until the next interrupt. */
static inline void halt(void)
{
	asm volatile("hlt" : : : "memory");
}

/* sti takes effect after the next instruction: no interrupt slips in between. */
static inline void safe_halt(void)
{
	asm volatile("sti; hlt" : : : "memory");
}

#define local_irq_save(flags)		\
do {					\
	(flags) = native_save_fl();	\
	local_irq_disable();		\
} while (0)

#define local_irq_restore(flags)	native_restore_fl(flags)

#endif
