/* SPDX-License-Identifier: GPL-2.0-only */
/* What the slab allocator stands on: pages, the CPU's cache lines; see slab_stand_ins.c. */
#ifndef SLAB_STAND_INS_H
#define SLAB_STAND_INS_H

#include <mm/slab_internal.h>

/* Memory is so many page frames; the first ones are the DMA zone. */
#define HOST_PAGES	8192
#define HOST_DMA_PAGES	2048

extern size_t host_cache_line_size;
extern unsigned long host_pages_used;

/* What nr_free_pages() and nr_free_buffer_pages() say. */
extern unsigned long host_free_pages, host_free_buffer_pages;

/* So many allocations of pages succeed, then all fail; -1: as long as there are any. */
extern long host_page_allocations_left;
extern unsigned int host_page_failures;

void host_pages_init(void);
void host_slab_init(void);
void host_check_caches(void);
bool host_in_child(void (*body)(void));

/* A test that runs name() in a process of its own, and its entry in the list of all tests. */
#define TEST(name)						\
static void test_##name(void **state)				\
{								\
	assert_true(host_in_child(name));			\
}
#define UNIT_TEST(name)	cmocka_unit_test(test_##name),

#endif /* SLAB_STAND_INS_H */
