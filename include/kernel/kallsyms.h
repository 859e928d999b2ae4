/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

/* The names of the kernel's functions, by address. */

#include <lib/compiler.h>
#include <lib/types.h>

#define KSYM_NAME_LEN	64	/* gen-kallsyms sees to it that no name is longer, with its 0 */
#define KSYM_SYMBOL_LEN	(KSYM_NAME_LEN + sizeof("+0x12345678/0x12345678"))

/*
 * Made by scripts/build/gen-kallsyms from the linked image, sorted by address, and linked into the
 * next one; the first link does without. An empty name ends a section.
 */
extern const unsigned int kallsyms_num_syms __weak;
extern const unsigned long kallsyms_addresses[] __weak;
extern const u16 kallsyms_offsets[] __weak;	/* of each name in kallsyms_names */
extern const char kallsyms_names[] __weak;

const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset);
int sprint_symbol(char *buf, unsigned long addr);
const char *symbol_text(const void *addr);
int sprint_backtrace(char *buf, unsigned long addr);

#endif
