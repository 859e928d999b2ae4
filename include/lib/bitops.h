/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single bits of bitmaps, and searching for bits in one word.
 *
 * A bitmap is an array of unsigned long; bit nr is bit nr % 32 of word nr / 32. The functions with
 * leading underscores are not indivisible for interrupts. None checks nr against the bitmap's size.
 *
 * Linux: arch/x86/include/asm/bitops.h, include/linux/log2.h, v2.6.34, built for one CPU.
 */
#ifndef LIB_BITOPS_H
#define LIB_BITOPS_H

#include <lib/types.h>

#define BIT(nr)			(1UL << (nr))
#define BIT_MASK(nr)		(1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)		((nr) / BITS_PER_LONG)
#define BITS_TO_LONGS(nr)	(((nr) + BITS_PER_LONG - 1) / BITS_PER_LONG)

static inline bool test_bit(unsigned long nr, const unsigned long *addr)
{
	return (addr[BIT_WORD(nr)] >> (nr % BITS_PER_LONG)) & 1;
}

static inline void __set_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

/* Number of the lowest set bit, 0 to 31. word must not be 0. */
static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

/* Number of the highest set bit, 0 to 31. word must not be 0. */
static inline unsigned long __fls(unsigned long word)
{
	return BITS_PER_LONG - 1 - __builtin_clzl(word);
}

/* One more than the number of the lowest set bit; 0 when no bit is set. */
static inline int ffs(int x)
{
	return x ? __builtin_ctz(x) + 1 : 0;
}

/* One more than the number of the highest set bit; 0 when no bit is set. */
static inline int fls(int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

/* fls() for 64 bits: 0 to 64. */
static inline int fls64(u64 x)
{
	u32 high = x >> 32;

	return high ? fls(high) + 32 : fls((u32)x);
}

/* Number of set bits. */
static inline unsigned int hweight32(u32 w)
{
	/* Neighbouring bits are added, then pairs of bits, then half bytes; at last all bytes. */
	w = (w & 0x55555555) + (w >> 1 & 0x55555555);
	w = (w & 0x33333333) + (w >> 2 & 0x33333333);
	w = (w & 0x0f0f0f0f) + (w >> 4 & 0x0f0f0f0f);
	return w * 0x01010101 >> 24;
}

static inline unsigned int hweight_long(unsigned long w)
{
	return hweight32(w);
}

/* Logarithm to base 2 of a 32- or 64-bit n, rounded down; -1 for 0. */
#define ilog2(n)		(fls64(n) - 1)

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* The smallest power of two >= n. n: 1 to 2^31. */
static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return 1UL << fls(n - 1);
}

/* The largest power of two <= n. n: at least 1. */
static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1UL << __fls(n);
}

#endif /* LIB_BITOPS_H */
