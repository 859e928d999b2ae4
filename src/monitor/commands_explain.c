// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain: what a line of the log, a word or a column means, from docs/explain. The numbers are this
 * machine's: those of the log's lines.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <lib/vsprintf.h>
#include <monitor/command.h>
#include <monitor/explain.h>
#include <monitor/log_reader.h>

#define WIDTH		78
#define MAX_WORD	64

static char entry[EXPLAIN_MAX_ENTRY];
static char sentence[EXPLAIN_MAX_SENTENCE];

/* The log's lines in order; line 0 begins anew. */
static bool read_log_line(unsigned long n, char *buf, size_t size)
{
	static struct log_reader reader;
	static unsigned long at;

	if (!n || n < at) {
		reader = (struct log_reader){ .len = 0 };
		at = 0;
	}
	for (; at <= n; at++)
		if (!log_reader_line(&reader, buf, size))
			return false;
	return true;
}

static const struct explain_log the_log = { read_log_line };

/* Text that is broken at blanks: its first line begins at column indent, the others at rest. */
struct paragraph {
	struct seq_file *m;
	unsigned int indent, rest, column;
	bool begun;
};

static void put_word(struct paragraph *p, const char *word, size_t length)
{
	if (p->column && p->column + 1 + length > WIDTH) {
		seq_putc(p->m, '\n');
		p->column = 0;
	}
	if (p->column) {
		seq_putc(p->m, ' ');
		p->column++;
	} else {
		p->column = p->begun ? p->rest : p->indent;
		p->begun = true;
		seq_printf(p->m, "%*s", (int)p->column, "");
	}
	p->column += length;
	while (length--)
		seq_putc(p->m, *word++);
}

static void put_text(struct paragraph *p, const char *s, size_t length)
{
	const char *end = s + length, *word;

	while (s < end) {
		for (word = s; s < end && *s != ' '; s++)
			;
		if (s > word)
			put_word(p, word, s - word);
		s += s < end;
	}
}

static void end_paragraph(struct paragraph *p)
{
	if (p->begun)
		seq_putc(p->m, '\n');
	p->begun = false;
	p->column = 0;
}

/* Where a sentence ends: after a full stop and before a blank. */
static size_t sentence_length(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i + 1 < length; i++)
		if (text[i] == '.' && text[i + 1] == ' ')
			return i + 1;
	return length;
}

/* A text's sentences that can be told; head is put before the first. */
static void put_sentences(struct paragraph *p, const char *head, size_t head_length, const char *text,
			  size_t length, const struct explain_match *match)
{
	bool begun = !head;
	size_t n, told;

	for (; length; text += n, length -= n) {
		n = sentence_length(text, length);
		told = explain_sentence(text, n, match, &the_log, sentence);
		n += n < length;
		if (told && !begun) {
			put_text(p, head, head_length);
			begun = true;
		}
		if (told)
			put_text(p, sentence, told);
	}
	end_paragraph(p);
}

/* What the names of a field stand for in the line, and the names themselves, as its head. */
static size_t field_head(const char *names, size_t length, const struct explain_match *match, char *buf, size_t size)
{
	char name[MAX_WORD];
	size_t n = 0;
	bool here = false;
	unsigned int i;

	n += snprintf(buf, size, "%.*s", (int)length, names);
	for (i = 0; match && i < match->nr_holes && n < size; i++) {
		const struct explain_hole *hole = &match->holes[i];

		snprintf(name, sizeof(name), "%.*s", (int)hole->name_length, hole->name);
		if (!explain_is_called(names, length, name))
			continue;
		here = true;
		n += snprintf(buf + n, size - n, " %.*s", (int)hole->length, hole->text);
	}
	if (match && !here)
		return 0;
	if (n < size)
		n += snprintf(buf + n, size - n, ":");
	return min(n, size - 1);
}

static void show_field(struct seq_file *m, const char *field, size_t length, const struct explain_match *match)
{
	struct paragraph p = { .m = m, .indent = 2, .rest = 4 };
	const char *text = strchr(field, '\t') + 1;
	static char head[EXPLAIN_MAX_LINE];
	size_t n;

	n = field_head(field, text - 1 - field, match, head, sizeof(head));
	if (n)
		put_sentences(&p, head, n, text, field + length - text, match);
}

/* A line "  key: value, value" of all parts of this kind. */
static void show_parts(struct seq_file *m, enum explain_part part, const char *key, const char *after)
{
	struct paragraph p = { .m = m, .indent = 2, .rest = 4 };
	const char *at = entry, *next;
	size_t length, next_length;

	at = explain_part(at, part, &length);
	if (!at)
		return;
	put_text(&p, key, strlen(key));
	for (; at; at = next, length = next_length) {
		next = explain_part(at, part, &next_length);
		snprintf(sentence, sizeof(sentence), "%.*s%s%s", (int)length, at, after, next ? "," : "");
		put_text(&p, sentence, strlen(sentence));
	}
	end_paragraph(&p);
}

static void show_tries(struct seq_file *m, const struct explain_match *match)
{
	const char *at = entry;
	size_t length;

	while ((at = explain_part(at, EXPLAIN_TRY, &length)))
		if (explain_sentence(at, length, match, &the_log, sentence))
			seq_printf(m, "  try: %s\n", sentence);
}

