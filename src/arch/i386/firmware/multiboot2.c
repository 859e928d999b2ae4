// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Multiboot2 information: the only file that knows its format.
 *
 *	info:  u32 total_size, u32 reserved, then tags
 *	tag:   u32 type, u32 size, payload; the next one starts at size rounded up to 8
 *	end:   type 0, size 8
 *
 * What the loader wrote is input like any other: every size is checked against
 * what is left, every field is copied out by memcpy (nothing need be aligned),
 * and whatever can't be understood is left out, with a message. The parser works on a
 * copy that head made inside the image, so nothing here can be overwritten.
 */
#include <firmware/boot_params.h>
#include <firmware/multiboot2.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>

enum mb2_tag {
	MB2_END = 0, MB2_CMDLINE = 1, MB2_LOADER_NAME = 2, MB2_MODULE = 3, MB2_MEMINFO = 4,
	MB2_MMAP = 6, MB2_FRAMEBUFFER = 8, MB2_EFI32 = 11, MB2_EFI64 = 12, MB2_RSDP_OLD = 14,
	MB2_RSDP_NEW = 15, MB2_EFI_MMAP = 17, MB2_EFI_BS = 18, MB2_EFI32_IH = 19, MB2_EFI64_IH = 20,
};

#define MB2_TAG_HEADER	8	/* type and size */

struct boot_params boot_params;

/* A tag's payload: len bytes, none of them beyond the information's end. */
struct payload {
	u32 type;
	const u8 *data;
	u32 len;
};

static u32 __init get_u32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static u64 __init get_u64(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* False, with a message, if the payload has fewer than need bytes. */
static bool __init long_enough(const struct payload *p, u32 need)
{
	if (p->len >= need)
		return true;
	printk(KERN_ERR "memdawn: multiboot2: tag %u has %u bytes, needs %u: left out\n",
	       p->type, p->len + MB2_TAG_HEADER, need + MB2_TAG_HEADER);
	return false;
}

/* Copies a string that may lack its end; says if it does, or if dst is too small. */
static void __init copy_string(char *dst, u32 size, const u8 *src, u32 len, u32 type)
{
	u32 n = strnlen((const char *)src, len);

	if (n == len)
		printk(KERN_ERR "memdawn: multiboot2: the string of tag %u has no end, "
		       "cut after %u bytes\n", type, len);
	if (n >= size) {
		printk(KERN_ERR "memdawn: multiboot2: the string of tag %u has %u bytes, "
		       "only %u are kept\n", type, n, size - 1);
		n = size - 1;
	}
	memcpy(dst, src, n);
	dst[n] = '\0';
}

/* Appends n bytes; false if there is no room left for all of them. */
static bool __init append(char *dst, u32 size, u32 *len, const char *src, u32 n)
{
	u32 room = size - 1 - *len, m = min(n, room);

	memcpy(dst + *len, src, m);
	*len += m;
	dst[*len] = '\0';
	return m == n;
}

/* The length of the word at s: up to a space that is not inside double quotes. */
static u32 __init word_length(const char *s, u32 len)
{
	bool quoted = false;
	u32 i;

	for (i = 0; i < len && s[i]; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == ' ' && !quoted)
			break;
	}
	return i;
}

/*
 * Words that start with "memdawn." go to options, the rest to command_line. One
 * space goes with each word that is taken out: the one after it, or at the end
 * of the line the one before it.
 */
static void __init split_command_line(const char *s, u32 len)
{
	struct boot_params *bp = &boot_params;
	u32 kept = 0, taken = 0, n;
	bool fits = true;

	len = strnlen(s, len);
	bp->command_line[0] = bp->options[0] = '\0';
	while (len) {
		n = word_length(s, len);
		if (n >= 8 && !strncmp(s, "memdawn.", 8)) {
			if (taken)
				fits &= append(bp->options, COMMAND_LINE_SIZE, &taken, " ", 1);
			fits &= append(bp->options, COMMAND_LINE_SIZE, &taken, s, n);
			if (n < len)
				n++;
			else if (kept && bp->command_line[kept - 1] == ' ')
				bp->command_line[--kept] = '\0';
		} else {
			if (n < len)
				n++;		/* its space goes along */
			fits &= append(bp->command_line, COMMAND_LINE_SIZE, &kept, s, n);
		}
		s += n;
		len -= n;
	}
	if (!fits)
		printk(KERN_ERR "memdawn: multiboot2: the command line is longer than %d bytes, "
		       "the rest is lost\n", COMMAND_LINE_SIZE - 1);
}

