// SPDX-License-Identifier: GPL-2.0-only
/*
 * What CPU this is and what it can do. head has made sure of pae and cmov only, with
 * i486 instructions; here everything else is read.
 *
 * Linux: arch/x86/kernel/cpu/common.c, v2.6.34.
 */
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/traps.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>

#define EXTENDED_LEAVES	0x80000000U

struct cpuinfo_x86 boot_cpu_data;
unsigned long mmu_cr4_features = X86_CR4_PAE;

/* Flat segments; the two task state segments are entered by doublefault_init(). */
u64 gdt_page[GDT_ENTRIES] __aligned(8) = {
	[GDT_ENTRY_KERNEL_CS] = GDT_ENTRY_INIT(0xc09a, 0, 0xfffff),
	[GDT_ENTRY_KERNEL_DS] = GDT_ENTRY_INIT(0xc092, 0, 0xfffff),
};

static const struct {
	char id[13];
	u8 vendor;
} vendor_ids[] __initconst = {
	{ "GenuineIntel", X86_VENDOR_INTEL },
	{ "AuthenticAMD", X86_VENDOR_AMD },
	{ "CentaurHauls", X86_VENDOR_CENTAUR },
	{ "CyrixInstead", X86_VENDOR_CYRIX },
	{ "Geode by NSC", X86_VENDOR_NSC },
	{ "GenuineTMx86", X86_VENDOR_TRANSMETA },
	{ "TransmetaCPU", X86_VENDOR_TRANSMETA },
	{ "UMC UMC UMC ", X86_VENDOR_UMC },
};

/* A feature that needs a cpuid leaf which this CPU may not have, or may hide. */
static const struct {
	unsigned int feature;
	int level;
} cpuid_dependent_features[] __initconst = {
	{ X86_FEATURE_MWAIT, 0x5 },
	{ X86_FEATURE_DCA, 0x9 },
	{ X86_FEATURE_XSAVE, 0xd },
};

/**
 * have_cpuid_p - is there the instruction cpuid?
 *
 * A CPU has it if the flag ID can be changed.
 *
 * Return: whether this one has it.
 * Linux: arch/x86/kernel/cpu/common.c:have_cpuid_p, v2.6.34.
 */
bool have_cpuid_p(void)
{
	unsigned long before, after;

	asm volatile("pushfl\n"
		     "pushfl\n"
		     "popl %0\n"
		     "movl %0, %1\n"
		     "xorl %2, %0\n"
		     "pushl %0\n"
		     "popfl\n"
		     "pushfl\n"
		     "popl %0\n"
		     "popfl\n"
		     : "=&r"(after), "=&r"(before)
		     : "i"(X86_EFLAGS_ID));
	return (before ^ after) & X86_EFLAGS_ID;
}

/* The name of the maker, and the highest leaf of cpuid. */
static void __init read_vendor_id(struct cpuinfo_x86 *c)
{
	struct { u32 ebx, edx, ecx; } name;
	u32 highest;

	cpuid(0, &highest, &name.ebx, &name.ecx, &name.edx);
	c->cpuid_level = highest;
	memcpy(c->x86_vendor_id, &name, sizeof(name));
	c->x86_vendor_id[sizeof(name)] = '\0';
}

/*
 * cpuid 1 eax:
 *
 *	27       20 19     16 15   12 11     8 7      4 3        0
 *	| family +  | model + |       | family | model  | stepping |
 *
 * The additions came later: that to the family counts where the family is 15, that to the model,
 * its upper digit, from family 6 on.
 */
static void __init decode_signature(struct cpuinfo_x86 *c, u32 signature)
{
	u32 family = signature >> 8 & 0xf, more_family = signature >> 20 & 0xff;
	u32 model = signature >> 4 & 0xf, more_model = signature >> 16 & 0xf;

	c->x86 = family < 0xf ? family : family + more_family;
	c->x86_model = family < 6 ? model : more_model << 4 | model;
	c->x86_mask = signature & 0xf;
}

