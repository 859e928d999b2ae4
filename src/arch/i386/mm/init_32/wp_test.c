// SPDX-License-Identifier: GPL-2.0-only
/*
 * The test of write protection that ends mem_init(). Linux has it in arch/x86/mm/init_32.c.
 */
#include <asm/extable.h>
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/pgtable.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/compiler.h>

/* Writes to a read-only page; 1: the CPU refused, as it should. Not __init: see extable. */
static noinline int do_test_wp_bit(void)
{
	char *addr = (char *)fix_to_virt(FIX_WP_TEST);
	int refused = 1;
	char val;

	asm volatile("	movb (%2), %1\n"
		     "1:	movb %1, (%2)\n"
		     "	xorl %0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+r"(refused), "=&q"(val)
		     : "r"(addr)
		     : "memory");
	return refused;
}

/**
 * test_wp_bit - does the CPU protect a read-only page against the kernel itself?
 *
 * Panics if not. The fixmap's page table must be there.
 * Linux: arch/x86/mm/init_32.c:test_wp_bit, v2.6.34.
 */
void __init test_wp_bit(void)
{
	int works;

	printk(KERN_INFO "Checking if this processor honours the WP bit even in supervisor mode...");
	__set_fixmap(FIX_WP_TEST, __pa(swapper_pg_dir), PAGE_READONLY);
	works = do_test_wp_bit();
	clear_fixmap(FIX_WP_TEST);
	printk(KERN_CONT "%s\n", works ? "Ok." : "No.");
	if (!works)
		panic("This kernel doesn't support CPU's with broken WP.");
}
