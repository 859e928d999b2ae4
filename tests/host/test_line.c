// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/monitor/line.c: keys in, a line and what a terminal shows of it out.
 *
 * What the editor sends is given to a terminal that knows '\b' and '\n' only, like the kernel's
 * screen. After each key the terminal must show the prompt and the line, the cursor in its place.
 * Random keys go to the editor and to a model that has the same keys for a plain string; random
 * bytes go to the editor alone.
 */
#include <lib/kernel.h>
#include <monitor/line.h>

#include <host.h>

#define PROMPT		"> "
#define COLUMNS		80	/* of the kernel's screen */
#define UP		"\033[A"
#define DOWN		"\033[B"
#define RIGHT		"\033[C"
#define LEFT		"\033[D"
#define HOME		"\033[H"
#define END		"\033[F"
#define DEL		"\033[3~"

static const char *const words[] = { "alloc", "balance", "kmap", "kmap_atomic", "kmalloc", "kernel",
				     "slab", "slabinfo", "zones" };

/* The terminal: all of its lines as text, the last one in cells. */
static struct {
	char above[1 << 16], cells[COLUMNS];
	size_t length;
	unsigned int column, bells;
} terminal;

static struct line *line;		/* from malloc(): the sanitizer guards its ends */

static const char *word_at(unsigned int i)
{
	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

static void terminal_line_ends(void)
{
	size_t n = COLUMNS;

	while (n && terminal.cells[n - 1] == ' ')
		n--;
	if (terminal.length + n + 1 >= sizeof(terminal.above))
		terminal.length = 0;
	memcpy(terminal.above + terminal.length, terminal.cells, n);
	terminal.length += n;
	terminal.above[terminal.length++] = '\n';
	terminal.above[terminal.length] = '\0';
	memset(terminal.cells, ' ', COLUMNS);
	terminal.column = 0;
}

static void terminal_write(struct seq_file *m, const char *s, size_t n)
{
	for (; n; n--, s++) {
		if (*s == '\n') {
			terminal_line_ends();
		} else if (*s == '\b') {
			assert_true(terminal.column > 0);
			terminal.column--;
		} else if (*s == '\a') {
			terminal.bells++;
		} else {
			assert_true(*s >= ' ' && *s <= '~');
			terminal.cells[terminal.column++] = *s;
			/* Behind its last column the screen would begin a line by itself. */
			assert_true(terminal.column < COLUMNS);
		}
	}
}

static struct seq_file sink = { terminal_write };

static int start(void **state)
{
	memset(&terminal, 0, sizeof(terminal));
	memset(terminal.cells, ' ', COLUMNS);
	line = calloc(1, sizeof(*line));
	line->out = &sink;
	line->prompt = PROMPT;
	line->word = word_at;
	line_start(line);
	return 0;
}

static int end(void **state)
{
	free(line);
	return 0;
}

/* The terminal shows the prompt, the line, and nothing after it. */
static void assert_shown(void)
{
	char want[COLUMNS];
	size_t n = strlen(PROMPT);

	assert_true(line->len <= LINE_MAX && line->pos <= line->len);
	assert_int_equal(strlen(line->text), line->len);
	memset(want, ' ', sizeof(want));
	memcpy(want, PROMPT, n);
	memcpy(want + n, line->text, line->len);
	assert_memory_equal(terminal.cells, want, COLUMNS);
	assert_int_equal(terminal.column, n + line->pos);
}

/* Keys, none of which may end the line. */
static void type(const char *keys)
{
	for (; *keys; keys++) {
		assert_false(line_key(line, (u8)*keys));
		assert_shown();
	}
}

/* Keys and Enter: the line that comes of it. The next one is begun. */
static void enter(const char *keys, const char *want)
{
	type(keys);
	assert_true(line_key(line, '\r'));
	assert_string_equal(line->text, want);
	assert_int_equal(terminal.column, 0);
	line_start(line);
	assert_shown();
}

static void test_editing(void **state)
{
	enter("", "");
	enter("abc", "abc");
	enter("abx\bc", "abc");
	enter("abx\x7f" "c", "abc");
	enter("ac" LEFT "b", "abc");
	enter("bc" HOME "a" END "d", "abcd");
	enter("bc\x01" "a\x05" "d", "abcd");
	enter("abxc" LEFT LEFT DEL, "abc");
	enter("abxc\x02\x02\x04", "abc");
	enter("ac\x02\x06\x02" "b", "abc");
	enter("abc" LEFT LEFT "\x0b", "a");
	enter("xyz abc" LEFT LEFT LEFT "\x15", "abc");
	enter("abc  xyz  \x17", "abc  ");
	enter("abc\x17", "");
	enter("abc" LEFT LEFT LEFT LEFT LEFT "x", "xabc");
	enter("abc" RIGHT RIGHT "x", "abcx");
	enter("\b\x7f\x17\x15\x0b\x04" DEL, "");
}

/* What terminals make of keys that shells know, with and without Shift and Ctrl. */
static void test_sequences(void **state)
{
	enter("b\033[1~a\033[4~c", "abc");
	enter("b\033OHa\033OFc", "abc");
	enter("ac\033[1;5Db", "abc");		/* Ctrl-Left */
	enter("axc\033[D\033[D\033[3;5~b", "abc");	/* Ctrl-Delete */
	enter("abc\033[5~\033[6~\033[2~\033[15~\033[?25h\033[>0c\033[Z", "abc");
	enter("a\033b\033\033[Dc", "acb");	/* not one: the character counts */
	enter("abc\033[99999999999999999", "abc999999999");	/* given up after eight */
	type("abc\033[1");
	enter("", "abc");			/* Enter is Enter */
	type("abc\033");
	enter("", "abc");
}

static void test_what_is_no_character(void **state)
{
	enter("a\x80\xff\xe4" "b\x1c\x1d\x1e\x1f\x07\x0c" "c", "abc");
	assert_false(line_key(line, 0));
	assert_shown();
}

static void test_line_ends(void **state)
{
	enter("a", "a");		/* ended by CR, and its LF follows */
	assert_false(line_key(line, '\n'));
	assert_shown();
	assert_true(line_key(line, '\n'));	/* another LF is another line's */
	line_start(line);
	type("abc\x03");		/* Ctrl-C begins anew */
	assert_string_equal(line->text, "");
	assert_non_null(strstr(terminal.above, PROMPT "abc^C\n"));
	enter("d", "d");
}

static void test_full(void **state)
{
	char full[LINE_MAX + 1];

	memset(full, 'x', LINE_MAX);
	full[LINE_MAX] = '\0';
	type(full);
	assert_int_equal(terminal.bells, 0);
	type("yz");
	assert_int_equal(terminal.bells, 2);
	full[0] = 'y';
	full[LINE_MAX - 1] = '\0';
	enter("\b\b" HOME "y" RIGHT LEFT, full);
	enter(UP, full);		/* and the history has all of it */
	/* No room to complete: the word stays as it was. */
	memset(full, 'x', LINE_MAX);
	memcpy(full, "zo", 2);
	full[LINE_MAX - 1] = '\0';
	type(full);
	type(HOME RIGHT RIGHT "\t");
	assert_string_equal(line->text, full);
	type("\x15\x0b");
}

static void test_history(void **state)
{
	char text[20];
	int i;

	type(UP DOWN);
	enter("one", "one");
	enter("one", "one");		/* kept once */
	enter("", "");			/* not kept */
	enter("two", "two");
	enter(UP UP "x", "onex");
	enter("new" UP UP DOWN DOWN DOWN "er", "newer");
	enter("\x10\x10\x0e", "newer");
	for (i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "line%d", i);
		enter(text, text);
	}
	for (i = 0; i < 50; i++)
		type(UP);
	enter("", "line24");		/* sixteen back */
	type("abc" UP "\x03");		/* Ctrl-C leaves the history as well */
	enter(UP, "line24");
}

