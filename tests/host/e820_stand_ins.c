// SPDX-License-Identifier: GPL-2.0-only
/* What e820*.c and early_res.c call besides the memory map: recorded, or left undone. */
#include <asm/init_32.h>
#include <asm/processor.h>
#include <kernel/early_res.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/node_map.h>

#include <host.h>

#include <e820_stand_ins.h>

struct active_range active_ranges_seen[256];
int nr_active_ranges_seen;
const struct phys_range *ram_seen;
unsigned int nr_ram_seen;

struct cpuinfo_x86 boot_cpu_data;

char *host_memory;
unsigned long max_pfn_mapped;

void add_active_range(unsigned int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	assert_true(nr_active_ranges_seen < 256);
	active_ranges_seen[nr_active_ranges_seen++] = (struct active_range){ start_pfn, end_pfn };
}

void balance_own(const char *owner, struct phys_range range)
{
}

/* Those who find memory by it are told. */
void boot_add_ram(const struct phys_range *ram, unsigned int nr)
{
	ram_seen = ram;
	nr_ram_seen = nr;
	early_res_set_ram(ram, nr);
}

/* Lives until the program ends, as boot memory does. */
void *boot_alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	static void *last;

	free(last);
	last = calloc(1, size ? size : 1);
	return last;
}
