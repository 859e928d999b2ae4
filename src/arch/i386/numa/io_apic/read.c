// SPDX-License-Identifier: GPL-2.0-only
/* An I/O APIC's registers: a number is written to one place, and another place shows that register. */
#include <asm/early_ioremap.h>
#include <asm/io.h>
#include <asm/smp_boot.h>
#include <kernel/init.h>

#define SELECT		0x00
#define WINDOW		0x10
#define REGISTERS	0x20

/**
 * io_apic_read - one of its registers
 * @address: where it is, physical; it must be one
 * @reg: the register's number
 *
 * Linux: arch/x86/include/asm/io_apic.h:io_apic_read, v2.6.34.
 */
u32 __init io_apic_read(u32 address, u8 reg)
{
	volatile char *regs = early_ioremap(address, REGISTERS);
	u32 value;

	writel(reg, regs + SELECT);
	value = readl(regs + WINDOW);
	early_iounmap((void *)regs, REGISTERS);
	return value;
}
