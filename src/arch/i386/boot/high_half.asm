; SPDX-License-Identifier: GPL-2.0-only
;
; The last of head: the first code that runs at the address it was linked at. A file
; of its own, because NASM describes the lines of one code section to a debugger.
;
; Linux: arch/x86/kernel/head_32.S:startup_32, v2.6.34, its second half.

%include "asm-offsets.inc"

cpu 686

extern gdt_page, stack_top, i386_start_kernel

section .data progbits alloc noexec write align=4

early_gdt_descr:
	dw GDT_SIZE - 1
	dd gdt_page

section .ref.text progbits alloc exec nowrite align=16

; high_half: the kernel's own GDT and the stack's virtual address, then C
; in:  -
; out: doesn't return
; mode: paging on; address 0 upward is still mapped, nothing uses it any more
global high_half
high_half:
	lgdt [early_gdt_descr]
	jmp KERNEL_CS:.segments
.segments:
	mov eax, KERNEL_DS
	mov ds, ax
	mov es, ax
	mov ss, ax
	xor eax, eax
	mov fs, ax
	mov gs, ax
	lldt ax
	mov esp, stack_top
	xor ebp, ebp			; the call trace ends here
	push ebp
	call i386_start_kernel
.stop:
	cli
	hlt
	jmp .stop
