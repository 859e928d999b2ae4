/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_PROCESSOR_FLAGS_H
#define ASM_PROCESSOR_FLAGS_H

#define X86_EFLAGS_ID	0x00200000	/* can be changed: the CPU has cpuid */

#define X86_CR0_PE	0x00000001	/* protected mode */
#define X86_CR0_MP	0x00000002	/* monitor coprocessor */
#define X86_CR0_EM	0x00000004	/* no coprocessor: emulate */
#define X86_CR0_TS	0x00000008	/* task switched */
#define X86_CR0_ET	0x00000010	/* extension type */
#define X86_CR0_NE	0x00000020	/* numeric error */
#define X86_CR0_WP	0x00010000	/* read-only pages bind the kernel too */
#define X86_CR0_AM	0x00040000	/* alignment mask */
#define X86_CR0_PG	0x80000000	/* paging */

#define X86_CR4_VME	0x00000001
#define X86_CR4_PVI	0x00000002
#define X86_CR4_TSD	0x00000004
#define X86_CR4_DE	0x00000008
#define X86_CR4_PSE	0x00000010
#define X86_CR4_PAE	0x00000020
#define X86_CR4_PGE	0x00000080
#define X86_CR4_OSFXSR	0x00000200
#define X86_CR4_OSXMMEXCPT 0x00000400
#define X86_CR4_OSXSAVE	0x00040000

#endif
