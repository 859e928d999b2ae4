// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/arch/i386/firmware/multiboot2.c on right, wrong and hostile information.
 *
 * Every case is parsed from a heap copy that ends exactly where the information ends, so that the
 * address sanitizer sees each byte that is read after it.
 */
#include <firmware/boot_params.h>
#include <firmware/multiboot2.h>

#include <host.h>

#include <mb2_builder.h>

static struct mb2 info;

/* Parses the first size bytes of the information, at an odd address if asked. */
static int parse_at(u32 size, u32 misaligned)
{
	u8 *copy = malloc(misaligned + size);
	int result;

	memcpy(copy + misaligned, info.bytes, size);
	log_clear();
	result = multiboot2_parse(copy + misaligned, size);
	free(copy);
	return result;
}

static int parse(void)
{
	return parse_at(info.size, 0);
}

/* What GRUB gives for a machine with 128 MiB. */
static void build_good_info(void)
{
	static const u8 rsdp1[20] = "RSD PTR 1", rsdp2[36] = "RSD PTR 2";
	u32 offset;

	mb2_begin(&info);
	mb2_string_tag(&info, 1, "BOOT_IMAGE=/boot/bzImage console=ttyS0");
	mb2_string_tag(&info, 2, "GRUB 2.06-13+deb12u1");
	mb2_module_tag(&info, 0x1800000, 0x1802800, "initrd one");
	mb2_module_tag(&info, 0x1900000, 0x1900001, "dtb");
	mb2_module_tag(&info, 0x1a00000, 0x1a00100, "e820");
	mb2_meminfo_tag(&info, 639, 129920);
	offset = mb2_open_map(&info, 24);
	mb2_map_entry(&info, 24, 0, 0x9fc00, 1);
	mb2_map_entry(&info, 24, 0x9fc00, 0x400, 2);
	mb2_map_entry(&info, 24, 0x100000, 0x7ee0000, 1);
	mb2_map_entry(&info, 24, 0xfd00000000ULL, 0x300000000ULL, 2);
	mb2_close(&info, offset);
	offset = mb2_open(&info, 8);
	mb2_put_u64(&info, 0xb8000);
	mb2_put_u32(&info, 160);
	mb2_put_u32(&info, 80);
	mb2_put_u32(&info, 25);
	mb2_put(&info, "\x10\x02\x00\x00", 4);
	mb2_close(&info, offset);
	mb2_tag(&info, 14, rsdp1, sizeof(rsdp1));
	mb2_tag(&info, 15, rsdp2, sizeof(rsdp2));
	mb2_end(&info);
}

static void check_good_info(void)
{
	const struct boot_params *bp = &boot_params;

	assert_string_equal(log_text(), "");
	assert_true(bp->from_multiboot2);
	assert_string_equal(bp->command_line, "BOOT_IMAGE=/boot/bzImage console=ttyS0");
	assert_string_equal(bp->options, "");
	assert_string_equal(bp->loader_name, "GRUB 2.06-13+deb12u1");
	assert_int_equal(bp->nr_modules, 3);
	assert_int_equal(bp->modules[0].kind, MODULE_INITRD);
	assert_int_equal(bp->modules[1].kind, MODULE_DTB);
	assert_int_equal(bp->modules[2].kind, MODULE_E820);
	assert_true(bp->modules[1].start == 0x1900000 && bp->modules[1].end == 0x1900001);
	assert_true(bp->ramdisk_image == 0x1800000 && bp->ramdisk_size == 0x2800);
	assert_true(bp->have_meminfo && bp->have_mmap);
	assert_int_equal(bp->mem_lower_k, 639);
	assert_int_equal(bp->alt_mem_k, 129920);
	assert_int_equal(bp->e820_entries, 4);
	assert_true(bp->e820_map[2].addr == 0x100000 && bp->e820_map[2].size == 0x7ee0000);
	assert_true(bp->e820_map[3].addr == 0xfd00000000ULL && bp->e820_map[3].type == 2);
	assert_int_equal(bp->e820_lost_entries, 0);
	assert_true(bp->fb.present && bp->fb.addr == 0xb8000 && bp->fb.pitch == 160);
	assert_true(bp->fb.width == 80 && bp->fb.height == 25 && bp->fb.bpp == 16 &&
		    bp->fb.type == 2);
	assert_int_equal(bp->rsdp_size, 36);
	assert_memory_equal(bp->rsdp, "RSD PTR 2", 9);
	assert_false(bp->efi);
}

