// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory type range registers: which physical memory the CPU caches, and how.
 * The boot reads and prints them, and takes RAM that they leave uncached out of
 * the memory map, because a kernel in such memory crawls.
 *
 *	fixed ranges     88 pieces of the first MiB, a byte each (type)
 *	variable ranges  a base with a type and a mask each; the mask's bit 11 says "in use"
 *	default type     for everything else
 */
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <firmware/e820.h>
#include <firmware/mtrr.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/range.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <lib/string.h>

enum mtrr_type {
	MTRR_TYPE_UNCACHABLE = 0,
	MTRR_TYPE_WRCOMB = 1,
	MTRR_TYPE_WRTHROUGH = 4,
	MTRR_TYPE_WRPROT = 5,
	MTRR_TYPE_WRBACK = 6,
	MTRR_NUM_TYPES = 7,
};

#define MTRR_MAX_VAR_RANGES	255
#define MTRR_MASK_VALID		(1 << 11)
#define RANGE_NUM		256

#define SYSCFG_TOM2_ENABLED	(1U << 21)
#define SYSCFG_TOM2_FORCE_WB	(1U << 22)

struct mtrr_var_range {
	u32 base_lo, base_hi;
	u32 mask_lo, mask_hi;
};

static struct mtrr_state {
	struct mtrr_var_range var_ranges[MTRR_MAX_VAR_RANGES];
	u8 fixed_ranges[88];
	bool have_fixed;
	u8 enabled;		/* bit 0: fixed ranges, bit 1: the rest */
	u8 def_type;
} mtrr_state __initdata;

static unsigned int num_var_ranges __initdata;
static u64 size_or_mask __initdata;	/* page frame bits beyond the CPU's physical addresses */
static u64 mtrr_tom2 __initdata;	/* AMD: memory from 4 GiB to here is write-back */
static int disable_mtrr_trim __initdata;

struct border border_ram_cached = RAM_CUT;

/**
 * disable_mtrr_trim_setup - disable_mtrr_trim: keep RAM that no MTRR makes cacheable
 * @str: ignored
 *
 * Return: 0.
 * Linux: arch/x86/kernel/cpu/mtrr/cleanup.c:disable_mtrr_trim_setup, v2.6.34.
 */
int __init disable_mtrr_trim_setup(char *str)
{
	disable_mtrr_trim = 1;
	return 0;
}

static const char * __init mtrr_attrib_to_str(unsigned int type)
{
	static const char *const names[MTRR_NUM_TYPES] = {
		"uncachable", "write-combining", "?", "?",
		"write-through", "write-protect", "write-back",
	};

	return type < MTRR_NUM_TYPES ? names[type] : "?";
}

static void __init get_fixed_ranges(u8 *types)
{
	static const u16 msrs[11] = {
		MSR_MTRRfix64K_00000, MSR_MTRRfix16K_80000, MSR_MTRRfix16K_A0000,
		MSR_MTRRfix4K_C0000, MSR_MTRRfix4K_C8000, MSR_MTRRfix4K_D0000,
		MSR_MTRRfix4K_D8000, MSR_MTRRfix4K_E0000, MSR_MTRRfix4K_E8000,
		MSR_MTRRfix4K_F0000, MSR_MTRRfix4K_F8000,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(msrs); i++) {
		u64 val = native_read_msr(msrs[i]);

		memcpy(types + 8 * i, &val, 8);
	}
}

/* AMD K8 and later can force write-back above 4 GiB without an MTRR. */
static void __init get_tom2(void)
{
	u64 syscfg;

	if (boot_cpu_data.x86_vendor != X86_VENDOR_AMD ||
	    boot_cpu_data.x86 < 0xf || boot_cpu_data.x86 > 0x11 ||
	    rdmsr_safe(MSR_K8_SYSCFG, &syscfg) < 0)
		return;
	if ((syscfg & SYSCFG_TOM2_ENABLED) && (syscfg & SYSCFG_TOM2_FORCE_WB))
		mtrr_tom2 = native_read_msr(MSR_K8_TOP_MEM2) & 0xffffff800000ULL;
}

/* Where the i-th fixed range starts: 8 of 64 KiB, 16 of 16 KiB, 64 of 4 KiB. */
static unsigned int __init fixed_start(unsigned int i)
{
	if (i < 8)
		return i << 16;
	if (i < 24)
		return 0x80000 + ((i - 8) << 14);
	return 0xc0000 + ((i - 24) << 12);
}

static void __init print_fixed_ranges(void)
{
	const u8 *types = mtrr_state.fixed_ranges;
	unsigned int first = 0, i;

	for (i = 1; i <= 88; i++) {
		if (i < 88 && types[i] == types[first])
			continue;
		printk(KERN_DEBUG "  %05X-%05X %s\n", fixed_start(first), fixed_start(i) - 1,
		       mtrr_attrib_to_str(types[first]));
		first = i;
	}
}

