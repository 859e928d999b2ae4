// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the page allocator counts, and what it says when something is wrong, in Linux's words.
 */
#include <asm/page.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/page_alloc.h>

unsigned long vm_events[NR_VM_EVENT_ITEMS];

#define K(pages)	((pages) << (PAGE_SHIFT - 10))

/**
 * global_page_state - a counter, summed over all zones
 * @item: which
 *
 * Return: the sum.
 * Linux: include/linux/vmstat.h:global_page_state, v2.6.34.
 */
unsigned long global_page_state(enum zone_stat_item item)
{
	unsigned long sum = 0;
	struct zone *zone;

	for_each_zone(zone)
		sum += zone->vm_stat[item];
	return sum;
}

/**
 * nr_free_pages - free pages in all zones, those in per-cpu lists left out
 *
 * Return: their number.
 * Linux: include/linux/swap.h:nr_free_pages, v2.6.34.
 */
unsigned long nr_free_pages(void)
{
	return global_page_state(NR_FREE_PAGES);
}

const char *const page_flag_names[NR_PAGEFLAGS] = {
	"locked", "error", "referenced", "uptodate", "dirty", "lru", "active", "slab",
	"owner_priv_1", "arch_1", "reserved", "private", "private_2", "writeback", "head",
	"tail", "swapcache", "mappedtodisk", "reclaim", "buddy", "swapbacked", "unevictable",
	"mlocked",
};

static void dump_page_flags(unsigned long flags)
{
	const char *delim = "";
	unsigned int i;

	printk(KERN_ALERT "page flags: %#lx(", flags);
	for (i = 0; i < NR_PAGEFLAGS; i++)
		if (flags & PF(i)) {
			printk(KERN_CONT "%s%s", delim, page_flag_names[i]);
			delim = "|";
		}
	printk(KERN_CONT ")\n");
}

/**
 * bad_page - report a page whose state forbids what is being done to it
 * @page: the page; it is left alone
 * @why: in our words, as for printk(), without a level and without the newline
 *
 * All later reports say that the kernel is tainted.
 * Linux: mm/page_alloc.c:bad_page, v2.6.34, which takes the mark of a free page off
 * and reports at most 60 times a minute; here the lists stay as they are.
 */
void bad_page(struct page *page, const char *why, ...)
{
	va_list args;

	printk(KERN_ALERT "BUG: Bad page state in process %s  pfn:%05lx\n", "swapper",
	       page_to_pfn(page));
	printk(KERN_ALERT "page:%p count:%d mapcount:%d mapping:%p index:%#lx\n", page,
	       page->_count, page->_mapcount + 1, page->mapping, page->index);
	dump_page_flags(page->flags);
	printk(KERN_ALERT "memdawn: ");
	va_start(args, why);
	vprintk(why, args);
	va_end(args);
	printk("\n");
	dump_stack();
	add_taint(TAINT_BAD_PAGE);
}

/* What stands before a zone's name where there are several nodes; of node 1 "Node 1 ". */
static const char *show_node(const struct zone *zone)
{
	static char text[] = "Node 0 ";

	text[5] = '0' + zone->zone_pgdat->node_id;
	return MAX_NUMNODES > 1 ? text : "";
}

/**
 * zone_prefix - a zone's node, for lines of our own
 * @zone: any zone
 *
 * Return: "1:" for node 1, to stand before the zone's name, until the next call; "" in the kernel for one node.
 */
const char *zone_prefix(const struct zone *zone)
{
	static char text[] = "0:";

	text[0] = '0' + zone->zone_pgdat->node_id;
	return MAX_NUMNODES > 1 ? text : "";
}

