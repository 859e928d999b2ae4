/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_PHYS_RANGE_H
#define LIB_PHYS_RANGE_H

/*
 * A piece of physical memory: bytes [start, end). With start >= end it is empty. Linux's own
 * functions keep their two numbers, base and size or start and end; memdawn's own take this.
 */

#include <lib/kernel.h>
#include <lib/types.h>

struct phys_range {
	u64 start, end;
};

/* From start up to end, which is not in it. */
static inline struct phys_range phys_range(u64 start, u64 end)
{
	return (struct phys_range){ start, end };
}

/* So many bytes from start on; what would go beyond the end of the address space is left out. */
static inline struct phys_range phys_span(u64 start, u64 size)
{
	return phys_range(start, size > ULLONG_MAX - start ? ULLONG_MAX : start + size);
}

static inline bool phys_range_empty(struct phys_range r)
{
	return r.start >= r.end;
}

static inline u64 phys_range_size(struct phys_range r)
{
	return phys_range_empty(r) ? 0 : r.end - r.start;
}

/* What lies in both. */
static inline struct phys_range phys_range_common(struct phys_range a, struct phys_range b)
{
	return phys_range(max(a.start, b.start), min(a.end, b.end));
}

/* Does a byte lie in both? An empty one inside the other counts. */
static inline bool phys_range_overlap(struct phys_range a, struct phys_range b)
{
	return a.start < b.end && b.start < a.end;
}

/* Does all of `inner` lie in `outer`? */
static inline bool phys_range_within(struct phys_range inner, struct phys_range outer)
{
	return inner.start >= outer.start && inner.end <= outer.end;
}

#endif /* LIB_PHYS_RANGE_H */
