/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_ALLOCTRACE_H
#define KERNEL_ALLOCTRACE_H

/* alloctrace[=press|late|latepress]: 10,000 allocations, and which page frame each one gets. */
int alloctrace_setup(char *str);
void alloctrace_early(void);
void alloctrace_late(void);

#endif
