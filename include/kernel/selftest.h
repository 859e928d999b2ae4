/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_SELFTEST_H
#define KERNEL_SELFTEST_H

/* src/selftest/faults.c: for memdawn.fault=KIND */
void fault_on_request(const char *kind);

#endif
