// SPDX-License-Identifier: GPL-2.0-only
/*
 * memblock against Linux 6.1's: tests/linux/memblock holds what the real kernel printed of its
 * boots with memblock=debug. The same calls are made in the same order, and everything printed,
 * from the arguments to the addresses that were found, has to be the same; only the callers' names,
 * which stand at the end of a line, are left out. After the last call everything is handed over,
 * and the numbers of pages have to be those in Linux's Memory: line.
 *
 * What the log does not tell, since it happened before memblock=debug was parsed or is not printed:
 *	- reservations made before the first line: the dump's, less those printed before it
 *	- e820__memblock_setup() trims memory to pages before it dumps
 *	- current_limit is 1 MiB while nothing but the image is mapped; the end of low memory as
 *	  soon as that is mapped, which is when init_mem_mapping() has freed its trial allocation
 */
#include <lib/kernel.h>

#include <host.h>

#include <memblock_stand_ins.h>

#define LOGS		"tests/linux/memblock"
#define MAX_LINES	200
#define EARLY_LIMIT	0x100000

static struct {
	char line[MAX_LINES][200];
	int nr_lines;
	phys_addr_t low_end;			/* where low memory ends */
	phys_addr_t high_start, high_end;	/* the HighMem zone; 0: empty */
	unsigned long available_k, highmem_k;	/* of the Memory: line */
} linux_log;

static unsigned long calls_made, lines_compared;

static bool starts_with(const char *line, const char *text)
{
	return !strncmp(line, text, strlen(text));
}

/* The numbers that stand somewhere in the log. */
static void scan_line(const char *line)
{
	unsigned long long a, b;
	const char *comma;

	if (sscanf(line, " low ram: 0 - %llx", &a) == 1)
		linux_log.low_end = a;
	if (sscanf(line, " HighMem [mem %llx-%llx]", &a, &b) == 2) {
		linux_log.high_start = a;
		linux_log.high_end = b + 1;
	}
	if (sscanf(line, "Memory: %luK/", &linux_log.available_k) == 1) {
		comma = strrchr(line, ',');
		assert_non_null(comma);
		assert_int_equal(sscanf(comma, ", %luK highmem)", &linux_log.highmem_k), 1);
	}
}

static void read_log(const char *name)
{
	char path[100];
	FILE *file;

	memset(&linux_log, 0, sizeof(linux_log));
	snprintf(path, sizeof(path), "%s/%s.log", LOGS, name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(linux_log.line[linux_log.nr_lines], sizeof(linux_log.line[0]), file)) {
		char *line = linux_log.line[linux_log.nr_lines++];

		assert_true(linux_log.nr_lines < MAX_LINES && strchr(line, '\n'));
		*strchr(line, '\n') = '\0';
		scan_line(line);
	}
	fclose(file);
	assert_true(linux_log.nr_lines > 50 && linux_log.low_end && linux_log.available_k);
}

static int find_line(const char *text)
{
	for (int i = 0; i < linux_log.nr_lines; i++)
		if (starts_with(linux_log.line[i], text))
			return i;
	fail_msg("no line starts with %s", text);
	return -1;
}

/* Reserves [start, end) as far as no memblock_reserve line before line `to` will. */
static void seed_range(unsigned long long start, unsigned long long end, int to)
{
	unsigned long long a, b;

	for (int i = 0; i < to; i++) {
		if (sscanf(linux_log.line[i], "memblock_reserve: [%llx-%llx]", &a, &b) != 2)
			continue;
		if (a >= end || b < start)
			continue;
		if (start < a)
			seed_range(start, a, to);
		start = b + 1;
	}
	if (start < end)
		assert_int_equal(memblock_reserve(start, end - start), 0);
}

/* What was reserved before the first line. */
static void seed(void)
{
	int dump = find_line("MEMBLOCK configuration:");
	unsigned long long a, b;

	memblock_set_current_limit(EARLY_LIMIT);
	for (int i = dump; i < linux_log.nr_lines; i++)
		if (sscanf(linux_log.line[i], " reserved[%*x] [%llx-%llx]", &a, &b) == 2)
			seed_range(a, b + 1, dump);
}

/* Is this one of the lines that a call prints, in Linux's log? */
static bool is_call(const char *line)
{
	return starts_with(line, "memblock_");
}

/* An address that a call returned, against the memblock_reserve line after the call's own. */
static void check_result(int line, phys_addr_t addr)
{
	unsigned long long expected;

	assert_int_equal(
		sscanf(linux_log.line[line + 1], "memblock_reserve: [%llx-", &expected), 1);
	assert_true(addr == expected);
}

