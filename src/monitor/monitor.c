// SPDX-License-Identifier: GPL-2.0-only
/*
 * The monitor: a prompt on every console, where the kernel's memory can be looked at
 * and used. This file has the loop: a character from a serial port or the keyboard, a
 * line, a command; src/monitor/line.c edits, the commands_*.c do the work.
 *
 *	serial_getc() \                               \ console->write()
 *	               > line_key() -> run_line() ->   >
 *	keyboard_getc()/                              / printk()
 *
 * What commands print goes to the consoles but not into the log, so that looking at the
 * log doesn't make it longer. printk() is only used by the kernel's own messages about
 * what a command has asked for, and by selftests, which look for reports in the log.
 *
 * Nothing else runs, and there are no locks. Input is polled; interrupts only end the wait for
 * it.
 */
#include <asm/i8259.h>
#include <asm/irqflags.h>
#include <asm/keyboard.h>
#include <asm/screen.h>
#include <asm/serial.h>
#include <asm/text_screen.h>
#include <kernel/console.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <monitor/command.h>
#include <monitor/line.h>
#include <monitor/monitor.h>
#include <monitor/pager.h>

/* While a command runs all but debugging messages are shown, even with "quiet". */
#define COMMAND_LOGLEVEL	7

/* The cursor to the top left, then what is below it is wiped out. */
#define CLEAR_VT100	"\033[H\033[J"

static u16 input_ports[NR_SERIAL_PORTS];
static unsigned int nr_input_ports;
static bool have_keyboard;
static bool typed_on_keyboard;	/* the last character was */

/* What is on its way to the consoles: up to a whole line at once. */
static char pending[128];
static size_t nr_pending;

static void flush_pending(void)
{
	struct console *con;

	for (con = console_drivers; con; con = con->next)
		if ((con->flags & CON_ENABLED) && con->write)
			con->write(con, pending, nr_pending);
	nr_pending = 0;
}

static void screens_write(const char *s)
{
	struct console *con;

	for (con = console_drivers; con; con = con->next)
		if ((con->flags & CON_ENABLED) && (con->flags & CON_SCREEN))
			con->write(con, s, strlen(s));
}

static u8 wait_for_char(void);

static struct pager pager;

/* The question stands on screens alone, and is wiped out when it is answered. */
static void ask_for_more(void)
{
	static const char question[] = "-- more: Space, Enter, q --";
	unsigned int i;

	flush_pending();
	screens_write(question);
	while (!pager_key(&pager, wait_for_char()))
		;
	for (i = 1; i < sizeof(question); i++)
		screens_write("\b \b");
}

static void consoles_write(struct seq_file *m, const char *s, size_t n)
{
	for (; n; n--, s++) {
		if (pager_full(&pager) && !pager.quit)
			ask_for_more();
		if (pager.quit)
			return;
		pager_count(&pager, *s);
		pending[nr_pending++] = *s;
		if (*s == '\n' || nr_pending == sizeof(pending))
			flush_pending();
	}
}

/**
 * clear_screens - empty the screen, and the terminal at a serial port
 */
void clear_screens(void)
{
	struct console *con;

	flush_pending();
	for (con = console_drivers; con; con = con->next) {
		if (!(con->flags & CON_ENABLED) || !con->write)
			continue;
		if (con->flags & CON_SCREEN)
			text_screen_clear();
		else
			con->write(con, CLEAR_VT100, sizeof(CLEAR_VT100) - 1);
	}
}

static struct seq_file consoles = { consoles_write };

static const struct command *const tables[] = {
	state_commands, address_commands, memory_commands, explain_commands, system_commands,
};

/**
 * command_at - the commands by number, in the order of `help`
 * @i: from 0 on
 *
 * Return: the command; NULL after the last one.
 */
const struct command *command_at(unsigned int i)
{
	const struct command *c;
	unsigned int table;

	for (table = 0; table < ARRAY_SIZE(tables); table++)
		for (c = tables[table]; c->name; c++)
			if (!i--)
				return c;
	return NULL;
}

/* What people type elsewhere, and mean one of ours. */
static const struct {
	const char *name, *meant;
} aliases[] = { { "quit", "poweroff" }, { "exit", "poweroff" }, { "?", "help" } };

static const struct command *command_named(const char *name, size_t length)
{
	const struct command *c;
	unsigned int i;

	for (i = 0; (c = command_at(i)); i++)
		if (strlen(c->name) == length && !strncmp(c->name, name, length))
			return c;
	return NULL;
}

/**
 * find_command - a command by name
 * @name: all of it, or another word for it
 *
 * Return: the command; NULL when there is none of that name.
 */
const struct command *find_command(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(name, aliases[i].name))
			name = aliases[i].meant;
	return command_named(name, strlen(name));
}

/* For Tab: the commands, or what the line's command may be given there. */
static const char *word_for_tab(const struct line *l, unsigned int start, unsigned int i)
{
	const char *name = skip_spaces(l->text), *end = name, *at;
	const struct command *c;
	unsigned int arg = 0;

	while (*end && *end != ' ')
		end++;
	if (l->text + start < end || !*name) {
		c = command_at(i);
		return c ? c->name : NULL;
	}
	for (at = end; at < l->text + start - 1; at++)
		arg += at[0] != ' ' && at[1] == ' ';
	c = command_named(name, end - name);
	return c && c->word ? c->word(arg, i) : NULL;
}

