// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers to text and text to numbers, with the results of Linux 2.6.34's lib/vsprintf.c.
 *
 * A conversion is % flags width . precision length letter:
 *	flags		- + space # 0
 *	width		digits or * (an int; negative: its amount, to the left)
 *	precision	digits or * (an int; negative counts as 0)
 *	length		hh h l ll L z Z t
 *	letter		d i u x X o c s p %
 * Where Linux departs from C, so does this file: `#` puts 0x before 0 too; the 0 flag pads in spite
 * of a precision; a 0 with precision 0 prints one 0; %s of an address in the first page and %p of
 * NULL print (null); %p prints 8 hexadecimal digits and swallows the letters and digits after it;
 * a conversion that is not known prints a % and its letter. Two things are left out: Linux's
 * extended pointer formats, and %n. %zd prints negative values as such.
 *
 * No state, no allocation: may be called from the first C instruction on.
 */
#include <lib/ctype.h>
#include <lib/math64.h>
#include <lib/string.h>
#include <lib/vsprintf.h>

/* Strings at addresses below this (NULL, and members of a structure at NULL) print as (null). */
#define NULL_PAGE_SIZE	4096

/* Octal digits of a u64. */
#define MAX_DIGITS	22

#define FLAG_ZEROPAD	0x01	/* 0 */
#define FLAG_LEFT	0x02	/* - */
#define FLAG_PLUS	0x04	/* + */
#define FLAG_SPACE	0x08	/* space */
#define FLAG_SPECIAL	0x10	/* # */
#define FLAG_SIGNED	0x20	/* letter d or i */
#define FLAG_LOWER	0x40	/* hexadecimal digits and the x of 0x in lower case */

/* Where text goes: length counts all of it, the first size - 1 characters of it are stored. */
struct sink {
	char *buf;
	size_t size;
	size_t length;
};

/* One conversion; precision -1: none. */
struct spec {
	unsigned int flags;
	int width;
	int precision;
	char qualifier;		/* 0, or the length: H (hh) h l L (ll) z t */
	char letter;
	unsigned int base;
};

/* A va_list that functions can share by its address, whatever type it has. */
struct arguments {
	va_list list;
};

static void put_char(struct sink *out, char c)
{
	if (out->length < out->size)
		out->buf[out->length] = c;
	out->length++;
}

static void put_repeated(struct sink *out, char c, int times)
{
	while (times-- > 0)
		put_char(out, c);
}

static void put_text(struct sink *out, const char *text, int len)
{
	while (len-- > 0)
		put_char(out, *text++);
}

/* The digits of num, last digit first. Returns how many: at least one. */
static int reversed_digits(char *digits, u64 num, const struct spec *spec)
{
	const char *alphabet = spec->flags & FLAG_LOWER ? "0123456789abcdef" : "0123456789ABCDEF";
	int count = 0;

	do {
		digits[count++] = alphabet[do_div(num, spec->base)];
	} while (num);
	return count;
}

/* [width's spaces] sign or prefix [width's zeros] [precision's zeros] digits [width's spaces] */
static void put_number(struct sink *out, u64 num, const struct spec *spec)
{
	bool hex_prefix = (spec->flags & FLAG_SPECIAL) && spec->base == 16;
	bool octal_prefix = (spec->flags & FLAG_SPECIAL) && spec->base == 8;
	bool left = spec->flags & FLAG_LEFT;
	bool zeros = !left && (spec->flags & FLAG_ZEROPAD);
	char digits[MAX_DIGITS];
	char sign = 0;
	int count, precision, pad;

	if (spec->flags & FLAG_SIGNED) {
		if ((s64)num < 0) {
			sign = '-';
			num = -num;
		} else if (spec->flags & FLAG_PLUS) {
			sign = '+';
		} else if (spec->flags & FLAG_SPACE) {
			sign = ' ';
		}
	}
	count = reversed_digits(digits, num, spec);
	precision = spec->precision > count ? spec->precision : count;
	pad = spec->width - precision - !!sign - 2 * hex_prefix - octal_prefix;

	if (!left && !zeros)
		put_repeated(out, ' ', pad);
	if (sign)
		put_char(out, sign);
	if (hex_prefix)
		put_text(out, spec->flags & FLAG_LOWER ? "0x" : "0X", 2);
	if (octal_prefix)
		put_char(out, '0');
	if (zeros)
		put_repeated(out, '0', pad);
	put_repeated(out, '0', precision - count);
	while (count)
		put_char(out, digits[--count]);
	if (left)
		put_repeated(out, ' ', pad);
}

static void put_string(struct sink *out, const char *s, const struct spec *spec)
{
	int len;

	if ((uintptr_t)s < NULL_PAGE_SIZE)
		s = "(null)";
	len = strnlen(s, spec->precision < 0 ? INT_MAX : spec->precision);

	if (!(spec->flags & FLAG_LEFT))
		put_repeated(out, ' ', spec->width - len);
	put_text(out, s, len);
	if (spec->flags & FLAG_LEFT)
		put_repeated(out, ' ', spec->width - len);
}

