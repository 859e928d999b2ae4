// SPDX-License-Identifier: GPL-2.0-only
/* The borders of memory as text, each with what has set it: see kernel/border.h. */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/page.h>
#include <firmware/e820.h>
#include <firmware/mtrr.h>
#include <mm/free_area_init.h>
#include <of/fdt.h>
#include <proc/borders.h>

/* A debugger reads them by this table too. */
const struct border *const borders[NR_BORDERS] = {
	&border_ram_given,
	&border_ram_used,
	&border_ram_reach,
	&border_ram_limit,
	&border_ram_cached,
	&border_ram_described,
	&border_ram_highmem,
	&border_vmalloc,
	&border_lowmem_room,
	&border_maxmem,
	&border_lowmem,
	&border_dma,
	&border_movable,
	&border_fixmap,
	&border_pkmap,
	&border_boot_fixmap,
	&border_old_vmalloc,
};

/* Has it been decided, and is there anything to be shown? */
static bool is_shown(const struct border *b)
{
	if (b->kind == BORDER_TEXT)
		return b->why[0];
	return b->kind == BORDER_CUT ? b->lost : b->value;
}

#define MB_SHIFT	(20 - PAGE_SHIFT)	/* of a number of pages */

/* So much RAM lies above the end that it has now. */
static void show_cut(struct seq_file *m, const struct border *b)
{
	if (b->lost >= 16 << MB_SHIFT)
		seq_printf(m, "%lu pages (%lu MB)", b->lost, b->lost >> MB_SHIFT);
	else
		seq_printf(m, "%lu pages (%lu kB)", b->lost, b->lost << (PAGE_SHIFT - 10));
	seq_printf(m, " from pfn %lu on", b->value);
}

/* What comes between the name and the reason. */
static void show_value(struct seq_file *m, const struct border *b)
{
	switch (b->kind) {
	case BORDER_PFN:
		seq_printf(m, "pfn %8lu (%lu MB)", b->value, b->value >> MB_SHIFT);
		break;
	case BORDER_BYTES:
		seq_printf(m, "%lu kB", b->value >> 10);
		break;
	case BORDER_CUT:
		show_cut(m, b);
		break;
	case BORDER_TEXT:
		break;
	}
}

/**
 * show_borders - write each border that is decided, and why it lies there
 * @m: the sink
 */
void show_borders(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < NR_BORDERS; i++) {
		const struct border *b = borders[i];

		if (!is_shown(b))
			continue;
		seq_printf(m, "%-27s ", b->what);
		show_value(m, b);
		seq_printf(m, "%s%s\n", b->kind != BORDER_TEXT && b->why[0] ? ", " : "", b->why);
	}
}

/**
 * show_not_used - write what RAM of the firmware's lies above max_pfn, and who has cut it off
 * @m: the sink
 *
 * A line of the balance for each. Nothing where all RAM is used.
 */
void show_not_used(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < NR_BORDERS; i++) {
		const struct border *b = borders[i];

		if (b->kind == BORDER_CUT && b->lost)
			seq_printf(m, "balance: not used %lu from pfn %lu on, %s\n", b->lost,
				   b->value, b->why);
	}
}
