// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C headers' constants, for the assembly files.
 *
 * This file is compiled to assembly text only and never linked. Each DEFINE
 * leaves `->NAME value` in that text; the Makefile turns these into the lines of
 * asm-offsets.inc, which the .asm files include. So no constant is kept twice.
 */
#include <asm/i8259.h>
#include <asm/kexec.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/segment.h>
#include <asm/thread_info.h>
#include <firmware/multiboot2.h>
#include <kernel/reboot.h>

#define DEFINE(name, value) \
	asm volatile("\n.ascii \"->" #name " %c0\"" : : "i"(value))

#define OFFSET(name, type, member)	DEFINE(name, __builtin_offsetof(type, member))

void asm_offsets(void);

void asm_offsets(void)
{
	DEFINE(PAGE_OFFSET, PAGE_OFFSET);
	DEFINE(PAGE_SIZE, PAGE_SIZE);
	DEFINE(PAGE_SHIFT, PAGE_SHIFT);
	DEFINE(THREAD_SIZE, THREAD_SIZE);
	DEFINE(PTRS_PER_PTE, PTRS_PER_PTE);
	DEFINE(PTRS_PER_PMD, PTRS_PER_PMD);
	DEFINE(PTRS_PER_PGD, PTRS_PER_PGD);
	DEFINE(PTE_IDENT_ATTR, PTE_IDENT_ATTR);
	DEFINE(PDE_IDENT_ATTR, _PAGE_TABLE);
	DEFINE(PGD_IDENT_ATTR, _PAGE_PRESENT);
	DEFINE(KERNEL_PGD, pgd_index(PAGE_OFFSET) * sizeof(pgd_t));

	DEFINE(MB2_BOOTLOADER_MAGIC, MB2_BOOTLOADER_MAGIC);

	DEFINE(X86_EFLAGS_ID, X86_EFLAGS_ID);
	DEFINE(X86_CR0_BOOT, X86_CR0_PG | X86_CR0_AM | X86_CR0_WP | X86_CR0_NE |
	       X86_CR0_ET | X86_CR0_MP | X86_CR0_PE);
	DEFINE(X86_CR0_PE_ET, X86_CR0_ET | X86_CR0_PE);
	DEFINE(X86_CR4_PAE, X86_CR4_PAE);
	DEFINE(X86_FEATURE_PAE, X86_FEATURE_PAE);
	DEFINE(X86_FEATURE_CMOV, X86_FEATURE_CMOV);
	DEFINE(X86_FEATURE_NX, X86_FEATURE_NX);
	DEFINE(MSR_EFER, MSR_EFER);
	DEFINE(EFER_NX, EFER_NX);

	DEFINE(BOOT_CS, __BOOT_CS);
	DEFINE(BOOT_DS, __BOOT_DS);
	DEFINE(KERNEL_CS, __KERNEL_CS);
	DEFINE(KERNEL_DS, __KERNEL_DS);
	DEFINE(GDT_SIZE, GDT_SIZE);

	DEFINE(QEMU_EXIT_PORT, QEMU_EXIT_PORT);
	DEFINE(EXIT_PANIC, EXIT_PANIC);

	DEFINE(PIC_MASTER_CMD, PIC_MASTER_CMD);
	DEFINE(PIC_EOI, PIC_EOI);
	DEFINE(NUM_EXCEPTION_VECTORS, NUM_EXCEPTION_VECTORS);
	OFFSET(PT_IP, struct pt_regs, ip);

	OFFSET(KEXEC_ENTRY, struct kexec_control, entry);
	OFFSET(KEXEC_INFO, struct kexec_control, info);
	OFFSET(KEXEC_SEGMENT, struct kexec_control, segment);
	OFFSET(KEXEC_CODE, struct kexec_control, code);
	OFFSET(KEXEC_TO, struct kexec_segment, to);
	OFFSET(KEXEC_FROM, struct kexec_segment, from);
	OFFSET(KEXEC_BYTES, struct kexec_segment, bytes);
	OFFSET(KEXEC_ZEROS, struct kexec_segment, zeros);
	DEFINE(KEXEC_SEGMENT_SIZE, sizeof(struct kexec_segment));
}
