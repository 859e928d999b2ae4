// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/arch/i386/numa, as far as it reads ACPI's tables: a machine as the real 2.6.34 saw it (the lines are
 * those of tests/linux/numa/pc-1G-2n.log), and tables that can't be.
 */
#include <asm/acpi_boot.h>
#include <asm/acpi_entries.h>
#include <asm/numa.h>
#include <asm/processor.h>
#include <asm/smp_boot.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>
#include <mm/page_alloc.h>

#include <host.h>

#include <acpi_stand_ins.h>
#include <numa_stand_ins.h>

#define RSDP	0xf59b0ULL
#define RSDT	0x3ffe1c2fULL
#define XSDT	0x3fff0000ULL
#define FADT	0x3ffe19ebULL
#define DSDT	0x3ffe0040ULL
#define FACS	0x3ffe0000ULL
#define MADT	0x3ffe4000ULL
#define SRAT	0x3ffe8000ULL
#define SLIT	0x3fff8000ULL

#define MOST_ENTRIES	4096

/* A table as it grows. */
struct table {
	u64 addr;
	u32 size;
	u8 bytes[48 + MOST_ENTRIES];
};

static struct table rsdt, fadt, dsdt, facs, madt, srat, slit, xsdt;
static u8 rsdp[36];
static u32 rsdp_size;

static void put(u8 *p, u64 v, unsigned int n)
{
	memcpy(p, &v, n);
}

static void add(struct table *t, u64 v, unsigned int n)
{
	must(t->size + n <= sizeof(t->bytes));
	put(t->bytes + t->size, v, n);
	t->size += n;
}

static void begin(struct table *t, u64 addr, const char *signature, u32 size)
{
	memset(t, 0, sizeof(*t));
	t->addr = addr;
	t->size = size;
	memcpy(t->bytes, signature, 4);
	t->bytes[8] = 1;
	memcpy(t->bytes + 10, "BOCHS ", 6);
	memcpy(t->bytes + 16, "BXPC    ", 8);
	put(t->bytes + 24, 1, 4);
	memcpy(t->bytes + 28, "BXPC", 4);
	put(t->bytes + 32, 1, 4);
}

static void add_cpu(u8 pxm, u8 apic_id, u32 flags)
{
	add(&srat, 0, 1);
	add(&srat, 16, 1);
	add(&srat, pxm, 1);
	add(&srat, apic_id, 1);
	add(&srat, flags, 4);
	add(&srat, 0, 8);
}

static void add_memory(u32 pxm, u64 start, u64 size, u32 flags)
{
	add(&srat, 1, 1);
	add(&srat, 40, 1);
	add(&srat, pxm, 4);
	add(&srat, 0, 2);
	add(&srat, start, 8);
	add(&srat, size, 8);
	add(&srat, 0, 4);
	add(&srat, flags, 4);
	add(&srat, 0, 8);
}

static void add_pages(u32 pxm, u64 start_pfn, u64 end_pfn)
{
	add_memory(pxm, start_pfn << 12, (end_pfn - start_pfn) << 12, 1);
}

static void add_lapic(u8 id, u32 flags)
{
	add(&madt, 0, 1);
	add(&madt, 8, 1);
	add(&madt, id, 1);
	add(&madt, id, 1);
	add(&madt, flags, 4);
}

static void add_ioapic(u8 id, u32 address, u32 gsi_base)
{
	add(&madt, 1, 1);
	add(&madt, 12, 1);
	add(&madt, id, 2);
	add(&madt, address, 4);
	add(&madt, gsi_base, 4);
}

static void add_override(u8 irq, u32 gsi, u16 flags)
{
	add(&madt, 2, 1);
	add(&madt, 10, 1);
	add(&madt, 0, 1);
	add(&madt, irq, 1);
	add(&madt, gsi, 4);
	add(&madt, flags, 2);
}

static void add_lapic_nmi(void)
{
	add(&madt, 4, 1);
	add(&madt, 6, 1);
	add(&madt, 0xff, 1);
	add(&madt, 0, 2);
	add(&madt, 1, 1);
}

