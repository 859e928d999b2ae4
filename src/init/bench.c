// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far the boot has come, by the time stamp counter. Under QEMU's
 * `-icount shift=0` it counts instructions, the same at every run.
 */
#include <asm/msr.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <kernel/start_kernel.h>

static u64 marks[NR_MARKS];

/**
 * boot_mark - note the moment
 * @mark: which; MARK_START must come first
 *
 * Does nothing unless memdawn.bench was given: not every CPU has the counter.
 */
void boot_mark(enum boot_mark mark)
{
	if (memdawn_options.bench)
		marks[mark] = native_read_tsc();
}

/**
 * boot_marks_print - print the moments noted, in ticks since MARK_START
 *
 * Lines `bench: <name> <ticks>`.
 */
void boot_marks_print(void)
{
	static const char *const names[NR_MARKS] = {
		"start", "setup_arch", "build_all_zonelists", "mem_init",
	};
	int i;

	for (i = 1; i < NR_MARKS; i++)
		printk(KERN_INFO "bench: %s %llu\n", names[i], marks[i] - marks[MARK_START]);
}
