/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts are a variable: a test sees whether who switched them off has put them back. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

/* 1: on. Defined in every file that includes this, and merged by the linker. */
__attribute__((__weak__)) unsigned long host_irqs_on = 1;

#define local_irq_save(flags)		\
do {					\
	(flags) = host_irqs_on;		\
	host_irqs_on = 0;		\
} while (0)

#define local_irq_restore(flags)	((void)(host_irqs_on = (flags)))

#endif /* ASM_IRQFLAGS_H */
