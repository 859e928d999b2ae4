// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/buddyinfo, zoneinfo, pagetypeinfo and vmstat: the zones, their free lists
 * and their counters.
 *
 * Linux: mm/vmstat.c, v2.6.34.
 */
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/mmzone.h>
#include <mm/page_alloc.h>
#include <proc/proc.h>

/* How hard reclaim last tried: it never did, so this is where it would start. */
#define DEF_PRIORITY	12

const char *const migratetype_names[MIGRATE_TYPES] = {
	"Unmovable", "Reclaimable", "Movable", "Reserve", "Isolate",
};

/* By enum zone_stat_item. */
static const char *const zone_stat_text[NR_VM_ZONE_STAT_ITEMS] = {
	"nr_free_pages", "nr_inactive_anon", "nr_active_anon", "nr_inactive_file",
	"nr_active_file", "nr_unevictable", "nr_mlock", "nr_anon_pages", "nr_mapped",
	"nr_file_pages", "nr_dirty", "nr_writeback", "nr_slab_reclaimable",
	"nr_slab_unreclaimable", "nr_page_table_pages", "nr_kernel_stack", "nr_unstable",
	"nr_bounce", "nr_vmscan_write", "nr_writeback_temp", "nr_isolated_anon",
	"nr_isolated_file", "nr_shmem",
#ifdef CONFIG_NUMA
	"numa_hit", "numa_miss", "numa_foreign", "numa_interleave", "numa_local", "numa_other",
#endif
};

/* By enum vm_event_item. */
static const char *const vm_event_text[NR_VM_EVENT_ITEMS] = {
	"pgalloc_dma", "pgalloc_normal", "pgalloc_high", "pgalloc_movable", "pgfree",
};

/* Events of swapping, of user processes and of reclaim: there are none of these here. */
static const char *const io_event_text[] = { "pgpgin", "pgpgout", "pswpin", "pswpout" };
static const char *const other_event_text[] = {
	"pgactivate", "pgdeactivate", "pgfault", "pgmajfault",
	"pgrefill_dma", "pgrefill_normal", "pgrefill_high", "pgrefill_movable",
	"pgsteal_dma", "pgsteal_normal", "pgsteal_high", "pgsteal_movable",
	"pgscan_kswapd_dma", "pgscan_kswapd_normal", "pgscan_kswapd_high",
	"pgscan_kswapd_movable",
	"pgscan_direct_dma", "pgscan_direct_normal", "pgscan_direct_high",
	"pgscan_direct_movable",
	"pginodesteal", "slabs_scanned", "kswapd_steal", "kswapd_inodesteal",
	"kswapd_low_wmark_hit_quickly", "kswapd_high_wmark_hit_quickly",
	"kswapd_skip_congestion_wait", "pageoutrun", "allocstall", "pgrotated",
	"unevictable_pgs_culled", "unevictable_pgs_scanned", "unevictable_pgs_rescued",
	"unevictable_pgs_mlocked", "unevictable_pgs_munlocked", "unevictable_pgs_cleared",
	"unevictable_pgs_stranded", "unevictable_pgs_mlockfreed",
};

/* Calls show for each zone that has pages. */
static void walk_zones(struct seq_file *m, void (*show)(struct seq_file *m,
							 const struct zone *zone))
{
	const struct zone *zone;

	for_each_zone(zone)
		if (populated_zone(zone))
			show(m, zone);
}

static void frag_show_zone(struct seq_file *m, const struct zone *zone)
{
	int order;

	seq_printf(m, "Node %d, zone %8s ", zone->zone_pgdat->node_id, zone->name);
	for (order = 0; order < MAX_ORDER; order++)
		seq_printf(m, "%6lu ", zone->free_area[order].nr_free);
	seq_putc(m, '\n');
}

/**
 * proc_buddyinfo - write /proc/buddyinfo: free blocks of each zone, by order
 * @m: the sink
 *
 * Linux: mm/vmstat.c:frag_show, v2.6.34.
 */
void proc_buddyinfo(struct seq_file *m)
{
	walk_zones(m, frag_show_zone);
}

/* A line for each migrate type: its free blocks of each order. */
static void pagetypeinfo_show_free(struct seq_file *m, const struct zone *zone)
{
	const struct free_area *area;
	int type;

	for (type = 0; type < MIGRATE_TYPES; type++) {
		seq_printf(m, "Node %4d, zone %8s, type %12s ", zone->zone_pgdat->node_id,
			   zone->name, migratetype_names[type]);
		for (area = zone->free_area; area < zone->free_area + MAX_ORDER; area++)
			seq_printf(m, "%6lu ", list_length(&area->free_list[type]));
		seq_putc(m, '\n');
	}
}

static unsigned long nr_pageblocks(const struct zone *zone, int type)
{
	unsigned long block, nr = 0;

	for (block = 0; block < zone->spanned_pages; block += pageblock_nr_pages)
		nr += pageblock_type(zone, zone->zone_start_pfn + block) == type;
	return nr;
}

