/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory and string functions; documented in src/lib/string.c. */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <lib/types.h>

void *memcpy(void *dest, const void *src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *s1, const void *s2, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t maxlen);
int strcmp(const char *s1, const char *s2);
int strncmp(const char *s1, const char *s2, size_t n);
char *strcpy(char *dest, const char *src);
size_t strlcpy(char *dest, const char *src, size_t size);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *find);
char *skip_spaces(const char *s);

#endif /* LIB_STRING_H */
