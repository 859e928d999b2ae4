/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <lib/compiler.h>
#include <lib/types.h>

#define KERN_EMERG	"<0>"	/* the kernel's last words */
#define KERN_ALERT	"<1>"	/* the kernel itself is at fault, or its memory */
#define KERN_CRIT	"<2>"	/* a serious loss */
#define KERN_ERR	"<3>"	/* something has failed */
#define KERN_WARNING	"<4>"	/* something looks wrong */
#define KERN_NOTICE	"<5>"	/* nothing is wrong, but worth a look */
#define KERN_INFO	"<6>"	/* what the boot finds and does */
#define KERN_DEBUG	"<7>"	/* details, not shown unless asked for */
#define KERN_DEFAULT	"<d>"	/* the default level, on a new line */
#define KERN_CONT	"<c>"	/* the rest of a line that has begun */

/* Messages with a level below this number reach the consoles. */
extern int console_loglevel;
/* The level of a message that names none. */
extern int default_message_loglevel;
/* A report of a fatal state is being printed: nothing may hold it up. */
extern bool oops_in_progress;

int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list args) __printf(1, 0);

/* Once for each place in the source. */
#define printk_once(fmt, ...)				\
do {							\
	static bool printed_already;			\
							\
	if (!printed_already) {				\
		printed_already = true;			\
		printk(fmt, ##__VA_ARGS__);		\
	}						\
} while (0)

/* The log as text, for the kernel's own use. */
size_t log_buf_copy(char *dst, size_t off, size_t n);

/* Parameters. Each returns 0, or nonzero when the value is malformed. */
int ignore_loglevel_setup(char *str);
int loglevel_setup(char *str);
int quiet_kernel(char *str);
int debug_kernel(char *str);

#endif
