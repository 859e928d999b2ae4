/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SELFTEST_KTAP_H
#define SELFTEST_KTAP_H

/*
 * What the files of src/selftest share. A test is a function without arguments; what it
 * finds wrong it says with check(), and the first of these is the reason of its
 * `not ok` line. The results go to the log in the form of KTAP 1.
 */

#include <lib/compiler.h>
#include <lib/list.h>
#include <lib/types.h>
#include <mm/mmzone.h>

/* Is a condition true? Its value; where it is not, the test has failed, and a line says so. */
#define check(condition)						\
({									\
	bool check_ok = !!(condition);					\
									\
	if (unlikely(!check_ok))					\
		check_failed(__FILE__, __LINE__, "%s, in %s()", #condition, __func__);		\
	check_ok;							\
})

/* The same, and what has to be so is said in words and values. */
#define check_say(condition, fmt, args...)				\
({									\
	bool check_ok = !!(condition);					\
									\
	if (unlikely(!check_ok))					\
		check_failed(__FILE__, __LINE__, fmt, ##args);		\
	check_ok;							\
})

/* src/selftest/ktap.c */
void check_failed(const char *file, int line, const char *fmt, ...) __printf(3, 4) __cold;
void ktap_diag(const char *fmt, ...) __printf(1, 2);
void ktap_skip(const char *why);
bool ktap_failed(void);
void ktap_expect(const char *text);
unsigned int ktap_reports(void);
bool ktap_logged(const char *text);
void random_seed(const char *who);
u32 random_below(u32 limit);

/* src/selftest/zones.c: what the page allocator has, in a form that can be compared. */
struct zones_state {
	unsigned long free[NR_ZONES];			/* pages */
	unsigned long nr_free[NR_ZONES][MAX_ORDER];	/* blocks */
	u32 blocks[NR_ZONES];				/* a sum over which block is free */
};

void zones_state(struct zones_state *state);
bool zones_same(const struct zones_state *before);
bool zones_check(void);
unsigned long zone_free_pages(const struct zone *zone);
void free_blocks(struct list_head *blocks, unsigned int order);

/* src/selftest/vmalloc.c */
bool vmalloc_room(unsigned long bytes);

/* A page of any zone, for a moment. */
void page_fill(struct page *page, u32 word);
bool page_filled(struct page *page, u32 word);

/* The tests. */
void test_fill(void);
void test_stress(void);
void test_exhaust(void);
void test_badpage(void);
void test_compound(void);
void test_exact(void);
void test_pkmap(void);
void test_kmap_atomic(void);
void test_slab(void);
void test_slab_debug(void);
void test_vmalloc(void);
void test_ioremap(void);
void test_faults(void);
void microbench(void);

#endif
