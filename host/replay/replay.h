/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REPLAY_H
#define REPLAY_H

#define STATUS_USAGE	1
#define STATUS_PANIC	3	/* the number that scripts/run-qemu gives to a panic */

#ifdef REPLAY_TLB
void tlb_check(void);
#else
static inline void tlb_check(void)
{
}
#endif

#endif /* REPLAY_H */
