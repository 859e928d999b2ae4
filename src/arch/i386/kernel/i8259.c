// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two interrupt controllers of the PC. The firmware leaves the first one's
 * interrupts where the CPU has its exceptions: a timer tick would look like a double
 * fault. They are moved away from there, and all are masked.
 *
 * Linux: arch/x86/kernel/i8259.c, v2.6.34.
 */
#include <asm/i8259.h>
#include <asm/io.h>
#include <lib/types.h>

#define PIC_MASTER_IMR	0x21
#define PIC_SLAVE_CMD	0xa0
#define PIC_SLAVE_IMR	0xa1

#define ICW1_INIT	0x11	/* edge triggered, cascaded, four words */
#define ICW4_8086	0x01
#define CASCADE_IR	2	/* the master's input where the slave is */

static void pic_write(u8 v, u16 port)
{
	outb(v, port);
	io_delay();
}

/* The lines that wake the CPU: timer, keyboard, serial ports 2 and 4, serial ports 1 and 3. */
#define WAKE_LINES	(1 << 0 | 1 << 1 | 1 << 3 | 1 << 4)

/**
 * init_8259A - interrupts to vectors 0x30 to 0x3f, none of them let through
 *
 * Linux: arch/x86/kernel/i8259.c:init_8259A, v2.6.34.
 */
void init_8259A(void)
{
	pic_write(ICW1_INIT, PIC_MASTER_CMD);
	pic_write(PIC_MASTER_VECTOR, PIC_MASTER_IMR);
	pic_write(1 << CASCADE_IR, PIC_MASTER_IMR);
	pic_write(ICW4_8086, PIC_MASTER_IMR);

	pic_write(ICW1_INIT, PIC_SLAVE_CMD);
	pic_write(PIC_SLAVE_VECTOR, PIC_SLAVE_IMR);
	pic_write(CASCADE_IR, PIC_SLAVE_IMR);
	pic_write(ICW4_8086, PIC_SLAVE_IMR);

	pic_write(0xff, PIC_MASTER_IMR);
	pic_write(0xff, PIC_SLAVE_IMR);
}

/**
 * enable_wake_interrupts - from now on safe_halt() ends when there may be input
 *
 * After init_8259A(). The interrupts' handler, wake_int, does nothing but acknowledge them; where
 * a device has another line, there is still the firmware's timer, 18 times a second.
 */
void enable_wake_interrupts(void)
{
	pic_write((u8)~WAKE_LINES, PIC_MASTER_IMR);
}