static void test_good_info(void **state)
{
	build_good_info();
	for (u32 misaligned = 0; misaligned < 8; misaligned++) {
		assert_int_equal(parse_at(info.size, misaligned), 0);
		check_good_info();
	}
}

/* Nothing of an earlier call is left in boot_params. */
static void test_starts_empty(void **state)
{
	build_good_info();
	parse();
	mb2_begin(&info);
	mb2_end(&info);
	assert_int_equal(parse(), 0);
	assert_string_equal(boot_params.command_line, "");
	assert_int_equal(boot_params.e820_entries + boot_params.nr_modules, 0);
	assert_false(boot_params.have_mmap || boot_params.have_meminfo || boot_params.fb.present);
}

/* The information cut anywhere: no crash, and a message. */
static void test_every_truncation(void **state)
{
	build_good_info();
	for (u32 size = 0; size < info.size; size++) {
		assert_int_equal(parse_at(size, 0), size < 8 ? -1 : 0);
		assert_true(log_has("memdawn: multiboot2: "));
	}
}

/* The same with a size field that fits: only the tags tell. */
static void test_every_total_size(void **state)
{
	u32 whole;

	build_good_info();
	whole = info.size;
	for (u32 size = 0; size < whole; size++) {
		mb2_set_u32(&info, 0, size);
		assert_int_equal(parse_at(whole, 0), size < 8 ? -1 : 0);
		assert_true(log_has("memdawn: multiboot2: "));
	}
	mb2_set_u32(&info, 0, 0xffffffff);
	assert_int_equal(parse_at(whole, 0), 0);
	assert_true(log_has("says 4294967295 bytes"));
}

/* Wrong tag sizes end the list with a message; what came before them stays. */
static void test_wrong_tag_sizes(void **state)
{
	static const u32 sizes[] = { 0, 1, 7, 25, 0x7fffffff, 0x80000000, 0xfffffff8, 0xfffffff9,
				     0xffffffff };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		u32 offset;

		mb2_begin(&info);
		mb2_string_tag(&info, 1, "first");
		offset = mb2_open(&info, 2);
		mb2_put(&info, "loader\0", 8);
		mb2_set_u32(&info, offset + 4, sizes[i]);
		mb2_tag(&info, 0, "", 0);
		mb2_set_total(&info);
		/* 25 bytes would reach one byte after the end. */
		assert_int_equal(parse(), 0);
		assert_string_equal(boot_params.command_line, "first");
		assert_string_equal(boot_params.loader_name, "");
		assert_true(log_has("tag 2 at offset 24 says"));
	}
}

/* A tag's size may run over the tags after it: they are its payload then, and nothing more. */
static void test_overlapping_tags(void **state)
{
	u32 first;

	mb2_begin(&info);
	first = info.size;
	mb2_string_tag(&info, 2, "loader");
	mb2_string_tag(&info, 1, "swallowed");
	mb2_set_u32(&info, first + 4, info.size - first);
	mb2_end(&info);
	assert_int_equal(parse(), 0);
	assert_string_equal(boot_params.loader_name, "loader");
	assert_string_equal(boot_params.command_line, "");
}

static void test_no_end_tag(void **state)
{
	mb2_begin(&info);
	mb2_string_tag(&info, 1, "x");
	mb2_set_total(&info);
	assert_int_equal(parse(), 0);
	assert_string_equal(boot_params.command_line, "x");
	assert_true(log_has("no end tag"));
}

/* Fixed parts that are cut short are told and left out. */
static void test_short_tags(void **state)
{
	static const struct { u32 type, need; } tags[] = {
		{ 3, 8 }, { 4, 8 }, { 6, 8 }, { 8, 22 }, { 14, 20 }, { 15, 36 },
	};
	static const u8 zeros[40];

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		for (u32 len = 0; len < tags[i].need; len++) {
			mb2_begin(&info);
			mb2_tag(&info, tags[i].type, zeros, len);
			mb2_end(&info);
			assert_int_equal(parse(), 0);
			assert_true(log_has("left out"));
			assert_false(boot_params.have_meminfo || boot_params.have_mmap);
			assert_false(boot_params.fb.present);
			assert_int_equal(boot_params.nr_modules + boot_params.rsdp_size, 0);
		}
}

