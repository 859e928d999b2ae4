// SPDX-License-Identifier: GPL-2.0-only
/* /proc/vmallocinfo: the areas between high_memory and pkmap, in order of address. */
#include <kernel/kallsyms.h>
#include <lib/kernel.h>
#include <mm/vmalloc.h>
#include <proc/proc.h>

/* What an area holds, said in this order. */
static const struct {
	unsigned long flag;
	const char *text;
} kinds[] = {
	{ VM_IOREMAP, " ioremap" },
	{ VM_ALLOC, " vmalloc" },
	{ VM_MAP, " vmap" },
	{ VM_VPAGES, " vpages" },
};

static void show_area(struct seq_file *m, const struct vm_struct *v)
{
	char caller[KSYM_SYMBOL_LEN];
	unsigned int i;

	seq_printf(m, "0x%p-0x%p %7ld", v->addr, v->addr + v->size, v->size);
	if (v->caller) {
		sprint_symbol(caller, (unsigned long)v->caller);
		seq_printf(m, " %s", caller);
	}
	if (v->nr_pages)
		seq_printf(m, " pages=%u", v->nr_pages);
	if (v->phys_addr)
		seq_printf(m, " phys=%llx", (u64)v->phys_addr);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (v->flags & kinds[i].flag)
			seq_puts(m, kinds[i].text);
	seq_putc(m, '\n');
}

/**
 * proc_vmallocinfo - write /proc/vmallocinfo
 * @m: the sink
 *
 * A line for each area: its addresses, its size in bytes with the guard page, who made it, what
 * it holds.
 *
 * Linux: mm/vmalloc.c:s_show, v2.6.34.
 */
void proc_vmallocinfo(struct seq_file *m)
{
	const struct vm_struct *v;

	for_each_vm_struct(v)
		show_area(m, v);
}
