/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The basic types. i386: int, long and pointers are 32 bits wide, physical addresses 64 (PAE).
 * The host tests are built with -m32, so that the same widths hold there.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef unsigned char		u8;
typedef unsigned short		u16;
typedef unsigned int		u32;
typedef unsigned long long	u64;
typedef signed char		s8;
typedef signed short		s16;
typedef signed int		s32;
typedef signed long long	s64;

typedef __UINTPTR_TYPE__	uintptr_t;
typedef int			ssize_t;

/* A physical address or a size in bytes of physical memory. Widen to this before shifting a pfn. */
typedef u64			phys_addr_t;
typedef u64			resource_size_t;

/* Flags of an allocation (GFP_*). */
typedef unsigned int		gfp_t;

#ifndef INT_MAX
#define INT_MAX			__INT_MAX__
#define UINT_MAX		(~0U)
#define ULONG_MAX		(~0UL)
#endif
#ifndef ULLONG_MAX
#define ULLONG_MAX		(~0ULL)
#endif

#define BITS_PER_BYTE		8
#define BITS_PER_LONG		32

_Static_assert(sizeof(long) * BITS_PER_BYTE == BITS_PER_LONG, "memdawn is built for i386 (-m32)");
_Static_assert(sizeof(u64) == 8 && sizeof(void *) == 4, "i386 type widths");

#endif /* LIB_TYPES_H */
