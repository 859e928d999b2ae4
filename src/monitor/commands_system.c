// SPDX-License-Identifier: GPL-2.0-only
/* Commands about the machine and the monitor itself: help, tests, faults, ways to leave. */
#include <asm/acpi.h>
#include <kernel/reboot.h>
#include <kernel/selftest.h>
#include <lib/kernel.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/highmem.h>
#include <mm/mmzone.h>
#include <monitor/command.h>

#define WORDS_A_PAGE	(PAGE_SIZE / sizeof(u32))
#define MEMTEST_PATTERN	0x5a5aa5a5U
#define MAX_BAD_SHOWN	8

static void show_help_line(struct seq_file *m, const struct command *c)
{
	int width = 24 - (int)strlen(c->name) - 1;

	seq_printf(m, "%s %-*s %s\n", c->name, max(width, 0), c->args ? c->args : "", c->help);
}

static bool run_help(struct seq_file *m, int argc, char *argv[])
{
	const struct command *c;
	unsigned int i;

	if (argc > 1)
		return false;
	if (!argc) {
		for (i = 0; (c = command_at(i)); i++)
			show_help_line(m, c);
		return true;
	}
	c = find_command(argv[0]);
	if (c) {
		show_help_line(m, c);
		show_usage(m, c);
	} else {
		seq_printf(m, "%s: no such command, help lists them\n", argv[0]);
	}
	return true;
}

/* A memtest's progress; pages is what is left to do. */
struct memtest {
	struct seq_file *m;
	unsigned long pages, tested, bad, absent;
};

/* Writes the pattern, different in each word, and reads it back; returns the wrong words. */
static unsigned int test_pattern(volatile u32 *words, u32 pattern)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < WORDS_A_PAGE; i++)
		words[i] = pattern ^ i;
	for (i = 0; i < WORDS_A_PAGE; i++)
		wrong += words[i] != (pattern ^ i);
	return wrong;
}

static void test_page(struct memtest *t, struct page *page)
{
	unsigned int wrong;
	u32 *words;

	t->pages--;
	if (pfn_absent(page_to_pfn(page))) {
		t->absent++;
		return;
	}
	words = kmap_atomic(page, KM_USER1);
	wrong = test_pattern(words, MEMTEST_PATTERN) + test_pattern(words, ~MEMTEST_PATTERN);
	kunmap_atomic(words, KM_USER1);
	t->tested++;
	if (!wrong)
		return;
	t->bad++;
	if (t->bad <= MAX_BAD_SHOWN)
		seq_printf(t->m, "page frame %lu: %u wrong words\n", page_to_pfn(page), wrong);
}

static void test_list(struct memtest *t, const struct list_head *list, unsigned int order)
{
	struct page *page;
	unsigned long i;

	list_for_each_entry(page, list, lru)
		for (i = 0; i < 1UL << order && t->pages; i++)
			test_page(t, page + i);
}

static void test_zone(struct memtest *t, const struct zone *zone)
{
	unsigned int order;
	int mt;

	for (order = 0; order < MAX_ORDER; order++)
		for (mt = 0; mt < MIGRATE_TYPES; mt++)
			test_list(t, &zone->free_area[order].free_list[mt], order);
}

/*
 * Free pages are tested where they are: nothing is allocated, and the lists stay as
 * they are. Pages in the per-cpu page sets are left out.
 */
static bool run_memtest(struct seq_file *m, int argc, char *argv[])
{
	struct memtest t = { .m = m, .pages = ULONG_MAX };
	const struct zone *zone;

	if (argc > 1 || (argc && (!parse_ulong(argv[0], &t.pages) || !t.pages)))
		return false;
	for_each_zone(zone)
		if (populated_zone(zone))
			test_zone(&t, zone);
	seq_printf(m, "memtest: %lu free pages tested, %lu bad\n", t.tested, t.bad);
	if (t.absent)
		seq_printf(m, "memtest: %lu pages are left out: the given memory map has them, this machine "
			   "does not\n", t.absent);
	return true;
}

static bool run_selftest(struct seq_file *m, int argc, char *argv[])
{
	if (argc > 1)
		return false;
	/* The tests need all memory that the boot left free, and all of pkmap's windows. */
	if (nr_pieces())
		seq_printf(m, "selftest: the tests want all that is free: give back the %u piece(s) that "
			   "owned lists\n", nr_pieces());
	else
		seq_printf(m, "selftest: %d failed\n", selftest_run(argc ? argv[0] : ""));
	return true;
}

static bool run_oops(struct seq_file *m, int argc, char *argv[])
{
	return argc == 1 && fault_on_request(argv[0]);
}

static const char *command_word(unsigned int arg, unsigned int i)
{
	const struct command *c = command_at(i);

	return c ? c->name : NULL;
}

static const char *selftest_word(unsigned int arg, unsigned int i)
{
	return selftest_name(i);
}

static const char *fault_word(unsigned int arg, unsigned int i)
{
	return fault_kind(i);
}

static void clear(struct seq_file *m)
{
	clear_screens();
}

static void reboot(struct seq_file *m)
{
	machine_restart();
}

static void power_off(struct seq_file *m)
{
	emulator_exit(EXIT_BOOT_COMPLETE);
	acpi_power_off();
	seq_puts(m, "Neither an emulator nor ACPI has taken the power away: halted, it may be switched off.\n");
	machine_halt();
}

const struct command system_commands[] = {
	{ "memtest", "[PAGES]", "test the free pages, or some of them", .run = run_memtest },
	{ "selftest", "[NAME,...]", "the tests of the memory manager, or some of them",
	  .run = run_selftest, .word = selftest_word },
	{ "oops", "KIND", "cause a fault, which ends the kernel",
	  "KIND is stack, null, ud, de, gp, wp, nx, kmap, pkmap, bug or panic", .run = run_oops,
	  .word = fault_word },
	{ "clear", NULL, "empty the screen, as Ctrl-L does", .show = clear },
	{ "reboot", NULL, "reset the machine", .show = reboot },
	{ "poweroff", NULL, "leave the emulator, switch off or halt (quit, exit)",
	  .show = power_off },
	{ "help", "[COMMAND]", "this list, or what a command may be given; also ?", .run = run_help,
	  .word = command_word },
	{ .name = NULL }
};
