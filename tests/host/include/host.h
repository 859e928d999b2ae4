/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host tests share: cmocka, what stands in for printk() and panic(), random numbers that a
 * seed repeats. Kernel headers are to be included before this one.
 */
#ifndef HOST_H
#define HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * The log: everything printed since log_clear(), levels taken out, cut at its size. Messages of a
 * higher level than log_level are not even formatted.
 */
extern int log_level;
void log_clear(void);
const char *log_text(void);
bool log_has(const char *text);

/*
 * Run an expression that must end in panic() or BUG(): host_panicked is then true, and the log's
 * last line holds the message. A panic that nobody expects ends the program.
 */
extern jmp_buf host_panic_jump;
extern bool host_panic_expected;

#define panics(expression) ({				\
	volatile bool _panicked = true;			\
	host_panic_expected = true;			\
	if (!setjmp(host_panic_jump)) {			\
		(void)(expression);			\
		_panicked = false;			\
	}						\
	host_panic_expected = false;			\
	_panicked; })

/* One bit for each enum taint that was added. */
extern unsigned int host_tainted;

/*
 * SEED= in the environment, else from the clock; printed once, so that a failure can be repeated.
 */
void random_init(const char *who);
uint64_t random_u64(void);

/* 0 to limit - 1, for a limit of at least 1. */
static inline uint32_t random_below(uint32_t limit)
{
	return (random_u64() >> 32) * limit >> 32;
}

static inline bool random_chance(uint32_t one_in)
{
	return random_below(one_in) == 0;
}

/*
 * Where a condition is not so the program ends, and says so with the log; of a property also which
 * case it was trying, and what of it.
 */
extern unsigned long case_number;
extern const char *case_name;
void must_failed(const char *file, int line, const char *where, const char *condition)
	__attribute__((__noreturn__));

#define must(condition) \
	((condition) ? (void)0 : must_failed(__FILE__, __LINE__, __func__, #condition))

/* The same, said in words and values by who knows what they are: an unfinished sentence. */
void must_said(const char *file, int line, const char *fmt, ...)
	__attribute__((__noreturn__, __format__(__printf__, 3, 4)));

#define must_say(condition, fmt, ...) \
	((condition) ? (void)0 : must_said(__FILE__, __LINE__, fmt, ##__VA_ARGS__))

/* RUNS= in the environment, or the number that the test asks for. */
unsigned long run_count(unsigned long usual);

#endif /* HOST_H */
