// SPDX-License-Identifier: GPL-2.0-only
/*
 * The RAM disk. It lies where the boot loader put it; if that is not in low memory
 * it is moved there, because whoever reads it uses the linear map.
 */
#include <asm/early_ioremap.h>
#include <asm/fixmap.h>
#include <asm/init_32.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <firmware/boot_params.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/start_kernel.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>

unsigned long initrd_start, initrd_end;

/* What one slot of early_ioremap can show, if it starts at a page's beginning. */
#define MAX_MAP_CHUNK	((unsigned long)NR_FIX_BTMAPS << PAGE_SHIFT)

/* Copies physical memory, high or low, to a mapped place. */
static void __init copy_from_phys(void *dst, u64 src, u64 size)
{
	while (size) {
		unsigned long slop = src & ~PAGE_MASK;
		unsigned long len = min(size, (u64)(MAX_MAP_CHUNK - slop));
		char *p = early_memremap(src, len);

		memcpy(dst, p, len);
		early_iounmap(p, len);
		dst = (char *)dst + len;
		src += len;
		size -= len;
	}
}

/* A page at a time, through two slots: neither end need be mapped. */
static void __init copy_phys(u64 dst, u64 src, u64 size)
{
	u64 done;

	for (done = 0; done < size; done += PAGE_SIZE) {
		unsigned long len = min(size - done, (u64)PAGE_SIZE);
		char *to = early_memremap(dst + done, len);

		copy_from_phys(to, src + done, len);
		early_iounmap(to, len);
	}
}

/* Does a range meet one of the loader's other modules? */
static bool __init hits_module(u64 start, u64 end)
{
	u32 i;

	for (i = 0; i < boot_params.nr_modules; i++)
		if (start < boot_params.modules[i].end && end > boot_params.modules[i].start)
			return true;
	return false;
}

/**
 * place_initrd - memdawn.initrd=ADDRESS: put the RAM disk where another loader would
 * @dest: physical address, a multiple of the page size; 0: leave it
 *
 * GRUB's multiboot2 command puts modules right after the image, its linux command
 * puts them as high as it can. Runs before anything is reserved but the image.
 */
void __init place_initrd(u64 dest)
{
	u64 size = boot_params.ramdisk_size, src = boot_params.ramdisk_image;
	struct phys_range area = phys_span(dest, PAGE_ALIGN(size));

	if (!dest || !size)
		return;
	if (phys_range_size(area) < size || !boot_map_has_ram(area) ||
	    phys_range_overlap(area, phys_range(__pa(_text), __pa(_end))) ||
	    hits_module(area.start, area.end)) {
		printk(KERN_WARNING "memdawn: the RAM disk can't go to %llx - %llx: not RAM, or in "
		       "use by the image or a module; it stays at %llx\n", area.start, area.end, src);
		return;
	}
	early_ioremap_init();
	copy_phys(dest, src, size);
	boot_params.ramdisk_image = dest;
}

/*
 * Copies the RAM disk, size bytes at physical address from, into low memory, which ends at
 * end_of_lowmem. Returns the physical address where it lies now.
 */
static u64 __init relocate_initrd(u64 from, u64 size, u64 end_of_lowmem)
{
	u64 area_size = PAGE_ALIGN(size);
	u64 to = boot_find_area(phys_range(0, end_of_lowmem), area_size, PAGE_SIZE);

	if (to == -1ULL)
		panic("Cannot find place for new RAMDISK of size %lld\n", size);
	boot_reserve(phys_span(to, area_size), "NEW RAMDISK");
	printk(KERN_INFO "Allocated new RAMDISK: %08llx - %08llx\n", to, to + size);
	copy_from_phys(__va(to), from, size);
	printk(KERN_INFO "Move RAMDISK from %016llx - %016llx to %08llx - %08llx\n",
	       from, from + size - 1, to, to + size - 1);
	return to;
}

/**
 * reserve_initrd - see to it that the RAM disk lies in low memory
 *
 * Sets initrd_start and initrd_end. Half of low memory or more is too large: then
 * it is given up. Low memory must be mapped.
 * Linux: arch/x86/kernel/setup.c:reserve_initrd, v2.6.34.
 */
void __init reserve_initrd(void)
{
	u64 loaded_at = boot_params.ramdisk_image, size = boot_params.ramdisk_size;
	u64 reserved_end = PAGE_ALIGN(loaded_at + size), place = loaded_at;
	u64 end_of_lowmem = PFN_PHYS(max_low_pfn_mapped);

	if (!loaded_at || !size)
		return;
	if (size >= end_of_lowmem / 2) {
		boot_unreserve(phys_range(loaded_at, reserved_end));
		printk(KERN_ERR "initrd too large to handle, disabling initrd\n");
		return;
	}
	printk(KERN_INFO "RAMDISK: %08llx - %08llx\n", loaded_at, reserved_end);
	if (reserved_end > end_of_lowmem) {
		place = relocate_initrd(loaded_at, size, end_of_lowmem);
		boot_unreserve(phys_range(loaded_at, reserved_end));
	}
	initrd_start = place + PAGE_OFFSET;
	initrd_end = initrd_start + size;
}
