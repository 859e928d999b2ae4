// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/arch/i386/firmware/acpi: tables as machines have them, tables that can't be, and what is written
 * to which port. Numbers are the ACPI Specification's.
 */
#include <asm/acpi.h>
#include <asm/io.h>
#include <asm/ioremap.h>
#include <firmware/boot_params.h>
#include <kernel/reboot.h>
#include <lib/kernel.h>

#include <host.h>

#include <acpi_stand_ins.h>

#define RSDT	0x7fe0000ULL
#define XSDT	0x7fe1000ULL
#define FADT	0x7fe2000ULL
#define DSDT	0x7fe4000ULL
#define OTHER	0x7fe3000ULL

/* Name (_S5_, Package () {5, 6, 0, 0}), between other AML. */
static const u8 s5[] = { 0x10, 0x05, 0x08, '_', 'S', '5', '_', 0x12, 0x08, 0x04,
			 0x0a, 0x05, 0x0a, 0x06, 0x00, 0x00, 0x5b, 0x82 };

static u8 rsdp[36], rsdt[44], xsdt[52], fadt[244], dsdt[36 + sizeof(s5)], other[36];

static void set_u32(u8 *p, u32 v)
{
	memcpy(p, &v, sizeof(v));
}

static void set_u64(u8 *p, u64 v)
{
	memcpy(p, &v, sizeof(v));
}

static void header(u8 *table, const char *signature, u32 size)
{
	memset(table, 0, size);
	memcpy(table, signature, 4);
	set_u32(table + 4, size);
}

static void generic_address(u8 *p, u8 space, u64 address)
{
	p[0] = space;
	p[1] = 8;
	set_u64(p + 4, address);
}

/* A machine like QEMU's q35 under UEFI. */
static void make_tables(void)
{
	memset(rsdp, 0, sizeof(rsdp));
	memcpy(rsdp, "RSD PTR ", 8);
	rsdp[15] = 2;
	set_u32(rsdp + 16, RSDT);
	set_u32(rsdp + 20, 36);
	set_u64(rsdp + 24, XSDT);
	header(rsdt, "RSDT", sizeof(rsdt));
	set_u32(rsdt + 36, OTHER);
	set_u32(rsdt + 40, FADT);
	header(xsdt, "XSDT", sizeof(xsdt));
	set_u64(xsdt + 36, OTHER);
	set_u64(xsdt + 44, FADT);
	header(other, "APIC", sizeof(other));
	header(fadt, "FACP", sizeof(fadt));
	set_u32(fadt + 40, DSDT);
	set_u32(fadt + 48, 0xb2);
	fadt[52] = 2;
	set_u32(fadt + 64, 0x604);
	set_u32(fadt + 112, 1 << 10);
	generic_address(fadt + 116, 1, 0xcf9);
	fadt[128] = 0x0f;
	header(dsdt, "DSDT", sizeof(dsdt));
	memcpy(dsdt + 36, s5, sizeof(s5));
}

/* Places them, with the memory map and rsdp_size bytes of the loader's copy. */
static void place(u32 rsdp_size)
{
	acpi_begin();
	acpi_seal(rsdp, 20, 8);
	acpi_seal(rsdp, 36, 32);
	acpi_seal(rsdt, sizeof(rsdt), 9);
	acpi_seal(xsdt, sizeof(xsdt), 9);
	acpi_seal(fadt, sizeof(fadt), 9);
	acpi_seal(dsdt, sizeof(dsdt), 9);
	acpi_place(RSDT, rsdt, sizeof(rsdt));
	acpi_place(XSDT, xsdt, sizeof(xsdt));
	acpi_place(FADT, fadt, sizeof(fadt));
	acpi_place(DSDT, dsdt, sizeof(dsdt));
	acpi_place(OTHER, other, sizeof(other));
	memcpy(boot_params.rsdp, rsdp, rsdp_size);
	boot_params.rsdp_size = rsdp_size;
	boot_params.e820_entries = 2;
	boot_params.e820_map[0] = (struct e820entry){ 0x100000, 0x7ee0000, E820_RAM };
	boot_params.e820_map[1] = (struct e820entry){ 0x7fe0000, 0x20000, E820_ACPI };
}

static void find_placed(void)
{
	log_clear();
	acpi_find_exits();
	assert_true(acpi_all_unmapped());
}

static void find(u32 rsdp_size)
{
	place(rsdp_size);
	find_placed();
}

/* The same with one byte of a table changed after it was sealed. */
static void spoil(u64 table, u32 at)
{
	place(36);
	acpi_placed(table)[at] ^= 0x10;
	find_placed();
}

static bool found_nothing(void)
{
	return !acpi_exits.can_reset && !acpi_exits.can_power_off;
}

static void check_good(void)
{
	assert_string_equal(log_text(), "");
	assert_true(acpi_exits.can_reset && acpi_exits.reset.space == ACPI_PORT);
	assert_true(acpi_exits.reset.address == 0xcf9);
	assert_int_equal(acpi_exits.reset_value, 0x0f);
	assert_true(acpi_exits.can_power_off);
	assert_int_equal(acpi_exits.pm1_control[0], 0x604);
	assert_int_equal(acpi_exits.pm1_control[1], 0);
	assert_int_equal(acpi_exits.sleep_type[0], 5);
	assert_int_equal(acpi_exits.sleep_type[1], 6);
	assert_int_equal(acpi_exits.smi_command, 0xb2);
	assert_int_equal(acpi_exits.acpi_enable, 2);
}

static void test_good(void **state)
{
	make_tables();
	find(36);
	check_good();
	find(20);				/* by the older list */
	check_good();
	rsdp[15] = 0;
	find(36);
	check_good();
	make_tables();				/* a list that is broken: by the other */
	memcpy(xsdt, "XSDX", 4);
	find(36);
	assert_true(log_has("the XSDT at 7fe1000") && log_has("another signature"));
	assert_true(acpi_exits.can_reset && acpi_exits.can_power_off);
}

/* Without any table nothing is said. */
static void test_none(void **state)
{
	make_tables();
	find(0);
	assert_true(found_nothing());
	assert_string_equal(log_text(), "");
}

/* The newer fields win over the older ones. */
static void test_newer_fields(void **state)
{
	make_tables();
	set_u32(fadt + 40, 0x123);
	set_u64(fadt + 140, DSDT);
	generic_address(fadt + 172, 1, 0x1804);
	generic_address(fadt + 184, 1, 0x1904);
	generic_address(fadt + 116, 0, 0x3fed9000ULL);
	find(36);
	assert_int_equal(acpi_exits.pm1_control[0], 0x1804);
	assert_int_equal(acpi_exits.pm1_control[1], 0x1904);
	assert_true(acpi_exits.can_power_off && acpi_exits.can_reset);
	assert_true(acpi_exits.reset.space == ACPI_MEMORY && acpi_exits.reset.address == 0x3fed9000ULL);
}

/* Each byte of each table, changed: its checksum is wrong, so it isn't used. */
static void test_every_byte(void **state)
{
	unsigned int at;

	for (at = 0; at < sizeof(fadt); at++) {
		make_tables();
		spoil(FADT, at);
		assert_true(found_nothing());
	}
	for (at = 0; at < sizeof(dsdt); at++) {
		make_tables();
		spoil(DSDT, at);
		assert_true(acpi_exits.can_reset && !acpi_exits.can_power_off);
	}
	for (at = 0; at < sizeof(xsdt); at++) {
		make_tables();
		spoil(XSDT, at);
		assert_true(acpi_exits.can_power_off);	/* by the RSDT */
		assert_true(log_has("the XSDT at 7fe1000"));
	}
}

/* Lengths that can't be, places that aren't memory, circles. */
static void test_hostile(void **state)
{
	static const u32 lengths[] = { 0, 1, 35, 115, (4 << 20) + 1, 0x80000000, 0xffffffff };
	static const u64 places[] = { 0, 0xfed00000, 0x7ffffff0, 0xfffffffffffffff0ULL, 1ULL << 36,
				      0x80000000, 0x7fffffe, ~0ULL };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		make_tables();
		set_u32(fadt + 4, lengths[i]);
		find(36);
		assert_true(found_nothing());
		assert_true(log_has("the FACP at 7fe2000") && log_has("its length can't be"));
		make_tables();
		set_u32(dsdt + 4, lengths[i] == 115 ? 0 : lengths[i]);
		find(36);
		assert_true(acpi_exits.can_reset && !acpi_exits.can_power_off);
		make_tables();
		set_u32(xsdt + 4, lengths[i] == 115 ? 0 : lengths[i]);
		set_u32(rsdt + 4, lengths[i] == 115 ? 0 : lengths[i]);
		find(36);
		assert_true(found_nothing());
	}
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		make_tables();
		set_u64(rsdp + 24, places[i]);
		set_u32(rsdp + 16, places[i]);
		find(36);
		assert_true(found_nothing());
		make_tables();
		set_u64(xsdt + 44, places[i]);
		set_u32(rsdt + 40, places[i]);
		find(36);
		assert_true(found_nothing());
		make_tables();
		set_u32(fadt + 40, 0);
		set_u64(fadt + 140, places[i]);
		find(36);
		assert_true(acpi_exits.can_reset && !acpi_exits.can_power_off);
	}
	make_tables();				/* every table points to itself or to the list before it */
	set_u64(xsdt + 36, XSDT);
	set_u64(xsdt + 44, XSDT);
	set_u32(rsdt + 36, XSDT);
	set_u32(rsdt + 40, RSDT);
	find(36);
	assert_true(found_nothing());
	make_tables();
	set_u32(fadt + 40, FADT);
	find(36);
	assert_false(acpi_exits.can_power_off);
	make_tables();				/* longer than the memory map's entry */
	set_u32(dsdt + 4, 0x20000);
	find(36);
	assert_true(log_has("ends outside of the memory map") && !acpi_exits.can_power_off);
}

