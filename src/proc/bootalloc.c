// SPDX-License-Identifier: GPL-2.0-only
/*
 * The boot allocators' accounts as text: of the one that served, or of all that have served on
 * this machine one after the other (memdawn.bootalloc=all), side by side.
 */
#include <lib/kernel.h>
#include <mm/boot/boot_allocator.h>
#include <mm/boot/stats.h>
#include <proc/bootalloc.h>

/* The comparison's lines; scripts/compare-bootalloc prints the same ones. */
static const struct {
	const char *title;
	size_t offset;			/* of an unsigned long */
} rows[] = {
	{ "low pages reserved", offsetof(struct boot_alloc_stats, reserved) },
	{ "low pages free", offsetof(struct boot_alloc_stats, free) },
	{ "bookkeeping, bytes", offsetof(struct boot_alloc_stats, bookkeeping) },
	{ "table entries in use", offsetof(struct boot_alloc_stats, entries) },
	{ "allocations served", offsetof(struct boot_alloc_stats, allocations) },
	{ "bytes asked for", offsetof(struct boot_alloc_stats, bytes) },
	{ "free pieces", offsetof(struct boot_alloc_stats, runs) },
	{ "largest piece, pages", offsetof(struct boot_alloc_stats, largest) },
	{ "ticks to hand over", offsetof(struct boot_alloc_stats, ticks) },
};

/* The one that serves. */
static void show_one(struct seq_file *m)
{
	const struct boot_alloc_stats *s = &boot_alloc_stats[boot_alloc_number()];
	int order;

	seq_printf(m, "bootalloc: name %s\n", live_boot_allocator()->name);
	seq_printf(m, "bootalloc: allocations %lu of %lu bytes\n", s->allocations, s->bytes);
	seq_printf(m, "bootalloc: bookkeeping %lu bytes, %lu table entries\n", s->bookkeeping,
		   s->entries);
	seq_printf(m, "bootalloc: hand-over %lu ticks\n", s->ticks);
	seq_printf(m, "bootalloc: low memory %lu pages free, %lu reserved\n", s->free, s->reserved);
	seq_printf(m, "bootalloc: free in %lu pieces, the largest of %lu pages\n", s->runs,
		   s->largest);
	seq_puts(m, "bootalloc: blocks by order");
	for (order = 0; order < MAX_ORDER; order++)
		seq_printf(m, " %lu", s->blocks[order]);
	seq_putc(m, '\n');
}

/* The value at this offset of each that has served. */
static void show_row(struct seq_file *m, size_t offset)
{
	unsigned int i;

	for (i = 0; i < NR_BOOT_ALLOCATORS; i++)
		if (boot_alloc_stats[i].served)
			seq_printf(m, "%14lu", *(const unsigned long *)
				   ((const char *)&boot_alloc_stats[i] + offset));
	seq_putc(m, '\n');
}

static void compare(struct seq_file *m)
{
	unsigned int i;

	seq_printf(m, "%26s", "");
	for (i = 0; i < NR_BOOT_ALLOCATORS; i++)
		if (boot_alloc_stats[i].served)
			seq_printf(m, "%14s", boot_allocators[i]->name);
	seq_putc(m, '\n');
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		seq_printf(m, "%-26s", rows[i].title);
		show_row(m, rows[i].offset);
	}
	for (i = 0; i < MAX_ORDER; i++) {
		seq_printf(m, "blocks of order %-10u", i);
		show_row(m, offsetof(struct boot_alloc_stats, blocks) + i * sizeof(unsigned long));
	}
}

/**
 * show_bootalloc - write what the boot allocator has done, and what it has left
 * @m: the sink
 *
 * Of the moment of the hand-over: boot_free_all() must have run. Side by side where more than one
 * has served.
 */
void show_bootalloc(struct seq_file *m)
{
	unsigned int i, served = 0;

	for (i = 0; i < NR_BOOT_ALLOCATORS; i++)
		served += boot_alloc_stats[i].served;
	if (served > 1)
		compare(m);
	else
		show_one(m);
}
