/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_SELFTEST_H
#define KERNEL_SELFTEST_H

/* Tests that the kernel runs on itself: memdawn.selftest[=name,...], and the monitor. */

#include <lib/types.h>

int selftest_run(const char *names);
const char *selftest_name(unsigned int i);

/* src/selftest/faults.c: for memdawn.fault=KIND */
bool fault_on_request(const char *kind);
const char *fault_kind(unsigned int i);
bool early_fault_on_request(const char *kind);

#endif
