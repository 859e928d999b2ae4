// SPDX-License-Identifier: GPL-2.0-only
/*
 * Explanations: unpacked from the image's table, matched with a line, told with their numbers.
 *
 *	table --explain_unpack()--> entry, lines of text
 *	line of the log --explain_entry_matches()--> what the holes of a pattern stand for
 *	sentence --explain_sentence()--> the same with numbers, or nothing where one isn't known
 *
 * scripts/memdawn/explain and scripts/report/explain.js do the same in the same way, which a test
 * compares.
 */
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/math64.h>
#include <lib/string.h>
#include <lib/vsprintf.h>
#include <monitor/explain.h>

#define FIRST_TOKEN	0x80

/**
 * explain_unpack - an entry's text
 * @entry: its number, below explain_num_entries
 * @buf: of EXPLAIN_MAX_ENTRY characters; the table has no longer entry
 */
void explain_unpack(unsigned int entry, char *buf)
{
	const char *from = explain_text + explain_offsets[entry], *token;
	char *end = buf + EXPLAIN_MAX_ENTRY - 1;

	for (; *from && buf < end; from++) {
		if ((u8)*from < FIRST_TOKEN) {
			*buf++ = *from;
			continue;
		}
		token = explain_tokens + explain_token_offsets[(u8)*from - FIRST_TOKEN];
		while (*token && buf < end)
			*buf++ = *token++;
	}
	*buf = '\0';
}

static const char *line_end(const char *s)
{
	while (*s && *s != '\n')
		s++;
	return s;
}

/**
 * explain_part - the next part of this kind
 * @at: an entry, or what this function returned for it
 * @part: which
 * @length: its characters, without the letter and the newline
 *
 * Return: its first character, or NULL where there are no more.
 */
const char *explain_part(const char *at, enum explain_part part, size_t *length)
{
	bool first = *at == EXPLAIN_KIND;

	for (;;) {
		if (!first) {
			at = line_end(at);
			if (!*at)
				return NULL;
			at++;
		}
		first = false;
		if (*at == (char)part) {
			*length = line_end(at) - at - 1;
			return at + 1;
		}
	}
}

static bool is_name_char(char c)
{
	return isalnum(c) || c == '_';
}

/* A hole "<name>" or "<name:k>" at p. Returns its length, or 0 where there is none. */
static size_t parse_hole(const char *p, const char *end, struct explain_hole *hole, char *kind)
{
	const char *at = p + 1;

	hole->name = at;
	while (at < end && is_name_char(*at))
		at++;
	hole->name_length = at - hole->name;
	*kind = '\0';
	if (hole->name_length && end - at > 1 && *at == ':') {
		*kind = at[1];
		at += 2;
	}
	return hole->name_length && at < end && *at == '>' ? at + 1 - p : 0;
}

/* Digits at s become the hole's value. Returns their end, or NULL where there are none. */
static const char *read_number(const char *s, bool hex, struct explain_hole *hole)
{
	unsigned int base = hex ? 16 : 10;
	bool negative = !hex && *s == '-';

	s += negative;
	if (hex && s[0] == '0' && s[1] == 'x')
		s += 2;
	if (digit_value(*s) >= base)
		return NULL;
	for (hole->value = 0; digit_value(*s) < base; s++)
		hole->value = hole->value * base + digit_value(*s);
	if (negative)
		hole->value = -hole->value;
	hole->has_value = true;
	return s;
}

static bool match_from(const char *p, const char *end, const char *s, struct explain_match *m);

/* The shortest text that lets the rest fit; a word has no blanks, and at least one character. */
static bool match_text(const char *p, const char *end, const char *s, struct explain_match *m, bool word)
{
	unsigned int nr = m->nr_holes;
	struct explain_hole *hole = &m->holes[nr - 1];

	for (hole->length = 0;; hole->length++) {
		m->nr_holes = nr;
		if (!(word && !hole->length) && match_from(p, end, s + hole->length, m))
			return true;
		if (!s[hole->length] || (word && (s[hole->length] == ' ' || s[hole->length] == '\t')))
			return false;
	}
}

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

