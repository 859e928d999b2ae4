/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_REFUSE_H
#define KERNEL_REFUSE_H

/* Calls that can't be served: too early or too late, or without sense. */

#include <lib/compiler.h>

/* A public function's name and who has called it: the first two arguments below. */
#define CALL	__func__, __builtin_return_address(0)

void refuse_call(const char *func, const void *caller, const char *fmt, ...)
	__noreturn __cold __printf(3, 4);

#endif /* KERNEL_REFUSE_H */
