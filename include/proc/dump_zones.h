/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_DUMP_ZONES_H
#define PROC_DUMP_ZONES_H

#include <proc/seq.h>

void show_zones(struct seq_file *m, const char *tag);
void dump_zones(const char *tag);

#endif
