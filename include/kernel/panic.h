/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <lib/compiler.h>
#include <lib/types.h>

/* Seconds between a panic and the reboot; 0: halt. Set by panic=. */
extern int panic_timeout;

void panic(const char *fmt, ...) __noreturn __cold __printf(1, 2);
void bug_at(const char *file, int line) __noreturn __cold;
void warn_at(const char *file, int line, const char *fmt, ...) __cold __printf(3, 4);

int panic_setup(char *str);

/* What a report says about the kernel that made it; Linux's numbers and letters. */
enum taint { TAINT_BAD_PAGE = 5, TAINT_DIE = 7, TAINT_WARN = 9, NR_TAINTS = 11 };

void add_taint(enum taint taint);
const char *print_tainted(void);
void print_oops_end_marker(void);
void dump_stack(void);

/* The release that the reports name: the one whose code is followed. */
#define UTS_RELEASE_VERSION	"2.6.34 #1"

/* A state that the kernel's own logic rules out: say where, and panic. */
#define BUG()		bug_at(__FILE__, __LINE__)

#define BUG_ON(condition)					\
do {								\
	if (unlikely(condition))					\
		BUG();						\
} while (0)

/* The same, but the boot can go on. The value is the condition's. */
#define WARN(condition, fmt, ...)				\
({								\
	bool warn_now = !!(condition);				\
								\
	if (unlikely(warn_now))					\
		warn_at(__FILE__, __LINE__, fmt, ##__VA_ARGS__);\
	unlikely(warn_now);					\
})

#define WARN_ON(condition)	WARN(condition, "%s", "")

#define WARN_ON_ONCE(condition)					\
({								\
	static bool warned_already;				\
	bool warn_once = !!(condition);				\
								\
	if (unlikely(warn_once && !warned_already)) {		\
		warned_already = true;				\
		warn_at(__FILE__, __LINE__, "%s", "");		\
	}							\
	unlikely(warn_once);					\
})

#endif