/* The unpacked entry, for a line or without one. */
static void show_entry(struct seq_file *m, const struct explain_match *match)
{
	struct paragraph p = { .m = m, .indent = 2, .rest = 2 };
	const char *at;
	size_t length;

	at = explain_part(entry, EXPLAIN_TEXT, &length);
	if (at)
		put_sentences(&p, NULL, 0, at, length, match);
	for (at = entry; (at = explain_part(at, EXPLAIN_FIELD, &length));)
		show_field(m, at, length, match);
	show_parts(m, EXPLAIN_CODE, "in:", "()");
	show_parts(m, EXPLAIN_SEE, "see:", "");
	show_tries(m, match);
}

static void explain_log_line(struct seq_file *m, unsigned long number)
{
	static char line[EXPLAIN_MAX_LINE];
	struct explain_match match;
	unsigned int i;

	if (!number || !read_log_line(0, line, sizeof(line)) || !read_log_line(number - 1, line, sizeof(line))) {
		seq_printf(m, "the log has no line %lu: dmesg -n numbers them\n", number);
		return;
	}
	seq_printf(m, "%s\n", skip_spaces(line));
	for (i = 0; i < explain_num_entries; i++) {
		explain_unpack(i, entry);
		if (explain_entry_matches(entry, line, &match)) {
			show_entry(m, &match);
			return;
		}
	}
	seq_puts(m, "  no explanation: Linux's memory boot has no such line\n");
}

static bool is_of_kind(const char *kind)
{
	size_t length;
	const char *at = explain_part(entry, EXPLAIN_KIND, &length);

	return at && length == strlen(kind) && !strncmp(at, kind, length);
}

/* The entries of this name. */
static bool show_named(struct seq_file *m, const char *word)
{
	const char *names;
	bool found = false;
	unsigned int i;
	size_t length;

	for (i = 0; i < explain_num_entries; i++) {
		explain_unpack(i, entry);
		names = explain_part(entry, EXPLAIN_NAMES, &length);
		if (!names || !explain_is_called(names, length, word))
			continue;
		found = true;
		seq_printf(m, "%.*s\n", (int)length, names);
		show_entry(m, NULL);
	}
	return found;
}

/* The fields of this name in the commands' tables. */
static bool show_fields_named(struct seq_file *m, const char *word)
{
	struct paragraph p = { .m = m, .rest = 2 };
	static char head[MAX_WORD + EXPLAIN_MAX_LINE];
	const char *field, *text, *name;
	bool found = false;
	size_t length, name_length, n;
	unsigned int i;

	for (i = 0; i < explain_num_entries; i++) {
		explain_unpack(i, entry);
		if (!is_of_kind("commands"))
			continue;
		name = explain_part(entry, EXPLAIN_NAMES, &name_length);
		for (field = entry; name && (field = explain_part(field, EXPLAIN_FIELD, &length));) {
			text = strchr(field, '\t') + 1;
			if (!explain_is_called(field, text - 1 - field, word))
				continue;
			found = true;
			n = snprintf(head, sizeof(head), "%s of %.*s:", word, (int)name_length, name);
			put_sentences(&p, head, min(n, sizeof(head) - 1), text, field + length - text, NULL);
		}
	}
	return found;
}

/* A word as it is looked for: without a function's parentheses and a GDB command's beginning. */
static void join_words(int argc, char *argv[], char *buf, size_t size)
{
	size_t n = 0;
	int i;

	for (i = 0; i < argc && n < size; i++)
		n += snprintf(buf + n, size - n, "%s%s", i ? " " : "", argv[i]);
	n = strlen(buf);
	if (n > 2 && !strcmp(buf + n - 2, "()"))
		buf[n - 2] = '\0';
}

static bool run_explain(struct seq_file *m, int argc, char *argv[])
{
	char word[MAX_WORD];
	unsigned long number;
	bool found;

	if (!argc)
		return false;
	if (argc == 1 && parse_ulong(argv[0], &number)) {
		explain_log_line(m, number);
		return true;
	}
	join_words(argc, argv, word, sizeof(word));
	read_log_line(0, sentence, sizeof(sentence));
	found = show_named(m, word);
	found |= show_fields_named(m, word);
	if (!found)
		seq_printf(m, "%s: no explanation; Tab after explain lists the words\n", word);
	return true;
}

/* For Tab: the entries' own names, of one word. */
static const char *explain_word(unsigned int arg, unsigned int i)
{
	static char word[MAX_WORD];
	const char *names;
	unsigned int n;
	size_t length, end;

	for (n = 0; n < explain_num_entries && !arg; n++) {
		explain_unpack(n, entry);
		names = explain_part(entry, EXPLAIN_NAMES, &length);
		if (!names || explain_part(entry, EXPLAIN_PATTERN, &end) || i--)
			continue;
		for (end = 0; end < length && names[end] != ',' && names[end] != ' '; end++)
			;
		snprintf(word, sizeof(word), "%.*s", (int)end, names);
		return word;
	}
	return NULL;
}

const struct command explain_commands[] = {
	{ "explain", "WORD|LINE", "what a word, or a line of the log, means",
	  "WORD is a term, a command or a column; LINE is a number that dmesg -n shows", .run = run_explain,
	  .word = explain_word },
	{ .name = NULL }
};
