/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_SEGMENT_H
#define ASM_SEGMENT_H

/*
 * Descriptor tables. The selectors are Linux's, so that an address like
 * 0060:c1001234 in a report reads as it does there:
 *
 *   2, 3    flat code and data of head's own table, before paging
 *   12, 13  flat kernel code and data
 *   16      TSS of everything that is not a double fault
 *   31      TSS of the double fault handler
 */

#include <lib/compiler.h>
#include <lib/types.h>

#define GDT_ENTRY_BOOT_CS		2
#define GDT_ENTRY_BOOT_DS		3
#define GDT_ENTRY_KERNEL_CS		12
#define GDT_ENTRY_KERNEL_DS		13
#define GDT_ENTRY_TSS			16
#define GDT_ENTRY_DOUBLEFAULT_TSS	31
#define GDT_ENTRIES			32
#define GDT_SIZE			(GDT_ENTRIES * 8)

#define __BOOT_CS	(GDT_ENTRY_BOOT_CS * 8)
#define __BOOT_DS	(GDT_ENTRY_BOOT_DS * 8)
#define __KERNEL_CS	(GDT_ENTRY_KERNEL_CS * 8)
#define __KERNEL_DS	(GDT_ENTRY_KERNEL_DS * 8)

#define IDT_ENTRIES		256
#define NUM_EXCEPTION_VECTORS	32

/* Flags: bits 0 to 7 are the access byte, 12 to 15 granularity and size. */
#define GDT_ENTRY_INIT(flags, base, limit)			\
	((((base) & 0xff000000ULL) << 32) |			\
	 (((flags) & 0x0000f0ffULL) << 40) |			\
	 (((limit) & 0x000f0000ULL) << 32) |			\
	 (((base) & 0x00ffffffULL) << 16) |			\
	 ((limit) & 0x0000ffffULL))

/* What lgdt and lidt load. */
struct desc_ptr {
	u16 size;		/* bytes - 1 */
	u32 address;
} __packed;

/* The 32-bit task state segment, as the CPU defines it. */
struct tss_struct {
	u32 back_link;
	u32 sp0, ss0;
	u32 sp1, ss1;
	u32 sp2, ss2;
	u32 cr3;
	u32 ip, flags;
	u32 ax, cx, dx, bx;
	u32 sp, bp, si, di;
	u32 es, cs, ss, ds, fs, gs;
	u32 ldt;
	u16 trace;
	u16 io_bitmap_base;
} __packed;

extern u64 gdt_page[GDT_ENTRIES];
extern u64 idt_table[IDT_ENTRIES];

#endif
