// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hand-over of RAM to the boot allocator, node by node.
 */
#include <asm/init_32.h>
#include <asm/numa.h>
#include <asm/page.h>
#include <firmware/e820.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/boot/boot_alloc.h>
#include <mm/mmzone.h>

pg_data_t *node_data[MAX_NUMNODES];
unsigned long node_online_map = 1;
int boot_cpu_node;

struct node_memory_chunk_s node_memory_chunk[MAXCHUNKS];
int num_memory_chunks;
unsigned long node_start_pfn[MAX_NUMNODES], node_end_pfn[MAX_NUMNODES];
s8 physnode_map[MAX_ELEMENTS] = { [0 ... MAX_ELEMENTS - 1] = NODE_NONE };

static pg_data_t pgdats[MAX_NUMNODES];

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
	unsigned long pfn;

	printk(KERN_INFO "Node: %d, start_pfn: %lx, end_pfn: %lx\n", nid, start_pfn, end_pfn);
	printk(KERN_DEBUG "  Setting physnode_map array to node %d for pfns:\n", nid);
	printk(KERN_DEBUG "  ");
	for (pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_ELEMENT) {
		physnode_map[pfn / PAGES_PER_ELEMENT] = nid;
		printk(KERN_CONT "%lx ", pfn);
	}
	printk(KERN_CONT "\n");
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

void *alloc_remap(int nid, unsigned long size)
{
	return NULL;
}

/**
 * initmem_init - register RAM node by node, and start the boot allocator
 * @start_pfn: 0
 * @end_pfn: end of RAM, a page frame number
 *
 * Linux: arch/x86/mm/numa_32.c:initmem_init, v2.6.34.
 */
void __init initmem_init(unsigned long start_pfn, unsigned long end_pfn)
{
	int nid;

	if (!get_memcfg_from_srat())
		get_memcfg_numa_flat();
	set_high_memory(end_pfn);
	for_each_online_node(nid) {
		NODE_DATA(nid) = &pgdats[nid];
		NODE_DATA(nid)->node_id = nid;
	}
	boot_alloc_start();
}
