// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as the tables that name nodes and CPUs: nothing outside of them is read, everything is unmapped,
 * nothing goes on for ever, and what comes out is possible: nodes that share no page frame, and leave out no
 * RAM. The input:
 *
 *	u8 flags | u8 revision | u16 size, RSDT or XSDT's entries | u16 size, SRAT | u16 size, SLIT | MADT
 *
 * Headers are made here, so that something comes further: the flags say which of them are wrong.
 */
#include <asm/acpi_boot.h>
#include <asm/numa.h>
#include <asm/processor.h>
#include <asm/smp_boot.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>
#include <mm/boot/boot_alloc.h>
#include <mm/page_alloc.h>

#include <host.h>

#include <acpi_stand_ins.h>
#include <fuzz.h>
#include <numa_stand_ins.h>

#define RSDP		0xf0000ULL
#define FIRST_TABLE	0x7fe0000ULL
#define TABLE_ROOM	0x10000		/* from one to the next */
#define TABLES		4

enum flags { NO_RSDP = 1, WRONG_SUM = 2, LONG = 4, LITTLE_RAM = 8, NO_APIC = 16 };

static u64 address(unsigned int which)
{
	return FIRST_TABLE + which * TABLE_ROOM;
}

/* A header, then n bytes of the input. */
static void place(struct fuzz_input *in, unsigned int which, const char *signature, size_t n, u8 flags)
{
	u32 size = 36 + n, said = size + (flags & LONG ? 1000 : 0);
	u8 *copy = calloc(size, 1);

	memcpy(copy, signature, 4);
	memcpy(copy + 4, &said, sizeof(said));
	fuzz_take(in, copy + 36, n);
	acpi_seal(copy, size, 9);
	if (flags & WRONG_SUM)
		copy[9]++;
	acpi_place(address(which), copy, size);
	free(copy);
}

static void place_rsdp(u8 revision)
{
	u8 rsdp[36] = "RSD PTR ";
	u64 list = address(0);

	rsdp[15] = revision & 3;
	memcpy(rsdp + 16, &list, 4);
	memcpy(rsdp + 24, &list, 8);
	acpi_seal(rsdp, 20, 8);
	acpi_seal(rsdp, 36, 32);
	acpi_place(RSDP, rsdp, sizeof(rsdp));
}

/* The list has what the input has, and the three tables. */
static void place_list(struct fuzz_input *in, u8 revision, size_t n)
{
	static const u64 tables[] = { FIRST_TABLE + TABLE_ROOM, FIRST_TABLE + 2 * TABLE_ROOM, FIRST_TABLE + 3 * TABLE_ROOM };
	bool newer = (revision & 3) > 1;
	u32 width = newer ? 8 : 4, i;
	u8 entries[TABLE_ROOM] = { 0 };
	struct fuzz_input list = { entries, 0 };

	n -= n % width;
	fuzz_take(in, entries, n);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		memcpy(entries + n + i * width, &tables[i], width);
	list.size = n + ARRAY_SIZE(tables) * width;
	place(&list, 0, newer ? "XSDT" : "RSDT", list.size, 0);
}

/* Chunks are in order, those of two nodes don't overlap, and each node is one that there is. */
static void check_chunks(void)
{
	int i, j;

	must(num_memory_chunks > 0 && num_memory_chunks <= MAXCHUNKS);
	for (i = 0; i < num_memory_chunks; i++) {
		const struct node_memory_chunk_s *a = &node_memory_chunk[i];

		must(a->start_pfn < a->end_pfn && node_online(a->nid));
		must(!i || node_memory_chunk[i - 1].start_pfn <= a->start_pfn);
		for (j = 0; j < i; j++)
			must(node_memory_chunk[j].nid == a->nid || node_memory_chunk[j].end_pfn <= a->start_pfn);
	}
}

static bool in_a_chunk(unsigned long pfn)
{
	int i;

	for (i = 0; i < num_memory_chunks; i++)
		if (pfn >= node_memory_chunk[i].start_pfn && pfn < node_memory_chunk[i].end_pfn)
			return true;
	return false;
}

static void check_nodes(void)
{
	int nid;

	check_chunks();
	must(in_a_chunk(1) && in_a_chunk(0x9e) && in_a_chunk(0x100) && in_a_chunk(max_pfn - 1));
	must(num_online_nodes() >= 1);
	for_each_online_node(nid)
		must(node_start_pfn[nid] <= node_end_pfn[nid]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	u8 flags, revision;
	unsigned int i;
	u16 n;

	acpi_begin();
	numa_begin();
	fuzz_take(&in, &flags, sizeof(flags));
	fuzz_take(&in, &revision, sizeof(revision));
	if (!(flags & NO_RSDP))
		place_rsdp(revision);
	for (i = 0; i < TABLES; i++) {
		static const char *const names[] = { "", "SRAT", "SLIT", "APIC" };

		fuzz_take(&in, &n, sizeof(n));
		n = min((size_t)n, min(in.size, (size_t)TABLE_ROOM / 2));
		if (i)
			place(&in, i, names[i], n, i == 1 ? flags : 0);
		else
			place_list(&in, revision, n);
	}
	boot_params.e820_entries = 2;
	boot_params.e820_map[0] = (struct e820entry){ 0, 0x100000, E820_RESERVED };
	boot_params.e820_map[1] = (struct e820entry){ FIRST_TABLE, TABLES * TABLE_ROOM, E820_ACPI };
	numa_add_ram(1, 0x9f);
	numa_add_ram(0x100, flags & LITTLE_RAM ? 0x200 : 0x7fe0);
	numa_ioapic_version = revision << 16 | 0x20;
	memset(&boot_cpu_data, 0, sizeof(boot_cpu_data));
	boot_cpu_data.x86_phys_bits = 36;
	if (!(flags & NO_APIC))
		boot_cpu_data.x86_capability[X86_FEATURE_APIC / 32] |= 1U << X86_FEATURE_APIC % 32;

	acpi_boot_table_init();
	early_acpi_boot_init();
	acpi_numa_init();
	if (get_memcfg_from_srat())
		check_nodes();
	smp_boot_config();
	must(acpi_all_unmapped());
	must(nr_cpu_ids >= 1 && nr_cpu_ids <= NR_CPUS);
	return 0;
}
