// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log. A message goes into a ring buffer first and from there to the consoles,
 * so a console that is registered late can still show how the boot began.
 *
 *	log_buf (128 KiB, indices only grow and are masked at each access)
 *
 *	   log_start            con_start          log_end
 *	   v                    v                  v
 *	...<6>first line\n<6>...<4>not shown yet\n.....
 *
 * In the buffer every line begins with its level as "<n>". A line's level decides
 * when it leaves the buffer, not when it enters it: the buffer holds everything.
 *
 * Linux: kernel/printk.c, v2.6.34. One CPU and no interrupts here, so there are no
 * locks; the list of console names and their choice are the same. A console that
 * asks for the log from its beginning gets it alone (in 2.6.34 every console
 * repeats it).
 */
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <lib/vsprintf.h>

#define LOG_BUF_LEN	(128 * 1024)
#define LOG_BUF_MASK	(LOG_BUF_LEN - 1)
#define LOG_BUF(idx)	log_buf[(idx) & LOG_BUF_MASK]

#define DEFAULT_CONSOLE_LOGLEVEL	7
#define DEFAULT_MESSAGE_LOGLEVEL	4
#define QUIET_CONSOLE_LOGLEVEL		4
#define DEBUG_CONSOLE_LOGLEVEL		10

int console_loglevel = DEFAULT_CONSOLE_LOGLEVEL;
int default_message_loglevel = DEFAULT_MESSAGE_LOGLEVEL;
struct console *console_drivers;
bool oops_in_progress;

static char log_buf[LOG_BUF_LEN];
static unsigned int log_start;	/* the oldest character */
static unsigned int con_start;	/* the oldest one that the consoles don't have yet */
static unsigned int log_end;	/* after the newest one */

static bool ignore_loglevel;
static struct console *exclusive_console;	/* being shown the old part of the log */

/* The consoles named on the command line; the last one named is the preferred one. */
#define MAX_CMDLINECONSOLES	8

static struct console_cmdline {
	char name[8];
	int index;
	char *options;		/* after the comma; NULL: none */
} console_cmdline[MAX_CMDLINECONSOLES];

static int selected_console = -1;	/* number of the last one named */
static int preferred_console = -1;	/* < 0: any real console will do */

/* From the first character of a line that has no end yet to its last: its level; else -1. */
static int msg_level = -1;

static bool new_text_line = true;
static bool in_printk, recursion_bug;

/* A longer message is cut: 1023 characters with its level. */
static char printk_buf[1024];

static const char recursion_bug_msg[] = KERN_CRIT "BUG: recent printk recursion!\n";

/* A console that is being shown the old part of the log has it to itself. */
static bool gets_text(const struct console *con)
{
	return (!exclusive_console || con == exclusive_console) &&
	       (con->flags & CON_ENABLED) && con->write;
}

/* The characters lie side by side in log_buf. */
static void call_drivers_range(const char *s, size_t n)
{
	struct console *con;

	for (con = console_drivers; con; con = con->next)
		if (gets_text(con))
			con->write(con, s, n);
}

/* One line or a part of one, [start, end), of the given level. */
static void call_drivers_line(unsigned int start, unsigned int end, int level)
{
	unsigned int first = start & LOG_BUF_MASK, after = end & LOG_BUF_MASK;

	if (start == end || (level >= console_loglevel && !ignore_loglevel))
		return;

	if (first < after) {
		call_drivers_range(log_buf + first, after - first);
	} else {
		call_drivers_range(log_buf + first, LOG_BUF_LEN - first);
		call_drivers_range(log_buf, after);
	}
}

/* The level of the "<n>" at idx; -1: none stands there. */
static int level_at(unsigned int idx)
{
	int level = LOG_BUF(idx + 1) - '0';
	bool is_tag = log_end - idx >= 3 && LOG_BUF(idx) == '<' && LOG_BUF(idx + 2) == '>';

	return is_tag && level >= 0 && level <= 7 ? level : -1;
}

/* Where the text at idx begins, after the level if it has one; sets msg_level. */
static unsigned int skip_level(unsigned int idx)
{
	if (msg_level >= 0)
		return idx;
	msg_level = level_at(idx);
	return msg_level < 0 ? idx : idx + 3;
}

