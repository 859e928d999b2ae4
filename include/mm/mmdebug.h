/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_MMDEBUG_H
#define MM_MMDEBUG_H

#include <kernel/panic.h>

/*
 * What the memory manager takes for granted. `make DEBUG=1` checks it and panics where it isn't so;
 * otherwise the condition is compiled, so that it stays correct, and never evaluated.
 *
 * Linux: include/linux/mmdebug.h, v2.6.34 (CONFIG_DEBUG_VM).
 */
#ifdef CONFIG_DEBUG_VM
#define VM_BUG_ON(condition)	BUG_ON(condition)
#else
#define VM_BUG_ON(condition)	BUG_ON(0 && (condition))
#endif

#endif
