// SPDX-License-Identifier: GPL-2.0-only
/* /proc/meminfo: memory as a user thinks of it, in kB. */
#include <asm/fixmap.h>
#include <asm/page.h>
#include <mm/mmzone.h>
#include <mm/page_alloc.h>
#include <mm/vmalloc.h>
#include <proc/proc.h>

#define OVERCOMMIT_RATIO	50	/* per cent of RAM that processes may be promised */

static void show_pages(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%-15s %8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static unsigned long free_highpages(void)
{
	const struct zone *zone;
	unsigned long pages = 0;

	for_each_zone(zone)
		if (is_highmem(zone))
			pages += zone->vm_stat[NR_FREE_PAGES];
	return pages;
}

/* Pages of files and of processes: there are neither, but the counters have their names. */
static void show_lru(struct seq_file *m)
{
	unsigned long active_anon = global_page_state(NR_ACTIVE_ANON);
	unsigned long inactive_anon = global_page_state(NR_INACTIVE_ANON);
	unsigned long active_file = global_page_state(NR_ACTIVE_FILE);
	unsigned long inactive_file = global_page_state(NR_INACTIVE_FILE);

	show_pages(m, "Buffers:", 0);
	show_pages(m, "Cached:", global_page_state(NR_FILE_PAGES));
	show_pages(m, "SwapCached:", 0);
	show_pages(m, "Active:", active_anon + active_file);
	show_pages(m, "Inactive:", inactive_anon + inactive_file);
	show_pages(m, "Active(anon):", active_anon);
	show_pages(m, "Inactive(anon):", inactive_anon);
	show_pages(m, "Active(file):", active_file);
	show_pages(m, "Inactive(file):", inactive_file);
	show_pages(m, "Unevictable:", global_page_state(NR_UNEVICTABLE));
	show_pages(m, "Mlocked:", global_page_state(NR_MLOCK));
}

static void show_zone_counters(struct seq_file *m)
{
	unsigned long reclaimable = global_page_state(NR_SLAB_RECLAIMABLE);
	unsigned long unreclaimable = global_page_state(NR_SLAB_UNRECLAIMABLE);

	show_pages(m, "Dirty:", global_page_state(NR_FILE_DIRTY));
	show_pages(m, "Writeback:", global_page_state(NR_WRITEBACK));
	show_pages(m, "AnonPages:", global_page_state(NR_ANON_PAGES));
	show_pages(m, "Mapped:", global_page_state(NR_FILE_MAPPED));
	show_pages(m, "Shmem:", global_page_state(NR_SHMEM));
	show_pages(m, "Slab:", reclaimable + unreclaimable);
	show_pages(m, "SReclaimable:", reclaimable);
	show_pages(m, "SUnreclaim:", unreclaimable);
	show_pages(m, "KernelStack:", global_page_state(NR_KERNEL_STACK) * 2);
	show_pages(m, "PageTables:", global_page_state(NR_PAGETABLE));
	show_pages(m, "NFS_Unstable:", global_page_state(NR_UNSTABLE_NFS));
	show_pages(m, "Bounce:", global_page_state(NR_BOUNCE));
	show_pages(m, "WritebackTmp:", global_page_state(NR_WRITEBACK_TEMP));
}

/**
 * proc_meminfo - write /proc/meminfo
 * @m: the sink
 *
 * Linux: fs/proc/meminfo.c:meminfo_proc_show, v2.6.34.
 */
void proc_meminfo(struct seq_file *m)
{
	unsigned long free = global_page_state(NR_FREE_PAGES), free_high = free_highpages();
	struct vmalloc_info vmi;

	show_pages(m, "MemTotal:", totalram_pages);
	show_pages(m, "MemFree:", free);
	show_lru(m);
	show_pages(m, "HighTotal:", totalhigh_pages);
	show_pages(m, "HighFree:", free_high);
	show_pages(m, "LowTotal:", totalram_pages - totalhigh_pages);
	show_pages(m, "LowFree:", free - free_high);
	show_pages(m, "SwapTotal:", 0);
	show_pages(m, "SwapFree:", 0);
	show_zone_counters(m);
	show_pages(m, "CommitLimit:", totalram_pages * OVERCOMMIT_RATIO / 100);
	show_pages(m, "Committed_AS:", 0);
	get_vmalloc_info(&vmi);
	show_pages(m, "VmallocTotal:", (VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT);
	show_pages(m, "VmallocUsed:", vmi.used >> PAGE_SHIFT);
	show_pages(m, "VmallocChunk:", vmi.largest_chunk >> PAGE_SHIFT);
	arch_report_meminfo(m);
}
