; SPDX-License-Identifier: GPL-2.0-only
;
; The loader's information, as far as it matters before paging: it is copied into
; the image, since the loader may have put it where the kernel's first allocation
; will be, and looked through for what has to be said at once. multiboot2.c reads
; the copy later. Nothing in it is trusted: no step leaves the copy's bounds.
;
;	total_size | reserved | tag | tag | ... | end tag
;	                        type | size | data, filled up to 8 bytes
;
; mode of every routine: flat 32-bit protected mode, paging off, interrupts off;
; i486 instructions only

%include "asm-offsets.inc"

cpu 486

%define pa(x) ((x) - PAGE_OFFSET)

INFO_MAX_SIZE	equ 65536
INFO_HEADER	equ 8		; bytes in front of the first tag
TAG_HEADER	equ 8

TAG_END		equ 0
TAG_CMDLINE	equ 1

extern boot_puts, boot_halt

; Behind the room for page tables in .brk: nobody owns that memory, so it costs no
; page. It is read before anything can be allocated (multiboot2_parse).
section .brk.boot_info nobits alloc noexec write align=8

global mb2_info_copy
mb2_info_copy:
	resb INFO_MAX_SIZE

section .init.data progbits alloc noexec write align=4

global mb2_info_size
mb2_info_size:
	dd 0

global mb2_info_addr
mb2_info_addr:
	dd 0

section .boot.data progbits alloc noexec write align=4

msg_too_small:
	db "memdawn: the boot loader's Multiboot2 information is smaller than its own", 10
	db "memdawn: header of 8 bytes. This loader cannot boot this kernel; use GRUB 2.", 10, 0
msg_too_large:
	db "memdawn: the boot loader's Multiboot2 information is larger than the 65536 bytes", 10
	db "memdawn: that this kernel keeps. Load fewer modules, or a shorter command line.", 10, 0
word_exit:
	db "memdawn.exit"
WORD_EXIT_LEN	equ $ - word_exit

section .boot.text progbits alloc exec nowrite align=16

; copy_boot_info: keep the information in the image
; in:  ebx: physical address of the information
; out: mb2_info_copy, mb2_info_size, mb2_info_addr; doesn't return when the size is impossible
; clobbers: eax, ecx, esi, edi
global copy_boot_info
copy_boot_info:
	mov ecx, [ebx]
	mov esi, msg_too_small
	cmp ecx, INFO_HEADER
	jb .refuse
	mov esi, msg_too_large
	cmp ecx, INFO_MAX_SIZE
	ja .refuse
	mov [pa(mb2_info_size)], ecx
	mov [pa(mb2_info_addr)], ebx
	mov esi, ebx
	mov edi, pa(mb2_info_copy)
	rep movsb
	ret
.refuse:
	call boot_puts
	jmp boot_halt

; next_tag: step from tag to tag
; in:  edi: 0 for the first tag, else the address of a tag that this routine gave
; out: carry set: there is no further tag that fits the copy; else
;      edi: the tag, ecx: its size, at least TAG_HEADER and inside the copy
; clobbers: eax
next_tag:
	mov eax, pa(mb2_info_copy)
	add eax, [pa(mb2_info_size)]	; where the copy ends
	test edi, edi
	jnz .step
	mov edi, pa(mb2_info_copy) + INFO_HEADER
	jmp .check
.step:
	mov ecx, [edi + 4]
	add ecx, 7
	and ecx, ~7
	add edi, ecx
.check:
	sub eax, edi			; bytes from this tag to the end
	jb .none
	cmp eax, TAG_HEADER
	jb .none
	mov ecx, [edi + 4]
	cmp ecx, TAG_HEADER
	jb .none
	cmp ecx, eax
	ja .none
	cmp dword [edi], TAG_END
	je .none
	clc
	ret
.none:
	stc
	ret

; exit_requested: is the word memdawn.exit in the command line?
; in:  mb2_info_size is 0 while there is no copy
; out: carry set: yes
; clobbers: eax, ecx, edx, esi, edi
global exit_requested
exit_requested:
	cmp dword [pa(mb2_info_size)], INFO_HEADER
	jb .no
	xor edi, edi
.tag:
	call next_tag
	jc .no
	cmp dword [edi], TAG_CMDLINE
	jne .tag
	lea edx, [edi + TAG_HEADER]	; edx: start of a word
	add edi, ecx			; edi: end of the tag
.word:
	lea eax, [edx + WORD_EXIT_LEN]
	cmp eax, edi
	ja .no
	push edi
	mov esi, word_exit
	mov edi, edx
	mov ecx, WORD_EXIT_LEN
	repe cmpsb
	pop edi
	jne .skip
	cmp eax, edi			; a word ends with a space, a 0 or the tag
	je .yes
	test byte [eax], ~' '
	jz .yes
.skip:					; to after the next space
	cmp edx, edi
	jae .no
	cmp byte [edx], 0
	je .no
	inc edx
	cmp byte [edx - 1], ' '
	jne .skip
	jmp .word
.yes:
	stc
	ret
.no:
	clc
	ret
