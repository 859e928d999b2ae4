// SPDX-License-Identifier: GPL-2.0-only
/* CPUs as the firmware names them. */
#include <asm/acpi_boot.h>
#include <asm/smp_boot.h>
#include <kernel/init.h>
#include <kernel/printk.h>

unsigned int num_processors __initdata, disabled_cpus __initdata;

/**
 * generic_processor_info - the firmware has named a CPU
 * @apic_id: the number of its local APIC
 *
 * Linux: arch/x86/kernel/apic/apic.c:generic_processor_info, v2.6.34.
 */
void __init generic_processor_info(u32 apic_id)
{
	if (num_processors < NR_CPUS) {
		num_processors++;
		return;
	}
	printk(KERN_WARNING "ACPI: NR_CPUS/possible_cpus limit of %i reached.  Processor %d/0x%x ignored.\n",
	       NR_CPUS, NR_CPUS + disabled_cpus, apic_id);
	disabled_cpus++;
}
