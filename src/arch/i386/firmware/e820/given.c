// SPDX-License-Identifier: GPL-2.0-only
/*
 * A memory map given in place of the firmware's: another machine's, or one that no
 * machine has.
 *
 *	memdawn.e820=module	a Multiboot2 module whose first word is e820
 *	memdawn.e820=fw_cfg	QEMU's -fw_cfg name=opt/memdawn/e820,file=...
 *
 * Either holds entries of 20 bytes, u64 start, u64 size, u32 type, little-endian, any
 * number, in any order, overlaps and all: they take the firmware's place in
 * boot_params, and nothing after it knows the difference. The firmware's own map is
 * kept, because it says what is really there. Low memory must be; of high memory that
 * isn't there the contents are never touched (mm/absent.h). That holds for RAM which
 * memmap= has named too.
 */
#include <asm/early_ioremap.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <firmware/fw_cfg.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/absent.h>
#include <mm/boot/boot_alloc.h>

/* Each of the given map's entries may be cut into pieces by those of the firmware's. */
BUILD_BUG_ON(2 * E820MAX > MAX_ABSENT_RANGES);

#define FW_CFG_NAME	"opt/memdawn/e820"
#define MAX_SHOWN	4	/* ranges that the log names one by one */

static enum given_source { NOT_GIVEN, FROM_MODULE, FROM_FW_CFG } source __initdata;

static const char *const source_name[] __initconst = {
	[FROM_MODULE] = "module e820", [FROM_FW_CFG] = "fw_cfg file " FW_CFG_NAME,
};

/* What the loader said, before a given map has taken its map's place. */
static struct boot_params firmware __initdata;
static bool replaced __initdata;

/**
 * given_map_setup - memdawn.e820=module|fw_cfg
 * @val: the value, or NULL
 *
 * Return: 0, or -1 for any other value.
 */
int __init given_map_setup(char *val)
{
	if (val && !strcmp(val, "module"))
		source = FROM_MODULE;
	else if (val && !strcmp(val, "fw_cfg"))
		source = FROM_FW_CFG;
	else
		return -1;
	return 0;
}

/**
 * boot_map_has_ram - is all of a range in one entry of RAM of the loader's map?
 * @range: physical bytes
 */
bool __init boot_map_has_ram(struct phys_range range)
{
	u32 i;

	for (i = 0; i < boot_params.e820_entries; i++) {
		const struct e820entry *ei = &boot_params.e820_map[i];

		if (ei->type == E820_RAM &&
		    phys_range_within(range, phys_range(ei->addr, e820_end(ei))))
			return true;
	}
	return false;
}

static const struct boot_module * __init find_module(void)
{
	const struct boot_module *found = NULL;
	u32 i;

	for (i = 0; i < boot_params.nr_modules; i++) {
		const struct boot_module *m = &boot_params.modules[i];

		if (m->kind != MODULE_E820)
			continue;
		if (found)
			printk(KERN_ERR "memdawn: e820: a second module e820, at %llx - %llx, is left "
			       "out\n", m->start, m->end);
		else
			found = m;
	}
	return found;
}

/* Finds the map; false, with a message, if there is none. */
static bool __init open_map(const struct boot_module *module, u32 *size)
{
	if (source == FROM_FW_CFG)
		return fw_cfg_open(FW_CFG_NAME, size);
	if (!module) {
		printk(KERN_ERR "memdawn: e820: memdawn.e820=module, but no module is named e820\n");
		return false;
	}
	*size = module->end - module->start;
	return true;
}

/* One entry after the other; a module may lie beyond what is mapped yet. */
static void __init read_entry(const struct boot_module *module, u32 i, struct e820entry *entry)
{
	void *p;

	if (source == FROM_FW_CFG) {
		fw_cfg_read(entry, sizeof(*entry));
		return;
	}
	p = early_memremap(module->start + (u64)i * sizeof(*entry), sizeof(*entry));
	memcpy(entry, p, sizeof(*entry));
	early_iounmap(p, sizeof(*entry));
}