static void test_completion(void **state)
{
	enter("al\t", "alloc ");
	enter("al\t3", "alloc 3");
	enter("kma\tp_\t1", "kmap_atomic 1");
	enter("xyz\t", "xyz");
	enter("alloc k\t", "alloc k");		/* the first word only */
	enter("ke 1" HOME RIGHT RIGHT "\t", "kernel 1");
	enter("slab\t", "slab");		/* a word, and the beginning of another */
	assert_non_null(strstr(terminal.above, PROMPT "slab\nslab                slabinfo\n"));
	enter("k\tm\t\t", "kma");
	assert_non_null(strstr(terminal.above, "\nkmap                kmap_atomic         kmalloc\n"));
	terminal.length = 0;
	enter("\t", "");
	assert_string_equal(terminal.above, ">\n"
		"alloc               balance             kmap                kmap_atomic\n"
		"kmalloc             kernel              slab                slabinfo\n"
		"zones\n" ">\n");
}

/* --- random keys, against a model -------------------------------------------------------- */

static struct {
	char text[LINE_MAX + 1], unfinished[LINE_MAX + 1];
	size_t pos;
	char history[1000][LINE_MAX + 1];
	int lines, shown;		/* shown == lines: the new line */
} model;

static void model_remove(size_t from, size_t to)
{
	memmove(model.text + from, model.text + to, strlen(model.text + to) + 1);
	model.pos = from;
}

