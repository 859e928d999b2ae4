/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Classes of characters, for ISO 8859-1 as Linux has them: 0xa0 is a space, 0xc0 to 0xff but for
 * the multiplication and division signs are letters. Each function takes the character's low 8
 * bits, so that a plain, signed char may be given.
 *
 * Linux: include/linux/ctype.h and lib/ctype.c, v2.6.34; comparisons instead of a table.
 */
#ifndef LIB_CTYPE_H
#define LIB_CTYPE_H

#include <lib/types.h>

static inline int isdigit(int c)
{
	return (u8)(c - '0') < 10;
}

static inline int isupper(int c)
{
	u8 ch = c;

	return (ch >= 'A' && ch <= 'Z') || (ch >= 0xc0 && ch <= 0xde && ch != 0xd7);
}

static inline int islower(int c)
{
	u8 ch = c;

	return (ch >= 'a' && ch <= 'z') || (ch >= 0xdf && ch != 0xf7);
}

static inline int isalpha(int c)
{
	return isupper(c) || islower(c);
}

static inline int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

static inline int isxdigit(int c)
{
	return isdigit(c) || (u8)((c | 0x20) - 'a') < 6;
}

/* The value of a digit in any base up to 16; 16 for any other character. */
static inline unsigned int digit_value(int c)
{
	if (isdigit(c))
		return (u8)c - '0';
	return isxdigit(c) ? ((u8)c | 0x20) - 'a' + 10 : 16;
}

static inline int isspace(int c)
{
	u8 ch = c;

	return ch == ' ' || (ch >= '\t' && ch <= '\r') || ch == 0xa0;
}

static inline int isprint(int c)
{
	u8 ch = c;

	return (ch >= 0x20 && ch <= 0x7e) || ch >= 0xa0;
}

static inline int tolower(int c)
{
	return isupper(c) ? (u8)c + 0x20 : (u8)c;
}

#endif /* LIB_CTYPE_H */