static void parse_map_with(u32 entry_size, int entries, u32 odd_bytes)
{
	u32 offset;

	mb2_begin(&info);
	offset = mb2_open_map(&info, entry_size);
	for (int i = 0; i < entries; i++)
		mb2_map_entry(&info, entry_size, (u64)i << 32, 0x1000 + i, 1 + i % 5);
	for (u32 i = 0; i < odd_bytes; i++)
		mb2_put(&info, "\x01", 1);
	mb2_close(&info, offset);
	mb2_end(&info);
	assert_int_equal(parse(), 0);
}

static void test_map_entry_sizes(void **state)
{
	static const u32 good[] = { 20, 24, 25, 32, 40, 64 }, bad[] = { 0, 1, 8, 16, 19 };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		parse_map_with(good[i], 5, 0);
		assert_true(boot_params.have_mmap);
		assert_int_equal(boot_params.e820_entries, 5);
		for (int n = 0; n < 5; n++) {
			assert_true(boot_params.e820_map[n].addr == (u64)n << 32);
			assert_true(boot_params.e820_map[n].size == 0x1000ULL + n);
			assert_int_equal(boot_params.e820_map[n].type, 1 + n % 5);
		}
		assert_int_equal(log_has("not a multiple of 8"), good[i] % 8 != 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		parse_map_with(bad[i], 5, 0);
		assert_false(boot_params.have_mmap);
		assert_int_equal(boot_params.e820_entries, 0);
		assert_true(log_has("at least 20"));
	}
}

static void test_map_with_odd_end(void **state)
{
	parse_map_with(24, 3, 23);
	assert_int_equal(boot_params.e820_entries, 3);
	assert_true(log_has("23 bytes after the memory map's last whole entry"));
	parse_map_with(0xffffffff, 0, 40);
	assert_int_equal(boot_params.e820_entries, 0);
	parse_map_with(24, 0, 0);
	assert_true(boot_params.have_mmap);
	assert_int_equal(boot_params.e820_entries, 0);
}

/* 130 entries: the last two are counted, with their RAM. Number 128 has type 4, 129 type 5. */
static void test_too_many_map_entries(void **state)
{
	parse_map_with(24, 131, 0);
	assert_int_equal(boot_params.e820_entries, 128);
	assert_int_equal(boot_params.e820_lost_entries, 3);
	assert_true(boot_params.e820_lost_first == 128ULL << 32);
	assert_true(boot_params.e820_lost_ram == 0x1000 + 130);
}

/* UEFI machines have long maps, and types that e820 doesn't know: 127 and 128 entries all fit, and no
 * type is taken for RAM. */
static void test_uefi_map(void **state)
{
	static const u32 types[] = { 0, 1, 2, 15, 20, 0x70000000, 0x80000001, 0xffffffff };
	u32 offset;

	for (u32 entries = 127; entries <= 128; entries++) {
		mb2_begin(&info);
		offset = mb2_open_map(&info, 24);
		for (u32 i = 0; i < entries; i++)
			mb2_map_entry(&info, 24, (u64)i << 20, 1 << 20, types[i % 8]);
		mb2_close(&info, offset);
		mb2_end(&info);
		assert_int_equal(parse(), 0);
		assert_int_equal(boot_params.e820_entries, entries);
		assert_int_equal(boot_params.e820_lost_entries, 0);
		for (u32 i = 0; i < entries; i++) {
			assert_true(boot_params.e820_map[i].addr == (u64)i << 20);
			assert_true(boot_params.e820_map[i].type == types[i % 8]);
		}
	}
}

static void test_second_map(void **state)
{
	u32 offset;

	mb2_begin(&info);
	for (int i = 1; i < 3; i++) {
		offset = mb2_open_map(&info, 24);
		mb2_map_entry(&info, 24, i, i, i);
		mb2_close(&info, offset);
	}
	mb2_end(&info);
	assert_int_equal(parse(), 0);
	assert_int_equal(boot_params.e820_entries, 1);
	assert_int_equal(boot_params.e820_map[0].type, 1);
	assert_true(log_has("second memory map"));
}

static void parse_command_line(const char *line)
{
	mb2_begin(&info);
	mb2_string_tag(&info, 1, line);
	mb2_end(&info);
	assert_int_equal(parse(), 0);
}

