/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_RESOURCE_H
#define KERNEL_RESOURCE_H

/*
 * The tree of physical address ranges that /proc/iomem shows. Siblings are
 * sorted and disjoint, a child lies inside its parent. Bytes [start, end].
 */

#include <lib/types.h>

#define IORESOURCE_MEM	0x00000200
#define IORESOURCE_READONLY	0x00004000
#define IORESOURCE_BUSY	0x80000000

struct resource {
	resource_size_t start;
	resource_size_t end;		/* the last byte, not the one after it */
	const char *name;
	unsigned long flags;
	struct resource *parent, *sibling, *child;
};

extern struct resource iomem_resource;

struct resource *request_resource_conflict(struct resource *root, struct resource *new);
int request_resource(struct resource *root, struct resource *new);
int insert_resource(struct resource *parent, struct resource *new);
void insert_resource_expand_to_fit(struct resource *root, struct resource *new);
int walk_system_ram_range(unsigned long start_pfn, unsigned long nr_pages, void *arg,
			  int (*func)(unsigned long pfn, unsigned long nr_pages, void *arg));
int page_is_ram(unsigned long pfn);

#endif
