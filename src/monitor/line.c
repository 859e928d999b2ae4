// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line editor. To move the cursor it needs nothing but '\b' and the text itself,
 * so what it shows is the same on a VT100 and on the plain VGA screen:
 *
 *	text   a l l o c 3 0
 *	pos              ^		inserting ' ' here sends " 30\b\b"
 *
 * Keys are a VT100's: arrows, Home, End, Delete as escape sequences, and the control
 * characters that shells have. Everything else that is no printable ASCII character is
 * dropped, and a broken escape sequence ends at its first wrong character: noise can
 * spoil a line, but not the next one. The bell says that a character had no room.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <monitor/line.h>

#define CTRL(c)		((c) & 0x1f)
#define ESCAPE		0x1b
#define DELETE		0x7f
#define BELL		"\a"
#define WORDS_A_LINE	4
#define SEQUENCE_MAX	8		/* characters of an escape sequence */

static void put(struct line *l, const char *s, unsigned int n)
{
	if (n)
		l->out->write(l->out, s, n);
}

static void put_repeated(struct line *l, char c, unsigned int n)
{
	while (n--)
		put(l, &c, 1);
}

/**
 * line_start - show the prompt and begin a new line
 * @l: out, prompt and word are set; all else is 0 the first time
 */
void line_start(struct line *l)
{
	l->text[0] = '\0';
	l->len = l->pos = l->back = 0;
	l->input = LINE_PLAIN;
	seq_puts(l->out, l->prompt);
}

/* The cursor to another place in the line. */
static void move_to(struct line *l, unsigned int pos)
{
	if (pos < l->pos)
		put_repeated(l, '\b', l->pos - pos);
	else
		put(l, l->text + l->pos, pos - l->pos);
	l->pos = pos;
}

static void insert(struct line *l, const char *s, unsigned int n)
{
	if (l->len + n > LINE_MAX) {
		seq_puts(l->out, BELL);
		return;
	}
	memmove(l->text + l->pos + n, l->text + l->pos, l->len - l->pos + 1);
	memcpy(l->text + l->pos, s, n);
	l->len += n;
	put(l, l->text + l->pos, l->len - l->pos);
	l->pos += n;
	put_repeated(l, '\b', l->len - l->pos);
}

/* Takes out the n characters after the cursor. */
static void erase(struct line *l, unsigned int n)
{
	unsigned int rest = l->len - l->pos - n;

	memmove(l->text + l->pos, l->text + l->pos + n, rest + 1);
	l->len -= n;
	put(l, l->text + l->pos, rest);
	put_repeated(l, ' ', n);
	put_repeated(l, '\b', rest + n);
}

/* Takes out what is between start and the cursor. */
static void erase_back_to(struct line *l, unsigned int start)
{
	unsigned int n = l->pos - start;

	move_to(l, start);
	erase(l, n);
}

static unsigned int word_start(const struct line *l)
{
	unsigned int pos = l->pos;

	while (pos && l->text[pos - 1] == ' ')
		pos--;
	while (pos && l->text[pos - 1] != ' ')
		pos--;
	return pos;
}

static void replace(struct line *l, const char *text)
{
	move_to(l, 0);
	erase(l, l->len);
	insert(l, text, strlen(text));
}

/* Up is older, down is newer; below the newest is what was being typed. */
static void browse_history(struct line *l, bool older)
{
	unsigned int kept = min_t(unsigned int, l->nr_history, LINE_HISTORY);

	if (older ? l->back == kept : l->back == 0)
		return;
	if (l->back == 0)
		strlcpy(l->unfinished, l->text, sizeof(l->unfinished));
	l->back += older ? 1 : -1;
	replace(l, l->back ? l->history[(l->nr_history - l->back) % LINE_HISTORY] : l->unfinished);
}

static void remember(struct line *l)
{
	const char *last = l->history[(l->nr_history - 1) % LINE_HISTORY];

	if (!l->len || (l->nr_history && !strcmp(last, l->text)))
		return;
	strlcpy(l->history[l->nr_history % LINE_HISTORY], l->text, LINE_MAX + 1);
	l->nr_history++;
}

/* The line again, below what was shown meanwhile. */
static void show_again(struct line *l)
{
	seq_puts(l->out, l->prompt);
	put(l, l->text, l->len);
	put_repeated(l, '\b', l->len - l->pos);
}

/* Below the line shows all words that begin with what stands at start, then the line again. */
static void list_words(struct line *l, unsigned int start)
{
	unsigned int i, column = 0;
	const char *word;

	put(l, "\n", 1);
	for (i = 0; (word = l->word(l, start, i)); i++) {
		if (strncmp(word, l->text + start, l->pos - start))
			continue;
		/* A line of 80 characters would be followed by an empty one on the screen. */
		column = (column + 1) % WORDS_A_LINE;
		seq_printf(l->out, column ? "%-20s" : "%s\n", word);
	}
	if (column)
		put(l, "\n", 1);
	show_again(l);
}

