// SPDX-License-Identifier: GPL-2.0-only
/*
 * start_kernel(): the boot's table of contents. src/README.md follows it.
 */
#include <asm/acpi.h>
#include <asm/acpi_boot.h>
#include <asm/early_ioremap.h>
#include <asm/init_32.h>
#include <asm/irqflags.h>
#include <asm/kexec.h>
#include <asm/page.h>
#include <asm/traps.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <kernel/alloctrace.h>
#include <kernel/caches.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/selftest.h>
#include <kernel/start_kernel.h>
#include <lib/string.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/stats.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <monitor/monitor.h>
#include <of/fdt.h>
#include <proc/balance.h>
#include <proc/bootalloc.h>
#include <proc/dump_zones.h>
#include <proc/proc.h>
#include <proc/report.h>

char boot_command_line[COMMAND_LINE_SIZE] __initdata;

/* The untouched command line, and one whose words parameters may point to. */
char *saved_command_line;
static char *static_command_line;

static char * __init copy_command_line(const char *from, const char *owner)
{
	unsigned long size = strlen(from) + 1;
	char *copy = alloc_bootmem(size);

	balance_own(owner, phys_span(__pa(copy), size));
	strcpy(copy, from);
	return copy;
}

/* Linux: init/main.c:setup_command_line, v2.6.34. */
static void __init setup_command_line(const char *command_line)
{
	saved_command_line = copy_command_line(boot_command_line, "saved_command_line");
	static_command_line = copy_command_line(command_line, "static_command_line");
}

/* What an emulator is told at the end. */
static u32 exit_code = EXIT_BOOT_COMPLETE;

/* Right after mem_init(), before anybody allocates from the buddy allocator. */
static void __init boot_complete(void)
{
	struct balance_sheet s;

	report_unknown_words();
	balance_count(&s);
	if (memdawn_options.dump_zones)
		dump_zones("boot");
	if (memdawn_options.dump_balance)
		show_balance(&seq_log);
	if (memdawn_options.dump_bootalloc)
		show_bootalloc(&seq_log);
	if (memdawn_options.dump_report)
		show_report(&seq_log);
	if (memdawn_options.bench)
		boot_marks_print();
	printk(KERN_INFO "memdawn: boot complete: %lu pages free, %lu reserved, balance %s\n",
	       s.free, s.reserved + s.memmap, s.ok ? "ok" : "BAD");
	if (!s.ok)
		exit_code = EXIT_UNBALANCED;
}

/* memdawn.bootalloc=all: once more with the next generation, until each has had its turn. */
static void __init next_boot_alloc(void)
{
	const struct boot_allocator *next = boot_alloc_next();
	struct kexec_control *control;

	if (!boot_alloc_all || !next || exit_code != EXIT_BOOT_COMPLETE)
		return;
	control = kexec_load(boot_alloc_stats, sizeof(boot_alloc_stats));
	if (!control)
		return;
	printk(KERN_INFO "memdawn: %s has handed over; now the same machine with %s\n",
	       live_boot_allocator()->name, next->name);
	machine_kexec(control);
}

/* Linux: init/main.c:mm_init, v2.6.34. */
static void __init mm_init(void)
{
	mem_init();			/* bootmem is gone afterwards */
	boot_mark(MARK_MEM_INIT);
	boot_complete();		/* before the first allocation changes what it counts */
	next_boot_alloc();
	alloctrace_early();		/* its pages are known only while nobody else has any */
	kmem_cache_init();		/* takes pages */
	vmalloc_init();			/* its areas are described by objects of kmalloc() */
}

/* What Linux's initcalls do about memory, in their order. */
static void __init do_initcalls(void)
{
	e820_reserve_resources_late();	/* its list of what is left to do is init data */
	if (initrd_start)
		free_initrd_mem(initrd_start, initrd_end);
	unmap_nomap_memory();		/* may take pages for page tables */
	init_per_zone_wmark_min();	/* until here the boot may have a zone's last page */
	alloctrace_late();		/* with watermarks */
	if (memdawn_options.fault && early_fault_on_request(memdawn_options.fault))
		memdawn_options.fault = NULL;
	acpi_find_exits();		/* it maps the tables as the boot maps things */
	check_early_ioremap_leak();
}

/* Not __init: it frees the init sections. Linux: init/main.c:init_post, v2.6.34. */
static noinline void __ref __noreturn rest_init(void)
{
	do_initcalls();
	free_initmem();			/* from here on nothing marked __init may be called */
	mark_rodata_ro();		/* after it: the init sections were to be overwritten */
	if (memdawn_options.dump_proc)
		proc_print_all();
	if (memdawn_options.fault && !fault_on_request(memdawn_options.fault))
		printk(KERN_ERR "memdawn: memdawn.fault=%s is not known, see README.md\n",
		       memdawn_options.fault);
	if (memdawn_options.selftest && selftest_run(memdawn_options.selftest))
		exit_code = EXIT_SELFTEST_FAILED;
	if (memdawn_exit)
		emulator_exit(exit_code);
	monitor_main();
}

/**
 * start_kernel - from a mapped image to a buddy allocator that owns all free memory,
 * and on to a kernel that can be worked with
 *
 * i386_start_kernel() calls it, with what must not be given away reserved.
 * Linux: init/main.c:start_kernel, v2.6.34; what isn't about memory is left out.
 */
void __init start_kernel(void)
{
	char *command_line;

	boot_mark(MARK_START);
	page_address_init();		/* before there is high memory to be mapped */
	setup_arch(&command_line);	/* from the memory map to zones; now bootmem serves */
	boot_mark(MARK_SETUP_ARCH);
	setup_command_line(command_line);	/* takes memory from bootmem */
	setup_per_cpu_areas();		/* takes large pages, while there are some */
	build_all_zonelists();		/* after setup_arch() has made the zones */
	boot_mark(MARK_ZONELISTS);
	printk(KERN_NOTICE "Kernel command line: %s\n", boot_command_line);
	parse_late_param(static_command_line);	/* dhash_entries= is for the tables below */
	pidhash_init();			/* these two may need larger pieces than the buddy */
	vfs_caches_init_early();	/* allocator has, so they come before mm_init() */
	trap_init();			/* takes memory from bootmem too, on a CPU with xsave */
	mm_init();			/* bootmem hands over: now pages and kmalloc() serve */

	gfp_allowed_mask = __GFP_BITS_MASK;	/* interrupts are on, in Linux: one may wait */
	kmem_cache_init_late();		/* caches made from here on get full arrays at once */
	console_init();
	setup_per_cpu_pageset();	/* mem_init()'s pages were not to stay in these lists */
	fork_init(totalram_pages);	/* this limit and those below follow from what is there */
	proc_caches_init();
	buffer_init();
	vfs_caches_init(totalram_pages);
	proc_root_init();
	rest_init();			/* doesn't return: this function is about to be freed */
}
