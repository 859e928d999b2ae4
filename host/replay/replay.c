// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's boot as a program: replay MAP CMDLINE [DEVICE-TREE [BIOS]]
 *
 * From i386_start_kernel() to the end of mem_init() the kernel's own files run, unmodified. Low
 * memory is real memory at the kernel's own addresses, from PAGE_OFFSET on, and the image's borders
 * are those of the kernel that was built, so that every address in the log is the kernel's. What
 * only a CPU in kernel mode can do is left out (include/asm, stand_ins.c).
 *
 * MAP has entries of 20 bytes: it is a module named e820, for memdawn.e820=module. DEVICE-TREE is one
 * named dtb; empty, there is none. BIOS is what lies at 0xe0000: ACPI's tables. The firmware's map is a machine that has RAM everywhere. The log goes to standard output. Exit status: 0 the end
 * of mem_init() was reached, 1 wrong use, 3 panic.
 */
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <firmware/multiboot2.h>
#include <kernel/start_kernel.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

#include "replay.h"

#define MODULE_AT	0x10000000UL	/* in low memory, which is read before anything is allocated */
#define DTB_AT		0x14000000UL
#define MOST_MODULE	0x04000000UL
#define BIOS_AT		0xe0000UL
#define BIOS_SIZE	0x20000UL
#define MOST_LOWMEM	0x3fe00000UL	/* more than vmalloc= can leave */
#define LEAST_LOWMEM	0x20000000UL
#define STEP		0x100000UL

/* The BIOS data area of a PC: 639 KiB, then the EBDA. */
#define BDA_EBDA_SEGMENT	0x40e
#define BDA_LOWMEM_KILOBYTES	0x413

u8 mb2_info_copy[8192];
u32 mb2_info_size;
unsigned long _brk_start, _brk_end, max_pfn_mapped;

static void usage(const char *why)
{
	fprintf(stderr, "replay: %s\nusage: replay MAP COMMAND-LINE [DEVICE-TREE [BIOS]]\n", why);
	exit(STATUS_USAGE);
}

static unsigned long lowmem_size;

/*
 * The stack and the vDSO lie at the end of the addresses, where low memory may be: the program is
 * started again with 3 GiB of addresses, so that they lie below it, and then gets all 4 GiB back.
 * Where that isn't allowed (in a container) they stay, and what low memory can have ends there.
 */
static void move_stack_down(char **argv)
{
	int now = personality(0xffffffff);

	if (now < 0)
		return;
	if (now & ADDR_LIMIT_3GB)
		personality(now & ~ADDR_LIMIT_3GB);
	else if (personality(now | ADDR_LIMIT_3GB) >= 0)
		execv("/proc/self/exe", argv);
}

static void map_low_memory(void)
{
	for (lowmem_size = MOST_LOWMEM; lowmem_size >= LEAST_LOWMEM; lowmem_size -= STEP)
		if (mmap((void *)PAGE_OFFSET, lowmem_size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) ==
		    (void *)PAGE_OFFSET)
			return;
	perror("replay: no room for low memory at 0xc0000000");
	exit(STATUS_USAGE);
}

/* An address that isn't mapped: in low memory it is for want of room, elsewhere a bug. */
static void no_memory(int number, siginfo_t *info, void *context)
{
	static char text[100];
	unsigned long addr = (unsigned long)info->si_addr;

	if (addr < PAGE_OFFSET + lowmem_size) {
		signal(SIGSEGV, SIG_DFL);	/* again, and for good */
		return;
	}
	snprintf(text, sizeof(text), "replay: low memory is at %08lx, this system lets it have %lu MiB\n",
		 addr, lowmem_size >> 20);
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(STATUS_PANIC);
	_exit(STATUS_USAGE);
}

static void catch_missing_memory(void)
{
	static char stack[1 << 16];
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct sigaction action = { .sa_sigaction = no_memory, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaltstack(&other, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

/* Reads a file to where a module, or something else, is; returns its size. */
static u32 load(const char *name, unsigned long at, u32 most)
{
	FILE *file = fopen(name, "rb");
	size_t size;

	if (!file)
		usage("a file can't be read");
	size = fread(__va(at), 1, most, file);
	fclose(file);
	if (size == most)
		usage("a file is too long");
	return size;
}

static void put(const void *bytes, u32 size)
{
	memcpy(mb2_info_copy + mb2_info_size, bytes, size);
	mb2_info_size += size;
}

/* A tag of the boot loader's information: type, size, payload, filled up to 8 bytes. */
static void put_tag(u32 type, const void *payload, u32 size)
{
	u32 header[2] = { type, sizeof(header) + size };

	put(header, sizeof(header));
	put(payload, size);
	mb2_info_size = (mb2_info_size + 7) & ~7u;
}

static void put_module(unsigned long at, u32 size, const char *words)
{
	struct { u32 start, end; char words[8]; } module = { at, at + size, "" };

	strncpy(module.words, words, sizeof(module.words) - 1);
	put_tag(3, &module, sizeof(module));
}

/* What a boot loader would say: its name, RAM up to PAE's limit, the modules, the command line. */
static void make_information(const char *map, const char *cmdline, const char *tree)
{
	const struct { u32 entry_size, version; u64 map[6]; } ram = {
		24, 0, { 0, 639 << 10, 1, 1 << 20, (64ULL << 30) - (1 << 20), 1 },
	};

	if (strlen(cmdline) >= sizeof(mb2_info_copy) / 2)
		usage("the command line is too long");
	put("\0\0\0\0\0\0\0", 8);
	put_tag(2, "replay", sizeof("replay"));
	put_tag(6, &ram, sizeof(ram));
	put_module(MODULE_AT, load(map, MODULE_AT, MOST_MODULE), "e820");
	if (tree && *tree)
		put_module(DTB_AT, load(tree, DTB_AT, MOST_MODULE), "dtb");
	put_tag(1, cmdline, strlen(cmdline) + 1);
	put_tag(0, "", 0);
	memcpy(mb2_info_copy, &mb2_info_size, sizeof(mb2_info_size));
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

	if (argc < 3 || argc > 5)
		usage("two to four arguments are needed");
	move_stack_down(argv);
	setvbuf(stdout, output, _IOFBF, sizeof(output));
	map_low_memory();
	catch_missing_memory();
	make_information(argv[1], argv[2], argc > 3 ? argv[3] : NULL);
	if (argc == 5)
		load(argv[4], BIOS_AT, BIOS_SIZE);
	memcpy(__va(BDA_LOWMEM_KILOBYTES), &(u16){ 639 }, sizeof(u16));
	memcpy(__va(BDA_EBDA_SEGMENT), &(u16){ 639 << 6 }, sizeof(u16));
	build_page_tables();
	tlb_flush(true);
	i386_start_kernel();
	return STATUS_USAGE;	/* not reached: the boot ends in kmem_cache_init() or panic() */
}
