/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FIRMWARE_MULTIBOOT2_H
#define FIRMWARE_MULTIBOOT2_H

#include <lib/types.h>

#define MB2_BOOTLOADER_MAGIC	0x36d76289

/* The copy that head made of the loader's information, before paging. */
extern u8 mb2_info_copy[];
extern u32 mb2_info_size;
extern u32 mb2_info_addr;	/* physical, where the loader had put it */

int multiboot2_parse(const void *info, u32 size);

#endif