static void __init parse_cmdline(const struct payload *p)
{
	if (strnlen((const char *)p->data, p->len) == p->len)
		printk(KERN_ERR "memdawn: multiboot2: the command line has no end, "
		       "cut after %u bytes\n", p->len);
	split_command_line((const char *)p->data, p->len);
}

static void __init parse_meminfo(const struct payload *p)
{
	if (!long_enough(p, 8))
		return;
	boot_params.have_meminfo = true;
	boot_params.mem_lower_k = get_u32(p->data);
	boot_params.alt_mem_k = get_u32(p->data + 4);
}

/**
 * add_boot_map_entry - append a range to the loader's memory map
 * @addr: physical address
 * @size: bytes
 * @type: E820_...
 *
 * What doesn't fit any more is counted.
 */
void __init add_boot_map_entry(u64 addr, u64 size, u32 type)
{
	struct boot_params *bp = &boot_params;

	if (bp->e820_entries < E820MAX) {
		bp->e820_map[bp->e820_entries++] = (struct e820entry){ addr, size, type };
		return;
	}
	if (!bp->e820_lost_entries++)
		bp->e820_lost_first = addr;
	if (type == E820_RAM)
		bp->e820_lost_ram += size;
}

static void __init parse_mmap(const struct payload *p)
{
	u32 entry_size, off;

	if (!long_enough(p, 8))
		return;
	entry_size = get_u32(p->data);
	if (entry_size < 20) {
		printk(KERN_ERR "memdawn: multiboot2: memory map entries of %u bytes, at least 20 "
		       "are needed: the map is not used\n", entry_size);
		return;
	}
	if (entry_size % 8)
		printk(KERN_WARNING "memdawn: multiboot2: memory map entries of %u bytes, not a "
		       "multiple of 8: taken as they stand\n", entry_size);
	if (boot_params.have_mmap) {
		printk(KERN_ERR "memdawn: multiboot2: a second memory map is left out\n");
		return;
	}
	boot_params.have_mmap = true;
	/* Written so that a huge entry_size can't wrap. */
	for (off = 8; p->len - off >= entry_size; off += entry_size)
		add_boot_map_entry(get_u64(p->data + off), get_u64(p->data + off + 8),
				   get_u32(p->data + off + 16));
	if (off != p->len)
		printk(KERN_ERR "memdawn: multiboot2: %u bytes after the memory map's last whole "
		       "entry are left out\n", p->len - off);
}

static bool __init first_word_is(const char *s, const char *word)
{
	u32 n = strlen(word);

	return !strncmp(s, word, n) && (s[n] == '\0' || s[n] == ' ');
}

static void __init parse_module(const struct payload *p)
{
	struct boot_params *bp = &boot_params;
	struct boot_module m = { .kind = MODULE_INITRD };
	char string[64];

	if (!long_enough(p, 8))
		return;
	m.start = get_u32(p->data);
	m.end = get_u32(p->data + 4);
	copy_string(string, sizeof(string), p->data + 8, p->len - 8, p->type);
	if (m.start >= m.end) {
		printk(KERN_ERR "memdawn: multiboot2: module %s at %llx - %llx is empty: left out\n",
		       string, m.start, m.end);
		return;
	}
	if (bp->nr_modules == MAX_BOOT_MODULES) {
		printk(KERN_ERR "memdawn: multiboot2: more than %d modules, %s is left out\n",
		       MAX_BOOT_MODULES, string);
		return;
	}
	if (first_word_is(string, "dtb"))
		m.kind = MODULE_DTB;
	else if (first_word_is(string, "e820"))
		m.kind = MODULE_E820;
	else if (first_word_is(string, "kernel"))
		m.kind = MODULE_KERNEL;
	if (m.kind == MODULE_INITRD && bp->ramdisk_image) {
		printk(KERN_ERR "memdawn: multiboot2: a second RAM disk, %s at %llx - %llx, is left "
		       "out; a module's first word says what it is: initrd, dtb, e820 or kernel\n",
		       string, m.start, m.end);
		return;
	}
	bp->modules[bp->nr_modules++] = m;
	if (m.kind == MODULE_INITRD) {
		bp->ramdisk_image = m.start;
		bp->ramdisk_size = m.end - m.start;
	}
}

