// SPDX-License-Identifier: GPL-2.0-only
/* CPUs as the firmware names them. */
#include <asm/acpi_boot.h>
#include <asm/processor.h>
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

/* CPUs that may have a local APIC, by their makers. */
static bool __init may_have_apic(const struct cpuinfo_x86 *c)
{
	switch (c->x86_vendor) {
	case X86_VENDOR_AMD:
		return c->x86 >= 15 || (c->x86 == 6 && c->x86_model > 1);
	case X86_VENDOR_INTEL:
		return c->x86 == 6 || c->x86 == 15 || (c->x86 == 5 && boot_cpu_has(X86_FEATURE_APIC));
	default:
		return false;
	}
}

/**
 * detect_init_APIC - what is said of the CPU's local APIC where no MADT says it
 *
 * early_cpu_init() must have run.
 * Linux: arch/x86/kernel/apic/apic.c:detect_init_APIC, v2.6.34, which makes it work, too.
 */
void __init detect_init_APIC(void)
{
	if (may_have_apic(&boot_cpu_data) && boot_cpu_has(X86_FEATURE_APIC)) {
		printk(KERN_INFO "Found and enabled local APIC!\n");
		return;
	}
	printk(KERN_INFO "%s\n", may_have_apic(&boot_cpu_data) ?
	       "Local APIC disabled by BIOS -- you can enable it with \"lapic\"" :
	       "No local APIC present or hardware disabled");
	printk(KERN_INFO "APIC: disable apic facility\n");
}
