/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 64-bit division without libgcc, by the CPU's 64 by 32 bit divl.
 *
 * A plain `/` or `%` on a u64 would call libgcc and fail to link; shifts and products are fine.
 */
#ifndef LIB_MATH64_H
#define LIB_MATH64_H

#include <lib/types.h>

/**
 * div_u64_rem - divide 64 by 32 bits, with remainder
 * @dividend: any value
 * @divisor: 1 to 2^32 - 1; 0 raises a divide error
 * @remainder: receives dividend modulo divisor
 *
 * The high half is divided first; its remainder is below the divisor, so that the second division,
 * of that remainder and the low half, has a quotient of 32 bits and cannot overflow.
 *
 * Return: the quotient, rounded down.
 * Linux: arch/x86/include/asm/div64.h:div_u64_rem, v2.6.34.
 */
static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	u32 high = dividend >> 32;
	u32 low = dividend;
	u32 high_quotient = 0;

	if (high >= divisor) {
		high_quotient = high / divisor;
		high %= divisor;
	}
	__asm__("divl %2" : "+a"(low), "+d"(high) : "rm"(divisor) : "cc");
	*remainder = high;
	return (u64)high_quotient << 32 | low;
}

/**
 * div_u64 - divide 64 by 32 bits
 * @dividend: any value
 * @divisor: 1 to 2^32 - 1
 *
 * Return: the quotient, rounded down.
 * Linux: include/linux/math64.h:div_u64, v2.6.34.
 */
static inline u64 div_u64(u64 dividend, u32 divisor)
{
	u32 remainder;

	return div_u64_rem(dividend, divisor, &remainder);
}

/**
 * do_div - divide a 64-bit variable in place
 * @n: a u64 lvalue; becomes the quotient
 * @base: 1 to 2^32 - 1
 *
 * Return: the remainder, a u32.
 * Linux: arch/x86/include/asm/div64.h:do_div, v2.6.34.
 */
#define do_div(n, base) ({					\
	u32 _do_div_rem;					\
	(n) = div_u64_rem((n), (base), &_do_div_rem);		\
	_do_div_rem; })

#endif /* LIB_MATH64_H */
