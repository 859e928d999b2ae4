// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that the kernel runs on itself, and their results as KTAP:
 *
 *	KTAP version 1
 *	1..2
 *	# stress: seed 4711
 *	ok 1 stress
 *	# src/selftest/page.c:88: not so: page, in get_exact()
 *	not ok 2 exact # src/selftest/page.c:88: not so: page, in get_exact()
 *
 * A test leaves the kernel as it was, and fails where it cannot.
 */
#include <asm/msr.h>
#include <asm/processor.h>
#include <kernel/printk.h>
#include <kernel/selftest.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <lib/vsprintf.h>
#include <mm/absent.h>
#include <selftest/ktap.h>

#define MAX_DIAGS	3	/* lines that one test may say about what is wrong: more only follow */
#define MAX_NAME	24
#define EXPECT_LINE	"reports are to follow: "

static const struct selftest {
	const char *name;
	void (*run)(void);
	bool on_request;	/* only where it is named */
	bool contents;		/* looks into any page of high memory that it is given */
} selftests[] = {
	{ "fill", test_fill, false, false },
	{ "stress", test_stress, false, true },
	{ "exhaust", test_exhaust, false, false },
	{ "badpage", test_badpage, false, false },
	{ "compound", test_compound, false, false },
	{ "exact", test_exact, false, false },
	{ "pkmap", test_pkmap, false, true },
	{ "kmap_atomic", test_kmap_atomic, false, true },
	{ "slab", test_slab, false, false },
	{ "slab_debug", test_slab_debug, false, false },
	{ "vmalloc", test_vmalloc, false, true },
	{ "ioremap", test_ioremap, false, false },
	{ "faults", test_faults, false, true },
	{ "microbench", microbench, true, true },
};

/* Of the test that runs. */
static unsigned int nr_failed;
static char reason[180];
static const char *skip_reason, *expected;
static u32 wanted_seed, random_state;	/* 0: none given */

/**
 * ktap_diag - say something about a test, in a line of its own
 * @fmt: as for printk(), without a level and without the newline
 */
void ktap_diag(const char *fmt, ...)
{
	char text[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printk(KERN_INFO "# %s\n", text);
}

/**
 * check_failed - the test that runs has failed; for check() and check_say()
 * @file: source file
 * @line: line in it
 * @fmt: what should have been true, as for printk(), without a level and without the newline
 */
void check_failed(const char *file, int line, const char *fmt, ...)
{
	char text[sizeof(reason)];
	va_list args;
	size_t n;

	snprintf(text, sizeof(text), "%s:%d: not so: ", file, line);
	n = strlen(text);
	va_start(args, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, args);
	va_end(args);
	if (!nr_failed)
		strlcpy(reason, text, sizeof(reason));
	if (nr_failed++ < MAX_DIAGS)
		ktap_diag("%s", text);
}

/**
 * ktap_failed - has the test that runs failed so far?
 *
 * Return: whether it has.
 */
bool ktap_failed(void)
{
	return nr_failed;
}

/**
 * ktap_skip - this machine has nothing to run the test on
 * @why: in a few words
 */
void ktap_skip(const char *why)
{
	skip_reason = why;
}

/**
 * ktap_expect - say that reports follow that belong to the test
 * @text: what each of them contains; must stay where it is
 */
void ktap_expect(const char *text)
{
	expected = text;
	ktap_diag(EXPECT_LINE "%s", text);
}

/* The line of the log at offset, or its beginning, as a string. Returns the characters used. */
static size_t read_log_line(size_t offset, char *line, size_t size)
{
	size_t n = log_buf_copy(line, offset, size - 1);
	char *end;

	line[n] = '\0';
	end = strchr(line, '\n');
	if (!end)
		return n;
	*end = '\0';
	return end + 1 - line;
}

/**
 * ktap_reports - how many lines of the log contain what was last given to ktap_expect()?
 *
 * Return: their number, from that call on.
 */
unsigned int ktap_reports(void)
{
	unsigned int reports = 0;
	char line[160];
	size_t offset, n;

	for (offset = 0; (n = read_log_line(offset, line, sizeof(line))); offset += n) {
		if (strstr(line, EXPECT_LINE))
			reports = 0;
		else if (strstr(line, expected))
			reports++;
	}
	return reports;
}

/**
 * ktap_logged - is a text in the log?
 * @text: a part of one line
 *
 * The log forgets its beginning when it grows too long.
 *
 * Return: whether it is.
 */
bool ktap_logged(const char *text)
{
	char line[160];
	size_t offset, n;

	for (offset = 0; (n = read_log_line(offset, line, sizeof(line))); offset += n)
		if (strstr(line, text))
			return true;
	return false;
}

/**
 * random_seed - begin a test's random numbers, and say with what
 * @who: the test
 *
 * The seed is the one given with the test's name, NAME:SEED, or the TSC's.
 */
void random_seed(const char *who)
{
	u32 seed = wanted_seed;

	if (!seed)
		seed = (cpu_has_tsc ? (u32)native_read_tsc() : 1) | 1;
	ktap_diag("%s: seed %u (again: memdawn.selftest=%s:%u)", who, seed, who, seed);
	random_state = seed;
}

/**
 * random_below - a random number
 * @limit: at least 1
 *
 * random_seed() must have been called. By xorshift, which only a state of 0 would stop.
 *
 * Return: 0 to @limit - 1.
 */
u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return (u64)random_state * limit >> 32;
}

