/* SPDX-License-Identifier: GPL-2.0-only */
/* Physical memory for src/arch/i386/firmware/acpi: tables that a test has put somewhere. */
#ifndef ACPI_STAND_INS_H
#define ACPI_STAND_INS_H

#include <lib/types.h>

#define MOST_TABLES_AT	16

/* Each a block of just its size, at a physical address. Gone with acpi_begin(). */
void acpi_begin(void);
void acpi_place(u64 addr, const void *bytes, u32 size);

/* Sets the checksum, the byte at this offset: all bytes, it included, add up to 0. */
void acpi_seal(u8 *table, u32 size, u32 checksum);

/* What was placed there. */
u8 *acpi_placed(u64 addr);

/* Nothing may be mapped any more. */
bool acpi_all_unmapped(void);

#endif