/* The tables' frames: no node, no CPU, the FADT's interrupt 9. */
static void make_tables(void)
{
	memset(rsdp, 0, sizeof(rsdp));
	memcpy(rsdp, "RSD PTR ", 8);
	memcpy(rsdp + 9, "BOCHS ", 6);
	rsdp_size = 20;
	begin(&rsdt, RSDT, "RSDT", 36);
	begin(&xsdt, XSDT, "XSDT", 36);
	begin(&fadt, FADT, "FACP", 116);
	put(fadt.bytes + 36, FACS, 4);
	put(fadt.bytes + 40, DSDT, 4);
	put(fadt.bytes + 46, 9, 2);
	begin(&dsdt, DSDT, "DSDT", 36);
	begin(&facs, FACS, "FACS", 64);
	begin(&madt, MADT, "APIC", 36);
	add(&madt, 0xfee00000, 4);
	add(&madt, 1, 4);
	begin(&srat, SRAT, "SRAT", 48);
	memset(&slit, 0, sizeof(slit));
}

static void place(struct table *t)
{
	if (!t->size)
		return;
	put(t->bytes + 4, t->size, 4);
	if (memcmp(t->bytes, "FACS", 4))
		acpi_seal(t->bytes, t->size, 9);
	acpi_place(t->addr, t->bytes, t->size);
}

/* The machine: 1 GiB, the tables in the last pages of its map. */
static void place_all(void)
{
	static const struct e820entry map[] = {
		{ 0, 0x9fc00, E820_RAM }, { 0xf0000, 0x10000, E820_RESERVED }, { 0x100000, 0x3fee0000, E820_RAM },
		{ 0x3ffe0000, 0x20000, E820_RESERVED },
	};

	acpi_begin();
	numa_begin();
	memcpy(boot_params.e820_map, map, sizeof(map));
	boot_params.e820_entries = ARRAY_SIZE(map);
	numa_add_ram(1, 0x9f);
	numa_add_ram(0x100, 0x3ffe0);
	boot_cpu_data.x86_capability[X86_FEATURE_APIC / 32] |= 1U << X86_FEATURE_APIC % 32;
	if (rsdp_size) {
		acpi_seal(rsdp, 20, 8);
		acpi_place(RSDP, rsdp, rsdp_size);
	}
	place(&rsdt);
	place(&xsdt);
	place(&fadt);
	place(&dsdt);
	place(&facs);
	place(&madt);
	place(&srat);
	place(&slit);
}

static void list_all(void)
{
	struct table *tables[] = { &fadt, &madt, &srat, &slit };
	unsigned int i;

	put(rsdp + 16, RSDT, 4);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (tables[i]->size)
			add(&rsdt, tables[i]->addr, 4);
}

/* What the boot asks, in its order, the messages of each since the last log_clear(). */
static bool nodes(void)
{
	bool found;

	acpi_boot_table_init();
	must(acpi_all_unmapped());
	log_clear();
	acpi_numa_init();
	must(acpi_all_unmapped());
	found = get_memcfg_from_srat();
	must(acpi_all_unmapped());
	return found;
}

static bool nodes_of(void)
{
	list_all();
	place_all();
	return nodes();
}

/* The reference's machine with two nodes. */
static void make_two_nodes(void)
{
	make_tables();
	add_cpu(0, 0, 1);
	add_memory(0, 0, 0xa0000, 1);
	add_memory(0, 0x100000, 0x1ff00000, 1);
	add_cpu(1, 1, 1);
	add_memory(1, 0x20000000, 0x20000000, 1);
}

static const char two_nodes[] =
	"CPU 00 in proximity domain 00\n"
	"CPU 01 in proximity domain 01\n"
	"Memory range 00000000 to 000000a0 in proximity domain 00 enabled\n"
	"Memory range 00000100 to 00020000 in proximity domain 00 enabled\n"
	"Memory range 00020000 to 00040000 in proximity domain 01 enabled\n"
	"pxm bitmap: 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
	"00 00 \n"
	"Number of logical nodes in system = 2\n"
	"Number of memory chunks in system = 3\n"
	"chunk 0 nid 0 start_pfn 00000000 end_pfn 000000a0\n"
	"chunk 1 nid 0 start_pfn 00000100 end_pfn 00020000\n"
	"chunk 2 nid 1 start_pfn 00020000 end_pfn 00040000\n";

static void test_list(void **state)
{
	make_two_nodes();
	add_lapic(0, 1);
	list_all();
	place_all();
	log_clear();
	acpi_boot_table_init();
	assert_string_equal(log_text(),
		"ACPI: RSDP 000f59b0 00014 (v00 BOCHS )\n"
		"ACPI: RSDT 3ffe1c2f 00030 (v01 BOCHS  BXPC     00000001 BXPC 00000001)\n"
		"ACPI: FACP 3ffe19eb 00074 (v01 BOCHS  BXPC     00000001 BXPC 00000001)\n"
		"ACPI: DSDT 3ffe0040 00024 (v01 BOCHS  BXPC     00000001 BXPC 00000001)\n"
		"ACPI: FACS 3ffe0000 00040\n"
		"ACPI: APIC 3ffe4000 00034 (v01 BOCHS  BXPC     00000001 BXPC 00000001)\n"
		"ACPI: SRAT 3ffe8000 000C8 (v01 BOCHS  BXPC     00000001 BXPC 00000001)\n");
	assert_int_equal(acpi_table_length("SRAT"), 0xc8);
	assert_int_equal(acpi_table_length("SLIT"), 0);
}

static void test_two_nodes(void **state)
{
	make_two_nodes();
	assert_true(nodes_of());
	assert_string_equal(log_text(), two_nodes);
	assert_string_equal(numa_registered(), "0 0 a0;0 100 20000;1 20000 3ffe0;n0 0 20000;n1 20000 3ffe0;");
	assert_int_equal(node_online_map, 3);
}

/* No SRAT, and one that names no memory: Linux's own words. */
static void test_none(void **state)
{
	static const char none[] = "could not find any ACPI SRAT memory areas.\n"
				   "failed to get NUMA memory information from SRAT table\n";

	make_tables();
	srat.size = 0;
	assert_false(nodes_of());
	assert_string_equal(log_text(), none);
	make_tables();
	add_memory(0, 0, 0x40000000, 0);		/* not enabled */
	add_cpu(0, 0, 0);
	assert_false(nodes_of());
	assert_string_equal(log_text(), none);
	make_two_nodes();
	rsdp_size = 0;
	list_all();
	place_all();
	acpi_boot_table_init();
	assert_string_equal(log_text(), "ACPI Error: A valid RSDP was not found (20100121/tbxfroot-219)\n");
	assert_int_equal(acpi_table_length("SRAT"), 0);
}

/* By the EBDA; by the loader; by an XSDT; by the RSDT where the XSDT is broken. */
static void test_rsdp(void **state)
{
	u16 ebda = 0x9fc0;

	make_two_nodes();
	list_all();
	rsdp_size = 0;
	place_all();
	acpi_seal(rsdp, 20, 8);
	acpi_place(0x40e, &ebda, 2);
	acpi_place(0x9fff0 - 16, rsdp, 20);		/* nothing after it belongs to the window */
	acpi_boot_table_init();
	assert_true(log_has("ACPI: RSDP 0009ffe0 00014") && acpi_table_length("SRAT"));
	place_all();
	memcpy(boot_params.rsdp, rsdp, 20);
	boot_params.rsdp_size = 20;
	acpi_boot_table_init();
	assert_true(log_has("the RSDP is the boot loader's copy") && acpi_table_length("SRAT"));

	make_two_nodes();
	rsdp[15] = 2;
	put(rsdp + 16, RSDT, 4);
	put(rsdp + 20, 36, 4);
	put(rsdp + 24, XSDT, 8);
	add(&xsdt, SRAT, 8);
	rsdp_size = 36;
	place_all();
	acpi_seal(acpi_placed(RSDP), 36, 32);
	acpi_boot_table_init();
	assert_true(log_has("ACPI: RSDP 000f59b0 00024 (v02") && log_has("ACPI: XSDT 3fff0000"));
	assert_true(!log_has("RSDT") && acpi_table_length("SRAT"));
	place_all();
	acpi_seal(acpi_placed(RSDP), 36, 32);
	acpi_placed(XSDT)[40] ^= 1;
	acpi_boot_table_init();
	assert_true(log_has("ACPI: RSDT 3ffe1c2f") && log_has("its checksum is wrong"));
}

