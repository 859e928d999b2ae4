// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nodes as the firmware describes them (ACPI Specification 6.5, chapters 5.2.16 and 5.2.17):
 *
 *	SRAT	which piece of memory, and which CPU, belongs to which proximity domain
 *	SLIT	how far proximity domains are from each other
 *
 * A proximity domain is a number of the firmware's from 0 to 255; the nodes that we make of them are
 * numbered without a gap. Linux believes what the SRAT says. Here it is not used if page frames would be
 * of two nodes, or RAM of none: then all memory is one node, as without an SRAT.
 */
#include <asm/acpi_boot.h>
#include <asm/acpi_entries.h>
#include <asm/acpi_tables.h>
#include <asm/numa.h>
#include <asm/page.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/node_map.h>
#include <mm/page_alloc.h>

#define MAX_PXM_DOMAINS		256
#define NR_NODE_MEMBLKS		(MAX_NUMNODES * 2)	/* chunks that are read */

#define SRAT_ENTRIES		48
#define SRAT_CPU		0
#define SRAT_MEMORY		1
#define SRAT_X2APIC_CPU		2
#define SRAT_CPU_SIZE		16
#define SRAT_MEMORY_SIZE	40
#define SRAT_X2APIC_CPU_SIZE	24
#define SRAT_ENABLED		(1U << 0)	/* of either's flags */
#define SRAT_HOT_PLUGGABLE	(1U << 1)

#define SLIT_NR			36		/* u64: proximity domains */
#define SLIT_MATRIX		44
#define SLIT_LOCAL		10		/* from a domain to itself */

static u8 pxm_bitmap[MAX_PXM_DOMAINS / 8] __initdata;
static u8 pxm_of_node[MAX_NUMNODES] __initdata;
static bool srat_is_bad __initdata;

static void __init bad_srat(void)
{
	printk(KERN_ERR "SRAT: SRAT not used.\n");
	srat_is_bad = true;
	num_memory_chunks = 0;
}

static void __init see_pxm(u8 pxm)
{
	pxm_bitmap[pxm / 8] |= 1 << pxm % 8;
}

static bool __init seen_pxm(unsigned int pxm)
{
	return pxm_bitmap[pxm / 8] >> pxm % 8 & 1;
}

/* --- the SRAT's entries --------------------------------------------------------------------- */

/* Linux: drivers/acpi/numa.c:acpi_numa_x2apic_affinity_init, v2.6.34. */
static bool __init take_x2apic_cpu(const u8 *entry)
{
	if (entry[ACPI_ENTRY_LENGTH] < SRAT_X2APIC_CPU_SIZE)
		return false;
	printk(KERN_WARNING "ACPI: Found unsupported x2apic [0x%08x] SRAT entry\n", acpi_get_u32(entry + 8));
	return true;
}

/* Linux: arch/x86/mm/srat_32.c:acpi_numa_processor_affinity_init, v2.6.34. */
static bool __init take_cpu(const u8 *entry)
{
	u8 pxm = entry[2], apic_id = entry[3];

	if (entry[ACPI_ENTRY_LENGTH] != SRAT_CPU_SIZE) {
		bad_srat();
		return false;
	}
	if (!(acpi_get_u32(entry + 4) & SRAT_ENABLED))
		return true;
	see_pxm(pxm);
	printk(KERN_DEBUG "CPU %02x in proximity domain %02x\n", apic_id, pxm);
	return true;
}

/* Keeps its place by the first page frame; of equal ones the later comes later. */
static void __init insert_chunk(struct node_memory_chunk_s chunk)
{
	int i = num_memory_chunks++;

	for (; i && chunk.start_pfn < node_memory_chunk[i - 1].start_pfn; i--)
		node_memory_chunk[i] = node_memory_chunk[i - 1];
	node_memory_chunk[i] = chunk;
}

/* The page frame of an address, which may be more than page frames have numbers. */
static unsigned long __init pfn_of(u64 addr)
{
	return min_t(u64, addr >> PAGE_SHIFT, ULONG_MAX);
}

static bool __init keep_chunk(u64 addr, u64 size, u8 pxm, bool removable)
{
	struct node_memory_chunk_s chunk = { .pxm = pxm };

	chunk.start_pfn = pfn_of(addr);
	chunk.end_pfn = pfn_of(addr + size);
	if (addr + size < addr || chunk.start_pfn >= chunk.end_pfn) {
		printk(KERN_WARNING "memdawn: SRAT: %llx bytes at %llx in proximity domain %02x are no page: left "
		       "out\n", size, addr, pxm);
		return true;
	}
	if (num_memory_chunks >= MAXCHUNKS) {
		printk(KERN_WARNING "Too many mem chunks in SRAT. Ignoring %lld MBytes at %llx\n", size >> 20, addr);
		return true;
	}
	insert_chunk(chunk);
	printk(KERN_DEBUG "Memory range %08lx to %08lx in proximity domain %02x %s\n", chunk.start_pfn,
	       chunk.end_pfn, pxm, removable ? "enabled and removable" : "enabled");
	return true;
}

