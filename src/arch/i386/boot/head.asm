; SPDX-License-Identifier: GPL-2.0-only
;
; From the boot loader to C. State on entry, given by Multiboot2: flat 32-bit
; protected mode, paging and interrupts off, A20 on; EAX is the loader's magic
; number, EBX the physical address of its information; ESP, the GDT and the IDT
; are not to be used.
;
; The section .boot is linked at its physical address and uses nothing of the rest
; of the image by its plain name: only pa(symbol). When paging is on, the code
; jumps to the high half and never comes back.
;
; Linux: arch/x86/kernel/head_32.S:startup_32, v2.6.34. The loader's protocol is
; another; CPU features are checked here, which Linux does in its real-mode code;
; the CPU's identity is found in C (cpu.c).

%include "asm-offsets.inc"

cpu 486

%define pa(x) ((x) - PAGE_OFFSET)

extern __bss_start, __bss_stop
extern boot_puts, copy_boot_info, exit_requested
extern check_cpu, build_page_tables, swapper_pg_dir
extern high_half

section .boot.data progbits alloc noexec write align=8

; Until paging is on; afterwards gdt_page.
boot_gdt:
	times BOOT_CS db 0
	dq 0x00cf9a000000ffff		; code, 0 to 4 GiB
	dq 0x00cf92000000ffff		; data, 0 to 4 GiB
boot_gdt_end:

boot_gdt_descr:
	dw boot_gdt_end - boot_gdt - 1
	dd boot_gdt

msg_no_multiboot2:
	db "memdawn: not loaded by a Multiboot2 boot loader, so there is no memory map.", 10
	db "memdawn: Boot the ISO image, or use the command multiboot2 of GRUB 2.", 10, 0

; The stack, from here to the end: head runs on it by its physical address. The
; page below it, init_stack_guard, gets unmapped; see the linker script.
section .data.init_task progbits alloc noexec write align=4096

global init_thread_union, stack_top
init_thread_union:
	times THREAD_SIZE db 0
stack_top:

section .boot.text progbits alloc exec nowrite align=16

; startup_32: the kernel's entry
; in:  eax: magic number, ebx: physical address of the information
; out: doesn't return
; mode: see above
global startup_32
startup_32:
	cli
	cld
	lgdt [boot_gdt_descr]
	jmp BOOT_CS:.flat
.flat:
	mov ecx, BOOT_DS
	mov ds, cx
	mov es, cx
	mov fs, cx
	mov gs, cx
	mov ss, cx
	mov esp, pa(stack_top)
	push dword 0			; firmware may leave NT or AC set
	popfd

	cmp eax, MB2_BOOTLOADER_MAGIC
	je .loaded
	mov esi, msg_no_multiboot2
	call boot_puts
	jmp boot_halt

.loaded:
	call copy_boot_info
	call clear_bss
	call check_cpu
	call build_page_tables
	jmp enable_paging

; clear_bss: .bss to zeros, whatever the loader did
; in, out: -
; clobbers: eax, ecx, edi
clear_bss:
	xor eax, eax
	mov edi, pa(__bss_start)
	mov ecx, __bss_stop
	sub ecx, __bss_start
	shr ecx, 2
	rep stosd
	ret

; boot_fail: the boot cannot go on, the reason has been said. Where the command
; line has the word memdawn.exit, leave QEMU as after a panic.
; in:  -
; out: doesn't return
global boot_fail
boot_fail:
	call exit_requested
	jnc boot_halt
	mov eax, EXIT_PANIC
	mov edx, QEMU_EXIT_PORT
	out dx, eax

; boot_halt: for good
global boot_halt
boot_halt:
	cli
	hlt
	jmp boot_halt

; From here on the CPU is known to have PAE, so it is at least a Pentium Pro.
cpu 686

; enable_paging: PAE and, where there is NX, NX; then to the high half
; in:  swapper_pg_dir is filled
; out: doesn't return
; mode: in: flat, paging off; out: paging on
enable_paging:
	mov eax, cr4
	or eax, X86_CR4_PAE
	mov cr4, eax

	; A CPU without extended leaves answers with junk.
	mov eax, 0x80000000
	cpuid
	sub eax, 0x80000001
	cmp eax, 0x8000ffff - 0x80000001
	ja .no_nx
	mov eax, 0x80000001
	cpuid
	bt edx, X86_FEATURE_NX & 31
	jnc .no_nx
	mov ecx, MSR_EFER
	rdmsr
	or eax, EFER_NX
	wrmsr
.no_nx:
	mov eax, pa(swapper_pg_dir)
	mov cr3, eax
	mov eax, X86_CR0_BOOT
	mov cr0, eax
	mov eax, high_half
	jmp eax