static void __init print_var_range(unsigned int i, int high_width)
{
	const struct mtrr_var_range *v = &mtrr_state.var_ranges[i];

	if (!(v->mask_lo & MTRR_MASK_VALID)) {
		printk(KERN_DEBUG "  %u disabled\n", i);
		return;
	}
	printk(KERN_DEBUG "  %u base %0*X%05X000 mask %0*X%05X000 %s\n", i,
	       high_width, v->base_hi, v->base_lo >> 12,
	       high_width, v->mask_hi, v->mask_lo >> 12, mtrr_attrib_to_str(v->base_lo & 0xff));
}

/* Hex digits that the bits above the low 32 of this CPU's physical addresses need. */
static int __init high_digits(void)
{
	u64 mask = size_or_mask;
	int pfn_bits = 0;

	for (; mask && !(mask & 1); mask >>= 1)
		pfn_bits++;
	return DIV_ROUND_UP(pfn_bits + PAGE_SHIFT - 32, 4);
}

static void __init print_variable_ranges(void)
{
	int width = high_digits();
	unsigned int i;

	for (i = 0; i < num_var_ranges; i++)
		print_var_range(i, width);
}

/* A group of ranges is in use where its bit of `enabled' is set. */
static void __init print_group(const char *name, u8 bit, void (*print_ranges)(void))
{
	printk(KERN_DEBUG "MTRR %s ranges %sabled:\n", name,
	       mtrr_state.enabled & bit ? "en" : "dis");
	print_ranges();
}

static void __init print_mtrr_state(void)
{
	printk(KERN_DEBUG "MTRR default type: %s\n", mtrr_attrib_to_str(mtrr_state.def_type));
	if (mtrr_state.have_fixed)
		print_group("fixed", 1, print_fixed_ranges);
	print_group("variable", 2, print_variable_ranges);
	if (mtrr_tom2)
		printk(KERN_DEBUG "TOM2: %016llx aka %lldM\n", mtrr_tom2, mtrr_tom2 >> 20);
}

static void __init get_mtrr_state(void)
{
	u32 lo = native_read_msr(MSR_MTRRcap);
	unsigned int i;

	num_var_ranges = lo & 0xff;
	mtrr_state.have_fixed = (lo >> 8) & 1;
	for (i = 0; i < num_var_ranges; i++) {
		struct mtrr_var_range *v = &mtrr_state.var_ranges[i];

		rdmsr(MTRRphysBase_MSR(i), v->base_lo, v->base_hi);
		rdmsr(MTRRphysMask_MSR(i), v->mask_lo, v->mask_hi);
	}
	if (mtrr_state.have_fixed)
		get_fixed_ranges(mtrr_state.fixed_ranges);
	lo = native_read_msr(MSR_MTRRdefType);
	mtrr_state.def_type = lo & 0xff;
	mtrr_state.enabled = (lo & 0xc00) >> 10;
	get_tom2();
	print_mtrr_state();
}

/**
 * mtrr_bp_init - read the MTRRs and print them
 *
 * Does nothing on a CPU without MTRRs. early_cpu_init() must have run.
 * Linux: arch/x86/kernel/cpu/mtrr/main.c:mtrr_bp_init, v2.6.34; no K6, Cyrix or
 * Centaur registers, no cleanup of the ranges.
 */
void __init mtrr_bp_init(void)
{
	if (!cpu_has_mtrr)
		return;
	/* 36 bits of physical address unless the CPU says so; then the mask has 32 bits only. */
	size_or_mask = 0xff000000;
	if (boot_cpu_data.extended_cpuid_level >> 16 == 0x8000 &&
	    boot_cpu_data.extended_cpuid_level >= 0x80000008)
		size_or_mask = ~((1ULL << ((cpuid_eax(0x80000008) & 0xff) - PAGE_SHIFT)) - 1);
	get_mtrr_state();
}

/* A variable range in page frames; size 0 if it is not in use. */
static void __init mtrr_range(unsigned int i, u64 *base, u64 *size, u8 *type)
{
	const struct mtrr_var_range *v = &mtrr_state.var_ranges[i];
	u32 mask, fixed;

	*base = *size = 0;
	*type = 0;
	if (!(v->mask_lo & MTRR_MASK_VALID))
		return;
	mask = v->mask_hi << (32 - PAGE_SHIFT) | v->mask_lo >> PAGE_SHIFT;
	fixed = mask ? mask | ~((1U << (fls(mask) - 1)) - 1) : mask;
	if (fixed != ((u32)size_or_mask | mask))
		printk(KERN_WARNING "mtrr: your BIOS has configured an incorrect mask, "
		       "fixing it.\n");
	*size = -fixed;
	*base = v->base_hi << (32 - PAGE_SHIFT) | v->base_lo >> PAGE_SHIFT;
	*type = v->base_lo & 0xff;
}

