// SPDX-License-Identifier: GPL-2.0-only
/* include/lib/bitops.h, src/lib/bitmap.c, math64 and the macros of include/lib/kernel.h. */
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <lib/math64.h>

#include <host.h>

static void test_words(void **state)
{
	assert_int_equal(ffs(0), 0);
	assert_int_equal(fls(0), 0);
	assert_int_equal(fls64(0), 0);
	for (unsigned int bit = 0; bit < 32; bit++) {
		unsigned long low = random_u64() & (BIT(bit) - 1);
		unsigned long high = (unsigned long)random_u64() << bit;

		assert_int_equal(ffs(high | BIT(bit)), bit + 1);
		assert_int_equal(__ffs(high | BIT(bit)), bit);
		assert_int_equal(fls(low | BIT(bit)), bit + 1);
		assert_int_equal(__fls(low | BIT(bit)), bit);
		assert_int_equal(ilog2(low | BIT(bit)), bit);
		assert_int_equal(fls64((u64)(low | BIT(bit)) << 32 | high), bit + 33);
		assert_int_equal(fls64(low | BIT(bit)), bit + 1);
		assert_int_equal(rounddown_pow_of_two(low | BIT(bit)), BIT(bit));
		assert_int_equal(roundup_pow_of_two(BIT(bit)), BIT(bit));
		assert_true(is_power_of_2(BIT(bit)));
		assert_int_equal(is_power_of_2(low | BIT(bit)), low == 0);
		if (bit && low)
			assert_int_equal(roundup_pow_of_two((low | BIT(bit)) >> 1),
					 ((low | BIT(bit)) >> 1) == BIT(bit - 1) ? BIT(bit - 1)
										 : BIT(bit));
	}
	assert_false(is_power_of_2(0));
	assert_int_equal(ilog2(0x900000000ULL), 35);
}

static void test_hweight(void **state)
{
	for (int i = 0; i < 1000; i++) {
		u64 w = random_u64() & random_u64();

		assert_int_equal(hweight32(w), __builtin_popcount((u32)w));
		assert_int_equal(hweight_long(w), __builtin_popcount((u32)w));
	}
}

#define BITS	200

/* A bitmap and an array of bytes, that must say the same after any operation. */
struct model {
	unsigned long map[BITS_TO_LONGS(BITS)];
	bool bits[BITS];
};

static void check(const struct model *m)
{
	unsigned int weight = 0;

	for (unsigned long i = 0; i < BITS; i++) {
		assert_int_equal(test_bit(i, m->map), m->bits[i]);
		weight += m->bits[i];
	}
	assert_int_equal(bitmap_weight(m->map, BITS), weight);
	/* What lies after the last bit is nobody's: set by init(), it must stay. */
	assert_int_equal(m->map[BITS / 32] >> BITS % 32, 0xa5a5a5 >> (BITS % 32 - 8));
}

static void init(struct model *m)
{
	memset(m, 0, sizeof(*m));
	m->map[BITS / 32] = 0xa5a5a5UL << 8;
	m->map[BITS / 32] &= ~0UL << BITS % 32;
}

static void test_single_bits(void **state)
{
	struct model m;

	init(&m);
	for (int i = 0; i < 5000; i++) {
		unsigned long nr = random_below(BITS);

		m.bits[nr] = random_chance(2);
		if (m.bits[nr])
			__set_bit(nr, m.map);
		else
			__clear_bit(nr, m.map);
		if (i % 50 == 0)
			check(&m);
	}
}

static unsigned long model_find(const struct model *m, unsigned long size, unsigned long offset,
				bool wanted)
{
	for (; offset < size; offset++)
		if (m->bits[offset] == wanted)
			return offset;
	return size;
}

static void test_runs_and_searches(void **state)
{
	struct model m;

	init(&m);
	for (int i = 0; i < 5000; i++) {
		unsigned long start = random_below(BITS + 1);
		unsigned long nr = random_below(BITS + 1 - start);
		unsigned long size = random_below(BITS + 1), offset = random_below(BITS + 10);
		bool value = random_chance(2);

		if (random_chance(2))
			nr = min_t(unsigned long, nr, random_below(40));
		if (value)
			bitmap_set(m.map, start, nr);
		else
			bitmap_clear(m.map, start, nr);
		memset(&m.bits[start], value, nr);
		check(&m);

		assert_int_equal(find_next_bit(m.map, size, offset),
				 model_find(&m, size, offset, true));
		assert_int_equal(find_next_zero_bit(m.map, size, offset),
				 model_find(&m, size, offset, false));
	}
}

/* A run that ends at the map's last bit touches no word after it: the sanitizer watches. */
static void test_no_word_behind_the_map(void **state)
{
	unsigned long *map = calloc(2, sizeof(*map));

	bitmap_set(map, 0, 64);
	bitmap_clear(map, 40, 24);
	assert_int_equal(bitmap_weight(map, 64), 40);
	assert_int_equal(find_next_bit(map, 64, 40), 64);
	assert_int_equal(find_next_zero_bit(map, 64, 0), 40);
	assert_int_equal(map[1], 0xff);
	free(map);
}

static void test_division(void **state)
{
	for (int i = 0; i < 200000; i++) {
		u64 n = random_u64() >> random_below(64), quotient = n;
		u32 d = random_u64() >> (32 + random_below(32)), remainder;

		if (random_chance(10))
			n = ~0ULL - random_below(3);
		if (!d)
			d = 1;
		quotient = n;
		assert_int_equal(do_div(quotient, d), n % d);
		assert_true(quotient == n / d);
		assert_true(div_u64(n, d) == n / d);
		assert_true(div_u64_rem(n, d, &remainder) == n / d);
		assert_int_equal(remainder, n % d);
	}
}

static void test_rounding(void **state)
{
	u64 big = 0x123456789abcULL;
	int evaluated = 0;
	struct { int a; int b; } object;

	assert_true(round_down(big, 0x1000UL) == 0x123456789000ULL);
	assert_true(round_up(big, 0x1000UL) == 0x12345678a000ULL);
	assert_true(ALIGN(big, 0x1000UL) == 0x12345678a000ULL);
	assert_true(round_up(0x1000ULL, 0x1000) == 0x1000);
	assert_true(round_up(0ULL, 0x1000) == 0);
	assert_true(round_up(~0U, 16) == 0);
	assert_true(IS_ALIGNED(0x5000, 0x1000) && !IS_ALIGNED(0x5800, 0x1000));
	assert_int_equal(roundup(10, 3), 12);
	assert_int_equal(roundup(12, 3), 12);
	assert_int_equal(DIV_ROUND_UP(10, 3), 4);
	assert_int_equal(DIV_ROUND_UP(9, 3), 3);
	assert_int_equal(min(evaluated++, 5), 0);
	assert_int_equal(evaluated, 1);
	assert_int_equal(max_t(unsigned int, -1, 5), ~0U);
	assert_int_equal(min_t(int, -1, 5), -1);
	assert_ptr_equal(container_of(&object.b, __typeof__(object), b), &object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_hweight),
		cmocka_unit_test(test_single_bits),
		cmocka_unit_test(test_runs_and_searches),
		cmocka_unit_test(test_no_word_behind_the_map),
		cmocka_unit_test(test_division),
		cmocka_unit_test(test_rounding),
	};

	random_init("test_bitops");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
