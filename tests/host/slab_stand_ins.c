// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages for the slab allocator on the host, and a check of all that it keeps.
 *
 * Memory is an array of HOST_PAGES pages. A block of pages is junk when it is handed out; what is
 * free is poisoned, so that the address sanitizer sees who touches it.
 */
#include <asm/cache.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <kernel/panic.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sanitizer/asan_interface.h>

#include <host.h>
#include <slab_stand_ins.h>

#include <asm/irqflags.h>

char *host_memory;
pg_data_t contig_page_data;
struct page *mem_map;
unsigned long mem_map_first_pfn, mem_map_nr_pages = HOST_PAGES;
unsigned long totalram_pages = 2UL << 30 >> PAGE_SHIFT;
gfp_t gfp_allowed_mask = GFP_BOOT_MASK;
bool memdawn_debug;

struct cpuinfo_x86 boot_cpu_data;

size_t host_cache_line_size = 64;
unsigned long host_free_pages, host_free_buffer_pages;
unsigned long host_pages_used;
long host_page_allocations_left = -1;
unsigned int host_page_failures;


static struct page page_structs[HOST_PAGES];

size_t cache_line_size(void)
{
	return host_cache_line_size;
}

unsigned long nr_free_pages(void)
{
	return host_free_pages;
}

unsigned long nr_free_buffer_pages(void)
{
	return host_free_buffer_pages;
}

void dump_stack(void)
{
	printk("Call Trace:\n");
}

static bool is_free(unsigned long pfn, unsigned int order)
{
	for (unsigned long i = pfn; i < pfn + (1UL << order); i++)
		if (mem_map[i]._count)
			return false;
	return true;
}

/* The lowest free block in [start, end); HOST_PAGES: there is none. */
static unsigned long find_block(unsigned long start, unsigned long end, unsigned int order)
{
	for (unsigned long pfn = start; pfn + (1UL << order) <= end; pfn += 1UL << order)
		if (is_free(pfn, order))
			return pfn;
	return HOST_PAGES;
}

struct page *alloc_pages(gfp_t gfp_mask, unsigned int order)
{
	unsigned long pfn = HOST_PAGES, size = 1UL << order;

	must(!(gfp_mask & (__GFP_HIGHMEM | __GFP_ZERO | __GFP_COMP)));
	must(!(gfp_mask & ~gfp_allowed_mask));
	if (host_page_allocations_left) {
		if (!(gfp_mask & GFP_DMA))
			pfn = find_block(HOST_DMA_PAGES, HOST_PAGES, order);
		if (pfn == HOST_PAGES)
			pfn = find_block(0, HOST_DMA_PAGES, order);
	}
	if (pfn == HOST_PAGES) {
		host_page_failures++;
		return NULL;
	}
	if (host_page_allocations_left > 0)
		host_page_allocations_left--;
	for (unsigned long i = 0; i < size; i++) {
		mem_map[pfn + i]._count = 1;
		mem_map[pfn + i].index = order;
		mem_map[pfn + i].private = gfp_mask;
	}
	host_pages_used += size;
	ASAN_UNPOISON_MEMORY_REGION(__va(pfn << PAGE_SHIFT), size << PAGE_SHIFT);
	memset(__va(pfn << PAGE_SHIFT), random_below(256), size << PAGE_SHIFT);
	return &mem_map[pfn];
}

void __free_pages(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), size = 1UL << order;

	must(pfn < HOST_PAGES && pfn % size == 0 && page->index == order);
	for (unsigned long i = 0; i < size; i++) {
		must(page[i]._count == 1);
		must((page[i].flags & ~(ZONES_MASK << ZONES_PGSHIFT)) == 0);
		page[i]._count = 0;
	}
	host_pages_used -= size;
	ASAN_POISON_MEMORY_REGION(__va(pfn << PAGE_SHIFT), size << PAGE_SHIFT);
}

unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)
{
	struct page *page = alloc_pages(gfp_mask, order);

	return page ? (unsigned long)__va(page_to_pfn(page) << PAGE_SHIFT) : 0;
}

