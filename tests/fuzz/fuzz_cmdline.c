// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as a command line, on the way that it takes in a boot: out of the Multiboot2 tag, split
 * into our words and Linux's, and every parameter handed to its own, unmodified handler.
 */
#include <asm/init_32.h>
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <firmware/multiboot2.h>
#include <kernel/params.h>
#include <kernel/start_kernel.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>

#include <host.h>

#include <fuzz.h>
#include <mb2_builder.h>

char boot_command_line[COMMAND_LINE_SIZE];

/* No word of ours is left in Linux's line, and nothing but words of ours in the other. */
static void check_split(const char *line)
{
	char word[COMMAND_LINE_SIZE];
	bool quoted = false, start = true;

	strlcpy(word, line, sizeof(word));
	for (const char *s = word; *s; s++) {
		must(!start || strncmp(s, "memdawn.", 8) || !s[8] || s[8] == ' ');
		if (*s == '"')
			quoted = !quoted;
		start = *s == ' ' && !quoted;
	}
}

/* The map of a machine with 2 GiB. */
static void start_map(void)
{
	e820.nr_map = 0;
	e820_add_region(0, 0x9fc00, E820_RAM);
	e820_add_region(0x9fc00, 0x400, E820_RESERVED);
	e820_add_region(0x100000, 0x7fee0000, E820_RAM);
	e820_add_region(0xfeffc000, 0x4000, E820_RESERVED);
}

/* What the parameters decide about the memory map and low memory must be possible, or be told. */
static void use_parameters(void)
{
	if (panics(finish_e820_parsing())) {
		must(log_has("Invalid user supplied memory map"));
		return;
	}
	max_pfn = e820_end_of_ram_pfn();
	find_low_pfn_range();
	must(max_low_pfn <= max_pfn);
	must(max_low_pfn <= 0x3ffff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char command_line[COMMAND_LINE_SIZE];
	static struct mb2 info;

	log_clear();
	mb2_begin(&info);
	mb2_tag(&info, 1, data, min_t(size_t, size, 6000));
	mb2_end(&info);
	must(!multiboot2_parse(info.bytes, info.size));
	check_split(boot_params.command_line);

	start_map();
	strlcpy(boot_command_line, boot_params.command_line, sizeof(boot_command_line));
	strlcpy(command_line, boot_command_line, sizeof(command_line));
	parse_memdawn_options();
	parse_early_param();
	parse_late_param(command_line);
	report_unknown_words();
	use_parameters();
	/* Whichever boot allocator was chosen: it hasn't been started. */
	must(panics(boot_alloc(1, 1, 0)) && log_has("memdawn: boot_alloc() called from [<"));
	return 0;
}
