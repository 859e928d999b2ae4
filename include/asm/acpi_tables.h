/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_ACPI_TABLES_H
#define ASM_ACPI_TABLES_H

/* Reading ACPI's tables where they lie. src/arch/i386/firmware/acpi/read.c */

#include <lib/types.h>

#define ACPI_HEADER_SIZE	36	/* of every table but RSDP and FACS */

u32 acpi_get_u32(const u8 *p);
u64 acpi_get_u64(const u8 *p);
u8 acpi_sum(const u8 *p, u32 n);
bool acpi_is_memory(u64 addr, u32 size);
void acpi_read_memory(u64 addr, void *dst, u32 size);
u32 acpi_check_table(u64 addr, const char *signature, u32 least);

#endif