/* Our own words go out, one space with each of them. */
static void test_command_line_split(void **state)
{
	static const char *const cases[][3] = {
		{ "a b", "a b", "" },
		{ "", "", "" },
		{ "memdawn.exit", "", "memdawn.exit" },
		{ "memdawn.exit a", "a", "memdawn.exit" },
		{ "a memdawn.exit", "a", "memdawn.exit" },
		{ "a memdawn.exit b", "a b", "memdawn.exit" },
		{ "a memdawn.x=1 memdawn.y b", "a b", "memdawn.x=1 memdawn.y" },
		{ "a memdawn.x memdawn.y", "a", "memdawn.x memdawn.y" },
		{ "a  memdawn.x  b", "a   b", "memdawn.x" },
		{ "memdawn.x=\"1 2\" b", "b", "memdawn.x=\"1 2\"" },
		{ "a=\"1 memdawn.x 2\" b", "a=\"1 memdawn.x 2\" b", "" },
		{ "memdawnx xmemdawn.y", "memdawnx xmemdawn.y", "" },
		{ " a ", " a ", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		parse_command_line(cases[i][0]);
		assert_string_equal(boot_params.command_line, cases[i][1]);
		assert_string_equal(boot_params.options, cases[i][2]);
		assert_string_equal(log_text(), "");
	}
}

static void test_command_line_too_long(void **state)
{
	static char line[6000];

	memset(line, 'x', sizeof(line) - 1);
	parse_command_line(line);
	assert_int_equal(strlen(boot_params.command_line), COMMAND_LINE_SIZE - 1);
	assert_true(log_has("longer than 2047 bytes"));
	line[COMMAND_LINE_SIZE - 1] = '\0';
	parse_command_line(line);
	assert_int_equal(strlen(boot_params.command_line), COMMAND_LINE_SIZE - 1);
	assert_string_equal(log_text(), "");
	memcpy(line, "memdawn.", 8);
	memset(line + 8, 'x', sizeof(line) - 9);
	parse_command_line(line);
	assert_string_equal(boot_params.command_line, "");
	assert_int_equal(strlen(boot_params.options), COMMAND_LINE_SIZE - 1);
	assert_true(log_has("longer than 2047 bytes"));
}

/* Strings that fill their tag to the last byte: kept, told, and not read beyond. */
static void test_strings_without_end(void **state)
{
	mb2_begin(&info);
	mb2_tag(&info, 1, "commands", 8);
	mb2_tag(&info, 2, "loader", 6);
	mb2_tag(&info, 3, "\x00\x00\x80\x01\x00\x10\x80\x01initrd", 14);
	mb2_set_total(&info);
	assert_int_equal(parse(), 0);
	assert_string_equal(boot_params.command_line, "commands");
	assert_string_equal(boot_params.loader_name, "loader");
	assert_int_equal(boot_params.nr_modules, 1);
	assert_true(log_has("the command line has no end"));
	assert_true(log_has("string of tag 2 has no end"));
	assert_true(log_has("string of tag 3 has no end"));

	mb2_begin(&info);
	mb2_tag(&info, 1, "", 0);
	mb2_tag(&info, 2, "", 0);
	mb2_set_total(&info);
	assert_int_equal(parse(), 0);
	assert_string_equal(boot_params.command_line, "");
	assert_string_equal(boot_params.loader_name, "");
}

static void test_long_loader_name(void **state)
{
	char name[100];

	memset(name, 'n', sizeof(name));
	name[99] = '\0';
	mb2_begin(&info);
	mb2_string_tag(&info, 2, name);
	mb2_end(&info);
	parse();
	assert_int_equal(strlen(boot_params.loader_name), sizeof(boot_params.loader_name) - 1);
	assert_true(log_has("has 99 bytes, only 63 are kept"));
}

static void test_modules(void **state)
{
	mb2_begin(&info);
	mb2_module_tag(&info, 0x2000, 0x2000, "empty");
	mb2_module_tag(&info, 0x3000, 0x2000, "backwards");
	mb2_module_tag(&info, 0xfffff000, 0xffffffff, "e820 map");
	mb2_module_tag(&info, 0x5000, 0x6000, "dtbx");
	mb2_module_tag(&info, 0x7000, 0x8000, "");
	for (u32 i = 0; i < 8; i++)
		mb2_module_tag(&info, 0x100000 * (i + 1), 0x100000 * (i + 1) + 1, "e820");
	mb2_end(&info);
	assert_int_equal(parse(), 0);
	assert_int_equal(boot_params.nr_modules, MAX_BOOT_MODULES);
	assert_int_equal(boot_params.modules[0].kind, MODULE_E820);
	assert_true(boot_params.modules[0].end == 0xffffffff);
	assert_int_equal(boot_params.modules[1].kind, MODULE_INITRD);
	assert_true(boot_params.ramdisk_image == 0x5000 && boot_params.ramdisk_size == 0x1000);
	assert_true(log_has("empty: left out") || log_has("is empty"));
	assert_true(log_has("a second RAM disk,  at 7000 - 8000, is left out"));
	assert_true(log_has("more than 8 modules"));
}

/* The ACPI 2 table wins, wherever it stands. */
static void test_rsdp_order(void **state)
{
	static const u8 old[20] = "old", new[40] = "new";

	for (int new_first = 0; new_first < 2; new_first++) {
		mb2_begin(&info);
		mb2_tag(&info, new_first ? 15 : 14, new_first ? new : old, new_first ? 40 : 20);
		mb2_tag(&info, new_first ? 14 : 15, new_first ? old : new, new_first ? 20 : 40);
		mb2_end(&info);
		parse();
		assert_int_equal(boot_params.rsdp_size, 36);
		assert_string_equal((char *)boot_params.rsdp, "new");
	}
}

/* A framebuffer's colours; without them it is there, and of no use. */
static void test_framebuffer_tag(void **state)
{
	static const u8 rest[] = { 32, FB_RGB, 0, 0, 16, 8, 8, 9, 0, 7 };
	u32 offset, len;

	for (len = sizeof(rest) - 1; len <= sizeof(rest); len++) {
		mb2_begin(&info);
		offset = mb2_open(&info, 8);
		mb2_put_u64(&info, 0x4c0000000ULL);
		mb2_put_u32(&info, 5120);
		mb2_put_u32(&info, 1280);
		mb2_put_u32(&info, 800);
		mb2_put(&info, rest, len);
		mb2_close(&info, offset);
		mb2_end(&info);
		parse();
		assert_true(boot_params.fb.present && boot_params.fb.addr == 0x4c0000000ULL);
		assert_true(boot_params.fb.pitch == 5120 && boot_params.fb.bpp == 32);
		assert_int_equal(boot_params.fb.type, FB_RGB);
		assert_int_equal(boot_params.fb.colours[0].position, len == sizeof(rest) ? 16 : 0);
		assert_int_equal(boot_params.fb.colours[1].size, len == sizeof(rest) ? 9 : 0);
		assert_int_equal(boot_params.fb.colours[2].size, len == sizeof(rest) ? 7 : 0);
		assert_true(log_has("tag 8 has 37 bytes, needs 38") == (len < sizeof(rest)));
	}
}

static void test_efi_tags(void **state)
{
	static const u32 types[] = { 11, 12, 17, 18, 19, 20 };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		mb2_begin(&info);
		mb2_tag(&info, types[i], "", 0);
		mb2_end(&info);
		parse();
		assert_true(boot_params.efi);
	}
}

