/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_EXPLAIN_H
#define MONITOR_EXPLAIN_H

/*
 * The explanations of docs/explain, whose README.md tells the format. scripts/build/gen-explain packs
 * them into a table of the image; here they are unpacked, matched with a line of the log, and told with
 * their numbers. No hardware, and no log of its own: that is given as a struct explain_log.
 */

#include <lib/types.h>

#define EXPLAIN_MAX_ENTRY	2048	/* characters of an entry, with the 0 at its end */
#define EXPLAIN_MAX_LINE	512	/* of a log's line, likewise: the rest isn't looked at */
#define EXPLAIN_MAX_SENTENCE	1024
#define EXPLAIN_MAX_HOLES	16

/* Made by scripts/build/gen-explain. */
extern const unsigned int explain_num_entries;
extern const unsigned short explain_offsets[];
extern const unsigned short explain_token_offsets[];
extern const char explain_tokens[];
extern const char explain_text[];

/* A hole of a pattern, and what it stands for in a line: @has_value if that is a number. */
struct explain_hole {
	const char *name, *text;
	size_t name_length, length;
	bool has_value;
	u64 value;
};

struct explain_match {
	unsigned int nr_holes;
	struct explain_hole holes[EXPLAIN_MAX_HOLES];
};

/* Where sentences look for other lines' numbers. */
struct explain_log {
	/* Copies line number n, from 0 on, cut to size - 1 characters; false: there are fewer. */
	bool (*line)(unsigned long n, char *buf, size_t size);
};

/* How an entry's lines begin. */
enum explain_part {
	EXPLAIN_KIND = 'K',
	EXPLAIN_NAMES = 'N',
	EXPLAIN_PATTERN = 'P',
	EXPLAIN_TEXT = 'T',
	EXPLAIN_FIELD = 'F',
	EXPLAIN_CODE = 'C',
	EXPLAIN_TRY = 'Y',
	EXPLAIN_SEE = 'S',
};

void explain_unpack(unsigned int entry, char *buf);
const char *explain_part(const char *at, enum explain_part part, size_t *length);
bool explain_matches(const char *pattern, size_t length, const char *line, struct explain_match *m);
bool explain_entry_matches(const char *entry, const char *line, struct explain_match *m);
bool explain_is_called(const char *names, size_t length, const char *word);
bool explain_value(const char *expression, size_t length, const struct explain_match *m,
		   const struct explain_log *log, s64 *value);
size_t explain_sentence(const char *text, size_t length, const struct explain_match *m,
			const struct explain_log *log, char *buf);

#endif
