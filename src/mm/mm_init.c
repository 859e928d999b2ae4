// SPDX-License-Identifier: GPL-2.0-only
/*
 * mminit_loglevel=N: what the memory set-up says about itself. 1 reports, 2 shows
 * the zonelists, 4 traces. Linux has it in mm/mm_init.c.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/cmdline.h>
#include <lib/vsprintf.h>
#include <mm/mm_init.h>
#include <mm/mmzone.h>

int mminit_loglevel __initdata;

/**
 * set_mminit_loglevel - mminit_loglevel=N
 * @str: the value, or NULL
 *
 * Return: 0.
 * Linux: mm/mm_init.c:set_mminit_loglevel, v2.6.34.
 */
int __init set_mminit_loglevel(char *str)
{
	get_option(&str, &mminit_loglevel);
	return 0;
}

/**
 * mminit_dprintk - print a line if the level asks for it
 * @level: the line's level
 * @prefix: what the line is about
 * @fmt: the rest, with its newline
 *
 * Linux: mm/internal.h:mminit_dprintk, v2.6.34 (a macro there).
 */
void __init mminit_dprintk(enum mminit_level level, const char *prefix, const char *fmt, ...)
{
	va_list args;

	if ((int)level >= mminit_loglevel)
		return;
	printk("%smminit::%s ", level <= MMINIT_WARNING ? KERN_WARNING : KERN_DEBUG, prefix);
	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
}

/* Where allocations fall back to that begin at a zone, by one of its node's lists. */
static void __init show_zonelist(const struct zone *zone, int list)
{
	const pg_data_t *pgdat = zone->zone_pgdat;
	const struct zoneref *ref;

	printk(KERN_DEBUG "mminit::zonelist %s %d:%s = ", list ? "thisnode" : "general", pgdat->node_id,
	       zone->name);
	for (ref = pgdat->node_zonelists[list]._zonerefs; ref->zone; ref++)
		if (ref->zone_idx <= zone_idx(zone))
			printk(KERN_CONT "%d:%s ", ref->zone->zone_pgdat->node_id, ref->zone->name);
	printk(KERN_CONT "\n");
}

/**
 * mminit_verify_zonelist - show for each zone where its allocations fall back to
 *
 * Linux: mm/mm_init.c:mminit_verify_zonelist, v2.6.34.
 */
void __init mminit_verify_zonelist(void)
{
	const struct zone *zone;
	int nid, list;

	if (mminit_loglevel < MMINIT_VERIFY)
		return;
	for_each_online_node(nid)
		for (list = 0; list < MAX_ZONELISTS; list++)
			for_each_node_zone(zone, nid)
				if (populated_zone(zone))
					show_zonelist(zone, list);
}

/**
 * mminit_verify_pageflags_layout - show what the 32 bits of page->flags hold
 *
 * No section is kept in them, and a node only where there can be several.
 * Linux: mm/mm_init.c:mminit_verify_pageflags_layout, v2.6.34.
 */
void __init mminit_verify_pageflags_layout(void)
{
	int width = ZONES_PGSHIFT;

	mminit_dprintk(MMINIT_TRACE, "pageflags_layout_widths",
		       "Section %d Node %d Zone %d Flags %d\n", 0, NODES_SHIFT, ZONES_SHIFT,
		       NR_PAGEFLAGS);
	mminit_dprintk(MMINIT_TRACE, "pageflags_layout_shifts",
		       "Section %d Node %d Zone %d\n", 0, NODES_SHIFT, ZONES_SHIFT);
	mminit_dprintk(MMINIT_TRACE, "pageflags_layout_offsets",
		       "Section %d Node %d Zone %d\n", 0, NODES_SHIFT ? NODES_PGSHIFT : 0,
		       ZONES_PGSHIFT);
	mminit_dprintk(MMINIT_TRACE, "pageflags_layout_zoneid",
		       "Zone ID: %d -> %d\n", ZONES_PGSHIFT, ZONES_PGSHIFT + ZONES_SHIFT + NODES_SHIFT);
	mminit_dprintk(MMINIT_TRACE, "pageflags_layout_usage",
		       "location: %d -> %d unused %d -> %d flags %d -> %d\n", BITS_PER_LONG, width,
		       width, NR_PAGEFLAGS, NR_PAGEFLAGS, 0);
}