static void put_character(struct sink *out, char c, const struct spec *spec)
{
	if (!(spec->flags & FLAG_LEFT))
		put_repeated(out, ' ', spec->width - 1);
	put_char(out, c);
	if (spec->flags & FLAG_LEFT)
		put_repeated(out, ' ', spec->width - 1);
}

static void put_pointer(struct sink *out, const void *ptr, struct spec *spec)
{
	if (!ptr) {
		put_string(out, NULL, spec);
		return;
	}
	if (spec->width < 0) {
		spec->width = 2 * sizeof(void *);
		spec->flags |= FLAG_ZEROPAD;
	}
	spec->flags |= FLAG_LOWER;
	spec->base = 16;
	put_number(out, (uintptr_t)ptr, spec);
}

/* Digits at *fmt, or the next argument where a * stands there; -1 where neither does. */
static int parse_amount(const char **fmt, struct arguments *args)
{
	int amount = 0;

	if (**fmt == '*') {
		(*fmt)++;
		return va_arg(args->list, int);
	}
	if (!isdigit(**fmt))
		return -1;
	while (isdigit(**fmt))
		amount = amount * 10 + *(*fmt)++ - '0';
	return amount;
}

static const char *parse_flags(const char *fmt, unsigned int *flags)
{
	static const char letters[] = "0-+ #";
	const char *letter;

	*flags = 0;
	while (*fmt && (letter = strchr(letters, *fmt))) {
		*flags |= 1U << (letter - letters);
		fmt++;
	}
	return fmt;
}

static const char *parse_qualifier(const char *fmt, char *qualifier)
{
	*qualifier = 0;
	if (!*fmt || !strchr("hlLzZt", *fmt))
		return fmt;
	*qualifier = *fmt == 'Z' ? 'z' : *fmt;
	fmt++;
	if ((*qualifier == 'h' || *qualifier == 'l') && *fmt == *qualifier) {
		*qualifier = *qualifier == 'h' ? 'H' : 'L';
		fmt++;
	}
	return fmt;
}

/*
 * Reads a conversion, starting after its %. Returns the address after its letter, or that of the
 * string's end.
 */
static const char *parse_spec(const char *fmt, struct spec *spec, struct arguments *args)
{
	bool star;

	fmt = parse_flags(fmt, &spec->flags);
	star = *fmt == '*';
	spec->width = parse_amount(&fmt, args);
	if (star && spec->width < 0) {
		spec->width = -spec->width;
		spec->flags |= FLAG_LEFT;
	}

	spec->precision = -1;
	if (*fmt == '.') {
		fmt++;
		star = *fmt == '*';
		spec->precision = parse_amount(&fmt, args);
		if (star && spec->precision < 0)
			spec->precision = 0;
	}

	fmt = parse_qualifier(fmt, &spec->qualifier);
	spec->letter = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

/* The next argument, of the conversion's length, extended to 64 bits by its sign or by zeros. */
static u64 integer_argument(struct arguments *args, const struct spec *spec)
{
	bool is_signed = spec->flags & FLAG_SIGNED;
	u32 word;

	if (spec->qualifier == 'L')
		return va_arg(args->list, u64);

	word = va_arg(args->list, u32);
	if (spec->qualifier == 'H')
		word = is_signed ? (u32)(s8)word : (u8)word;
	else if (spec->qualifier == 'h')
		word = is_signed ? (u32)(s16)word : (u16)word;
	return is_signed ? (u64)(s32)word : word;
}

/* Prints one conversion whose letter means a number; false for any other letter. */
static bool put_integer(struct sink *out, struct arguments *args, struct spec *spec)
{
	switch (spec->letter) {
	case 'd':
	case 'i':
		spec->flags |= FLAG_SIGNED;
		spec->base = 10;
		break;
	case 'u':
		spec->base = 10;
		break;
	case 'x':
		spec->flags |= FLAG_LOWER;
		spec->base = 16;
		break;
	case 'X':
		spec->base = 16;
		break;
	case 'o':
		spec->base = 8;
		break;
	default:
		return false;
	}
	put_number(out, integer_argument(args, spec), spec);
	return true;
}

/* Prints the conversion that follows a %. Returns the address after it. */
static const char *put_conversion(struct sink *out, const char *fmt, struct arguments *args)
{
	struct spec spec;

	fmt = parse_spec(fmt, &spec, args);
	switch (spec.letter) {
	case 'c':
		put_character(out, va_arg(args->list, int), &spec);
		break;
	case 's':
		put_string(out, va_arg(args->list, const char *), &spec);
		break;
	case 'p':
		put_pointer(out, va_arg(args->list, void *), &spec);
		while (isalnum(*fmt))
			fmt++;
		break;
	case '\0':
	case '%':
		put_char(out, '%');
		break;
	default:
		if (!put_integer(out, args, &spec)) {
			put_char(out, '%');
			put_char(out, spec.letter);
		}
	}
	return fmt;
}

/**
 * vsnprintf - print into a buffer of known size, arguments in a list
 * @buf: the buffer
 * @size: bytes at @buf, 0 to INT_MAX; more than that prints nothing and returns 0. With 0 nothing
 *	is written, otherwise a 0 byte always ends the text
 * @fmt: the text and its conversions, see the beginning of this file
 * @args: the conversions' values
 *
 * Return: the length of the whole text; it was cut when that is >= @size.
 * Linux: lib/vsprintf.c:vsnprintf, v2.6.34; the differences stand at the beginning of this file.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct sink out = { .buf = buf, .size = size };
	struct arguments arguments;

	if (size > INT_MAX)
		return 0;

	va_copy(arguments.list, args);
	while (*fmt) {
		if (*fmt == '%')
			fmt = put_conversion(&out, fmt + 1, &arguments);
		else
			put_char(&out, *fmt++);
	}
	va_end(arguments.list);

	if (size)
		buf[out.length < size ? out.length : size - 1] = '\0';
	return out.length;
}

/**
 * vscnprintf - print into a buffer of known size, arguments in a list
 * @buf: the buffer
 * @size: bytes at @buf, 0 to INT_MAX
 * @fmt: as for vsnprintf()
 * @args: the conversions' values
 *
 * Return: the length of the text that is now in @buf, at most @size - 1; 0 for a @size of 0.
 * Linux: lib/vsprintf.c:vscnprintf, v2.6.34; there the result for a @size of 0 is -1.
 */
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	size_t len = vsnprintf(buf, size, fmt, args);

	if (len < size)
		return len;
	return size ? size - 1 : 0;
}

