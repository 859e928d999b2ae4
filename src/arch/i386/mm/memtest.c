// SPDX-License-Identifier: GPL-2.0-only
/*
 * memtest=N: write N patterns over all free low memory and read them back,
 * before anything is allocated there. Words that come back wrong are reserved
 * ("BAD RAM"), so that nobody gets them.
 */
#include <asm/init_32.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <lib/kernel.h>
#include <lib/math64.h>
#include <lib/vsprintf.h>
#include <mm/boot/boot_alloc.h>

static const u64 patterns[] __initconst = {
	0,
	0xffffffffffffffffULL,
	0x5555555555555555ULL,
	0xaaaaaaaaaaaaaaaaULL,
	0x1111111111111111ULL,
	0x2222222222222222ULL,
	0x4444444444444444ULL,
	0x8888888888888888ULL,
	0x3333333333333333ULL,
	0x6666666666666666ULL,
	0x9999999999999999ULL,
	0xccccccccccccccccULL,
	0x7777777777777777ULL,
	0xbbbbbbbbbbbbbbbbULL,
	0xddddddddddddddddULL,
	0xeeeeeeeeeeeeeeeeULL,
	0x7a6c7258554e494cULL,
};

static unsigned long memtest_pattern __initdata;

/**
 * parse_memtest - memtest[=N]: how many patterns; without a number all of them
 * @arg: the value, or NULL
 *
 * Return: 0.
 * Linux: arch/x86/mm/memtest.c:parse_memtest, v2.6.34.
 */
int __init parse_memtest(char *arg)
{
	memtest_pattern = arg ? simple_strtoul(arg, NULL, 0) : ARRAY_SIZE(patterns);
	return 0;
}

static void __init reserve_bad_mem(u64 pattern, u64 start_bad, u64 end_bad)
{
	printk(KERN_INFO "  %016llx bad mem addr %010llx - %010llx reserved\n",
	       pattern, start_bad, end_bad);
	boot_reserve(phys_range(start_bad, end_bad), "BAD RAM");
}

/* Tests the whole words in physical [start, start + size). */
static void __init memtest(u64 pattern, u64 start, u64 size)
{
	u64 first = round_up(start, sizeof(pattern));
	u64 n, i, bad_start = 0, bad_end = 0;
	volatile u64 *word = __va((unsigned long)first);

	if (size < first - start)
		return;
	n = (size - (first - start)) / sizeof(pattern);
	for (i = 0; i < n; i++)
		word[i] = pattern;
	for (i = 0; i < n; i++) {
		u64 addr = first + i * sizeof(pattern);

		if (word[i] == pattern)
			continue;
		if (bad_end != addr) {
			if (bad_end)
				reserve_bad_mem(pattern, bad_start, bad_end);
			bad_start = addr;
		}
		bad_end = addr + sizeof(pattern);
	}
	if (bad_end)
		reserve_bad_mem(pattern, bad_start, bad_end);
}

/* As it lies in memory: the first byte first. */
static u64 __init big_endian(u64 x)
{
	return __builtin_bswap64(x);
}

/* Every free piece of RAM in [pos, end), one after the other. */
static void __init do_one_pass(u64 pattern, u64 pos, u64 end)
{
	struct phys_range piece;

	for (;; pos = piece.end) {
		piece = phys_range_common(boot_next_free(pos), phys_range(pos, end));
		if (phys_range_empty(piece))
			return;
		printk(KERN_INFO "  %010llx - %010llx pattern %016llx\n", piece.start, piece.end,
		       big_endian(pattern));
		memtest(pattern, piece.start, phys_range_size(piece));
	}
}

/* "about 350 ms", "about 42 years": the largest unit that there are at least two of. */
static void __init print_duration(u64 ms)
{
	static const struct {
		const char *name;
		u32 size;		/* of the unit before it */
	} units[] __initconst = {
		{ "ms", 1 }, { "s", 1000 }, { "minutes", 60 }, { "hours", 60 }, { "days", 24 },
		{ "years", 365 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(units) - 1 && ms >= 2 * units[i + 1].size; i++)
		ms = div_u64(ms, units[i + 1].size);
	printk(KERN_CONT "about %llu %s", ms, units[i].name);
}

/* Said when the first of several passes is over. */
static void __init say_how_long(unsigned long nr, u64 ticks)
{
	unsigned long khz = tsc_khz();
	u64 ms = khz ? div_u64(ticks, khz) : 0;

	printk(KERN_INFO "memdawn: memtest: %lu passes", nr);
	if (khz) {
		printk(KERN_CONT "; one takes ");
		print_duration(ms);
		printk(KERN_CONT ", all of them ");
		print_duration(ms * nr);
	}
	printk(KERN_CONT "; a key ends it\n");
}

static u64 __init now(void)
{
	return cpu_has_tsc ? native_read_tsc() : 0;
}

/* What was typed before is no answer to what has not been said yet. */
static void __init forget_keys(void)
{
	int i;

	for (i = 0; i < 256 && early_key_pressed(); i++)
		;
}

/* Passes with one pattern after the other. Returns how many there were before a key ended them. */
static unsigned long __init do_passes(unsigned long nr, u64 pos, u64 end)
{
	u64 start = now();
	unsigned long i;

	for (i = 0; i < nr; i++) {
		if (i == 1) {
			say_how_long(nr, now() - start);
			forget_keys();
		} else if (i > 1 && early_key_pressed()) {
			printk(KERN_INFO "memdawn: memtest: ended by a key after %lu passes\n", i);
			break;
		}
		do_one_pass(patterns[i % ARRAY_SIZE(patterns)], pos, end);
	}
	return i;
}

/**
 * early_memtest - test free RAM if memtest= was given
 * @start: physical address
 * @end: physical address; all memory below it is mapped
 *
 * Destroys what is in free memory, and leaves zeros. Only before the boot allocator
 * is up. A key ends it after the pass that is under way.
 * Linux: arch/x86/mm/memtest.c:early_memtest, v2.6.34, which doesn't say how long it takes and
 * can't be ended; with memblock the pieces are v6.1's.
 */
void __init early_memtest(unsigned long start, unsigned long end)
{
	unsigned long nr = memtest_pattern;

	if (!nr)
		return;
	printk(KERN_INFO "early_memtest: # of tests: %lu\n", nr);
	nr = do_passes(nr, start, end);
	if ((nr - 1) % ARRAY_SIZE(patterns) == 0)
		return;			/* the last pattern was 0 */
	printk(KERN_INFO "early_memtest: wipe out test pattern from memory\n");
	do_one_pass(0, start, end);
}
