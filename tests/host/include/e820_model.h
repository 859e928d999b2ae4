/* SPDX-License-Identifier: GPL-2.0-only */
/* A simple model of memory maps, and random maps to try it on; see e820_model.c. */
#ifndef E820_MODEL_H
#define E820_MODEL_H

#include <firmware/e820.h>

#define MODEL_MAX	512

struct model_map {
	int nr;
	struct e820entry entry[MODEL_MAX];
};

bool model_wraps(const struct e820entry *entry);
void model_sanitize(struct model_map *result, const struct model_map *given);
u64 model_ram_bytes(const struct model_map *map, int from);

void random_map(struct model_map *map, int nr);
int random_map_size(void);

#endif /* E820_MODEL_H */
