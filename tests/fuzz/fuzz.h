/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz targets share. */
#ifndef FUZZ_H
#define FUZZ_H

#include <host.h>

/* What is left of the input. */
struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

/* Takes n bytes from its front; where it ends, zeros. */
static inline void fuzz_take(struct fuzz_input *in, void *to, size_t n)
{
	size_t m = n < in->size ? n : in->size;

	memset(to, 0, n);
	memcpy(to, in->data, m);
	in->data += m;
	in->size -= m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* FUZZ_H */