/* Each byte of the SRAT, changed: it isn't used, and all memory is one node. */
static void test_every_byte(void **state)
{
	unsigned int at;

	make_two_nodes();
	list_all();
	for (at = 0; at < srat.size; at++) {
		place_all();
		acpi_placed(SRAT)[at] ^= 0x10;
		assert_false(nodes());
		assert_string_equal(numa_registered(), "");
	}
}

/* Lengths of tables and entries that can't be. */
static void test_lengths(void **state)
{
	static const u8 entry_lengths[] = { 0, 1, 255 };
	static const u32 lengths[] = { 0, 47, 0x20000, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entry_lengths); i++) {
		make_two_nodes();
		srat.bytes[48 + 16 + 1] = entry_lengths[i];
		list_all();
		place_all();
		acpi_boot_table_init();
		assert_true(log_has("the SRAT at 3ffe8000") && log_has("its entry at byte 64 can't have"));
		assert_false(nodes());
	}
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		make_two_nodes();
		list_all();
		place_all();
		put(acpi_placed(SRAT) + 4, lengths[i], 4);
		acpi_boot_table_init();
		assert_true(log_has("the SRAT at 3ffe8000"));
		assert_false(nodes());
	}
	make_two_nodes();			/* Linux's own check */
	srat.bytes[48 + 1] = 14;
	add(&srat, 0, 8);
	list_all();
	place_all();
	assert_false(nodes());
	assert_true(log_has("SRAT: SRAT not used.\nfailed to get NUMA memory information from SRAT table\n") ||
		    log_has("could not find any"));
}

/* Every list points to itself, or to the other one. */
static void test_circles(void **state)
{
	make_two_nodes();
	put(rsdp + 16, RSDT, 4);
	add(&rsdt, RSDT, 4);
	add(&rsdt, RSDT, 4);
	put(fadt.bytes + 40, RSDT, 4);
	put(fadt.bytes + 36, FADT, 4);
	add(&rsdt, FADT, 4);
	add(&rsdt, 0, 4);
	add(&rsdt, 0xfffffff0, 4);
	place_all();
	assert_false(nodes());
	acpi_boot_table_init();
	assert_true(log_has("no DSDT at 3ffe1c2f: it has another signature"));
	assert_true(log_has("no FACS at 3ffe19eb: it has another signature"));
	assert_true(log_has("no table at fffffff0: it is not in the memory map"));
}

/* Chunks in any order; those above all RAM; a node that has a CPU alone; gaps between domains. */
static void test_chunks(void **state)
{
	make_tables();
	add_pages(0x80, 0x20000, 0x40000);
	add_memory(0x20, 0, 0x20000000, 3);
	add_pages(0x80, 0x100000, 0x140000);
	add_cpu(0x55, 3, 1);
	assert_true(nodes_of());
	assert_true(log_has("Memory range 00000000 to 00020000 in proximity domain 20 enabled and removable\n"));
	assert_true(log_has("chunk 0 nid 0 start_pfn 00000000 end_pfn 00020000\n"
			    "chunk 1 nid 2 start_pfn 00020000 end_pfn 00040000\n"
			    "chunk 2 nid 2 start_pfn 00100000 end_pfn 00140000\n"
			    "Ignoring SRAT pfns: 00100000 - 00140000\n"));
	assert_true(log_has("Number of logical nodes in system = 3\n"));
	assert_string_equal(numa_registered(), "0 0 20000;2 20000 3ffe0;n0 0 20000;n1 0 0;n2 20000 3ffe0;");
}

/* Two nodes that lie in each other. */
static void test_interleaved(void **state)
{
	unsigned int i;

	make_tables();
	for (i = 0; i < 16; i++)
		add_pages(i % 2, i << 14, (i + 1) << 14);
	assert_true(nodes_of());
	assert_true(log_has("Number of memory chunks in system = 16\n"));
	assert_int_equal(node_start_pfn[0], 0);
	assert_int_equal(node_end_pfn[0], 0x3c000);
	assert_int_equal(node_start_pfn[1], 0x4000);
	assert_int_equal(node_end_pfn[1], 0x40000);
}