/* Send the consoles what they don't have yet, line by line. */
static void flush_consoles(void)
{
	unsigned int idx = con_start, start;

	con_start = log_end;
	while (idx != log_end) {
		idx = skip_level(idx);
		start = idx;
		while (idx != log_end && LOG_BUF(idx) != '\n')
			idx++;
		if (idx == log_end) {
			call_drivers_line(start, idx, msg_level);
			return;
		}
		idx++;
		/* The level is gone when the ring has overwritten the line's beginning. */
		call_drivers_line(start, idx, msg_level < 0 ? default_message_loglevel : msg_level);
		msg_level = -1;
	}
}

/* With the ring full, c takes the place of the oldest character. */
static void emit_log_char(char c)
{
	const unsigned int lost = log_end - LOG_BUF_LEN;

	if (log_start == lost)
		log_start++;
	if (con_start == lost)
		con_start++;
	LOG_BUF(log_end++) = c;
}

/* Begins a line. Returns how many characters that takes. */
static int emit_level(int level)
{
	emit_log_char('<');
	emit_log_char('0' + level);
	emit_log_char('>');
	new_text_line = false;
	return 3;
}

/* Take "<n>", "<d>" or "<c>" off the front of p; gives the message's level. */
static const char *take_level(const char *p, int *level)
{
	char c;

	if (p[0] != '<' || !p[1] || p[2] != '>')
		return p;
	c = p[1];
	if (c != 'c' && c != 'd' && (c < '0' || c > '7'))
		return p;

	if (c != 'c' && c != 'd')
		*level = c - '0';
	if (c != 'c' && !new_text_line) {
		emit_log_char('\n');
		new_text_line = true;
	}
	return p + 3;
}

/* Returns how many characters the levels took. */
static int log_store(const char *p)
{
	int level = default_message_loglevel, tags = 0;

	for (p = take_level(p, &level); *p; p++) {
		if (new_text_line)
			tags += emit_level(level);
		emit_log_char(*p);
		if (*p == '\n')
			new_text_line = true;
	}
	return tags;
}

/**
 * vprintk - printk() with a va_list
 * @fmt: see printk()
 * @args: the values that @fmt names
 *
 * Return: the number of characters stored, levels included.
 *
 * Linux: kernel/printk.c:vprintk, v2.6.34.
 */
int vprintk(const char *fmt, va_list args)
{
	int len = 0;

	/* A console driver, or a fault in one, prints: only an oops may get through. */
	if (in_printk && !oops_in_progress) {
		recursion_bug = true;
		return 0;
	}
	in_printk = true;

	if (recursion_bug) {
		recursion_bug = false;
		strcpy(printk_buf, recursion_bug_msg);
		len = strlen(recursion_bug_msg);
	}
	len += vscnprintf(printk_buf + len, sizeof(printk_buf) - len, fmt, args);
	len += log_store(printk_buf);
	flush_consoles();

	in_printk = false;
	return len;
}

/**
 * printk - print a message to the log and to the consoles
 * @fmt: a format, its first characters a level: KERN_INFO "text %d\n". Without a level the
 *	message has default_message_loglevel, or continues a line that has not ended yet; with
 *	KERN_CONT it always does the latter.
 *
 * May be called from anywhere, as soon as the high half is mapped. A message longer than 1023
 * characters, its level included, is cut there; the next one begins a new line.
 *
 * Return: the number of characters stored, levels included.
 *
 * Linux: kernel/printk.c:printk, v2.6.34.
 */
int printk(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}

/* Where the oldest complete line begins. */
static unsigned int first_whole_line(void)
{
	unsigned int idx = log_start;

	if (log_start)
		while (idx != log_end && LOG_BUF(idx++) != '\n')
			;
	return idx;
}

/**
 * log_buf_copy - the log as text
 * @dst: where the text goes; no 0 is put at its end
 * @off: characters to leave out, counted from the oldest line that is still complete
 * @n: bytes at @dst
 *
 * The text has each line's level in front of it, as "<n>".
 *
 * Return: the number of characters copied; 0 at the end of the log.
 */
