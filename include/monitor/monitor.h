/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <lib/compiler.h>

void monitor_main(void) __noreturn;

#endif
