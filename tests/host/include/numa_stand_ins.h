/* SPDX-License-Identifier: GPL-2.0-only */
/* What src/arch/i386/numa's readers of ACPI's tables call: noted, or left undone. */
#ifndef NUMA_STAND_INS_H
#define NUMA_STAND_INS_H

#include <lib/types.h>

/* Nothing is known: no node, no chunk, no RAM. */
void numa_begin(void);

/* The memory map's next RAM, in page frames; max_pfn is the end of the last one. */
void numa_add_ram(unsigned long start_pfn, unsigned long end_pfn);

/* What was registered: "node start end;" in page frames, one after the other. */
const char *numa_registered(void);

/* Bytes that bootmem has given. */
extern unsigned long numa_allocated;

/* What io_apic_read() says, for every I/O APIC. */
extern u32 numa_ioapic_version;

#endif