/* Where the word begins that the cursor is in or after: names may stand in a list, a,b,c. */
static unsigned int completion_start(const struct line *l)
{
	unsigned int start = l->pos;

	while (start && l->text[start - 1] != ' ' && l->text[start - 1] != ',')
		start--;
	return start;
}

/* Completes a word as far as all that begin with it agree. */
static void complete(struct line *l)
{
	unsigned int i, common = 0, matches = 0, start = completion_start(l), typed = l->pos - start;
	const char *word, *first = NULL;

	for (i = 0; (word = l->word(l, start, i)); i++) {
		if (strncmp(word, l->text + start, typed))
			continue;
		matches++;
		if (!first) {
			first = word;
			common = strlen(word);
		}
		while (strncmp(first, word, common))
			common--;
	}
	if (!matches)
		return;
	if (common > typed)
		insert(l, first + typed, common - typed);
	else if (matches > 1)
		list_words(l, start);
	if (matches == 1 && common == l->pos - start && l->text[l->pos] != ' ')
		insert(l, " ", 1);
}

static void cursor_key(struct line *l, u8 key)
{
	switch (key) {
	case 'A':
		browse_history(l, true);
		break;
	case 'B':
		browse_history(l, false);
		break;
	case 'C':
		move_to(l, min(l->pos + 1, l->len));
		break;
	case 'D':
		move_to(l, l->pos ? l->pos - 1 : 0);
		break;
	case 'H':
		move_to(l, 0);
		break;
	case 'F':
		move_to(l, l->len);
		break;
	}
}

static void delete(struct line *l)
{
	if (l->pos < l->len)
		erase(l, 1);
}

/* "ESC [ number ~": Home, Delete and End of a VT220. */
static void number_key(struct line *l, unsigned int number)
{
	if (number == 1)
		move_to(l, 0);
	else if (number == 4)
		move_to(l, l->len);
	else if (number == 3)
		delete(l);
}

/*
 * The characters after ESC [ or ESC O: parameters, of which the first one counts (the
 * others say whether Shift or Ctrl is down), and a letter or '~' that ends them.
 */
static void sequence_key(struct line *l, u8 c)
{
	if (c < '@') {
		if (c >= '0' && c <= '9' && !l->parameter_ended)
			l->parameter = (l->parameter * 10 + c - '0') % 100;
		else
			l->parameter_ended = true;
		if (++l->sequence_len < SEQUENCE_MAX)
			return;
	} else if (c == '~') {
		number_key(l, l->parameter);
	} else {
		cursor_key(l, c);
	}
	l->input = LINE_PLAIN;
}

/* The control characters that shells have; true: the line is complete. */
static bool control_key(struct line *l, u8 c)
{
	switch (c) {
	case '\r':
	case '\n':
		put(l, "\n", 1);
		remember(l);
		return true;
	case CTRL('C'):
		seq_puts(l->out, "^C\n");
		line_start(l);
		break;
	case '\b':
	case DELETE:
		if (l->pos)
			erase_back_to(l, l->pos - 1);
		break;
	case '\t':
		complete(l);
		break;
	case CTRL('A'):
		move_to(l, 0);
		break;
	case CTRL('B'):
		cursor_key(l, 'D');
		break;
	case CTRL('D'):
		delete(l);
		break;
	case CTRL('E'):
		move_to(l, l->len);
		break;
	case CTRL('F'):
		cursor_key(l, 'C');
		break;
	case CTRL('K'):
		erase(l, l->len - l->pos);
		break;
	case CTRL('L'):
		if (l->clear) {
			l->clear();
			show_again(l);
		}
		break;
	case CTRL('N'):
		browse_history(l, false);
		break;
	case CTRL('P'):
		browse_history(l, true);
		break;
	case CTRL('U'):
		erase_back_to(l, 0);
		break;
	case CTRL('W'):
		erase_back_to(l, word_start(l));
		break;
	}
	return false;
}

static bool is_printable(u8 c)
{
	return c >= ' ' && c < DELETE;
}

/**
 * line_key - take a character that was typed
 * @l: after line_start()
 * @c: the character, 0 to 255
 *
 * Enter is '\r', '\n', or both.
 *
 * Return: true when the line is complete: @l->text has it, without its end, until line_start().
 */
bool line_key(struct line *l, u8 c)
{
	bool second_half = c == '\n' && l->after_cr;

	l->after_cr = c == '\r';
	if (second_half)
		return false;
	if (l->input == LINE_SEQUENCE && is_printable(c)) {
		sequence_key(l, c);
		return false;
	}
	if (l->input == LINE_ESCAPE && (c == '[' || c == 'O')) {
		l->input = LINE_SEQUENCE;
		l->parameter = l->sequence_len = 0;
		l->parameter_ended = false;
		return false;
	}
	l->input = c == ESCAPE ? LINE_ESCAPE : LINE_PLAIN;
	if (!is_printable(c))
		return control_key(l, c);
	insert(l, (const char *)&c, 1);
	return false;
}
