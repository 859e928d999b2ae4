// SPDX-License-Identifier: GPL-2.0-only
/* Values of command line parameters: numbers with suffixes, lists of numbers. */
#include <lib/cmdline.h>
#include <lib/vsprintf.h>

/**
 * unit_shift - the amount that a unit's letter stands for
 * @c: K, M or G in either case
 *
 * Return: the power of two: 10, 20 or 30; 0 for any other character.
 */
unsigned int unit_shift(char c)
{
	switch (c | 0x20) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	default:
		return 0;
	}
}

/**
 * memparse - read an amount of memory
 * @ptr: a number as simple_strtoull() reads it with base 0, and a suffix: K, M or G in either case,
 *	or none
 * @retptr: receives the address of the first character after number and suffix; may be NULL
 *
 * Text without a number counts as 0; *@retptr is @ptr then, unless there is a suffix. What exceeds
 * 64 bits is lost without notice, as in Linux; callers that care compare before use.
 *
 * Return: the number times 1, 2^10, 2^20 or 2^30.
 * Linux: lib/cmdline.c:memparse, v2.6.34.
 */
unsigned long long memparse(const char *ptr, char **retptr)
{
	char *end;
	unsigned long long value = simple_strtoull(ptr, &end, 0);
	unsigned int shift = unit_shift(*end);

	if (shift)
		end++;
	if (retptr)
		*retptr = end;
	return value << shift;
}

/**
 * get_option - read one number of a list of numbers
 * @str: the address of the text's address, which is moved after the number and a comma
 * @pint: receives the number
 *
 * Return: 0 when there is no number, 1 for a number, 2 for a number and a comma, 3 for a number
 * before a hyphen, on which *@str is left.
 * Linux: lib/cmdline.c:get_option, v2.6.34.
 */
int get_option(char **str, int *pint)
{
	char *start = *str;

	if (!start || !*start)
		return 0;
	*pint = simple_strtol(start, str, 0);
	if (*str == start)
		return 0;
	if (**str == ',') {
		(*str)++;
		return 2;
	}
	return **str == '-' ? 3 : 1;
}
