/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_BOOT_NOBOOTMEM_H
#define MM_BOOT_NOBOOTMEM_H

/* 2.6.34 with CONFIG_NO_BOOTMEM: early_res is the boot allocator to the end. */

#include <lib/types.h>
#include <mm/boot/boot_allocator.h>

extern const struct boot_allocator early_res_allocator;

void *__alloc_memory_core_early(int nid, u64 size, u64 align, u64 goal, u64 limit);
unsigned long free_all_memory_core_early(void);

#endif