/* Makes the call that line number i is about. */
static void make_call(int i)
{
	unsigned long long a, b, size, align, from, max;
	const char *line = linux_log.line[i];
	char name[40];
	void *ptr;
	int nid;

	calls_made++;
	if (sscanf(line, "%39[a-z_]: [%llx-%llx]", name, &a, &b) == 3) {
		if (!strcmp(name, "memblock_reserve"))
			assert_int_equal(memblock_reserve(a, b - a + 1), 0);
		else if (!strcmp(name, "memblock_add"))
			assert_int_equal(memblock_add(a, b - a + 1), 0);
		else if (strstr(line, " memblock_free+"))
			memblock_free(__va(a), b - a + 1);
		else if (!strcmp(name, "memblock_phys_free"))
			assert_int_equal(memblock_phys_free(a, b - a + 1), 0);
		else
			fail_msg("what is %s?", line);
		if (strstr(line, "init_mem_mapping"))
			memblock_set_current_limit(linux_log.low_end);
		return;
	}
	if (sscanf(line, "memblock_phys_alloc_range: %llu bytes align=%llx from=%llx max_addr=%llx",
		   &size, &align, &from, &max) == 4) {
		check_result(i, memblock_phys_alloc_range(size, align, from, max));
		return;
	}
	if (sscanf(line, "%39[a-z_]: %llu bytes align=%llx nid=%d from=%llx max_addr=%llx", name,
		   &size, &align, &nid, &from, &max) != 6)
		fail_msg("what is %s?", line);
	if (!strcmp(name, "memblock_alloc_try_nid"))
		ptr = memblock_alloc_try_nid(size, align, from, max, nid);
	else if (!strcmp(name, "memblock_alloc_try_nid_raw"))
		ptr = memblock_alloc_try_nid_raw(size, align, from, max, nid);
	else
		fail_msg("what is %s?", line);
	assert_non_null(ptr);
	check_result(i, __pa(ptr));
}

/* Compares our log with Linux's from line number i on; the result is the first line after. */
static int compare_from(int i)
{
	char ours[1 << 14], *line, *rest = ours;

	assert_true(strlen(log_text()) < sizeof(ours));
	strcpy(ours, log_text());
	while ((line = strsep(&rest, "\n")) && *line) {
		char theirs[200];

		assert_true(i < linux_log.nr_lines);
		strcpy(theirs, linux_log.line[i++]);
		if (is_call(line)) {
			assert_non_null(strrchr(line, ' '));
			*strrchr(line, ' ') = *strrchr(theirs, ' ') = '\0';
		}
		assert_string_equal(line, theirs);
		lines_compared++;
	}
	return i;
}

static void replay(void)
{
	for (int i = 0; i < linux_log.nr_lines;) {
		const char *line = linux_log.line[i];

		log_clear();
		if (is_call(line)) {
			make_call(i);
		} else if (starts_with(line, "MEMBLOCK configuration:")) {
			memblock_trim_memory(PAGE_SIZE);
			memblock_dump_all();
		} else {
			i++;
			continue;
		}
		i = compare_from(i);
	}
}

static void hand_over(void)
{
	unsigned long high;

	host_pages(PFN_DOWN(memblock_end_of_DRAM()));
	max_low_pfn = PFN_DOWN(linux_log.low_end);
	high = memblock_free_highpages(NUMA_NO_NODE, PFN_DOWN(linux_log.high_start),
				       PFN_DOWN(linux_log.high_end));
	assert_int_equal(high * 4, linux_log.highmem_k);
	assert_int_equal(host_freed_blocks[0], high);
	assert_int_equal(totalhigh_pages, high);

	memblock_free_all();
	assert_int_equal(host_freed_pages * 4, linux_log.available_k);
	assert_int_equal(totalram_pages * 4, linux_log.available_k);
	assert_int_equal(zone_managed_pages(&contig_page_data.node_zones[0]) * 4,
			 linux_log.available_k);
}

static void test_log(void **state)
{
	memblock_reset();
	read_log(*state);
	host_memory_at(0, linux_log.low_end);
	seed();
	early_memblock("debug");
	calls_made = lines_compared = 0;
	replay();
	assert_true(calls_made >= 50 && lines_compared >= 90);
	hand_over();
}

#define LOG(name)	{ name, test_log, NULL, NULL, name }

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG("pc-128M"),
		LOG("pc-512M"),
		LOG("pc-2048M"),
		LOG("pc-4096M"),
		LOG("pc-65536M"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
