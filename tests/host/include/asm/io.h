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

static inline void io_delay(void)
{
}

#endif /* HOST_ASM_IO_H */
