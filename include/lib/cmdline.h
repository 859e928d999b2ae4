/* SPDX-License-Identifier: GPL-2.0-only */
/* Values of command line parameters; documented in src/lib/cmdline.c. */
#ifndef LIB_CMDLINE_H
#define LIB_CMDLINE_H

unsigned int unit_shift(char c);
unsigned long long memparse(const char *ptr, char **retptr);
int get_option(char **str, int *pint);

#endif /* LIB_CMDLINE_H */
