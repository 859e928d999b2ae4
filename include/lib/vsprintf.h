/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers to text and text to numbers; documented in src/lib/vsprintf.c. */
#ifndef LIB_VSPRINTF_H
#define LIB_VSPRINTF_H

#include <lib/cmdline.h>
#include <lib/compiler.h>
#include <lib/types.h>

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int sprintf(char *buf, const char *fmt, ...) __printf(2, 3);

unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base);
unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base);
long simple_strtol(const char *cp, char **endp, unsigned int base);

#endif /* LIB_VSPRINTF_H */
