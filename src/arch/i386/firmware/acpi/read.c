// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading ACPI's tables. They are input like any other: a table is used only if all of it lies in one
 * entry of the memory map, and its signature, its length and its checksum are right.
 */
#include <asm/acpi_tables.h>
#include <asm/early_ioremap.h>
#include <asm/processor.h>
#include <firmware/boot_params.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>

#define HEADER_LENGTH		4
#define LONGEST_TABLE		(4U << 20)
#define PIECE			(32U * 4096)	/* what is mapped at once */

/**
 * acpi_get_u32 - a number of a table
 * @p: its 4 bytes, little-endian, any alignment
 */
u32 __init acpi_get_u32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/**
 * acpi_get_u64 - a number of a table
 * @p: its 8 bytes, little-endian, any alignment
 */
u64 __init acpi_get_u64(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/**
 * acpi_sum - what bytes add up to
 * @p: the first
 * @n: how many
 *
 * Return: the sum of which the specification says that it is 0.
 */
u8 __init acpi_sum(const u8 *p, u32 n)
{
	u8 total = 0;

	while (n--)
		total += *p++;
	return total;
}

/**
 * acpi_is_memory - does a piece of memory lie inside one entry of the firmware's memory map?
 * @addr: physical address
 * @size: bytes, at least 1
 *
 * What stands in none may be a device, or nothing.
 */
bool __init acpi_is_memory(u64 addr, u32 size)
{
	struct phys_range range = phys_span(addr, size);
	u32 i;

	if (range.end - range.start != size || (range.end - 1) >> boot_cpu_data.x86_phys_bits)
		return false;
	for (i = 0; i < boot_params.e820_entries; i++) {
		const struct e820entry *ei = &boot_params.e820_map[i];

		if (phys_range_within(range, phys_span(ei->addr, ei->size)))
			return true;
	}
	return false;
}

/**
 * acpi_read_memory - copy bytes of a table
 * @addr: physical address; acpi_is_memory() must have said yes
 * @dst: where to
 * @size: bytes, at most 128 KiB
 */
void __init acpi_read_memory(u64 addr, void *dst, u32 size)
{
	void *p = early_memremap(addr, size);

	memcpy(dst, p, size);
	early_iounmap(p, size);
}

static u8 __init sum_memory(u64 addr, u32 size)
{
	u8 total = 0;
	u32 n;
	u8 *p;

	for (; size; addr += n, size -= n) {
		n = min(size, PIECE);
		p = early_memremap(addr, n);
		total += acpi_sum(p, n);
		early_iounmap(p, n);
	}
	return total;
}

/**
 * acpi_check_table - can a table be used?
 * @addr: its physical address
 * @signature: the four letters that it must have
 * @least: the bytes that it must have at least, its header among them
 *
 * Return: its length; 0, with a message, if it can't be used.
 */
u32 __init acpi_check_table(u64 addr, const char *signature, u32 least)
{
	u8 header[ACPI_HEADER_SIZE];
	const char *why;
	u32 length = 0;

	if (!acpi_is_memory(addr, sizeof(header))) {
		why = "it is not in the memory map";
	} else {
		acpi_read_memory(addr, header, sizeof(header));
		length = acpi_get_u32(header + HEADER_LENGTH);
		if (memcmp(header, signature, 4))
			why = "it has another signature";
		else if (length < least || length > LONGEST_TABLE)
			why = "its length can't be";
		else if (!acpi_is_memory(addr, length))
			why = "it ends outside of the memory map";
		else if (sum_memory(addr, length))
			why = "its checksum is wrong";
		else
			return length;
	}
	printk(KERN_WARNING "memdawn: acpi: the %s at %llx, %u bytes, is not used: %s\n", signature, addr,
	       length, why);
	return 0;
}
