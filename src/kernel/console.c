// SPDX-License-Identifier: GPL-2.0-only
/*
 * The real consoles: ttyS0 to ttyS3 and the VGA text screen, tty0. The drivers below
 * them, polled, are src/arch/i386/console/serial.c and vga.c; this file gives them
 * names and options.
 *
 * Linux: drivers/serial/8250.c (serial8250_console_setup) and drivers/char/vt.c,
 * v2.6.34; only what a console needs.
 */
#include <asm/screen.h>
#include <asm/serial.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <lib/vsprintf.h>

static void serial_console_write(struct console *con, const char *s, size_t n)
{
	serial_write(serial_port_base(con->index), s, n);
}

/* "115200n8": speed, parity (n, o, e), data bits; without them parity is n, data bits are 8. */
static void parse_serial_options(char *options, unsigned int *baud, u8 *line_control)
{
	char *s;

	*baud = simple_strtoul(options, &s, 10);
	if (*s == 'o')
		*line_control |= 0x08;
	else if (*s == 'e')
		*line_control |= 0x18;
	if (*s)
		s++;
	if (*s >= '5' && *s <= '8')
		*line_control = (*line_control & ~0x03) | (*s - '5');
}

/*
 * Returns nonzero when there is no such port. A port that the early console wrote to
 * has shown the log already.
 */
static int serial_console_setup(struct console *con, char *options)
{
	unsigned int baud = SERIAL_DEFAULT_BAUD;
	u8 line_control = SERIAL_LCR_8N1;
	u16 base = serial_port_base(con->index);

	if (!serial_present(base))
		return -1;
	if (options)
		parse_serial_options(options, &baud, &line_control);
	serial_init(base, baud, line_control);
	if (base == early_serial_port())
		con->flags &= ~CON_PRINTBUFFER;
	return 0;
}

static void vga_console_write(struct console *con, const char *s, size_t n)
{
	screen_write(s, n);
}

static int vga_console_setup(struct console *con, char *options)
{
	return screen_init() ? 0 : -1;
}

static struct console serial_consoles[NR_SERIAL_PORTS] = {
	[0 ... NR_SERIAL_PORTS - 1] = {
		.name = "ttyS",
		.write = serial_console_write,
		.setup = serial_console_setup,
		.flags = CON_PRINTBUFFER,
	},
};

static struct console vga_console = {
	.name = "tty",
	.write = vga_console_write,
	.setup = vga_console_setup,
	.flags = CON_PRINTBUFFER | CON_SCREEN,
	.index = 0,
};

/**
 * console_init - register the real consoles
 *
 * With console= the named ones; without it the VGA text screen or, where there is none, ttyS0.
 * After all parameters are parsed.
 *
 * Linux: drivers/char/tty_io.c:console_init, v2.6.34.
 */
void __init console_init(void)
{
	int i;

	register_console(&vga_console);
	for (i = 0; i < NR_SERIAL_PORTS; i++) {
		serial_consoles[i].index = i;
		if (console_named() || !(vga_console.flags & CON_ENABLED))
			register_console(&serial_consoles[i]);
	}
}
