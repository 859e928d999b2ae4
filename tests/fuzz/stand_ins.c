// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the command line's handlers need and a host doesn't have: devices, CPU registers, page
 * tables.
 */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/keyboard.h>
#include <asm/serial.h>
#include <asm/traps.h>
#include <asm/screen.h>
#include <firmware/boot_params.h>
#include <kernel/alloctrace.h>
#include <kernel/panic.h>
#include <kernel/reboot.h>
#include <mm/balance.h>
#include <mm/highmem.h>

#include <host.h>

struct cpuinfo_x86 boot_cpu_data;
pgd_t swapper_pg_dir[PTRS_PER_PGD];
pteval_t __supported_pte_mask;
unsigned long max_pfn_mapped;
int after_bootmem;
bool memdawn_exit;
bool kmap_atomic_checks;

/* The image ends where it ends in the kernel: 22 MiB above the beginning of memory. */
char *host_memory;

static void __attribute__((__constructor__)) place_memory(void)
{
	host_memory = (char *)((unsigned long)_end - (22UL << 20));
}

void balance_own(const char *owner, struct phys_range range)
{
}

void dump_stack(void)
{
}

int given_map_setup(char *val)
{
	return 0;
}

int alloctrace_setup(char *str)
{
	return 0;
}

int early_ioremap_debug_setup(char *str)
{
	return 0;
}

int panic_setup(char *str)
{
	return 0;
}

int rdmsr_safe(u32 msr, u64 *val)
{
	return -1;
}

void layout_record_ranges(void)
{
}

void permanent_kmaps_init(void)
{
}

void kmap_init(void)
{
}

bool serial_present(u16 base)
{
	return false;
}

int serial_getc(u16 base)
{
	return -1;
}

bool keyboard_present(void)
{
	return false;
}

int keyboard_getc(void)
{
	return -1;
}

unsigned long tsc_khz(void)
{
	return 0;
}

u16 serial_port_base(unsigned int index)
{
	return index < 4 ? 0x3f8 : 0;
}

void serial_init(u16 base, unsigned int baud, u8 line_control)
{
}

void serial_write(u16 base, const char *s, size_t n)
{
}

bool screen_init(void)
{
	return true;
}

int screen_pause_setup(char *val)
{
	return 0;
}

void screen_write(const char *s, size_t n)
{
}
