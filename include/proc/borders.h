/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_BORDERS_H
#define PROC_BORDERS_H

#include <kernel/border.h>
#include <proc/seq.h>

/* Every record of the kernel's, in the order in which they are shown. */
#define NR_BORDERS	17
extern const struct border *const borders[NR_BORDERS];

void show_borders(struct seq_file *m);
void show_not_used(struct seq_file *m);

#endif