/* Linux: arch/x86/mm/srat_32.c:acpi_numa_memory_affinity_init, v2.6.34. */
static bool __init take_memory(const u8 *entry)
{
	u32 flags, pxm;

	if (entry[ACPI_ENTRY_LENGTH] != SRAT_MEMORY_SIZE) {
		bad_srat();
		return false;
	}
	flags = acpi_get_u32(entry + 28);
	if (!(flags & SRAT_ENABLED))
		return true;
	pxm = acpi_get_u32(entry + 2);
	if (pxm >= MAX_PXM_DOMAINS)
		printk(KERN_WARNING "memdawn: SRAT: proximity domain %x counts as %02x\n", pxm, (u8)pxm);
	see_pxm(pxm);
	return keep_chunk(acpi_get_u64(entry + 8), acpi_get_u64(entry + 16), pxm, flags & SRAT_HOT_PLUGGABLE);
}

/* --- nodes ---------------------------------------------------------------------------------- */

static int __init pxm_to_node(u8 pxm)
{
	int nid = 0, i;

	for (i = 0; i < pxm; i++)
		nid += seen_pxm(i);
	return nid;
}

static unsigned int __init count_pxms(void)
{
	unsigned int pxm, nr = 0;

	for (pxm = 0; pxm < MAX_PXM_DOMAINS; pxm++)
		nr += seen_pxm(pxm);
	return nr;
}

/* Chunks are in order; what lies below `reached' belongs to the chunk before. */
static bool __init chunks_overlap(void)
{
	const struct node_memory_chunk_s *far = node_memory_chunk, *chunk;

	for (chunk = far + 1; chunk < node_memory_chunk + num_memory_chunks; chunk++) {
		if (chunk->start_pfn < far->end_pfn && chunk->pxm != far->pxm) {
			printk(KERN_WARNING "memdawn: SRAT: page frames %lx to %lx are in proximity domains %02x "
			       "and %02x\n", chunk->start_pfn, min(chunk->end_pfn, far->end_pfn), far->pxm,
			       chunk->pxm);
			return true;
		}
		if (chunk->end_pfn > far->end_pfn)
			far = chunk;
	}
	return false;
}

/* The first RAM page frame of [start, end) that is in no chunk; end: there is none. */
static unsigned long __init first_in_no_chunk(unsigned long start, unsigned long end)
{
	int i;

	for (i = 0; i < num_memory_chunks && start < end; i++)
		if (node_memory_chunk[i].start_pfn <= start)
			start = max(start, node_memory_chunk[i].end_pfn);
	return min(start, end);
}

static bool __init ram_in_no_chunk(void)
{
	unsigned long start, end, pfn;
	u32 i;

	for (i = 0; i < e820.nr_map; i++) {
		if (e820.map[i].type != E820_RAM)
			continue;
		start = pfn_of(e820.map[i].addr + PAGE_SIZE - 1);
		end = min(pfn_of(e820_end(&e820.map[i])), max_pfn);
		pfn = first_in_no_chunk(start, max(start, end));
		if (pfn >= end)
			continue;
		printk(KERN_WARNING "memdawn: SRAT: page frame %lx is RAM in no proximity domain\n", pfn);
		return true;
	}
	return false;
}

static bool __init too_many_pxms(void)
{
	unsigned int nr = count_pxms();

	if (nr <= MAX_NUMNODES)
		return false;
	printk(KERN_WARNING "memdawn: SRAT: %u proximity domains, but there can be %d nodes\n", nr, MAX_NUMNODES);
	return true;
}

static void __init number_nodes(void)
{
	unsigned int pxm;
	int nid = 0, i;

	nodes_clear();
	for (pxm = 0; pxm < MAX_PXM_DOMAINS; pxm++) {
		if (!seen_pxm(pxm))
			continue;
		pxm_of_node[nid] = pxm;
		node_set_online(nid++);
	}
	for (i = 0; i < num_memory_chunks; i++)
		node_memory_chunk[i].nid = pxm_to_node(node_memory_chunk[i].pxm);
}

static void __init print_nodes(void)
{
	const u8 *eight = pxm_bitmap;

	printk(KERN_DEBUG "pxm bitmap: ");
	while (eight < pxm_bitmap + sizeof(pxm_bitmap))
		printk(KERN_CONT "%02x ", *eight++);
	printk(KERN_CONT "\n");
	printk(KERN_DEBUG "Number of logical nodes in system = %d\n", num_online_nodes());
	printk(KERN_DEBUG "Number of memory chunks in system = %d\n", num_memory_chunks);
}

