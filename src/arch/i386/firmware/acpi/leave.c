// SPDX-License-Identifier: GPL-2.0-only
/* Leaving the machine as ACPI's tables say: by the reset register, and by going to sleep for good. */
#include <asm/acpi.h>
#include <asm/io.h>
#include <asm/ioremap.h>
#include <kernel/reboot.h>

#define PCI_ADDRESS		0xcf8
#define PCI_DATA		0xcfc
#define PCI_ENABLE		(1U << 31)

/* Bits of PM1a_CNT and PM1b_CNT. */
#define PM1_SCI_EN		(1U << 0)	/* the machine is in ACPI's mode */
#define PM1_SLEEP_TYPE_SHIFT	10
#define PM1_SLEEP_TYPE		(7U << PM1_SLEEP_TYPE_SHIFT)
#define PM1_SLEEP		(1U << 13)

#define MODE_SECONDS		3
#define LEAVE_SECONDS		1

/* Uncached: what is written is to arrive. */
#define PROT_UNCACHED	__pgprot(__PAGE_KERNEL | _PAGE_PCD | _PAGE_PWT | _PAGE_IOMAP)

static void write_pci(u64 address, u8 value)
{
	u32 device = (address >> 32) & 31, function = (address >> 16) & 7, offset = address & 0xff;

	outl(PCI_ENABLE | device << 11 | function << 8 | (offset & ~3U), PCI_ADDRESS);
	outb(value, PCI_DATA + (offset & 3));
}

/**
 * acpi_reset - write the reset register
 *
 * Comes back where there is none, or it has done nothing.
 */
void acpi_reset(void)
{
	const struct acpi_register *reset = &acpi_exits.reset;
	const u8 value = acpi_exits.reset_value;

	if (!acpi_exits.can_reset)
		return;
	switch (reset->space) {
	case ACPI_MEMORY:
		writeb(value, ioremap_window(reset->address, 1, PROT_UNCACHED));
		break;
	case ACPI_PORT:
		outb(value, reset->address);
		break;
	case ACPI_PCI:
		write_pci(reset->address, value);
		break;
	}
	delay_seconds(LEAVE_SECONDS);
}

/* The firmware gives up the power management, where it hasn't yet. */
static void enter_acpi_mode(void)
{
	unsigned int tries = MODE_SECONDS * 100;

	if (!acpi_exits.smi_command || inw(acpi_exits.pm1_control[0]) & PM1_SCI_EN)
		return;
	outb(acpi_exits.acpi_enable, acpi_exits.smi_command);
	while (!(inw(acpi_exits.pm1_control[0]) & PM1_SCI_EN) && --tries)
		delay_10ms();
}

/* Both get their type first, and then, in a second turn, the word to go. */
static void write_sleep(u16 sleep)
{
	unsigned int i;
	u16 value;

	for (i = 0; i < 2; i++) {
		if (!acpi_exits.pm1_control[i])
			continue;
		value = inw(acpi_exits.pm1_control[i]) & ~(PM1_SLEEP_TYPE | PM1_SLEEP);
		value |= acpi_exits.sleep_type[i] << PM1_SLEEP_TYPE_SHIFT;
		outw(value | sleep, acpi_exits.pm1_control[i]);
	}
}

/**
 * acpi_power_off - switch the machine off
 *
 * Comes back where ACPI doesn't say how, or it has done nothing.
 */
void acpi_power_off(void)
{
	if (!acpi_exits.can_power_off)
		return;
	enter_acpi_mode();
	write_sleep(0);
	write_sleep(PM1_SLEEP);
	delay_seconds(LEAVE_SECONDS);
}
