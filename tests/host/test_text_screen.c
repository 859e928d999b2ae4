// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/arch/i386/console/text_screen.c on a screen of 10 columns and 4 rows, against what was written;
 * and src/monitor/pager.c: when the screen is full.
 */
#include <asm/text_screen.h>
#include <lib/kernel.h>
#include <monitor/pager.h>

#include <host.h>

#define COLUMNS	10
#define ROWS	4
#define LINES	(SCROLL_BACK_LINES * 80 / COLUMNS)

static char cells[ROWS][COLUMNS];
static unsigned int cursor_x, cursor_y, scrolls;

static void put(unsigned int x, unsigned int y, u16 cell)
{
	assert_true(x < COLUMNS && y < ROWS);
	assert_int_equal(cell & 0xff00, CELL_GREY);
	cells[y][x] = cell;
}

static void scroll(unsigned int rows)
{
	assert_true(rows > 0 && rows <= ROWS);
	memmove(cells[0], cells[rows], (ROWS - rows) * COLUMNS);
	memset(cells[ROWS - rows], ' ', rows * COLUMNS);
	scrolls += rows;
}

static void cursor(unsigned int x, unsigned int y)
{
	assert_true(x < COLUMNS && y <= ROWS);
	cursor_x = x;
	cursor_y = y;
}

static struct screen screen = {
	.columns = COLUMNS, .rows = ROWS, .scroll_rows = 1, .put = put, .scroll = scroll, .cursor = cursor,
};

static void start_in_row(unsigned int row)
{
	screen.first_row = row;
	text_screen_start(&screen);
}

static int start(void **state)
{
	memset(cells, ' ', sizeof(cells));
	scrolls = 0;
	screen.scroll_rows = 1;
	start_in_row(0);
	return 0;
}

static void say(const char *text)
{
	text_screen_write(text, strlen(text));
}

/* Four rows, each without the spaces at its end. */
static void assert_rows(const char *a, const char *b, const char *c, const char *d)
{
	const char *want[ROWS] = { a, b, c, d };

	for (int y = 0; y < ROWS; y++) {
		char padded[COLUMNS + 1];

		snprintf(padded, sizeof(padded), "%-*s", COLUMNS, want[y]);
		assert_memory_equal(cells[y], padded, COLUMNS);
	}
}

static void assert_cursor(unsigned int x, unsigned int y)
{
	assert_int_equal(cursor_x, x);
	assert_int_equal(cursor_y, y);
}

static void test_writing(void **state)
{
	say("abc\ndef");
	assert_rows("abc", "def", "", "");
	assert_cursor(3, 1);
	say("\b\bx\a\r");
	assert_rows("abc", "dxf", "", "");
	assert_cursor(2, 1);
	say("\n0123456789ab\n");		/* a full row ends by itself */
	assert_rows("abc", "dxf", "0123456789", "ab");
	assert_cursor(0, ROWS - 1);
	assert_int_equal(scrolls, 0);		/* not before there is something to be shown */
	say("z");
	assert_rows("dxf", "0123456789", "ab", "z");
	say("\b\b\b");
	assert_cursor(0, 3);			/* not into the line above */
}

static void test_beginning_further_down(void **state)
{
	memcpy(cells[0], "firmware", 8);
	start_in_row(2);
	say("a\nb\nc");
	assert_rows("", "a", "b", "c");		/* it has left the screen */
	start_in_row(ROWS);
	say("d");
	assert_rows("a", "b", "c", "d");
}

static void test_looking_back(void **state)
{
	say("1\n2\n3\n4\n5\n6\n7");
	assert_rows("4", "5", "6", "7");
	text_screen_look_back(2);
	assert_rows("2", "3", "4", "5");
	assert_cursor(0, ROWS);			/* nowhere */
	text_screen_look_back(2);
	assert_rows("1", "2", "3", "4");	/* no further */
	text_screen_look_back(-1);
	assert_rows("2", "3", "4", "5");
	text_screen_look_back(-9);
	assert_rows("4", "5", "6", "7");
	assert_cursor(1, 3);
	text_screen_look_back(-1);
	assert_rows("4", "5", "6", "7");
	text_screen_look_back(3);
	say("8");				/* what is new is at the end */
	assert_rows("4", "5", "6", "78");
	text_screen_look_back(1);
	say("\n9");
	assert_rows("5", "6", "78", "9");
}

