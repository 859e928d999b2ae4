// SPDX-License-Identifier: GPL-2.0-only
/*
 * What bootmem, bootmem-2.4 and early_res have in common: they begin with the early reservations,
 * and find memory around them until they start.
 */
#include <asm/page.h>
#include <asm/sections.h>
#include <kernel/early_res.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/early.h>

static unsigned long bitmap_bytes __initdata;

/**
 * early_reserve - something is in use
 * @range: physical bytes, not empty
 * @name: who uses it
 * @caller: not needed
 */
void __init early_reserve(struct phys_range range, const char *name, const void *caller)
{
	reserve_early(range.start, range.end, name);
}

/**
 * early_reserve_overlap_ok - the same, and later reservations may cut it
 * @range: physical bytes, not empty
 * @name: who may use it
 * @caller: not needed
 */
void __init early_reserve_overlap_ok(struct phys_range range, const char *name, const void *caller)
{
	reserve_early_overlap_ok(range.start, range.end, name);
}

/**
 * early_unreserve - give a reservation back
 * @range: as it was reserved
 * @caller: not needed
 */
void __init early_unreserve(struct phys_range range, const void *caller)
{
	free_early(range.start, range.end);
}

/**
 * early_add_ram - the memory map is final
 * @ram: its RAM, by address; the array must stay
 * @nr: how many ranges
 * @caller: not needed
 */
void __init early_add_ram(const struct phys_range *ram, unsigned int nr, const void *caller)
{
	early_res_set_ram(ram, nr);
}

/**
 * early_reservation - what was reserved when the allocator took the table over
 * @i: from 0 on
 * @found: set to it
 *
 * Return: false if there were no more, or it wasn't kept.
 */
bool early_reservation(unsigned int i, struct boot_reservation *found)
{
	int count, total;
	const struct early_res *r = early_res_handed_over(&count, &total);

	if (i >= (unsigned int)count)
		return false;
	found->range = phys_range(r[i].start, r[i].end);
	found->name = r[i].name;
	return true;
}

/**
 * early_nr_reservations - how many there were then, kept or not
 *
 * Return: their number.
 */
unsigned int early_nr_reservations(void)
{
	int count, total;

	early_res_handed_over(&count, &total);
	return total;
}

/**
 * early_place_bitmap - find the bitmap's place, and reserve it as BOOTMAP
 * @pages: its size
 *
 * Low memory must be mapped. Panics if there is no room.
 * Return: a physical address.
 */
unsigned long __init early_place_bitmap(unsigned long pages)
{
	unsigned long size = pages << PAGE_SHIFT;
	u64 bootmap = early_res_find_area(phys_range(0, PFN_PHYS(max_pfn_mapped)), size, PAGE_SIZE);

	if (bootmap == -1ULL)
		panic("Cannot find bootmem map of size %ld\n", size);
	reserve_early(bootmap, bootmap + size, "BOOTMAP");
	return bootmap;
}

/**
 * early_hand_over - hand the reservations to the bitmap
 * @bytes: its size
 * @take: reserves a range of low memory in it
 *
 * Their names go into the balance. Nothing can be reserved early afterwards.
 */
void __init early_hand_over(unsigned long bytes, void (*take)(struct phys_range part))
{
	int i;

	bitmap_bytes = bytes;
	for (i = early_res_first(); i < early_res_total(); i++) {
		const struct early_res *r = early_res_get(i);

		balance_own(r->name, phys_range(r->start, r->end));
	}
	early_res_to_bootmem(0, PFN_PHYS(max_low_pfn), take);
}

/**
 * early_bookkeeping - how large the table is, or was, and the bitmap if there is one
 * @bytes: set to both together
 * @entries: set to the table's entries in use, or that were when it was taken over
 */
void __init early_bookkeeping(unsigned long *bytes, unsigned long *entries)
{
	*bytes = early_res_bytes() + bitmap_bytes;
	*entries = early_res_total();
}
