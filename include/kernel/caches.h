/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_CACHES_H
#define KERNEL_CACHES_H

/*
 * The caches that 2.6.34 has at the end of its boot, and the limits that it takes from the size
 * of memory: in src/init/caches.c.
 */

extern int max_threads;			/* tasks that there may be */
extern unsigned long max_buffer_heads;	/* buffer heads, before they are stripped from pages */
extern unsigned long max_files;		/* files that may be open */

void fork_init(unsigned long mempages);
void proc_caches_init(void);
void buffer_init(void);
void vfs_caches_init(unsigned long mempages);
void proc_root_init(void);

#endif
