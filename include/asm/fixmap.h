/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_FIXMAP_H
#define ASM_FIXMAP_H

/*
 * The top of the kernel's gigabyte, seen from 0xffffffff downwards:
 *
 *   0xfffff000 FIXADDR_TOP          one page below the end stays unmapped
 *              FIX_HOLE ...         permanent fixed pages (25 of them, 100 kB)
 *   0xfffe6000 FIXADDR_START        (0xfff1f000 in the kernel for several nodes, which says that it
 *                                   has 224 of them, as Linux's, and uses the same 25)
 *              FIX_BTMAP_END ...    4 slots of 64 pages: 3 of early_ioremap, boot only, and
 *                                   the window of ioremap_window()
 *              FIX_WP_TEST
 *   0xffee5000 FIXADDR_BOOT_START
 *   0xffe00000
 *              pkmap                512 pages for kmap()
 *   0xffc00000 PKMAP_BASE
 *   0xffbfe000 VMALLOC_END          two unmapped pages above it
 *              vmalloc
 *              VMALLOC_START        high_memory + 8 MiB
 *
 * A fixed page's number grows as its address falls: an index, not an address,
 * is what the code names, and fix_to_virt() is a constant.
 */

#include <asm/page.h>
#include <asm/pgtable.h>

/* Linux: asm-generic/kmap_types.h. A user of kmap_atomic names its own slot. */
enum km_type {
	KM_BOUNCE_READ,
	KM_SKB_SUNRPC_DATA,
	KM_SKB_DATA_SOFTIRQ,
	KM_USER0,
	KM_USER1,
	KM_BIO_SRC_IRQ,
	KM_BIO_DST_IRQ,
	KM_PTE0,
	KM_PTE1,
	KM_IRQ0,
	KM_IRQ1,
	KM_SOFTIRQ0,
	KM_SOFTIRQ1,
	KM_SYNC_ICACHE,
	KM_SYNC_DCACHE,
	KM_UML_USERCOPY,
	KM_IRQ_PTE,
	KM_NMI,
	KM_NMI_PTE,
	KM_TYPE_NR
};

#define NR_FIX_BTMAPS		64	/* pages in a slot of early_ioremap */
#define FIX_BTMAPS_SLOTS	4
#define TOTAL_FIX_BTMAPS	(NR_FIX_BTMAPS * FIX_BTMAPS_SLOTS)
#define WINDOW_SLOT		(FIX_BTMAPS_SLOTS - 1)

enum fixed_addresses {
	FIX_HOLE,
	FIX_VDSO,
	FIX_DBGP_BASE,
	FIX_EARLYCON_MEM_BASE,
	FIX_KMAP_BEGIN,
	FIX_KMAP_END = FIX_KMAP_BEGIN + KM_TYPE_NR - 1,
	FIX_TEXT_POKE1,
	FIX_TEXT_POKE0,
	__end_of_permanent_fixed_addresses,
	FIX_BTMAP_END = __end_of_permanent_fixed_addresses,
	FIX_BTMAP_BEGIN = FIX_BTMAP_END + TOTAL_FIX_BTMAPS - 1,
	FIX_WINDOW_BEGIN = FIX_BTMAP_BEGIN - NR_FIX_BTMAPS * WINDOW_SLOT,
	FIX_WP_TEST = FIX_BTMAP_BEGIN + 1,
	__end_of_fixed_addresses
};

#define FIXADDR_TOP		0xfffff000UL
#define LAST_PKMAP		512
#define VMALLOC_OFFSET		(8UL * 1024 * 1024)

/* Virtual addresses. Those of the picture, unless memdawn.fixmap= or another parameter moves them. */
struct kernel_layout {
	unsigned long fixaddr_start;
	unsigned long fixaddr_boot_start;
	unsigned long pkmap_base;
	unsigned long pkmap_end;
	unsigned long vmalloc_end;
	unsigned long vmalloc_offset;	/* from high_memory to VMALLOC_START: VMALLOC_OFFSET */
	unsigned long maxmem_end;	/* low memory and __VMALLOC_RESERVE end here at the latest */
};

extern struct kernel_layout kernel_layout;

/* Which of our parameters have moved what, each with all below it. */
struct border;
extern struct border border_fixmap, border_pkmap, border_boot_fixmap, border_old_vmalloc;

#define FIXADDR_START		(kernel_layout.fixaddr_start)
#define FIXADDR_BOOT_START	(kernel_layout.fixaddr_boot_start)
#define PKMAP_BASE		(kernel_layout.pkmap_base)
#define PKMAP_END		(kernel_layout.pkmap_end)
#define VMALLOC_END		(kernel_layout.vmalloc_end)
#define VMALLOC_START		((unsigned long)high_memory + kernel_layout.vmalloc_offset)

/* Low memory ends where the vmalloc area must begin. */
#define MAXMEM		(kernel_layout.maxmem_end - PAGE_OFFSET - __VMALLOC_RESERVE)
#define MAXMEM_PFN	PFN_DOWN(MAXMEM)

void layout_update(void);
void layout_set_high_memory(void *end);

/* A part of the address space: virtual addresses; an end of 0 is the end of the address space. */
struct layout_range {
	const char *name;	/* the image's sections, parts of low memory, have a blank first */
	unsigned long start, end;
	const char *what;
};

/* All of them from the top down; before layout_record_ranges() the windows begin and end at 0. */
#define NR_LAYOUT_RANGES	16
extern struct layout_range layout_ranges[NR_LAYOUT_RANGES];
void layout_record_ranges(void);

#define DEFAULT_RESERVE		(128UL << 20)
extern unsigned long __VMALLOC_RESERVE;
extern struct border border_vmalloc;
extern void *high_memory;

#define fix_to_virt(idx)	(FIXADDR_TOP - ((unsigned long)(idx) << PAGE_SHIFT))
#define virt_to_fix(va)		((FIXADDR_TOP - ((va) & PAGE_MASK)) >> PAGE_SHIFT)

void __set_fixmap(enum fixed_addresses idx, phys_addr_t phys, pgprot_t prot);

/* Unmaps a fixed page. */
static inline void clear_fixmap(enum fixed_addresses idx)
{
	__set_fixmap(idx, 0, __pgprot(0));
}

#endif
