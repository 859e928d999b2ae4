// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI's tables, as far as they say how to leave the machine (ACPI Specification 6.5, chapters 5.2 and
 * 20.2.4):
 *
 *	RSDP (from the loader) -> XSDT, else RSDT -> FADT: the reset register, PM1a_CNT, PM1b_CNT
 *	                                               \-> DSDT: the object _S5_, what to write there
 *
 * They are input like any other: read.c finds out whether a table can be used, and every number that is
 * taken from it must be possible. Where something isn't, that is said and left out; the tables are read
 * in pieces, each once, so that no circle of pointers leads around.
 */
#include <asm/acpi.h>
#include <asm/acpi_tables.h>
#include <asm/early_ioremap.h>
#include <asm/processor.h>
#include <firmware/boot_params.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>

#define RSDP_REVISION		15
#define RSDP_RSDT		16
#define RSDP_XSDT		24
#define RSDP_SIZE_1		20
#define RSDP_SIZE_2		36

#define MOST_TABLES		256U

#define FADT_SIZE_1		116
#define FADT_SIZE_2		244U
#define FADT_DSDT		40
#define FADT_SMI_CMD		48
#define FADT_ACPI_ENABLE	52
#define FADT_PM1A_CNT		64
#define FADT_PM1B_CNT		68
#define FADT_FLAGS		112
#define FADT_FLAG_RESET_REG	(1U << 10)
#define FADT_FLAG_REDUCED	(1U << 20)
#define FADT_RESET_REG		116
#define FADT_RESET_VALUE	128
#define FADT_X_DSDT		140
#define FADT_X_PM1A_CNT		172
#define FADT_X_PM1B_CNT		184
#define GAS_ADDRESS		4	/* in a generic address; its first byte is the space */

/* What is mapped at once. Pieces overlap by more than the object _S5_ can have up to its second number. */
#define PIECE			(32U * 4096)
#define OVERLAP			32U

#define AML_BYTE		0x0a
#define AML_WORD		0x0b
#define AML_DWORD		0x0c
#define AML_NAME		0x08
#define AML_PACKAGE		0x12
#define AML_ONES		0xff
#define MOST_SLEEP_TYPE		7	/* three bits */

struct acpi_exits acpi_exits;

/* Where the FADT is, by a table of addresses of entry_size bytes each; 0: it has none. */
static u64 __init find_fadt(u64 addr, u32 length, u32 entry_size)
{
	u32 i, nr = min((length - ACPI_HEADER_SIZE) / entry_size, MOST_TABLES);
	u8 entry[8] = { 0 }, signature[4];
	u64 table;

	for (i = 0; i < nr; i++) {
		acpi_read_memory(addr + ACPI_HEADER_SIZE + i * entry_size, entry, entry_size);
		table = acpi_get_u64(entry);
		if (!acpi_is_memory(table, sizeof(signature)))
			continue;
		acpi_read_memory(table, signature, sizeof(signature));
		if (!memcmp(signature, "FACP", sizeof(signature)))
			return table;
	}
	return 0;
}

static u64 __init fadt_by(const char *signature, u64 addr, u32 entry_size)
{
	u32 length = addr ? acpi_check_table(addr, signature, ACPI_HEADER_SIZE) : 0;

	return length ? find_fadt(addr, length, entry_size) : 0;
}

/* By the newer list, if there is one that can be used, else by the older. */
static u64 __init fadt_address(void)
{
	const u8 *rsdp = boot_params.rsdp;
	bool newer;
	u64 found = 0;

	if (boot_params.rsdp_size < RSDP_SIZE_1)
		return 0;
	if (memcmp(rsdp, "RSD PTR ", 8) || acpi_sum(rsdp, RSDP_SIZE_1)) {
		printk(KERN_WARNING "memdawn: acpi: the loader's RSDP has a wrong signature or checksum: not used\n");
		return 0;
	}
	newer = rsdp[RSDP_REVISION] >= 2 && boot_params.rsdp_size >= RSDP_SIZE_2 &&
		!acpi_sum(rsdp, RSDP_SIZE_2);
	if (newer)
		found = fadt_by("XSDT", acpi_get_u64(rsdp + RSDP_XSDT), 8);
	return found ?: fadt_by("RSDT", acpi_get_u32(rsdp + RSDP_RSDT), 4);
}

/* The length of a package's length at p: 1 to 4 bytes, of which the first says how many. */
static u32 __init package_length_size(u8 first)
{
	return 1 + (first >> 6);
}

/* One of the package's numbers; moves *p on. -1: it is none, or the piece ends. */
static int __init take_number(const u8 **p, const u8 *end)
{
	u32 bytes = 0, value = 0;

	if (*p >= end)
		return -1;
	switch (*(*p)++) {
	case 0:
	case 1:
		return (*p)[-1];
	case AML_BYTE:
		bytes = 1;
		break;
	case AML_WORD:
		bytes = 2;
		break;
	case AML_DWORD:
		bytes = 4;
		break;
	default:
		return -1;
	}
	if ((u32)(end - *p) < bytes)
		return -1;
	memcpy(&value, *p, bytes);
	*p += bytes;
	return value <= MOST_SLEEP_TYPE ? (int)value : -1;
}

