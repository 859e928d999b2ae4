// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much of the kernel's gigabyte vmalloc() is to have: the parameter that moves the border
 * between low memory and the vmalloc area. Linux: arch/x86/mm/pgtable_32.c.
 */
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/sections.h>
#include <kernel/border.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/variant.h>
#include <lib/cmdline.h>
#include <lib/types.h>

/* Bytes between the end of low memory and VMALLOC_END, the 8 MiB hole included. */
unsigned long __VMALLOC_RESERVE = DEFAULT_RESERVE;

struct border border_vmalloc = {
	.what = "reserved for vmalloc:", .kind = BORDER_BYTES,
	.value = DEFAULT_RESERVE, .why = "the default",
};

static bool default_stands __initdata = true;

/* The size that vmalloc= asks for can't be had: what there is already stays. */
static void __init refuse_vmalloc(u64 size, u64 most, const char *arg)
{
	printk(KERN_WARNING "memdawn: vmalloc= of %llu kB is refused, %lu kB to %llu kB are "
	       "possible; the default of %lu kB stays\n", size >> 10,
	       2 * PAGE_SIZE >> 10, most >> 10, __VMALLOC_RESERVE >> 10);
	if (default_stands) {
		border_set(&border_vmalloc, __VMALLOC_RESERVE);
		border_why(&border_vmalloc, "the default: vmalloc=%s was refused", arg);
	} else {
		border_why(&border_vmalloc, "; vmalloc=%s was refused", arg);
	}
}

/**
 * parse_vmalloc - vmalloc=SIZE: the size of the vmalloc area, at low memory's cost
 * @arg: the value, or NULL
 *
 * Return: 0, or -1 for a missing value.
 * Linux: arch/x86/mm/pgtable_32.c:parse_vmalloc, v2.6.34, which takes any value:
 * 0 ends in a BUG, 1G makes the size of low memory negative. We refuse what
 * leaves no vmalloc area, or less low memory than the image and 16 MiB.
 */
int __init parse_vmalloc(char *arg)
{
	unsigned long hole = variant.old_vmalloc ? 0 : VMALLOC_OFFSET;
	unsigned long least = __pa(_end) + (16UL << 20);
	u64 most = VMALLOC_END - PAGE_OFFSET - least - VMALLOC_OFFSET;
	u64 size;

	if (!arg)
		return -1;
	size = memparse(arg, NULL);
	if (size < 2 * PAGE_SIZE || size > most) {
		refuse_vmalloc(size, most, arg);
		return 0;
	}
	default_stands = false;
	__VMALLOC_RESERVE = size + hole;
	border_set(&border_vmalloc, __VMALLOC_RESERVE);
	border_why(&border_vmalloc, "by vmalloc=%s", arg);
	if (hole)
		border_why(&border_vmalloc, " and %lu kB for the hole", hole >> 10);
	return 0;
}
