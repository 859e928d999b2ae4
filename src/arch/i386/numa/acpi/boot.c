// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MADT (ACPI Specification 6.5, chapter 5.2.12): CPUs and interrupt controllers. Every entry gets its
 * line; of the CPUs their number counts, because each gets memory of its own.
 */
#include <asm/acpi_boot.h>
#include <asm/acpi_entries.h>
#include <asm/acpi_tables.h>
#include <asm/processor.h>
#include <asm/smp_boot.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/string.h>

#define MADT_ADDRESS		36
#define MADT_ENTRIES		44
#define MAX_APICS		256
#define MAX_IO_APICS		64

#define MADT_LAPIC		0
#define MADT_IO_APIC		1
#define MADT_OVERRIDE		2
#define MADT_NMI_SOURCE		3
#define MADT_LAPIC_NMI		4
#define MADT_LAPIC_ADDRESS	5
#define MADT_LSAPIC		7
#define MADT_X2APIC		9
#define MADT_X2APIC_NMI		10
#define MADT_ENABLED		(1U << 0)

#define FADT_SCI_INTERRUPT	46

/* A line's electrical properties: two bits of polarity, then two of trigger. */
#define POLARITY(flags)		((flags) & 3)
#define TRIGGER(flags)		((flags) >> 2 & 3)
#define LEVEL_LOW		3

static const char *const polarity_names[] __initconst = { "dfl", "high", "res", "low" };
static const char *const trigger_names[] __initconst = { "dfl", "edge", "res", "level" };

static u16 sci_interrupt __initdata;
static u32 sci_override __initdata;		/* 0: none */

static u16 __init get_u16(const u8 *p)
{
	return p[0] | p[1] << 8;
}

static bool __init has(const u8 *entry, unsigned int size)
{
	return entry[ACPI_ENTRY_LENGTH] >= size;
}

static const char * __init enabled(u32 flags)
{
	return flags & MADT_ENABLED ? "enabled" : "disabled";
}

/* Linux: arch/x86/kernel/acpi/boot.c:acpi_register_lapic, v2.6.34. */
static void __init register_lapic(u32 apic_id, u32 flags)
{
	if (flags & MADT_ENABLED)
		generic_processor_info(apic_id);
	else
		disabled_cpus++;
}

/* --- CPUs ----------------------------------------------------------------------------------- */

static bool __init take_lapic(const u8 *entry)
{
	u32 flags;

	if (!has(entry, 8))
		return false;
	flags = acpi_get_u32(entry + 4);
	printk(KERN_INFO "ACPI: LAPIC (acpi_id[0x%02x] lapic_id[0x%02x] %s)\n", entry[2], entry[3], enabled(flags));
	register_lapic(entry[3], flags);
	return true;
}

static bool __init take_lsapic(const u8 *entry)
{
	u32 flags;

	if (!has(entry, 17))
		return false;
	flags = acpi_get_u32(entry + 8);
	printk(KERN_INFO "ACPI: LSAPIC (acpi_id[0x%02x] lsapic_id[0x%02x] lsapic_eid[0x%02x] %s)\n", entry[2],
	       entry[3], entry[4], enabled(flags));
	register_lapic(entry[3] << 8 | entry[4], flags);
	return true;
}

/* The reference kernel has no support for it. */
static bool __init take_x2apic(const u8 *entry)
{
	if (!has(entry, 16))
		return false;
	printk(KERN_INFO "ACPI: X2APIC (apic_id[0x%02x] uid[0x%02x] %s)\n", acpi_get_u32(entry + 4),
	       acpi_get_u32(entry + 12), enabled(acpi_get_u32(entry + 8)));
	printk(KERN_WARNING "ACPI: x2apic entry ignored\n");
	return true;
}

static void __init check_lint(u8 lint)
{
	if (lint != 1)
		printk(KERN_WARNING "ACPI: NMI not connected to LINT 1!\n");
}

