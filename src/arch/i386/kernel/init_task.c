// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only task. All code runs in it, on its stack, from high_half (../boot/head.asm) on.
 *
 * Linux: arch/x86/kernel/init_task.c, v2.6.34, where it becomes the idle task.
 */
#include <asm/thread_info.h>

struct task_struct init_task = {
	.comm = "swapper",
	.pid = 0,
	.stack = init_thread_union,
};