static void __init register_chunk(const struct node_memory_chunk_s *chunk)
{
	int nid = chunk->nid;

	if (chunk->start_pfn >= max_pfn) {
		printk(KERN_INFO "Ignoring SRAT pfns: %08lx - %08lx\n", chunk->start_pfn, chunk->end_pfn);
		return;
	}
	if (!node_end_pfn[nid] || node_start_pfn[nid] > chunk->start_pfn)
		node_start_pfn[nid] = chunk->start_pfn;
	node_end_pfn[nid] = max(node_end_pfn[nid], chunk->end_pfn);
	e820_register_active_regions(nid, chunk->start_pfn, min(chunk->end_pfn, max_pfn));
}

static void __init register_chunks(void)
{
	int i;

	for (i = 0; i < num_memory_chunks; i++) {
		const struct node_memory_chunk_s *chunk = &node_memory_chunk[i];

		printk(KERN_DEBUG "chunk %d nid %d start_pfn %08lx end_pfn %08lx\n", i, chunk->nid,
		       chunk->start_pfn, chunk->end_pfn);
		register_chunk(chunk);
	}
	sort_node_map();
}

/* --- distances ------------------------------------------------------------------------------ */

/* A domain is nearest to itself, and nothing else is that near. */
static bool __init slit_valid(u32 nr)
{
	u8 row[MAX_PXM_DOMAINS];
	u32 i, j;

	for (i = 0; i < nr; i++) {
		acpi_table_read("SLIT", SLIT_MATRIX + i * nr, row, nr);
		for (j = 0; j < nr; j++)
			if (i == j ? row[j] != SLIT_LOCAL : row[j] <= SLIT_LOCAL)
				return false;
	}
	return true;
}

/* 0: there is no SLIT that can be used. */
static u32 __init slit_size(void)
{
	u32 length = acpi_table_length("SLIT");
	u8 number[8];
	u64 nr;

	if (!acpi_table_read("SLIT", SLIT_NR, number, sizeof(number)))
		return 0;
	nr = acpi_get_u64(number);
	if (nr && nr <= MAX_PXM_DOMAINS && nr * nr <= length - SLIT_MATRIX && slit_valid(nr))
		return nr;
	printk(KERN_INFO "ACPI: SLIT table looks invalid. Not used.\n");
	return 0;
}

static void __init read_distances(void)
{
	u32 nr = slit_size();
	int from, to;

	memset(node_distances, 0, sizeof(node_distances));
	for_each_online_node(from)
		for_each_online_node(to)
			if (pxm_of_node[from] < nr && pxm_of_node[to] < nr)
				acpi_table_read("SLIT", SLIT_MATRIX + pxm_of_node[from] * nr + pxm_of_node[to],
						&node_distances[from][to], 1);
}

/* --- what the boot calls -------------------------------------------------------------------- */

/**
 * acpi_numa_init - read the SRAT
 *
 * acpi_boot_table_init() must have run.
 * Linux: drivers/acpi/numa.c:acpi_numa_init, v2.6.34.
 */
void __init acpi_numa_init(void)
{
	memset(pxm_bitmap, 0, sizeof(pxm_bitmap));
	num_memory_chunks = 0;
	srat_is_bad = false;
	if (!acpi_table_length("SRAT"))
		return;
	acpi_table_parse_entries("SRAT", SRAT_ENTRIES, SRAT_X2APIC_CPU, take_x2apic_cpu, NR_CPUS);
	acpi_table_parse_entries("SRAT", SRAT_ENTRIES, SRAT_CPU, take_cpu, NR_CPUS);
	if (!srat_is_bad)
		acpi_table_parse_entries("SRAT", SRAT_ENTRIES, SRAT_MEMORY, take_memory, NR_NODE_MEMBLKS);
}

/**
 * get_memcfg_from_srat - make nodes of the SRAT's chunks
 *
 * Sets node_online_map, node_start_pfn[] and node_end_pfn[], registers RAM by node and fills
 * physnode_map. The memory map must be final and max_pfn known.
 *
 * Return: true; false, with a message: there is no SRAT that can be used, and nothing is set.
 * Linux: arch/x86/mm/srat_32.c:get_memcfg_from_srat, v2.6.34.
 */
bool __init get_memcfg_from_srat(void)
{
	int nid;

	if (num_memory_chunks && (too_many_pxms() || chunks_overlap() || ram_in_no_chunk()))
		bad_srat();
	else if (!srat_is_bad && !num_memory_chunks)
		printk(KERN_DEBUG "could not find any ACPI SRAT memory areas.\n");
	if (!num_memory_chunks) {
		printk(KERN_DEBUG "failed to get NUMA memory information from SRAT table\n");
		return false;
	}
	number_nodes();
	read_distances();
	print_nodes();
	register_chunks();
	for_each_online_node(nid)
		memory_present(nid, node_start_pfn[nid], min(node_end_pfn[nid], max_pfn));
	return true;
}
