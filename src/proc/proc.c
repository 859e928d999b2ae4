// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of files.
 */
#include <proc/proc.h>

const struct proc_file proc_files[NR_PROC_FILES] = {
	{ "buddyinfo", "/proc/buddyinfo", proc_buddyinfo },
	{ "zoneinfo", "/proc/zoneinfo", proc_zoneinfo },
	{ "meminfo", "/proc/meminfo", proc_meminfo },
	{ "pagetypeinfo", "/proc/pagetypeinfo", proc_pagetypeinfo },
	{ "slabinfo", "/proc/slabinfo", proc_slabinfo },
	{ "iomem", "/proc/iomem", proc_iomem },
	{ "vmallocinfo", "/proc/vmallocinfo", proc_vmallocinfo },
	{ "mtrr", "/proc/mtrr", proc_mtrr },
	{ "vmstat", "/proc/vmstat", proc_vmstat },
	{ "kernel_page_tables", "/sys/kernel/debug/kernel_page_tables", proc_kernel_page_tables },
};

/**
 * proc_print_all - print every file to the log, each below a line "=== PATH ==="
 *
 * For memdawn.dump=proc. When the memory manager is complete: all caches made, watermarks and
 * per-cpu page sets set up.
 */
void proc_print_all(void)
{
	unsigned int i;

	for (i = 0; i < NR_PROC_FILES; i++) {
		seq_printf(&seq_log, "=== %s ===\n", proc_files[i].path);
		proc_files[i].show(&seq_log);
	}
}
