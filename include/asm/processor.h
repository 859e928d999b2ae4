/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

/* The CPU: what it can do, its control registers, its instructions. */

#include <asm/cpufeature.h>
#include <asm/processor-flags.h>
#include <lib/compiler.h>
#include <lib/types.h>

enum x86_vendor {
	X86_VENDOR_INTEL = 0,
	X86_VENDOR_CYRIX = 1,
	X86_VENDOR_AMD = 2,
	X86_VENDOR_UMC = 3,
	X86_VENDOR_CENTAUR = 5,
	X86_VENDOR_TRANSMETA = 7,
	X86_VENDOR_NSC = 8,
	X86_VENDOR_UNKNOWN = 0xff
};

struct cpuinfo_x86 {
	u8 x86;				/* family, the extended one added */
	u8 x86_vendor;			/* enum x86_vendor */
	u8 x86_model;
	u8 x86_mask;			/* stepping */
	int cpuid_level;		/* highest plain leaf, -1: no cpuid */
	u32 extended_cpuid_level;	/* highest leaf from 0x80000000 on; may be junk */
	u32 x86_capability[NCAPINTS];
	char x86_vendor_id[16];
	u8 x86_phys_bits;
};

extern struct cpuinfo_x86 boot_cpu_data;

/* Can the CPU address it? A page table entry with more bits is a fault. */
static inline bool phys_addr_valid(phys_addr_t addr)
{
	return !(addr >> boot_cpu_data.x86_phys_bits);
}

/* The bits that every load of cr4 has to carry. */
extern unsigned long mmu_cr4_features;

static inline bool cpu_has(const struct cpuinfo_x86 *c, unsigned int bit)
{
	return c->x86_capability[bit / 32] & (1u << (bit % 32));
}

static inline void clear_cpu_cap(struct cpuinfo_x86 *c, unsigned int bit)
{
	c->x86_capability[bit / 32] &= ~(1u << (bit % 32));
}

#define boot_cpu_has(bit)	cpu_has(&boot_cpu_data, (bit))

/**
 * setup_clear_cpu_cap - the kernel shall not use a feature
 * @bit: X86_FEATURE_*
 *
 * After early_cpu_init(): a parameter like mem=nopentium calls it.
 * Linux: arch/x86/include/asm/cpufeature.h:setup_clear_cpu_cap, v2.6.34.
 */
static inline void setup_clear_cpu_cap(unsigned int bit)
{
	clear_cpu_cap(&boot_cpu_data, bit);
}

#define cpu_has_vme		boot_cpu_has(X86_FEATURE_VME)
#define cpu_has_de		boot_cpu_has(X86_FEATURE_DE)
#define cpu_has_pse		boot_cpu_has(X86_FEATURE_PSE)
#define cpu_has_tsc		boot_cpu_has(X86_FEATURE_TSC)
#define cpu_has_mtrr		boot_cpu_has(X86_FEATURE_MTRR)
#define cpu_has_pge		boot_cpu_has(X86_FEATURE_PGE)
#define cpu_has_fxsr		boot_cpu_has(X86_FEATURE_FXSR)
#define cpu_has_xmm		boot_cpu_has(X86_FEATURE_XMM)
#define cpu_has_nx		boot_cpu_has(X86_FEATURE_NX)
#define cpu_has_xsave		boot_cpu_has(X86_FEATURE_XSAVE)

void early_cpu_init(void);
bool have_cpuid_p(void);
void cpu_init(void);

/* src/arch/i386/kernel/fpu.c */
void init_thread_xstate(void);

/* Leaf op, subleaf count. Only where have_cpuid_p(). */
static inline void cpuid_count(u32 op, u32 count, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	asm volatile("cpuid"
		     : "=a"(*eax), "=b"(*ebx), "=c"(*ecx), "=d"(*edx)
		     : "a"(op), "c"(count) : "memory");
}

static inline void cpuid(u32 op, u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	cpuid_count(op, 0, eax, ebx, ecx, edx);
}

static inline u32 cpuid_eax(u32 op)
{
	u32 eax, ebx, ecx, edx;

	cpuid(op, &eax, &ebx, &ecx, &edx);
	return eax;
}

static inline u32 cpuid_ecx(u32 op)
{
	u32 eax, ebx, ecx, edx;

	cpuid(op, &eax, &ebx, &ecx, &edx);
	return ecx;
}

static inline u32 cpuid_edx(u32 op)
{
	u32 eax, ebx, ecx, edx;

	cpuid(op, &eax, &ebx, &ecx, &edx);
	return edx;
}

#define DEFINE_CONTROL_REGISTER(reg)					\
static inline unsigned long read_##reg(void)				\
{									\
	unsigned long val;						\
									\
	asm volatile("movl %%" #reg ", %0" : "=r"(val) : : "memory");	\
	return val;							\
}									\
									\
static inline void write_##reg(unsigned long val)			\
{									\
	asm volatile("movl %0, %%" #reg : : "r"(val) : "memory");	\
}

DEFINE_CONTROL_REGISTER(cr0)
DEFINE_CONTROL_REGISTER(cr2)
DEFINE_CONTROL_REGISTER(cr3)
DEFINE_CONTROL_REGISTER(cr4)

static inline void set_in_cr4(unsigned long mask)
{
	mmu_cr4_features |= mask;
	write_cr4(read_cr4() | mask);
}

static inline void clear_in_cr4(unsigned long mask)
{
	mmu_cr4_features &= ~mask;
	write_cr4(read_cr4() & ~mask);
}

/* All but global entries. */
static inline void __flush_tlb(void)
{
	write_cr3(read_cr3());
}

/* Global entries too, where they can exist. */
static inline void __flush_tlb_all(void)
{
	unsigned long cr4 = read_cr4();

	if (!(cr4 & X86_CR4_PGE)) {
		__flush_tlb();
		return;
	}
	write_cr4(cr4 & ~X86_CR4_PGE);
	write_cr4(cr4);
}

static inline void __flush_tlb_one(unsigned long addr)
{
	asm volatile("invlpg (%0)" : : "r"(addr) : "memory");
}

static inline void cpu_relax(void)
{
	asm volatile("rep; nop" : : : "memory");
}

#endif