/* Returns the number of words, at most max + 1: the rest is not split. */
static int split_words(char *s, char *words[], int max)
{
	int n = 0;

	for (s = skip_spaces(s); *s; s = skip_spaces(s)) {
		if (n == max)
			return max + 1;
		words[n++] = s;
		while (*s && *s != ' ')
			s++;
		if (*s)
			*s++ = '\0';
	}
	return n;
}

/**
 * show_usage - a line about a command's arguments
 * @m: the sink
 * @c: the command
 */
void show_usage(struct seq_file *m, const struct command *c)
{
	seq_printf(m, "usage: %s", c->name);
	if (c->args)
		seq_printf(m, " %s", c->args);
	if (c->values)
		seq_printf(m, "  (%s)", c->values);
	seq_putc(m, '\n');
}

/* Whoever has typed on the keyboard reads on the screen, if there is one. */
static void start_pager(void)
{
	unsigned int columns = 0, rows = 0;
	const struct console *con;

	for (con = console_drivers; con && typed_on_keyboard && !screen_pause; con = con->next)
		if ((con->flags & CON_ENABLED) && (con->flags & CON_SCREEN))
			text_screen_size(&columns, &rows);
	pager_start(&pager, columns, rows);
}

static void run_command(const struct command *c, int argc, char *argv[])
{
	int loglevel = console_loglevel;
	bool understood;

	start_pager();
	console_loglevel = max(loglevel, COMMAND_LOGLEVEL);
	if (c->show) {
		understood = argc == 0;
		if (understood)
			c->show(&consoles);
	} else {
		understood = argc <= COMMAND_MAX_ARGS && c->run(&consoles, argc, argv);
	}
	console_loglevel = loglevel;
	pager_start(&pager, 0, 0);
	if (!understood)
		show_usage(&consoles, c);
}

static void run_line(char *text)
{
	char *words[COMMAND_MAX_ARGS + 1];
	int n = split_words(text, words, COMMAND_MAX_ARGS + 1);
	const struct command *c;

	if (!n)
		return;
	c = find_command(words[0]);
	if (c)
		run_command(c, n - 1, words + 1);
	else
		seq_printf(&consoles, "%s: no such command, help lists them\n", words[0]);
}

/* Is there a console on this port? Then what is typed there is seen there. */
static bool is_console_port(unsigned int index)
{
	const struct console *con;

	for (con = console_drivers; con; con = con->next)
		if ((con->flags & CON_ENABLED) && !strcmp(con->name, "ttyS") &&
		    con->index == (int)index)
			return true;
	return serial_port_base(index) == early_serial_port();
}

static void find_inputs(void)
{
	unsigned int i;

	for (i = 0; i < NR_SERIAL_PORTS; i++)
		if (is_console_port(i) && serial_present(serial_port_base(i)))
			input_ports[nr_input_ports++] = serial_port_base(i);
	have_keyboard = keyboard_present();
	for (i = 0; i < nr_input_ports; i++)
		serial_announce(input_ports[i]);
	enable_wake_interrupts();
}

static u8 wait_for_char(void)
{
	unsigned int i;
	int c;

	flush_pending();
	screen_new_page();
	for (;;) {
		for (i = 0; i < nr_input_ports; i++) {
			c = serial_getc(input_ports[i]);
			if (c >= 0) {
				typed_on_keyboard = false;
				return c;
			}
		}
		if (have_keyboard) {
			c = keyboard_getc();
			if (c >= 0) {
				typed_on_keyboard = true;
				return c;
			}
		}
		safe_halt();
		local_irq_disable();
	}
}

/* Seconds before the next command of a tour is shown. */
#define TOUR_SECONDS	10

static void count_down(const char *name)
{
	unsigned int left;

	seq_printf(&consoles, "memdawn: next is %s, in", name);
	for (left = TOUR_SECONDS; left; left--) {
		seq_printf(&consoles, " %u", left);
		flush_pending();
		delay_seconds(1);
	}
	seq_putc(&consoles, '\n');
	screen_new_page();
}

/* Nobody can type: what he could have asked for is shown in turn, for as long as he looks. */
static void __noreturn tour(void)
{
	static const char *const names[] = { "balance", "layout", "buddyinfo", "meminfo", "e820", "dmesg" };
	unsigned int i;

	screen_pause = screen_pause ?: SCREEN_PAUSE_SECONDS;
	for (i = 0;; i = (i + 1) % ARRAY_SIZE(names)) {
		count_down(names[i]);
		run_command(find_command(names[i]), 0, NULL);
	}
}

/**
 * monitor_main - read lines and do what they say, for good
 *
 * The boot must be complete and the consoles registered. Without any input what could be asked for is
 * shown in turn.
 */
void monitor_main(void)
{
	static struct line line = { .out = &consoles, .prompt = "memdawn> ", .word = word_for_tab,
				    .clear = clear_screens };

	find_inputs();
	if (!nr_input_ports && !have_keyboard) {
		printk(KERN_INFO "memdawn: there is no serial console and no PS/2 keyboard, and USB has no "
		       "driver here: nothing can be typed. Entries of the boot menu show more\n");
		tour();
	}
	for (;;) {
		line_start(&line);
		while (!line_key(&line, wait_for_char()))
			;
		run_line(line.text);
	}
}
