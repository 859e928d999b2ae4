// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parameters that make the boot count as other kernels do: see kernel/variant.h.
 * A change of Linux is named by its commit, in 7 digits.
 */
#include <asm/fixmap.h>
#include <kernel/init.h>
#include <kernel/params.h>
#include <kernel/variant.h>
#include <lib/kernel.h>
#include <lib/string.h>

#define MOST_FIXMAP_PAGES	2048
#define MOST_STRUCT_PAGE	64

struct variant variant;

static const struct {
	const char *commit;
	bool *flag;
} changes[] __initconst = {
	{ "1b5576e", &variant.page0_is_ram },
	{ "499a5f1", &variant.fixmap_rounded },
	{ "e621bd1", &variant.old_vmalloc },
	{ "f361a45", &variant.last_pfn_cut },
	{ "4cfee88", &variant.zones_with_holes },
	{ "0e0b864", &variant.zones_with_memmap },
	{ "ba56e91", &variant.small_batches },
};

static bool __init set_before(const char *commit)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++)
		if (!strcmp(commit, changes[i].commit)) {
			*changes[i].flag = true;
			return true;
		}
	return false;
}

/**
 * before_setup - memdawn.before=COMMIT,...: count as Linux did before these commits
 * @val: the value, or NULL
 *
 * Return: 0, or -1 for a commit that isn't known.
 */
int __init before_setup(char *val)
{
	char *comma, *commit;
	bool known;

	for (commit = val; commit; commit = comma ? comma + 1 : NULL) {
		comma = strchr(commit, ',');
		if (comma)
			*comma = '\0';
		known = set_before(commit);
		if (comma)
			*comma = ',';
		if (!known)
			return -1;
	}
	layout_update();
	return val ? 0 : -1;
}

/**
 * highmem_config_setup - memdawn.highmem=4G|64G: CONFIG_HIGHMEM4G or CONFIG_HIGHMEM64G
 * @val: the value, or NULL
 *
 * 4G: memory ends at 4 GiB, pkmap has 1024 pages and begins at a multiple of 4 MiB. The page
 * tables stay those of PAE, and kmap() uses 512 of the windows.
 *
 * Return: 0, or -1 for another value.
 */
int __init highmem_config_setup(char *val)
{
	if (!val || (strcmp(val, "4G") && strcmp(val, "64G")))
		return -1;
	variant.highmem4g = !strcmp(val, "4G");
	layout_update();
	return 0;
}

/* param_number() for an unsigned variable. */
static int __init set_number(const char *val, int least, int most, unsigned int *number)
{
	int n;

	if (param_number(val, least, most, &n))
		return -1;
	*number = n;
	return 0;
}

/**
 * fixmap_setup - memdawn.fixmap=PAGES: permanent fixed pages, ours (25) to 2048
 * @val: the value, or NULL
 *
 * More of them, as with more CPUs or an I/O APIC, move pkmap and the end of vmalloc down, and with
 * them the limit of low memory. The 25 pages in use stay where they are.
 *
 * Return: 0, or -1 for another value.
 */
int __init fixmap_setup(char *val)
{
	if (set_number(val, __end_of_permanent_fixed_addresses, MOST_FIXMAP_PAGES,
		       &variant.fixmap_pages))
		return -1;
	layout_update();
	return 0;
}

/**
 * struct_page_setup - memdawn.struct_page=BYTES: the size of struct page, ours (32) to 64
 * @val: the value, or NULL
 *
 * mem_map gets that much room, and the zones are charged for it; the 32 bytes in use stay 32.
 *
 * Return: 0, or -1 for another value.
 */
int __init struct_page_setup(char *val)
{
	return set_number(val, 32, MOST_STRUCT_PAGE, &variant.struct_page_size);
}
