// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text on a screen, and a look back at the lines that have left it. What shows the characters is a
 * struct screen, VGA's text mode or a framebuffer; nothing here knows how it does that.
 *
 * All lines are kept in a ring, those on the screen as well, counted from the first one:
 *
 *	oldest ... top - back ... top ......... line ... top + rows - 1
 *	           |---- shown ----|  |---- where text goes ----|
 *
 * Whoever looks back (text_screen_look_back()) sees the rows from top - back on, until something is
 * written: then the screen is at the end again.
 *
 * Linux: drivers/char/vt.c, v2.6.34 (scrback), for the keys.
 */
#include <asm/text_screen.h>
#include <lib/kernel.h>
#include <lib/string.h>

static u8 cells[SCROLL_BACK_LINES * 80];

static const struct screen *screen;
static unsigned int ring_lines;		/* how many lines of the screen's width there is room for */
static unsigned int top, line, column, back;
static u8 *here;			/* the cells of line */

static u8 *line_cells(unsigned int number)
{
	return &cells[number % ring_lines * screen->columns];
}

static void empty_line(unsigned int number)
{
	memset(line_cells(number), ' ', screen->columns);
}

/* The oldest line that is still there. */
static unsigned int oldest(void)
{
	unsigned int end = top + screen->rows;

	return end > ring_lines ? end - ring_lines : 0;
}

static void move_cursor(void)
{
	if (back)
		screen->cursor(0, screen->rows);
	else
		screen->cursor(column, min(line - top, screen->rows - 1));
}

static void draw_all(void)
{
	unsigned int col, row;

	for (row = 0; row < screen->rows; row++)
		for (col = 0; col < screen->columns; col++)
			screen->put(col, row, CELL_GREY | line_cells(top - back + row)[col]);
	move_cursor();
}

/**
 * text_screen_start - a screen is there to be written to
 * @s: the screen; must stay. What stands above its first_row stays until somebody looks back
 */
void text_screen_start(const struct screen *s)
{
	screen = s;
	ring_lines = sizeof(cells) / s->columns;
	memset(cells, ' ', sizeof(cells));
	top = back = column = 0;
	line = s->first_row;
	here = line_cells(line);
}

/* n: at most the screen's rows. */
static void scroll(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		empty_line(top + screen->rows + i);
	top += n;
	screen->scroll(n);
}

static void next_line(void)
{
	column = 0;
	here = line_cells(++line);
}

/* The screen moves up when there is something to be shown below it, not before. */
static void write_char(u8 c)
{
	if (line - top >= screen->rows)
		scroll(screen->scroll_rows);
	if (c == '\n') {
		next_line();
	} else if (c == '\b') {
		column -= column != 0;
	} else if (c != '\r' && c != '\a') {
		here[column] = c;
		screen->put(column, line - top, CELL_GREY | c);
		if (++column == screen->columns)
			next_line();
	}
}

/**
 * text_screen_write - show text, '\n' starting a new line, '\b' stepping back in it; no bell rings
 * @s: the text
 * @n: its length in bytes
 *
 * After text_screen_start().
 *
 * Return: whether a new line has begun.
 * Linux: arch/x86/kernel/early_printk.c:early_vga_write, v2.6.34; the cursor is moved along here.
 */
bool text_screen_write(const char *s, size_t n)
{
	const unsigned int first = line;

	if (back) {
		back = 0;
		draw_all();
	}
	for (; n; n--, s++)
		write_char(*s);
	move_cursor();
	return line != first;
}

/**
 * text_screen_clear - begin at the top of an empty screen
 *
 * What it has shown can be looked back at. Nothing happens before text_screen_start().
 */
void text_screen_clear(void)
{
	if (!screen)
		return;
	text_screen_write("", 0);
	if (column)
		next_line();
	if (line > top)
		scroll(line - top);
	move_cursor();
}

/**
 * text_screen_look_back - show what was there before, or after that
 * @lines: so many lines further back; negative: forward
 *
 * As far as there are any. Nothing happens before text_screen_start().
 */
void text_screen_look_back(int lines)
{
	int most, wanted;

	if (!screen)
		return;
	most = top - oldest();
	wanted = min(max((int)back + lines, 0), most);
	if (wanted == (int)back)
		return;
	back = wanted;
	draw_all();
}

/**
 * text_screen_size - how much fits on the screen
 * @columns: set; 0 before text_screen_start()
 * @rows: set likewise
 */
void text_screen_size(unsigned int *columns, unsigned int *rows)
{
	*columns = screen ? screen->columns : 0;
	*rows = screen ? screen->rows : 0;
}