static bool __init take_lapic_nmi(const u8 *entry)
{
	u16 flags;

	if (!has(entry, 6))
		return false;
	flags = get_u16(entry + 3);
	printk(KERN_INFO "ACPI: LAPIC_NMI (acpi_id[0x%02x] %s %s lint[0x%x])\n", entry[2],
	       polarity_names[POLARITY(flags)], trigger_names[TRIGGER(flags)], entry[5]);
	check_lint(entry[5]);
	return true;
}

static bool __init take_x2apic_nmi(const u8 *entry)
{
	u16 flags;

	if (!has(entry, 12))
		return false;
	flags = get_u16(entry + 2);
	printk(KERN_INFO "ACPI: X2APIC_NMI (uid[0x%02x] %s %s lint[0x%x])\n", acpi_get_u32(entry + 4),
	       polarity_names[POLARITY(flags)], trigger_names[TRIGGER(flags)], entry[8]);
	check_lint(entry[8]);
	return true;
}

/* Nobody here talks to a local APIC: its address is only looked at. */
static bool __init take_lapic_address(const u8 *entry)
{
	return has(entry, 12);
}

/* --- interrupt controllers ------------------------------------------------------------------ */

static bool __init take_io_apic(const u8 *entry)
{
	u32 address, gsi_base;

	if (!has(entry, 12))
		return false;
	address = acpi_get_u32(entry + 4);
	gsi_base = acpi_get_u32(entry + 8);
	printk(KERN_INFO "ACPI: IOAPIC (id[0x%02x] address[0x%08x] gsi_base[%d])\n", entry[2], address, gsi_base);
	mp_register_ioapic(entry[2], address, gsi_base);
	return true;
}

/* ACPI's own interrupt is level, low, unless something else is said. */
static void __init set_up_sci(u32 gsi, u8 polarity, u8 trigger)
{
	mp_override_legacy_irq(gsi, polarity ?: LEVEL_LOW, trigger ?: LEVEL_LOW, gsi);
	sci_override = gsi;
}

static bool __init take_override(const u8 *entry)
{
	u32 gsi;
	u16 flags;

	if (!has(entry, 10))
		return false;
	gsi = acpi_get_u32(entry + 4);
	flags = get_u16(entry + 8);
	printk(KERN_INFO "ACPI: INT_SRC_OVR (bus %d bus_irq %d global_irq %d %s %s)\n", entry[2], entry[3], gsi,
	       polarity_names[POLARITY(flags)], trigger_names[TRIGGER(flags)]);
	if (flags & ~0xfU)
		printk(KERN_INFO "ACPI: INT_SRC_OVR unexpected reserved flags: 0x%x\n", flags & ~0xfU);
	if (entry[3] == sci_interrupt)
		set_up_sci(gsi, POLARITY(flags), TRIGGER(flags));
	else
		mp_override_legacy_irq(entry[3], POLARITY(flags), TRIGGER(flags), gsi);
	return true;
}

static bool __init take_nmi_source(const u8 *entry)
{
	u16 flags;

	if (!has(entry, 8))
		return false;
	flags = get_u16(entry + 2);
	printk(KERN_INFO "ACPI: NMI_SRC (%s %s global_irq %d)\n", polarity_names[POLARITY(flags)],
	       trigger_names[TRIGGER(flags)], acpi_get_u32(entry + 4));
	return true;
}

/* --- the whole table ------------------------------------------------------------------------ */

static int __init parse(u8 kind, acpi_entry_handler take, unsigned int most)
{
	return acpi_table_parse_entries("APIC", MADT_ENTRIES, kind, take, most);
}

/* There is a MADT, and what its head says. Linux: arch/x86/kernel/acpi/boot.c:acpi_parse_madt, v2.6.34. */
static bool __init parse_madt(void)
{
	u8 address[4];

	if (!acpi_table_read("APIC", MADT_ADDRESS, address, sizeof(address)))
		return false;
	if (boot_cpu_has(X86_FEATURE_APIC) && acpi_get_u32(address))
		printk(KERN_DEBUG "ACPI: Local APIC address 0x%08x\n", acpi_get_u32(address));
	return true;
}

