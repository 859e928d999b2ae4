// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of ACPI's tables, as the boot of a machine with several nodes wants it (ACPI Specification 6.5,
 * chapter 5.2):
 *
 *	RSDP -> XSDT, else RSDT -> FADT, APIC (the MADT), SRAT, SLIT, ...
 *	                             \-> DSDT, FACS
 *
 * Every table gets its line in the log. Of those that are asked for later it is found out once whether
 * they can be used: read.c's checks, and entries that follow each other without a gap up to the end.
 */
#include <asm/acpi_boot.h>
#include <asm/acpi_entries.h>
#include <asm/acpi_tables.h>
#include <asm/early_ioremap.h>
#include <firmware/boot_params.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/string.h>

#define MOST_TABLES	128

#define BIOS_EBDA_WORD	0x40e	/* u16: the EBDA's real-mode segment */
#define EBDA_WINDOW	1024
#define BIOS_WINDOW	0xe0000
#define BIOS_WINDOW_END	0x100000
#define RSDP_STEP	16

#define RSDP_SIZE_1	20
#define RSDP_SIZE_2	36
#define RSDP_OEM_ID	9
#define RSDP_REVISION	15
#define RSDP_RSDT	16
#define RSDP_LENGTH	20
#define RSDP_XSDT	24

#define HEADER_LENGTH	4
#define HEADER_REVISION	8
#define HEADER_OEM_ID	10
#define HEADER_TABLE_ID	16
#define HEADER_OEM_REV	24
#define HEADER_COMPILER	28
#define HEADER_COMP_REV	32

#define FADT_FACS	36
#define FADT_DSDT	40
#define FADT_SIZE_1	116U
#define FADT_X_FACS	132
#define FADT_X_DSDT	140
#define FADT_SIZE_2	148U	/* up to X_DSDT */

/* What early_memremap() shows at once, wherever the table begins in its first page. */
#define LONGEST_READ	(63U * 4096)

/* A table that is asked for: where its entries begin, 0 if it has none. */
static const struct wanted {
	char signature[5];
	u32 least, entries;
} wanted[] __initconst = {
	{ "FACP", FADT_SIZE_1, 0 }, { "APIC", 44, 44 }, { "SRAT", 48, 48 }, { "SLIT", 44, 0 },
};

/* What was found of each; the first of several. Length 0: nothing that can be used. */
static struct {
	u64 addr;
	u32 length;
} found[ARRAY_SIZE(wanted)] __initdata;

static u8 rsdp[RSDP_SIZE_2] __initdata;

/* n letters; what can't be printed is a question mark. */
static const char * __init printable(char *to, const u8 *from, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n && from[i]; i++)
		to[i] = isprint(from[i]) ? (char)from[i] : '?';
	to[i] = '\0';
	return to;
}

/* --- RSDP ----------------------------------------------------------------------------------- */

static bool __init is_rsdp(const u8 *p)
{
	return !memcmp(p, "RSD PTR ", 8) && !acpi_sum(p, RSDP_SIZE_1) &&
	       (p[RSDP_REVISION] < 2 || !acpi_sum(p, RSDP_SIZE_2));
}

/* Its physical address in size bytes from start on, 0: there is none. */
static u32 __init scan_for_rsdp(u32 start, u32 size)
{
	u8 *p = early_memremap(start, size);
	u32 at, result = 0;

	for (at = 0; at + RSDP_SIZE_1 <= size && !result; at += RSDP_STEP) {
		if (memcmp(p + at, "RSD PTR ", 8))
			continue;
		memset(rsdp, 0, sizeof(rsdp));
		memcpy(rsdp, p + at, min_t(u32, RSDP_SIZE_2, size - at));
		if (is_rsdp(rsdp))
			result = start + at;
	}
	early_iounmap(p, size);
	return result;
}

static u32 __init legacy_rsdp(void)
{
	u16 segment;
	u32 result = 0;

	acpi_read_memory(BIOS_EBDA_WORD, &segment, sizeof(segment));
	if (segment << 4 > 0x400)
		result = scan_for_rsdp(segment << 4, EBDA_WINDOW);
	return result ?: scan_for_rsdp(BIOS_WINDOW, BIOS_WINDOW_END - BIOS_WINDOW);
}

/* The loader's copy, where the BIOS's memory has none: under UEFI. */
static bool __init loader_rsdp(void)
{
	if (boot_params.rsdp_size < RSDP_SIZE_1)
		return false;
	memset(rsdp, 0, sizeof(rsdp));
	memcpy(rsdp, boot_params.rsdp, min_t(u32, boot_params.rsdp_size, RSDP_SIZE_2));
	if (boot_params.rsdp_size < RSDP_SIZE_2)
		rsdp[RSDP_REVISION] = 0;
	return is_rsdp(rsdp);
}

