// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floating-point unit and the registers that came after it. The kernel uses none
 * of them; it sets them up as Linux does, since an area for their state is one of the
 * boot's allocations.
 *
 * Linux: arch/x86/kernel/i387.c and xsave.c, v2.6.34.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/types.h>
#include <mm/balance.h>
#include <mm/boot/boot_alloc.h>

#define XSTATE_LEAF	0xd

#define XSTATE_FP	0x1
#define XSTATE_SSE	0x2
#define XSTATE_YMM	0x4
#define XSTATE_FPSSE	(XSTATE_FP | XSTATE_SSE)
#define XCNTXT_MASK	(XSTATE_FP | XSTATE_SSE | XSTATE_YMM)

#define XCR_XFEATURE_ENABLED_MASK	0

/* In the area, as xsave lays it out. */
#define XSAVE_MXCSR	24	/* offset in bytes */
#define MXCSR_DEFAULT	0x1f80

static void xsetbv(u32 index, u64 value)
{
	asm volatile(".byte 0x0f, 0x01, 0xd1" : : "c"(index), "A"(value));
}

/*
 * Enable the parts of the state that the CPU and 2.6.34 both know, and allocate an
 * area for the state that a new task would start with.
 */
static void __init xsave_cntxt_init(void)
{
	u32 eax, ebx, ecx, edx;
	u64 pcntxt_mask;
	char *init_xstate_buf;

	cpuid_count(XSTATE_LEAF, 0, &eax, &ebx, &ecx, &edx);
	pcntxt_mask = eax + ((u64)edx << 32);
	if ((pcntxt_mask & XSTATE_FPSSE) != XSTATE_FPSSE) {
		printk(KERN_ERR "FP/SSE not shown under xsave features 0x%llx\n", pcntxt_mask);
		setup_clear_cpu_cap(X86_FEATURE_XSAVE);
		return;
	}

	pcntxt_mask &= XCNTXT_MASK;
	set_in_cr4(X86_CR4_OSXSAVE);
	xsetbv(XCR_XFEATURE_ENABLED_MASK, pcntxt_mask);

	/* The size depends on what has just been enabled. */
	cpuid_count(XSTATE_LEAF, 0, &eax, &ebx, &ecx, &edx);
	init_xstate_buf = alloc_bootmem(ebx);
	balance_own("xsave area", phys_span(__pa(init_xstate_buf), ebx));
	*(u32 *)(init_xstate_buf + XSAVE_MXCSR) = MXCSR_DEFAULT;
	printk(KERN_INFO "xsave/xrstor: enabled xstate_bv 0x%llx, cntxt size 0x%x\n",
	       pcntxt_mask, ebx);
}

/**
 * init_thread_xstate - set up the state that a task's registers start with
 *
 * On a CPU with xsave that takes memory from alloc_bootmem(): before mem_init().
 *
 * Linux: arch/x86/kernel/i387.c:init_thread_xstate and xsave.c:xsave_cntxt_init, v2.6.34, where a
 * CPU that has xsave but not its two basic parts is a BUG().
 */
void __init init_thread_xstate(void)
{
	if (cpu_has_xsave)
		xsave_cntxt_init();
}
