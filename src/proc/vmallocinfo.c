// SPDX-License-Identifier: GPL-2.0-only
/* /proc/vmallocinfo: the areas between high_memory and pkmap, in order of address. */
#include <kernel/kallsyms.h>
#include <mm/vmalloc.h>
#include <proc/proc.h>

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
	char caller[KSYM_SYMBOL_LEN];

	for_each_vm_struct(v) {
		seq_printf(m, "0x%p-0x%p %7ld", v->addr, v->addr + v->size, v->size);
		if (v->caller) {
			sprint_symbol(caller, (unsigned long)v->caller);
			seq_printf(m, " %s", caller);
		}
		if (v->nr_pages)
			seq_printf(m, " pages=%u", v->nr_pages);
		if (v->phys_addr)
			seq_printf(m, " phys=%llx", (u64)v->phys_addr);
		if (v->flags & VM_IOREMAP)
			seq_puts(m, " ioremap");
		if (v->flags & VM_ALLOC)
			seq_puts(m, " vmalloc");
		if (v->flags & VM_MAP)
			seq_puts(m, " vmap");
		if (v->flags & VM_VPAGES)
			seq_puts(m, " vpages");
		seq_putc(m, '\n');
	}
}
