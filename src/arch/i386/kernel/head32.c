// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first C code. On entry: paging is on, the image and a little more are mapped
 * at 0 and at PAGE_OFFSET, the boot loader's information lies in mb2_info_copy,
 * interrupts are off, there is no allocator. It reserves everything that the boot
 * must not give away, and calls start_kernel().
 */
#include <asm/kexec.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <asm/traps.h>
#include <firmware/boot_params.h>
#include <firmware/multiboot2.h>
#include <kernel/init.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <kernel/start_kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>

#include "version.h"

#define BIOS_LOWMEM_KILOBYTES	0x413	/* u16 in the BIOS data area: KiB below the EBDA */
#define BIOS_EBDA_SEGMENT	0x40e	/* u16: the EBDA's real-mode segment */

static u16 __init read_bios_word(unsigned long addr)
{
	return *(const volatile u16 *)__va(addr);
}

/**
 * reserve_ebda_region - reserve from the extended BIOS data area to 1 MiB
 *
 * The BIOS says where its data starts in two places that may contradict each
 * other; the cautious answer is taken.
 * Linux: arch/x86/kernel/head.c:reserve_ebda_region, v2.6.34.
 */
static void __init reserve_ebda_region(void)
{
	u32 lowmem = read_bios_word(BIOS_LOWMEM_KILOBYTES) << 10;
	u32 ebda = read_bios_word(BIOS_EBDA_SEGMENT) << 4;

	/* An EBDA in the last 64 KiB that the BIOS forgot to take off; or none at all. */
	if (lowmem - ebda <= 0x10000)
		lowmem = ebda;
	if (!ebda && lowmem >= 0x9f000)
		lowmem = 0x9f000;
	if (!lowmem || lowmem >= 0x100000)
		lowmem = 0x9f000;
	boot_reserve_overlap_ok(phys_range(lowmem, 0x100000), "BIOS reserved");
}

static void __init reserve_module(const struct boot_module *m, const char *kind, const char *owner)
{
	printk(KERN_INFO "memdawn: module %s at %llx - %llx\n", kind, m->start, m->end);
	boot_reserve(phys_range(m->start, PAGE_ALIGN(m->end)), owner);
}

/* Everything of GRUB's that is needed later: the RAM disk under the name Linux gives it. */
static void __init reserve_modules(void)
{
	u32 i;

	if (boot_params.ramdisk_image)
		boot_reserve(phys_range(boot_params.ramdisk_image,
					PAGE_ALIGN(boot_params.ramdisk_image + boot_params.ramdisk_size)),
			     "RAMDISK");
	for (i = 0; i < boot_params.nr_modules; i++) {
		const struct boot_module *m = &boot_params.modules[i];

		if (m->kind == MODULE_DTB)
			reserve_module(m, "dtb", "DEVICE TREE");
		else if (m->kind == MODULE_KERNEL && boot_alloc_all)
			reserve_module(m, "kernel", "KERNEL MODULE");
		else if (m->kind == MODULE_E820 && boot_alloc_all)	/* else the copy is enough */
			reserve_module(m, "e820", "E820 MODULE");
	}
}

static void __init report_loader(void)
{
	printk(KERN_INFO "memdawn: loaded by %s%s\n",
	       boot_params.loader_name[0] ? boot_params.loader_name : "an unnamed boot loader",
	       boot_params.efi ? " under UEFI" : "");
}

/**
 * i386_start_kernel - reserve what is in use, then start the kernel
 *
 * Linux: arch/x86/kernel/head32.c:i386_start_kernel, v2.6.34, where the boot
 * loader's own protocol has filled boot_params; here multiboot2.c does.
 */
asmlinkage void __init i386_start_kernel(void)
{
	early_trap_init();
	printk(KERN_NOTICE "memdawn: memdawn " MEMDAWN_VERSION
	       ", the memory boot of Linux 2.6.34 (i386 PAE)\n");
	multiboot2_parse(mb2_info_copy, mb2_info_size);
	strlcpy(boot_command_line, boot_params.command_line, COMMAND_LINE_SIZE);
	boot_alloc_choose((unsigned long)image_boot_alloc);
	parse_memdawn_options();
	report_loader();

	if (MAX_NUMNODES > 1)	/* the page of other CPUs' start in old kernels: firmware may write to it */
		boot_reserve_overlap_ok(phys_span(PAGE_SIZE, PAGE_SIZE), "EX TRAMPOLINE");
	boot_reserve(phys_range(__pa(_text), __pa(__bss_stop)), "TEXT DATA BSS");
	if (boot_alloc_all)
		kexec_reserve();
	place_initrd(memdawn_options.initrd);
	reserve_modules();
	reserve_ebda_region();
	start_kernel();
}
