/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_BOOTALLOC_H
#define PROC_BOOTALLOC_H

#include <proc/seq.h>

void show_bootalloc(struct seq_file *m);

#endif