static void run_one(unsigned int number, const struct selftest *test)
{
	nr_failed = 0;
	skip_reason = NULL;
	if (test->contents && memory_absent())
		ktap_skip("the given memory map has high memory that this machine does not");
	else
		test->run();
	if (nr_failed > MAX_DIAGS)
		ktap_diag("%s: %u more are not shown", test->name, nr_failed - MAX_DIAGS);
	if (nr_failed)
		printk(KERN_INFO "not ok %u %s # %s\n", number, test->name, reason);
	else if (skip_reason)
		printk(KERN_INFO "ok %u %s # SKIP %s\n", number, test->name, skip_reason);
	else
		printk(KERN_INFO "ok %u %s\n", number, test->name);
}

/* The next of names with commas between them; returns where the one after it begins, or NULL. */
static const char *next_name(const char *names, char *name)
{
	const char *comma = strchr(names, ',');
	size_t length = comma ? (size_t)(comma - names) : strlen(names);

	strlcpy(name, names, min_t(size_t, length + 1, MAX_NAME));
	return comma ? comma + 1 : NULL;
}

/* Splits the seed off NAME:SEED; with a seed that is no number from 1 on, no test is found. */
static const struct selftest *find_test(char *name)
{
	char *colon = strchr(name, ':'), *end;
	unsigned int i;

	wanted_seed = 0;
	if (colon) {
		wanted_seed = simple_strtoul(colon + 1, &end, 0);
		if (!wanted_seed || *end)
			return NULL;
		*colon = '\0';
	}
	for (i = 0; i < ARRAY_SIZE(selftests); i++)
		if (!strcmp(name, selftests[i].name))
			return &selftests[i];
	return NULL;
}

static int run_named(const char *names)
{
	unsigned int number = 1;
	char name[MAX_NAME];
	const char *p;
	int failed = 0;

	for (p = names; (p = strchr(p, ',')); p++)
		number++;
	printk(KERN_INFO "1..%u\n", number);
	for (number = 1, p = names; p; number++) {
		const struct selftest *test;

		p = next_name(p, name);
		test = find_test(name);
		if (test) {
			run_one(number, test);
			failed += ktap_failed();
		} else {
			printk(KERN_INFO "not ok %u %s # no selftest's name, or no seed from 1 on\n",
			       number, name);
			failed++;
		}
	}
	return failed;
}

static int run_all(void)
{
	unsigned int i, number = 0;
	int failed = 0;

	for (i = 0; i < ARRAY_SIZE(selftests); i++)
		number += !selftests[i].on_request;
	printk(KERN_INFO "1..%u\n", number);
	wanted_seed = 0;
	for (i = 0, number = 0; i < ARRAY_SIZE(selftests); i++) {
		if (selftests[i].on_request)
			continue;
		run_one(++number, &selftests[i]);
		failed += ktap_failed();
	}
	return failed;
}

/**
 * selftest_run - run selftests, and print their results in the form of KTAP
 * @names: names with commas between them, a random test's with a seed if wished (stress:4711);
 *	"": all but those that only measure
 *
 * When the boot is over.
 *
 * Return: how many failed; a name that is not known counts as a failure.
 */
int selftest_run(const char *names)
{
	printk(KERN_INFO "KTAP version 1\n");
	return *names ? run_named(names) : run_all();
}

/**
 * selftest_name - the tests that there are
 * @i: from 0 on
 *
 * Return: its name; NULL after the last one.
 */
const char *selftest_name(unsigned int i)
{
	return i < ARRAY_SIZE(selftests) ? selftests[i].name : NULL;
}
