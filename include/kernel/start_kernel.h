/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_START_KERNEL_H
#define KERNEL_START_KERNEL_H

#include <lib/compiler.h>
#include <lib/types.h>

extern char boot_command_line[];	/* as the loader gave it, without our own words */
extern char *saved_command_line;	/* the same, for good */

asmlinkage void i386_start_kernel(void) __attribute__((__noreturn__));
void start_kernel(void) __attribute__((__noreturn__));
void setup_arch(char **cmdline_p);

/* src/arch/i386/firmware/initrd.c: virtual addresses [initrd_start, initrd_end), 0: none */
extern unsigned long initrd_start, initrd_end;
void place_initrd(u64 dest);
void reserve_initrd(void);

/* src/init/hashes.c */
void pidhash_init(void);
void vfs_caches_init_early(void);
int set_dhash_entries(char *str);
int set_ihash_entries(char *str);

/* src/init/bench.c: moments of the boot, in the TSC's ticks since start_kernel() */
enum boot_mark { MARK_START, MARK_SETUP_ARCH, MARK_ZONELISTS, MARK_MEM_INIT, NR_MARKS };
void boot_mark(enum boot_mark mark);
void boot_marks_print(void);

#endif