size_t log_buf_copy(char *dst, size_t off, size_t n)
{
	unsigned int start = first_whole_line();
	size_t len = log_end - start, i;

	if (off >= len)
		return 0;
	n = min(n, len - off);
	for (i = 0; i < n; i++)
		dst[i] = LOG_BUF(start + off + i);
	return n;
}

/**
 * ignore_loglevel_setup - the parameter ignore_loglevel: every message reaches the consoles
 * @str: not used
 *
 * Return: 0.
 *
 * Linux: kernel/printk.c:ignore_loglevel_setup, v2.6.34.
 */
int __init ignore_loglevel_setup(char *str)
{
	ignore_loglevel = true;
	printk(KERN_INFO "debug: ignoring loglevel setting.\n");
	return 0;
}

/**
 * loglevel_setup - the parameter loglevel=N: messages of a level below N reach the consoles
 * @str: N, 0 to INT_MAX
 *
 * Return: 0, or -1 when @str is no such number.
 *
 * Linux: init/main.c:loglevel, v2.6.34, which takes what is no number for 0.
 */
int __init loglevel_setup(char *str)
{
	return param_number(str, 0, INT_MAX, &console_loglevel);
}

/**
 * quiet_kernel - the parameter quiet: only errors and worse reach the consoles
 * @str: not used
 *
 * Return: 0.
 *
 * Linux: init/main.c:quiet_kernel, v2.6.34.
 */
int __init quiet_kernel(char *str)
{
	console_loglevel = QUIET_CONSOLE_LOGLEVEL;
	return 0;
}

/**
 * debug_kernel - the parameter debug: all messages reach the consoles
 * @str: not used
 *
 * Return: 0.
 *
 * Linux: init/main.c:debug_kernel, v2.6.34.
 */
int __init debug_kernel(char *str)
{
	console_loglevel = DEBUG_CONSOLE_LOGLEVEL;
	return 0;
}

/**
 * console_setup - the parameter console=NAME[,options]: a console to use
 * @str: like "ttyS0,115200n8", "tty0", or a digit, which stands for ttyS of that number. The text
 *	is changed and must stay where it is: the options are kept as a pointer.
 *
 * Each one named is registered when its driver comes; the last one is the preferred console.
 *
 * Return: 0, or -1 when @str is empty or more than 8 consoles are named.
 *
 * Linux: kernel/printk.c:console_setup and __add_preferred_console, v2.6.34.
 */
int __init console_setup(char *str)
{
	char name[sizeof(console_cmdline[0].name) + 4];	/* 4 for the index */
	char *digits, *options;
	int i, index;

	if (!str || !*str)
		return -1;

	options = strchr(str, ',');
	if (options)
		*options++ = '\0';
	if (isdigit(*str))
		snprintf(name, sizeof(name), "ttyS%s", str);
	else
		strlcpy(name, str, sizeof(name));
	for (digits = name; *digits && !isdigit(*digits); digits++)
		;
	index = simple_strtoul(digits, NULL, 10);
	*digits = '\0';

	for (i = 0; i < MAX_CMDLINECONSOLES && console_cmdline[i].name[0]; i++) {
		if (!strcmp(console_cmdline[i].name, name) && console_cmdline[i].index == index) {
			selected_console = i;
			return 0;
		}
	}
	if (i == MAX_CMDLINECONSOLES)
		return -1;
	selected_console = i;
	strlcpy(console_cmdline[i].name, name, sizeof(console_cmdline[i].name));
	console_cmdline[i].index = index;
	console_cmdline[i].options = options;
	return 0;
}

/**
 * console_named - was a console named on the command line?
 *
 * Return: whether one was.
 * Linux: kernel/printk.c:console_set_on_cmdline, v2.6.34.
 */
bool console_named(void)
{
	return selected_console >= 0;
}

/* False: its driver finds nothing to write to. */
static bool enable_console(struct console *con, char *options)
{
	if (con->setup && con->setup(con, options))
		return false;
	con->flags |= CON_ENABLED;
	return true;
}

