/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_SERIAL_H
#define ASM_SERIAL_H

/* The PC's serial ports, polled: 16550 and its ancestors. */

#include <lib/types.h>

#define NR_SERIAL_PORTS		4
#define SERIAL_DEFAULT_BAUD	9600
#define SERIAL_MAX_BAUD		115200

/* Line control: bits 0, 1 are the data bits - 5, 3 parity on, 4 even. */
#define SERIAL_LCR_8N1		0x03

u16 serial_port_base(unsigned int index);
bool serial_present(u16 base);
void serial_init(u16 base, unsigned int baud, u8 line_control);
void serial_write(u16 base, const char *s, size_t n);
int serial_getc(u16 base);
void serial_announce(u16 base);

/* The port that the early console has written the log to; 0: none. */
u16 early_serial_port(void);

#endif
