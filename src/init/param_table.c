// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every parameter that the kernel knows, in one place: Linux's under their own
 * names, and ours, which start with memdawn.
 */
#include <asm/early_ioremap.h>
#include <asm/init_32.h>
#include <asm/screen.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <firmware/mtrr.h>
#include <kernel/alloctrace.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/start_kernel.h>
#include <kernel/variant.h>
#include <lib/cmdline.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/boot/bootmem.h>
#include <mm/boot/memblock.h>
#include <mm/free_area_init.h>
#include <mm/highmem.h>
#include <mm/mm_init.h>
#include <mm/page_alloc.h>

struct memdawn_options memdawn_options;
bool memdawn_debug;

/* Parsed in setup_arch(), before the memory map is final. Linux: early_param(). */
static const struct kernel_param early_params[] __initconst = {
	{ "earlyprintk", setup_early_printk },
	{ "ignore_loglevel", ignore_loglevel_setup },
	{ "loglevel", loglevel_setup },
	{ "quiet", quiet_kernel },
	{ "debug", debug_kernel },
	{ "mem", parse_memopt },
	{ "memmap", parse_memmap_opt },
	{ "highmem", parse_highmem },
	{ "vmalloc", parse_vmalloc },
	{ "noexec", noexec_setup },
	{ "kernelcore", cmdline_parse_kernelcore },
	{ "movablecore", cmdline_parse_movablecore },
	{ "bootmem_debug", bootmem_debug_setup },
	{ "mminit_loglevel", set_mminit_loglevel },
	{ "memtest", parse_memtest },
	{ "early_ioremap_debug", early_ioremap_debug_setup },
	{ "memblock", early_memblock },
	{ "movable_node", cmdline_parse_movable_node },
	{ "disable_mtrr_trim", disable_mtrr_trim_setup },
#ifdef CONFIG_NUMA
	{ "numa_zonelist_order", setup_numa_zonelist_order },
#endif
};

/* Parsed in start_kernel(), when the zones are there. Linux: __setup(), core_param(). */
static const struct kernel_param late_params[] __initconst = {
	{ "console", console_setup },
	{ "dhash_entries", set_dhash_entries },
	{ "ihash_entries", set_ihash_entries },
	{ "panic", panic_setup },
	{ "alloctrace", alloctrace_setup },
};

static void __init do_early_param(char *param, char *val)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(early_params); i++)
		if (!strcmp(param, early_params[i].name) && early_params[i].set(val))
			printk(KERN_WARNING "Malformed early option '%s'\n", param);
}

static void __init do_late_param(char *param, char *val)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(late_params); i++)
		if (!strcmp(param, late_params[i].name) && late_params[i].set(val))
			printk(KERN_ERR "Booting kernel: `%s' invalid for parameter `%s'\n",
			       val ? val : "", param);
}

/**
 * for_each_parameter - call a function for each word of the command line
 * @handle: called with the name, and the value or NULL, which it may keep until the next call of
 *	for_each_parameter()
 */
void __init for_each_parameter(void (*handle)(char *param, char *val))
{
	static char tmp_cmdline[COMMAND_LINE_SIZE] __initdata;

	strlcpy(tmp_cmdline, boot_command_line, sizeof(tmp_cmdline));
	parse_args(tmp_cmdline, handle);
}

/**
 * parse_early_param - act on the parameters that the memory map depends on
 *
 * Linux: init/main.c:parse_early_param, v2.6.34.
 */
void __init parse_early_param(void)
{
	for_each_parameter(do_early_param);
}

/**
 * parse_late_param - act on all others
 * @command_line: a copy that may be changed
 *
 * Linux: init/main.c:start_kernel's call of parse_args, v2.6.34.
 */
void __init parse_late_param(char *command_line)
{
	parse_args(command_line, do_late_param);
}

/* memdawn.dump=zones,balance,bootalloc,proc,report */
static int __init set_dump(char *val)
{
	char *comma, *what;

	for (what = val; what; what = comma ? comma + 1 : NULL) {
		comma = strchr(what, ',');
		if (comma)
			*comma = '\0';
		if (!strcmp(what, "zones"))
			memdawn_options.dump_zones = true;
		else if (!strcmp(what, "balance"))
			memdawn_options.dump_balance = true;
		else if (!strcmp(what, "bootalloc"))
			memdawn_options.dump_bootalloc = true;
		else if (!strcmp(what, "report"))
			memdawn_options.dump_report = true;
		else if (!strcmp(what, "proc"))
			memdawn_options.dump_proc = true;
		else
			return -1;
	}
	return val ? 0 : -1;
}