/* Registers that can't be. */
static void test_registers(void **state)
{
	static const struct {
		u8 space;
		u64 address;
		bool possible;
	} resets[] = {
		{ 1, 0xcf9, true }, { 1, 0xffff, true }, { 1, 0x10000, false }, { 1, 0, false },
		{ 0, 0xfed00000, true }, { 0, 0, false }, { 0, 1ULL << 36, false }, { 0, ~0ULL, false },
		{ 2, 0x1f000000acULL, true }, { 2, 0x2000000000ULL, false }, { 3, 0xcf9, false },
		{ 127, 0xcf9, false }, { 255, 0xcf9, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(resets); i++) {
		make_tables();
		generic_address(fadt + 116, resets[i].space, resets[i].address);
		find(36);
		assert_true(acpi_exits.can_reset == resets[i].possible);
		assert_true(log_has("no reset register can be at") != resets[i].possible);
	}
	make_tables();
	set_u32(fadt + 112, 0);			/* there is none */
	find(36);
	assert_true(!acpi_exits.can_reset && acpi_exits.can_power_off);
	make_tables();
	set_u32(fadt + 112, 1 << 20);		/* there are no PM1 registers */
	find(36);
	assert_false(acpi_exits.can_power_off);
	make_tables();
	set_u32(fadt + 64, 0x10004);
	find(36);
	assert_false(acpi_exits.can_power_off);
	make_tables();
	set_u32(fadt + 48, 0);			/* in ACPI's mode from the start */
	find(36);
	assert_true(acpi_exits.can_power_off && !acpi_exits.smi_command);
}

/* An FADT of ACPI 1.0 ends before the newer fields, a reset register among them. */
static void test_old_fadt(void **state)
{
	u8 *table;

	make_tables();
	place(36);
	table = acpi_placed(FADT);
	set_u32(table + 4, 116);
	acpi_seal(table, 116, 9);
	find_placed();
	assert_true(acpi_exits.can_power_off);
	assert_false(acpi_exits.can_reset);
}

/* Ways in which AML may have it, and what only looks like it. */
static void test_s5(void **state)
{
	static const struct {
		u8 aml[18];
		int a, b;		/* -1: none */
	} cases[] = {
		{ { 8, '_', 'S', '5', '_', 0x12, 6, 4, 0, 0, 0, 0 }, 0, 0 },
		{ { 8, '_', 'S', '5', '_', 0x12, 6, 2, 1, 1 }, 1, 1 },
		{ { 8, '\\', '_', 'S', '5', '_', 0x12, 6, 1, 10, 7 }, 7, 0 },
		{ { 8, '_', 'S', '5', '_', 0x12, 0x46, 0, 2, 10, 5, 11, 3, 0 }, 5, 3 },
		{ { 8, '_', 'S', '5', '_', 0x12, 6, 2, 12, 4, 0, 0, 0, 1 }, 4, 1 },
		{ { 8, '_', 'S', '5', '_', 0x12, 6, 2, 10, 8, 0 }, -1, 0 },	/* 3 bits */
		{ { 8, '_', 'S', '5', '_', 0x12, 6, 2, 0xff }, -1, 0 },
		{ { 8, '_', 'S', '5', '_', 0x12, 6, 0, 1, 1 }, -1, 0 },
		{ { 8, '_', 'S', '5', '_', 0x13, 6, 2, 1, 1 }, -1, 0 },
		{ { 9, '_', 'S', '5', '_', 0x12, 6, 2, 1, 1 }, -1, 0 },
		{ { 8, '_', 'S', '4', '_', 0x12, 6, 2, 1, 1 }, -1, 0 },
		{ { 8, '_', 'S', '4', '_', 8, '_', 'S', '5', '_', 0x12, 6, 2, 1, 0 }, 1, 0 },
		/* The table ends within it. */
		{ { [13] = 8, '_', 'S', '5', '_' }, -1, 0 },
		{ { [12] = 8, '_', 'S', '5', '_', 0x12 }, -1, 0 },
		{ { [11] = 8, '_', 'S', '5', '_', 0x12, 0xc6 }, -1, 0 },
		{ { [9] = 8, '_', 'S', '5', '_', 0x12, 6, 1, 10 }, -1, 0 },
		{ { [8] = 8, '_', 'S', '5', '_', 0x12, 6, 1, 10, 3 }, 3, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		make_tables();
		memcpy(dsdt + 36, cases[i].aml, sizeof(cases[i].aml));
		find(36);
		assert_true(acpi_exits.can_power_off == (cases[i].a >= 0));
		assert_true(log_has("has no _S5_") == (cases[i].a < 0));
		if (cases[i].a < 0)
			continue;
		assert_int_equal(acpi_exits.sleep_type[0], cases[i].a);
		assert_int_equal(acpi_exits.sleep_type[1], cases[i].b);
	}
}

/* A long DSDT is read in pieces; the object may lie across their border. */
static void test_long_dsdt(void **state)
{
	u32 size = 400 * 1024, at;
	u8 *large = calloc(size, 1);

	for (at = 0; at < 100; at++) {
		u32 where = 32 * 4096 - 20 + at;

		make_tables();
		header(large, "DSDT", size);
		memcpy(large + where, s5, sizeof(s5));
		acpi_seal(large, size, 9);
		set_u64(fadt + 140, 0x100000);
		place(36);
		acpi_place(0x100000, large, size);
		find_placed();
		assert_true(acpi_exits.can_power_off);
		assert_int_equal(acpi_exits.sleep_type[1], 6);
	}
	free(large);
}

/* What is written where. */
static char written[400];
static u16 ports[2];			/* PM1a_CNT, PM1b_CNT */

static void note(const char *what, u32 v, u32 where)
{
	size_t n = strlen(written);

	snprintf(written + n, sizeof(written) - n, "%s %x %x;", what, v, where);
}

u8 inb(u16 port)
{
	return 0xff;
}

u16 inw(u16 port)
{
	return ports[port == 0x1904];
}

u32 inl(u16 port)
{
	return 0;
}

void outb(u8 v, u16 port)
{
	note("b", v, port);
	if (port == 0xb2)
		ports[0] |= 1;
}

void outw(u16 v, u16 port)
{
	note("w", v, port);
	ports[port == 0x1904] = v;
}

void outl(u32 v, u16 port)
{
	note("l", v, port);
}

void delay_10ms(void)
{
}

void delay_seconds(unsigned int seconds)
{
	note("s", seconds, 0);
}

static u8 window_byte;

void *ioremap_window(resource_size_t phys_addr, unsigned long size, pgprot_t prot)
{
	note("map", size, phys_addr);
	return &window_byte;
}

static const char *by(void (*leave)(void))
{
	written[0] = '\0';
	leave();
	return written;
}

static void test_leaving(void **state)
{
	make_tables();
	generic_address(fadt + 184, 1, 0x1904);
	find(36);
	ports[0] = 0xe402;
	ports[1] = 0;
	assert_string_equal(by(acpi_power_off), "b 2 b2;w d403 604;w 1800 1904;w f403 604;w 3800 1904;s 1 0;");
	ports[0] = 1;				/* in ACPI's mode already */
	assert_string_equal(by(acpi_power_off), "w 1401 604;w 1800 1904;w 3401 604;w 3800 1904;s 1 0;");
	assert_string_equal(by(acpi_reset), "b f cf9;s 1 0;");
	generic_address(fadt + 116, 0, 0xfed00000);
	find(36);
	assert_string_equal(by(acpi_reset), "map 1 fed00000;s 1 0;");
	assert_int_equal(window_byte, 0x0f);
	generic_address(fadt + 116, 2, 0x1f000300aeULL);
	find(36);
	assert_string_equal(by(acpi_reset), "l 8000fbac cf8;b f cfe;s 1 0;");
	find(0);
	assert_string_equal(by(acpi_power_off), "");
	assert_string_equal(by(acpi_reset), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_newer_fields),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_old_fadt),
		cmocka_unit_test(test_s5),
		cmocka_unit_test(test_long_dsdt),
		cmocka_unit_test(test_leaving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
