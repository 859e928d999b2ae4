// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/of/fdt.c: no blob, however broken, makes it read beyond the blob's end. Every
 * blob here lies in a block of malloc() of just its size, which the address sanitizer watches.
 */
#include <lib/kernel.h>
#include <mm/balance.h>
#include <of/fdt.h>

#include <host.h>

#include <fdt_builder.h>
#include <fdt_by_dtc.h>
#include <memblock_stand_ins.h>

void balance_own(const char *owner, struct phys_range range)
{
}

static void check_empty(const struct memblock_type *type)
{
	assert_int_equal(type->cnt, 1);
	assert_true(!type->regions[0].size);
}

/* Header fields and tokens that make no sense: each is refused with its reason. */
static void check_refused(u32 offset, u32 value, const char *why)
{
	u8 *blob = malloc(sizeof(fdt_by_dtc));

	assert_non_null(blob);
	memcpy(blob, fdt_by_dtc, sizeof(fdt_by_dtc));
	put_be32(blob + offset, value);
	log_clear();
	assert_false(early_init_dt_verify(blob, sizeof(fdt_by_dtc)));
	if (!log_has(why))
		fail_msg("0x%x at 0x%x: %s", value, offset, log_text());
	assert_int_equal(early_init_dt_scan_memory(), 0);
	early_init_fdt_scan_reserved_mem();
	check_empty(&memblock.memory);
	check_empty(&memblock.reserved);
	free(blob);
}

static u32 be32_at(u32 offset)
{
	const u8 *p = fdt_by_dtc + offset;

	return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void test_refused(void **state)
{
	u32 size = sizeof(fdt_by_dtc), structure = be32_at(8), end = structure + be32_at(36) - 4;

	assert_int_equal(be32_at(4), size);
	assert_int_equal(be32_at(end), 9);
	check_refused(0, 0xedfe0dd0, "no header");
	check_refused(4, size + 1, "more bytes promised");
	check_refused(4, 39, "more bytes promised");
	check_refused(8, size + 4, "block outside");
	check_refused(8, structure + 2, "block outside");
	check_refused(12, 0xfffffff0, "block outside");
	check_refused(16, 0x80000000, "block outside");
	check_refused(16, size - 8, "reservations without an end");
	check_refused(20, 15, "unknown version");
	check_refused(24, 18, "unknown version");
	check_refused(32, size, "block longer");
	check_refused(36, 0xffffffff, "block longer");
	check_refused(32, 3, "property without a name");
	check_refused(36, 0, "structure without an end");
	check_refused(36, 4, "name without an end");
	check_refused(structure, 2, "token outside the root");
	check_refused(structure, 3, "token outside the root");
	check_refused(structure, 9, "end inside a node");
	check_refused(structure, 0, "unknown token");
	check_refused(structure + 12, 0x7fffffff, "property longer");
	check_refused(structure + 12, 0xfffffffe, "property longer");
	check_refused(structure + 16, 0xffffffff, "property without a name");
	check_refused(structure + 16, 0x10000, "property without a name");
	check_refused(structure + 20, 3, "#address-cells 3, #size-cells 2: only 1 and 2");
	check_refused(structure + 20, 0, "#address-cells 0, #size-cells 2: only 1 and 2");
	check_refused(end, 1, "second root");
	check_refused(end, 2, "token outside the root");
	check_refused(end, 4, "structure without an end");
	check_refused(end - 4, 4, "end inside a node");
	check_refused(end - 8, 4, "end inside a node");
	check_refused(end - 8, 9, "end inside a node");
	assert_false(early_init_dt_verify(NULL, 0));
}

/* A property after a subnode would never be found; a second root has no place. */
static void test_refused_order(void **state)
{
	struct tree t;

	tree_begin(&t, 1, 1);
	tree_node(&t, "memory");
	tree_end_node(&t);
	tree_string(&t, "late", "property");
	tree_end(&t);
	assert_false(early_init_dt_verify(t.blob, t.size));
	assert_true(log_has("property after a node"));
	free(t.blob);

	tree_begin(&t, 1, 1);
	tree_end_node(&t);
	tree_node(&t, "second");
	tree_end(&t);
	assert_false(early_init_dt_verify(t.blob, t.size));
	assert_true(log_has("second root"));
	free(t.blob);
}

/* Reads a blob, whatever it is. */
static bool try_blob(const u8 *blob, u32 size)
{
	memblock_reset();
	log_clear();
	if (!early_init_dt_verify(blob, size))
		return false;
	early_init_dt_scan_memory();
	early_init_fdt_scan_reserved_mem();
	return true;
}

static void test_cut(void **state)
{
	for (u32 size = 0; size < sizeof(fdt_by_dtc); size++) {
		u8 *blob = malloc(size);

		memcpy(blob, fdt_by_dtc, size);
		assert_false(try_blob(blob, size));
		/* And with a header that says so. */
		if (size >= 8) {
			put_be32(blob + 4, size);
			assert_false(try_blob(blob, size));
		}
		free(blob);
	}
}

static void test_changed(void **state)
{
	static const u32 values[] = { 0, 1, 2, 3, 4, 9, 0x7fffffff, 0x80000000, 0xffffffff };
	unsigned long runs = run_count(30000), good = 0;
	u32 size = sizeof(fdt_by_dtc);
	u8 *blob = malloc(size);

	log_level = 0;
	for (unsigned long run = 0; run < runs; run++) {
		u32 changes = 1 + random_below(4);

		memcpy(blob, fdt_by_dtc, size);
		while (changes--) {
			u32 at = random_below(size - 3);

			u32 value = random_chance(2) ? random_below(2 * size)
						     : values[random_below(ARRAY_SIZE(values))];

			if (random_chance(4))
				blob[at] ^= 1 << random_below(8);
			else
				put_be32(blob + (at & ~3), value);
		}
		good += try_blob(blob, size);
	}
	log_level = 7;
	free(blob);
	assert_true(good > runs / 20 && good < runs - runs / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_order),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_changed),
	};

	random_init("test_fdt_broken");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
