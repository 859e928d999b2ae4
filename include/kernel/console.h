/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <lib/types.h>

#define CON_PRINTBUFFER	1	/* wants the log from its beginning when it is registered */
#define CON_CONSDEV	2	/* the one named last on the command line */
#define CON_ENABLED	4
#define CON_BOOT	8	/* serves until a real console comes */
#define CON_EARLY	16	/* one of early_printk.c; with "keep" it is no boot console */
#define CON_SCREEN	32	/* somebody reads on it; asm/text_screen.h */

struct console {
	char name[16];
	void (*write)(struct console *con, const char *s, size_t n);
	int (*setup)(struct console *con, char *options);	/* 0: usable; may be NULL */
	unsigned int flags;
	int index;		/* -1: any */
	struct console *next;
};

/* The list, the preferred console first. */
extern struct console *console_drivers;

/* src/kernel/printk.c */
int console_setup(char *str);
bool console_named(void);
void register_console(struct console *newcon);
int unregister_console(struct console *console);

/* src/kernel/console.c */
void console_init(void);

/* src/arch/i386/console/early_printk.c */
int setup_early_printk(char *buf);
bool early_key_pressed(void);
void emergency_consoles(void);

#endif
