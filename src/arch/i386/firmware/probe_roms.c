// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ROMs below 1 MiB, for the iomem tree: that of the screen, those of adapters, the
 * firmware itself. Each begins at a multiple of 2 KiB:
 *
 *	0xaa55, its length in units of 512 bytes, code ...; all bytes add up to 0
 *
 *	c0000      c8000                  e0000              f0000      fffff
 *	| Video ROM | Adapter ROMs ...    | Extension ROM    | System ROM |
 */
#include <asm/extable.h>
#include <asm/init_32.h>
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/resource.h>
#include <lib/kernel.h>

#define ROM_SIGNATURE	0xaa55
#define ROM_ALIGN	2048
#define ROM_UNIT	512
#define MAX_ADAPTERS	6

#define ROM_RESOURCE(what, first, last) {					\
	.name = (what), .start = (first), .end = (last),			\
	.flags = IORESOURCE_BUSY | IORESOURCE_READONLY | IORESOURCE_MEM,	\
}

static struct resource video_rom = ROM_RESOURCE("Video ROM", 0xc0000, 0xc7fff);
static struct resource extension_rom = ROM_RESOURCE("Extension ROM", 0xe0000, 0xeffff);
static struct resource system_rom = ROM_RESOURCE("System ROM", 0xf0000, 0xfffff);
static struct resource adapter_roms[MAX_ADAPTERS] = {
	[0 ... MAX_ADAPTERS - 1] = ROM_RESOURCE("Adapter ROM", 0, 0),
};

/* Does a ROM begin here? Then *length is what it says of itself, in bytes. */
static bool __init rom_begins(unsigned long start, unsigned long *length)
{
	struct {
		u16 signature;
		u8 units;
	} __packed header;

	if (probe_kernel_read(&header, __va(start), sizeof(header)) ||
	    header.signature != ROM_SIGNATURE)
		return false;
	*length = header.units * ROM_UNIT;
	return true;
}

/* length is a multiple of ROM_UNIT. */
static bool __init rom_adds_up(unsigned long start, unsigned long length)
{
	u8 bytes[ROM_UNIT], sum = 0;
	unsigned int i;

	for (; length; length -= ROM_UNIT, start += ROM_UNIT) {
		if (probe_kernel_read(bytes, __va(start), ROM_UNIT))
			return false;
		for (i = 0; i < ROM_UNIT; i++)
			sum += bytes[i];
	}
	return !sum;
}

/* The first ROM below upper; its length counts only where its bytes add up. */
static void __init probe_video_rom(unsigned long upper)
{
	unsigned long start, length;

	for (start = video_rom.start; start < upper; start += ROM_ALIGN) {
		if (!rom_begins(start, &length))
			continue;
		video_rom.start = start;
		if (length && rom_adds_up(start, length))
			video_rom.end = start + length - 1;
		request_resource(&iomem_resource, &video_rom);
		return;
	}
}

/* Whatever length it gives itself. Returns where it begins, or the system's ROM. */
static unsigned long __init probe_extension_rom(void)
{
	unsigned long start = extension_rom.start, length;

	if (!rom_begins(start, &length) || !rom_adds_up(start, extension_rom.end + 1 - start))
		return system_rom.start;
	request_resource(&iomem_resource, &extension_rom);
	return start;
}

static void __init probe_adapter_roms(unsigned long start, unsigned long upper)
{
	struct resource *rom = adapter_roms;
	unsigned long length;

	for (; rom < adapter_roms + MAX_ADAPTERS && start < upper; start += ROM_ALIGN) {
		if (!rom_begins(start, &length) || !length || start + length > upper ||
		    !rom_adds_up(start, length))
			continue;
		rom->start = start;
		rom->end = start + length - 1;
		request_resource(&iomem_resource, rom);
		start = round_down((unsigned long)rom->end, ROM_ALIGN);
		rom++;
	}
}

/**
 * probe_roms - enter the ROMs between 768 KiB and 1 MiB into the iomem tree
 *
 * Low memory up to 1 MiB must be mapped; before e820_reserve_resources(), which puts what the
 * firmware calls reserved around them.
 *
 * Linux: arch/x86/kernel/probe_roms_32.c:probe_roms, v2.6.34.
 */
void __init probe_roms(void)
{
	const unsigned long adapters = 0xc8000;

	probe_video_rom(adapters);
	request_resource(&iomem_resource, &system_rom);
	probe_adapter_roms(max(round_up((unsigned long)video_rom.end + 1, ROM_ALIGN), adapters),
			   probe_extension_rom());
}