static void pagetypeinfo_show_blocks(struct seq_file *m, const struct zone *zone)
{
	int type;

	seq_printf(m, "Node %d, zone %8s ", zone->zone_pgdat->node_id, zone->name);
	for (type = 0; type < MIGRATE_TYPES; type++)
		seq_printf(m, "%12lu ", nr_pageblocks(zone, type));
	seq_putc(m, '\n');
}

/**
 * proc_pagetypeinfo - write /proc/pagetypeinfo: free blocks by migrate type, and the pageblocks
 * @m: the sink
 *
 * Counts the lists, so it takes a while where there are many free blocks.
 *
 * Linux: mm/vmstat.c:pagetypeinfo_show, v2.6.34.
 */
void proc_pagetypeinfo(struct seq_file *m)
{
	int i;

	seq_printf(m, "Page block order: %d\n", pageblock_order);
	seq_printf(m, "Pages per block:  %lu\n\n", pageblock_nr_pages);
	seq_printf(m, "%-43s ", "Free pages count per migrate type at order");
	for (i = 0; i < MAX_ORDER; i++)
		seq_printf(m, "%6d ", i);
	seq_putc(m, '\n');
	walk_zones(m, pagetypeinfo_show_free);

	seq_printf(m, "\n%-23s", "Number of blocks type ");
	for (i = 0; i < MIGRATE_TYPES; i++)
		seq_printf(m, "%12s ", migratetype_names[i]);
	seq_putc(m, '\n');
	walk_zones(m, pagetypeinfo_show_blocks);
}

/* The root of 10 for each GiB, rounded down, and at least 1: 1 up to 31 for 96 GiB. */
static unsigned int inactive_ratio(const struct zone *zone)
{
	unsigned long ten_gb = 10 * (zone->present_pages >> (30 - PAGE_SHIFT));
	unsigned int root = 1;

	while ((root + 1) * (root + 1) <= ten_gb)
		root++;
	return root;
}

static void zoneinfo_show_zone(struct seq_file *m, const struct zone *zone)
{
	const struct per_cpu_pages *pcp = &zone->pageset->pcp;
	int i;

	seq_printf(m, "Node %d, zone %8s\n", zone->zone_pgdat->node_id, zone->name);
	seq_printf(m, "  pages free     %lu\n", zone->vm_stat[NR_FREE_PAGES]);
	seq_printf(m, "        min      %lu\n", zone->watermark[WMARK_MIN]);
	seq_printf(m, "        low      %lu\n", zone->watermark[WMARK_LOW]);
	seq_printf(m, "        high     %lu\n", zone->watermark[WMARK_HIGH]);
	seq_printf(m, "        scanned  %lu\n", zone->pages_scanned);
	seq_printf(m, "        spanned  %lu\n", zone->spanned_pages);
	seq_printf(m, "        present  %lu\n", zone->present_pages);
	for (i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++)
		seq_printf(m, "    %-12s %lu\n", zone_stat_text[i], zone->vm_stat[i]);
	seq_printf(m, "        protection: (%lu, %lu, %lu, %lu)\n", zone->lowmem_reserve[0],
		   zone->lowmem_reserve[1], zone->lowmem_reserve[2], zone->lowmem_reserve[3]);
	seq_puts(m, "  pagesets\n    cpu: 0\n");
	seq_printf(m, "              count: %d\n", pcp->count);
	seq_printf(m, "              high:  %d\n", pcp->high);
	seq_printf(m, "              batch: %d\n", pcp->batch);
	seq_printf(m, "  all_unreclaimable: %u\n", (unsigned int)zone->all_unreclaimable);
	seq_printf(m, "  prev_priority:     %d\n", DEF_PRIORITY);
	seq_printf(m, "  start_pfn:         %lu\n", zone->zone_start_pfn);
	seq_printf(m, "  inactive_ratio:    %u\n", inactive_ratio(zone));
}

/**
 * proc_zoneinfo - write /proc/zoneinfo: sizes, watermarks, counters, page set of each zone
 * @m: the sink
 *
 * Linux: mm/vmstat.c:zoneinfo_show, v2.6.34; inactive_ratio is worked out here
 * (mm/page_alloc.c:calculate_zone_inactive_ratio).
 */
void proc_zoneinfo(struct seq_file *m)
{
	walk_zones(m, zoneinfo_show_zone);
}

static void show_zeros(struct seq_file *m, const char *const *text, unsigned int n)
{
	for (; n; n--, text++)
		seq_printf(m, "%s 0\n", *text);
}

/**
 * proc_vmstat - write /proc/vmstat: the zones' counters added up, and the events
 * @m: the sink
 *
 * Linux: mm/vmstat.c:vmstat_show, v2.6.34.
 */
void proc_vmstat(struct seq_file *m)
{
	const struct zone *zone;
	unsigned int i;

	for (i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++) {
		unsigned long pages = 0;

		for_each_zone(zone)
			pages += zone->vm_stat[i];
		seq_printf(m, "%s %lu\n", zone_stat_text[i], pages);
	}
	show_zeros(m, io_event_text, ARRAY_SIZE(io_event_text));
	for (i = 0; i < NR_VM_EVENT_ITEMS; i++)
		seq_printf(m, "%s %lu\n", vm_event_text[i], vm_events[i]);
	show_zeros(m, other_event_text, ARRAY_SIZE(other_event_text));
}
