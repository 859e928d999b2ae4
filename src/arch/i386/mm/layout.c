// SPDX-License-Identifier: GPL-2.0-only
/*
 * The borders between the kernel's windows, from the top down: each follows from the
 * one above it. Known when the image is built, unless a parameter moves them.
 */
#include <asm/fixmap.h>
#include <kernel/border.h>
#include <kernel/init.h>
#include <kernel/variant.h>
#include <lib/kernel.h>
#include <lib/nodemask.h>

#define PAGES_IN_USE		((unsigned long)__end_of_permanent_fixed_addresses)
#define BOOT_PAGES		((unsigned long)__end_of_fixed_addresses - PAGES_IN_USE)

/* With several nodes those of Linux: for 8 CPUs, and the APICs. */
#define PERMANENT_PAGES		(MAX_NUMNODES > 1 ? 224 : PAGES_IN_USE)
#define ALL_FIXED_PAGES		(PERMANENT_PAGES + BOOT_PAGES)
#define OUR_FIXADDR_START	(FIXADDR_TOP - PERMANENT_PAGES * PAGE_SIZE)
#define OUR_BOOT_START		(FIXADDR_TOP - ALL_FIXED_PAGES * PAGE_SIZE)
#define OUR_PKMAP_BASE		((OUR_BOOT_START - PAGE_SIZE * (LAST_PKMAP + 1)) & PMD_MASK)
#define PKMAP_HOLE		(2 * PAGE_SIZE)

_Static_assert(OUR_FIXADDR_START == (MAX_NUMNODES > 1 ? 0xfff1f000 : 0xfffe6000) &&
	       OUR_PKMAP_BASE == 0xffc00000,
	       "2.6.34's virtual layout: logs depend on it");
_Static_assert(OUR_PKMAP_BASE + LAST_PKMAP * PAGE_SIZE <= OUR_FIXADDR_START,
	       "pkmap ends below the fixmap");

struct kernel_layout kernel_layout = {
	.fixaddr_start = OUR_FIXADDR_START,
	.fixaddr_boot_start = OUR_BOOT_START,
	.pkmap_base = OUR_PKMAP_BASE,
	.pkmap_end = OUR_PKMAP_BASE + LAST_PKMAP * PAGE_SIZE,
	.vmalloc_end = OUR_PKMAP_BASE - PKMAP_HOLE,
	.vmalloc_offset = VMALLOC_OFFSET,
	.maxmem_end = OUR_PKMAP_BASE - PKMAP_HOLE,
};

struct border border_fixmap = { .what = "fixmap and below, by", .kind = BORDER_TEXT };
struct border border_pkmap = { .what = "pkmap and below, by", .kind = BORDER_TEXT };
struct border border_boot_fixmap = { .what = "boot and below, by", .kind = BORDER_TEXT };
struct border border_old_vmalloc = { .what = "vmalloc and lowmem, by", .kind = BORDER_TEXT };

static void __init record_parameter(struct border *border, bool is_moved, const char *by)
{
	border_set(border, 0);
	if (is_moved)
		border_why(border, "%s", by);
}

/* Which parameters make the borders those of another kernel. */
static void __init record_parameters(void)
{
	record_parameter(&border_fixmap, variant.fixmap_pages, "memdawn.fixmap=");
	if (variant.fixmap_pages)
		border_why(&border_fixmap, "%u", variant.fixmap_pages);
	record_parameter(&border_pkmap, variant.highmem4g, "memdawn.highmem=4G");
	record_parameter(&border_boot_fixmap, variant.fixmap_rounded, "memdawn.before=499a5f1");
	record_parameter(&border_old_vmalloc, variant.old_vmalloc, "memdawn.before=e621bd1");
}

/* The number of the first of the boot's fixed pages: all of them must share one page table. */
static unsigned long __init first_btmap(unsigned long permanent, unsigned long ptrs_per_pte)
{
	unsigned long rounded = permanent + TOTAL_FIX_BTMAPS - permanent % TOTAL_FIX_BTMAPS;

	if (variant.fixmap_rounded)
		return rounded;
	return (permanent ^ (permanent + TOTAL_FIX_BTMAPS - 1)) & -ptrs_per_pte ? rounded : permanent;
}

/**
 * layout_update - work the borders out again, from the variant's numbers
 *
 * Before anything is mapped in these windows.
 * Linux: arch/x86/include/asm/fixmap.h, pgtable_32_types.h, v2.6.34, where they are constants.
 */
void __init layout_update(void)
{
	unsigned long permanent = variant.fixmap_pages ? variant.fixmap_pages : PERMANENT_PAGES;
	unsigned long ptrs_per_pte = variant.highmem4g ? 1024 : 512;
	unsigned long last_pkmap = variant.highmem4g ? 1024 : LAST_PKMAP;
	unsigned long pages = first_btmap(permanent, ptrs_per_pte) + BOOT_PAGES;
	struct kernel_layout *l = &kernel_layout;

	l->fixaddr_start = FIXADDR_TOP - permanent * PAGE_SIZE;
	l->fixaddr_boot_start = FIXADDR_TOP - pages * PAGE_SIZE;
	l->pkmap_base = round_down(l->fixaddr_boot_start - PAGE_SIZE * (last_pkmap + 1),
				   ptrs_per_pte * PAGE_SIZE);
	l->pkmap_end = l->pkmap_base + last_pkmap * PAGE_SIZE;
	l->vmalloc_end = l->pkmap_base - PKMAP_HOLE;
	l->maxmem_end = variant.old_vmalloc ? 0 : l->vmalloc_end;
	record_parameters();
}

/**
 * layout_set_high_memory - low memory ends here, and the vmalloc area begins after it
 * @end: virtual address
 *
 * Linux: high_memory is set in arch/x86/mm/init_32.c:initmem_init, v2.6.34; before e621bd1 the
 * vmalloc area began at a multiple of VMALLOC_OFFSET.
 */
void __init layout_set_high_memory(void *end)
{
	unsigned long va = (unsigned long)end;

	high_memory = end;
	if (variant.old_vmalloc)
		kernel_layout.vmalloc_offset = round_down(va + 2 * VMALLOC_OFFSET - 1, VMALLOC_OFFSET) - va;
}