static bool __init find_rsdp(void)
{
	u32 addr = legacy_rsdp();
	char id[7];

	if (addr) {
		printk("ACPI: RSDP %08x %05X (v%.2d %6.6s)\n", addr,
		       rsdp[RSDP_REVISION] ? acpi_get_u32(rsdp + RSDP_LENGTH) : RSDP_SIZE_1, rsdp[RSDP_REVISION],
		       printable(id, rsdp + RSDP_OEM_ID, 6));
		return true;
	}
	if (loader_rsdp()) {
		printk(KERN_INFO "memdawn: acpi: the RSDP is the boot loader's copy (v%.2d %6.6s)\n",
		       rsdp[RSDP_REVISION], printable(id, rsdp + RSDP_OEM_ID, 6));
		return true;
	}
	printk("ACPI Error: A valid RSDP was not found (20100121/tbxfroot-219)\n");
	return false;
}

/* --- tables --------------------------------------------------------------------------------- */

/* Entries from `at' on, each as long as it says, up to the end. */
static bool __init entries_fit(u64 addr, u32 length, u32 at, const char *signature)
{
	u8 *p = early_memremap(addr, length);

	while (at + 2 < length && p[at + ACPI_ENTRY_LENGTH] >= 2 && p[at + ACPI_ENTRY_LENGTH] <= length - at)
		at += p[at + ACPI_ENTRY_LENGTH];
	if (at + 2 < length)
		printk(KERN_WARNING "memdawn: acpi: the %s at %llx, %u bytes, is not used: its entry at byte %u "
		       "can't have %u bytes\n", signature, addr, length, at, p[at + ACPI_ENTRY_LENGTH]);
	early_iounmap(p, length);
	return at + 2 >= length;
}

static u32 __init usable_length(u64 addr, const struct wanted *w)
{
	u32 length = acpi_check_table(addr, w->signature, w->least);

	if (length > LONGEST_READ) {
		printk(KERN_WARNING "memdawn: acpi: the %s at %llx, %u bytes, is not used: it is too long\n",
		       w->signature, addr, length);
		return 0;
	}
	return length && w->entries && !entries_fit(addr, length, w->entries, w->signature) ? 0 : length;
}

static void __init keep_table(u64 addr, const u8 *header)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!memcmp(header, wanted[i].signature, 4) && !found[i].length) {
			found[i].addr = addr;
			found[i].length = usable_length(addr, &wanted[i]);
		}
}

/* FACS has no more than a signature and a length in common with the others. */
static void __init print_table(u64 addr, const u8 *header)
{
	char signature[5], oem[7], table[9], compiler[5];

	printable(signature, header, 4);
	if (!memcmp(header, "FACS", 4)) {
		printk("ACPI: %4.4s %08llx %05X\n", signature, addr, acpi_get_u32(header + HEADER_LENGTH));
		return;
	}
	printk("ACPI: %-4.4s %08llx %05X (v%.2d %-6.6s %-8.8s %08X %-4.4s %08X)\n", signature, addr,
	       acpi_get_u32(header + HEADER_LENGTH), header[HEADER_REVISION],
	       printable(oem, header + HEADER_OEM_ID, 6), printable(table, header + HEADER_TABLE_ID, 8),
	       acpi_get_u32(header + HEADER_OEM_REV), printable(compiler, header + HEADER_COMPILER, 4),
	       acpi_get_u32(header + HEADER_COMP_REV));
}

/* Its line; false, with a message: nothing can be read there, or another table than `signature'. */
static bool __init show_table(u64 addr, const char *signature, u8 *header)
{
	if (!acpi_is_memory(addr, ACPI_HEADER_SIZE)) {
		printk(KERN_WARNING "memdawn: acpi: no table at %llx: it is not in the memory map\n", addr);
		return false;
	}
	acpi_read_memory(addr, header, ACPI_HEADER_SIZE);
	if (signature && memcmp(header, signature, 4)) {
		printk(KERN_WARNING "memdawn: acpi: no %s at %llx: it has another signature\n", signature, addr);
		return false;
	}
	print_table(addr, header);
	return true;
}

/* The two tables that only the FADT knows. */
static void __init show_tables_of_fadt(void)
{
	u8 fadt[FADT_SIZE_2] = { 0 }, header[ACPI_HEADER_SIZE];
	u64 dsdt, facs;

	if (!acpi_table_read("FACP", 0, fadt, sizeof(fadt)))
		return;
	dsdt = acpi_get_u64(fadt + FADT_X_DSDT) ?: acpi_get_u32(fadt + FADT_DSDT);
	facs = acpi_get_u64(fadt + FADT_X_FACS) ?: acpi_get_u32(fadt + FADT_FACS);
	if (dsdt)
		show_table(dsdt, "DSDT", header);
	if (facs)
		show_table(facs, "FACS", header);
}

