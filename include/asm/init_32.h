/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_INIT_32_H
#define ASM_INIT_32_H

/* Low memory's limit and mapping, mem_init(), and what is given back after it: src/arch/i386/mm. */

#include <lib/types.h>

extern unsigned long max_low_pfn_mapped;
extern unsigned long highstart_pfn, highend_pfn;
extern int after_bootmem;		/* page tables come from the boot allocator now */
extern unsigned long e820_table_start, e820_table_end, e820_table_top;

void x86_configure_nx(void);
void x86_report_nx(void);
void find_low_pfn_range(void);
unsigned long init_memory_mapping(unsigned long start, unsigned long end);
void early_memtest(unsigned long start, unsigned long end);
void page_table_range_init(unsigned long start, unsigned long end);
void initmem_init(unsigned long start_pfn, unsigned long end_pfn);
void pagetable_setup_start(void);
void paging_init(void);
void mem_init(void);
void test_wp_bit(void);
void probe_roms(void);
void zap_low_mappings(void);
void early_ioremap_page_table_range_init(void);

/* Parameters: noexec=, highmem=, vmalloc=, memtest=. */
void free_init_pages(const char *what, unsigned long begin, unsigned long end);
void free_initmem(void);
void free_initrd_mem(unsigned long start, unsigned long end);
void mark_rodata_ro(void);
int noexec_setup(char *str);
int parse_highmem(char *arg);
int parse_vmalloc(char *arg);
int parse_memtest(char *arg);

#define POISON_FREE_INITMEM	0xcc	/* int3: who jumps there is caught */

#endif
