// SPDX-License-Identifier: GPL-2.0-only
/* Stands in for numa_32.c, the memory map, bootmem and the I/O APICs' registers. */
#include <asm/numa.h>
#include <asm/smp_boot.h>
#include <firmware/e820.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#include <host.h>

#include <numa_stand_ins.h>

struct node_memory_chunk_s node_memory_chunk[MAXCHUNKS];
int num_memory_chunks;
unsigned long node_online_map, node_start_pfn[MAX_NUMNODES], node_end_pfn[MAX_NUMNODES], max_pfn;
int boot_cpu_node;
u8 node_distances[MAX_NUMNODES][MAX_NUMNODES];
struct e820map e820;
char *host_memory;
unsigned long numa_allocated;
u32 numa_ioapic_version;

static char registered[2000];

void numa_begin(void)
{
	memset(node_start_pfn, 0, sizeof(node_start_pfn));
	memset(node_end_pfn, 0, sizeof(node_end_pfn));
	node_online_map = 1;
	e820.nr_map = 0;
	max_pfn = 0;
	registered[0] = '\0';
	numa_allocated = 0;
	numa_ioapic_version = 0x170020;
}

void numa_add_ram(unsigned long start_pfn, unsigned long end_pfn)
{
	e820.map[e820.nr_map++] = (struct e820entry){ (u64)start_pfn << 12, (u64)(end_pfn - start_pfn) << 12,
						      E820_RAM };
	max_pfn = end_pfn;
}

const char *numa_registered(void)
{
	return registered;
}

static void note(const char *what, int nid, unsigned long start, unsigned long end)
{
	size_t n = strlen(registered);

	snprintf(registered + n, sizeof(registered) - n, "%s%d %lx %lx;", what, nid, start, end);
}

void e820_register_active_regions(int nid, unsigned long start_pfn, unsigned long last_pfn)
{
	note("", nid, start_pfn, last_pfn);
}

void sort_node_map(void)
{
}

void memory_present(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	note("n", nid, start_pfn, end_pfn);
}

void *boot_alloc(unsigned long size, unsigned long align, unsigned long goal)
{
	static char memory[64 * 64];

	must(size <= sizeof(memory));
	numa_allocated += size;
	return memory;
}

void balance_own(const char *owner, struct phys_range range)
{
}

u32 io_apic_read(u32 address, u8 reg)
{
	must(address >= 0x100000 && reg == 1);
	return numa_ioapic_version;
}
