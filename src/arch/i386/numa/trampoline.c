// SPDX-License-Identifier: GPL-2.0-only
/* The page below 1 MiB in which an SMP kernel starts its other CPUs: in real mode, so it must be there. */
#include <asm/acpi_boot.h>
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <mm/boot/boot_alloc.h>

#define TRAMPOLINE_SIZE	PAGE_SIZE
#define LOWEST		0x100000

/**
 * reserve_trampoline_memory - find a page for the trampoline
 *
 * RAM must be known.
 * Linux: arch/x86/kernel/trampoline.c:reserve_trampoline_memory, v2.6.34.
 */
void __init reserve_trampoline_memory(void)
{
	u64 addr = boot_find_area(phys_range(0, LOWEST), TRAMPOLINE_SIZE, PAGE_SIZE);

	if (addr == -1ULL)
		panic("Cannot allocate trampoline\n");
	boot_reserve(phys_span(addr, TRAMPOLINE_SIZE), "TRAMPOLINE");
}
