/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FIRMWARE_E820_H
#define FIRMWARE_E820_H

/*
 * The firmware's memory map: what Linux calls e820 after the BIOS function.
 * A range is [addr, addr + size); all sizes and addresses are bytes.
 */

#include <kernel/border.h>
#include <lib/compiler.h>
#include <lib/phys_range.h>
#include <lib/types.h>

#define E820MAX		128	/* what boot_params and the map can hold */

#define E820_RAM		1
#define E820_RESERVED		2
#define E820_ACPI		3
#define E820_NVS		4
#define E820_UNUSABLE		5
#define E820_RESERVED_KERN	128

#define BIOS_BEGIN	0x000a0000
#define BIOS_END	0x00100000
#define HIGH_MEMORY	(1024 * 1024)
#define LOWMEMSIZE()	(0x9f000)

#define MAX_ARCH_PFN	(1UL << (36 - 12))	/* 64 GiB */

struct e820entry {
	u64 addr;
	u64 size;
	u32 type;
} __packed;

struct e820map {
	u32 nr_map;
	struct e820entry map[E820MAX];
};

/* The address after it. */
static inline u64 e820_end(const struct e820entry *ei)
{
	return ei->addr + ei->size;
}

extern struct e820map e820;
extern struct e820map e820_saved;

/*
 * What the boot has done to the map, in its order, for whoever asks later why a page frame is what it
 * is: in a range the bytes of one type became another.
 */
struct e820_change {
	struct phys_range range;
	u32 from;		/* 0: of whatever type, or of none */
	u32 to;			/* 0: none, they were taken out */
	char how[80];		/* as a sentence goes on after "Then" */
};

#define E820_CHANGES	32	/* that are kept; of others there is only the count */

extern struct e820_change e820_changes[E820_CHANGES];
extern unsigned int nr_e820_changes;
extern const char *e820_source;		/* whose map e820_saved is, as a sentence begins */
extern unsigned long pci_mem_start;
extern bool e820_user_ram;

void e820_add_region(u64 start, u64 size, int type);
void e820_print_map(const char *who);
int sanitize_e820_map(struct e820entry *biosmap, int max_nr_map, u32 *pnr_map);
u64 e820_update_range(u64 start, u64 size, unsigned int old_type, unsigned int new_type);
u64 e820_remove_range(u64 start, u64 size, unsigned int old_type, int checktype);
void update_e820(void);
void e820_changed(struct phys_range range, u32 from, u32 to, const char *fmt, ...) __printf(4, 5);
int e820_search_gap(unsigned long *gapstart, unsigned long *gapsize,
		    unsigned long start_addr, unsigned long long end_addr);
void e820_setup_gap(void);
void e820__memblock_setup(void);
bool e820_report_not_ram(struct phys_range used, const char *what);
unsigned long e820_max_arch_pfn(void);
unsigned long e820_end_pfn(unsigned long limit_pfn);
unsigned long e820_end_of_ram_pfn(void);
void e820_report_beyond_reach(void);
void e820_register_active_regions(int nid, unsigned long start_pfn, unsigned long last_pfn);
void finish_e820_parsing(void);
void e820_reserve_resources(void);
void e820_reserve_resources_late(void);
void setup_memory_map(void);
const char *e820_type_to_string(u32 type);
int e820_sanitize(void);
void trim_bios_range(void);

/* Where RAM ends, and who has cut off some of it: the CPU's reach, mem= and memmap=. */
extern struct border border_ram_given, border_ram_used, border_ram_reach, border_ram_limit;

/* The record of anybody who moves the end of RAM, before that is decided. */
#define RAM_CUT		{ .what = "not used:", .kind = BORDER_CUT }

void e820_end_given(void);
void e820_end_moved(struct border *cut);

/* Handlers of the command line's mem= and memmap=; 0, or nonzero for a malformed value. */
int parse_memopt(char *p);
int parse_memmap_opt(char *p);

#endif