static void show_zone(const struct zone *zone)
{
	int i;

	printk("%s%s free:%lukB min:%lukB low:%lukB high:%lukB active_anon:0kB inactive_anon:0kB "
	       "active_file:0kB inactive_file:0kB unevictable:0kB isolated(anon):0kB "
	       "isolated(file):0kB present:%lukB mlocked:0kB dirty:0kB writeback:0kB mapped:0kB "
	       "shmem:0kB slab_reclaimable:%lukB slab_unreclaimable:%lukB kernel_stack:%lukB "
	       "pagetables:%lukB unstable:0kB bounce:0kB writeback_tmp:0kB pages_scanned:%lu "
	       "all_unreclaimable? %s\n", show_node(zone), zone->name, K(zone->vm_stat[NR_FREE_PAGES]),
	       K(zone->watermark[WMARK_MIN]), K(zone->watermark[WMARK_LOW]),
	       K(zone->watermark[WMARK_HIGH]), K(zone->present_pages),
	       K(zone->vm_stat[NR_SLAB_RECLAIMABLE]), K(zone->vm_stat[NR_SLAB_UNRECLAIMABLE]),
	       zone->vm_stat[NR_KERNEL_STACK] * 8, K(zone->vm_stat[NR_PAGETABLE]),
	       zone->pages_scanned, zone->all_unreclaimable ? "yes" : "no");
	printk("lowmem_reserve[]:");
	for (i = 0; i < MAX_NR_ZONES; i++)
		printk(KERN_CONT " %lu", zone->lowmem_reserve[i]);
	printk(KERN_CONT "\n");
}

static void show_zone_blocks(const struct zone *zone)
{
	unsigned long total = 0;
	int order;

	printk("%s%s: ", show_node(zone), zone->name);
	for (order = 0; order < MAX_ORDER; order++) {
		printk(KERN_CONT "%lu*%lukB ", zone->free_area[order].nr_free, K(1UL) << order);
		total += zone->free_area[order].nr_free << order;
	}
	printk(KERN_CONT "= %lukB\n", K(total));
}

/**
 * show_free_areas - per-cpu lists, watermarks and free blocks of each zone
 *
 * Linux: mm/page_alloc.c:show_free_areas, v2.6.34. Counters of things that don't
 * exist here are 0.
 */
void show_free_areas(void)
{
	const struct zone *zone;

	for_each_zone(zone)
		if (populated_zone(zone)) {
			const struct per_cpu_pages *pcp = &zone->pageset->pcp;

			printk("%s%s per-cpu:\n", show_node(zone), zone->name);
			printk("CPU %4d: hi:%5d, btch:%4d usd:%4d\n", 0, pcp->high, pcp->batch,
			       pcp->count);
		}
	printk("active_anon:0 inactive_anon:0 isolated_anon:0\n");
	printk(" active_file:0 inactive_file:0 isolated_file:0\n");
	printk(" unevictable:0 dirty:0 writeback:0 unstable:0\n");
	printk(" free:%lu slab_reclaimable:%lu slab_unreclaimable:%lu\n", nr_free_pages(),
	       global_page_state(NR_SLAB_RECLAIMABLE), global_page_state(NR_SLAB_UNRECLAIMABLE));
	printk(" mapped:0 shmem:0 pagetables:%lu bounce:0\n", global_page_state(NR_PAGETABLE));
	for_each_zone(zone)
		if (populated_zone(zone))
			show_zone(zone);
	for_each_zone(zone)
		if (populated_zone(zone))
			show_zone_blocks(zone);
	printk("%ld total pagecache pages\n", global_page_state(NR_FILE_PAGES));
}

/**
 * show_mem - show_free_areas(), and how many pages of which kind there are
 *
 * Linux: lib/show_mem.c:show_mem, v2.6.34.
 */
void show_mem(void)
{
	unsigned long i, total = 0, highmem = 0, reserved = 0;
	int nid;

	printk(KERN_INFO "Mem-Info:\n");
	show_free_areas();
	for_each_online_node(nid) {
		const pg_data_t *pgdat = NODE_DATA(nid);

		total += pgdat->node_spanned_pages;
		for (i = 0; i < pgdat->node_spanned_pages; i++) {
			const struct page *page = pgdat->node_mem_map + i;

			highmem += is_highmem_idx(page_zonenum(page));
			reserved += PageReserved(page);
		}
	}
	printk(KERN_INFO "%lu pages RAM\n", total);
	printk(KERN_INFO "%lu pages HighMem\n", highmem);
	printk(KERN_INFO "%lu pages reserved\n", reserved);
}