static void __init parse_framebuffer(const struct payload *p)
{
	struct boot_framebuffer *fb = &boot_params.fb;

	if (!long_enough(p, 22))
		return;
	fb->present = true;
	fb->addr = get_u64(p->data);
	fb->pitch = get_u32(p->data + 8);
	fb->width = get_u32(p->data + 12);
	fb->height = get_u32(p->data + 16);
	fb->bpp = p->data[20];
	fb->type = p->data[21];
	if (fb->type == FB_RGB && long_enough(p, 30))
		memcpy(fb->colours, p->data + 24, sizeof(fb->colours));
}

/* The newer table wins: it comes with tag 15, or it is the longer one. */
static void __init parse_rsdp(const struct payload *p)
{
	u32 size = p->type == MB2_RSDP_NEW ? 36 : 20;

	if (!long_enough(p, size) || boot_params.rsdp_size >= size)
		return;
	memcpy(boot_params.rsdp, p->data, size);
	boot_params.rsdp_size = size;
}

static void __init parse_tag(const struct payload *p)
{
	switch (p->type) {
	case MB2_CMDLINE:
		parse_cmdline(p);
		break;
	case MB2_LOADER_NAME:
		copy_string(boot_params.loader_name, sizeof(boot_params.loader_name),
			    p->data, p->len, p->type);
		break;
	case MB2_MODULE:
		parse_module(p);
		break;
	case MB2_MEMINFO:
		parse_meminfo(p);
		break;
	case MB2_MMAP:
		parse_mmap(p);
		break;
	case MB2_FRAMEBUFFER:
		parse_framebuffer(p);
		break;
	case MB2_RSDP_OLD:
	case MB2_RSDP_NEW:
		parse_rsdp(p);
		break;
	case MB2_EFI32:
	case MB2_EFI64:
	case MB2_EFI_MMAP:
	case MB2_EFI_BS:
	case MB2_EFI32_IH:
	case MB2_EFI64_IH:
		boot_params.efi = true;
		break;
	default:
		break;		/* not needed here */
	}
}

/**
 * multiboot2_parse - fill boot_params from the boot loader's information
 * @info: the information, or a copy of it; any alignment
 * @size: bytes that may be read from @info
 *
 * A tag that can't be right is left out with a message; one whose size can't be right ends the
 * list, with a message, because the next one can't be found. Needs printk only. Linux has no
 * counterpart: its boot protocol is another.
 *
 * Return: 0, or -1 if not even the header is there (then boot_params stays empty).
 */
int __init multiboot2_parse(const void *info, u32 size)
{
	const u8 *base = info;
	u32 total, off = MB2_TAG_HEADER;

	memset(&boot_params, 0, sizeof(boot_params));
	if (size < MB2_TAG_HEADER || get_u32(base) < MB2_TAG_HEADER) {
		printk(KERN_ERR "memdawn: multiboot2: no information: %u bytes, at least 8 are "
		       "needed\n", size < MB2_TAG_HEADER ? size : get_u32(base));
		return -1;
	}
	boot_params.from_multiboot2 = true;
	total = get_u32(base);
	if (total > size) {
		printk(KERN_ERR "memdawn: multiboot2: the information says %u bytes, %u are there: "
		       "the rest is left out\n", total, size);
		total = size;
	}
	/* off <= total; tags before off are done. */
	while (total - off >= MB2_TAG_HEADER) {
		struct payload p = { get_u32(base + off), base + off + MB2_TAG_HEADER, 0 };
		u32 tag_size = get_u32(base + off + 4);

		if (p.type == MB2_END)
			return 0;
		if (tag_size < MB2_TAG_HEADER || tag_size > total - off) {
			printk(KERN_ERR "memdawn: multiboot2: tag %u at offset %u says %u bytes, "
			       "8 to %u are possible: it and the rest are left out\n",
			       p.type, off, tag_size, total - off);
			return 0;
		}
		p.len = tag_size - MB2_TAG_HEADER;
		parse_tag(&p);
		if (total - off < round_up(tag_size, 8))
			break;
		off += round_up(tag_size, 8);
	}
	printk(KERN_ERR "memdawn: multiboot2: the information has no end tag\n");
	return 0;
}
