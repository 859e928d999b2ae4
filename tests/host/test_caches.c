// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/init/caches.c on src/mm/slab*.c: the caches that Linux has at the end of its boot, and the
 * limits that it takes from the size of memory. Each test is a process of its own.
 */
#include <asm/page.h>
#include <asm/processor.h>
#include <kernel/caches.h>
#include <lib/kernel.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>

#include <host.h>
#include <slab_stand_ins.h>

/*
 * What Linux 2.6.34 with one CPU says in /proc/slabinfo on a machine with 2048 MB, of the caches
 * that are here too: name, objsize, objperslab, pagesperslab, limit, batchcount. In its order.
 */
static const struct {
	const char *name;
	unsigned int objsize, objperslab, pagesperslab, limit, batchcount;
} linux_slabinfo[] = {
	{ "proc_inode_cache", 284, 14, 1, 54, 27 },
	{ "mnt_cache", 128, 30, 1, 120, 60 },
	{ "filp", 128, 30, 1, 120, 60 },
	{ "inode_cache", 260, 15, 1, 54, 27 },
	{ "dentry", 128, 30, 1, 120, 60 },
	{ "names_cache", 4096, 1, 1, 24, 12 },
	{ "vm_area_struct", 88, 44, 1, 120, 60 },
	{ "mm_struct", 448, 9, 1, 54, 27 },
	{ "fs_cache", 32, 113, 1, 120, 60 },
	{ "files_cache", 192, 20, 1, 120, 60 },
	{ "signal_cache", 448, 9, 1, 54, 27 },
	{ "sighand_cache", 1344, 3, 1, 24, 12 },
	{ "task_xstate", 512, 8, 1, 54, 27 },
	{ "task_struct", 864, 9, 2, 54, 27 },
	{ "size-4194304(DMA)", 4194304, 1, 1024, 1, 1 },
	{ "size-4194304", 4194304, 1, 1024, 1, 1 },
	{ "size-2097152(DMA)", 2097152, 1, 512, 1, 1 },
	{ "size-2097152", 2097152, 1, 512, 1, 1 },
	{ "size-1048576(DMA)", 1048576, 1, 256, 1, 1 },
	{ "size-1048576", 1048576, 1, 256, 1, 1 },
	{ "size-524288(DMA)", 524288, 1, 128, 1, 1 },
	{ "size-524288", 524288, 1, 128, 1, 1 },
	{ "size-262144(DMA)", 262144, 1, 64, 1, 1 },
	{ "size-262144", 262144, 1, 64, 1, 1 },
	{ "size-131072(DMA)", 131072, 1, 32, 8, 4 },
	{ "size-131072", 131072, 1, 32, 8, 4 },
	{ "size-65536(DMA)", 65536, 1, 16, 8, 4 },
	{ "size-65536", 65536, 1, 16, 8, 4 },
	{ "size-32768(DMA)", 32768, 1, 8, 8, 4 },
	{ "size-32768", 32768, 1, 8, 8, 4 },
	{ "size-16384(DMA)", 16384, 1, 4, 8, 4 },
	{ "size-16384", 16384, 1, 4, 8, 4 },
	{ "size-8192(DMA)", 8192, 1, 2, 8, 4 },
	{ "size-8192", 8192, 1, 2, 8, 4 },
	{ "size-4096(DMA)", 4096, 1, 1, 24, 12 },
	{ "size-4096", 4096, 1, 1, 24, 12 },
	{ "size-2048(DMA)", 2048, 2, 1, 24, 12 },
	{ "size-2048", 2048, 2, 1, 24, 12 },
	{ "size-1024(DMA)", 1024, 4, 1, 54, 27 },
	{ "size-1024", 1024, 4, 1, 54, 27 },
	{ "size-512(DMA)", 512, 8, 1, 54, 27 },
	{ "size-512", 512, 8, 1, 54, 27 },
	{ "size-256(DMA)", 256, 15, 1, 120, 60 },
	{ "size-256", 256, 15, 1, 120, 60 },
	{ "size-192(DMA)", 192, 20, 1, 120, 60 },
	{ "size-192", 192, 20, 1, 120, 60 },
	{ "size-128(DMA)", 128, 30, 1, 120, 60 },
	{ "size-128", 128, 30, 1, 120, 60 },
	{ "size-96(DMA)", 128, 30, 1, 120, 60 },
	{ "size-96", 128, 30, 1, 120, 60 },
	{ "size-64(DMA)", 64, 59, 1, 120, 60 },
	{ "size-32(DMA)", 32, 113, 1, 120, 60 },
	{ "size-64", 64, 59, 1, 120, 60 },
	{ "size-32", 32, 113, 1, 120, 60 },
	{ "kmem_cache", 128, 30, 1, 120, 60 },
};

static void slabinfo_is_linux(void)
{
	const struct kmem_cache *c;
	unsigned int i = 0;

	host_slab_init();
	boot_cpu_data.x86_capability[0] = 1 << (X86_FEATURE_FXSR % 32);
	fork_init(totalram_pages);
	proc_caches_init();
	vfs_caches_init(totalram_pages);
	proc_root_init();
	for_each_kmem_cache(c) {
		struct slabinfo s;

		get_slabinfo(c, &s);
		must(i < ARRAY_SIZE(linux_slabinfo));
		must(!strcmp(c->name, linux_slabinfo[i].name));
		must(c->buffer_size == linux_slabinfo[i].objsize);
		must(s.objects_per_slab == linux_slabinfo[i].objperslab);
		must(1U << s.cache_order == linux_slabinfo[i].pagesperslab);
		must(s.limit == linux_slabinfo[i].limit);
		must(s.batchcount == linux_slabinfo[i].batchcount);
		must(s.shared == 0 && s.shared_avail == 0);
		i++;
	}
	must(i == ARRAY_SIZE(linux_slabinfo));
	must(log_has("Mount-cache hash table entries: 512\n"));
	host_check_caches();
}

/* Linux: max_threads is a sixteenth of the pages; files_stat.max_files a tenth of the kilobytes. */
static void limits_of_2048M(void)
{
	host_slab_init();
	totalram_pages = 2077888 / 4;
	host_free_pages = totalram_pages - 1000;
	host_free_buffer_pages = 226468 - 1425;
	fork_init(totalram_pages);
	buffer_init();
	vfs_caches_init(totalram_pages);
	must(max_threads == 32467);
	must(max_buffer_heads == (226468 - 1425) * 10 / 100 * 73);
	must(max_files == (519472 - 1500) * 4 / 10);
}

static void limits_of_little_memory(void)
{
	host_slab_init();
	totalram_pages = 1100;
	host_free_pages = 100;
	fork_init(300);
	vfs_caches_init(totalram_pages);
	must(max_threads == 20);
	must(max_files == 8192);
}

#define TESTS(X)	X(slabinfo_is_linux) X(limits_of_2048M) X(limits_of_little_memory)

TESTS(TEST)

int main(void)
{
	const struct CMUnitTest tests[] = { TESTS(UNIT_TEST) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
