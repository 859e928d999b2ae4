// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hash tables that 2.6.34 takes from the boot allocator. Nobody looks things
 * up in them here; their size and place are part of the boot's arithmetic.
 */
#include <kernel/init.h>
#include <kernel/start_kernel.h>
#include <lib/list.h>
#include <lib/vsprintf.h>
#include <mm/free_area_init.h>

static struct hlist_head *pid_hash;
static unsigned int pidhash_shift = 4;

static struct hlist_head *dentry_hashtable, *inode_hashtable;
static unsigned int d_hash_shift, d_hash_mask, i_hash_shift, i_hash_mask;
static unsigned long dhash_entries __initdata, ihash_entries __initdata;

/**
 * set_dhash_entries - dhash_entries=N: buckets of the dentry cache's table
 * @str: the value, or NULL
 *
 * Return: 0.
 * Linux: fs/dcache.c:set_dhash_entries, v2.6.34.
 */
int __init set_dhash_entries(char *str)
{
	if (str)
		dhash_entries = simple_strtoul(str, &str, 0);
	return 0;
}

/**
 * set_ihash_entries - ihash_entries=N: buckets of the inode cache's table
 * @str: the value, or NULL
 *
 * Return: 0.
 * Linux: fs/inode.c:set_ihash_entries, v2.6.34.
 */
int __init set_ihash_entries(char *str)
{
	if (str)
		ihash_entries = simple_strtoul(str, &str, 0);
	return 0;
}

static void __init init_heads(struct hlist_head *table, unsigned int shift)
{
	unsigned long i;

	for (i = 0; i < 1UL << shift; i++)
		INIT_HLIST_HEAD(&table[i]);
}

/**
 * pidhash_init - the table of process ids
 *
 * The boot allocator must still serve, the zones must be sized.
 * Linux: kernel/pid.c:pidhash_init, v2.6.34.
 */
void __init pidhash_init(void)
{
	pid_hash = alloc_large_system_hash("PID", sizeof(*pid_hash), 0, 18,
					   HASH_EARLY | HASH_SMALL, &pidhash_shift, NULL, 4096);
	init_heads(pid_hash, pidhash_shift);
}

/**
 * vfs_caches_init_early - the tables of directory entries and inodes
 *
 * The boot allocator must still serve, the zones must be sized.
 * Linux: fs/dcache.c:vfs_caches_init_early, v2.6.34.
 */
void __init vfs_caches_init_early(void)
{
	dentry_hashtable = alloc_large_system_hash("Dentry cache", sizeof(*dentry_hashtable),
						   dhash_entries, 13, HASH_EARLY,
						   &d_hash_shift, &d_hash_mask, 0);
	init_heads(dentry_hashtable, d_hash_shift);
	inode_hashtable = alloc_large_system_hash("Inode-cache", sizeof(*inode_hashtable),
						  ihash_entries, 14, HASH_EARLY,
						  &i_hash_shift, &i_hash_mask, 0);
	init_heads(inode_hashtable, i_hash_shift);
}
