// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands in for the kernel around the files under test: a log in memory, panic, random
 * numbers.
 */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/variant.h>

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <host.h>
#include <host_messages.h>

int kernel_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);

#define LAST_LINES	10	/* of the log, where a property has failed */

int console_loglevel = 7;
int default_message_loglevel = 4;
int panic_timeout;
struct variant variant __attribute__((__weak__));	/* 2.6.34 itself */

int log_level = 7;
static char log_buffer[1 << 16];
static size_t log_length;

jmp_buf host_panic_jump;
bool host_panic_expected;

void log_clear(void)
{
	log_length = 0;
	log_buffer[0] = '\0';
}

const char *log_text(void)
{
	return log_buffer;
}

bool log_has(const char *text)
{
	return strstr(log_buffer, text) != NULL;
}

/* Whether a message goes into the log; what continues a line goes where the line went. */
static bool logged(const char *fmt)
{
	static bool last = true;

	if (fmt[0] == '<' && fmt[1] >= '0' && fmt[1] <= '7')
		last = fmt[1] - '0' <= log_level;
	else if (fmt[0] != '<' || fmt[1] != 'c')
		last = default_message_loglevel <= log_level;
	return last;
}

/* A message may begin with its level: <0> to <7>, <c> or <d>. */
static const char *without_level(const char *text)
{
	return text[0] == '<' && text[1] && text[2] == '>' ? text + 3 : text;
}

int vprintk(const char *fmt, va_list args)
{
	char message[1024];
	const char *text;
	size_t length;

	if (!logged(fmt))
		return 0;
	kernel_vsnprintf(message, sizeof(message), fmt, args);
	text = without_level(message);
	length = strlen(text);
	if (length >= sizeof(log_buffer) - log_length)
		length = sizeof(log_buffer) - log_length - 1;
	memcpy(log_buffer + log_length, text, length);
	log_length += length;
	log_buffer[log_length] = '\0';
	return length;
}

void host_stop(void)
{
	if (host_panic_expected)
		longjmp(host_panic_jump, 1);
	fprintf(stderr, "unexpected panic; the log:\n%s\n", log_buffer);
	abort();
}

unsigned int host_tainted;

void add_taint(enum taint taint)
{
	host_tainted |= 1U << taint;
}

static uint64_t random_state;

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);
	char *end;
	uint64_t value;

	if (!text || !*text)
		return otherwise;
	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end) {
		fprintf(stderr, "%s=%s is no number\n", name, text);
		exit(2);
	}
	return value;
}

void random_init(const char *who)
{
	struct timespec now;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = (uint32_t)(now.tv_nsec ^ now.tv_sec * 1000003ULL ^ (uint64_t)getpid() << 16);
	seed = number_from_environment("SEED", seed);
	printf("%s: SEED=%llu\n", who, (unsigned long long)seed);
	fflush(stdout);
	random_state = seed;
}

/* splitmix64: any state is good, 0 too. */
uint64_t random_u64(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

unsigned long case_number;
const char *case_name = "";

/* What the log said last: the rest only led there. */
static const char *end_of_log(void)
{
	const char *text = log_text(), *at = text + strlen(text);

	for (int lines = 0; at > text; at--)
		if (at[-1] == '\n' && ++lines > LAST_LINES)
			break;
	return at;
}

static void __attribute__((__noreturn__)) must_end(const char *file, int line)
{
	fprintf(stderr, "%s:%d; the end of the log:\n%s\n", file, line, end_of_log());
	abort();
}

void must_failed(const char *file, int line, const char *where, const char *condition)
{
	fprintf(stderr, "case %lu%s%s: in %s(): ", case_number, *case_name ? " " : "", case_name, where);
	if (!strncmp(condition, "panics(", 7))
		fprintf(stderr, "this has to end in a panic, and does not: %s\n", condition + 6);
	else if (!strncmp(condition, "log_has(", 8))
		fprintf(stderr, "the log has to have this, and has not: %s\n", condition + 7);
	else
		fprintf(stderr, "this has to be so, and is not: %s\n", condition);
	must_end(file, line);
}

void must_said(const char *file, int line, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "case %lu%s%s: ", case_number, *case_name ? " " : "", case_name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	must_end(file, line);
}

/* Where a test has failed, what it had allocated is left: no leak to be told of as well. */
static bool has_failed;

static void note_status(int status, void *unused)
{
	has_failed = status != 0;
}

static void __attribute__((__constructor__)) watch_exit(void)
{
	on_exit(note_status, NULL);
}

int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
	return has_failed;
}

unsigned long run_count(unsigned long usual)
{
	return number_from_environment("RUNS", usual);
}
