// SPDX-License-Identifier: GPL-2.0-only
/* Memory for each CPU's own variables: who wants it. percpu.c takes it. */
#include <asm/acpi_boot.h>
#include <asm/smp_boot.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <lib/nodemask.h>

/**
 * setup_per_cpu_areas - memory for each CPU's own variables
 *
 * Bootmem must serve, and smp_boot_config() have counted the CPUs.
 * Linux: arch/x86/kernel/setup_percpu.c:setup_per_cpu_areas, v2.6.34. No CPU has a node yet, so that
 * all are in one group.
 */
void __init setup_per_cpu_areas(void)
{
	printk(KERN_INFO "setup_percpu: NR_CPUS:%d nr_cpumask_bits:%d nr_cpu_ids:%d nr_node_ids:%d\n", NR_CPUS,
	       NR_CPUS, nr_cpu_ids, MAX_NUMNODES);
	if (pcpu_embed_first_chunk())
		return;
	printk(KERN_WARNING "setup_percpu: auto allocator failed (%d), falling back to page size\n", -ENOMEM);
	if (!pcpu_page_first_chunk())
		panic("cannot initialize percpu area (err=%d)", -ENOMEM);
}