/**
 * snprintf - print into a buffer of known size
 * @buf: the buffer
 * @size: bytes at @buf, 0 to INT_MAX
 * @fmt: as for vsnprintf()
 *
 * Return: as vsnprintf(): the length of the whole text.
 * Linux: lib/vsprintf.c:snprintf, v2.6.34.
 */
int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

/**
 * sprintf - print into a buffer that is known to be large enough
 * @buf: the buffer
 * @fmt: as for vsnprintf()
 *
 * Return: the length of the text.
 * Linux: lib/vsprintf.c:sprintf, v2.6.34.
 */
int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, INT_MAX, fmt, args);
	va_end(args);
	return len;
}

/* What base 0 means for this text: 0x and a digit 16, another 0 8, anything else 10. */
static unsigned int guess_base(const char *cp)
{
	if (cp[0] != '0')
		return 10;
	return (cp[1] | 0x20) == 'x' && isxdigit(cp[2]) ? 16 : 8;
}

/**
 * simple_strtoull - read an unsigned number of up to 64 bits
 * @cp: the text; no white space or sign is skipped
 * @endp: receives the address of the first character that is no digit; may be NULL
 * @base: 2 to 16, or 0: 16 after 0x, 8 after another 0, else 10. With 16, 0x is skipped
 *
 * Higher digits than 64 bits hold are lost without notice, as in Linux.
 *
 * Return: the number; 0 when there is no digit.
 * Linux: lib/vsprintf.c:simple_strtoull, v2.6.34.
 */
unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base)
{
	unsigned long long value = 0;

	if (!base)
		base = guess_base(cp);
	if (base == 16 && cp[0] == '0' && (cp[1] | 0x20) == 'x')
		cp += 2;
	for (; digit_value(*cp) < base; cp++)
		value = value * base + digit_value(*cp);
	if (endp)
		*endp = (char *)cp;
	return value;
}

/**
 * simple_strtoul - read an unsigned number of up to 32 bits
 * @cp: the text
 * @endp: as for simple_strtoull()
 * @base: as for simple_strtoull()
 *
 * Return: the number's low 32 bits.
 * Linux: lib/vsprintf.c:simple_strtoul, v2.6.34.
 */
unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)
{
	return simple_strtoull(cp, endp, base);
}

/**
 * simple_strtol - read a signed number of up to 32 bits
 * @cp: the text; a - may stand before the number
 * @endp: as for simple_strtoull()
 * @base: as for simple_strtoull()
 *
 * Return: the number's low 32 bits.
 * Linux: lib/vsprintf.c:simple_strtol, v2.6.34.
 */
long simple_strtol(const char *cp, char **endp, unsigned int base)
{
	if (*cp == '-')
		return -simple_strtoul(cp + 1, endp, base);
	return simple_strtoul(cp, endp, base);
}
