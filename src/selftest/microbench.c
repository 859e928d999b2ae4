// SPDX-License-Identifier: GPL-2.0-only
/*
 * What single operations cost, in the TSC's ticks: instructions, where QEMU runs with
 * `-icount shift=0`. Linux 2.6.34 was measured in the same way: 2,000 calls to warm up,
 * then the mean of 10,000 calls, between two rdtsc around the whole loop, interrupts off.
 *
 *	micro: <operation> <mean>
 */
#include <asm/ioremap.h>
#include <asm/irqflags.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <kernel/printk.h>
#include <lib/math64.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <selftest/ktap.h>

#define WARM_UP_CALLS	2000
#define CALLS		10000
#define NR_BATCH	256	/* pages or objects that are allocated before the first is freed */
#define NR_HIGH_PAGES	1024	/* that get windows in turn: twice as many as there are */
#define VMALLOC_BYTES	65536
#define DEVICE_ADDRESS	0xfed00000	/* where a PC has its timer; nothing is read there */
#define CACHE_OBJECT	200	/* bytes */

static struct page *pages[NR_HIGH_PAGES];
static void *objects[NR_BATCH];
static struct page *low_page, *high_page;
static struct kmem_cache *cache;

/* Each operation is inlined into a loop of its own. An allocation that fails leads to a fault. */
static __always_inline void measure(const char *what, void (*operation)(unsigned int i))
{
	unsigned long flags;
	unsigned int i;
	u64 start, end;

	local_irq_save(flags);
	for (i = 0; i < WARM_UP_CALLS; i++)
		operation(i);
	start = native_read_tsc();
	for (i = 0; i < CALLS; i++)
		operation(i);
	end = native_read_tsc();
	local_irq_restore(flags);
	printk(KERN_INFO "micro: %s %llu\n", what, div_u64(end - start + CALLS / 2, CALLS));
}

static __always_inline void page_pair(gfp_t gfp, unsigned int order)
{
	__free_pages(alloc_pages(gfp, order), order);
}

static __always_inline void kernel_0(unsigned int i)
{
	page_pair(GFP_KERNEL, 0);
}

static __always_inline void highuser_0(unsigned int i)
{
	page_pair(GFP_HIGHUSER, 0);
}

static __always_inline void kernel_1(unsigned int i)
{
	page_pair(GFP_KERNEL, 1);
}

static __always_inline void kernel_3(unsigned int i)
{
	page_pair(GFP_KERNEL, 3);
}

static __always_inline void kernel_10(unsigned int i)
{
	page_pair(GFP_KERNEL, 10);
}

static __always_inline void highuser_3(unsigned int i)
{
	page_pair(GFP_HIGHUSER, 3);
}

static __always_inline void highuser_10(unsigned int i)
{
	page_pair(GFP_HIGHUSER, 10);
}

static __always_inline void alloc_batch(void)
{
	unsigned int k;

	for (k = 0; k < NR_BATCH; k++)
		pages[k] = alloc_pages(GFP_KERNEL, 0);
}

static __always_inline void batch_fifo(unsigned int i)
{
	unsigned int k;

	alloc_batch();
	for (k = 0; k < NR_BATCH; k++)
		__free_pages(pages[k], 0);
}

static __always_inline void batch_lifo(unsigned int i)
{
	unsigned int k;

	alloc_batch();
	for (k = NR_BATCH; k--; )
		__free_pages(pages[k], 0);
}

static __always_inline void zeroed(unsigned int i)
{
	free_page(get_zeroed_page(GFP_KERNEL));
}

static __always_inline void kmalloc_32(unsigned int i)
{
	kfree(kmalloc(32, GFP_KERNEL));
}

static __always_inline void kmalloc_128(unsigned int i)
{
	kfree(kmalloc(128, GFP_KERNEL));
}

static __always_inline void kmalloc_4096(unsigned int i)
{
	kfree(kmalloc(4096, GFP_KERNEL));
}

static __always_inline void cache_200(unsigned int i)
{
	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
}

static __always_inline void kmalloc_batch(unsigned int i)
{
	unsigned int k;

	for (k = 0; k < NR_BATCH; k++)
		objects[k] = kmalloc(128, GFP_KERNEL);
	for (k = 0; k < NR_BATCH; k++)
		kfree(objects[k]);
}

static __always_inline void kmap_high_page(unsigned int i)
{
	kmap(high_page);
	kunmap(high_page);
}

static __always_inline void kmap_atomic_high_page(unsigned int i)
{
	kunmap_atomic(kmap_atomic(high_page, KM_USER0), KM_USER0);
}

static __always_inline void kmap_low_page(unsigned int i)
{
	kmap(low_page);
	kunmap(low_page);
}

static __always_inline void kmap_in_turn(unsigned int i)
{
	struct page *page = pages[i % NR_HIGH_PAGES];

	kmap(page);
	kunmap(page);
}

