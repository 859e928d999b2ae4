// SPDX-License-Identifier: GPL-2.0-only
/* Heap sort: no memory, no recursion, n log n comparisons in the worst case. */
#include <lib/sort.h>
#include <lib/types.h>

/* An array that is being sorted: size is that of one element, in bytes. */
struct sort_job {
	char *base;
	size_t size;
	int (*cmp)(const void *, const void *);
	void (*swap)(void *, void *, int size);
};

static void swap_bytes(void *a, void *b, int size)
{
	char *x = a, *y = b;

	while (size--) {
		char byte = *x;

		*x++ = *y;
		*y++ = byte;
	}
}

/* For elements that consist of aligned words. */
static void swap_words(void *a, void *b, int size)
{
	u32 *x = a, *y = b;

	for (size /= sizeof(u32); size--; x++, y++) {
		u32 word = *x;

		*x = *y;
		*y = word;
	}
}

static char *element(const struct sort_job *job, size_t i)
{
	return job->base + i * job->size;
}

/*
 * Lets element `parent` of the first n elements sink until no child is larger than it. Its two
 * children are elements 2 * parent + 1 and 2 * parent + 2; of equal children the first one is
 * taken.
 */
static void sift_down(const struct sort_job *job, size_t parent, size_t n)
{
	size_t child = 2 * parent + 1;

	while (child < n) {
		if (child + 1 < n && job->cmp(element(job, child), element(job, child + 1)) < 0)
			child++;
		if (job->cmp(element(job, parent), element(job, child)) >= 0)
			return;
		job->swap(element(job, parent), element(job, child), job->size);
		parent = child;
		child = 2 * parent + 1;
	}
}

/**
 * sort - sort an array in place, ascending
 * @base: its first element
 * @num: number of elements
 * @size: bytes of one element
 * @cmp_func: negative, 0 or positive as its first element belongs before, beside or after its
 *	second
 * @swap_func: exchanges two elements of @size bytes; NULL: sort() does it by words or bytes
 *
 * Equal elements do not keep their order, but come out in the same order as in Linux.
 *
 * Linux: lib/sort.c:sort, v2.6.34.
 */
void sort(void *base, size_t num, size_t size,
	  int (*cmp_func)(const void *, const void *),
	  void (*swap_func)(void *, void *, int size))
{
	struct sort_job job = {
		.base = base,
		.size = size,
		.cmp = cmp_func,
		.swap = swap_func,
	};
	size_t i;

	if (!job.swap)
		job.swap = ((uintptr_t)base | size) % sizeof(u32) ? swap_bytes : swap_words;

	for (i = num / 2; i-- > 0; )
		sift_down(&job, i, num);

	/* The heap's root is its largest element: it goes right after the shrinking heap. */
	for (i = num; i-- > 1; ) {
		job.swap(element(&job, 0), element(&job, i), size);
		sift_down(&job, 0, i);
	}
}
