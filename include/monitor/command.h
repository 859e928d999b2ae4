/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_COMMAND_H
#define MONITOR_COMMAND_H

/*
 * The monitor's commands: tables of them, a file of src/monitor each. What a
 * command prints goes to the sink it is given.
 */

#include <lib/types.h>
#include <proc/seq.h>

struct page;

#define COMMAND_MAX_ARGS	3

struct command {
	const char *name;
	const char *args;	/* for help and the usage line; NULL: it takes none */
	const char *help;
	const char *values;	/* for the usage line: what an argument may be; may be NULL */
	/* One of the two. run() returns false when its arguments make no sense. */
	void (*show)(struct seq_file *m);
	bool (*run)(struct seq_file *m, int argc, char *argv[]);
	/* For Tab: the i-th word that argument number arg, from 0 on, may be; may be NULL. */
	const char *(*word)(unsigned int arg, unsigned int i);
};

/* Each table ends with an entry without a name. */
extern const struct command state_commands[];
extern const struct command address_commands[];
extern const struct command memory_commands[];
extern const struct command explain_commands[];
extern const struct command system_commands[];

/* src/monitor/monitor.c */
const struct command *command_at(unsigned int i);
const struct command *find_command(const char *name);
void show_usage(struct seq_file *m, const struct command *c);
void clear_screens(void);

/* src/monitor/args.c */
bool parse_u64(const char *s, u64 *value);
bool parse_ulong(const char *s, unsigned long *value);
struct page *ram_page(struct seq_file *m, u64 pfn);

/* src/monitor/commands_state.c */
const char *e820_type_name(u32 type);

/* src/monitor/commands_memory.c */
unsigned int nr_pieces(void);
bool piece_has(u64 phys);
bool piece_of_pages(unsigned long pfn, unsigned long *first_pfn, unsigned long *nr_pages);

/* src/monitor/commands_why.c */
bool run_why(struct seq_file *m, int argc, char *argv[]);

/* src/monitor/commands_layout.c */
void show_layout(struct seq_file *m);

#endif
