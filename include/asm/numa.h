/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_NUMA_H
#define ASM_NUMA_H

/*
 * The nodes of the machine: who finds them out, and what each one costs. All of it is src/arch/i386/numa;
 * in the kernel for one node there is nothing of it.
 *
 *	get_memcfg_from_srat()	the firmware's table: which page frames are on which node
 *	get_memcfg_numa_flat()	else: all on node 0
 *
 * Both leave the same behind: node_online_map (lib/nodemask.h), node_start_pfn[] and node_end_pfn[],
 * physnode_map by memory_present(), early_node_map by e820_register_active_regions().
 */

#include <lib/nodemask.h>
#include <lib/types.h>

#define MAX_CHUNKS_PER_NODE	3
#define MAXCHUNKS		(MAX_CHUNKS_PER_NODE * MAX_NUMNODES)

/* Page frames [start_pfn, end_pfn) of a node. */
struct node_memory_chunk_s {
	unsigned long start_pfn;
	unsigned long end_pfn;
	u8 pxm;			/* its proximity domain */
	u8 nid;
};

/* src/arch/i386/numa/numa_32.c */
extern struct node_memory_chunk_s node_memory_chunk[MAXCHUNKS];	/* by start_pfn */
extern int num_memory_chunks;
extern unsigned long node_start_pfn[MAX_NUMNODES], node_end_pfn[MAX_NUMNODES];
void memory_present(int nid, unsigned long start_pfn, unsigned long end_pfn);

static inline void nodes_clear(void)
{
	node_online_map = 0;
}

static inline void node_set_online(int nid)
{
	node_online_map |= 1UL << nid;
}

/* src/arch/i386/numa/srat_32.c */
bool get_memcfg_from_srat(void);

#endif
