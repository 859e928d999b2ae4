// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several nodes: whose zones come next in a zonelist.
 *
 * A node's own zones come first; then those of the nearest node, and of nodes that are equally near
 * those of the next higher number. If all began with node 0, all would fall back to it: so who comes
 * first among equals is noted as more loaded for the nodes whose lists are made later.
 *
 *	four nodes, all equally far from each other
 *	list of node 0:	0, 1, 2, 3	node 1: 1, 2, 3, 0	node 2: 2, 3, 0, 1	...
 *
 * numa_zonelist_order= says whether a far node's high memory is better than the near one's low
 * memory (zone), or the other way round (node). Linux: mm/page_alloc.c.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/page_alloc_internal.h>

#define LOCAL_DISTANCE	10
#define REMOTE_DISTANCE	20

u8 node_distances[MAX_NUMNODES][MAX_NUMNODES];

/* By numa_zonelist_order=. */
static enum zonelist_order user_zonelist_order __initdata = ZONELIST_ORDER_DEFAULT;

/* Of each node, how near to the head of the other lists it has come. */
static int node_load[MAX_NUMNODES];

/* The highest zone in any list, ZONE_MOVABLE left out. */
static int policy_zone;

/**
 * setup_numa_zonelist_order - numa_zonelist_order=default|node|zone
 * @s: the value, or NULL; its first letter counts
 *
 * Return: 0, or -1 for another value, with a message.
 * Linux: mm/page_alloc.c:setup_numa_zonelist_order, v2.6.34.
 */
int __init setup_numa_zonelist_order(char *s)
{
	static const struct {
		char letter;
		enum zonelist_order order;
	} words[] __initconst = {
		{ 'd', ZONELIST_ORDER_DEFAULT }, { 'n', ZONELIST_ORDER_NODE }, { 'z', ZONELIST_ORDER_ZONE },
	};
	unsigned int i;

	if (!s)
		return 0;
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if ((*s | 0x20) == words[i].letter) {
			user_zonelist_order = words[i].order;
			return 0;
		}
	printk(KERN_WARNING "Ignoring invalid numa_zonelist_order value:  %s\n", s);
	return -1;
}

/**
 * node_distance - how far one node's memory is from another
 * @from: node
 * @to: node
 *
 * Return: 10 for a node's own, else what the firmware says, 20 where it says nothing.
 * Linux: include/linux/topology.h:node_distance, v2.6.34, which knows 10 and 20 only on i386.
 */
int node_distance(int from, int to)
{
	if (from == to)
		return LOCAL_DISTANCE;
	return node_distances[from][to] ?: REMOTE_DISTANCE;
}

/* Pages of a node: those below ZONE_NORMAL, and all. */
static unsigned long __init node_pages(int nid, unsigned long *low)
{
	const struct zone *zones = NODE_DATA(nid)->node_zones;
	unsigned long all = 0;
	int i;

	*low = zones[ZONE_DMA].present_pages;
	for (i = 0; i < MAX_NR_ZONES; i++)
		all += zones[i].present_pages;
	return all;
}

/* Zone order, unless there is no ZONE_DMA to be spared, or it is most of what there is. */
static enum zonelist_order __init default_zonelist_order(void)
{
	unsigned long low, low_sum = 0, all = 0, average;
	int nid, nodes = 0;

	for_each_online_node(nid) {
		unsigned long pages = node_pages(nid, &low);

		low_sum += low;
		all += pages;
		nodes += NODE_DATA(nid)->node_present_pages != 0;
	}
	if (!low_sum || low_sum > all / 2)
		return ZONELIST_ORDER_NODE;
	average = all / (nodes + 1);
	for_each_online_node(nid) {
		unsigned long pages = node_pages(nid, &low);

		if (low && pages > average && low > pages * 70 / 100)
			return ZONELIST_ORDER_NODE;
	}
	return ZONELIST_ORDER_ZONE;
}

/**
 * zonelist_order - in which order zonelists are made
 *
 * Once, before the first of them: what was noted for others is forgotten.
 * Return: ZONELIST_ORDER_NODE or ZONELIST_ORDER_ZONE.
 * Linux: mm/page_alloc.c:set_zonelist_order, v2.6.34.
 */
enum zonelist_order __init zonelist_order(void)
{
	memset(node_load, 0, sizeof(node_load));
	policy_zone = 0;
	return user_zonelist_order ?: default_zonelist_order();
}

/*
 * Of the nodes with memory that aren't used yet, the nearest; of several the next higher number, of
 * these the least loaded. -1: all are used.
 */
static int __init find_next_best_node(int local_nid, unsigned long used)
{
	int nid, best = -1, least = 0;

	for_each_online_node(nid) {
		int far;

		if ((used >> nid & 1) || !NODE_DATA(nid)->node_present_pages)
			continue;
		far = node_distance(local_nid, nid) + (nid < local_nid);
		far = far * num_online_nodes() * MAX_NUMNODES + node_load[nid];
		if (best < 0 || far < least) {
			best = nid;
			least = far;
		}
	}
	return best;
}

/**
 * order_nodes - in which order the nodes serve one of them
 * @local_nid: that node
 * @nodes: set
 *
 * Return: how many there are.
 * Linux: mm/page_alloc.c:build_zonelists, v2.6.34.
 */
int __init order_nodes(int local_nid, int nodes[MAX_NUMNODES])
{
	int nid = local_nid, last = local_nid, nr = 0, load = num_online_nodes();
	unsigned long used = 0;

	for (; nid >= 0; nid = find_next_best_node(local_nid, used), load--) {
		used |= 1UL << nid;
		if (node_distance(local_nid, nid) != node_distance(local_nid, last))
			node_load[nid] = load;
		last = nid;
		nodes[nr++] = nid;
	}
	return nr;
}

/**
 * note_policy_zone - a zone of this type is in a zonelist
 * @zone_type: enum zone_type
 *
 * Linux: include/linux/mempolicy.h:check_highest_zone, v2.6.34.
 */
void __init note_policy_zone(int zone_type)
{
	if (zone_type > policy_zone && zone_type != ZONE_MOVABLE)
		policy_zone = zone_type;
}

/**
 * print_policy_zone - say which zone memory policies would apply to
 */
void __init print_policy_zone(void)
{
	printk("Policy zone: %s\n", zone_names[policy_zone]);
}

/**
 * zone_statistics - count whether an allocation got what it wanted
 * @preferred: the first zone of the zonelist that may serve
 * @zone: the one that has served
 *
 * A hit or a miss of the zone's node, where it is a miss also for the node that was wanted; and
 * whether the CPU that asked is on the node.
 * Linux: mm/vmstat.c:zone_statistics, v2.6.34.
 */
void zone_statistics(struct zone *preferred, struct zone *zone)
{
	if (zone->zone_pgdat == preferred->zone_pgdat) {
		zone->vm_stat[NUMA_HIT]++;
	} else {
		zone->vm_stat[NUMA_MISS]++;
		preferred->vm_stat[NUMA_FOREIGN]++;
	}
	zone->vm_stat[zone->zone_pgdat->node_id == numa_node_id() ? NUMA_LOCAL : NUMA_OTHER]++;
}
