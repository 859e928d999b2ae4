/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_TALE_H
#define MONITOR_TALE_H

/* An allocation told: before it what will be tried and why, after it what has changed. */

#include <lib/types.h>
#include <proc/seq.h>

struct page;

void tale_before(struct seq_file *m, gfp_t gfp, unsigned int order);
void tale_after(struct seq_file *m, const struct page *page, unsigned int order);

#endif
