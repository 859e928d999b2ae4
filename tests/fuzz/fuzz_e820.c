// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a memory map of 20-byte entries: sanitize_e820_map() against the model of the host
 * tests. In contrast to random maps the fuzzer is led by the branches that it reaches.
 */
#include <firmware/e820.h>
#include <lib/kernel.h>

#include <host.h>

#include <e820_model.h>
#include <fuzz.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model_map given, expected;
	bool wraps = false;

	given.nr = min_t(size_t, size / sizeof(struct e820entry), E820MAX);
	memcpy(given.entry, data, given.nr * sizeof(struct e820entry));
	for (int i = 0; i < given.nr; i++)
		wraps |= model_wraps(&given.entry[i]);
	memcpy(e820.map, given.entry, given.nr * sizeof(struct e820entry));
	e820.nr_map = given.nr;

	log_clear();
	if (sanitize_e820_map(e820.map, E820MAX, &e820.nr_map)) {
		must(wraps || given.nr < 2);
		must((int)e820.nr_map == given.nr);
		return 0;
	}
	must(!wraps && given.nr >= 2);
	model_sanitize(&expected, &given);
	must((int)e820.nr_map == min(expected.nr, E820MAX));
	must(!memcmp(e820.map, expected.entry, e820.nr_map * sizeof(struct e820entry)));
	must(log_has("are lost") == (expected.nr > E820MAX));
	return 0;
}
