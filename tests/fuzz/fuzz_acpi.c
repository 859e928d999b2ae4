// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as ACPI's tables: nothing outside of them is read, everything is unmapped, and what comes out
 * is possible. The input:
 *
 *	u8 flags | u8 RSDP size | RSDP, 36 | u16 size, XSDT | u16 size, RSDT | u16 size, FADT | DSDT
 *
 * As bits of the flags say, checksums are put right first, or nothing would come any further.
 */
#include <asm/acpi.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>

#include <host.h>

#include <acpi_stand_ins.h>
#include <fuzz.h>

#define FIRST_TABLE	0x7fe0000ULL
#define TABLE_ROOM	0x10000		/* from one to the next */

static void place(struct fuzz_input *in, unsigned int which, size_t n, bool right)
{
	u8 *copy = malloc(n + 1);

	fuzz_take(in, copy, n);
	if (right && n >= 10) {
		u32 said;

		memcpy(&said, copy + 4, sizeof(said));
		acpi_seal(copy, min(said, (u32)n), 9);
	}
	if (n)
		acpi_place(FIRST_TABLE + which * TABLE_ROOM, copy, n);
	free(copy);
}

static void check_exits(void)
{
	const struct acpi_exits *e = &acpi_exits;

	if (e->can_reset) {
		must(e->reset.address && e->reset.space <= ACPI_PCI);
		must(e->reset.space != ACPI_PORT || e->reset.address < 0x10000);
		must(e->reset.space != ACPI_MEMORY || !(e->reset.address >> 36));
	}
	if (e->can_power_off)
		must(e->pm1_control[0] && e->sleep_type[0] <= 7 && e->sleep_type[1] <= 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 flags, rsdp_size, rsdp[36];
	unsigned int i;
	u16 n;

	acpi_begin();
	fuzz_take(&in, &flags, sizeof(flags));
	fuzz_take(&in, &rsdp_size, sizeof(rsdp_size));
	fuzz_take(&in, rsdp, sizeof(rsdp));
	if (flags & 1) {
		acpi_seal(rsdp, 20, 8);
		acpi_seal(rsdp, 36, 32);
	}
	memcpy(boot_params.rsdp, rsdp, sizeof(rsdp));
	boot_params.rsdp_size = rsdp_size % 3 == 0 ? 0 : rsdp_size % 3 == 1 ? 20 : 36;
	for (i = 0; i < 3; i++) {
		fuzz_take(&in, &n, sizeof(n));
		place(&in, i, min((size_t)n, in.size), flags & (2 << i));
	}
	place(&in, 3, in.size, flags & 16);
	boot_params.e820_entries = 1;
	boot_params.e820_map[0] = (struct e820entry){
		FIRST_TABLE, flags & 32 ? 4 * TABLE_ROOM : 3 * TABLE_ROOM + 0x100, E820_ACPI };
	acpi_find_exits();
	must(acpi_all_unmapped());
	check_exits();
	return 0;
}