/* Chunks that are none are left out, and nothing else. */
static void test_empty_chunks(void **state)
{
	static const struct {
		u64 start, size;
	} none[] = { { 0x1000, 0 }, { 0x1800, 0x700 }, { 1ULL << 63, 1ULL << 63 }, { 0x1000, ~0ULL },
		     { ~0ULL, 1 }, { ~0ULL << 12, 0x1000 }, { 1ULL << 50, 0x100000 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		make_two_nodes();
		add_memory(1, none[i].start, none[i].size, 1);
		assert_true(nodes_of());
		assert_true(log_has("memdawn: SRAT: ") && log_has("are no page: left out\n"));
		assert_string_equal(numa_registered(),
				    "0 0 a0;0 100 20000;1 20000 3ffe0;n0 0 20000;n1 20000 3ffe0;");
	}
}

/* Page frames of two nodes, RAM of none, more nodes than there can be: one node, nothing lost. */
static void test_refused(void **state)
{
	unsigned int i;

	make_two_nodes();
	add_pages(0, 0x1ffff, 0x20001);
	assert_false(nodes_of());
	assert_true(log_has("memdawn: SRAT: page frames 20000 to 20001 are in proximity domains 00 and 01\n"
			    "SRAT: SRAT not used.\nfailed to get NUMA memory information from SRAT table\n"));
	assert_string_equal(numa_registered(), "");
	make_tables();				/* a chunk inside another one, not next to it in order */
	add_pages(0, 0, 0x40000);
	add_pages(0, 0x100, 0x200);
	add_pages(1, 0x300, 0x400);
	assert_false(nodes_of());
	make_tables();
	add_pages(0, 0, 0x20000);
	add_pages(1, 0x20001, 0x40000);
	assert_false(nodes_of());
	assert_true(log_has("memdawn: SRAT: page frame 20000 is RAM in no proximity domain\nSRAT: SRAT not used.\n"));
	make_tables();
	add_pages(0, 0, 0x3ffdf);
	assert_false(nodes_of());
	assert_true(log_has("page frame 3ffdf is RAM"));
	make_tables();
	add_pages(0, 0, 0x40000);
	for (i = 1; i < 8; i++)
		add_cpu(i, i, 1);
	assert_true(nodes_of());
	assert_int_equal(node_online_map, 0xff);
	add_pages(8, 0x40000, 0x50000);
	place_all();
	assert_false(nodes());
	assert_true(log_has("memdawn: SRAT: 9 proximity domains, but there can be 8 nodes\nSRAT: SRAT not used.\n"));
}

/* More entries than are read: Linux's words, and what follows. */
static void test_many(void **state)
{
	unsigned int i;

	make_tables();
	for (i = 0; i < 40; i++)
		add_pages(i / 20, i * 0x1000, (i + 1) * 0x1000);
	for (i = 0; i < 12; i++)
		add_cpu(i % 2, i, 1);
	assert_true(nodes_of() == false);
	assert_true(log_has("ACPI: [SRAT:0x00] ignored 4 entries of 12 found\n"));
	assert_true(log_has("ACPI: [SRAT:0x01] ignored 24 entries of 40 found\n"));
	assert_true(log_has("page frame 10000 is RAM in no proximity domain"));
}

/* A domain of more than 8 bits is one of 8, as in Linux; x2APIC's CPUs are not for i386. */
static void test_large_numbers(void **state)
{
	make_tables();
	add_pages(0x100, 0, 0x40000);
	add(&srat, 2, 1);
	add(&srat, 24, 1);
	add(&srat, 0, 6);
	add(&srat, 0x1234, 4);
	add(&srat, 1, 4);
	add(&srat, 0, 8);
	assert_true(nodes_of());
	assert_true(log_has("memdawn: SRAT: proximity domain 100 counts as 00\n"));
	assert_true(log_has("ACPI: Found unsupported x2apic [0x00001234] SRAT entry\n"));
}

static void make_slit(u64 nr, const char *matrix, u32 size)
{
	begin(&slit, SLIT, "SLIT", 36);
	add(&slit, nr, 8);
	while (size--)
		add(&slit, *matrix++, 1);
}

static void test_distances(void **state)
{
	static const struct {
		u64 nr;
		const char *matrix;
		u32 size;
	} wrong[] = { { 2, "\12\24\24\13", 4 }, { 2, "\12\12\24\12", 4 }, { 2, "\12\24\24", 3 }, { 0, "", 0 },
		      { 257, "", 0 }, { 1ULL << 32, "\12", 1 }, { ~0ULL, "\12", 1 }, { 256, "\12", 1 } };
	unsigned int i;

	make_tables();
	add_pages(0, 0, 0x20000);
	add_pages(2, 0x20000, 0x40000);
	make_slit(3, "\12\24\36" "\24\12\50" "\25\50\12", 9);
	assert_true(nodes_of());
	assert_int_equal(node_distances[0][0], 10);
	assert_int_equal(node_distances[0][1], 30);
	assert_int_equal(node_distances[1][0], 21);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		make_two_nodes();
		make_slit(wrong[i].nr, wrong[i].matrix, wrong[i].size);
		assert_true(nodes_of());
		assert_true(log_has("ACPI: SLIT table looks invalid. Not used.\n"));
		assert_int_equal(node_distances[0][1], 0);
	}
}

