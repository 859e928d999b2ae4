/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PROC_DUMP_ZONES_H
#define PROC_DUMP_ZONES_H

void dump_zones(const char *tag);

#endif
