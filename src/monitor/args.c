// SPDX-License-Identifier: GPL-2.0-only
/* What a command's arguments mean. */
#include <kernel/resource.h>
#include <lib/cmdline.h>
#include <lib/ctype.h>
#include <lib/types.h>
#include <mm/mmzone.h>
#include <monitor/command.h>

/**
 * parse_u64 - a number, an address or a size
 * @s: decimal or, after 0x, hexadecimal digits, then K, M or G or nothing
 * @value: set when the number is well formed
 *
 * Return: false when @s is no such number, or one that may not fit (2^60 times its base).
 */
bool parse_u64(const char *s, u64 *value)
{
	unsigned int base = 10;
	unsigned int shift;
	u64 sum = 0;

	if (s[0] == '0' && tolower(s[1]) == 'x') {
		base = 16;
		s += 2;
	}
	if (digit_value(*s) >= base)
		return false;
	for (; digit_value(*s) < base; s++) {
		if (sum >> 60)
			return false;
		sum = sum * base + digit_value(*s);
	}
	if (*s) {
		shift = unit_shift(*s);
		if (!shift || s[1] || sum >> (64 - shift))
			return false;
		sum <<= shift;
	}
	*value = sum;
	return true;
}

/**
 * parse_ulong - a number of 32 bits
 * @s: as for parse_u64()
 * @value: set when the number is well formed
 *
 * Return: false when @s is no such number, or one beyond 32 bits.
 */
bool parse_ulong(const char *s, unsigned long *value)
{
	u64 wide;

	if (!parse_u64(s, &wide) || wide > ULONG_MAX)
		return false;
	*value = wide;
	return true;
}

/**
 * ram_page - the struct page of a page frame that is RAM
 * @m: where the message goes if it is not
 * @pfn: page frame number of any size
 *
 * Return: the page, or NULL after a message.
 */
struct page *ram_page(struct seq_file *m, u64 pfn)
{
	if (pfn <= ULONG_MAX && pfn_valid(pfn) && page_is_ram((unsigned long)pfn))
		return pfn_to_page((unsigned long)pfn);
	seq_printf(m, "page frame %llu is no RAM: mem_map has %lu to %lu, iomem says which are RAM\n",
		   pfn, mem_map_first_pfn, mem_map_end_pfn() - 1);
	return NULL;
}
