/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_ACPI_BOOT_H
#define ASM_ACPI_BOOT_H

/*
 * What the boot of a machine with several nodes asks of ACPI, and what belongs to its CPUs. The kernel
 * for one node asks nothing and has none of it.
 *
 *	reserve_trampoline_memory()	before memory is mapped
 *	acpi_boot_table_init()		before anything else of ACPI
 *	early_acpi_boot_init()
 *	acpi_numa_init()		before initmem_init()
 *	smp_boot_config()		after paging_init()
 *	setup_per_cpu_areas()		before build_all_zonelists()
 */

#include <lib/types.h>

#ifdef CONFIG_NUMA

#define NR_CPUS		8	/* as the reference kernel is configured */

/* src/arch/i386/numa/trampoline.c */
void reserve_trampoline_memory(void);

/* src/arch/i386/numa/acpi/root.c */
void acpi_boot_table_init(void);

/* src/arch/i386/numa/acpi/boot.c */
void early_acpi_boot_init(void);
void acpi_boot_init(void);

/* src/arch/i386/numa/srat_32.c */
void acpi_numa_init(void);

/* src/arch/i386/numa/smpboot.c */
void smp_boot_config(void);

/* src/arch/i386/numa/setup_percpu.c */
void setup_per_cpu_areas(void);

#else

static inline void reserve_trampoline_memory(void)
{
}

static inline void acpi_boot_table_init(void)
{
}

static inline void early_acpi_boot_init(void)
{
}

static inline void acpi_numa_init(void)
{
}

static inline void smp_boot_config(void)
{
}

static inline void setup_per_cpu_areas(void)
{
}

#endif

#endif
