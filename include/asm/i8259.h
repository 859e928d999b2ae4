/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_I8259_H
#define ASM_I8259_H

/* The PC's two interrupt controllers. */

#define PIC_MASTER_CMD		0x20	/* I/O port */
#define PIC_EOI			0x20	/* end of interrupt */
#define PIC_MASTER_VECTOR	0x30
#define PIC_SLAVE_VECTOR	0x38
#define PIC_LINES		8	/* of each */

void init_8259A(void);
void enable_wake_interrupts(void);

#endif
