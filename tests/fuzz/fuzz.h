/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz targets share. */
#ifndef FUZZ_H
#define FUZZ_H

#include <host.h>

/* What must hold for every input. */
#define must(condition) do {								\
	if (!(condition)) {								\
		fprintf(stderr, "line %d: not so: %s\nlog:\n%s\n", __LINE__, #condition,	\
			log_text());							\
		abort();								\
	}										\
} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* FUZZ_H */