/* --- the MADT ------------------------------------------------------------------------------- */

static const char *smp(void)
{
	list_all();
	place_all();
	acpi_boot_table_init();
	log_clear();
	smp_boot_config();
	must(acpi_all_unmapped());
	return log_text();
}

static void make_madt(void)
{
	make_tables();
	add_lapic(0, 1);
	add_lapic(1, 1);
	add_ioapic(0, 0xfec00000, 0);
	add_override(0, 2, 0);
	add_override(5, 5, 0xd);
	add_override(9, 9, 0xd);
	add_override(10, 10, 0xd);
	add_override(11, 11, 0xd);
	add_lapic_nmi();
}

/* The reference's lines. */
static void test_madt(void **state)
{
	make_madt();
	assert_string_equal(smp(),
		"Using APIC driver default\n"
		"ACPI: Local APIC address 0xfee00000\n"
		"ACPI: LAPIC (acpi_id[0x00] lapic_id[0x00] enabled)\n"
		"ACPI: LAPIC (acpi_id[0x01] lapic_id[0x01] enabled)\n"
		"ACPI: LAPIC_NMI (acpi_id[0xff] dfl dfl lint[0x1])\n"
		"ACPI: IOAPIC (id[0x00] address[0xfec00000] gsi_base[0])\n"
		"IOAPIC[0]: apic_id 0, version 32, address 0xfec00000, GSI 0-23\n"
		"ACPI: INT_SRC_OVR (bus 0 bus_irq 0 global_irq 2 dfl dfl)\n"
		"ACPI: INT_SRC_OVR (bus 0 bus_irq 5 global_irq 5 high level)\n"
		"ACPI: INT_SRC_OVR (bus 0 bus_irq 9 global_irq 9 high level)\n"
		"ACPI: INT_SRC_OVR (bus 0 bus_irq 10 global_irq 10 high level)\n"
		"ACPI: INT_SRC_OVR (bus 0 bus_irq 11 global_irq 11 high level)\n"
		"ACPI: IRQ0 used by override.\n"
		"ACPI: IRQ2 used by override.\n"
		"ACPI: IRQ5 used by override.\n"
		"ACPI: IRQ9 used by override.\n"
		"ACPI: IRQ10 used by override.\n"
		"ACPI: IRQ11 used by override.\n"
		"Using ACPI (MADT) for SMP configuration information\n"
		"SMP: Allowing 2 CPUs, 0 hotplug CPUs\n"
		"nr_irqs_gsi: 24\n");
	assert_int_equal(nr_cpu_ids, 2);
	assert_int_equal(numa_allocated, 11 + 36);
}

