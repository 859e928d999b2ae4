// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ways to leave: out of an emulator with a status, by a reset, by halting.
 *
 * Linux: arch/x86/kernel/reboot.c, v2.6.34, for the reset.
 */
#include <asm/acpi.h>
#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <kernel/reboot.h>
#include <lib/math64.h>

/* How long QEMU may take to end, in the guest's own seconds. */
#define EXIT_SECONDS		10

/* Bochs ends when this port has got this word. */
#define BOCHS_SHUTDOWN_PORT	0x8900

#define KBD_STATUS_PORT		0x64
#define KBD_INPUT_FULL		0x02
#define KBD_PULSE_RESET		0xfe
#define KBD_TRIES		0x10000

/* The timer chip's channel 2 counts while bit 0 of port 0x61 is set; bit 5 is its output. */
#define PIT_CHANNEL2		0x42
#define PIT_MODE		0x43
#define PIT_CHANNEL2_ONCE	0xb0	/* mode 0, low byte, high byte */
#define PIT_COUNT_10MS		11932
#define PORT_B			0x61
#define PORT_B_GATE2		0x01
#define PORT_B_SPEAKER		0x02
#define PORT_B_OUT2		0x20
#define PIT_TRIES		0x100000
#define PIT_TRIES_STOPPED	10000	/* where it doesn't count: a port takes about a microsecond */

/* The chipset's reset register: PC and its successors have it, ACPI or not. */
#define RESET_PORT		0xcf9
#define RESET_HARD		0x02
#define RESET_NOW		0x04

bool memdawn_exit;

/**
 * emulator_exit - leave QEMU with status 2 * @code + 1, or Bochs
 * @code: EXIT_BOOT_COMPLETE, EXIT_PANIC, EXIT_SELFTEST_FAILED or EXIT_UNBALANCED
 *
 * QEMU needs the device isa-debug-exit at QEMU_EXIT_PORT, which reads as 0; an empty port reads as
 * all ones. Since version 9, QEMU ends a moment after the write: until then nothing may be printed.
 * Comes back when nothing took notice, that is, on a real machine.
 */
void emulator_exit(u32 code)
{
	static const char shutdown[] = "Shutdown";
	bool announced = inl(QEMU_EXIT_PORT) == 0;
	const char *c;

	outl(code, QEMU_EXIT_PORT);
	if (announced)
		delay_seconds(EXIT_SECONDS);
	for (c = shutdown; *c; c++)
		outb(*c, BOCHS_SHUTDOWN_PORT);
}

/**
 * delay_10ms - wait a hundredth of a second, with interrupts off and without any set-up
 *
 * Machines of today may have stopped the timer chip; there it is about that long.
 */
void delay_10ms(void)
{
	static bool stopped;
	unsigned int tries = stopped ? PIT_TRIES_STOPPED : PIT_TRIES;

	outb((inb(PORT_B) & ~PORT_B_SPEAKER) | PORT_B_GATE2, PORT_B);
	outb(PIT_CHANNEL2_ONCE, PIT_MODE);
	outb(PIT_COUNT_10MS & 0xff, PIT_CHANNEL2);
	outb(PIT_COUNT_10MS >> 8, PIT_CHANNEL2);
	while (!(inb(PORT_B) & PORT_B_OUT2) && --tries)
		cpu_relax();
	stopped = !tries;
}

/**
 * delay_seconds - wait, with interrupts off and without any set-up
 * @seconds: how long
 */
void delay_seconds(unsigned int seconds)
{
	unsigned int i, j;

	for (i = 0; i < seconds; i++)
		for (j = 0; j < 100; j++)
			delay_10ms();
}

static void restart_by_chipset(void)
{
	outb(RESET_HARD, RESET_PORT);
	outb(RESET_HARD | RESET_NOW, RESET_PORT);
	delay_10ms();
}

static void restart_by_keyboard_controller(void)
{
	unsigned int tries = KBD_TRIES;

	while ((inb(KBD_STATUS_PORT) & KBD_INPUT_FULL) && --tries)
		cpu_relax();
	outb(KBD_PULSE_RESET, KBD_STATUS_PORT);
	delay_10ms();
}

/**
 * tsc_khz - how fast the time stamp counter counts, by the timer chip
 *
 * Takes a hundredth of a second.
 *
 * Return: counts in a millisecond; 0 without a counter.
 */
unsigned long tsc_khz(void)
{
	u64 start;

	if (!cpu_has_tsc)
		return 0;
	start = native_read_tsc();
	delay_10ms();
	return div_u64(native_read_tsc() - start, 10);
}

/**
 * machine_restart - reset the machine by what ACPI names, else by the chipset, the keyboard
 * controller or, if all of that fails, by an exception that no table entry can take
 *
 * Linux: arch/x86/kernel/reboot.c:native_machine_emergency_restart, v2.6.34.
 */
void machine_restart(void)
{
	const struct desc_ptr no_idt = { 0, 0 };

	local_irq_disable();
	acpi_reset();
	restart_by_chipset();
	restart_by_keyboard_controller();
	asm volatile("lidt %0; int3" : : "m"(no_idt));
	machine_halt();
}

/**
 * machine_halt - stop for good
 *
 * Linux: arch/x86/kernel/reboot.c:native_machine_halt, v2.6.34.
 */
void machine_halt(void)
{
	local_irq_disable();
	for (;;)
		halt();
}