static void model_show(int which)
{
	int oldest = model.lines > LINE_HISTORY ? model.lines - LINE_HISTORY : 0;

	if (which < oldest || which > model.lines)
		return;
	if (model.shown == model.lines)
		strcpy(model.unfinished, model.text);
	strcpy(model.text, which == model.lines ? model.unfinished : model.history[which]);
	model.shown = which;
	model.pos = strlen(model.text);
}

static void model_insert(char c)
{
	char rest[LINE_MAX + 1];

	if (strlen(model.text) == LINE_MAX)
		return;
	strcpy(rest, model.text + model.pos);
	model.text[model.pos++] = c;
	strcpy(model.text + model.pos, rest);
}

static size_t model_word(void)
{
	size_t at = model.pos;

	while (at && model.text[at - 1] == ' ')
		at--;
	while (at && model.text[at - 1] != ' ')
		at--;
	return at;
}

enum key { K_UP, K_DOWN, K_RIGHT, K_LEFT, K_HOME, K_END, K_DELETE, K_BACKSPACE, K_WORD, K_TO_START,
	   K_TO_END, NR_KEYS };

static const char *const key_texts[NR_KEYS][2] = {
	{ UP, "\x10" }, { DOWN, "\x0e" }, { RIGHT, "\x06" }, { LEFT, "\x02" }, { HOME, "\x01" },
	{ END, "\x05" }, { DEL, "\x04" }, { "\b", "\x7f" }, { "\x17", "\x17" }, { "\x15", "\x15" },
	{ "\x0b", "\x0b" },
};

static void model_key(enum key key)
{
	size_t length = strlen(model.text);

	switch (key) {
	case K_UP: model_show(model.shown - 1); break;
	case K_DOWN: model_show(model.shown + 1); break;
	case K_RIGHT: model.pos += model.pos < length; break;
	case K_LEFT: model.pos -= model.pos > 0; break;
	case K_HOME: model.pos = 0; break;
	case K_END: model.pos = length; break;
	case K_DELETE: model_remove(model.pos, model.pos + (model.pos < length)); break;
	case K_BACKSPACE: model_remove(model.pos - (model.pos > 0), model.pos); break;
	case K_WORD: model_remove(model_word(), model.pos); break;
	case K_TO_START: model_remove(0, model.pos); break;
	default: model_remove(model.pos, length); break;
	}
}

static void model_enter(void)
{
	if (model.text[0] && !(model.lines && !strcmp(model.history[model.lines - 1], model.text)))
		strcpy(model.history[model.lines++], model.text);
	if (model.lines == ARRAY_SIZE(model.history)) {
		memmove(model.history, model.history[model.lines - LINE_HISTORY],
			LINE_HISTORY * sizeof(model.history[0]));
		model.lines = LINE_HISTORY;
	}
	model.shown = model.lines;
	model.text[0] = '\0';
	model.pos = 0;
}

static void test_random_keys(void **state)
{
	unsigned long runs = run_count(200000), full = 0;

	memset(&model, 0, sizeof(model));
	for (unsigned long i = 0; i < runs; i++) {
		unsigned int what = random_below(100);

		if (what < 70) {
			char keys[2] = { "abcdef  "[random_below(8)], '\0' };

			full += strlen(model.text) == LINE_MAX;
			model_insert(keys[0]);
			type(keys);
		} else if (what < 98) {
			enum key key = random_below(NR_KEYS);

			/* What empties the line comes less often, or none ever gets full. */
			if ((key == K_TO_START || key == K_TO_END || key == K_WORD) && random_below(8))
				continue;
			model_key(key);
			type(key_texts[key][random_below(2)]);
		} else {
			enter("", model.text);
			model_enter();
		}
		assert_string_equal(line->text, model.text);
		assert_int_equal(line->pos, model.pos);
	}
	assert_true(runs < 200000 || full > 100);
	assert_true((terminal.bells > 0) == (full > 0));
}

/* Any bytes: what is shown is what is there, and the next line is as if nothing had been. */
static void test_random_bytes(void **state)
{
	unsigned long runs = run_count(200000), lines = 0;

	for (unsigned long i = 0; i < runs; i++) {
		u8 c = random_below(256);

		if (!random_below(4))
			c = "\033[O~;13AHk\t\x03"[random_below(12)];

		if (line_key(line, c)) {
			assert_true(c == '\r' || c == '\n');
			assert_int_equal(strlen(line->text), line->len);
			line_start(line);
			lines++;
		}
		assert_shown();
		if (i % 1000 == 999) {
			type("\x03");
			enter("alloc 3", "alloc 3");
		}
	}
	assert_true(runs < 200000 || lines > 500);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		EACH(test_editing),
		EACH(test_sequences),
		EACH(test_what_is_no_character),
		EACH(test_line_ends),
		EACH(test_full),
		EACH(test_history),
		EACH(test_completion),
		EACH(test_random_keys),
		EACH(test_random_bytes),
	};

	random_init("test_line");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
