// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/lib/vsprintf.c and cmdline.c: against the C library where C and Linux agree, and by the words
 * of Linux 2.6.34's log where they don't.
 */
#include <lib/types.h>
#include <lib/vsprintf.h>

#include <host.h>

int kernel_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int kernel_snprintf(char *buf, size_t size, const char *fmt, ...);
int kernel_vscnprintf(char *buf, size_t size, const char *fmt, va_list args);
int kernel_sprintf(char *buf, const char *fmt, ...);

static int print_cut(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = kernel_vscnprintf(buf, size, fmt, args);
	va_end(args);
	return length;
}

#define assert_prints(expected, ...) do {					\
	char _text[128];							\
	int _length = kernel_snprintf(_text, sizeof(_text), __VA_ARGS__);	\
										\
	assert_string_equal(_text, expected);					\
	assert_int_equal(_length, strlen(expected));				\
} while (0)

static void test_log_lines(void **state)
{
	assert_prints(" BIOS-e820: 0000000000000000 - 000000000009fc00 ", " %s: %016llx - %016llx ",
		      "BIOS-e820", 0ULL, 0x9fc00ULL);
	assert_prints("last_pfn = 0x7fffe max_arch_pfn = 0x1000000",
		      "last_pfn = %#lx max_arch_pfn = %#lx", 0x7fffeUL, 0x1000000UL);
	assert_prints("  Normal   0x00001000 -> 0x00037bfe", "  %-8s 0x%08lx -> 0x%08lx", "Normal",
		      0x1000UL, 0x37bfeUL);
	assert_prints(" 0x00000010 ->", " %0#10lx ->", 16UL);
	assert_prints("PID hash table entries: 4096 (order: 2, 16384 bytes)",
		      "PID hash table entries: %d (order: %d, %lu bytes)", 4096, 2, 16384UL);
	assert_prints("  #1 [0001000000 - 00015af2dc]", "  #%d [%010llx - %010llx]", 1,
		      0x1000000ULL, 0x15af2dcULL);
	assert_prints("(   4 kB)", "(%4ld kB)", 4L);
	assert_prints("node_mem_map c15b1020", "node_mem_map %p", (void *)0xc15b1020);
	assert_prints("node_mem_map 00000020", "node_mem_map %08lx", 0x20UL);
}

/* Where Linux is not C. */
static void test_linux_ways(void **state)
{
	assert_prints("(null)", "%p", NULL);
	assert_prints("(null)", "%s", NULL);
	assert_prints("(null)", "%s", (char *)4095);
	assert_prints("(n", "%.2s", (char *)8);
	assert_prints("c15b1020", "%pS", (void *)0xc15b1020);
	assert_prints("  c15b1020|", "%10p|", (void *)0xc15b1020);
	assert_prints("c15b1020  |", "%-10p|", (void *)0xc15b1020);
	assert_prints("0x0", "%#x", 0);
	assert_prints("00", "%#o", 0);
	assert_prints("0", "%.0d", 0);
	assert_prints("000012", "%06.2d", 12);
	assert_prints("0", "%.*d", -3, 0);
	assert_prints("%y", "%y");
	assert_prints("%n", "%n");
	assert_prints("50%", "50%");
	assert_prints("%", "%5%");
	assert_prints("1 ffffffffffffffff", "%d %Lx", 1, ~0ULL);
	assert_prints("4294967295 255 65535", "%lu %hhu %hu", ~0UL, -1, -1);
	assert_prints("-1 -1 -1", "%zd %td %Zd", (ssize_t)-1, (ptrdiff_t)-1, (ssize_t)-1);
}

static void test_text(void **state)
{
	assert_prints("", "%s", "");
	assert_prints("", "%s%s", "", "");
	assert_prints("a%b", "a%%b");
	assert_prints("    x|x    |x", "%5c|%-5c|%c", 'x', 'x', 'x');
	assert_prints("  abc|abc  |ab|   ab", "%5s|%-5s|%.2s|%5.2s", "abc", "abc", "abc", "abc");
	assert_prints("  abc|abc  |ab", "%*s|%*s|%.*s", 5, "abc", -5, "abc", 2, "abc");
	assert_prints("", "%.*s", 0, "abc");
}

/* A string without an end is read no further than its precision. */
static void test_string_without_end(void **state)
{
	char *s = malloc(3);

	memcpy(s, "abc", 3);
	assert_prints("abc", "%.3s", s);
	free(s);
}

/*
 * A random conversion that C and Linux print alike: no `#` with 0, no precision beside the 0 flag.
 */
static void random_conversion(char *fmt, bool zero_value)
{
	static const char *const lengths[] = { "hh", "h", "", "l", "ll", "z", "t" };
	char letter = "diuxXo"[random_below(6)];
	bool precise = random_chance(3);

	*fmt++ = '%';
	if (random_chance(4))
		*fmt++ = '-';
	if ((letter == 'd' || letter == 'i') && random_chance(4))
		*fmt++ = random_chance(2) ? '+' : ' ';
	if ((letter == 'x' || letter == 'X') && !zero_value && random_chance(3))
		*fmt++ = '#';
	if (!precise && random_chance(3))
		*fmt++ = '0';
	if (random_chance(2))
		fmt += sprintf(fmt, "%u", 1 + random_below(30));
	if (precise)
		fmt += sprintf(fmt, ".%u", 1 + random_below(25));
	/*
	 * %zd of Linux and C agree as well, but %zx of a negative number would differ in width
	 * only.
	 */
	fmt += sprintf(fmt, "%s%c", lengths[random_below(7)], letter);
}

/* Numbers of every length, with many at the borders of the types. */
static uint64_t random_number(void)
{
	uint64_t value = random_u64() >> random_below(64);

	switch (random_below(8)) {
	case 0:
		return 0;
	case 1:
		return -value;
	case 2:
		return 1ULL << random_below(64);
	case 3:
		return (1ULL << random_below(64)) - 1;
	}
	return value;
}

static bool shows_zero(const char *digits)
{
	return digits[strspn(digits, "0 ")] == '\0';
}

static void test_numbers_like_libc(void **state)
{
	unsigned long runs = run_count(200000);

	for (unsigned long i = 0; i < runs; i++) {
		char fmt[32], ours[80], theirs[80], plain[80];
		uint64_t value = random_number();
		size_t size = random_chance(4) ? random_below(40) : sizeof(ours);
		int n, m;

		random_conversion(fmt, value == 0);
		/* %#hhx of 0x100 is a 0 again. */
		n = snprintf(plain, sizeof(plain), fmt, value);
		if (strchr(fmt, '#') && shows_zero(plain))
			continue;
		memset(ours, '?', sizeof(ours));
		memset(theirs, '?', sizeof(theirs));
		n = kernel_snprintf(ours, size, fmt, value);
		m = snprintf(theirs, size, fmt, value);
		if (n != m || memcmp(ours, theirs, sizeof(ours)))
			fail_msg("\"%s\" of %#llx: %d \"%s\", libc %d \"%s\"", fmt,
				 (unsigned long long)value, n, ours, m, theirs);
	}
}

static void test_sizes(void **state)
{
	char buf[8];

	memset(buf, '?', sizeof(buf));
	assert_int_equal(kernel_snprintf(NULL, 0, "%d", 12345), 5);
	assert_int_equal(kernel_snprintf(buf, 0, "%d", 12345), 5);
	assert_int_equal(buf[0], '?');
	assert_int_equal(kernel_snprintf(buf, 1, "%d", 12345), 5);
	assert_string_equal(buf, "");
	assert_int_equal(buf[1], '?');
	assert_int_equal(kernel_snprintf(buf, 5, "%d", 12345), 5);
	assert_string_equal(buf, "1234");
	assert_int_equal(kernel_snprintf(buf, 6, "%d", 12345), 5);
	assert_string_equal(buf, "12345");
	assert_int_equal(kernel_snprintf(buf, (size_t)INT_MAX + 1, "%d", 9), 0);
	assert_string_equal(buf, "12345");

	assert_int_equal(print_cut(buf, 5, "%d", 12345), 4);
	assert_int_equal(print_cut(buf, 6, "%d", 12345), 5);
	assert_int_equal(print_cut(buf, 0, "%d", 12345), 0);
	assert_int_equal(kernel_sprintf(buf, "%d", -123), 4);
	assert_string_equal(buf, "-123");
}