/* What is left of a pattern against what is left of a line. */
static bool match_from(const char *p, const char *end, const char *s, struct explain_match *m)
{
	struct explain_hole *hole;
	size_t length;
	char kind;

	for (; p < end; p++, s++) {
		hole = &m->holes[m->nr_holes];
		length = *p == '<' && m->nr_holes < EXPLAIN_MAX_HOLES ? parse_hole(p, end, hole, &kind) : 0;
		if (length) {
			m->nr_holes++;
			hole->text = s;
			hole->has_value = false;
			if (kind == 'w' || kind == 't')
				return match_text(p + length, end, s, m, kind == 'w');
			s = read_number(s, kind == 'x', hole);
			if (!s)
				return false;
			hole->length = s - hole->text;
			p += length - 1;
			s--;
		} else if (*p == ' ') {
			if (*s != ' ' && *s != '\t')
				return false;
			s = skip_blanks(s) - 1;
		} else if (*p != *s) {
			return false;
		}
	}
	return !*skip_blanks(s);
}

/**
 * explain_matches - does a pattern fit a line?
 * @pattern: one, @length characters
 * @length: of the pattern
 * @line: the line, with a 0 at its end
 * @m: what its holes stand for, which points into both
 *
 * Return: whether it fits.
 */
bool explain_matches(const char *pattern, size_t length, const char *line, struct explain_match *m)
{
	m->nr_holes = 0;
	return match_from(pattern, pattern + length, skip_blanks(line), m);
}

/**
 * explain_entry_matches - does an entry explain a line?
 * @entry: its text
 * @line: the line
 * @m: what the holes of the pattern that fits stand for
 *
 * Return: whether one of its patterns fits.
 */
bool explain_entry_matches(const char *entry, const char *line, struct explain_match *m)
{
	const char *pattern = entry;
	size_t length;

	while ((pattern = explain_part(pattern, EXPLAIN_PATTERN, &length)))
		if (explain_matches(pattern, length, line, m))
			return true;
	return false;
}

static bool same_word(const char *name, size_t length, const char *word)
{
	bool beginning = length && name[length - 1] == '*';
	size_t i;

	length -= beginning;
	for (i = 0; i < length; i++)
		if (tolower(name[i]) != tolower(word[i]))
			return false;
	return beginning || !word[length];
}

/**
 * explain_is_called - is a word one of several names?
 * @names: with a comma and a blank between them; one that ends in * stands for all that begin so
 * @length: of the names
 * @word: the word, in any case
 *
 * Return: whether it is.
 */
bool explain_is_called(const char *names, size_t length, const char *word)
{
	const char *end = names + length, *at;

	for (;; names = at + 2) {
		for (at = names; at < end && !(at[0] == ',' && at[1] == ' '); at++)
			;
		if (same_word(names, at - names, word))
			return true;
		if (at == end)
			return false;
	}
}

/* An expression that is being worked out; ok becomes false where a value isn't known. */
struct calculation {
	const char *at, *end;
	const struct explain_match *m;
	const struct explain_log *log;
	bool ok;
};

static const struct explain_hole *find_hole(const struct explain_match *m, const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < m->nr_holes; i++)
		if (m->holes[i].name_length == length && !strncmp(m->holes[i].name, name, length))
			return &m->holes[i];
	return NULL;
}

/* The entry whose own name this is, unpacked. */
static bool entry_named(const char *name, size_t length, char *buf)
{
	const char *names;
	size_t names_length;
	unsigned int i;

	for (i = 0; i < explain_num_entries; i++) {
		explain_unpack(i, buf);
		names = explain_part(buf, EXPLAIN_NAMES, &names_length);
		if (names && names_length >= length && !strncmp(names, name, length) &&
		    (names_length == length || names[length] == ',') &&
		    explain_part(buf, EXPLAIN_PATTERN, &names_length))
			return true;
	}
	return false;
}