/* No console was asked for: the first real one serves. */
static void enable_default_console(struct console *con)
{
	con->index = max(con->index, 0);
	if (enable_console(con, NULL) && !(con->flags & CON_EARLY)) {
		con->flags |= CON_CONSDEV;
		preferred_console = 0;
	}
}

/* Enable con if the command line names it. */
static void enable_named_console(struct console *con)
{
	struct console_cmdline *c;
	int i;

	for (i = 0; i < MAX_CMDLINECONSOLES && console_cmdline[i].name[0]; i++) {
		c = &console_cmdline[i];
		if (strcmp(c->name, con->name) || (con->index >= 0 && con->index != c->index))
			continue;
		con->index = c->index;
		if (enable_console(con, c->options) && i == selected_console) {
			con->flags |= CON_CONSDEV;
			preferred_console = selected_console;
		}
		return;
	}
}

/* The preferred console stands at the head of the list, any other one after the head. */
static void add_console(struct console *con)
{
	struct console **link = &console_drivers;

	if (console_drivers && (con->flags & CON_CONSDEV))
		console_drivers->flags &= ~CON_CONSDEV;
	else if (console_drivers)
		link = &console_drivers->next;
	con->next = *link;
	*link = con;
}

/* Show a console, which is in the list, the log from its oldest character on. */
static void replay_log(struct console *con)
{
	exclusive_console = con;
	con_start = log_start;
	msg_level = -1;
	flush_consoles();
	exclusive_console = NULL;
}

/**
 * register_console - a console begins to show messages, if it is wanted
 * @newcon: stays in use; its index is filled in when it is negative
 *
 * A boot console (CON_BOOT) is taken while there is no real one. A real console is taken when the
 * command line names it or, when none is named, if it is the first. With CON_PRINTBUFFER it gets
 * the log from its beginning, unless it takes over from a boot console. When the preferred console
 * comes, the boot consoles go.
 *
 * Linux: kernel/printk.c:register_console, v2.6.34.
 */
void register_console(struct console *newcon)
{
	struct console *con, *next;
	bool takes_over;

	if (newcon->flags & CON_BOOT) {
		for (con = console_drivers; con; con = con->next) {
			if (con->flags & CON_BOOT)
				continue;
			printk(KERN_INFO "Too late to register bootconsole %s%d\n",
			       newcon->name, newcon->index);
			return;
		}
	}

	takes_over = console_drivers && (console_drivers->flags & CON_BOOT);
	if (preferred_console < 0 || takes_over || !console_drivers)
		preferred_console = selected_console;
	if (preferred_console < 0)
		enable_default_console(newcon);
	enable_named_console(newcon);
	if (!(newcon->flags & CON_ENABLED))
		return;

	takes_over = takes_over && (newcon->flags & (CON_CONSDEV | CON_BOOT)) == CON_CONSDEV;
	add_console(newcon);
	if ((newcon->flags & CON_PRINTBUFFER) && !takes_over)
		replay_log(newcon);

	if (!takes_over) {
		printk(KERN_INFO "%sconsole [%s%d] enabled\n",
		       (newcon->flags & CON_BOOT) ? "boot" : "", newcon->name, newcon->index);
		return;
	}
	printk(KERN_INFO "console [%s%d] enabled, bootconsole disabled\n",
	       newcon->name, newcon->index);
	for (con = console_drivers; con; con = next) {
		next = con->next;
		if (con->flags & CON_BOOT)
			unregister_console(con);
	}
}

/**
 * unregister_console - a console shows no further messages
 * @console: a registered one, else nothing happens
 *
 * Return: 0, or 1 when @console was not registered.
 *
 * Linux: kernel/printk.c:unregister_console, v2.6.34.
 */
int unregister_console(struct console *console)
{
	struct console **link;

	for (link = &console_drivers; *link; link = &(*link)->next) {
		if (*link != console)
			continue;
		*link = console->next;
		if (console_drivers && (console->flags & CON_CONSDEV))
			console_drivers->flags |= CON_CONSDEV;
		return 0;
	}
	return 1;
}
