; SPDX-License-Identifier: GPL-2.0-only
;
; The Multiboot2 header: what the kernel asks of its boot loader. It must lie in
; the file's first 32 KiB, aligned to 8 bytes; so does each of its tags.
;
; No framebuffer tag: GRUB then leaves the screen in the BIOS's text mode.

%include "asm-offsets.inc"

MB2_HEADER_MAGIC	equ 0xe85250d6
MB2_ARCH_I386		equ 0

; Tags of the header.
HEADER_TAG_END			equ 0
HEADER_TAG_INFORMATION_REQUEST	equ 1
HEADER_TAG_ENTRY_ADDRESS	equ 3
HEADER_TAG_CONSOLE_FLAGS	equ 4
HEADER_TAG_MODULE_ALIGN		equ 6

TAG_REQUIRED		equ 0
TAG_OPTIONAL		equ 1
EGA_TEXT_SUPPORTED	equ 1 << 1

; Tags of the information that the loader hands over.
INFO_CMDLINE		equ 1
INFO_LOADER_NAME	equ 2
INFO_MODULE		equ 3
INFO_BASIC_MEMINFO	equ 4
INFO_MMAP		equ 6
INFO_FRAMEBUFFER	equ 8
INFO_ACPI_OLD		equ 14
INFO_ACPI_NEW		equ 15

extern startup_32

section .boot.header progbits alloc noexec nowrite align=8

header:
	dd MB2_HEADER_MAGIC
	dd MB2_ARCH_I386
	dd header_end - header
	dd 0x100000000 - (MB2_HEADER_MAGIC + MB2_ARCH_I386 + (header_end - header))

; What a loader doesn't know of these is no reason to refuse the kernel: optional.
align 8, db 0
request:
	dw HEADER_TAG_INFORMATION_REQUEST
	dw TAG_OPTIONAL
	dd request_end - request
	dd INFO_CMDLINE
	dd INFO_LOADER_NAME
	dd INFO_MODULE
	dd INFO_BASIC_MEMINFO
	dd INFO_MMAP
	dd INFO_FRAMEBUFFER
	dd INFO_ACPI_OLD
	dd INFO_ACPI_NEW
request_end:

align 8, db 0
console:
	dw HEADER_TAG_CONSOLE_FLAGS
	dw TAG_OPTIONAL
	dd console_end - console
	dd EGA_TEXT_SUPPORTED
console_end:

align 8, db 0
modules:
	dw HEADER_TAG_MODULE_ALIGN
	dw TAG_REQUIRED
	dd modules_end - modules
modules_end:

; A physical address: paging is off when the loader jumps there.
align 8, db 0
entry:
	dw HEADER_TAG_ENTRY_ADDRESS
	dw TAG_REQUIRED
	dd entry_end - entry
	dd startup_32
entry_end:

align 8, db 0
	dw HEADER_TAG_END
	dw TAG_REQUIRED
	dd 8
header_end:
