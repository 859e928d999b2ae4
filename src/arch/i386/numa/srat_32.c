// SPDX-License-Identifier: GPL-2.0-only
/* The nodes, as the firmware's System Resource Affinity Table has them. */
#include <asm/numa.h>
#include <kernel/init.h>
#include <kernel/printk.h>

/**
 * get_memcfg_from_srat - which page frames are on which node, by the SRAT
 *
 * Return: false, and nothing is set, if there is none that can be used.
 * Linux: arch/x86/mm/srat_32.c:get_memcfg_from_srat, v2.6.34.
 */
bool __init get_memcfg_from_srat(void)
{
	printk(KERN_DEBUG "could not find any ACPI SRAT memory areas.\n");
	printk(KERN_DEBUG "failed to get NUMA memory information from SRAT table\n");
	return false;
}
