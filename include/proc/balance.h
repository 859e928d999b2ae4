/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_BALANCE_H
#define PROC_BALANCE_H

#include <proc/seq.h>

void show_balance(struct seq_file *m);

#endif
