// SPDX-License-Identifier: GPL-2.0-only
/*
 * The nodes, what each one needs for itself, and the hand-over of RAM to the boot allocator.
 *
 * A node's struct pages, 32 bytes for each page frame, and its pg_data_t are to lie in its own memory:
 * who works with a node's pages reads them all the time. But that memory may be high, and the kernel
 * needs an address for it that stays. So a piece of each node's top (KVA RAM) is mapped where low
 * memory has its linear map, below max_low_pfn (KVA PG, kernel virtual addresses):
 *
 *	node 0                   node 1
 *	|------------------|KVA| |-----------------|------------|KVA|
 *	                     |               max_low_pfn          |
 *	                     |           |KVA PG|                 |
 *	                     +------------>|  |<------------------+
 *
 * The page frames below KVA PG have no address any more: they are lost, as many as all nodes need.
 * What lies there is not at __pa() of its address.
 *
 *	of each node		  at the start	  up to 2 pages	  then
 *	KVA	2 MiB, or several |pg_data_t	 |		 |node_mem_map ... |
 *
 * Linux: arch/x86/mm/numa_32.c, v2.6.34.
 */
#include <asm/init_32.h>
#include <asm/numa.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <lib/vsprintf.h>
#include <mm/boot/boot_alloc.h>
#include <mm/mmzone.h>
#include <mm/node_map.h>

#define LARGE_PAGE_PAGES	PTRS_PER_PTE	/* page frames that one entry maps: 2 MiB */

/* 2.6.34's pg_data_t has so many bytes with several nodes: 1024 a zone, and the zonelists. */
#define PGDAT_SIZE		4864UL

_Static_assert(sizeof(pg_data_t) <= PGDAT_SIZE, "a node's KVA is sized as Linux sizes it");

pg_data_t *node_data[MAX_NUMNODES];
unsigned long node_online_map = 1;
int boot_cpu_node;

struct node_memory_chunk_s node_memory_chunk[MAXCHUNKS];
int num_memory_chunks;
unsigned long node_start_pfn[MAX_NUMNODES], node_end_pfn[MAX_NUMNODES];
s8 physnode_map[MAX_ELEMENTS] = { [0 ... MAX_ELEMENTS - 1] = NODE_NONE };

/* A node's KVA. */
static struct node_remap {
	unsigned long start_pfn;	/* KVA RAM: its first page frame */
	unsigned long pages;		/* 0: it has none */
	unsigned long offset;		/* pages from the beginning of KVA PG */
	unsigned long start_vaddr, end_vaddr;
	unsigned long next_vaddr;	/* what alloc_remap() gives next */
} node_remap[MAX_NUMNODES];

/* KVA PG's first page frame. */
static unsigned long kva_start_pfn;

/* --- which page frame is whose ---------------------------------------------------------- */

/**
 * memory_present - note which node a span of page frames is on
 * @nid: the node
 * @start_pfn: first page frame
 * @end_pfn: page frame after the last one
 *
 * Linux: arch/x86/mm/numa_32.c:memory_present, v2.6.34.
 */
void __init memory_present(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long pages = max(start_pfn, end_pfn) - start_pfn;
	unsigned int i, nr = DIV_ROUND_UP(pages, PAGES_PER_ELEMENT);

	memset(&physnode_map[start_pfn / PAGES_PER_ELEMENT], nid, nr);
	printk(KERN_INFO "Node: %d, start_pfn: %lx, end_pfn: %lx\n", nid, start_pfn, end_pfn);
	printk(KERN_DEBUG "  Setting physnode_map array to node %d for pfns:\n", nid);
	printk(KERN_DEBUG "  ");
	for (i = 0; i < nr; i++)
		printk(KERN_CONT "%lx ", start_pfn + i * PAGES_PER_ELEMENT);
	printk(KERN_CONT "\n");
}

/* Whose chunks lie in these 64 MiB: one node's, several nodes', or nobody's. */
static int __init element_nid(unsigned long start_pfn)
{
	int i, nid = NODE_NONE;

	for (i = 0; i < num_memory_chunks; i++) {
		const struct node_memory_chunk_s *chunk = &node_memory_chunk[i];

		if (chunk->start_pfn >= start_pfn + PAGES_PER_ELEMENT || chunk->end_pfn <= start_pfn)
			continue;
		if (nid != NODE_NONE && nid != chunk->nid)
			return NODE_SHARED;
		nid = chunk->nid;
	}
	return nid;
}

