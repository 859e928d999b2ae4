// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's firmware configuration device: files that the emulator's user hands to the
 * machine (-fw_cfg name=opt/...,file=...). An item is chosen by its number and then read
 * byte after byte; a directory says which number a name has.
 *
 *	port 0x510	u16: which item; its first byte comes next
 *	port 0x511	u8: its next byte; zeros after its end
 *
 *	item 0		"QEMU", where there is such a device
 *	item 0x19	u32 number of files, then for each
 *			u32 size, u16 item, u16 0, 56 bytes of name; big-endian
 */
#include <asm/io.h>
#include <firmware/fw_cfg.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/string.h>

#define FW_CFG_SELECTOR		0x510
#define FW_CFG_DATA		0x511

#define FW_CFG_SIGNATURE	0x00
#define FW_CFG_FILE_DIR		0x19
#define FW_CFG_MAX_ITEMS	0x4000		/* so many numbers there are for items */

struct fw_cfg_file {
	u32 size;
	u16 select;
	u16 reserved;
	char name[56];
};

/**
 * fw_cfg_read - the next bytes of the file that fw_cfg_open() has found
 * @buf: where to
 * @size: bytes; after the file's end there are zeros
 */
void __init fw_cfg_read(void *buf, u32 size)
{
	u8 *p = buf;

	while (size--)
		*p++ = inb(FW_CFG_DATA);
}

static void __init fw_cfg_select(u16 item)
{
	outw(item, FW_CFG_SELECTOR);
}

/**
 * fw_cfg_open - find a file and go to its beginning
 * @name: for example opt/memdawn/e820
 * @size: set to its size in bytes
 *
 * Needs nothing but ports.
 *
 * Return: whether it was found; if not, the log says why.
 */
bool __init fw_cfg_open(const char *name, u32 *size)
{
	struct fw_cfg_file file;
	char signature[4];
	u32 i, nr;

	fw_cfg_select(FW_CFG_SIGNATURE);
	fw_cfg_read(signature, sizeof(signature));
	if (memcmp(signature, "QEMU", sizeof(signature))) {
		printk(KERN_ERR "memdawn: fw_cfg: the machine has no such device (ports 0x510, 0x511): "
		       "only QEMU has\n");
		return false;
	}
	fw_cfg_select(FW_CFG_FILE_DIR);
	fw_cfg_read(&nr, sizeof(nr));
	nr = __builtin_bswap32(nr);
	for (i = 0; i < nr && i < FW_CFG_MAX_ITEMS; i++) {
		fw_cfg_read(&file, sizeof(file));
		if (strncmp(file.name, name, sizeof(file.name)))
			continue;
		*size = __builtin_bswap32(file.size);
		fw_cfg_select(__builtin_bswap16(file.select));
		return true;
	}
	printk(KERN_ERR "memdawn: fw_cfg: none of the %u files is %s: start QEMU with "
	       "-fw_cfg name=%s,file=...\n", nr, name, name);
	return false;
}