static void __init cpu_detect(struct cpuinfo_x86 *c)
{
	u32 signature, unused;

	read_vendor_id(c);
	if (c->cpuid_level < 1)
		return;
	cpuid(1, &signature, &unused, &c->x86_capability[4], &c->x86_capability[0]);
	decode_signature(c, signature);
}

static void __init get_cpu_vendor(struct cpuinfo_x86 *c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vendor_ids); i++) {
		if (!strcmp(c->x86_vendor_id, vendor_ids[i].id)) {
			c->x86_vendor = vendor_ids[i].vendor;
			return;
		}
	}
	printk(KERN_ERR "CPU: vendor_id '%s' unknown, using generic init.\n"
	       "CPU: Your system may be unstable.\n", c->x86_vendor_id);
}

/* The extended leaves: a CPU without them answers the first one with junk. */
static void __init get_extended_cap(struct cpuinfo_x86 *c)
{
	u32 highest = cpuid_eax(EXTENDED_LEAVES), unused;

	if (highest > EXTENDED_LEAVES && highest >> 16 == EXTENDED_LEAVES >> 16) {
		c->extended_cpuid_level = highest;
		cpuid(EXTENDED_LEAVES + 1, &unused, &unused, &c->x86_capability[6],
		      &c->x86_capability[1]);
	}
	if (c->extended_cpuid_level >= EXTENDED_LEAVES + 8)
		c->x86_phys_bits = cpuid_eax(EXTENDED_LEAVES + 8) & 0xff;
	else if (cpu_has(c, X86_FEATURE_PAE) || cpu_has(c, X86_FEATURE_PSE36))
		c->x86_phys_bits = 36;
}

/* Some firmware hides the higher leaves from old systems; show them again. */
static void __init early_init_intel(struct cpuinfo_x86 *c)
{
	u64 misc_enable;

	if (c->x86 < 6 || (c->x86 == 6 && c->x86_model < 0xd))
		return;
	if (rdmsr_safe(MSR_IA32_MISC_ENABLE, &misc_enable) ||
	    !(misc_enable & MSR_IA32_MISC_ENABLE_LIMIT_CPUID))
		return;
	if (!wrmsr_safe(MSR_IA32_MISC_ENABLE, misc_enable & ~MSR_IA32_MISC_ENABLE_LIMIT_CPUID))
		c->cpuid_level = cpuid_eax(0);
}

static void __init filter_cpuid_features(struct cpuinfo_x86 *c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cpuid_dependent_features); i++)
		if (c->cpuid_level < cpuid_dependent_features[i].level)
			clear_cpu_cap(c, cpuid_dependent_features[i].feature);
}

/**
 * early_cpu_init - fill boot_cpu_data
 *
 * After early_trap_init(), before anything that asks cpu_has_*.
 *
 * Linux: arch/x86/kernel/cpu/common.c:early_cpu_init and early_identify_cpu, v2.6.34.
 */
void __init early_cpu_init(void)
{
	struct cpuinfo_x86 *c = &boot_cpu_data;

	c->x86_vendor = X86_VENDOR_UNKNOWN;
	c->cpuid_level = -1;
	c->x86_phys_bits = 32;
	c->x86 = 4;
	if (!have_cpuid_p())
		return;

	cpu_detect(c);
	get_cpu_vendor(c);
	get_extended_cap(c);
	if (c->x86_vendor == X86_VENDOR_INTEL)
		early_init_intel(c);
	filter_cpuid_features(c);
}

/**
 * cpu_init - bring the CPU into the state that it keeps
 *
 * Linux: arch/x86/kernel/cpu/common.c:cpu_init, v2.6.34; the descriptor tables are loaded
 * since head and early_trap_init().
 */
void __init cpu_init(void)
{
	printk(KERN_INFO "Initializing CPU#%d\n", 0);

	if (cpu_has_vme || cpu_has_tsc || cpu_has_de)
		clear_in_cr4(X86_CR4_VME | X86_CR4_PVI | X86_CR4_TSD | X86_CR4_DE);
	doublefault_init();
	init_thread_xstate();
}
