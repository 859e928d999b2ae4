/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_PROC_H
#define PROC_PROC_H

/*
 * The kernel's state as text, in the formats of 2.6.34's files in /proc and
 * debugfs. Each function writes a whole file; mem_init() must have run.
 */

#include <mm/mmzone.h>
#include <proc/seq.h>

struct proc_file {
	const char *name;	/* what the monitor calls it */
	const char *path;	/* where Linux has it */
	void (*show)(struct seq_file *m);
};

/* All of them, in the order in which proc_print_all() prints them. */
#define NR_PROC_FILES	10
extern const struct proc_file proc_files[NR_PROC_FILES];

void proc_print_all(void);

/* src/proc/vmstat.c */
extern const char *const migratetype_names[MIGRATE_TYPES];
void proc_buddyinfo(struct seq_file *m);
void proc_zoneinfo(struct seq_file *m);
void proc_pagetypeinfo(struct seq_file *m);
void proc_vmstat(struct seq_file *m);

/* src/proc: a file each, under its own name */
void proc_meminfo(struct seq_file *m);
void proc_slabinfo(struct seq_file *m);
void proc_iomem(struct seq_file *m);
void proc_vmallocinfo(struct seq_file *m);
void proc_mtrr(struct seq_file *m);

/* src/arch/i386/mm/dump_pagetables.c */
void proc_kernel_page_tables(struct seq_file *m);
void arch_report_meminfo(struct seq_file *m);

#endif
