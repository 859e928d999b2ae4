// SPDX-License-Identifier: GPL-2.0-only
/*
 * What memblock stands on: memory of which only a part need exist, struct pages, and a page
 * allocator that only notes what it is given.
 */
#include <lib/bitops.h>

#include <memblock_stand_ins.h>

#include <sys/mman.h>

#include <host.h>

char *host_memory;
struct page *mem_map;
unsigned long mem_map_first_pfn, mem_map_nr_pages;
unsigned long max_low_pfn;
unsigned long totalram_pages;
unsigned long totalhigh_pages;
pg_data_t contig_page_data;

unsigned long host_freed_blocks[MAX_ORDER];
unsigned long host_freed_pages;
void (*host_freed)(unsigned long pfn, unsigned int order);

static void *memory;
static size_t memory_size;
static size_t mem_map_size;

/* Every page once at most. */
static unsigned long *freed;

/* As if nothing had been called yet. */
void memblock_reset(void)
{
	memset(&memblock_state, 0, sizeof(memblock_state));
	memset(memblock_memory_init_regions, 0, sizeof(memblock_memory_init_regions));
	memset(memblock_reserved_init_regions, 0, sizeof(memblock_reserved_init_regions));
	memblock.bottom_up = false;
	memblock.current_limit = MEMBLOCK_ALLOC_ANYWHERE;
	memblock.memory.regions = memblock_memory_init_regions;
	memblock.reserved.regions = memblock_reserved_init_regions;
	memblock.memory.cnt = memblock.reserved.cnt = 1;
	memblock.memory.max = memblock.reserved.max = INIT_MEMBLOCK_REGIONS;
	memblock.memory.total_size = memblock.reserved.total_size = 0;
	movable_node_enabled = false;
}

static void *map(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED) {
		perror("mmap");
		abort();
	}
	return at;
}

/* Physical memory [base, base + size) exists from now on, and no other; all zeros. */
void host_memory_at(phys_addr_t base, size_t size)
{
	if (memory)
		munmap(memory, memory_size);
	memory = map(size);
	memory_size = size;
	host_memory = (char *)((unsigned long)memory - (unsigned long)base);
}

/* Page frames [0, nr_pages) have struct pages from now on, all zeros: of zone 0. */
void host_pages(unsigned long nr_pages)
{
	if (mem_map) {
		munmap(mem_map, mem_map_size);
		free(freed);
	}
	mem_map_size = nr_pages * sizeof(struct page);
	mem_map = map(mem_map_size);
	mem_map_nr_pages = nr_pages;
	freed = calloc(BITS_TO_LONGS(nr_pages), sizeof(long));
	memset(host_freed_blocks, 0, sizeof(host_freed_blocks));
	host_freed_pages = totalram_pages = totalhigh_pages = 0;
	contig_page_data.node_start_pfn = 0;
	contig_page_data.node_spanned_pages = nr_pages;
	for (int i = 0; i < MAX_NR_ZONES; i++)
		contig_page_data.node_zones[i].zone_pgdat = &contig_page_data;
}

void __free_pages_core(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	if (order >= MAX_ORDER || pfn % (1UL << order) || pfn + (1UL << order) > mem_map_nr_pages) {
		fprintf(stderr, "page frame 0x%lx, order %u: no such block\n", pfn, order);
		abort();
	}
	for (unsigned long i = pfn; i < pfn + (1UL << order); i++) {
		if (test_bit(i, freed)) {
			fprintf(stderr, "page frame 0x%lx is handed over twice\n", i);
			abort();
		}
		__set_bit(i, freed);
	}
	host_freed_blocks[order]++;
	host_freed_pages += 1UL << order;
	if (host_freed)
		host_freed(pfn, order);
}

void __free_pages_bootmem(struct page *page, unsigned int order)
{
	__free_pages_core(page, order);
}
