; SPDX-License-Identifier: GPL-2.0-only
;
; The first page tables. They map the same memory twice, at 0, where the code that
; turns paging on runs, and at PAGE_OFFSET, where the kernel was linked:
;
;   swapper_pg_dir          swapper_pg_pmd           from __brk_base on
;     0  0x00000000 ----+---> 0     2 MiB ----------> page table
;     1  0x40000000 -   |     1     2 MiB ----------> page table
;     2  0x80000000 -   |     ...
;     3  0xc0000000 ----+     511   0xffe00000 -----> swapper_pg_fixmap
;
; The tables reach over the image's end as far as is needed to map, later, the
; page tables of the whole gigabyte (MAPPING_BEYOND_END). Memory beyond that is
; not mapped before init_memory_mapping(): nothing may be touched there.

%include "asm-offsets.inc"

cpu 586

%define pa(x) ((x) - PAGE_OFFSET)

LOWMEM_PAGES		equ ((0 - PAGE_OFFSET) & 0xffffffff) >> PAGE_SHIFT
MAPPING_BEYOND_END	equ (LOWMEM_PAGES / PTRS_PER_PMD + PTRS_PER_PGD) << PAGE_SHIFT
ENTRY_SIZE		equ 8

extern __brk_base, _end

; Page tables that there is room for. The linker script checks that it is enough.
BRK_PAGES		equ 32

section .brk.page_tables nobits alloc noexec write align=4096

	resb BRK_PAGES * PAGE_SIZE

section .bss.page_tables nobits alloc noexec write align=4096

global swapper_pg_pmd, swapper_pg_fixmap, empty_zero_page
swapper_pg_pmd:
	resb PAGE_SIZE
swapper_pg_fixmap:
	resb PAGE_SIZE
empty_zero_page:
	resb PAGE_SIZE

; A page to itself, although the CPU reads only four entries. All but the present
; bit of such an entry is reserved here.
section .data.page_aligned progbits alloc noexec write align=4096

global swapper_pg_dir
swapper_pg_dir:
	dd pa(swapper_pg_pmd) + PGD_IDENT_ATTR, 0
	dd 0, 0
	dd 0, 0
	dd pa(swapper_pg_pmd) + PGD_IDENT_ATTR, 0
	times PAGE_SIZE - ($ - swapper_pg_dir) db 0

section .data progbits alloc noexec write align=4

; What the C code is told: see include/asm/sections.h.
global _brk_start, _brk_end, max_pfn_mapped
_brk_start:
	dd __brk_base
_brk_end:
	dd 0
max_pfn_mapped:
	dd 0

; For the linker script's check of BRK_PAGES.
global boot_mapping_beyond_end
boot_mapping_beyond_end equ MAPPING_BEYOND_END

section .boot.text progbits alloc exec nowrite align=16

; build_page_tables: fill the tables, leave paging as it is
; in:  .bss is clear
; out: _brk_end, max_pfn_mapped
; clobbers: eax, ecx, edx, esi, edi
; mode: flat 32-bit protected mode, paging off
global build_page_tables
build_page_tables:
	mov edi, pa(__brk_base)		; where the next page table goes
	mov edx, pa(swapper_pg_pmd)	; the entry that will point to it
	mov eax, PTE_IDENT_ATTR		; the next page table entry
	xor esi, esi			; the upper half of every entry
.table:
	lea ecx, [edi + PDE_IDENT_ATTR]
	mov [edx], ecx
	add edx, ENTRY_SIZE
	mov ecx, PTRS_PER_PTE
.entry:
	mov [edi], eax
	mov [edi + 4], esi
	add edi, ENTRY_SIZE
	add eax, PAGE_SIZE
	dec ecx
	jnz .entry
	cmp eax, pa(_end) + MAPPING_BEYOND_END + PTE_IDENT_ATTR
	jb .table

	add edi, PAGE_OFFSET
	mov [pa(_brk_end)], edi
	shr eax, PAGE_SHIFT
	mov [pa(max_pfn_mapped)], eax

	mov dword [pa(swapper_pg_pmd) + (PTRS_PER_PMD - 1) * ENTRY_SIZE], \
		pa(swapper_pg_fixmap) + PDE_IDENT_ATTR
	ret