static void test_strtoul(void **state)
{
	static const struct {
		const char *text;
		unsigned int base;
		unsigned long long value;
		int used;
	} cases[] = {
		{ "123", 0, 123, 3 }, { "0x1fG", 0, 0x1f, 4 }, { "0X1F", 0, 0x1f, 4 },
		{ "017", 0, 15, 3 }, { "018", 0, 1, 2 }, { "0", 0, 0, 1 }, { "", 0, 0, 0 },
		{ "abc", 0, 0, 0 }, { "abc", 16, 0xabc, 3 }, { "0xg", 0, 0, 1 }, { "0x", 16, 0, 2 },
		{ "0x10", 10, 0, 1 }, { " 1", 0, 0, 0 }, { "-1", 0, 0, 0 }, { "+1", 0, 0, 0 },
		{ "18446744073709551615", 0, ~0ULL, 20 }, { "18446744073709551616", 0, 0, 20 },
		{ "0xffffffffffffffff", 0, ~0ULL, 18 }, { "102", 2, 2, 2 },
	};
	char *end;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(simple_strtoull(cases[i].text, &end, cases[i].base) == cases[i].value);
		assert_int_equal(end - cases[i].text, cases[i].used);
		assert_true(simple_strtoul(cases[i].text, NULL, cases[i].base) ==
			    (unsigned long)cases[i].value);
	}
	assert_int_equal(simple_strtol("-12x", &end, 0), -12);
	assert_string_equal(end, "x");
	assert_int_equal(simple_strtol("-0x10", NULL, 0), -16);
	assert_int_equal(simple_strtol("4294967295", NULL, 0), -1);
}

static void test_memparse(void **state)
{
	static const struct {
		const char *text;
		unsigned long long value;
		const char *rest;
	} cases[] = {
		{ "1200M", 1200ULL << 20, "" },
		{ "64k@1M", 64ULL << 10, "@1M" },
		{ "4G", 4ULL << 30, "" },
		{ "4g$0x100000", 4ULL << 30, "$0x100000" },
		{ "0x10m#", 16ULL << 20, "#" },
		{ "100", 100, "" },
		{ "abc", 0, "abc" },
		{ "", 0, "" },
		{ "K", 0, "" },
		{ "1MB", 1ULL << 20, "B" },
		{ "20000000000G", 20000000000ULL << 30, "" },
		{ "1T", 1, "T" },
		{ "0", 0, "" },
		{ "-1", 0, "-1" },
	};
	char *rest;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(memparse(cases[i].text, &rest) == cases[i].value);
		assert_string_equal(rest, cases[i].rest);
		assert_true(memparse(cases[i].text, NULL) == cases[i].value);
	}
}

static void test_get_option(void **state)
{
	char text[] = "1,0x20,-3-7";
	char *s = text, *none = NULL;
	int value = 0;

	assert_int_equal(get_option(&s, &value), 2);
	assert_int_equal(value, 1);
	assert_int_equal(get_option(&s, &value), 2);
	assert_int_equal(value, 0x20);
	assert_int_equal(get_option(&s, &value), 3);
	assert_int_equal(value, -3);
	assert_string_equal(s, "-7");
	assert_int_equal(get_option(&s, &value), 1);
	assert_int_equal(value, -7);
	assert_int_equal(get_option(&s, &value), 0);
	assert_int_equal(get_option(&none, &value), 0);
	s = (char *)"x";
	assert_int_equal(get_option(&s, &value), 0);
	assert_string_equal(s, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log_lines),
		cmocka_unit_test(test_linux_ways),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_string_without_end),
		cmocka_unit_test(test_numbers_like_libc),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_strtoul),
		cmocka_unit_test(test_memparse),
		cmocka_unit_test(test_get_option),
	};

	random_init("test_vsprintf");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
