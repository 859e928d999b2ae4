// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/monitor/explain.c with the packed texts: patterns, expressions, sentences; every entry unpacked; and
 * nonsense. That they say the same as scripts/explain, a boot test compares.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <monitor/explain.h>

#include <host.h>

static struct explain_match match;

static bool fits(const char *pattern, const char *line)
{
	return explain_matches(pattern, strlen(pattern), line, &match);
}

static void assert_hole(unsigned int i, const char *text, bool has_value, u64 value)
{
	assert_true(i < match.nr_holes);
	assert_int_equal(match.holes[i].length, strlen(text));
	assert_memory_equal(match.holes[i].text, text, strlen(text));
	assert_int_equal(match.holes[i].has_value, has_value);
	if (has_value)
		assert_true(match.holes[i].value == value);
}

static void test_patterns(void **state)
{
	assert_true(fits("<mb>MB LOWMEM available.", "891MB LOWMEM available."));
	assert_hole(0, "891", true, 891);
	assert_true(fits("<a:x> - <b:x> page 4k", " 0000200000 -   0037A00000 page 4k  "));
	assert_hole(0, "0000200000", true, 0x200000);
	assert_hole(1, "0037A00000", true, 0x37a00000);
	assert_true(fits("pfn = <a:x>", "pfn = 0x7ffe0"));
	assert_hole(0, "0x7ffe0", true, 0x7ffe0);
	assert_true(fits("order: <n>,", "order: -1,"));
	assert_hole(0, "-1", true, (u64)-1);
	assert_true(fits("in <<a>MB", "in <64MB"));
	assert_true(fits("(<a:t>) ==> (<b:t>)", "(usable) ==> (ACPI data)"));
	assert_hole(0, "usable", false, 0);
	assert_hole(1, "ACPI data", false, 0);
	assert_true(fits("a<t:t>", "a"));
	assert_hole(0, "", false, 0);
	assert_true(fits("<w:w> empty", "HighMem  empty"));
	assert_hole(0, "HighMem", false, 0);

	assert_false(fits("<mb>MB", "MB"));
	assert_false(fits("<mb>MB", "891MBx"));
	assert_false(fits("<w:w> empty", "High Mem empty"));
	assert_false(fits("<w:w> empty", " empty"));
	assert_false(fits("a b", "ab"));
	assert_false(fits("<a:x>", "xyz"));
	assert_false(fits("abc", "ab"));
	assert_false(fits("", "a"));
	assert_true(fits("", "  "));
}

/* A log of two lines, as docs/explain/log.txt knows them. */
static bool log_line(unsigned long n, char *buf, size_t size)
{
	static const char *const lines[] = { "nothing", "last_pfn = 0x7ffe0 max_arch_pfn = 0x1000000",
					     "last_pfn = 0x1 max_arch_pfn = 0x1000000" };

	if (n >= ARRAY_SIZE(lines))
		return false;
	strlcpy(buf, lines[n], size);
	return true;
}

static const struct explain_log a_log = { log_line };

static void assert_value(const char *expression, s64 value)
{
	s64 found;

	assert_true(explain_value(expression, strlen(expression), &match, &a_log, &found));
	assert_true(found == value);
}

static void assert_no_value(const char *expression)
{
	s64 found;

	assert_false(explain_value(expression, strlen(expression), &match, &a_log, &found));
}

/* The same cases as in tests/boot/test_explain.py. */
static void test_expressions(void **state)
{
	assert_value("7/2", 3);
	assert_value("0-7/2", -3);
	assert_value("(0-7)/2", -3);
	assert_value("(0-7)%4", -3);
	assert_value("1+2*3", 7);
	assert_value("1<<4+1", 32);
	assert_value("2==2", 1);
	assert_value("2!=2", 0);
	assert_value("0x10>>1", 8);
	assert_value("pow2(48)", 32);
	assert_value("pow2(0)", 0);
	assert_value("min(3,2)", 2);
	assert_value("max(3,min(9,5))", 5);
	assert_value("6-2-1", 3);
	assert_value("3<2", 0);
	assert_value("2<=2", 1);
	assert_value("0x100000000/0x1000", 0x100000);
	assert_no_value("1/0");
	assert_no_value("1/0x100000000");
	assert_no_value("1<<64");
	assert_no_value("1>>(0-1)");
	assert_no_value("nobody");
	assert_no_value("1+");
	assert_no_value("(1");
	assert_no_value("1 2");
	assert_no_value("pow2(1");
	assert_no_value("$");
	assert_no_value("");

	assert_true(fits("<a>-<b:x>-<c:t>", "5-ff-x"));
	assert_value("a*b", 5 * 255);
	assert_no_value("c");
	/* The first line that fits counts. */
	assert_value("last_pfn.pfn+1", 0x7ffe1);
	assert_value("nobody.pfn|last_pfn.pfn", 0x7ffe0);
	assert_value("last_pfn.pfn|last_pfn.arch|nobody.pfn+1", 0x7ffe1);
	assert_no_value("nobody.pfn|lowmem_available.mb");
	assert_no_value("last_pfn.nobody");
	assert_no_value("lowmem_available.mb");
	assert_no_value("nobody.pfn");
}

