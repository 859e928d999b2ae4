/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_SECTIONS_H
#define ASM_SECTIONS_H

/* Borders of the image, set by src/arch/i386/boot/kernel.lds, all virtual addresses. */

#include <lib/types.h>

extern char _text[], _stext[], _etext[];
extern char __start_rodata[], rodata_used_end[], __end_rodata[];
extern char _sdata[], _edata[];
extern char __init_begin[], _sinittext[], _einittext[], __init_end[];
extern char __bss_start[], __bss_stop[];
extern char __brk_base[], __brk_limit[];
extern char _end[];

/*
 * No address: the number in boot_allocators[] of the one that serves unless the command line names
 * another.
 */
extern char image_boot_alloc[];

/* The physical address at which the image's first instruction lies. */
extern char image_entry[];

/*
 * Made by head: its page tables lie in [__brk_base, _brk_end), and they map
 * page frames 0 to max_pfn_mapped - 1 at address 0 and at PAGE_OFFSET.
 */
extern unsigned long _brk_start, _brk_end;
extern unsigned long max_pfn_mapped;

bool core_kernel_text(unsigned long addr);

#endif