/* memdawn.free=pages|bulk */
static int __init set_free(char *val)
{
	if (!val || (strcmp(val, "bulk") && strcmp(val, "pages")))
		return -1;
	free_in_bulk = !strcmp(val, "bulk");
	return 0;
}

static int __init set_exit(char *val)
{
	memdawn_exit = true;
	return val ? -1 : 0;
}

static int __init set_bench(char *val)
{
	memdawn_options.bench = true;
	return val ? -1 : 0;
}

static int __init set_debug(char *val)
{
	memdawn_debug = true;
	kmap_atomic_checks = true;
	return val ? -1 : 0;
}

/* memdawn.selftest[=name,...]; the names must outlive the init sections. */
static int __init set_selftest(char *val)
{
	static char names[128];

	if (strlcpy(names, val ? val : "", sizeof(names)) >= sizeof(names))
		return -1;
	memdawn_options.selftest = names;
	return 0;
}

static int __init set_fault(char *val)
{
	static char kind[16];

	if (!val)
		return -1;
	strlcpy(kind, val, sizeof(kind));
	memdawn_options.fault = kind;
	return 0;
}

/* memdawn.numa: for the boot menu, which loads another kernel then */
static int __init set_numa(char *val)
{
	if (MAX_NUMNODES == 1)
		printk(KERN_WARNING "memdawn: options: memdawn.numa: this is the kernel for one node, the boot "
		       "loader was to load memdawn-numa.elf\n");
	return val ? -1 : 0;
}

/* memdawn.initrd=ADDRESS, a multiple of the page size */
static int __init set_initrd(char *val)
{
	u64 addr;

	if (!val)
		return -1;
	addr = memparse(val, &val);
	if (*val || addr % PAGE_SIZE)
		return -1;
	memdawn_options.initrd = addr;
	return 0;
}

static const struct kernel_param memdawn_params[] __initconst = {
	{ "memdawn.dump", set_dump },
	{ "memdawn.free", set_free },
	{ "memdawn.exit", set_exit },
	{ "memdawn.bench", set_bench },
	{ "memdawn.bootalloc", boot_alloc_setup },
	{ "memdawn.debug", set_debug },
	{ "memdawn.pause", screen_pause_setup },
	{ "memdawn.fault", set_fault },
	{ "memdawn.selftest", set_selftest },
	{ "memdawn.initrd", set_initrd },
	{ "memdawn.numa", set_numa },
	{ "memdawn.e820", given_map_setup },
	{ "memdawn.before", before_setup },
	{ "memdawn.highmem", highmem_config_setup },
	{ "memdawn.fixmap", fixmap_setup },
	{ "memdawn.struct_page", struct_page_setup },
};

static void __init do_memdawn_param(char *param, char *val)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memdawn_params); i++) {
		if (strcmp(param, memdawn_params[i].name))
			continue;
		if (memdawn_params[i].set(val))
			printk(KERN_WARNING "memdawn: options: `%s' is no value for %s, see "
			       "README.md\n", val ? val : "", param);
		return;
	}
	report_unknown_option(param);
}

/**
 * parse_memdawn_options - act on our own words
 *
 * boot_params must be filled. The first thing after it, so that even an early
 * panic can leave the emulator.
 */
void __init parse_memdawn_options(void)
{
	static char options[COMMAND_LINE_SIZE] __initdata;

	if (!boot_params.options[0])
		return;
	printk(KERN_INFO "memdawn: options: %s\n", boot_params.options);
	strlcpy(options, boot_params.options, sizeof(options));
	parse_args(options, do_memdawn_param);
}

/**
 * param_name - every parameter that the kernel knows
 * @i: from 0 on
 *
 * Return: its name, without '='; NULL after the last one.
 */
const char * __init param_name(unsigned int i)
{
	static const struct {
		const struct kernel_param *params;
		unsigned int nr;
	} tables[] __initconst = {
		{ early_params, ARRAY_SIZE(early_params) },
		{ late_params, ARRAY_SIZE(late_params) },
		{ memdawn_params, ARRAY_SIZE(memdawn_params) },
	};
	unsigned int t;

	for (t = 0; t < ARRAY_SIZE(tables); i -= tables[t++].nr)
		if (i < tables[t].nr)
			return tables[t].params[i].name;
	return NULL;
}
