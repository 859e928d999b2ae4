// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory and string functions.
 *
 * The compiler calls memcpy, memmove, memset and memcmp on its own account, so these four must
 * exist under these names. All run anywhere: no state, no allocation, any i386 CPU.
 *
 * The block functions use string instructions: a repetition counts as one instruction and moves
 * four bytes. The direction flag is clear on entry and on return, as the calling convention has it;
 * memmove() sets it in between, so that interrupt entry must clear it.
 */
#include <lib/ctype.h>
#include <lib/string.h>

/**
 * memcpy - copy memory
 * @dest: where to; must not overlap @src's @n bytes
 * @src: where from
 * @n: bytes
 *
 * Return: @dest.
 * Linux: arch/x86/include/asm/string_32.h:__memcpy, v2.6.34.
 */
void *memcpy(void *dest, const void *src, size_t n)
{
	void *to = dest;
	size_t count = n / 4;

	__asm__ __volatile__("rep movsl\n\t"
			     "movl %3, %0\n\t"
			     "rep movsb"
			     : "+c"(count), "+D"(to), "+S"(src)
			     : "r"(n % 4)
			     : "memory");
	return dest;
}

/**
 * memmove - copy memory whose source and destination may overlap
 * @dest: where to
 * @src: where from
 * @n: bytes
 *
 * Where a copy from the first byte on would overwrite source bytes before they are read, it goes
 * from the last byte down: first the odd bytes after the last whole word, then the words.
 *
 * Return: @dest.
 * Linux: arch/x86/lib/memcpy_32.c:memmove, v2.6.34; words instead of bytes on the way down.
 */
void *memmove(void *dest, const void *src, size_t n)
{
	char *to;
	const char *from;
	size_t count = n % 4;

	if ((uintptr_t)dest - (uintptr_t)src >= n)
		return memcpy(dest, src, n);

	to = (char *)dest + n - 1;
	from = (const char *)src + n - 1;
	__asm__ __volatile__("std\n\t"
			     "rep movsb\n\t"
			     "subl $3, %%esi\n\t"
			     "subl $3, %%edi\n\t"
			     "movl %3, %0\n\t"
			     "rep movsl\n\t"
			     "cld"
			     : "+c"(count), "+D"(to), "+S"(from)
			     : "r"(n / 4)
			     : "memory", "cc");
	return dest;
}

/**
 * memset - fill memory with one byte value
 * @s: what to fill
 * @c: the value; its low 8 bits count
 * @n: bytes
 *
 * Return: @s.
 * Linux: arch/x86/include/asm/string_32.h:memset, v2.6.34.
 */
void *memset(void *s, int c, size_t n)
{
	void *to = s;
	size_t count = n / 4;

	__asm__ __volatile__("rep stosl\n\t"
			     "movl %3, %0\n\t"
			     "rep stosb"
			     : "+c"(count), "+D"(to)
			     : "a"((u8)c * 0x01010101U), "r"(n % 4)
			     : "memory");
	return s;
}

/**
 * memcmp - compare memory
 * @s1: one block
 * @s2: the other
 * @n: bytes
 *
 * Return: negative, 0 or positive as the first differing byte of @s1, unsigned, is below, is not
 * there, or is above that of @s2.
 * Linux: lib/string.c:memcmp, v2.6.34.
 */
int memcmp(const void *s1, const void *s2, size_t n)
{
	const u8 *a = s1, *b = s2;

	for (; n; n--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

/**
 * strlen - length of a string
 * @s: the string, ended by a 0 byte
 *
 * Return: bytes before the 0.
 * Linux: lib/string.c:strlen, v2.6.34.
 */
size_t strlen(const char *s)
{
	return strnlen(s, ~(size_t)0);
}

/**
 * strnlen - length of a string in a buffer
 * @s: the buffer; need not hold a 0 byte
 * @maxlen: bytes that may be read
 *
 * Return: bytes before the 0, or @maxlen when none of the @maxlen bytes is 0.
 * Linux: lib/string.c:strnlen, v2.6.34.
 */
size_t strnlen(const char *s, size_t maxlen)
{
	size_t len = 0;

	while (len < maxlen && s[len])
		len++;
	return len;
}

/**
 * strcmp - which of two strings sorts first?
 * @s1: one string
 * @s2: the other
 *
 * Return: negative, 0 or positive as @s1 sorts before, is equal to, or sorts after @s2.
 * Linux: lib/string.c:strcmp, v2.6.34; there the result is -1, 0 or 1.
 */
int strcmp(const char *s1, const char *s2)
{
	return strncmp(s1, s2, ~(size_t)0);
}

/**
 * strncmp - compare the beginnings of two strings
 * @s1: one string
 * @s2: the other
 * @n: bytes that are compared at most
 *
 * Return: as strcmp(), for the first @n bytes.
 * Linux: lib/string.c:strncmp, v2.6.34; there the result is -1, 0 or 1.
 */
int strncmp(const char *s1, const char *s2, size_t n)
{
	for (; n; n--, s1++, s2++) {
		if (*s1 != *s2)
			return (u8)*s1 - (u8)*s2;
		if (!*s1)
			break;
	}
	return 0;
}

/**
 * strcpy - copy a string
 * @dest: where to: strlen(@src) + 1 bytes are written
 * @src: the string
 *
 * Return: @dest.
 * Linux: lib/string.c:strcpy, v2.6.34.
 */
char *strcpy(char *dest, const char *src)
{
	return memcpy(dest, src, strlen(src) + 1);
}

/**
 * strlcpy - copy a string into a buffer of known size
 * @dest: the buffer
 * @src: the string
 * @size: bytes at @dest; with 0 nothing is written
 *
 * What does not fit is cut off; @dest always gets its 0 byte.
 *
 * Return: strlen(@src); the copy was cut when that is >= @size.
 * Linux: lib/string.c:strlcpy, v2.6.34.
 */
size_t strlcpy(char *dest, const char *src, size_t size)
{
	size_t len = strlen(src);

	if (size) {
		size_t copied = len < size ? len : size - 1;

		memcpy(dest, src, copied);
		dest[copied] = '\0';
	}
	return len;
}

/**
 * strchr - find a character's first place in a string
 * @s: the string
 * @c: the character; 0 finds the string's end
 *
 * Return: its address, or NULL when it is not there.
 * Linux: lib/string.c:strchr, v2.6.34.
 */
char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

/**
 * strstr - find a string in a string
 * @s: the string that is searched
 * @find: the string that is looked for; the empty one is found at @s
 *
 * Return: the address of its first place, or NULL when it is not there.
 * Linux: lib/string.c:strstr, v2.6.34.
 */
char *strstr(const char *s, const char *find)
{
	size_t len = strlen(find);

	for (; strncmp(s, find, len); s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

/**
 * skip_spaces - step over white space
 * @s: a string
 *
 * Return: the address of the first character that isspace() denies.
 * Linux: lib/string.c:skip_spaces, v2.6.34.
 */
char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}
