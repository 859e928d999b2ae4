// SPDX-License-Identifier: GPL-2.0-only
/* src/arch/i386/firmware/fw_cfg.c: QEMU's device, another machine's silence, and a device gone mad. */
#include <asm/io.h>
#include <firmware/fw_cfg.h>
#include <lib/kernel.h>

#include <host.h>

#define SELECTOR	0x510
#define DATA		0x511
#define DIR_ITEM	0x19

/* The device: items as bytes, by number; after an item's end come zeros. */
static struct item {
	const u8 *bytes;
	size_t size;
} items[0x40];

static unsigned int selected, position;
static int floating = -1;	/* what an empty bus reads as; -1: there is a device */
static unsigned long reads;

u8 inb(u16 port)
{
	const struct item *item = &items[selected % ARRAY_SIZE(items)];

	assert_int_equal(port, DATA);
	reads++;
	if (floating >= 0)
		return floating;
	return selected < ARRAY_SIZE(items) && position < item->size ? item->bytes[position++] : 0;
}

void outw(u16 v, u16 port)
{
	assert_int_equal(port, SELECTOR);
	selected = v;
	position = 0;
}

/* Puts a directory entry at p: big-endian size and item, then the name. */
static u8 *put_file(u8 *p, u32 size, u16 item, const char *name)
{
	memset(p, 0, 64);
	for (int i = 0; i < 4; i++)
		p[i] = size >> (24 - 8 * i);
	p[4] = item >> 8;
	p[5] = item;
	memcpy(p + 8, name, strlen(name) < 56 ? strlen(name) : 56);
	return p + 64;
}

static u8 directory[4 + 4 * 64];
static const char long_name[] = "opt/a-name-of-fifty-six-characters-without-an-end-behind";

static int set_up(void **state)
{
	u8 *p = directory + 4;

	memcpy(directory, "\0\0\0\4", 4);
	p = put_file(p, 3, 0x21, "etc/acpi/tables");
	p = put_file(p, 0x12345678, 0x22, "opt/memdawn/e820.old");
	p = put_file(p, 5, 0x23, "opt/memdawn/e820");
	p = put_file(p, 1, 0x24, long_name);
	assert_ptr_equal(p, directory + sizeof(directory));
	memset(items, 0, sizeof(items));
	items[0] = (struct item){ (const u8 *)"QEMU", 4 };
	items[DIR_ITEM] = (struct item){ directory, sizeof(directory) };
	items[0x23] = (struct item){ (const u8 *)"\1\2\3\4\5", 5 };
	floating = -1;
	reads = 0;
	log_clear();
	return 0;
}

static void test_found(void **state)
{
	u8 bytes[7];
	u32 size;

	assert_true(fw_cfg_open("opt/memdawn/e820", &size));
	assert_int_equal(size, 5);
	fw_cfg_read(bytes, 2);
	fw_cfg_read(bytes + 2, 5);
	assert_memory_equal(bytes, "\1\2\3\4\5\0\0", 7);
	assert_string_equal(log_text(), "");
	assert_true(fw_cfg_open("opt/memdawn/e820.old", &size));
	assert_int_equal(size, 0x12345678);
	assert_int_equal(selected, 0x22);
	assert_int_equal(strlen(long_name), 56);
	assert_true(fw_cfg_open(long_name, &size));
	assert_int_equal(selected, 0x24);
}

static void test_not_found(void **state)
{
	u32 size;

	assert_false(fw_cfg_open("opt/memdawn/e82", &size));
	assert_true(log_has("memdawn: fw_cfg: none of the 4 files is opt/memdawn/e82: start QEMU with "
			    "-fw_cfg name=opt/memdawn/e82,file=..."));
}

static void test_no_device(void **state)
{
	static const int bus[] = { 0xff, 0 };
	u32 size;

	for (size_t i = 0; i < ARRAY_SIZE(bus); i++) {
		floating = bus[i];
		log_clear();
		assert_false(fw_cfg_open("opt/memdawn/e820", &size));
		assert_true(log_has("memdawn: fw_cfg: the machine has no such device"));
	}
}

/* A directory of 2^32 - 1 files ends all the same. */
static void test_endless_directory(void **state)
{
	u32 size;

	memset(directory, 0xff, 4);
	assert_false(fw_cfg_open("opt/memdawn/none", &size));
	assert_true(reads <= 8 + 0x4000 * 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_found, set_up),
		cmocka_unit_test_setup(test_not_found, set_up),
		cmocka_unit_test_setup(test_no_device, set_up),
		cmocka_unit_test_setup(test_endless_directory, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
