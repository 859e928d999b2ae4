/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_REBOOT_H
#define KERNEL_REBOOT_H

#include <lib/compiler.h>
#include <lib/types.h>

/* isa-debug-exit, where scripts/run-qemu puts it. */
#define QEMU_EXIT_PORT		0xf4

/* What emulator_exit() is called with; QEMU's exit status is 2 * code + 1. */
#define EXIT_BOOT_COMPLETE	16
#define EXIT_PANIC		17
#define EXIT_SELFTEST_FAILED	18
#define EXIT_UNBALANCED		19

/* The word memdawn.exit was given: leave the emulator when the boot ends. */
extern bool memdawn_exit;

void emulator_exit(u32 code);
void delay_10ms(void);
void delay_seconds(unsigned int seconds);
unsigned long tsc_khz(void);
void machine_restart(void) __noreturn;
void machine_halt(void) __noreturn;

#endif
