; SPDX-License-Identifier: GPL-2.0-only
;
; Where the CPU goes on an exception. Each of the 32 has a few bytes of code that
; bring the stack to one shape; the rest is common and ends in C with a struct
; pt_regs (include/asm/ptrace.h). Exception 8 is not among them when the kernel is
; up: a double fault switches to a task of its own (doublefault.c).
;
; Linux: arch/x86/kernel/entry_32.S, v2.6.34.

%include "asm-offsets.inc"

cpu 686

extern do_trap, do_spurious_interrupt

; Exceptions for which the CPU pushes an error code itself.
%define has_error_code(n) ((n) == 8 || ((n) >= 10 && (n) <= 14) || (n) == 17)

section .rodata progbits alloc noexec nowrite align=4

; The stubs' addresses, for the IDT.
global exception_stubs
exception_stubs:
%assign vector 0
%rep NUM_EXCEPTION_VECTORS
	dd exception_%[vector]
%assign vector vector + 1
%endrep

section .text progbits alloc exec nowrite align=16

%assign vector 0
%rep NUM_EXCEPTION_VECTORS
exception_%[vector]:
%if !has_error_code(vector)
	push dword 0
%endif
	push dword vector
	jmp error_code
%assign vector vector + 1
%endrep

; error_code: save the registers as a struct pt_regs, call do_trap(), go back
; in:  on the stack, from its top: exception number, error code, eip, cs, eflags
; out: returns to the interrupted code, or to where do_trap() sent it by regs->ip
; mode: interrupts off
align 16
error_code:
	push gs
	push fs
	push es
	push ds
	push eax
	push ebp
	push edi
	push esi
	push edx
	push ecx
	push ebx
	cld
	mov ecx, KERNEL_DS
	mov ds, cx
	mov es, cx

	; A frame whose return address is the interrupted instruction: the call trace goes on there.
	mov eax, esp
	push dword [eax + PT_IP]
	push ebp
	mov ebp, esp
	push eax
	call do_trap
	add esp, 12

	pop ebx
	pop ecx
	pop edx
	pop esi
	pop edi
	pop ebp
	pop eax
	pop ds
	pop es
	pop fs
	pop gs
	add esp, 8			; exception number, error code
	iret

; wake_int: the first interrupt controller's lines, which are let through for safe_halt() only
; in:  on the stack, from its top: eip, cs, eflags
; out: returns to the interrupted code, after its hlt
; mode: interrupts off
global wake_int
align 16
wake_int:
	push eax
	mov al, PIC_EOI
	out PIC_MASTER_CMD, al
	pop eax
	iret

; ignore_int: every vector that is no exception; nothing should raise one
; in:  on the stack, from its top: eip, cs, eflags
; out: returns to the interrupted code
; mode: interrupts off
global ignore_int
align 16
ignore_int:
	push eax
	push ecx
	push edx
	cld
	push dword [esp + 12]
	call do_spurious_interrupt
	add esp, 4
	pop edx
	pop ecx
	pop eax
	iret
