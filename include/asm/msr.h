/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_MSR_H
#define ASM_MSR_H

/* Model-specific registers: those that the boot reads or writes. */

#include <lib/types.h>

#define MSR_IA32_MISC_ENABLE		0x000001a0
#define MSR_MTRRcap			0x000000fe
#define MTRRphysBase_MSR(reg)		(0x200 + 2 * (reg))
#define MTRRphysMask_MSR(reg)		(0x200 + 2 * (reg) + 1)
#define MSR_MTRRfix64K_00000		0x00000250
#define MSR_MTRRfix16K_80000		0x00000258
#define MSR_MTRRfix16K_A0000		0x00000259
#define MSR_MTRRfix4K_C0000		0x00000268
#define MSR_MTRRfix4K_C8000		0x00000269
#define MSR_MTRRfix4K_D0000		0x0000026a
#define MSR_MTRRfix4K_D8000		0x0000026b
#define MSR_MTRRfix4K_E0000		0x0000026c
#define MSR_MTRRfix4K_E8000		0x0000026d
#define MSR_MTRRfix4K_F0000		0x0000026e
#define MSR_MTRRfix4K_F8000		0x0000026f
#define MSR_IA32_CR_PAT			0x00000277
#define MSR_MTRRdefType			0x000002ff
#define MSR_EFER			0xc0000080
#define MSR_K8_SYSCFG			0xc0010010
#define MSR_K8_TOP_MEM2			0xc001001d

#define MSR_IA32_MISC_ENABLE_LIMIT_CPUID	(1ULL << 22)
#define EFER_NX				(1ULL << 11)

/* The register must exist: else this is a general protection fault. */
static inline u64 native_read_msr(u32 msr)
{
	u64 val;

	asm volatile("rdmsr" : "=A"(val) : "c"(msr));
	return val;
}

static inline void native_write_msr(u32 msr, u32 low, u32 high)
{
	asm volatile("wrmsr" : : "c"(msr), "a"(low), "d"(high) : "memory");
}

#define rdmsr(msr, low, high)			\
do {						\
	u64 msr_val = native_read_msr(msr);	\
						\
	(low) = (u32)msr_val;			\
	(high) = (u32)(msr_val >> 32);		\
} while (0)

#define wrmsr(msr, low, high)	native_write_msr(msr, low, high)

/* Cycles since reset. Only where the CPU has X86_FEATURE_TSC. */
static inline u64 native_read_tsc(void)
{
	u64 val;

	asm volatile("rdtsc" : "=A"(val));
	return val;
}

int rdmsr_safe(u32 msr, u64 *val);
int wrmsr_safe(u32 msr, u64 val);

#endif
