/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_NODEMASK_H
#define LIB_NODEMASK_H

/*
 * How many nodes there can be. The kernel is built twice from the same sources: for one node, where
 * every loop over nodes is one turn and every node number a constant 0, and, with CONFIG_NUMA, for
 * machines with several (Linux: CONFIG_NUMA and CONFIG_DISCONTIGMEM on i386).
 */

#include <lib/types.h>

#ifdef CONFIG_NUMA
#define NODES_SHIFT	3
extern unsigned long node_online_map;	/* bit n: there is a node n */
extern int boot_cpu_node;
#else
#define NODES_SHIFT	0
enum { node_online_map = 1, boot_cpu_node = 0 };
#endif

#define MAX_NUMNODES	(1 << NODES_SHIFT)

/* Is there such a node? nid: 0 to MAX_NUMNODES - 1 */
static inline bool node_online(int nid)
{
	return node_online_map >> nid & 1;
}

/* The first node from nid on; MAX_NUMNODES: there is none. */
static inline int next_online_node(int nid)
{
	while (nid < MAX_NUMNODES && !node_online(nid))
		nid++;
	return nid;
}

#define for_each_online_node(nid) \
	for (nid = next_online_node(0); nid < MAX_NUMNODES; nid = next_online_node(nid + 1))

/* The node of the CPU that runs. There is one CPU. */
static inline int numa_node_id(void)
{
	return boot_cpu_node;
}

static inline int num_online_nodes(void)
{
	int nid, nr = 0;

	for_each_online_node(nid)
		nr++;
	return nr;
}

#endif
