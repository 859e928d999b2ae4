// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long the lines of the CPU's caches are: shared by two objects, a line is fought over.
 */
#include <asm/cache.h>
#include <asm/processor.h>

#define P4_FAMILY	15

/* In leaf 1, ebx: units of 8 bytes. */
static size_t clflush_size(void)
{
	u32 eax, ebx, ecx, edx;

	cpuid(1, &eax, &ebx, &ecx, &edx);
	return (ebx >> 8 & 0xff) * 8;
}

/**
 * cache_line_size - the alignment at which two objects share no line
 *
 * After early_cpu_init().
 *
 * Return: bytes, a power of two.
 * Linux: arch/x86/include/asm/processor.h:cache_line_size, v2.6.34, which is set by
 * cpu/common.c:cpu_detect and cpu/intel.c:early_init_intel.
 */
size_t cache_line_size(void)
{
	size_t size = boot_cpu_has(X86_FEATURE_CLFLSH) ? clflush_size() : 0;

	if (!size || (size & (size - 1)))
		return L1_CACHE_BYTES;
	/* Netburst flushes 64 bytes, but fetches pairs of lines. */
	if (boot_cpu_data.x86_vendor == X86_VENDOR_INTEL && boot_cpu_data.x86 == P4_FAMILY &&
	    size == 64)
		return 128;
	return size;
}
