/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_THREAD_INFO_H
#define ASM_THREAD_INFO_H

#include <lib/types.h>

/* The only thread's stack, aligned to its own size; an unmapped page lies below it. */
#define THREAD_SIZE	8192

extern char init_thread_union[THREAD_SIZE];
extern char init_stack_guard[];

/* What reports say of a task. */
struct task_struct {
	char comm[16];
	int pid;
	void *stack;
};

extern struct task_struct init_task;
#define current (&init_task)

#endif
