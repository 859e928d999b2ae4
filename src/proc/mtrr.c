// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/mtrr: the variable memory type ranges in use, read from the CPU.
 */
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <proc/proc.h>

#define MTRR_MASK_VALID		(1 << 11)
#define PAGES_A_MB		(1UL << (20 - PAGE_SHIFT))

static const char *type_name(unsigned int type)
{
	static const char *const names[] = {
		"uncachable", "write-combining", "?", "?",
		"write-through", "write-protect", "write-back",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}

/* How many page frames the CPU can address, less one: what an empty mask leaves open. */
static unsigned long all_page_frames(void)
{
	unsigned int bits = boot_cpu_data.x86_phys_bits;

	return bits - PAGE_SHIFT < 32 ? 1UL << (bits - PAGE_SHIFT) : 0;
}

/* Page frames that a mask's ones, which stand side by side, leave open. */
static unsigned long mask_to_size(unsigned long mask)
{
	if (!mask)
		return all_page_frames();
	return -(mask | ~((1UL << (fls(mask) - 1)) - 1));
}

static void show_range(struct seq_file *m, unsigned int i)
{
	u32 base_lo, base_hi, mask_lo, mask_hi;
	unsigned long base, size;
	char unit = 'M';

	rdmsr(MTRRphysMask_MSR(i), mask_lo, mask_hi);
	if (!(mask_lo & MTRR_MASK_VALID))
		return;
	rdmsr(MTRRphysBase_MSR(i), base_lo, base_hi);
	base = base_hi << (32 - PAGE_SHIFT) | base_lo >> PAGE_SHIFT;
	size = mask_to_size(mask_hi << (32 - PAGE_SHIFT) | mask_lo >> PAGE_SHIFT);
	if (size < PAGES_A_MB) {
		unit = 'K';
		size <<= PAGE_SHIFT - 10;
	} else {
		size >>= 20 - PAGE_SHIFT;
	}
	seq_printf(m, "reg%02u: base=0x%06lx000 (%5luMB), size=%5lu%cB, count=1: %s\n", i, base,
		   base >> (20 - PAGE_SHIFT), size, unit, type_name(base_lo & 0xff));
}

/**
 * proc_mtrr - write /proc/mtrr
 * @m: the sink
 *
 * Nothing on a CPU without MTRRs. Each range has one user: the firmware.
 *
 * Linux: arch/x86/kernel/cpu/mtrr/if.c:mtrr_seq_show and generic.c:generic_get_mtrr, v2.6.34.
 */
void proc_mtrr(struct seq_file *m)
{
	unsigned int i, num_var_ranges;

	if (!cpu_has_mtrr)
		return;
	num_var_ranges = native_read_msr(MSR_MTRRcap) & 0xff;
	for (i = 0; i < num_var_ranges; i++)
		show_range(m, i);
}
