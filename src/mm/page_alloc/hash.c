// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hash tables whose size follows from the memory's.
 *
 * Who needs one says how much low memory there is for each bucket; the boot allocator gives it,
 * as the page allocator's blocks end at 4 MiB. The number of buckets is a power of two.
 */
#include <asm/page.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/math64.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>
#include <mm/free_area_init.h>

/* How many buckets: one for each 2^scale bytes of low memory, if the user didn't say. */
static unsigned long __init wanted_buckets(unsigned long bucketsize, int scale, int flags,
					   unsigned int min_shift)
{
	unsigned long buckets = roundup(nr_kernel_pages, 1UL << (20 - PAGE_SHIFT));

	if (scale > PAGE_SHIFT)
		buckets >>= scale - PAGE_SHIFT;
	else
		buckets <<= PAGE_SHIFT - scale;
	if (flags & HASH_SMALL)
		return max(buckets, 1UL << min_shift);
	return buckets * bucketsize < PAGE_SIZE ? PAGE_SIZE / bucketsize : buckets;
}

/*
 * The most that a table may have: a sixteenth of all memory, if its user didn't say, and no more
 * bytes than can be counted.
 */
static unsigned long __init most_buckets(unsigned long bucketsize, unsigned long limit)
{
	u64 bytes = (u64)nr_all_pages << PAGE_SHIFT;

	return limit ? limit : div_u64(min(bytes / 16, (u64)ULONG_MAX), bucketsize);
}

/**
 * alloc_large_system_hash - allocate a hash table sized by memory
 * @tablename: for the log
 * @bucketsize: bytes
 * @numentries: buckets, or 0: choose by the size of low memory
 * @scale: log2 of the bytes of low memory for each bucket
 * @flags: HASH_EARLY (from the boot allocator), HASH_SMALL (less than a page is fine)
 * @_hash_shift: set to log2 of the buckets; on entry the minimum for HASH_SMALL; may be NULL
 * @_hash_mask: set to buckets - 1; may be NULL
 * @limit: most buckets, or 0: a sixteenth of all memory
 *
 * The zones must be there. Halves the size until it fits; panics if not even a page does.
 * Return: zeroed memory.
 * Linux: mm/page_alloc.c:alloc_large_system_hash, v2.6.34; only HASH_EARLY. There more than 2^31
 * buckets, or a table of 4 GiB, are shifted out of the number.
 */
void * __init alloc_large_system_hash(const char *tablename, unsigned long bucketsize,
				      unsigned long numentries, int scale, int flags,
				      unsigned int *_hash_shift, unsigned int *_hash_mask,
				      unsigned long limit)
{
	unsigned int shift, no_shift = 0;
	unsigned long size;
	void *table;

	if (!_hash_shift)
		_hash_shift = &no_shift;
	if (!numentries)
		numentries = wanted_buckets(bucketsize, scale, flags, *_hash_shift);
	numentries = roundup_pow_of_two(min(numentries, 1UL << (BITS_PER_LONG - 1)));
	shift = ilog2(min(numentries, most_buckets(bucketsize, limit)));
	size = bucketsize << shift;
	while (!(table = alloc_bootmem_nopanic(size))) {
		if (size <= PAGE_SIZE || !shift)
			panic("Failed to allocate %s hash table\n", tablename);
		size = bucketsize << --shift;
	}
	balance_own(tablename, phys_span(__pa(table), size));
	printk(KERN_INFO "%s hash table entries: %d (order: %d, %lu bytes)\n", tablename,
	       1U << shift, ilog2(size) - PAGE_SHIFT, size);
	*_hash_shift = shift;
	if (_hash_mask)
		*_hash_mask = (1U << shift) - 1;
	return table;
}