static __always_inline void vmalloc_64k(unsigned int i)
{
	vfree(vmalloc(VMALLOC_BYTES));
}

static __always_inline void ioremap_page(unsigned int i)
{
	iounmap(ioremap(DEVICE_ADDRESS, PAGE_SIZE));
}

/*
 * When Linux was measured the Normal zone had a block of order 1 and one of order 3 at hand:
 * none was split or joined (its free lists then: tests/linux/alloctrace/pc-2048M-late.log). Here
 * the first part of a larger block is taken, if need be, so that the second one is at hand.
 */
static void have_block_at_hand(unsigned int order, struct list_head *held)
{
	const struct zone *zone = &NODE_DATA(numa_node_id())->node_zones[ZONE_NORMAL];
	struct page *page;

	while (list_empty(&zone->free_area[order].free_list[MIGRATE_UNMOVABLE])) {
		page = alloc_pages(GFP_KERNEL, order);
		if (!check(page))
			return;
		list_add(&page->lru, held);
	}
}

static void measure_pages(void)
{
	LIST_HEAD(held);

	measure("alloc_pages(GFP_KERNEL, 0) + __free_pages", kernel_0);
	measure("alloc_pages(GFP_HIGHUSER, 0) + __free_pages", highuser_0);
	have_block_at_hand(1, &held);
	measure("alloc_pages(GFP_KERNEL, 1) + __free_pages", kernel_1);
	free_blocks(&held, 1);
	have_block_at_hand(3, &held);
	measure("alloc_pages(GFP_KERNEL, 3) + __free_pages", kernel_3);
	free_blocks(&held, 3);
	measure("alloc_pages(GFP_KERNEL, 10) + __free_pages", kernel_10);
	measure("alloc_pages(GFP_HIGHUSER, 3) + __free_pages", highuser_3);
	measure("alloc_pages(GFP_HIGHUSER, 10) + __free_pages", highuser_10);
	measure("256 x alloc_pages(GFP_KERNEL, 0), then freed first to last", batch_fifo);
	measure("256 x alloc_pages(GFP_KERNEL, 0), then freed last to first", batch_lifo);
	measure("get_zeroed_page(GFP_KERNEL) + free_page", zeroed);
}

static void measure_slab(void)
{
	measure("kmalloc(32) + kfree", kmalloc_32);
	measure("kmalloc(128) + kfree", kmalloc_128);
	measure("kmalloc(4096) + kfree", kmalloc_4096);
	cache = kmem_cache_create("microbench", CACHE_OBJECT, 0, 0, NULL);
	if (check(cache)) {
		measure("kmem_cache_alloc(200-byte cache) + kmem_cache_free", cache_200);
		kmem_cache_destroy(cache);
	}
	measure("256 x kmalloc(128), then kfree first to last", kmalloc_batch);
}

static void measure_high_pages(void)
{
	LIST_HEAD(taken);
	unsigned int i;

	for (i = 0; i < NR_HIGH_PAGES; i++) {
		pages[i] = alloc_pages(GFP_HIGHUSER, 0);
		if (!check(pages[i] && PageHighMem(pages[i])))
			break;
		list_add(&pages[i]->lru, &taken);
	}
	if (i == NR_HIGH_PAGES) {
		high_page = pages[0];
		measure("kmap + kunmap, one highmem page", kmap_high_page);
		measure("kmap_atomic(KM_USER0) + kunmap_atomic, highmem page",
			kmap_atomic_high_page);
		measure("kmap + kunmap, 1024 highmem pages in turn", kmap_in_turn);
	}
	free_blocks(&taken, 0);
}

static void measure_mappings(void)
{
	low_page = alloc_pages(GFP_KERNEL, 0);
	if (check(low_page)) {
		measure("kmap + kunmap, one lowmem page", kmap_low_page);
		__free_page(low_page);
	}
	measure("vmalloc(65536) + vfree", vmalloc_64k);
	measure("ioremap(one page) + iounmap", ioremap_page);
}

/**
 * microbench - measure all operations, a line each
 *
 * On a machine with high memory and a TSC, without memdawn.debug, whose checks it would
 * count. A failed allocation would look cheap, so each is tried once before.
 */
void microbench(void)
{
	void *area, *device, *object;

	if (!vmalloc_room(VMALLOC_BYTES + 3 * PAGE_SIZE))
		return;
	area = vmalloc(VMALLOC_BYTES);
	device = ioremap(DEVICE_ADDRESS, PAGE_SIZE);
	object = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!check(cpu_has_tsc && area && device && object))
		return;
	vfree(area);
	iounmap(device);
	kfree(object);
	measure_pages();
	measure_slab();
	if (NODE_DATA(numa_node_id())->node_zones[ZONE_HIGHMEM].present_pages)
		measure_high_pages();
	measure_mappings();
	check(zones_check());
}
