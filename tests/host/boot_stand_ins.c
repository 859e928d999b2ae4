// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a generation of boot allocator needs to serve a boot, where a test calls its functions by
 * themselves and starts no boot: nobody comes here.
 */
#include <asm/sections.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/node_map.h>

#include <host.h>

unsigned long max_low_pfn, max_pfn_mapped;

void balance_own(const char *owner, struct phys_range range)
{
	abort();
}

void work_with_active_regions(int nid, work_fn_t work_fn, void *data)
{
	abort();
}

unsigned long __absent_pages_in_range(int nid, unsigned long start_pfn, unsigned long end_pfn)
{
	abort();
}
