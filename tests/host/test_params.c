// SPDX-License-Identifier: GPL-2.0-only
/* src/kernel/params.c: how Linux takes a command line apart. */
#include <kernel/params.h>

#include <host.h>

static char seen[4096];

static void note(char *param, char *val)
{
	size_t used = strlen(seen);

	if (val)
		snprintf(seen + used, sizeof(seen) - used, "{%s|%s}", param, val);
	else
		snprintf(seen + used, sizeof(seen) - used, "{%s}", param);
}

/* From a heap copy without a byte to spare, so that the sanitizer sees what is touched outside. */
static void assert_parses(const char *line, const char *expected)
{
	char *copy = strdup(line);

	seen[0] = '\0';
	parse_args(copy, note);
	free(copy);
	assert_string_equal(seen, expected);
}

static void test_words(void **state)
{
	assert_parses("", "");
	assert_parses("   ", "");
	assert_parses("a", "{a}");
	assert_parses("  a  b=c ", "{a}{b|c}");
	assert_parses("a=", "{a|}");
	assert_parses("a==b=c", "{a|=b=c}");
	assert_parses("=a", "{=a}");
	assert_parses("=a=b", "{=a|b}");
	assert_parses("a\tb\nc", "{a}{b}{c}");
	assert_parses("mem=1G memmap=64M$16M quiet", "{mem|1G}{memmap|64M$16M}{quiet}");
}

static void test_quotes(void **state)
{
	assert_parses("a=\"b c\" d", "{a|b c}{d}");
	assert_parses("\"a=b c\" d", "{a|b c}{d}");
	assert_parses("a=b\" \"c", "{a|b\" \"c}");
	assert_parses("a=\"b c", "{a|b c}");
	assert_parses("a=\"\"", "{a|}");
	assert_parses("a=\"", "{a|}");
	assert_parses("\"a b\"=c", "{a b\"|c}");
}

/* Any bytes: no crash, and nothing seen that wasn't there. */
static void test_random(void **state)
{
	unsigned long runs = run_count(20000);
	char line[40];

	for (unsigned long i = 0; i < runs; i++) {
		int n = random_below(sizeof(line));

		for (int k = 0; k < n; k++)
			line[k] = "ab= \"\t\xa0\x80"[random_below(8)];
		line[n] = '\0';
		seen[0] = '\0';
		char *copy = strdup(line);
		parse_args(copy, note);
		free(copy);
		assert_true(strlen(seen) <= 3 * strlen(line));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_random),
	};

	random_init("test_params");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
