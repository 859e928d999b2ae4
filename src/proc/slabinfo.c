// SPDX-License-Identifier: GPL-2.0-only
/* /proc/slabinfo: the caches, the newest first. */
#include <mm/slab_internal.h>
#include <proc/proc.h>

static const char heading[] =
	"slabinfo - version: 2.1\n"
	"# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
	" : tunables <limit> <batchcount> <sharedfactor>"
	" : slabdata <active_slabs> <num_slabs> <sharedavail>\n";
static const char row[] = "%-17s %6lu %6lu %6u %4u %4d"
			  " : tunables %4u %4u %4u"
			  " : slabdata %6lu %6lu %6lu\n";

/**
 * proc_slabinfo - write /proc/slabinfo
 * @m: the sink
 *
 * kmem_cache_init() must have run.
 *
 * Linux: mm/slab.c:s_show, v2.6.34.
 */
void proc_slabinfo(struct seq_file *m)
{
	const struct kmem_cache *cachep;
	struct slabinfo s;

	seq_puts(m, heading);
	for_each_kmem_cache(cachep) {
		get_slabinfo(cachep, &s);
		seq_printf(m, row, cachep->name,
			   s.active_objs, s.num_objs, cachep->buffer_size, s.objects_per_slab,
			   1 << s.cache_order,
			   s.limit, s.batchcount, s.shared,
			   s.active_slabs, s.num_slabs, s.shared_avail);
	}
}
