/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_ACPI_H
#define ASM_ACPI_H

/* Of ACPI, how a machine is left: reset and switched off. Nothing else is asked of it. */

#include <lib/types.h>

enum acpi_space { ACPI_MEMORY, ACPI_PORT, ACPI_PCI };

/* A register of 8 bits. */
struct acpi_register {
	u8 space;		/* enum acpi_space */
	u64 address;		/* ACPI_PCI: of bus 0, device << 32, function << 16, offset */
};

/* What acpi_find_exits() has found: all 0 where there is nothing. */
struct acpi_exits {
	bool can_reset;
	struct acpi_register reset;
	u8 reset_value;

	bool can_power_off;
	u16 pm1_control[2];	/* ports of PM1a_CNT and PM1b_CNT, which may be 0 */
	u8 sleep_type[2];	/* what _S5_ wants to be written there */
	u16 smi_command;	/* port; 0: the machine is in ACPI's mode from the start */
	u8 acpi_enable;		/* what is written there for that mode */
};

extern struct acpi_exits acpi_exits;

/* src/arch/i386/firmware/acpi/tables.c */
void acpi_find_exits(void);

/* src/arch/i386/firmware/acpi/leave.c */
void acpi_reset(void);
void acpi_power_off(void);

#endif