/*
 * Random bytes changed in good information: whatever it says now, nothing is read or written
 * outside.
 */
static void test_random_damage(void **state)
{
	unsigned long runs = run_count(20000);

	for (unsigned long i = 0; i < runs; i++) {
		int changes = 1 + random_below(8);

		build_good_info();
		while (changes--) {
			u32 at = random_below(info.size);

			if (random_chance(2))
				info.bytes[at] = random_u64();
			else
				mb2_set_u32(&info, at & ~3, random_u64() >> random_below(64));
		}
		parse();
		assert_true(boot_params.e820_entries <= E820MAX);
		assert_true(boot_params.nr_modules <= MAX_BOOT_MODULES);
		assert_true(strnlen(boot_params.command_line, COMMAND_LINE_SIZE) <
			    COMMAND_LINE_SIZE);
		assert_true(strnlen(boot_params.options, COMMAND_LINE_SIZE) < COMMAND_LINE_SIZE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_info),
		cmocka_unit_test(test_starts_empty),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_total_size),
		cmocka_unit_test(test_wrong_tag_sizes),
		cmocka_unit_test(test_overlapping_tags),
		cmocka_unit_test(test_no_end_tag),
		cmocka_unit_test(test_short_tags),
		cmocka_unit_test(test_map_entry_sizes),
		cmocka_unit_test(test_map_with_odd_end),
		cmocka_unit_test(test_too_many_map_entries),
		cmocka_unit_test(test_uefi_map),
		cmocka_unit_test(test_second_map),
		cmocka_unit_test(test_command_line_split),
		cmocka_unit_test(test_command_line_too_long),
		cmocka_unit_test(test_strings_without_end),
		cmocka_unit_test(test_long_loader_name),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_rsdp_order),
		cmocka_unit_test(test_framebuffer_tag),
		cmocka_unit_test(test_efi_tags),
		cmocka_unit_test(test_random_damage),
	};

	random_init("test_multiboot2");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