static void __init install_table(u64 addr)
{
	u8 header[ACPI_HEADER_SIZE];
	bool first_fadt = !acpi_table_length("FACP");

	if (!show_table(addr, NULL, header))
		return;
	keep_table(addr, header);
	if (first_fadt && !memcmp(header, "FACP", 4))
		show_tables_of_fadt();
}

/* All tables of a list whose addresses have so many bytes. */
static void __init install_list(u64 addr, u32 length, u32 entry_size)
{
	u32 i, nr = (length - ACPI_HEADER_SIZE) / entry_size;
	u8 entry[8] = { 0 };

	if (nr > MOST_TABLES)
		printk(KERN_WARNING "memdawn: acpi: of %u tables %u are read\n", nr, MOST_TABLES);
	for (i = 0; i < min_t(u32, nr, MOST_TABLES); i++) {
		acpi_read_memory(addr + ACPI_HEADER_SIZE + i * entry_size, entry, entry_size);
		install_table(acpi_get_u64(entry));
	}
}

static bool __init install_root(u64 addr, const char *signature, u32 entry_size)
{
	u8 header[ACPI_HEADER_SIZE];
	u32 length;

	if (!show_table(addr, signature, header))
		return false;
	length = acpi_check_table(addr, signature, ACPI_HEADER_SIZE);
	if (length)
		install_list(addr, length, entry_size);
	return length;
}

/**
 * acpi_boot_table_init - list ACPI's tables, and check those that are asked for later
 *
 * boot_params must be filled, early_memremap() work, and nobody have overwritten the tables.
 * Linux: drivers/acpi/acpica/tbutils.c:acpi_tb_parse_root_table, v2.6.34, which trusts what it finds,
 * wrong checksums too.
 */
void __init acpi_boot_table_init(void)
{
	u64 xsdt;

	memset(found, 0, sizeof(found));
	if (!find_rsdp())
		return;
	xsdt = rsdp[RSDP_REVISION] > 1 ? acpi_get_u64(rsdp + RSDP_XSDT) : 0;
	if (!xsdt || !install_root(xsdt, "XSDT", 8))
		install_root(acpi_get_u32(rsdp + RSDP_RSDT), "RSDT", 4);
}

/* --- what is asked for ---------------------------------------------------------------------- */

static int __init number_of(const char *signature)
{
	int i = 0;

	while (memcmp(wanted[i].signature, signature, 4))
		i++;
	return i;
}

/**
 * acpi_table_length - is there such a table that can be used?
 * @signature: FACP, APIC, SRAT or SLIT
 *
 * Return: its length in bytes; 0: there is none.
 */
u32 __init acpi_table_length(const char *signature)
{
	return found[number_of(signature)].length;
}

/**
 * acpi_table_read - copy bytes of a table
 * @signature: as of acpi_table_length()
 * @at: the first byte
 * @dst: where to
 * @size: bytes at the most
 *
 * Return: how many the table has there; 0: none, or there is no such table.
 */
u32 __init acpi_table_read(const char *signature, u32 at, void *dst, u32 size)
{
	u32 length = acpi_table_length(signature), n;

	if (at >= length)
		return 0;
	n = min(size, length - at);
	acpi_read_memory(found[number_of(signature)].addr + at, dst, n);
	return n;
}

/**
 * acpi_table_parse_entries - hand over a table's entries of one kind
 * @signature: as of acpi_table_length()
 * @at: where the first entry is
 * @kind: the kind
 * @take: called for each in turn; false ends it
 * @most: how many are handed over at the most, with a message for the others; 0: all
 *
 * Return: how many there are; negative: `take' has said that one can't be, or there is no such table.
 * Linux: drivers/acpi/tables.c:acpi_table_parse_entries, v2.6.34, which doesn't end on an entry of 0 bytes.
 */
int __init acpi_table_parse_entries(const char *signature, u32 at, u8 kind, acpi_entry_handler take,
				    unsigned int most)
{
	u32 length = acpi_table_length(signature);
	unsigned int count = 0;
	bool good = true;
	u8 *p;

	if (!length)
		return -1;
	p = early_memremap(found[number_of(signature)].addr, length);
	for (; at + 2 < length && good; at += p[at + ACPI_ENTRY_LENGTH])
		if (p[at + ACPI_ENTRY_KIND] == kind && (++count <= most || !most))
			good = take(p + at);
	early_iounmap(p, length);
	if (!good)
		return -1;
	if (most && count > most)
		printk(KERN_WARNING "ACPI: [%4.4s:0x%02x] ignored %u entries of %u found\n", signature, kind,
		       count - most, count);
	return count;
}
