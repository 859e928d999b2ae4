// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's boot as a program: replay MAP CMDLINE
 *
 * From i386_start_kernel() to the end of mem_init() the kernel's own files run, unmodified. Low
 * memory is real memory at the kernel's own addresses, from PAGE_OFFSET on, and the image's borders
 * are those of the kernel that was built, so that every address in the log is the kernel's. What
 * only a CPU in kernel mode can do is left out (include/asm, stand_ins.c).
 *
 * MAP has entries of 20 bytes, as for memdawn.e820=: it is handed over as the firmware's map. The
 * log goes to standard output. Exit status: 0 the end of mem_init() was reached, 1 wrong use,
 * 3 panic.
 */
#include <asm/multiboot2.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <kernel/start_kernel.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "replay.h"

#define ENTRY_SIZE	20
#define MAP_AT		64		/* of the information: behind the other tags */
#define MOST_ENTRIES	100000
#define MOST_LOWMEM	0x38000000UL	/* what low memory can have with a vmalloc area of 128 MiB */
#define LEAST_LOWMEM	0x20000000UL
#define STEP		0x100000UL

/* The BIOS data area of a PC: 639 KiB, then the EBDA. */
#define BDA_EBDA_SEGMENT	0x40e
#define BDA_LOWMEM_KILOBYTES	0x413

u8 mb2_info_copy[MAP_AT + MOST_ENTRIES * ENTRY_SIZE + 4096];
u32 mb2_info_size;
unsigned long _brk_start, _brk_end, max_pfn_mapped;

static void usage(const char *why)
{
	fprintf(stderr, "replay: %s\nusage: replay MAP COMMAND-LINE\n", why);
	exit(STATUS_USAGE);
}

/* The C library and the stack lie above; how far above differs from run to run. */
static void map_low_memory(void)
{
	unsigned long size;

	for (size = MOST_LOWMEM; size >= LEAST_LOWMEM; size -= STEP)
		if (mmap((void *)PAGE_OFFSET, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) ==
		    (void *)PAGE_OFFSET)
			return;
	perror("replay: no room for low memory at 0xc0000000");
	exit(STATUS_USAGE);
}

static void put(u32 offset, u32 value)
{
	memcpy(mb2_info_copy + offset, &value, sizeof(value));
}

static u32 read_map(const char *name)
{
	FILE *file = fopen(name, "rb");
	size_t size;

	if (!file)
		usage("the map can't be read");
	size = fread(mb2_info_copy + MAP_AT, 1, MOST_ENTRIES * ENTRY_SIZE + 1, file);
	fclose(file);
	if (size % ENTRY_SIZE || size > MOST_ENTRIES * ENTRY_SIZE)
		usage("the map is no list of entries of 20 bytes, or too long");
	return size;
}

/* What a boot loader would say: its name, the map, the command line. */
static void make_information(const char *map, const char *cmdline)
{
	u32 map_size = read_map(map), length = strlen(cmdline) + 1, offset;

	if (length > 4000)
		usage("the command line is too long");
	put(8, 2);			/* the loader's name, padded to 40 bytes */
	put(12, 40);
	memcpy(mb2_info_copy + 16, "replay", 7);
	put(48, 6);			/* the map */
	put(52, 16 + map_size);
	put(56, ENTRY_SIZE);
	offset = MAP_AT + (map_size + 7) / 8 * 8;
	put(offset, 1);			/* the command line */
	put(offset + 4, 8 + length);
	memcpy(mb2_info_copy + offset + 8, cmdline, length);
	offset += 8 + (length + 7) / 8 * 8;
	put(offset, 0);
	put(offset + 4, 8);
	put(0, offset + 8);
	mb2_info_size = offset + 8;
}

/* What head leaves: page tables in BRK that map the image and a little more. */
static void build_page_tables(void)
{
	unsigned long beyond = (0x40000 / PTRS_PER_PTE + PTRS_PER_PGD) << PAGE_SHIFT;
	pte_t *pte = (pte_t *)__brk_base;
	pmd_t *pmd = swapper_pg_pmd;
	unsigned long pfn = 0;
	int i;

	swapper_pg_dir[0] = swapper_pg_dir[KERNEL_PGD_BOUNDARY] =
		(pgd_t){ __pa(swapper_pg_pmd) | _PAGE_PRESENT };
	while (pfn << PAGE_SHIFT < __pa(_end) + beyond) {
		*pmd++ = (pmd_t){ __pa(pte) | _PAGE_TABLE };
		for (i = 0; i < PTRS_PER_PTE; i++)
			*pte++ = (pte_t){ PFN_PHYS(pfn++) | PTE_IDENT_ATTR };
	}
	swapper_pg_pmd[PTRS_PER_PMD - 1] = (pmd_t){ __pa(swapper_pg_fixmap) | _PAGE_TABLE };
	_brk_start = (unsigned long)__brk_base;
	_brk_end = (unsigned long)pte;
	max_pfn_mapped = pfn;
}

int main(int argc, char **argv)
{
	static char output[1 << 16];

	if (argc != 3)
		usage("two arguments are needed");
	setvbuf(stdout, output, _IOFBF, sizeof(output));
	make_information(argv[1], argv[2]);
	map_low_memory();
	*(u16 *)__va(BDA_LOWMEM_KILOBYTES) = 639;
	*(u16 *)__va(BDA_EBDA_SEGMENT) = 639 << 6;
	build_page_tables();
	i386_start_kernel();
	return STATUS_USAGE;	/* not reached: the boot ends in kmem_cache_init() or panic() */
}
