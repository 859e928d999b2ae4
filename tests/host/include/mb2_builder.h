/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes Multiboot2 information, right or wrong. The sizes that it fills in may be overwritten
 * after.
 */
#ifndef MB2_BUILDER_H
#define MB2_BUILDER_H

#include <lib/types.h>

#include <host.h>

#define MB2_BYTES	16384

struct mb2 {
	u8 bytes[MB2_BYTES] __attribute__((__aligned__(8)));
	u32 size;
};

static inline void mb2_put(struct mb2 *info, const void *data, u32 len)
{
	assert_true(info->size + len <= MB2_BYTES);
	memcpy(info->bytes + info->size, data, len);
	info->size += len;
}

static inline void mb2_put_u32(struct mb2 *info, u32 value)
{
	mb2_put(info, &value, sizeof(value));
}

static inline void mb2_put_u64(struct mb2 *info, u64 value)
{
	mb2_put(info, &value, sizeof(value));
}

static inline void mb2_set_u32(struct mb2 *info, u32 offset, u32 value)
{
	memcpy(info->bytes + offset, &value, sizeof(value));
}

/* The size field of the information says what has been written so far. */
static inline void mb2_set_total(struct mb2 *info)
{
	mb2_set_u32(info, 0, info->size);
}

static inline void mb2_begin(struct mb2 *info)
{
	info->size = 0;
	mb2_put_u32(info, 0);
	mb2_put_u32(info, 0);
}

/* Opens a tag; the result is for mb2_close(), which fills in its size and pads to the next one. */
static inline u32 mb2_open(struct mb2 *info, u32 type)
{
	u32 offset = info->size;

	mb2_put_u32(info, type);
	mb2_put_u32(info, 0);
	return offset;
}

static inline void mb2_close(struct mb2 *info, u32 offset)
{
	mb2_set_u32(info, offset + 4, info->size - offset);
	while (info->size % 8)
		mb2_put(info, "\xee", 1);
}

static inline void mb2_tag(struct mb2 *info, u32 type, const void *data, u32 len)
{
	u32 offset = mb2_open(info, type);

	mb2_put(info, data, len);
	mb2_close(info, offset);
}

static inline void mb2_string_tag(struct mb2 *info, u32 type, const char *string)
{
	mb2_tag(info, type, string, strlen(string) + 1);
}

static inline void mb2_meminfo_tag(struct mb2 *info, u32 lower_k, u32 upper_k)
{
	u32 fields[2] = { lower_k, upper_k };

	mb2_tag(info, 4, fields, sizeof(fields));
}

static inline void mb2_module_tag(struct mb2 *info, u32 start, u32 end, const char *string)
{
	u32 offset = mb2_open(info, 3);

	mb2_put_u32(info, start);
	mb2_put_u32(info, end);
	mb2_put(info, string, strlen(string) + 1);
	mb2_close(info, offset);
}

/* A memory map tag without entries yet; entries of entry_size bytes, 20 or more. */
static inline u32 mb2_open_map(struct mb2 *info, u32 entry_size)
{
	u32 offset = mb2_open(info, 6);

	mb2_put_u32(info, entry_size);
	mb2_put_u32(info, 0);
	return offset;
}

static inline void mb2_map_entry(struct mb2 *info, u32 entry_size, u64 addr, u64 size, u32 type)
{
	mb2_put_u64(info, addr);
	mb2_put_u64(info, size);
	mb2_put_u32(info, type);
	for (u32 i = 20; i < entry_size; i++)
		mb2_put(info, "\xee", 1);
}

static inline void mb2_end(struct mb2 *info)
{
	mb2_tag(info, 0, "", 0);
	mb2_set_total(info);
}

#endif /* MB2_BUILDER_H */
