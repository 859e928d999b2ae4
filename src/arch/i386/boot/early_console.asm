; SPDX-License-Identifier: GPL-2.0-only
;
; Saying something before there is a kernel: on the VGA text screen and on COM1,
; both at once, polled. Only what a boot cannot go on without, or go on as the
; user expects, is said here. i486 instructions only.
;
; mode of every routine: flat 32-bit protected mode, paging off, interrupts off

%include "asm-offsets.inc"

cpu 486

VGA_TEXT	equ 0xb8000
VGA_CELLS	equ 80 * 25
VGA_WHITE	equ 0x07 << 8
VGA_BLANK	equ VGA_WHITE | ' '

COM1		equ 0x3f8
COM_DATA	equ COM1 + 0	; divisor, low byte, while DLAB is set
COM_IER		equ COM1 + 1	; divisor, high byte, while DLAB is set
COM_FCR		equ COM1 + 2
COM_LCR		equ COM1 + 3
COM_MCR		equ COM1 + 4
COM_LSR		equ COM1 + 5
LCR_8N1		equ 0x03
LCR_DLAB	equ 0x80
MCR_DTR_RTS	equ 0x03
LSR_TX_EMPTY	equ 0x20

; A port where no UART answers must not hang the boot.
SERIAL_TRIES	equ 0x10000

section .boot.data progbits alloc noexec write align=4

boot_console_ready:
	dd 0
vga_cell:			; where the next character goes, 0 to VGA_CELLS - 1
	dd 0

section .boot.text progbits alloc exec nowrite align=16

; boot_puts: print a string; '\n' starts a new line on both devices
; in:  esi: string, ends with 0
; out: -
; clobbers: eax, esi
global boot_puts
boot_puts:
	cmp dword [boot_console_ready], 0
	jne .next
	call boot_console_init
.next:
	lodsb
	test al, al
	jz .done
	cmp al, 10
	jne .plain
	mov al, 13
	call serial_putc
	mov al, 10
.plain:
	call serial_putc
	call vga_putc
	jmp .next
.done:
	ret

; boot_console_init: COM1 to 115200 8N1, the screen blank, its cursor at the top
; in, out: -
; clobbers: eax
boot_console_init:
	push ecx
	push edx
	push edi
	mov dword [boot_console_ready], 1

	mov dx, COM_IER
	xor eax, eax
	out dx, al
	mov dx, COM_LCR
	mov al, LCR_DLAB | LCR_8N1
	out dx, al
	mov dx, COM_DATA
	mov al, 1
	out dx, al
	mov dx, COM_IER
	xor eax, eax
	out dx, al
	mov dx, COM_LCR
	mov al, LCR_8N1
	out dx, al
	mov dx, COM_FCR
	xor eax, eax
	out dx, al
	mov dx, COM_MCR
	mov al, MCR_DTR_RTS
	out dx, al

	mov edi, VGA_TEXT
	mov ecx, VGA_CELLS
	mov ax, VGA_BLANK
	rep stosw

	pop edi
	pop edx
	pop ecx
	ret

; serial_putc: one character to COM1; lost if the port doesn't take it in time
; in:  al
; out: -
; clobbers: -
serial_putc:
	push ecx
	push edx
	push eax
	mov ecx, SERIAL_TRIES
	mov dx, COM_LSR
.wait:
	in al, dx
	test al, LSR_TX_EMPTY
	jnz .send
	dec ecx
	jnz .wait
.send:
	pop eax
	mov dx, COM_DATA
	out dx, al
	pop edx
	pop ecx
	ret

; vga_putc: one character to the screen; after the last cell comes the first
; in:  al
; out: -
; clobbers: eax
vga_putc:
	push ecx
	push edx
	mov ecx, [vga_cell]
	cmp al, 10
	je .newline
	movzx eax, al
	or eax, VGA_WHITE
	mov [VGA_TEXT + ecx * 2], ax
	inc ecx
	jmp .wrap
.newline:
	mov eax, ecx
	xor edx, edx
	mov ecx, 80
	div ecx
	inc eax
	mul ecx
	mov ecx, eax
.wrap:
	cmp ecx, VGA_CELLS
	jb .store
	xor ecx, ecx
.store:
	mov [vga_cell], ecx
	pop edx
	pop ecx
	ret
