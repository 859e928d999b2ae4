// SPDX-License-Identifier: GPL-2.0-only
/*
 * Consoles for the time before console_init(): earlyser and earlyvga. They are asked
 * for with earlyprintk=, and panic() takes both where nobody asked for any.
 *
 * Linux: arch/x86/kernel/early_printk.c, v2.6.34.
 */
#include <asm/keyboard.h>
#include <asm/screen.h>
#include <asm/serial.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <lib/vsprintf.h>

#define NR_EARLY_PORTS	2	/* ttyS0 and ttyS1, as in Linux */

static u16 early_serial_base;	/* 0: not in use */

static void early_serial_write(struct console *con, const char *s, size_t n)
{
	serial_write(early_serial_base, s, n);
}

static void early_vga_write(struct console *con, const char *s, size_t n)
{
	screen_write(s, n);
}

static struct console early_serial_console = {
	.name = "earlyser",
	.write = early_serial_write,
	.flags = CON_PRINTBUFFER | CON_EARLY,
	.index = -1,
};

static struct console early_vga_console = {
	.name = "earlyvga",
	.write = early_vga_write,
	.flags = CON_PRINTBUFFER | CON_EARLY | CON_SCREEN,
	.index = -1,
};

static bool early_console_initialized;

/**
 * early_serial_port - the port that the early console uses
 *
 * Return: its first I/O port, 0 when there is no early serial console.
 */
u16 early_serial_port(void)
{
	return early_serial_base;
}

/**
 * early_key_pressed - has something been typed where the early console can be seen?
 *
 * Takes one character of it, from the early serial port or the keyboard.
 *
 * Return: whether there was one.
 */
bool __init early_key_pressed(void)
{
	int c = -1;

	if (early_serial_base && serial_present(early_serial_base))
		c = serial_getc(early_serial_base);
	if (c < 0 && keyboard_present())
		c = keyboard_getc();
	return c >= 0;
}

/*
 * s: "[,]port[,baud]"; port is ttySn, n or 0xADDR, a port that is none of the known ones
 * becomes ttyS0.
 */
static void __init early_serial_init(char *s)
{
	unsigned int baud = SERIAL_DEFAULT_BAUD;
	unsigned long port = 0;
	char *end;

	early_serial_base = serial_port_base(0);
	if (*s == ',')
		s++;
	if (!strncmp(s, "0x", 2)) {
		early_serial_base = simple_strtoul(s, &end, 16);
	} else if (*s) {
		if (!strncmp(s, "ttyS", 4))
			s += 4;
		port = simple_strtoul(s, &end, 10);
		if (port >= NR_EARLY_PORTS || end == s)
			port = 0;
		early_serial_base = serial_port_base(port);
	}
	s = strchr(s, ',');
	if (s)
		baud = simple_strtoul(s + 1, NULL, 0);
	serial_init(early_serial_base, baud, SERIAL_LCR_8N1);
}

/* Only one early console; "keep" lets it stay beside the real ones. */
static void __init early_console_register(struct console *con, bool keep)
{
	if (early_serial_console.index != -1 || early_vga_console.index != -1) {
		printk(KERN_CRIT "ERROR: earlyprintk= %s already used\n", con->name);
		return;
	}
	if (!keep)
		con->flags |= CON_BOOT;
	register_console(con);
}

/* What follows a word that s begins with; NULL if s doesn't begin with it. */
static char * __init after(char *s, const char *word)
{
	size_t length = strlen(word);

	return strncmp(s, word, length) ? NULL : s + length;
}

/**
 * setup_early_printk - the parameter earlyprintk=: a console from now on
 * @buf: serial[,ttySn|,n|,0xADDR][,baud], ttySn[,baud] or vga, each with or without ,keep
 *
 * The console gets the whole log first. A second earlyprintk= is ignored. vga is ignored where
 * the screen is not in text mode.
 *
 * Return: 0.
 *
 * Linux: arch/x86/kernel/early_printk.c:setup_early_printk, v2.6.34.
 */
int __init setup_early_printk(char *buf)
{
	bool keep;
	char *port;

	if (!buf || early_console_initialized)
		return 0;
	early_console_initialized = true;
	keep = strstr(buf, "keep");

	/* A console's name may be anywhere in it; the ttyS of serial,ttySn is no second one. */
	while (*buf) {
		if ((port = after(buf, "serial")) || (port = after(buf, "ttyS"))) {
			early_serial_init(port);
			early_console_register(&early_serial_console, keep);
			buf = after(port, ",ttyS") ?: port;
			continue;
		}
		if (after(buf, "vga") && screen_init())
			early_console_register(&early_vga_console, keep);
		buf++;
	}
	return 0;
}

/* All that was asked for so far is a port that isn't there: no machine of today has one. */
static bool only_a_missing_port(void)
{
	return console_drivers == &early_serial_console && !console_drivers->next &&
	       !serial_present(early_serial_base);
}

/**
 * emergency_consoles - COM1 and the screen, for a panic that no console would show
 *
 * Those that are taken get the whole log. Nothing happens where a console can show it.
 */
void emergency_consoles(void)
{
	if (console_drivers && !only_a_missing_port())
		return;
	if (!console_drivers) {
		early_serial_base = serial_port_base(0);
		serial_init(early_serial_base, SERIAL_MAX_BAUD, SERIAL_LCR_8N1);
		early_serial_console.flags |= CON_BOOT | CON_ENABLED;
		early_serial_console.index = 0;
		register_console(&early_serial_console);
	}
	if (!screen_init())
		return;
	early_vga_console.flags |= CON_BOOT | CON_ENABLED;
	early_vga_console.index = 0;
	register_console(&early_vga_console);
}
