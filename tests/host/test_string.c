// SPDX-License-Identifier: GPL-2.0-only
/* src/lib/string.c against the C library, and its own functions by hand. */
#include <lib/string.h>

#include <host.h>

void *kernel_memcpy(void *dest, const void *src, size_t n);
void *kernel_memmove(void *dest, const void *src, size_t n);
void *kernel_memset(void *s, int c, size_t n);
int kernel_memcmp(const void *s1, const void *s2, size_t n);
size_t kernel_strlen(const char *s);
size_t kernel_strnlen(const char *s, size_t maxlen);
int kernel_strcmp(const char *s1, const char *s2);
int kernel_strncmp(const char *s1, const char *s2, size_t n);
char *kernel_strcpy(char *dest, const char *src);
char *kernel_strchr(const char *s, int c);
char *kernel_strstr(const char *s, const char *find);

#define BUFFER	96

static void fill(unsigned char *buf)
{
	for (int i = 0; i < BUFFER; i++)
		buf[i] = random_u64();
}

/*
 * Every source, destination and length in a small buffer: overlaps both ways, odd ends, length 0.
 */
static void test_memmove_all_overlaps(void **state)
{
	unsigned char before[BUFFER], ours[BUFFER], theirs[BUFFER];

	fill(before);
	for (int from = 0; from < 24; from++)
		for (int to = 0; to < 24; to++)
			for (int n = 0; n < 40; n++) {
				memcpy(ours, before, BUFFER);
				memcpy(theirs, before, BUFFER);
				assert_ptr_equal(kernel_memmove(ours + to, ours + from, n),
						 ours + to);
				memmove(theirs + to, theirs + from, n);
				assert_memory_equal(ours, theirs, BUFFER);
			}
}

static void test_memcpy_memset_all_alignments(void **state)
{
	unsigned char before[BUFFER], from[BUFFER], ours[BUFFER], theirs[BUFFER];

	fill(before);
	fill(from);
	for (int to = 0; to < 8; to++)
		for (int n = 0; n < 70; n++) {
			memcpy(ours, before, BUFFER);
			memcpy(theirs, before, BUFFER);
			assert_ptr_equal(kernel_memcpy(ours + to, from + n % 5, n), ours + to);
			memcpy(theirs + to, from + n % 5, n);
			assert_memory_equal(ours, theirs, BUFFER);

			assert_ptr_equal(kernel_memset(ours + to, 0x1234 + n, n), ours + to);
			memset(theirs + to, 0x1234 + n, n);
			assert_memory_equal(ours, theirs, BUFFER);
		}
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static void test_memcmp(void **state)
{
	assert_int_equal(kernel_memcmp("abc", "abd", 2), 0);
	assert_true(kernel_memcmp("abc", "abd", 3) < 0);
	assert_true(kernel_memcmp("\xff", "\x01", 1) > 0);
	assert_int_equal(kernel_memcmp("a", "b", 0), 0);
	assert_true(kernel_memcmp("a\0c", "a\0b", 3) > 0);
}

/* Random strings of a small alphabet, so that equal beginnings and finds are frequent. */
static void random_string(char *s, int max)
{
	int n = random_below(max);

	for (int i = 0; i < n; i++)
		s[i] = "ab\xe4\x80"[random_below(4)];
	s[n] = '\0';
}

static void test_strings_like_libc(void **state)
{
	char a[12], b[6], copy[12];

	for (int i = 0; i < 20000; i++) {
		size_t n = random_below(8);
		int c = "ab\xe4z\0"[random_below(5)];

		random_string(a, sizeof(a));
		random_string(b, sizeof(b));
		assert_int_equal(kernel_strlen(a), strlen(a));
		assert_int_equal(kernel_strnlen(a, n), strnlen(a, n));
		assert_int_equal(sign(kernel_strcmp(a, b)), sign(strcmp(a, b)));
		assert_int_equal(sign(kernel_strncmp(a, b, n)), sign(strncmp(a, b, n)));
		assert_ptr_equal(kernel_strchr(a, c), strchr(a, c));
		assert_ptr_equal(kernel_strstr(a, b), strstr(a, b));
		assert_ptr_equal(kernel_strcpy(copy, a), copy);
		assert_string_equal(copy, a);
	}
}

/* strnlen must not read after its limit: the buffer ends there, and the sanitizer watches. */
static void test_strnlen_without_end(void **state)
{
	char *buf = malloc(4);

	memcpy(buf, "abcd", 4);
	assert_int_equal(kernel_strnlen(buf, 4), 4);
	assert_int_equal(kernel_strnlen(buf, 0), 0);
	free(buf);
}

static void test_strlcpy(void **state)
{
	char buf[8] = "xxxxxxx";

	assert_int_equal(strlcpy(buf, "hello", 0), 5);
	assert_string_equal(buf, "xxxxxxx");
	assert_int_equal(strlcpy(buf, "hello", 1), 5);
	assert_string_equal(buf, "");
	assert_int_equal(strlcpy(buf, "hello", 5), 5);
	assert_string_equal(buf, "hell");
	assert_int_equal(strlcpy(buf, "hello", 6), 5);
	assert_string_equal(buf, "hello");
	assert_int_equal(strlcpy(buf, "", sizeof(buf)), 0);
	assert_string_equal(buf, "");
}

static void test_skip_spaces(void **state)
{
	assert_string_equal(skip_spaces(" \t\n\v\f\r\xa0x y"), "x y");
	assert_string_equal(skip_spaces("x"), "x");
	assert_string_equal(skip_spaces("  "), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memmove_all_overlaps),
		cmocka_unit_test(test_memcpy_memset_all_alignments),
		cmocka_unit_test(test_memcmp),
		cmocka_unit_test(test_strings_like_libc),
		cmocka_unit_test(test_strnlen_without_end),
		cmocka_unit_test(test_strlcpy),
		cmocka_unit_test(test_skip_spaces),
	};

	random_init("test_string");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