/*
 * Linux believes that a node begins and ends at a multiple of 64 MiB, and that there is nothing of
 * another one in between. Where the chunks say otherwise they are believed.
 */
static void __init correct_physnode_map(void)
{
	unsigned int i;

	for (i = 0; i < MAX_ELEMENTS; i++) {
		int nid = element_nid(i * PAGES_PER_ELEMENT);

		if (nid != NODE_NONE)
			physnode_map[i] = nid;
	}
}

/**
 * shared_pfn_to_nid - the node of a page frame whose 64 MiB several nodes share
 * @pfn: page frame number
 *
 * Return: the node, NODE_NONE if it belongs to none.
 */
int shared_pfn_to_nid(unsigned long pfn)
{
	int i;

	for (i = 0; i < num_memory_chunks; i++)
		if (pfn >= node_memory_chunk[i].start_pfn && pfn < node_memory_chunk[i].end_pfn)
			return node_memory_chunk[i].nid;
	return NODE_NONE;
}

/**
 * node_low_range - a node's part of low memory
 * @nid: the node
 * @start_pfn: set to its first page frame
 * @end_pfn: set to the page frame after its last one; not above @start_pfn: it has none
 *
 * The nodes must be known.
 */
void __init node_low_range(int nid, unsigned long *start_pfn, unsigned long *end_pfn)
{
	*start_pfn = node_start_pfn[nid];
	*end_pfn = min(node_end_pfn[nid], max_low_pfn);
}

/* Linux: arch/x86/mm/numa_32.c:get_memcfg_numa_flat, v2.6.34. */
static void __init get_memcfg_numa_flat(void)
{
	printk(KERN_DEBUG "NUMA - single node, flat memory mode\n");
	node_start_pfn[0] = 0;
	node_end_pfn[0] = max_pfn;
	e820_register_active_regions(0, 0, max_pfn);
	memory_present(0, 0, max_pfn);
	nodes_clear();
	node_set_online(0);
}

/* Linux has it in arch/x86/include/asm/mmzone_32.h. */
static void __init get_memcfg_numa(void)
{
	if (get_memcfg_from_srat())
		correct_physnode_map();
	else
		get_memcfg_numa_flat();
}

/* --- KVA: how much, and where ----------------------------------------------------------- */

/* Page frames for a node's struct pages and its pg_data_t, in whole large pages. */
static unsigned long __init remap_pages(int nid)
{
	unsigned long nr = node_end_pfn[nid] - node_start_pfn[nid];
	unsigned long bytes = nr ? (nr + 1) * sizeof(struct page) : 0;

	return DIV_ROUND_UP(bytes + PGDAT_SIZE, PMD_SIZE) * LARGE_PAGE_PAGES;
}

/*
 * Free RAM of a node's own, as high as possible. 0: there is none.
 * Linux looks at the map alone: with nodes that lie in each other it may take what is another's.
 */
static unsigned long __init find_kva_ram(int nid, unsigned long pages)
{
	unsigned long start_pfn = node_start_pfn[nid], end_pfn = node_end_pfn[nid], pfn;
	u64 found;

	/* A node that is nothing else would have no struct page left to describe. */
	if (end_pfn - start_pfn - __absent_pages_in_range(nid, start_pfn, end_pfn) <= pages)
		return 0;
	pfn = round_down(end_pfn - pages, LARGE_PAGE_PAGES);
	do {
		found = boot_find_area(phys_range(PFN_PHYS(pfn), PFN_PHYS(end_pfn)), PFN_PHYS(pages),
				       PMD_SIZE);
		if (found != -1ULL && !__absent_pages_in_range(nid, PFN_DOWN(found), PFN_DOWN(found) + pages))
			return PFN_DOWN(found);
		if (pfn < LARGE_PAGE_PAGES)
			return 0;
		pfn -= LARGE_PAGE_PAGES;
	} while (pfn > start_pfn);
	return 0;
}

static void __init reserve_kva_ram(int nid, unsigned long pages, unsigned long reserve_pages)
{
	struct node_remap *remap = &node_remap[nid];
	unsigned long pfn = find_kva_ram(nid, pages);

	if (!pfn) {
		printk(KERN_WARNING "memdawn: numa: node %d has no %lu free pages in a row for its struct "
		       "pages: they come from other nodes' low memory\n", nid, pages);
		return;
	}
	remap->start_pfn = pfn;
	remap->pages = pages;
	remap->offset = reserve_pages;
	printk(KERN_DEBUG "Reserving %ld pages of KVA for lmem_map of node %d at %lx\n", pages, nid, pfn);
	boot_reserve(phys_range(PFN_PHYS(pfn), PFN_PHYS(pfn + pages)), "KVA RAM");
	remove_active_range(nid, pfn, pfn + pages);
}