/* Puts the entries where the firmware's were; false, with a message, if one can't be right. */
static bool __init read_map(const struct boot_module *module, u32 nr)
{
	struct e820entry entry;
	u32 i;

	boot_params.e820_entries = boot_params.e820_lost_entries = 0;
	boot_params.e820_lost_first = boot_params.e820_lost_ram = 0;
	for (i = 0; i < nr; i++) {
		read_entry(module, i, &entry);
		if (entry.addr + entry.size < entry.addr) {
			printk(KERN_ERR "memdawn: e820: entry %u wraps: %016llx + %016llx\n", i,
			       entry.addr, entry.size);
			return false;
		}
		add_boot_map_entry(entry.addr, entry.size, entry.type);
	}
	return true;
}

/* The image and what GRUB has loaded lie where they lie: false, with a message, if not in RAM. */
static bool __init holds(const char *what, struct phys_range range)
{
	if (boot_map_has_ram(range))
		return true;
	printk(KERN_ERR "memdawn: e820: %s at %llx - %llx does not lie in the given map's RAM\n", what,
	       range.start, range.end);
	return false;
}

static bool __init any_ram(void)
{
	u32 i;

	for (i = 0; i < boot_params.e820_entries; i++)
		if (boot_params.e820_map[i].type == E820_RAM && boot_params.e820_map[i].size)
			return true;
	printk(KERN_ERR "memdawn: e820: no entry of the given map is RAM (type 1)\n");
	return false;
}

/* Can the boot go on with the map in boot_params? False after a message. */
static bool __init usable(void)
{
	u32 i;

	sanitize_e820_map(boot_params.e820_map, E820MAX, &boot_params.e820_entries);
	if (!any_ram())
		return false;
	if (boot_params.e820_entries < 2) {
		printk(KERN_ERR "memdawn: e820: the given map is a single range, at least 2 are needed\n");
		return false;
	}
	if (!holds("the kernel", phys_range(__pa(_text), __pa(_end))))
		return false;
	for (i = 0; i < boot_params.nr_modules; i++) {
		const struct boot_module *m = &boot_params.modules[i];

		if (m->kind == MODULE_DTB && !holds("module dtb", phys_range(m->start, m->end)))
			return false;
	}
	return !boot_params.ramdisk_image ||
	       holds("the RAM disk", phys_span(boot_params.ramdisk_image,
					       boot_params.ramdisk_size));
}

static bool __init replace_map(const struct boot_module *module)
{
	u32 size, nr;

	if (!open_map(module, &size))
		return false;
	nr = size / sizeof(struct e820entry);
	if (!size || size % sizeof(struct e820entry)) {
		printk(KERN_ERR "memdawn: e820: %s has %u bytes, a multiple of %u is needed: u64 start, "
		       "u64 size, u32 type for each range\n", source_name[source], size,
		       (u32)sizeof(struct e820entry));
		return false;
	}
	if (!read_map(module, nr) || !usable())
		return false;
	printk(KERN_INFO "memdawn: e820: the map of %s, %u entries, takes the place of the firmware's, "
	       "%u entries\n", source_name[source], nr, firmware.e820_entries);
	return true;
}

/**
 * take_given_map - put a given memory map in the firmware's place, if memdawn.e820= was given
 *
 * boot_params must be filled, early_ioremap() be ready. A map that can't serve is left out, with
 * messages, and the firmware's stays. Linux has no counterpart.
 */
void __init take_given_map(void)
{
	const struct boot_module *module = find_module();

	firmware = boot_params;
	if (source == NOT_GIVEN) {
		if (module)
			printk(KERN_WARNING "memdawn: e820: module e820 at %llx - %llx is left out: it "
			       "serves where memdawn.e820=module is given\n", module->start, module->end);
		return;
	}
	replaced = replace_map(module);
	if (replaced) {
		e820_source = "The given map (memdawn.e820=)";
		return;
	}
	boot_params = firmware;
	printk(KERN_ERR "memdawn: e820: the firmware's map is used\n");
}

/* The firmware's map as sanitize_e820_map() leaves it, or what stands for it. */
static void __init prepare_firmware_map(void)
{
	if (firmware.e820_entries >= 2) {
		sanitize_e820_map(firmware.e820_map, E820MAX, &firmware.e820_entries);
		return;
	}
	firmware.e820_entries = 1;
	firmware.e820_map[0] = (struct e820entry){ HIGH_MEMORY, (u64)firmware.alt_mem_k << 10, E820_RAM };
}

/* What is missing of the given map's RAM. */
static struct missing {
	unsigned long low_first, low_end, low_pages, high_pages, high_ranges;
} missing __initdata;

