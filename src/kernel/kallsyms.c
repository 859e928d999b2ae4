// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an address to the function it lies in. The table is made from the linked image
 * and linked into it, which moves what lies after the read-only data; so the image is
 * linked three times, see scripts/build/gen-kallsyms:
 *
 *	kallsyms_addresses	c1000000   c1000a40   c1000b10   ...   sorted
 *	kallsyms_offsets	0          16         28         ...
 *	kallsyms_names		high_half\0...        bad_area\0
 *
 * Linux: kernel/kallsyms.c and scripts/kallsyms.c, v2.6.34, with compressed names.
 */
#include <kernel/kallsyms.h>
#include <lib/vsprintf.h>

/**
 * kallsyms_lookup - find the function that an address lies in
 * @addr: any
 * @size: set to the bytes from the function's start to the next one's
 * @offset: set to the bytes from the function's start to @addr
 *
 * Return: the function's name, or NULL where @addr is in none, or the image has no table.
 *
 * Linux: kernel/kallsyms.c:kallsyms_lookup, v2.6.34.
 */
const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset)
{
	unsigned int low = 0, high;
	const char *name;

	if (!&kallsyms_num_syms || addr < kallsyms_addresses[0])
		return NULL;
	/* addresses[low] <= addr < addresses[high]; the last entry is an end. */
	high = kallsyms_num_syms;
	while (high - low > 1) {
		unsigned int mid = (low + high) / 2;

		if (kallsyms_addresses[mid] <= addr)
			low = mid;
		else
			high = mid;
	}
	name = kallsyms_names + kallsyms_offsets[low];
	if (!*name)
		return NULL;
	*size = kallsyms_addresses[low + 1] - kallsyms_addresses[low];
	*offset = addr - kallsyms_addresses[low];
	return name;
}

/**
 * sprint_symbol - an address as text: "name+0xoffset/0xsize", or in hexadecimal digits
 * @buf: has KSYM_SYMBOL_LEN bytes
 * @addr: any
 *
 * Return: the text's length.
 *
 * Linux: kernel/kallsyms.c:sprint_symbol, v2.6.34.
 */
int sprint_symbol(char *buf, unsigned long addr)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(addr, &size, &offset);

	if (!name)
		return sprintf(buf, "0x%lx", addr);
	return sprintf(buf, "%s+0x%lx/0x%lx", name, offset, size);
}

/**
 * symbol_text - an address as sprint_symbol() prints it, for a message
 * @addr: any; usually who has called
 *
 * Return: the text, good until the next call.
 */
const char *symbol_text(const void *addr)
{
	static char text[KSYM_SYMBOL_LEN];

	sprint_symbol(text, (unsigned long)addr);
	return text;
}

/**
 * sprint_backtrace - a return address as text
 * @buf: has KSYM_SYMBOL_LEN bytes
 * @addr: where a call returns to, or would: after a call of a function that never returns, the
 *	next function may begin
 *
 * Return: the text's length.
 *
 * Linux: kernel/kallsyms.c:sprint_backtrace, v3.0.
 */
int sprint_backtrace(char *buf, unsigned long addr)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(addr - 1, &size, &offset);

	if (!name)
		return sprintf(buf, "0x%lx", addr);
	return sprintf(buf, "%s+0x%lx/0x%lx", name, offset + 1, size);
}