/* Linux: arch/x86/mm/numa_32.c:calculate_numa_remap_pages, v2.6.34, which panics where a node has no room. */
static unsigned long __init calculate_numa_remap_pages(void)
{
	unsigned long reserve_pages = 0;
	int nid;

	for_each_online_node(nid) {
		printk(KERN_DEBUG "node %d pfn: [%lx - %lx]\n", nid, node_start_pfn[nid], node_end_pfn[nid]);
		if (node_start_pfn[nid] > max_pfn || !node_end_pfn[nid])
			continue;
		node_end_pfn[nid] = min(node_end_pfn[nid], max_pfn);
		reserve_kva_ram(nid, remap_pages(nid), reserve_pages);
		reserve_pages += node_remap[nid].pages;
	}
	printk(KERN_INFO "Reserving total of %lx pages for numa KVA remap\n", reserve_pages);
	return reserve_pages;
}

/* Free low memory, as high as possible. */
static void __init reserve_kva_pg(unsigned long kva_pages)
{
	unsigned long pfn = round_down(max_low_pfn - kva_pages, LARGE_PAGE_PAGES);
	u64 found = -1ULL;

	for (; kva_pages < max_low_pfn && pfn && found == -1ULL; pfn -= LARGE_PAGE_PAGES)
		found = boot_find_area(phys_range(PFN_PHYS(pfn), PFN_PHYS(max_low_pfn)),
				       PFN_PHYS(kva_pages), PMD_SIZE);
	if (found == -1ULL)
		panic("Can not get kva space: %lu kB in one piece are needed for the struct pages of all nodes, of "
		      "low memory's %lu kB\n", kva_pages << (PAGE_SHIFT - 10), max_low_pfn << (PAGE_SHIFT - 10));
	kva_start_pfn = PFN_DOWN(found);
	printk(KERN_INFO "kva_start_pfn ~ %lx max_low_pfn ~ %lx\n", kva_start_pfn, max_low_pfn);
	printk(KERN_INFO "max_pfn = %lx\n", max_pfn);
	boot_reserve(phys_range(PFN_PHYS(kva_start_pfn), PFN_PHYS(kva_start_pfn + kva_pages)), "KVA PG");
}

/* --- KVA: mapped, and given out --------------------------------------------------------- */

/* Linux: arch/x86/mm/numa_32.c:init_remap_allocator, v2.6.34. */
static void __init init_remap_allocator(int nid)
{
	struct node_remap *remap = &node_remap[nid];

	remap->start_vaddr = (unsigned long)pfn_to_kaddr(kva_start_pfn + remap->offset);
	remap->end_vaddr = remap->start_vaddr + (remap->pages << PAGE_SHIFT);
	remap->next_vaddr = remap->start_vaddr + PAGE_ALIGN(PGDAT_SIZE);
	printk(KERN_DEBUG "node %d will remap to vaddr %08lx - %08lx\n", nid, remap->start_vaddr,
	       remap->end_vaddr);
}

/**
 * alloc_remap - memory of a node's own
 * @nid: the node
 * @size: bytes
 *
 * After initmem_init().
 * Return: zeroed memory in the node's KVA, NULL if there is not so much left.
 * Linux: arch/x86/mm/numa_32.c:alloc_remap, v2.6.34.
 */
void * __init alloc_remap(int nid, unsigned long size)
{
	struct node_remap *remap = &node_remap[nid];
	unsigned long vaddr = remap->next_vaddr;

	size = ALIGN(size, SMP_CACHE_BYTES);
	if (!remap->pages || size >= remap->end_vaddr - vaddr)
		return NULL;
	remap->next_vaddr += size;
	return memset((void *)vaddr, 0, size);
}

/* Maps 2 MiB of low memory's addresses to other page frames. */
static void __init set_pmd_pfn(unsigned long vaddr, unsigned long pfn)
{
	enum page_level level;
	pte_t *pte = lookup_address(vaddr, &level);
	unsigned int i;

	if (level == PG_LEVEL_2M) {
		set_pmd((pmd_t *)pte, pfn_pmd(pfn, PAGE_KERNEL_LARGE));
		__flush_tlb_one(vaddr);
		return;
	}
	/* Without large pages: mem=nopentium, or an old CPU. */
	for (i = 0; i < PTRS_PER_PTE; i++, vaddr += PAGE_SIZE) {
		set_pte(pte + i, pfn_pte(pfn + i, PAGE_KERNEL));
		__flush_tlb_one(vaddr);
	}
}