static void assert_sentence(const char *text, const char *told)
{
	static char buf[EXPLAIN_MAX_SENTENCE];
	size_t length = explain_sentence(text, strlen(text), &match, &a_log, buf);

	assert_int_equal(length, strlen(told));
	assert_memory_equal(buf, told, length);
}

static void test_sentences(void **state)
{
	assert_true(fits("<a>-<b:x>-<c:t>", "5-ff-x"));
	assert_sentence("It is {a*2} kB, {b:x}, {c}.", "It is 10 kB, 0xff, x.");
	assert_sentence("{?a==5}Five.", "Five.");
	assert_sentence("{?a==6}Six.", "");
	assert_sentence("It is {nobody}.", "");
	assert_sentence("It is {a", "");
	assert_sentence("{a-5:x}", "0x0");
}

static void test_names(void **state)
{
	static const char names[] = "Page Frame, pg*, PTE";

	assert_true(explain_is_called(names, strlen(names), "page frame"));
	assert_true(explain_is_called(names, strlen(names), "pgfree"));
	assert_true(explain_is_called(names, strlen(names), "pte"));
	assert_false(explain_is_called(names, strlen(names), "page"));
	assert_false(explain_is_called(names, strlen(names), "ptes"));
	assert_false(explain_is_called(names, strlen(names), "pt"));
	assert_false(explain_is_called(names, strlen(names), ""));
}

/* Each entry can be unpacked, has its parts in a form that the commands expect, and is told. */
static void test_table(void **state)
{
	static char entry[EXPLAIN_MAX_ENTRY], buf[EXPLAIN_MAX_SENTENCE];
	const char *at;
	unsigned int i;
	size_t length;

	assert_true(explain_num_entries > 100);
	for (i = 0; i < explain_num_entries; i++) {
		explain_unpack(i, entry);
		assert_non_null(explain_part(entry, EXPLAIN_KIND, &length));
		assert_non_null(explain_part(entry, EXPLAIN_NAMES, &length));
		at = explain_part(entry, EXPLAIN_TEXT, &length);
		assert_non_null(at);
		assert_true(length > 0);
		explain_sentence(at, length, NULL, &a_log, buf);
		for (at = entry; (at = explain_part(at, EXPLAIN_FIELD, &length));)
			assert_non_null(memchr(at, '\t', length));
	}
}

/* Anything that may be in a log or in a pattern: it ends, and stays within its bounds. */
static void test_nonsense(void **state)
{
	static const char letters[] = "<a:xwt> 0f-(){}?.*/%<=>&+,";
	char pattern[24], line[24], buf[EXPLAIN_MAX_SENTENCE];
	unsigned long n, runs = run_count(20000);
	unsigned int i;

	for (n = 0; n < runs; n++) {
		for (i = 0; i < sizeof(pattern) - 1; i++) {
			pattern[i] = letters[random_below(sizeof(letters) - 1)];
			line[i] = letters[random_below(sizeof(letters) - 1)];
		}
		pattern[i] = '\0';
		line[i] = '\0';
		explain_matches(pattern, i, line, &match);
		explain_sentence(line, i, &match, NULL, buf);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),   cmocka_unit_test(test_expressions),
		cmocka_unit_test(test_sentences),  cmocka_unit_test(test_names),
		cmocka_unit_test(test_table),      cmocka_unit_test(test_nonsense),
	};

	random_init("test_explain");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