/* CPUs that are not there yet, and too many. */
static void test_cpus(void **state)
{
	unsigned int i;

	make_madt();
	add_lapic(2, 0);
	assert_true(strstr(smp(), "ACPI: LAPIC (acpi_id[0x02] lapic_id[0x02] disabled)\n"));
	assert_true(log_has("SMP: Allowing 3 CPUs, 1 hotplug CPUs\n"));
	make_madt();
	for (i = 2; i < 10; i++)
		add_lapic(i, 1);
	smp();
	assert_true(log_has("ACPI: NR_CPUS/possible_cpus limit of 8 reached.  Processor 8/0x8 ignored.\n"));
	assert_true(log_has("ACPI: NR_CPUS/possible_cpus limit of 8 reached.  Processor 9/0x9 ignored.\n"));
	assert_true(log_has("10 Processors exceeds NR_CPUS limit of 8\nSMP: Allowing 8 CPUs, 0 hotplug CPUs\n"));
	make_tables();
	assert_true(strstr(smp(), "ACPI: No LAPIC entries present\nSMP: Allowing 1 CPUs, 0 hotplug CPUs\n"
			   "nr_irqs_gsi: 16\n"));
	make_tables();
	add_lapic(0, 1);
	assert_true(strstr(smp(), "ACPI: No IOAPIC entries present\n"
			   "Using ACPI for processor (LAPIC) configuration information\n"));
}

/* Without a MADT the CPU itself is asked. */
static void test_no_madt(void **state)
{
	static const struct {
		u8 vendor, family, model;
		bool has;
		const char *said;
	} cpus[] = {
		{ X86_VENDOR_AMD, 15, 107, true, "Found and enabled local APIC!\nnr_irqs_gsi: 16\n" },
		{ X86_VENDOR_AMD, 6, 1, true, "No local APIC present or hardware disabled\nAPIC: disable apic facility\n" },
		{ X86_VENDOR_INTEL, 6, 1, false, "Local APIC disabled by BIOS -- you can enable it with \"lapic\"\n"
						 "APIC: disable apic facility\n" },
		{ X86_VENDOR_INTEL, 5, 1, false, "No local APIC present or hardware disabled\n" },
		{ X86_VENDOR_UNKNOWN, 6, 1, true, "No local APIC present or hardware disabled\n" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		make_tables();
		madt.size = 0;
		list_all();
		place_all();
		acpi_boot_table_init();
		boot_cpu_data.x86_vendor = cpus[i].vendor;
		boot_cpu_data.x86 = cpus[i].family;
		boot_cpu_data.x86_model = cpus[i].model;
		if (!cpus[i].has)
			clear_cpu_cap(&boot_cpu_data, X86_FEATURE_APIC);
		log_clear();
		smp_boot_config();
		assert_true(log_has("SMP: Allowing 1 CPUs, 0 hotplug CPUs\n") && log_has(cpus[i].said));
	}
}

/* I/O APICs where none can be are not touched; entries that are too short end the reading. */
static void test_bad_madt(void **state)
{
	unsigned int i;

	make_tables();
	add_lapic(0, 1);
	add_ioapic(0, 0, 0);
	add_ioapic(1, 0x100000, 0);		/* RAM */
	add_ioapic(2, 0xf0000, 0);		/* the BIOS */
	add_ioapic(3, 0xfec00001, 0);
	smp();
	assert_true(log_has("WARNING: Bogus (zero) I/O APIC address found in table, skipping!\n"));
	assert_true(log_has("no I/O APIC can be at 100000: left out\n") && log_has("at f0000: left out") &&
		    log_has("at fec00001: left out"));
	assert_true(log_has("ERROR: Unable to locate IOAPIC for GSI 9\n"));
	make_tables();
	add(&madt, 0, 1);
	add(&madt, 6, 1);
	add(&madt, 0, 4);
	assert_true(strstr(smp(), "ACPI: Error parsing LAPIC entry\nACPI: Invalid BIOS MADT, disabling ACPI\n"));
	make_madt();
	for (i = 0; i < 300; i++)
		add_override(i, i % 24, i / 64 & 3);
	smp();
	for (i = 0; i < 70; i++)
		add_ioapic(i, 0xfec00000, 0xffffff00);
	make_madt();
	for (i = 0; i < 70; i++)
		add_ioapic(i, 0xfec00000, 0xffffffff);
	smp();
	assert_true(log_has("SMP: Allowing 2 CPUs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_two_nodes),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_rsdp),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_interleaved),
		cmocka_unit_test(test_empty_chunks),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_large_numbers),
		cmocka_unit_test(test_distances),
		cmocka_unit_test(test_madt),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_no_madt),
		cmocka_unit_test(test_bad_madt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
