; SPDX-License-Identifier: GPL-2.0-only
;
; Is this CPU able to run the kernel? Everything up to the end of this check
; consists of i486 instructions; cpuid itself runs only where EFLAGS.ID says that
; it exists. scripts/build/check-i486 holds the built image to that.
;
; mode of every routine: flat 32-bit protected mode, paging off, interrupts off

%include "asm-offsets.inc"

cpu 486

extern boot_puts, boot_fail

; Page tables of three levels need pae; the compiler was told that there is cmov.
REQUIRED_EDX	equ (1 << X86_FEATURE_PAE) | (1 << X86_FEATURE_CMOV)

section .boot.data progbits alloc noexec write align=4

; The names of the required features, in the order of their bits.
required_features:
	dd 1 << X86_FEATURE_PAE, name_pae
	dd 1 << X86_FEATURE_CMOV, name_cmov
	dd 0

name_pae:
	db " pae", 0
name_cmov:
	db " cmov", 0
msg_missing:
	db "This kernel requires the following features not present on the CPU:", 10, 0
msg_hint:
	db 10
	db "memdawn: its page tables have three levels (PAE), which the CPUs of the Pentium", 10
	db "memdawn: Pro family and their successors know. In an emulator, choose another", 10
	db "memdawn: CPU model, like qemu64 or, in Bochs, corei7_sandy_bridge_2600k.", 10, 0

section .boot.text progbits alloc exec nowrite align=16

; check_cpu: return if the CPU has what the kernel needs, else name what it lacks
; in, out: -
; clobbers: eax, ebx, ecx, edx, esi, edi
global check_cpu
check_cpu:
	call cpu_features
	not edx
	and edx, REQUIRED_EDX
	jnz .missing
	ret
.missing:
	mov esi, msg_missing
	call boot_puts
	mov ebx, required_features
.name:
	mov ecx, [ebx]
	test ecx, ecx
	jz .hint
	test edx, ecx
	jz .present
	mov esi, [ebx + 4]
	call boot_puts
.present:
	add ebx, 8
	jmp .name
.hint:
	mov esi, msg_hint
	call boot_puts
	jmp boot_fail

; cpu_features: the feature bits of cpuid leaf 1
; in:  -
; out: edx: the bits; 0 on a CPU without cpuid or without that leaf
; clobbers: eax, ebx, ecx
cpu_features:
	pushfd
	pop eax
	mov ecx, eax
	xor eax, X86_EFLAGS_ID
	push eax
	popfd
	pushfd
	pop eax
	push ecx
	popfd
	xor eax, ecx
	test eax, X86_EFLAGS_ID
	jz .none
cpu 586
	xor eax, eax
	cpuid
	cmp eax, 1
	jb .none
	mov eax, 1
	cpuid
cpu 486
	ret
.none:
	xor edx, edx
	ret
