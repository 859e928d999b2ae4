// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any bytes as Multiboot2 information: parsed, and the memory map that comes out of it taken over.
 * The only panic that may come is the one for no memory map at all.
 */
#include <firmware/boot_params.h>
#include <firmware/e820.h>
#include <firmware/multiboot2.h>
#include <lib/kernel.h>

#include <host.h>

#include <fuzz.h>

static bool ends_within(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

static void check_boot_params(void)
{
	const struct boot_params *bp = &boot_params;

	must(bp->e820_entries <= E820MAX);
	must(bp->nr_modules <= MAX_BOOT_MODULES);
	must(ends_within(bp->command_line, sizeof(bp->command_line)));
	must(ends_within(bp->options, sizeof(bp->options)));
	must(ends_within(bp->loader_name, sizeof(bp->loader_name)));
	must(bp->rsdp_size == 0 || bp->rsdp_size == 20 || bp->rsdp_size == 36);
	must(!bp->options[0] || !strncmp(bp->options, "memdawn.", 8));
	for (u32 i = 0; i < bp->nr_modules; i++)
		must(bp->modules[i].start < bp->modules[i].end);
}

/* A map that was taken over is sorted and disjoint, and none of its entries wraps. */
static void check_map(void)
{
	must(e820.nr_map >= 2 && e820.nr_map <= E820MAX);
	for (u32 i = 0; i < e820.nr_map; i++) {
		u64 end = e820.map[i].addr + e820.map[i].size;

		must(end > e820.map[i].addr);
		must(i + 1 == e820.nr_map || end <= e820.map[i + 1].addr);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	log_clear();
	if (multiboot2_parse(data, size)) {
		must(log_has("no information"));
		must(!boot_params.from_multiboot2);
		return 0;
	}
	check_boot_params();
	e820.nr_map = 0;
	if (panics(setup_memory_map()))
		must(log_has("no memory map") && !boot_params.alt_mem_k);
	else
		check_map();
	return 0;
}
