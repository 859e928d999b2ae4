/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_CPUFEATURE_H
#define ASM_CPUFEATURE_H

/*
 * Features of the CPU, numbered word * 32 + bit as in Linux 2.6.34:
 * word 0 is cpuid 1 edx, 1 is 0x80000001 edx, 4 is cpuid 1 ecx, 6 is 0x80000001 ecx.
 */
#define NCAPINTS		9

#define X86_FEATURE_FPU		(0 * 32 + 0)
#define X86_FEATURE_VME		(0 * 32 + 1)
#define X86_FEATURE_DE		(0 * 32 + 2)
#define X86_FEATURE_PSE		(0 * 32 + 3)
#define X86_FEATURE_TSC		(0 * 32 + 4)
#define X86_FEATURE_MSR		(0 * 32 + 5)
#define X86_FEATURE_PAE		(0 * 32 + 6)
#define X86_FEATURE_CX8		(0 * 32 + 8)
#define X86_FEATURE_APIC	(0 * 32 + 9)
#define X86_FEATURE_MTRR	(0 * 32 + 12)
#define X86_FEATURE_PGE		(0 * 32 + 13)
#define X86_FEATURE_CMOV	(0 * 32 + 15)
#define X86_FEATURE_PAT		(0 * 32 + 16)
#define X86_FEATURE_PSE36	(0 * 32 + 17)
#define X86_FEATURE_CLFLSH	(0 * 32 + 19)
#define X86_FEATURE_FXSR	(0 * 32 + 24)
#define X86_FEATURE_XMM		(0 * 32 + 25)
#define X86_FEATURE_XMM2	(0 * 32 + 26)
#define X86_FEATURE_NX		(1 * 32 + 20)
#define X86_FEATURE_LM		(1 * 32 + 29)
#define X86_FEATURE_MWAIT	(4 * 32 + 3)
#define X86_FEATURE_DCA		(4 * 32 + 18)
#define X86_FEATURE_XSAVE	(4 * 32 + 26)
#define X86_FEATURE_AVX		(4 * 32 + 28)
#define X86_FEATURE_HYPERVISOR	(4 * 32 + 31)

#endif
