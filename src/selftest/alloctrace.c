// SPDX-License-Identifier: GPL-2.0-only
/*
 * alloctrace: a fixed sequence of 10,000 allocations and frees, with every result
 * printed. A real Linux 2.6.34 with such a parameter has run the same sequence; its
 * logs are in tests/linux/alloctrace.
 *
 *	alloctrace, alloctrace=press       right after mem_init(): boot page sets, no watermarks
 *	alloctrace=late, =latepress        with watermarks, lowmem_reserve and per-cpu lists
 *
 * press frees less, so that memory fills up to 255 live blocks.
 *
 *	AT <i> A <order> <flags> <pfn>     allocated; pfn -1: failed
 *	AT <i> F <order> <pfn>             freed
 *	AS allocs= fails= frees= live= s=  sums, and the generator's state
 *	AF <k> <order> <pfn>               what was still live, as it is freed
 *	AE done
 */
#include <kernel/alloctrace.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <proc/dump_zones.h>

#define NR_STEPS	10000
#define MAX_LIVE	256

static bool wanted __initdata, press __initdata, late __initdata;

/* Blocks that are allocated now. */
static struct live_block {
	struct page *page;
	unsigned int order;
} live[MAX_LIVE] __initdata;

static unsigned int nr_live __initdata;
static u32 seed __initdata = 12345;

/**
 * alloctrace_setup - alloctrace[=press|late|latepress]
 * @str: the value, or NULL
 *
 * Return: 0, or -1 for another value.
 */
int __init alloctrace_setup(char *str)
{
	wanted = true;
	if (!str)
		return 0;
	press = !strcmp(str, "press") || !strcmp(str, "latepress");
	late = !strcmp(str, "late") || !strcmp(str, "latepress");
	if (!press && !late)
		wanted = false;
	return wanted ? 0 : -1;
}

static u32 __init next(void)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) & 0x7fff;
}

static void __init free_one(unsigned int step)
{
	unsigned int k = next() % nr_live;

	printk(KERN_INFO "AT %u F %u %lu\n", step, live[k].order, page_to_pfn(live[k].page));
	__free_pages(live[k].page, live[k].order);
	live[k] = live[--nr_live];
}

/* Returns false if the allocation failed. */
static bool __init alloc_one(unsigned int step)
{
	static const gfp_t flags[] __initconst = {
		GFP_HIGHUSER, GFP_HIGHUSER_MOVABLE, GFP_HIGHUSER | __GFP_COLD, GFP_KERNEL,
		GFP_DMA | GFP_ATOMIC, GFP_KERNEL | __GFP_RECLAIMABLE,
	};
	unsigned int order = next() % MAX_ORDER, g;
	struct page *page;

	if (next() % 4)
		order %= 4;
	g = next() % ARRAY_SIZE(flags);
	page = alloc_pages((flags[g] | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_WAIT, order);
	printk(KERN_INFO "AT %u A %u %u %ld\n", step, order, g, page ? (long)page_to_pfn(page) : -1);
	if (!page)
		return false;
	live[nr_live++] = (struct live_block){ page, order };
	return true;
}

static void __init run(void)
{
	unsigned int i, k, allocs = 0, fails = 0, frees = 0;

	dump_zones("pre");
	for (i = 0; i < NR_STEPS; i++) {
		u32 r = next();
		bool want_free = press ? (r & 7) < 3 : r & 1;

		if ((nr_live && want_free) || nr_live == MAX_LIVE) {
			free_one(i);
			frees++;
		} else if (alloc_one(i)) {
			allocs++;
		} else {
			fails++;
		}
	}
	printk(KERN_INFO "AS allocs=%u fails=%u frees=%u live=%u s=%u\n", allocs, fails, frees,
	       nr_live, seed);
	dump_zones("end");
	for (k = 0; k < nr_live; k++) {
		printk(KERN_INFO "AF %u %u %lu\n", k, live[k].order, page_to_pfn(live[k].page));
		__free_pages(live[k].page, live[k].order);
	}
	nr_live = 0;
	dump_zones("freed");
	printk(KERN_INFO "AE done\n");
}

/**
 * alloctrace_early - run the sequence if it is to run right after mem_init()
 */
void __init alloctrace_early(void)
{
	if (wanted && !late)
		run();
}

/**
 * alloctrace_late - run the sequence if it is to run with real watermarks
 */
void __init alloctrace_late(void)
{
	if (wanted && late)
		run();
}
