// SPDX-License-Identifier: GPL-2.0-only
/*
 * Searching, setting and clearing runs of bits, a word at a time.
 *
 * A run's first and last word are handled with masks, the words between them whole:
 *
 *	bit	0           31 32          63 64          95
 *	run	|......########|##############|####..........|
 *		 BITS_FROM(start)   whole word  BITS_BELOW(end)
 */
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <lib/string.h>

/* A word's bits from number nr % 32 up, and those below number nr % 32. */
#define BITS_FROM(nr)	(~0UL << ((nr) % BITS_PER_LONG))
#define BITS_BELOW(nr)	(~BITS_FROM(nr))

/*
 * find_next_bit() in the map whose every word is xored with invert: 0, or ~0UL to find clear bits.
 */
static inline unsigned long find_next(const unsigned long *map, unsigned long size,
				      unsigned long offset, unsigned long invert)
{
	unsigned long word, nr;

	if (offset >= size)
		return size;

	nr = offset - offset % BITS_PER_LONG;
	word = (map[BIT_WORD(offset)] ^ invert) & BITS_FROM(offset);
	while (!word) {
		nr += BITS_PER_LONG;
		if (nr >= size)
			return size;
		word = map[BIT_WORD(nr)] ^ invert;
	}
	nr += __ffs(word);
	return nr < size ? nr : size;
}

/**
 * find_next_bit - find the next set bit
 * @map: the bitmap
 * @size: its bits, up to 2^32 - 32; what comes after them in the last word does not matter
 * @offset: the bit to begin with
 *
 * Return: the first set bit's number >= @offset; @size when there is none.
 * Linux: lib/find_next_bit.c:find_next_bit, v2.6.34.
 */
unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long offset)
{
	return find_next(map, size, offset, 0);
}

/**
 * find_next_zero_bit - find the next clear bit
 * @map: the bitmap
 * @size: its bits, up to 2^32 - 32; what comes after them in the last word does not matter
 * @offset: the bit to begin with
 *
 * Return: the first clear bit's number >= @offset; @size when there is none.
 * Linux: lib/find_next_bit.c:find_next_zero_bit, v2.6.34.
 */
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
				 unsigned long offset)
{
	return find_next(map, size, offset, ~0UL);
}

/**
 * bitmap_find_free_run - find clear bits in a row
 * @map: the bitmap
 * @size: its bits
 * @start: where a run may begin, the first time
 * @nr: how many clear bits there must be, not 0
 * @step: and again so many bits on, and so on; a power of two
 *
 * Return: the number of the first bit of the first such run; ~0UL if there is none.
 */
unsigned long bitmap_find_free_run(const unsigned long *map, unsigned long size,
				   unsigned long start, unsigned long nr, unsigned long step)
{
	unsigned long used;

	while (start < size && nr <= size - start) {
		used = find_next_bit(map, start + nr, start);
		if (used == start + nr)
			return start;
		/* No run has a bit between that one and the next clear one. */
		start += round_up(find_next_zero_bit(map, size, used) - start, step);
	}
	return ~0UL;
}

/**
 * bitmap_set - set a run of bits
 * @map: the bitmap
 * @start: first bit
 * @nr: number of bits; 0 changes nothing
 *
 * Linux: lib/bitmap.c:bitmap_set, v2.6.34.
 */
void bitmap_set(unsigned long *map, unsigned long start, unsigned long nr)
{
	unsigned long end = start + nr;
	unsigned long first = BIT_WORD(start), last = BIT_WORD(end);

	if (first == last) {
		map[first] |= BITS_FROM(start) & BITS_BELOW(end);
		return;
	}
	map[first] |= BITS_FROM(start);
	memset(&map[first + 1], 0xff, (last - first - 1) * sizeof(*map));
	if (end % BITS_PER_LONG)
		map[last] |= BITS_BELOW(end);
}

/**
 * bitmap_clear - clear a run of bits
 * @map: the bitmap
 * @start: first bit
 * @nr: number of bits; 0 changes nothing
 *
 * Linux: lib/bitmap.c:bitmap_clear, v2.6.34.
 */
void bitmap_clear(unsigned long *map, unsigned long start, unsigned long nr)
{
	unsigned long end = start + nr;
	unsigned long first = BIT_WORD(start), last = BIT_WORD(end);

	if (first == last) {
		map[first] &= ~(BITS_FROM(start) & BITS_BELOW(end));
		return;
	}
	map[first] &= ~BITS_FROM(start);
	memset(&map[first + 1], 0, (last - first - 1) * sizeof(*map));
	if (end % BITS_PER_LONG)
		map[last] &= ~BITS_BELOW(end);
}

/**
 * bitmap_weight - count the set bits
 * @map: the bitmap
 * @size: its bits; what comes after them in the last word is not counted
 *
 * Return: how many of the @size bits are set.
 * Linux: lib/bitmap.c:__bitmap_weight, v2.6.34.
 */
unsigned long bitmap_weight(const unsigned long *map, unsigned long size)
{
	unsigned long weight = 0, word;

	for (word = 0; word < BIT_WORD(size); word++)
		weight += hweight_long(map[word]);
	if (size % BITS_PER_LONG)
		weight += hweight_long(map[word] & BITS_BELOW(size));
	return weight;
}