/* The page frames that are write-back: all such ranges, less the uncached ones. */
static int __init writeback_ranges(struct range *range)
{
	u64 base, size;
	unsigned int i;
	int nr = 0;
	u8 type;

	if (mtrr_tom2)
		nr = add_range(range, RANGE_NUM, nr, 1ULL << (32 - PAGE_SHIFT),
			       mtrr_tom2 >> PAGE_SHIFT);
	for (i = 0; i < num_var_ranges; i++) {
		mtrr_range(i, &base, &size, &type);
		if (type == MTRR_TYPE_WRBACK)
			nr = add_range_with_merge(range, RANGE_NUM, nr, base, base + size);
	}
	for (i = 0; i < num_var_ranges; i++) {
		mtrr_range(i, &base, &size, &type);
		if (!size || (type != MTRR_TYPE_UNCACHABLE && type != MTRR_TYPE_WRPROT))
			continue;
		if (base < 256 && mtrr_state.have_fixed && (mtrr_state.enabled & 1)) {
			printk(KERN_WARNING "WARNING: BIOS bug: VAR MTRR %d contains strange UC "
			       "entry under 1M, check with your system vendor!\n", i);
			if (base + size <= 256)
				continue;
			size -= 256 - base;
			base = 256;
		}
		subtract_range(range, RANGE_NUM, base, base + size);
	}
	return clean_sort_range(range, RANGE_NUM);
}

/* Are the ranges in use write-back and uncached ones only, and is one write-back? */
static bool __init only_writeback_and_uncached(void)
{
	u64 base, size;
	unsigned int i;
	bool any = false;
	u8 type;

	for (i = 0; i < num_var_ranges; i++) {
		mtrr_range(i, &base, &size, &type);
		if (!size)
			continue;
		if (type == MTRR_TYPE_WRBACK)
			any = true;
		else if (type != MTRR_TYPE_UNCACHABLE)
			return false;
	}
	return any;
}

static u64 __init real_trim_memory(u64 start_pfn, u64 limit_pfn)
{
	if (start_pfn >= limit_pfn)
		return 0;
	e820_changed(phys_range(start_pfn << PAGE_SHIFT, limit_pfn << PAGE_SHIFT), E820_RAM,
		     E820_RESERVED, "mtrr_trim_uncached_memory() reserved it: by the MTRRs it isn't cached");
	return e820_update_range(start_pfn << PAGE_SHIFT, (limit_pfn - start_pfn) << PAGE_SHIFT,
				 E820_RAM, E820_RESERVED);
}

static bool __init any_writeback_range(void)
{
	u64 base, size;
	unsigned int i;
	u8 type;

	for (i = 0; i < num_var_ranges; i++) {
		mtrr_range(i, &base, &size, &type);
		if (type == MTRR_TYPE_WRBACK && base + size)
			return true;
	}
	return false;
}

/**
 * mtrr_trim_uncached_memory - RAM that is not write-back becomes reserved
 * @end_pfn: end of RAM, a page frame number
 *
 * Only where uncached is the default type. mtrr_bp_init() must have run.
 *
 * Return: 1 if the map has changed (then it was printed), else 0.
 * Linux: arch/x86/kernel/cpu/mtrr/cleanup.c:mtrr_trim_uncached_memory, v2.6.34.
 */
int __init mtrr_trim_uncached_memory(unsigned long end_pfn)
{
	static struct range range[RANGE_NUM] __initdata;
	u64 trimmed = 0, covered = 0;
	int i, nr_range;

	if (!cpu_has_mtrr || disable_mtrr_trim || mtrr_state.def_type != MTRR_TYPE_UNCACHABLE)
		return 0;
	if (!any_writeback_range()) {
		printk(KERN_INFO "CPU MTRRs all blank - virtualized system.\n");
		return 0;
	}
	if (!only_writeback_and_uncached())
		return 0;

	nr_range = writeback_ranges(range);
	/* RAM below covered has been looked at. */
	for (i = 0; i < nr_range; i++) {
		trimmed += real_trim_memory(covered, range[i].start);
		covered = range[i].end;
	}
	trimmed += real_trim_memory(covered, end_pfn);
	if (!trimmed)
		return 0;

	printk(KERN_WARNING "WARNING: BIOS bug: CPU MTRRs don't cover all of memory, "
	       "losing %lluMB of RAM.\n", trimmed >> 20);
	printk(KERN_INFO "update e820 for mtrr\n");
	update_e820();
	border_set(&border_ram_cached, e820_end_pfn(e820_max_arch_pfn()));
	border_why(&border_ram_cached, "by the MTRRs, which leave the rest uncached");
	e820_end_moved(&border_ram_cached);
	return 1;
}
