; SPDX-License-Identifier: GPL-2.0-only
;
; From a running kernel back to the state in which the boot loader started it, with
; a fresh copy of the image in its place; see machine_kexec.c.
;
; Linux: arch/x86/kernel/relocate_kernel_32.S:relocate_kernel, v2.6.34. Linux copies
; page by page along a list; here it is segment by segment, from one piece of memory.

%include "asm-offsets.inc"

cpu 686

%define pa(x) ((x) - PAGE_OFFSET)

extern swapper_pg_dir

section .init.text progbits alloc exec nowrite align=16

; relocate_kernel: start the image that the control page describes
; in:  [esp + 4]: physical address of the control page, a struct kexec_control
; out: doesn't return
; mode: in: paging on, interrupts off
global relocate_kernel
relocate_kernel:
	mov ebx, [esp + 4]

	; Address 0 upward becomes what PAGE_OFFSET upward is, so that the code is
	; still there when its addresses are physical ones.
	mov eax, [swapper_pg_dir + KERNEL_PGD]
	mov edx, [swapper_pg_dir + KERNEL_PGD + 4]
	mov [swapper_pg_dir], eax
	mov [swapper_pg_dir + 4], edx
	mov eax, pa(swapper_pg_dir)
	mov cr3, eax
	mov eax, pa(.low)
	jmp eax
.low:
	mov eax, X86_CR0_PE_ET
	mov cr0, eax
	xor eax, eax
	mov cr3, eax
	mov cr4, eax
	lea eax, [ebx + KEXEC_CODE]
	jmp eax

; From here to the end: copied into the control page, and run there.
; in:  ebx: the control page's address
; mode: flat, paging off
global relocate_kernel_copied
relocate_kernel_copied:
	lea edx, [ebx + KEXEC_SEGMENT]
	xor eax, eax
	cld
.segment:
	mov edi, [edx + KEXEC_TO]
	mov esi, [edx + KEXEC_FROM]
	mov ecx, [edx + KEXEC_BYTES]
	mov ebp, ecx
	rep movsb
	mov ecx, [edx + KEXEC_ZEROS]
	or ebp, ecx
	rep stosb
	add edx, KEXEC_SEGMENT_SIZE
	test ebp, ebp
	jnz .segment

	mov edx, [ebx + KEXEC_ENTRY]
	mov ebx, [ebx + KEXEC_INFO]
	mov eax, MB2_BOOTLOADER_MAGIC
	jmp edx
global relocate_kernel_end
relocate_kernel_end:
