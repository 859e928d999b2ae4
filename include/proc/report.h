/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_REPORT_H
#define PROC_REPORT_H

#include <proc/seq.h>

void show_report(struct seq_file *m);

#endif
