/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_SMP_BOOT_H
#define ASM_SMP_BOOT_H

/* CPUs and interrupt controllers, as far as the boot's log and memory have to do with them. */

#include <lib/types.h>

/* src/arch/i386/numa/smpboot.c */
extern unsigned int nr_cpu_ids;		/* CPUs that there can be, from 1 to NR_CPUS */

/* src/arch/i386/numa/apic.c: CPUs that the firmware has named, and places for more */
extern unsigned int num_processors, disabled_cpus;
void generic_processor_info(u32 apic_id);
void detect_init_APIC(void);

/* src/arch/i386/numa/percpu.c */
bool pcpu_embed_first_chunk(void);
bool pcpu_page_first_chunk(void);

/* src/arch/i386/numa/acpi/io_apic.c */
void io_apic_begin(void);
void mp_register_ioapic(u8 id, u32 address, u32 gsi_base);
void mp_override_legacy_irq(u8 bus_irq, u8 polarity, u8 trigger, u32 gsi);
void mp_config_acpi_legacy_irqs(void);
void ioapic_init_mappings(void);
void probe_nr_irqs_gsi(void);

/* src/arch/i386/numa/io_apic/read.c */
u32 io_apic_read(u32 address, u8 reg);

#endif
