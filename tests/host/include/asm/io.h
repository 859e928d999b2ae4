/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports are functions of the test that uses them. */
#ifndef HOST_ASM_IO_H
#define HOST_ASM_IO_H

#include <lib/types.h>

u8 inb(u16 port);
u16 inw(u16 port);
u32 inl(u16 port);
void outb(u8 v, u16 port);
void outw(u16 v, u16 port);
void outl(u32 v, u16 port);

/* Devices' memory is memory. */
static inline void writeb(u8 v, volatile void *addr)
{
	*(volatile u8 *)addr = v;
}

static inline void writel(u32 v, volatile void *addr)
{
	u8 *to = (u8 *)addr;
	int i;

	for (i = 0; i < 4; i++)		/* any alignment */
		to[i] = v >> (8 * i);
}

static inline void io_delay(void)
{
}

#endif /* HOST_ASM_IO_H */
