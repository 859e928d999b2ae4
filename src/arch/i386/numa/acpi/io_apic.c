// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O APICs: which there are, and which of the ISA bus's interrupts somebody else has. Nothing is
 * programmed; the log's lines and one allocation are all that memory has to do with them.
 */
#include <asm/acpi_tables.h>
#include <asm/page.h>
#include <asm/smp_boot.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/resource.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>

#define MAX_IO_APICS		64
#define MAX_IRQ_SOURCES		256
#define NR_IRQS_LEGACY		16
#define RESOURCE_NAME_SIZE	11	/* "IOAPIC 63" and more */

#define REG_VERSION		1	/* bits 0 to 7: the version, 16 to 23: the last pin */

static struct {
	u8 id;
	u32 gsi_base, gsi_end;		/* global interrupts, both included */
} ioapics[MAX_IO_APICS] __initdata;
static int nr_ioapics __initdata;

/* Interrupts that have their pin. */
static struct irq_source {
	u8 flags, bus_irq, apic_id, pin;
} irqs[MAX_IRQ_SOURCES] __initdata;
static unsigned int nr_irqs __initdata;

/**
 * io_apic_begin - there is none yet
 */
void __init io_apic_begin(void)
{
	nr_ioapics = 0;
	nr_irqs = 0;
}

/*
 * Can an I/O APIC be there? Else why not. Linux: arch/x86/kernel/apic/io_apic.c:bad_ioapic, v2.6.34, which reads the
 * registers at any address but 0.
 */
static bool __init may_be_ioapic(u32 address)
{
	if (!address)
		printk(KERN_WARNING "WARNING: Bogus (zero) I/O APIC address found in table, skipping!\n");
	else if (address & 15 || address < 0x100000 || acpi_is_memory(address, 1))
		printk(KERN_WARNING "memdawn: acpi: no I/O APIC can be at %x: left out\n", address);
	else if (nr_ioapics == MAX_IO_APICS)
		printk(KERN_WARNING "WARING: Max # of I/O APICs (%d) exceeded (found %d), skipping\n", nr_ioapics,
		       nr_ioapics);
	else
		return true;
	return false;
}

/**
 * mp_register_ioapic - note an I/O APIC
 * @id: its number
 * @address: where its registers are, physical
 * @gsi_base: the global number of its first pin
 *
 * Linux: arch/x86/kernel/apic/io_apic.c:mp_register_ioapic, v2.6.34.
 */
void __init mp_register_ioapic(u8 id, u32 address, u32 gsi_base)
{
	u32 version;
	int i = nr_ioapics;

	if (!may_be_ioapic(address))
		return;
	version = io_apic_read(address, REG_VERSION);
	ioapics[i].id = id;
	ioapics[i].gsi_base = gsi_base;
	ioapics[i].gsi_end = gsi_base + (version >> 16 & 0xff);
	printk(KERN_INFO "IOAPIC[%d]: apic_id %d, version %d, address 0x%x, GSI %d-%d\n", i, id, version & 0xff,
	       address, gsi_base, ioapics[i].gsi_end);
	nr_ioapics++;
}

/* Linux: arch/x86/kernel/apic/io_apic.c:mp_find_ioapic, v2.6.34. */
static int __init mp_find_ioapic(u32 gsi)
{
	int i;

	for (i = 0; i < nr_ioapics; i++)
		if (gsi >= ioapics[i].gsi_base && gsi <= ioapics[i].gsi_end)
			return i;
	printk(KERN_ERR "ERROR: Unable to locate IOAPIC for GSI %d\n", gsi);
	return -1;
}

static void __init save_irq(struct irq_source irq)
{
	unsigned int i;

	for (i = 0; i < nr_irqs; i++)
		if (!memcmp(&irqs[i], &irq, sizeof(irq)))
			return;
	if (nr_irqs < MAX_IRQ_SOURCES)
		irqs[nr_irqs++] = irq;
	else
		printk_once(KERN_WARNING "memdawn: acpi: more than %d interrupts have a line of their own\n",
			    MAX_IRQ_SOURCES);
}

/**
 * mp_override_legacy_irq - an interrupt of the ISA bus has another pin
 * @bus_irq: its number there
 * @polarity: as the MADT has it, 0 to 3
 * @trigger: as the MADT has it, 0 to 3
 * @gsi: the pin's global number
 *
 * Linux: arch/x86/kernel/acpi/boot.c:mp_override_legacy_irq, v2.6.34.
 */
void __init mp_override_legacy_irq(u8 bus_irq, u8 polarity, u8 trigger, u32 gsi)
{
	int i = mp_find_ioapic(gsi);

	if (i < 0)
		return;
	if (!bus_irq && trigger == 3)	/* the timer would never stop */
		trigger = 1;
	save_irq((struct irq_source){ trigger << 2 | polarity, bus_irq, ioapics[i].id, gsi - ioapics[i].gsi_base });
}

static bool __init irq_is_used(u8 irq, u8 apic_id)
{
	unsigned int i;

	for (i = 0; i < nr_irqs; i++)
		if (irqs[i].bus_irq == irq || (irqs[i].apic_id == apic_id && irqs[i].pin == irq))
			return true;
	return false;
}

/**
 * mp_config_acpi_legacy_irqs - the ISA bus's other interrupts have the pin of their number
 *
 * All overrides must be known.
 * Linux: arch/x86/kernel/acpi/boot.c:mp_config_acpi_legacy_irqs, v2.6.34.
 */
void __init mp_config_acpi_legacy_irqs(void)
{
	int irq, i = mp_find_ioapic(0);

	for (irq = 0; irq < NR_IRQS_LEGACY && i >= 0; irq++) {
		if (irq_is_used(irq, ioapics[i].id))
			printk(KERN_DEBUG "ACPI: IRQ%d used by override.\n", irq);
		else
			save_irq((struct irq_source){ 0, irq, ioapics[i].id, irq });
	}
}

/**
 * ioapic_init_mappings - the resources of the I/O APICs get their memory
 *
 * Bootmem must serve. Linux: arch/x86/kernel/apic/io_apic.c:ioapic_init_mappings, v2.6.34.
 */
void __init ioapic_init_mappings(void)
{
	unsigned long size = nr_ioapics * (RESOURCE_NAME_SIZE + sizeof(struct resource));
	char *mem;

	if (!size)
		return;
	mem = alloc_bootmem(size);
	balance_own("IOAPIC resources", phys_span(__pa(mem), size));
}

/**
 * probe_nr_irqs_gsi - how many global interrupts there are
 *
 * Linux: arch/x86/kernel/apic/io_apic.c:probe_nr_irqs_gsi, v2.6.34.
 */
void __init probe_nr_irqs_gsi(void)
{
	u32 nr = NR_IRQS_LEGACY;
	int i;

	for (i = 0; i < nr_ioapics; i++)
		nr = max(nr, ioapics[i].gsi_end + 1);
	printk(KERN_DEBUG "nr_irqs_gsi: %d\n", nr);
}
