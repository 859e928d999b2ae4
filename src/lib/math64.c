// SPDX-License-Identifier: GPL-2.0-only
/* 64 by 64 bit division. */
#include <lib/bitops.h>
#include <lib/math64.h>

/**
 * div64_u64 - divide 64 by 64 bits
 * @dividend: any value
 * @divisor: at least 1; 0 raises a divide error
 *
 * A divisor of more than 32 bits is shifted down to 32, and the dividend with it. The quotient of
 * the two is then right or one too large: the bits that the divisor lost could only have made it
 * smaller.
 *
 * Return: the quotient, rounded down.
 * Linux: lib/div64.c:div64_u64, v2.6.34; there large divisors give a quotient that can be one off.
 */
u64 div64_u64(u64 dividend, u64 divisor)
{
	u32 high = divisor >> 32;
	unsigned int shift = fls(high);
	u64 quotient;

	if (!high)
		return div_u64(dividend, divisor);

	quotient = div_u64(dividend >> shift, divisor >> shift);
	if (quotient)
		quotient--;
	if (dividend - quotient * divisor >= divisor)
		quotient++;
	return quotient;
}
