/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_LOG_READER_H
#define MONITOR_LOG_READER_H

#include <lib/types.h>

/*
 * The log piece by piece; a line's level, "<n>" at its beginning, is left out. The oldest
 * line may have lost its own. All zero: at the log's beginning.
 */
struct log_reader {
	char piece[256];
	size_t off, len, pos;
	unsigned int column;
	bool has_level;
};

int log_reader_next(struct log_reader *r);
bool log_reader_line(struct log_reader *r, char *buf, size_t size);

#endif
