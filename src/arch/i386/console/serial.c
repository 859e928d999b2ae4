// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serial ports, polled. A port that is absent, or that takes nothing,
 * costs a bounded time for each character, never a hang; one that is slow loses nothing.
 *
 * Linux: arch/x86/kernel/early_printk.c (early_serial_*), v2.6.34.
 */
#include <asm/io.h>
#include <asm/processor.h>
#include <asm/serial.h>
#include <lib/kernel.h>

/* Registers, as offsets from the port's base. */
#define TXR		0	/* transmit */
#define RXR		0	/* receive */
#define DLL		0	/* divisor, low byte, while DLAB is set */
#define IER		1	/* interrupt enable */
#define DLH		1	/* divisor, high byte, while DLAB is set */
#define FCR		2	/* FIFO control */
#define LCR		3	/* line control */
#define MCR		4	/* modem control */
#define LSR		5	/* line status */

#define LCR_DLAB	0x80
#define IER_RX_READY	0x01
#define MCR_DTR_RTS	0x03
#define MCR_OUT2	0x08	/* on a PC: its interrupt's line is connected */
#define LSR_RX_READY	0x01
#define LSR_RX_ERRORS	0x1c	/* parity, framing, break: what has come is no character */
#define LSR_TX_EMPTY	0x20

/*
 * How often a port is asked whether it takes the next character. For some seconds at first: a busy
 * host may be slow to read an emulated port. A port that has taken nothing for that long is asked
 * less often until it takes something.
 */
#define TX_TRIES	0x800000
#define TX_TRIES_STUCK	0xffff

static u16 stuck_port;

/**
 * serial_port_base - where one of the PC's ports has its registers
 * @index: 0 (ttyS0) to NR_SERIAL_PORTS - 1
 *
 * Return: the number of its first I/O port.
 */
u16 serial_port_base(unsigned int index)
{
	static const u16 bases[NR_SERIAL_PORTS] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

	return bases[index];
}

/**
 * serial_present - does something answer there?
 * @base: first I/O port
 *
 * Where there is no device, every bit reads as 1; no line status has all of them set.
 *
 * Return: whether something does.
 */
bool serial_present(u16 base)
{
	return inb(base + LSR) != 0xff;
}

/**
 * serial_init - set up a port: no interrupts, no FIFO
 * @base: first I/O port
 * @baud: 1 to SERIAL_MAX_BAUD, bits a second; anything else means SERIAL_DEFAULT_BAUD
 * @line_control: data bits and parity, SERIAL_LCR_8N1 as a rule
 *
 * Linux: arch/x86/kernel/early_printk.c:early_serial_init, v2.6.34.
 */
void serial_init(u16 base, unsigned int baud, u8 line_control)
{
	unsigned int speed = baud && baud <= SERIAL_MAX_BAUD ? baud : SERIAL_DEFAULT_BAUD;
	u16 divisor = SERIAL_MAX_BAUD / speed;
	const struct {
		u8 reg, value;
	} steps[] = {
		{ IER, 0 },
		{ FCR, 0 },
		{ MCR, MCR_DTR_RTS },
		{ LCR, line_control | LCR_DLAB },
		{ DLL, divisor },
		{ DLH, divisor >> 8 },
		{ LCR, line_control },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		outb(steps[i].value, base + steps[i].reg);
}

/**
 * serial_announce - raise an interrupt when a character has come
 * @base: first I/O port, after serial_init()
 */
void serial_announce(u16 base)
{
	outb(MCR_DTR_RTS | MCR_OUT2, base + MCR);
	outb(IER_RX_READY, base + IER);
}

static void serial_putc(u16 base, char c)
{
	unsigned int tries = base == stuck_port ? TX_TRIES_STUCK : TX_TRIES;

	while (!(inb(base + LSR) & LSR_TX_EMPTY) && --tries)
		cpu_relax();
	if (!tries)
		stuck_port = base;
	else if (base == stuck_port)
		stuck_port = 0;
	outb(c, base + TXR);
}

/**
 * serial_write - send text, each '\n' as "\r\n"
 * @base: first I/O port, after serial_init()
 * @s: the text
 * @n: its length in bytes
 */
void serial_write(u16 base, const char *s, size_t n)
{
	for (; n; n--, s++) {
		if (*s == '\n')
			serial_putc(base, '\r');
		serial_putc(base, *s);
	}
}

/**
 * serial_getc - the next character that has come, without waiting
 * @base: first I/O port, after serial_init(); serial_present()
 *
 * Return: the character, 0 to 255, or -1 when none has come, or it came damaged.
 */
int serial_getc(u16 base)
{
	u8 status = inb(base + LSR), c;

	if (!(status & LSR_RX_READY))
		return -1;
	c = inb(base + RXR);
	return status & LSR_RX_ERRORS ? -1 : c;
}
