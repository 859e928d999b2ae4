/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arithmetic on sizes and addresses, and the few macros that everything uses.
 *
 * Linux: include/linux/kernel.h, v2.6.34. Each macro evaluates each of its arguments once, except
 * the round_*, ALIGN, DIV_ROUND_UP and roundup family, which is usable in constant expressions.
 */
#ifndef LIB_KERNEL_H
#define LIB_KERNEL_H

#include <lib/compiler.h>
#include <lib/types.h>

#define ARRAY_SIZE(arr)		(sizeof(arr) / sizeof((arr)[0]))

/* The build fails, and says cond, when the constant expression cond is true. */
#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), "BUILD_BUG_ON: " #cond)

/* The smaller or larger of two values of one type; with two types the compiler complains. */
#define min(x, y) ({			\
	__typeof__(x) _min1 = (x);	\
	__typeof__(y) _min2 = (y);	\
	(void)(&_min1 == &_min2);	\
	_min1 < _min2 ? _min1 : _min2; })

#define max(x, y) ({			\
	__typeof__(x) _max1 = (x);	\
	__typeof__(y) _max2 = (y);	\
	(void)(&_max1 == &_max2);	\
	_max1 > _max2 ? _max1 : _max2; })

/* The same after both values have been converted to type. */
#define min_t(type, x, y) ({		\
	type _mint1 = (x);		\
	type _mint2 = (y);		\
	_mint1 < _mint2 ? _mint1 : _mint2; })

#define max_t(type, x, y) ({		\
	type _maxt1 = (x);		\
	type _maxt2 = (y);		\
	_maxt1 > _maxt2 ? _maxt1 : _maxt2; })

#define swap(a, b) do {			\
	__typeof__(a) _swap = (a);	\
	(a) = (b);			\
	(b) = _swap;			\
} while (0)

/*
 * Up or down to a multiple of y, a power of two. y is widened to x's type first, so that no bits of
 * a 64-bit x are lost in a 32-bit mask. Up wraps to 0 when the next multiple does not fit x's type.
 */
#define __round_mask(x, y)	((__typeof__(x))(y) - 1)
#define round_up(x, y)		((((x) - 1) | __round_mask(x, y)) + 1)
#define round_down(x, y)	((x) & ~__round_mask(x, y))
#define ALIGN(x, a)		(((x) + __round_mask(x, a)) & ~__round_mask(x, a))
#define IS_ALIGNED(x, a)	(((x) & __round_mask(x, a)) == 0)

/* The same for any divisor, on 32-bit values only: 64-bit division is in lib/math64.h. */
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define roundup(x, y)		((((x) + ((y) - 1)) / (y)) * (y))

/* The object of the given type of which ptr is the address of a member. */
#define container_of(ptr, type, member) ({				\
	const __typeof__(((type *)0)->member) *_member = (ptr);		\
	(type *)((char *)_member - offsetof(type, member)); })

#endif /* LIB_KERNEL_H */