/* A number of the first line of the log that the entry of this name explains. */
static u64 other_lines_number(struct calculation *c, const char *name, size_t length, const char *number,
			      size_t number_length)
{
	static char entry[EXPLAIN_MAX_ENTRY], line[EXPLAIN_MAX_LINE];
	const struct explain_hole *hole;
	struct explain_match m;
	unsigned long n;

	if (!c->log || !entry_named(name, length, entry)) {
		c->ok = false;
		return 0;
	}
	for (n = 0; c->log->line(n, line, sizeof(line)); n++) {
		if (!explain_entry_matches(entry, line, &m))
			continue;
		hole = find_hole(&m, number, number_length);
		c->ok &= hole && hole->has_value;
		return c->ok ? hole->value : 0;
	}
	c->ok = false;
	return 0;
}

static bool next_is(struct calculation *c, const char *operator)
{
	size_t length = strlen(operator);

	if ((size_t)(c->end - c->at) < length || strncmp(c->at, operator, length))
		return false;
	c->at += length;
	return true;
}

static s64 rank(struct calculation *c, unsigned int number);

static s64 highest_power_of_two(s64 value)
{
	s64 power = 1;

	if (value <= 0)
		return 0;
	while (power <= value >> 1)
		power <<= 1;
	return power;
}

/* What min, max and pow2 make of what stands in the parentheses. */
static s64 call(struct calculation *c, const char *name)
{
	s64 value = rank(c, 0), other;

	while (next_is(c, ",")) {
		other = rank(c, 0);
		value = (name[1] == 'i') == (other < value) ? other : value;
	}
	c->ok &= next_is(c, ")");
	return name[0] == 'p' ? highest_power_of_two(value) : value;
}

/* A call, a number of the line, or line.number. */
static s64 one_name(struct calculation *c)
{
	const char *name = c->at, *number;
	const struct explain_hole *hole;
	size_t length;

	while (c->at < c->end && is_name_char(*c->at))
		c->at++;
	length = c->at - name;
	if (next_is(c, "("))
		return call(c, name);
	if (next_is(c, ".")) {
		number = c->at;
		while (c->at < c->end && is_name_char(*c->at))
			c->at++;
		return other_lines_number(c, name, length, number, c->at - number);
	}
	hole = c->m ? find_hole(c->m, name, length) : NULL;
	c->ok &= hole && hole->has_value;
	return c->ok ? hole->value : 0;
}

/* Of name|name the first that is known counts. */
static s64 named_value(struct calculation *c)
{
	bool ok = c->ok, known;
	s64 value = one_name(c), other;

	while (next_is(c, "|")) {
		known = c->ok;
		c->ok = ok;
		other = one_name(c);
		if (known)
			c->ok = true;
		else
			value = other;
	}
	return value;
}

static s64 operand(struct calculation *c)
{
	struct explain_hole number;
	bool hex;
	s64 value;

	if (next_is(c, "(")) {
		value = rank(c, 0);
		c->ok &= next_is(c, ")");
		return value;
	}
	if (c->at < c->end && isdigit(*c->at)) {
		hex = c->end - c->at > 2 && c->at[0] == '0' && c->at[1] == 'x';
		c->at = read_number(c->at, hex, &number) ?: c->end;
		return number.value;
	}
	if (c->at < c->end && is_name_char(*c->at))
		return named_value(c);
	c->ok = false;
	return 0;
}

/* Toward zero, as C does it; a divisor has 32 bits at the most. */
static s64 divide(struct calculation *c, s64 left, s64 right, bool remainder)
{
	u64 size = right < 0 ? -(u64)right : (u64)right;
	u64 quotient;
	u32 rest;

	if (!size || size >> 32) {
		c->ok = false;
		return 0;
	}
	quotient = div_u64_rem(left < 0 ? -(u64)left : (u64)left, size, &rest);
	if (remainder)
		return left < 0 ? -(s64)rest : (s64)rest;
	return (left < 0) != (right < 0) ? -quotient : quotient;
}

static s64 shift(struct calculation *c, s64 left, s64 right, bool up)
{
	if (right < 0 || right >= 64) {
		c->ok = false;
		return 0;
	}
	return up ? (s64)((u64)left << right) : left >> right;
}

/* The operators by rank, the weakest first; a longer one stands before its beginning. */
static const char *const operators[][7] = {
	{ "==", "!=", "<=", ">=", "<", ">", NULL },
	{ "<<", ">>", NULL },
	{ "+", "-", NULL },
	{ "*", "/", "%", NULL },
};

