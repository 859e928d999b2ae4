/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ASM_INIT_32_H
#define ASM_INIT_32_H

/*
 * What src/arch/i386/mm does in the boot, in the order in which it is done: low memory's end and
 * its mapping, the hand-over to the zones, mem_init(), and what is given back at the end.
 */

#include <lib/types.h>

struct border;

/* src/arch/i386/mm/setup_nx.c */
int noexec_setup(char *str);
void x86_configure_nx(void);
void x86_report_nx(void);

/* src/arch/i386/mm/pgtable_32.c */
int parse_vmalloc(char *arg);

/* src/arch/i386/firmware/probe_roms.c */
void probe_roms(void);

/* src/arch/i386/mm/init_32/lowmem.c: where low memory ends, and who has decided that */
extern unsigned long highstart_pfn, highend_pfn;
extern struct border border_ram_highmem, border_lowmem_room, border_maxmem, border_lowmem;
extern struct border border_dma;
int parse_highmem(char *arg);
void find_low_pfn_range(void);
void set_high_memory(unsigned long end_pfn);
void paging_init(void);

/* src/arch/i386/mm/init_32/initmem.c; with several nodes src/arch/i386/numa/numa_32.c */
void initmem_init(unsigned long start_pfn, unsigned long end_pfn);

/* src/arch/i386/mm/init_32/mapping.c: low memory's page tables */
extern unsigned long max_low_pfn_mapped;
extern int after_bootmem;		/* page tables come from the boot allocator now */
extern unsigned long e820_table_start, e820_table_end, e820_table_top;
unsigned long init_memory_mapping(unsigned long start, unsigned long end);
void early_ioremap_page_table_range_init(void);
void pagetable_setup_start(void);
void zap_low_mappings(void);

/* src/arch/i386/mm/memtest.c */
int parse_memtest(char *arg);
void early_memtest(unsigned long start, unsigned long end);

/* src/arch/i386/mm/init_32/mem_init.c, wp_test.c: from the boot allocator to the buddy allocator */
void mem_init(void);
void test_wp_bit(void);

/* src/arch/i386/mm/init_32/free_initmem.c: what the boot alone needed is given back */
#define POISON_FREE_INITMEM	0xcc	/* int3: who jumps there is caught */
void free_init_pages(const char *what, unsigned long begin, unsigned long end);
void free_initmem(void);
void free_initrd_mem(unsigned long start, unsigned long end);
void mark_rodata_ro(void);

#endif