/* Linux: arch/x86/mm/numa_32.c:remap_numa_kva, v2.6.34. */
static void __init remap_numa_kva(void)
{
	int nid;

	for_each_online_node(nid) {
		const struct node_remap *remap = &node_remap[nid];
		unsigned long pfn;

		printk(KERN_DEBUG "remap_numa_kva: node %d\n", nid);
		for (pfn = 0; pfn < remap->pages; pfn += LARGE_PAGE_PAGES) {
			unsigned long vaddr = remap->start_vaddr + (pfn << PAGE_SHIFT);

			printk(KERN_DEBUG "remap_numa_kva: %08lx to pfn %08lx\n", vaddr,
			       remap->start_pfn + pfn);
			set_pmd_pfn(vaddr, remap->start_pfn + pfn);
		}
	}
}

/* For a node without KVA: low memory, wherever it is free. */
static pg_data_t * __init pgdat_in_low_memory(int nid)
{
	static char names[MAX_NUMNODES][16] __initdata;
	u64 found = boot_find_area(phys_range(0, PFN_PHYS(max_pfn_mapped)), PGDAT_SIZE, PAGE_SIZE);

	if (found == -1ULL)
		panic("no room for the pg_data_t of node %d: %lu bytes of low memory\n", nid, PGDAT_SIZE);
	snprintf(names[nid], sizeof(names[nid]), "NODE_DATA %d", nid);
	boot_reserve(phys_span(found, PGDAT_SIZE), names[nid]);
	return phys_to_virt((unsigned long)found);
}

/* Linux: arch/x86/mm/numa_32.c:allocate_pgdat, v2.6.34. */
static void __init allocate_pgdat(int nid)
{
	const struct node_remap *remap = &node_remap[nid];

	NODE_DATA(nid) = remap->pages ? (pg_data_t *)remap->start_vaddr : pgdat_in_low_memory(nid);
	printk(KERN_DEBUG "allocate_pgdat: node %d NODE_DATA %08lx\n", nid, (unsigned long)NODE_DATA(nid));
}

/**
 * node_remap_range - a node's KVA RAM
 * @nid: any node
 *
 * Return: its physical bytes; empty where it has none.
 */
struct phys_range node_remap_range(int nid)
{
	const struct node_remap *remap = &node_remap[nid];

	return phys_range(PFN_PHYS(remap->start_pfn), PFN_PHYS(remap->start_pfn + remap->pages));
}

/* --- all of it --------------------------------------------------------------------------- */

/* The firmware's spans end where RAM does. */
static void __init cut_node(int nid)
{
	node_start_pfn[nid] = min(node_start_pfn[nid], max_pfn);
	node_end_pfn[nid] = min(node_end_pfn[nid], max_pfn);
}

/* Each node's pg_data_t, empty but for its number; from here on KVA can be used. */
static void __init make_pgdats(void)
{
	int nid;

	for_each_online_node(nid) {
		init_remap_allocator(nid);
		allocate_pgdat(nid);
	}
	remap_numa_kva();
	for_each_online_node(nid)
		*NODE_DATA(nid) = (pg_data_t){ .node_id = nid };
}

/**
 * initmem_init - register RAM node by node, and start the boot allocator
 * @start_pfn: 0
 * @end_pfn: end of RAM, a page frame number
 *
 * From here on early_node_map says what is RAM, and nobody asks the memory map.
 * Low memory must be mapped, the RAM disk reserved, the SRAT read.
 * Linux: arch/x86/mm/numa_32.c:initmem_init, v2.6.34.
 */
void __init initmem_init(unsigned long start_pfn, unsigned long end_pfn)
{
	int nid;

	get_memcfg_numa();
	reserve_kva_pg(calculate_numa_remap_pages());
	set_high_memory(end_pfn);
	printk(KERN_DEBUG "max_low_pfn = %lx, highstart_pfn = %lx\n", max_low_pfn, highstart_pfn);
	printk(KERN_DEBUG "Low memory ends at vaddr %08lx\n", (unsigned long)pfn_to_kaddr(max_low_pfn));
	make_pgdats();
	printk(KERN_DEBUG "High memory starts at vaddr %08lx\n",
	       (unsigned long)pfn_to_kaddr(highstart_pfn));
	for_each_online_node(nid)
		cut_node(nid);
	boot_alloc_start();
}