/* Name (_S5_, Package () {a, b, ...}), its name at p. */
static bool __init take_s5(const u8 *p, const u8 *end)
{
	int a, b;

	p += 4;
	if (end - p < 3 || *p++ != AML_PACKAGE)
		return false;
	p += package_length_size(*p);
	if (p >= end || *p++ < 1)		/* how many there are */
		return false;
	a = take_number(&p, end);
	b = take_number(&p, end);
	if (a < 0)
		return false;
	acpi_exits.sleep_type[0] = a;
	acpi_exits.sleep_type[1] = b < 0 ? 0 : b;
	return true;
}

/* Of names in the last bytes of a piece only the next piece has all, if there is one. */
static bool __init search_s5(const u8 *piece, u32 n, bool last)
{
	u32 i, end = last ? n : n - OVERLAP + 6;

	for (i = 1; i + 4 <= end; i++) {
		if (piece[i] != '_' || memcmp(piece + i, "_S5_", 4))
			continue;
		if ((piece[i - 1] == AML_NAME ||
		     (piece[i - 1] == '\\' && i > 1 && piece[i - 2] == AML_NAME)) &&
		    take_s5(piece + i, piece + n))
			return true;
	}
	return false;
}

/* Of AML nothing is understood but this one object. */
static bool __init find_s5(u64 dsdt)
{
	u32 length = acpi_check_table(dsdt, "DSDT", ACPI_HEADER_SIZE), at, n;
	bool found = false;
	u8 *p;

	for (at = ACPI_HEADER_SIZE; at < length && !found; at += PIECE - OVERLAP) {
		n = min(length - at, PIECE);
		p = early_memremap(dsdt + at, n);
		found = search_s5(p, n, at + n == length);
		early_iounmap(p, n);
	}
	if (length && !found)
		printk(KERN_WARNING "memdawn: acpi: the DSDT at %llx has no _S5_ that says how to switch "
		       "off\n", dsdt);
	return found;
}

/* A port of 16 bits that a newer or an older field names, 0: none. */
static u16 __init port(const u8 *fadt, u32 newer, u32 older)
{
	u64 address = acpi_get_u64(fadt + newer + GAS_ADDRESS);

	if (fadt[newer] != ACPI_PORT || !address)
		address = acpi_get_u32(fadt + older);
	return address < 0xffff ? address : 0;
}

static void __init take_reset(const u8 *fadt)
{
	struct acpi_register reset = { fadt[FADT_RESET_REG], acpi_get_u64(fadt + FADT_RESET_REG + GAS_ADDRESS) };
	u64 limit = reset.space == ACPI_PORT ? 0x10000 : reset.space == ACPI_PCI ? 0x2000000000ULL :
		    1ULL << boot_cpu_data.x86_phys_bits;

	if (!(acpi_get_u32(fadt + FADT_FLAGS) & FADT_FLAG_RESET_REG))
		return;
	if (reset.space > ACPI_PCI || !reset.address || reset.address >= limit) {
		printk(KERN_WARNING "memdawn: acpi: no reset register can be at %llx of space %u\n",
		       reset.address, reset.space);
		return;
	}
	acpi_exits.can_reset = true;
	acpi_exits.reset = reset;
	acpi_exits.reset_value = fadt[FADT_RESET_VALUE];
}

static void __init take_power_off(const u8 *fadt)
{
	u64 dsdt = acpi_get_u64(fadt + FADT_X_DSDT) ?: acpi_get_u32(fadt + FADT_DSDT);
	u32 smi_command = acpi_get_u32(fadt + FADT_SMI_CMD);

	acpi_exits.pm1_control[0] = port(fadt, FADT_X_PM1A_CNT, FADT_PM1A_CNT);
	acpi_exits.pm1_control[1] = port(fadt, FADT_X_PM1B_CNT, FADT_PM1B_CNT);
	if (!acpi_exits.pm1_control[0] || acpi_get_u32(fadt + FADT_FLAGS) & FADT_FLAG_REDUCED)
		return;
	if (smi_command < 0x10000 && fadt[FADT_ACPI_ENABLE]) {
		acpi_exits.smi_command = smi_command;
		acpi_exits.acpi_enable = fadt[FADT_ACPI_ENABLE];
	}
	acpi_exits.can_power_off = find_s5(dsdt);
}

/**
 * acpi_find_exits - find out how the machine can be reset and switched off
 *
 * Fills acpi_exits. boot_params must be filled, early_memremap() work, and nobody have overwritten the
 * tables; what can't be used of them is said.
 */
void __init acpi_find_exits(void)
{
	u8 fadt[FADT_SIZE_2] = { 0 };
	u64 addr = fadt_address();
	u32 length = addr ? acpi_check_table(addr, "FACP", FADT_SIZE_1) : 0;

	memset(&acpi_exits, 0, sizeof(acpi_exits));
	if (!length)
		return;
	acpi_read_memory(addr, fadt, min(length, FADT_SIZE_2));	/* an older one has no newer fields */
	take_reset(fadt);
	take_power_off(fadt);
}