/* Does a page frame keep what is written to it? Nobody has used it yet. */
static bool __init keeps_words(u64 pfn)
{
	volatile u32 *word;
	u32 before;
	bool kept;

	if (!phys_addr_valid(PFN_PHYS(pfn)))
		return false;
	word = early_ioremap(PFN_PHYS(pfn), PAGE_SIZE);
	before = *word;
	*word = ~before;
	kept = *word == ~before;
	*word = before;
	kept &= *word == before;
	early_iounmap((void *)word, PAGE_SIZE);
	return kept;
}

/*
 * Page frames [start_pfn, end_pfn), which the firmware doesn't have. Where it is the user who names
 * them he may know better: not every firmware names all of its RAM.
 */
static void __init note_missing(u64 start_pfn, u64 end_pfn)
{
	u64 low_end = min(end_pfn, (u64)max_low_pfn), high_start = max(start_pfn, (u64)max_low_pfn);

	if (!replaced && keeps_words(start_pfn) && keeps_words(end_pfn - 1))
		return;
	if (start_pfn < low_end) {
		if (!missing.low_pages)
			missing.low_first = start_pfn;
		missing.low_end = low_end;
		missing.low_pages += low_end - start_pfn;
	}
	if (high_start >= end_pfn)
		return;
	add_absent_range(high_start, end_pfn);
	missing.high_pages += end_pfn - high_start;
	if (missing.high_ranges++ < MAX_SHOWN)
		printk(KERN_WARNING "memdawn: e820: high memory %llx - %llx is not there: its contents are "
		       "never touched\n", high_start << PAGE_SHIFT, end_pfn << PAGE_SHIFT);
}

/*
 * What of page frames [start_pfn, end_pfn) no RAM of the firmware's covers. What it has reserved may
 * be RAM: memmap= may say so, a map of another machine may not.
 */
static void __init check_range(u64 start_pfn, u64 end_pfn)
{
	u32 i;

	/* Up to start_pfn all is known; the entries are in order of address. */
	for (i = 0; i < firmware.e820_entries && start_pfn < end_pfn; i++) {
		const struct e820entry *ei = &firmware.e820_map[i];
		u64 first = PFN_UP(ei->addr), last = PFN_DOWN(e820_end(ei));

		if ((replaced && ei->type != E820_RAM) || last <= start_pfn || first >= end_pfn)
			continue;
		if (first > start_pfn)
			note_missing(start_pfn, first);
		start_pfn = last;
	}
	if (start_pfn < end_pfn)
		note_missing(start_pfn, end_pfn);
}

/**
 * check_given_map - is the RAM of a given map, or of memmap=, there?
 *
 * Low memory is used for what it says, so it has to be: else panic, with what is needed. High
 * memory that isn't is noted (mm/absent.h). The first MiB isn't checked: every PC has it. Nor is
 * memmap= where the loader has no map, only the size of memory.
 * max_pfn and max_low_pfn must be final. Linux has no counterpart.
 */
void __init check_given_map(void)
{
	u32 i;

	if (!replaced && (!e820_user_ram || firmware.e820_entries < 2))
		return;
	prepare_firmware_map();
	for (i = 0; i < e820.nr_map; i++) {
		const struct e820entry *ei = &e820.map[i];

		if (ei->type == E820_RAM)
			check_range(max(PFN_UP(ei->addr), (u64)PFN_DOWN(HIGH_MEMORY)),
				    min(PFN_DOWN(e820_end(ei)), (u64)max_pfn));
	}
	if (missing.low_pages)
		panic("%s has low memory that this machine does not: %lu kB between "
		      "%#lx and %#lx; give the emulator at least -m %lu, or cut the map with mem=",
		      replaced ? "the given memory map" : "memmap=", missing.low_pages << (PAGE_SHIFT - 10), missing.low_first << PAGE_SHIFT,
		      missing.low_end << PAGE_SHIFT, (missing.low_end >> (20 - PAGE_SHIFT)) + 2);
	if (missing.high_pages)
		printk(KERN_WARNING "memdawn: e820: %lu kB of high memory in %lu range(s) are not there: "
		       "struct pages and free lists only\n", missing.high_pages << (PAGE_SHIFT - 10),
		       missing.high_ranges);
}
