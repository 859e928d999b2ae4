/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FIRMWARE_BOOT_PARAMS_H
#define FIRMWARE_BOOT_PARAMS_H

/*
 * What the boot loader told us, after multiboot2.c has checked it and copied it
 * into the image's own init data. Nothing after that file sees a Multiboot tag,
 * and nothing here points into memory that the boot loader owns but for the
 * modules themselves, which are reserved by name before anything is allocated.
 */

#include <firmware/e820.h>
#include <lib/phys_range.h>
#include <lib/types.h>

#define COMMAND_LINE_SIZE	2048
#define MAX_BOOT_MODULES	8

enum boot_module_kind { MODULE_INITRD, MODULE_DTB, MODULE_E820, MODULE_KERNEL };

/* Physical bytes [start, end). */
struct boot_module {
	u64 start;
	u64 end;
	enum boot_module_kind kind;
};

enum framebuffer_type { FB_INDEXED, FB_RGB, FB_EGA_TEXT };

/* What a loader says of the screen: cells, or pixels. Nobody has asked whether it can be so. */
struct boot_framebuffer {
	bool present;
	u64 addr;			/* physical */
	u32 pitch, width, height;	/* bytes from line to line; columns or pixels, lines */
	u8 bpp, type;			/* bits a pixel; an enum framebuffer_type, or another */
	struct {
		u8 position, size;	/* bits of a pixel */
	} colours[3];			/* of FB_RGB: red, green, blue */
};

struct boot_params {
	bool from_multiboot2;
	char command_line[COMMAND_LINE_SIZE];	/* without the words that start with memdawn. */
	char options[COMMAND_LINE_SIZE];	/* these words, one space between them */
	char loader_name[64];

	/* More entries than e820_map holds are counted, and their pages: the log tells the loss. */
	u32 e820_entries;
	struct e820entry e820_map[E820MAX];
	u32 e820_lost_entries;
	u64 e820_lost_first, e820_lost_ram;	/* first lost address; bytes of RAM lost */
	bool have_mmap;

	bool have_meminfo;
	u32 mem_lower_k;
	u32 alt_mem_k;		/* KiB above 1 MiB, as the BIOS function e801 counts */

	u32 nr_modules;
	struct boot_module modules[MAX_BOOT_MODULES];
	u64 ramdisk_image, ramdisk_size;

	struct boot_framebuffer fb;
	bool efi;
	u8 rsdp[36];
	u32 rsdp_size;		/* 0: none, 20: ACPI 1, 36: ACPI 2 */
};

extern struct boot_params boot_params;

void add_boot_map_entry(u64 addr, u64 size, u32 type);
bool boot_map_has_ram(struct phys_range range);

/* A memory map given in place of the firmware's: memdawn.e820=. */
int given_map_setup(char *val);
void take_given_map(void);
void check_given_map(void);

#endif
