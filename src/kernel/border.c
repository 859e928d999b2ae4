// SPDX-License-Identifier: GPL-2.0-only
/* Records of what has set the borders of memory: see kernel/border.h. Linux keeps none. */
#include <kernel/border.h>
#include <kernel/init.h>
#include <lib/string.h>
#include <lib/vsprintf.h>

/**
 * border_set - a border is decided
 * @border: its record
 * @value: where it lies, in the record's unit
 *
 * A reason from an earlier decision is forgotten. border_why() gives the new one.
 */
void __init border_set(struct border *border, unsigned long value)
{
	border->value = value;
	border->why[0] = '\0';
}

/**
 * border_why - say why a border lies where it does
 * @border: its record
 * @fmt: as for printk(), without a level; what there is already is continued
 */
void __init border_why(struct border *border, const char *fmt, ...)
{
	size_t used = strlen(border->why);
	va_list args;

	va_start(args, fmt);
	vsnprintf(border->why + used, BORDER_WHY - used, fmt, args);
	va_end(args);
}
