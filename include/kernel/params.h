/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_PARAMS_H
#define KERNEL_PARAMS_H

#include <lib/types.h>

/* Linux's parameters, read in two rounds: before the memory map is final, and later. */
struct kernel_param {
	const char *name;
	int (*set)(char *val);	/* val is NULL without '='; 0: well formed */
};

void parse_args(char *args, void (*handle)(char *param, char *val));
int param_number(const char *val, int least, int most, int *number);
void for_each_parameter(void (*handle)(char *param, char *val));
void parse_early_param(void);
void parse_late_param(char *command_line);

/* Our own words, taken out of the command line before: memdawn.NAME[=VALUE]. */
struct memdawn_options {
	bool dump_zones;
	bool dump_balance;
	bool dump_bootalloc;
	bool dump_report;
	bool bench;
	bool dump_proc;
	const char *fault;	/* NULL: none */
	const char *selftest;	/* names with commas between them, "": all; NULL: none */
	u64 initrd;		/* physical address to put the RAM disk at; 0: leave it */
};

extern struct memdawn_options memdawn_options;

/* memdawn.debug: poison and red zones in the slabs, windows' entries checked after use. */
extern bool memdawn_debug;

void parse_memdawn_options(void);
const char *param_name(unsigned int i);

/* src/init/unknown_words.c */
void report_unknown_words(void);
void report_unknown_option(const char *name);

#endif