/* What is said of one that can't be; true if it is so. */
static bool __init wrong(bool is_wrong, const char *what)
{
	if (is_wrong)
		printk(KERN_ERR "ACPI: Error parsing %s entry\n", what);
	return is_wrong;
}

static bool __init wrong_lapic_address(void)
{
	return wrong(parse(MADT_LAPIC_ADDRESS, take_lapic_address, 0) < 0, "LAPIC address override");
}

/* Each returns 1 if all is there, 0 if something is missing, -1 for entries that can't be. */
static int __init parse_lapic_entries(void)
{
	int sapics, x2apics = 0, lapics;

	if (!boot_cpu_has(X86_FEATURE_APIC))
		return 0;
	if (wrong_lapic_address())
		return -1;
	sapics = lapics = parse(MADT_LSAPIC, take_lsapic, MAX_APICS);
	if (!sapics) {
		x2apics = parse(MADT_X2APIC, take_x2apic, MAX_APICS);
		lapics = parse(MADT_LAPIC, take_lapic, MAX_APICS);
	}
	if (!lapics && !x2apics) {
		printk(KERN_ERR "ACPI: No LAPIC entries present\n");
		return 0;
	}
	if (wrong(lapics < 0 || x2apics < 0, "LAPIC"))
		return -1;
	x2apics = parse(MADT_X2APIC_NMI, take_x2apic_nmi, 0);
	lapics = parse(MADT_LAPIC_NMI, take_lapic_nmi, 0);
	return wrong(lapics < 0 || x2apics < 0, "LAPIC NMI") ? -1 : 1;
}

static int __init parse_ioapic_entries(void)
{
	int count = parse(MADT_IO_APIC, take_io_apic, MAX_IO_APICS);

	if (!count) {
		printk(KERN_ERR "ACPI: No IOAPIC entries present\n");
		return 0;
	}
	if (wrong(count < 0, "IOAPIC"))
		return -1;
	if (parse(MADT_OVERRIDE, take_override, 0) < 0) {
		printk(KERN_ERR "ACPI: Error parsing interrupt source overrides entry\n");
		return -1;
	}
	if (!sci_override)
		set_up_sci(sci_interrupt, 0, 0);
	mp_config_acpi_legacy_irqs();
	return wrong(parse(MADT_NMI_SOURCE, take_nmi_source, 0) < 0, "NMI SRC") ? -1 : 1;
}

static void __init invalid_madt(void)
{
	printk(KERN_ERR "ACPI: Invalid BIOS MADT, disabling ACPI\n");
}

/**
 * early_acpi_boot_init - where the local APICs are, before memory is set up
 *
 * acpi_boot_table_init() must have run.
 * Linux: arch/x86/kernel/acpi/boot.c:early_acpi_boot_init, v2.6.34.
 */
void __init early_acpi_boot_init(void)
{
	if (parse_madt() && boot_cpu_has(X86_FEATURE_APIC) && wrong_lapic_address())
		invalid_madt();
}

/**
 * acpi_boot_init - CPUs and interrupt controllers
 *
 * Linux: arch/x86/kernel/acpi/boot.c:acpi_boot_init, v2.6.34.
 */
void __init acpi_boot_init(void)
{
	u8 sci[2] = { 0 };
	int lapics, ioapics = 0;

	acpi_table_read("FACP", FADT_SCI_INTERRUPT, sci, sizeof(sci));
	sci_interrupt = get_u16(sci);
	sci_override = 0;
	if (!parse_madt())
		return;
	lapics = parse_lapic_entries();
	if (lapics > 0)
		ioapics = parse_ioapic_entries();
	if (lapics < 0 || ioapics < 0)
		invalid_madt();
	if (lapics > 0 && ioapics > 0)
		printk(KERN_INFO "Using ACPI (MADT) for SMP configuration information\n");
	else if (lapics > 0)
		printk(KERN_INFO "Using ACPI for processor (LAPIC) configuration information\n");
}
