// SPDX-License-Identifier: GPL-2.0-only
/* Stands in for early_memremap(), the loader's information and the CPU. */
#include <asm/early_ioremap.h>
#include <asm/processor.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>

#include <host.h>

#include <acpi_stand_ins.h>

struct boot_params boot_params;
struct cpuinfo_x86 boot_cpu_data = { .x86_phys_bits = 36 };

static struct {
	u64 addr;
	u8 *bytes;
	u32 size;
} tables[MOST_TABLES_AT];
static unsigned int nr_tables;
static unsigned long mapped_size;
static void *mapped;

void acpi_begin(void)
{
	while (nr_tables)
		free(tables[--nr_tables].bytes);
	memset(&boot_params, 0, sizeof(boot_params));
	mapped = NULL;
	log_clear();
}

void acpi_place(u64 addr, const void *bytes, u32 size)
{
	u8 *copy = malloc(size);

	memcpy(copy, bytes, size);
	tables[nr_tables].addr = addr;
	tables[nr_tables].bytes = copy;
	tables[nr_tables++].size = size;
}

u8 *acpi_placed(u64 addr)
{
	unsigned int i;

	for (i = 0; tables[i].addr != addr; i++)
		assert_true(i + 1 < nr_tables);
	return tables[i].bytes;
}

/* A copy of what is there, of just that size; where no table is, zeros. */
void *early_memremap(resource_size_t phys_addr, unsigned long size)
{
	unsigned int i;
	u8 *p = calloc(size, 1);

	if (mapped || !size || size > 63 * 4096) {
		fprintf(stderr, "early_memremap(%llx, %lx)\n", phys_addr, size);
		abort();
	}
	for (i = 0; i < nr_tables; i++) {
		u64 first = max(phys_addr, tables[i].addr);
		u64 last = min(phys_addr + size, tables[i].addr + tables[i].size);

		if (first < last)
			memcpy(p + (first - phys_addr), tables[i].bytes + (first - tables[i].addr), last - first);
	}
	mapped = p;
	mapped_size = size;
	return p;
}

void early_iounmap(void *addr, unsigned long size)
{
	if (addr != mapped || size != mapped_size)
		abort();
	free(mapped);
	mapped = NULL;
}

bool acpi_all_unmapped(void)
{
	return !mapped;
}

void acpi_seal(u8 *table, u32 size, u32 checksum)
{
	u8 sum = 0;
	u32 i;

	table[checksum] = 0;
	for (i = 0; i < size; i++)
		sum += table[i];
	table[checksum] = -sum;
}
