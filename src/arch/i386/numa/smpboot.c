// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many CPUs there are and can be. None but the one that boots is started: each of the others costs
 * memory all the same, because a kernel that started them would have kept it.
 */
#include <asm/acpi_boot.h>
#include <asm/acpi_entries.h>
#include <asm/processor.h>
#include <asm/smp_boot.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>

unsigned int nr_cpu_ids __initdata = NR_CPUS;

/* Linux: arch/x86/kernel/smpboot.c:prefill_possible_map, v2.6.34. */
static void __init prefill_possible_map(void)
{
	unsigned int possible;

	num_processors = max(num_processors, 1U);
	possible = num_processors + disabled_cpus;
	if (possible > NR_CPUS) {
		printk(KERN_WARNING "%d Processors exceeds NR_CPUS limit of %d\n", possible, NR_CPUS);
		possible = NR_CPUS;
	}
	printk(KERN_INFO "SMP: Allowing %d CPUs, %d hotplug CPUs\n", possible, possible - num_processors);
	nr_cpu_ids = possible;
}

/**
 * smp_boot_config - CPUs and interrupt controllers
 *
 *
 * Sets nr_cpu_ids. acpi_boot_table_init() must have run, and bootmem serve. In Linux setup_arch() makes these
 * calls.
 */
void __init smp_boot_config(void)
{
	num_processors = 0;
	disabled_cpus = 0;
	io_apic_begin();
	printk(KERN_INFO "Using APIC driver default\n");
	acpi_boot_init();
	prefill_possible_map();
	if (!acpi_table_length("APIC") || !boot_cpu_has(X86_FEATURE_APIC))
		detect_init_APIC();
	ioapic_init_mappings();
	probe_nr_irqs_gsi();
}
