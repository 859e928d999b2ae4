// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands in for the kernel around its memory boot, in replay: the log is standard output, the
 * CPU has what QEMU's qemu64 has as far as the memory boot asks, there are no MTRRs, and the boot
 * ends where the slab would begin.
 */
#include <asm/acpi.h>
#include <asm/early_ioremap.h>
#include <asm/extable.h>
#include <asm/framebuffer.h>
#include <asm/init_32.h>
#include <asm/kexec.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/screen.h>
#include <asm/smp_boot.h>
#include <asm/traps.h>
#include <firmware/e820.h>
#include <firmware/fw_cfg.h>
#include <firmware/mtrr.h>
#include <kernel/alloctrace.h>
#include <kernel/caches.h>
#include <kernel/console.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/selftest.h>
#include <kernel/start_kernel.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <monitor/monitor.h>
#include <proc/dump_zones.h>
#include <proc/proc.h>
#include <proc/report.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <host_messages.h>

#include "replay.h"

int kernel_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);

/* --- the log ---------------------------------------------------------------------------- */

/* As src/kernel/printk.c has it: a message is cut at 1023 characters; a level begins a line. */
int vprintk(const char *fmt, va_list args)
{
	static bool line_begins = true;
	char message[1024];
	const char *text = message;

	kernel_vsnprintf(message, sizeof(message), fmt, args);
	if (text[0] == '<' && text[1] && text[2] == '>') {
		if (text[1] != 'c' && !line_begins)
			putchar('\n');
		text += 3;
	}
	if (!*text)
		return 0;
	line_begins = text[strlen(text) - 1] == '\n';
	return fputs(text, stdout);
}

static void __noreturn leave(int status)
{
	fflush(stdout);
	exit(status);
}

/* Of a panic, or of a BUG. */
void host_stop(void)
{
	leave(STATUS_PANIC);
}

void dump_stack(void)
{
}

void add_taint(enum taint taint)
{
}

/* --- the machine ------------------------------------------------------------------------ */

struct cpuinfo_x86 boot_cpu_data;

bool early_key_pressed(void)
{
	return false;
}

unsigned long tsc_khz(void)
{
	return 0;
}

void early_cpu_init(void)
{
	boot_cpu_data.x86_capability[X86_FEATURE_PSE / 32] |=
		1u << X86_FEATURE_PSE % 32 | 1u << X86_FEATURE_PGE % 32;
	boot_cpu_data.x86_capability[X86_FEATURE_NX / 32] |= 1u << X86_FEATURE_NX % 32;
	boot_cpu_data.x86_phys_bits = 36;
}

void mtrr_bp_init(void)
{
}

int mtrr_trim_uncached_memory(unsigned long end_pfn)
{
	return 0;
}

struct border border_ram_cached = RAM_CUT;

int disable_mtrr_trim_setup(char *str)
{
	return 0;
}

bool fw_cfg_open(const char *name, u32 *size)
{
	printk("memdawn: replay: there is no fw_cfg\n");
	return false;
}

void fw_cfg_read(void *buf, u32 size)
{
	memset(buf, 0, size);
}

int probe_kernel_read(void *dst, const void *src, size_t n)
{
	memcpy(dst, src, n);
	return 0;
}

/* The version and the pins of QEMU's. */
u32 io_apic_read(u32 address, u8 reg)
{
	return 0x170020;
}

/* All that anybody maps early is low memory here. */
void *early_memremap(resource_size_t phys_addr, unsigned long size)
{
	return __va((unsigned long)phys_addr);
}

void *early_ioremap(resource_size_t phys_addr, unsigned long size)
{
	return early_memremap(phys_addr, size);
}

void early_iounmap(void *addr, unsigned long size)
{
}

void early_ioremap_init(void)
{
}

void early_ioremap_reset(void)
{
}

void early_trap_init(void)
{
}

void stack_guard_init(void)
{
}

void trap_init(void)
{
}

void test_wp_bit(void)
{
	printk("Checking if this processor honours the WP bit even in supervisor mode...Ok.\n");
}

/* --- parameters of what isn't here ------------------------------------------------------- */

bool memdawn_exit;

#define IGNORED(setup)		int setup(char *str) { return 0; }

IGNORED(setup_early_printk)
IGNORED(screen_pause_setup)
IGNORED(console_setup)
IGNORED(ignore_loglevel_setup)
IGNORED(loglevel_setup)
IGNORED(quiet_kernel)
IGNORED(debug_kernel)
IGNORED(panic_setup)
IGNORED(alloctrace_setup)
IGNORED(early_ioremap_debug_setup)

void boot_mark(enum boot_mark mark)
{
}

void boot_marks_print(void)
{
}

void alloctrace_early(void)
{
}

/* --- the end ---------------------------------------------------------------------------- */

/* The first thing after mem_init(). */
void kmem_cache_init(void)
{
	tlb_check();
	leave(0);
}

struct cache_sizes malloc_sizes[1];

#define NOT_REACHED(function)	void function { abort(); }

NOT_REACHED(vmalloc_init(void))
NOT_REACHED(kmem_cache_init_late(void))
NOT_REACHED(console_init(void))
NOT_REACHED(fork_init(unsigned long mempages))
NOT_REACHED(proc_caches_init(void))
NOT_REACHED(buffer_init(void))
NOT_REACHED(vfs_caches_init(unsigned long mempages))
NOT_REACHED(free_initrd_mem(unsigned long start, unsigned long end))
NOT_REACHED(alloctrace_late(void))
NOT_REACHED(free_initmem(void))
NOT_REACHED(mark_rodata_ro(void))
NOT_REACHED(proc_root_init(void))
NOT_REACHED(proc_print_all(void))
NOT_REACHED(monitor_main(void))
NOT_REACHED(kexec_reserve(void))
NOT_REACHED(machine_kexec(struct kexec_control *control))
NOT_REACHED(emulator_exit(u32 code))
NOT_REACHED(kfree(const void *objp))
NOT_REACHED(*kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags))

struct kexec_control *kexec_load(const void *kept, unsigned long size)
{
	abort();
}

void framebuffer_probe(void)
{
}

void acpi_find_exits(void)
{
	abort();
}

void show_report(struct seq_file *m)
{
	abort();
}

int check_early_ioremap_leak(void)
{
	abort();
}

bool fault_on_request(const char *kind)
{
	abort();
}

bool early_fault_on_request(const char *kind)
{
	abort();
}

int selftest_run(const char *names)
{
	abort();
}
