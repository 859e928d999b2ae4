// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caches for what the rest of Linux allocates, and limits that follow from the size of memory.
 *
 * There are no tasks, files or mounts here. The caches have the names, the sizes and the order
 * of 2.6.34's, so that what the boot takes from memory, and the lists that show it, are alike.
 * Sizes are those of the i386 kernel with one CPU, as its /proc/slabinfo shows them: those of
 * caches with SLAB_HWCACHE_ALIGN are rounded up to lines of 64 bytes.
 */
#include <asm/cache.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/thread_info.h>
#include <kernel/caches.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>

int max_threads;
unsigned long max_buffer_heads;
unsigned long max_files;

#define MIN_THREADS	20
#define NR_FILE		8192		/* at least this many files */

/* A cache to be created; SLAB_PANIC is added. */
struct cache_spec {
	const char *name;
	size_t size, align;		/* bytes */
	unsigned long flags;
};

/* Without constructors: they would set up locks and lists of what isn't here. */
static void __init create_caches(const struct cache_spec *spec, unsigned int nr)
{
	for (; nr; nr--, spec++)
		kmem_cache_create(spec->name, spec->size, spec->align, spec->flags | SLAB_PANIC,
				  NULL);
}

/* The FPU's state with the SSE registers, without them. Linux: arch/x86/kernel/i387.c, v2.6.34. */
#define FXSAVE_SIZE	512
#define FSAVE_SIZE	112
#define XSTATE_ALIGN	64

/**
 * fork_init - the cache of tasks, and how many there may be
 * @mempages: pages of RAM
 *
 * Their stacks may take an eighth of memory at most.
 * After kmem_cache_init_late().
 * Linux: kernel/fork.c:fork_init, v2.6.34; no extended state beyond SSE.
 */
void __init fork_init(unsigned long mempages)
{
	const struct cache_spec caches[] = {
		{ "task_struct", 864, L1_CACHE_BYTES, 0 },
		{ "task_xstate", cpu_has_fxsr ? FXSAVE_SIZE : FSAVE_SIZE, XSTATE_ALIGN, 0 },
	};

	create_caches(caches, ARRAY_SIZE(caches));
	max_threads = max_t(int, mempages / (8 * THREAD_SIZE / PAGE_SIZE), MIN_THREADS);
}

/**
 * proc_caches_init - the caches of what a task consists of
 *
 * After kmem_cache_init_late().
 * Linux: kernel/fork.c:proc_caches_init, v2.6.34.
 */
void __init proc_caches_init(void)
{
	static const struct cache_spec caches[] __initconst = {
		{ "sighand_cache", 1344, 0, SLAB_HWCACHE_ALIGN },
		{ "signal_cache", 448, 0, SLAB_HWCACHE_ALIGN },
		{ "files_cache", 192, 0, SLAB_HWCACHE_ALIGN },
		{ "fs_cache", 32, 0, SLAB_HWCACHE_ALIGN },
		{ "mm_struct", 448, 0, SLAB_HWCACHE_ALIGN },
		{ "vm_area_struct", 88, 0, 0 },
	};

	create_caches(caches, ARRAY_SIZE(caches));
}

/* struct buffer_head with block numbers of 64 bits. */
#define BUFFER_HEAD_SIZE	56

/**
 * buffer_init - the cache of buffer heads, and how many there may be
 *
 * They may take a tenth of the low memory above the watermarks at most.
 * After kmem_cache_init_late().
 * Linux: fs/buffer.c:buffer_init, v2.6.34.
 */
void __init buffer_init(void)
{
	static const struct cache_spec caches[] __initconst = {
		{ "buffer_head", BUFFER_HEAD_SIZE, 0, SLAB_RECLAIM_ACCOUNT },
	};

	create_caches(caches, ARRAY_SIZE(caches));
	max_buffer_heads = nr_free_buffer_pages() * 10 / 100 * (PAGE_SIZE / BUFFER_HEAD_SIZE);
}

/* A file with its inode and directory entry takes about 1 kB: they may have a tenth of memory. */
static void __init files_init(unsigned long mempages)
{
	max_files = max_t(unsigned long, mempages * (PAGE_SIZE / 1024) / 10, NR_FILE);
}

/* A page of list heads. Linux: fs/namespace.c:mnt_init, v2.6.34. */
static void __init mnt_init(void)
{
	struct list_head *head = (struct list_head *)__get_free_page(GFP_ATOMIC);
	unsigned long left = PAGE_SIZE / sizeof(*head);

	if (!head)
		panic("Failed to allocate mount hash table\n");
	printk("Mount-cache hash table entries: %lu\n", left);
	while (left--)
		INIT_LIST_HEAD(head++);
}

/**
 * vfs_caches_init - the caches of the file system layer, and how many files there may be
 * @mempages: pages of RAM
 *
 * After kmem_cache_init_late().
 * Linux: fs/dcache.c:vfs_caches_init and what it calls, v2.6.34.
 */
void __init vfs_caches_init(unsigned long mempages)
{
	static const struct cache_spec caches[] __initconst = {
		{ "names_cache", 4096, 0, SLAB_HWCACHE_ALIGN },
		{ "dentry", 128, 0, SLAB_RECLAIM_ACCOUNT },
		{ "inode_cache", 260, 0, SLAB_RECLAIM_ACCOUNT },
		{ "filp", 128, 0, SLAB_HWCACHE_ALIGN },
		{ "mnt_cache", 128, 0, SLAB_HWCACHE_ALIGN },
	};
	unsigned long reserve = min((mempages - nr_free_pages()) * 3 / 2, mempages - 1);

	create_caches(caches, ARRAY_SIZE(caches));
	files_init(mempages - reserve);
	mnt_init();
}

/**
 * proc_root_init - the cache of the inodes of /proc
 *
 * After kmem_cache_init_late().
 * Linux: fs/proc/root.c:proc_root_init and fs/proc/inode.c:proc_init_inodecache, v2.6.34.
 */
void __init proc_root_init(void)
{
	static const struct cache_spec caches[] __initconst = {
		{ "proc_inode_cache", 284, 0, SLAB_RECLAIM_ACCOUNT },
	};

	create_caches(caches, ARRAY_SIZE(caches));
}