static s64 compare(const char *operator, s64 left, s64 right)
{
	bool equal = left == right;

	switch (operator[0]) {
	case '<':
		return left < right || (equal && operator[1]);
	case '>':
		return left > right || (equal && operator[1]);
	default:
		return equal == (operator[0] == '=');
	}
}

static s64 apply(struct calculation *c, const char *operator, s64 left, s64 right)
{
	switch (operator[0]) {
	case '+':
		return (u64)left + (u64)right;
	case '-':
		return (u64)left - (u64)right;
	case '*':
		return (u64)left * (u64)right;
	case '/':
	case '%':
		return divide(c, left, right, operator[0] == '%');
	}
	if (operator[1] == operator[0] && operator[0] != '=')
		return shift(c, left, right, operator[0] == '<');
	return compare(operator, left, right);
}

static const char *next_operator(struct calculation *c, unsigned int number)
{
	const char *const *operator;

	for (operator = operators[number]; *operator; operator++)
		if (next_is(c, *operator))
			return *operator;
	return NULL;
}

/* Operators of this rank and of stronger ones. */
static s64 rank(struct calculation *c, unsigned int number)
{
	const char *operator;
	s64 value;

	if (number == ARRAY_SIZE(operators))
		return operand(c);
	value = rank(c, number + 1);
	while (c->ok && (operator = next_operator(c, number)))
		value = apply(c, operator, value, rank(c, number + 1));
	return value;
}

/**
 * explain_value - work an expression out
 * @expression: without blanks
 * @length: its characters
 * @m: the line whose numbers it may name; NULL: none
 * @log: where it finds other lines; NULL: nowhere
 * @value: the result, where there is one
 *
 * Return: false where something isn't known, or where it is no expression.
 */
bool explain_value(const char *expression, size_t length, const struct explain_match *m,
		   const struct explain_log *log, s64 *value)
{
	struct calculation c = { expression, expression + length, m, log, true };

	*value = rank(&c, 0);
	return c.ok && c.at == c.end;
}

/* A sentence that is being told. */
struct telling {
	char *buf;
	size_t length;
	const struct explain_match *m;
	const struct explain_log *log;
};

static void tell(struct telling *t, const char *s, size_t length)
{
	length = min(length, (size_t)EXPLAIN_MAX_SENTENCE - 1 - t->length);
	memcpy(t->buf + t->length, s, length);
	t->length += length;
	t->buf[t->length] = '\0';
}

/* What stands between braces. Returns false where the sentence can't be told. */
static bool tell_expression(struct telling *t, const char *expression, size_t length)
{
	bool condition = *expression == '?', hex = length > 2 && !strncmp(expression + length - 2, ":x", 2);
	const struct explain_hole *hole;
	char number[24];
	s64 value;

	hole = t->m ? find_hole(t->m, expression, length) : NULL;
	if (hole && !hole->has_value) {
		tell(t, hole->text, hole->length);
		return true;
	}
	if (!explain_value(expression + condition, length - condition - (hex ? 2 : 0), t->m, t->log, &value))
		return false;
	if (condition)
		return value;
	tell(t, number, snprintf(number, sizeof(number), hex ? "%#llx" : "%lld", value));
	return true;
}

/**
 * explain_sentence - a sentence with its numbers
 * @text: the sentence
 * @length: its characters
 * @m: the line that it speaks of; NULL: none
 * @log: where it finds other lines; NULL: nowhere
 * @buf: of EXPLAIN_MAX_SENTENCE characters
 *
 * Return: its characters; 0 where it can't be told, because a number isn't known or its condition
 * doesn't hold.
 */
size_t explain_sentence(const char *text, size_t length, const struct explain_match *m,
			const struct explain_log *log, char *buf)
{
	struct telling t = { .buf = buf, .m = m, .log = log };
	const char *end = text + length, *close;

	while (text < end) {
		if (*text != '{') {
			tell(&t, text++, 1);
			continue;
		}
		close = strchr(text, '}');
		if (!close || close >= end || !tell_expression(&t, text + 1, close - text - 1))
			return 0;
		text = close + 1;
	}
	return t.length;
}
