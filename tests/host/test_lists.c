// SPDX-License-Identifier: GPL-2.0-only
/* include/lib/list.h, src/lib/sort.c, src/lib/range.c and include/lib/ctype.h. */
#include <kernel/range.h>
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/sort.h>

#include <host.h>

struct item {
	int number;
	struct list_head link;
};

/* The list's numbers, read forwards and backwards, are those of the string's digits. */
static void assert_list(struct list_head *head, const char *digits)
{
	struct item *item;
	int n = 0, length = strlen(digits);

	list_for_each_entry(item, head, link)
		assert_int_equal(item->number, digits[n++] - '0');
	assert_int_equal(n, length);
	list_for_each_entry_reverse(item, head, link)
		assert_int_equal(item->number, digits[--n] - '0');
	assert_int_equal(n, 0);
	assert_int_equal(list_empty(head), length == 0);
}

static void test_list(void **state)
{
	struct item items[5], *item, *next;
	LIST_HEAD(a);
	LIST_HEAD(b);

	for (int i = 0; i < 5; i++)
		items[i].number = i;
	assert_list(&a, "");
	list_add(&items[1].link, &a);
	list_add(&items[0].link, &a);
	list_add_tail(&items[2].link, &a);
	assert_list(&a, "012");
	assert_ptr_equal(list_first_entry(&a, struct item, link), &items[0]);

	list_del(&items[1].link);
	assert_list(&a, "02");
	assert_ptr_equal(items[1].link.next, 0x00100100);
	assert_ptr_equal(items[1].link.prev, 0x00200200);

	list_add_tail(&items[3].link, &b);
	list_add_tail(&items[4].link, &b);
	list_move(&items[0].link, &b);
	assert_list(&a, "2");
	assert_list(&b, "034");
	list_move_tail(&items[0].link, &b);
	assert_list(&b, "340");
	list_splice(&a, &b);
	INIT_LIST_HEAD(&a);
	list_splice(&a, &b);
	assert_list(&b, "2340");
	list_del_init(&items[3].link);
	assert_list(&b, "240");
	assert_true(list_empty(&items[3].link));

	list_for_each_entry_safe(item, next, &b, link)
		list_move(&item->link, &a);
	assert_list(&a, "042");
	assert_list(&b, "");
}

struct pair {
	int key;
	char value[3];
} __attribute__((__packed__));

static int cmp_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static int cmp_pair_all(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct pair));
}

static void swap_pair(void *a, void *b, int size)
{
	assert_int_equal(size, sizeof(struct pair));
	swap(*(struct pair *)a, *(struct pair *)b);
}

/* Sorted, and still the same elements: both copies, sorted on all bytes by qsort, are equal. */
static void test_sort(void **state)
{
	struct pair array[70], before[70];

	for (int round = 0; round < 2000; round++) {
		size_t n = random_below(ARRAY_SIZE(array) + 1);

		for (size_t i = 0; i < n; i++)
			array[i] = (struct pair){ (int)random_below(40) - 20, { i, i + 1, i + 2 } };
		memcpy(before, array, sizeof(array));
		sort(array, n, sizeof(array[0]), cmp_pair, round % 2 ? swap_pair : NULL);
		for (size_t i = 1; i < n; i++)
			assert_true(array[i - 1].key <= array[i].key);
		qsort(array, n, sizeof(array[0]), cmp_pair_all);
		qsort(before, n, sizeof(before[0]), cmp_pair_all);
		assert_memory_equal(array, before, n * sizeof(array[0]));
	}
}

static int cmp_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* Elements of whole, aligned words take another way to be swapped. */
static void test_sort_words(void **state)
{
	u64 ours[50], theirs[50];

	for (int round = 0; round < 500; round++) {
		size_t n = random_below(ARRAY_SIZE(ours) + 1);

		for (size_t i = 0; i < n; i++)
			ours[i] = theirs[i] = random_u64() >> random_below(64);
		sort(ours, n, sizeof(ours[0]), cmp_u64, NULL);
		qsort(theirs, n, sizeof(theirs[0]), cmp_u64);
		assert_memory_equal(ours, theirs, n * sizeof(ours[0]));
	}
}

