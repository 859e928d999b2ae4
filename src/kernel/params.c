// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line. Words are separated by spaces; double quotes keep spaces in
 * a value together. NAME=VALUE or NAME alone.
 *
 * Linux collects handlers from all over the source in a section of its own; here
 * they are in two tables, in src/init/param_table.c. Words that nobody knows are
 * skipped; src/init/unknown_words.c says what is likely to be a mistake.
 */
#include <kernel/init.h>
#include <kernel/params.h>
#include <lib/ctype.h>
#include <lib/string.h>
#include <lib/vsprintf.h>

/* The end of the word at s: a white-space character outside quotes, or the line's end. */
static char *word_end(char *s)
{
	bool quoted = false;

	for (; *s; s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (isspace(*s) && !quoted)
			break;
	}
	return s;
}

/* Takes the quotes off: "name=a b" and name="a b" both have the value a b. */
static void split_word(char *word, char *end, char **param, char **val)
{
	bool quoted = *word == '"';
	char *eq;

	if (quoted)
		word++;
	*param = word;
	*val = NULL;
	/* An '=' at the very start belongs to the name. */
	eq = *word ? strchr(word + 1, '=') : NULL;
	if (eq) {
		*eq = '\0';
		*val = eq + 1;
		if (**val == '"') {
			(*val)++;
			quoted = true;
		}
	}
	if (quoted && end > (*val ? *val : word) && end[-1] == '"')
		end[-1] = '\0';
}

/**
 * parse_args - take a command line apart
 * @args: changed in place; names and values point into it
 * @handle: called for each word; @val is NULL for a word without '='
 *
 * Linux: kernel/params.c:parse_args, v2.6.34.
 */
void parse_args(char *args, void (*handle)(char *param, char *val))
{
	char *param, *val, *end;

	for (args = skip_spaces(args); *args; args = skip_spaces(args)) {
		char *word = args;

		end = word_end(word);
		args = *end ? end + 1 : end;
		*end = '\0';
		split_word(word, end, &param, &val);
		handle(param, val);
	}
}

/**
 * param_number - a parameter's value that is nothing but a number
 * @val: the value, read as by simple_strtoul() with base 0; NULL: none
 * @least: the smallest number wanted, 0 or more
 * @most: the largest one
 * @number: set when @val is a number between these
 *
 * Return: 0, or -1 when it is none.
 */
int __init param_number(const char *val, int least, int most, int *number)
{
	unsigned long n;
	char *rest;

	if (!val || !*val)
		return -1;
	n = simple_strtoul(val, &rest, 0);
	if (*rest || n > INT_MAX || (int)n < least || (int)n > most)
		return -1;
	*number = n;
	return 0;
}
