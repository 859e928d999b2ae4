/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_ACPI_ENTRIES_H
#define ASM_ACPI_ENTRIES_H

/* The tables that acpi_boot_table_init() has found and checked. src/arch/i386/numa/acpi/root.c */

#include <lib/types.h>

/* One of a table's entries: its kind, its length, then `length' - 2 more bytes. false: it can't be. */
typedef bool (*acpi_entry_handler)(const u8 *entry);

#define ACPI_ENTRY_KIND		0
#define ACPI_ENTRY_LENGTH	1

u32 acpi_table_length(const char *signature);
u32 acpi_table_read(const char *signature, u32 at, void *dst, u32 size);
int acpi_table_parse_entries(const char *signature, u32 at, u8 kind, acpi_entry_handler take, unsigned int most);

#endif
