/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Short names for what gcc and clang say with attributes.
 *
 * Linux: include/linux/compiler.h and compiler-gcc.h, v2.6.34; but __section() takes a string.
 */
#ifndef LIB_COMPILER_H
#define LIB_COMPILER_H

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)

#undef __always_inline
#define __always_inline		inline __attribute__((__always_inline__))
#define noinline		__attribute__((__noinline__))
#define __noreturn		__attribute__((__noreturn__))
#define __cold			__attribute__((__cold__))

/* Called from assembly with its arguments on the stack. */
#define asmlinkage		__attribute__((__regparm__(0)))

#define __packed		__attribute__((__packed__))
#define __aligned(x)		__attribute__((__aligned__(x)))
#define __section(name)		__attribute__((__section__(name)))
#define __weak			__attribute__((__weak__))

/*
 * The format string is argument number fmt, the first value it names number first (0: a va_list).
 */
#define __printf(fmt, first)	__attribute__((__format__(__printf__, fmt, first)))

/* The compiler carries no value of memory across this point and moves no access over it. */
#define barrier()		__asm__ __volatile__("" : : : "memory")

#endif /* LIB_COMPILER_H */