static void test_clearing(void **state)
{
	say("1\n2\n3\n4\n5");
	text_screen_clear();
	assert_rows("", "", "", "");
	assert_cursor(0, 0);
	say("6\n");
	assert_rows("6", "", "", "");
	text_screen_look_back(3);
	assert_rows("3", "4", "5", "6");
	text_screen_clear();
	text_screen_clear();
	assert_rows("", "", "", "");
	text_screen_look_back(LINES);
	assert_rows("1", "2", "3", "4");
}

/* The oldest lines are forgotten, and no others; line 2^32 - 1 isn't reached. */
static void test_forgetting(void **state)
{
	char text[16];
	unsigned int i, last = 3 * LINES + 7;

	for (i = 0; i <= last; i++) {
		snprintf(text, sizeof(text), i ? "\n%u" : "%u", i);
		say(text);
	}
	text_screen_look_back(10 * LINES);
	snprintf(text, sizeof(text), "%-*u", COLUMNS, last - LINES + 1);
	assert_memory_equal(cells[0], text, COLUMNS);
	for (i = 0; i < LINES - ROWS; i++)
		text_screen_look_back(-1);
	snprintf(text, sizeof(text), "%-*u", COLUMNS, last);
	assert_memory_equal(cells[ROWS - 1], text, COLUMNS);
	assert_int_equal(cursor_y, ROWS - 1);
}

static void test_without_a_screen(void **state)
{
	unsigned int columns = 1, rows = 1;

	text_screen_clear();
	text_screen_look_back(5);
	text_screen_size(&columns, &rows);
	assert_true(columns == 0 && rows == 0);
}

/* --- the pager --------------------------------------------------------------------------- */

/* How many characters of an endless text are shown until a key is needed. */
static unsigned int shown(struct pager *p, const char *text)
{
	unsigned int i;

	for (i = 0; !pager_full(p) && i < 1000; i++)
		pager_count(p, text[i % strlen(text)]);
	return i;
}

static void test_pager(void **state)
{
	struct pager p;

	pager_start(&p, COLUMNS, ROWS);
	assert_int_equal(shown(&p, "ab\n"), 9);		/* three lines, and a row for the question */
	assert_false(pager_key(&p, 'x') || pager_key(&p, 27));
	assert_int_equal(shown(&p, "ab\n"), 0);
	assert_true(pager_key(&p, '\r'));
	assert_int_equal(shown(&p, "ab\n"), 3);
	assert_true(pager_key(&p, ' '));
	assert_int_equal(shown(&p, "0123456789ab\n"), 13 + 10);	/* a long line has two rows */
	assert_false(p.quit);
	assert_true(pager_key(&p, 'q') && p.quit);
	pager_start(&p, COLUMNS, ROWS);
	assert_false(p.quit);
	assert_true(pager_key(&p, 3) && p.quit);
	pager_start(&p, 0, 0);
	assert_int_equal(shown(&p, "ab\n"), 1000);	/* nobody reads on a screen */
}

/* A framebuffer moves up by several rows at once: what is shown is the end all the same. */
static void test_scroll_rows(void **state)
{
	screen.scroll_rows = 3;
	say("1\n2\n3\n4\n5");
	assert_rows("4", "5", "", "");
	assert_int_equal(scrolls, 3);
	say("\n6\n7\n8");
	assert_rows("7", "8", "", "");
	text_screen_look_back(1);
	assert_rows("6", "7", "8", "");
	text_screen_look_back(-1);
	text_screen_clear();
	assert_rows("", "", "", "");
	say("9");
	assert_rows("9", "", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_screen),	/* the first */
		cmocka_unit_test_setup(test_writing, start),
		cmocka_unit_test_setup(test_beginning_further_down, start),
		cmocka_unit_test_setup(test_looking_back, start),
		cmocka_unit_test_setup(test_clearing, start),
		cmocka_unit_test_setup(test_forgetting, start),
		cmocka_unit_test(test_pager),
		cmocka_unit_test_setup(test_scroll_rows, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