static void test_add_range(void **state)
{
	struct range r[3] = { 0 };

	assert_int_equal(add_range(r, 3, 0, 5, 5), 0);
	assert_int_equal(add_range(r, 3, 0, 10, 20), 1);
	assert_int_equal(add_range_with_merge(r, 3, 1, 20, 30), 1);
	assert_true(r[0].start == 10 && r[0].end == 30);
	assert_int_equal(add_range_with_merge(r, 3, 1, 5, 10), 1);
	assert_int_equal(add_range_with_merge(r, 3, 1, 7, 7), 1);
	assert_int_equal(add_range_with_merge(r, 3, 1, 6, 8), 1);
	assert_true(r[0].start == 5 && r[0].end == 30);
	assert_int_equal(add_range_with_merge(r, 3, 1, 0x100000000ULL, 0x200000000ULL), 2);
	assert_int_equal(add_range_with_merge(r, 3, 2, 40, 50), 3);
	assert_int_equal(add_range_with_merge(r, 3, 3, 60, 70), 3);
	assert_true(r[2].start == 40 && r[2].end == 50);
	assert_int_equal(add_range(r, 3, 3, 60, 70), 3);
}

static void test_subtract_range_without_room(void **state)
{
	struct range r[1] = { { 10, 30 } };

	log_clear();
	subtract_range(r, 1, 15, 20);
	assert_string_equal(log_text(), "run of slot in ranges\n");
	assert_true(r[0].start == 10 && r[0].end == 15);
}

#define VALUES	64
#define SLOTS	40

/* Random additions and subtractions of small values, against one byte for each value. */
static void test_ranges_against_model(void **state)
{
	for (int round = 0; round < 3000; round++) {
		/* Both of these have room for all that can come: no slot runs out. */
		struct range r[SLOTS] = { 0 };
		bool model[VALUES] = { 0 }, seen[VALUES] = { 0 };
		u64 unit = random_chance(2) ? 1 : 0x100000001ULL;
		int nr = 0;

		for (int i = 0; i < 6; i++) {
			int start = random_below(VALUES), end = random_below(VALUES);

			nr = add_range_with_merge(r, SLOTS, nr, start * unit, end * unit);
			for (int v = start; v < end; v++)
				model[v] = true;
		}
		for (int i = 0; i < 6; i++) {
			int start = random_below(VALUES), end = random_below(VALUES);

			subtract_range(r, SLOTS, start * unit, end * unit);
			for (int v = start; v < end; v++)
				model[v] = false;
		}
		nr = clean_sort_range(r, SLOTS);
		for (int i = 0; i < SLOTS; i++)
			assert_int_equal(r[i].end != 0, i < nr);
		for (int i = 0; i < nr; i++) {
			assert_true(r[i].start < r[i].end);
			assert_true(i == 0 || r[i - 1].start <= r[i].start);
			for (u64 v = r[i].start / unit; v < r[i].end / unit; v++)
				seen[v] = true;
		}
		assert_memory_equal(model, seen, VALUES);
	}
}

/* An array without an empty slot is sorted like any other. */
static void test_clean_sort_full_array(void **state)
{
	struct range r[3] = { { 0x300000000ULL, 0x400000000ULL },
			      { 20, 30 },
			      { 0x100000000ULL, 0x100000001ULL } };

	assert_int_equal(clean_sort_range(r, 3), 3);
	assert_true(r[0].start == 20 && r[1].start == 0x100000000ULL &&
		    r[2].start == 0x300000000ULL);
}

/* By ranges of ISO 8859-1, for plain char (signed) arguments as well. */
static void test_ctype(void **state)
{
	for (int c = -128; c < 256; c++) {
		unsigned char ch = c;
		bool digit = ch >= '0' && ch <= '9';
		bool ascii_letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
		bool latin_letter = ch >= 0xc0 && ch != 0xd7 && ch != 0xf7;

		assert_int_equal(isdigit(c), digit);
		assert_int_equal(isalpha(c), ascii_letter || latin_letter);
		assert_int_equal(isalnum(c), digit || ascii_letter || latin_letter);
		assert_int_equal(isxdigit(c), ch && strchr("0123456789abcdefABCDEF", ch));
		assert_int_equal(isspace(c), ch && strchr(" \t\n\v\f\r\xa0", (char)ch));
		assert_int_equal(isupper(c) + islower(c), isalpha(c));
		assert_int_equal(isprint(c), (ch >= 0x20 && ch < 0x7f) || ch >= 0xa0);
		assert_int_equal(tolower(c), ch + (isupper(c) ? 32 : 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_sort_words),
		cmocka_unit_test(test_add_range),
		cmocka_unit_test(test_subtract_range_without_room),
		cmocka_unit_test(test_ranges_against_model),
		cmocka_unit_test(test_clean_sort_full_array),
		cmocka_unit_test(test_ctype),
	};

	random_init("test_lists");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