/* All memory free. Once in a process. */
void host_pages_init(void)
{
	size_t size = HOST_PAGES << PAGE_SHIFT, align = MAX_ORDER_NR_PAGES << PAGE_SHIFT;

	host_memory = mmap(NULL, size + align, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	must(host_memory != MAP_FAILED);
	host_memory = (char *)round_up((unsigned long)host_memory, align);
	ASAN_POISON_MEMORY_REGION(host_memory, size);
	mem_map = page_structs;
	for (unsigned long pfn = 0; pfn < HOST_PAGES; pfn++)
		mem_map[pfn].flags =
			(pfn < HOST_DMA_PAGES ? 0UL + ZONE_DMA : ZONE_NORMAL) << ZONES_PGSHIFT;
}

/* As start_kernel() does it. */
void host_slab_init(void)
{
	host_pages_init();
	kmem_cache_init();
	must(slab_is_available());
	host_check_caches();
	gfp_allowed_mask = __GFP_BITS_MASK;
	kmem_cache_init_late();
	host_check_caches();
}

/* Each of a slab's pages says so; the free objects are num - inuse different ones. */
static void check_slab(const struct kmem_cache *c, struct slab *slabp)
{
	void *addr = slabp->s_mem - slabp->colouroff;
	unsigned long *seen = calloc(c->num / 32 + 1, sizeof(long));
	kmem_bufctl_t i = slabp->free;
	unsigned int nr = 0;

	for (unsigned long p = 0; p < 1UL << c->gfporder; p++) {
		const struct page *page = virt_to_page(addr + (p << PAGE_SHIFT));

		must(PageSlab(page) && page_get_cache(page) == c && page_get_slab(page) == slabp);
		must(page->_count == 1 && page->index == c->gfporder);
		must(!(page->private & GFP_DMA) == !(c->flags & SLAB_CACHE_DMA));
		must(!(page->private & __GFP_RECLAIMABLE) == !(c->flags & SLAB_RECLAIM_ACCOUNT));
	}
	must((unsigned long)addr % PAGE_SIZE == 0);
	must(slabp->s_mem + c->num * c->buffer_size <= addr + (PAGE_SIZE << c->gfporder));
	if (OFF_SLAB(c))
		must(page_get_cache(virt_to_page(slabp)) == c->slabp_cache);
	else
		must((void *)&slab_bufctl(slabp)[c->num] <= slabp->s_mem);
	for (; i != BUFCTL_END; i = slab_bufctl(slabp)[i]) {
		must(i < c->num && !(seen[i / 32] & 1UL << i % 32));
		seen[i / 32] |= 1UL << i % 32;
		nr++;
	}
	must(nr == c->num - slabp->inuse);
	free(seen);
}

static unsigned int check_list(const struct kmem_cache *c, const struct list_head *list)
{
	struct slab *slabp;
	unsigned int nr = 0;

	list_for_each_entry(slabp, list, list) {
		must(slabp->list.next->prev == &slabp->list);
		check_slab(c, slabp);
		nr++;
	}
	return nr;
}

/* What is at hand is in use as far as its slab knows. */
static void check_array(const struct kmem_cache *c)
{
	const struct array_cache *ac = c->array;

	must(ac->limit == c->limit && ac->batchcount == c->batchcount);
	must(ac->avail <= ac->limit && ac->batchcount <= ac->limit);
	for (unsigned int i = 0; i < ac->avail; i++) {
		const struct page *page = virt_to_page(ac->entry[i]);
		const struct slab *slabp = page_get_slab(page);

		must(PageSlab(page) && page_get_cache(page) == c);
		must(index_to_obj(c, slabp, obj_to_index(c, slabp, ac->entry[i])) == ac->entry[i]);
		for (unsigned int j = 0; j < i; j++)
			must(ac->entry[j] != ac->entry[i]);
	}
}

/* All caches: every slab, list, array and count. */
void host_check_caches(void)
{
	const struct kmem_cache *c;
	unsigned long pages = 0, counted = 0;

	must(host_irqs_on);
	for_each_kmem_cache(c) {
		const struct kmem_list3 *l3 = c->nodelists[0];
		unsigned int nr = check_list(c, &l3->slabs_partial) +
				  check_list(c, &l3->slabs_full) + check_list(c, &l3->slabs_free);
		struct slabinfo sinfo;

		check_array(c);
		get_slabinfo(c, &sinfo);
		must(!log_has("accounting error"));
		must(sinfo.num_slabs == nr && sinfo.num_objs == nr * c->num);
		pages += nr << c->gfporder;
	}
	must(pages <= host_pages_used);
	for (int z = 0; z < MAX_NR_ZONES; z++)
		counted += contig_page_data.node_zones[z].vm_stat[NR_SLAB_RECLAIMABLE] +
			   contig_page_data.node_zones[z].vm_stat[NR_SLAB_UNRECLAIMABLE];
	must(counted == pages);
}

/* Runs body in a process of its own: the allocator can be set up once. True: it came through. */
bool host_in_child(void (*body)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid >= 0);
	if (!pid) {
		body();
		fflush(stdout);
		_exit(0);
	}
	must(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}
