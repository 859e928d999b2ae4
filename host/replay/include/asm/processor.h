/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's asm/processor.h without what only the kernel may do. In check-fuzz's build (REPLAY_TLB) a
 * model of a TLB is flushed; else there is none, and nobody walks the page tables but the kernel itself.
 */
#ifndef HOST_REPLAY_ASM_PROCESSOR_H
#define HOST_REPLAY_ASM_PROCESSOR_H

#include_next <asm/processor.h>

#ifdef REPLAY_TLB
void tlb_flush(bool global_too);
void tlb_flush_one(unsigned long va);
#else
static inline void tlb_flush(bool global_too)
{
}

static inline void tlb_flush_one(unsigned long va)
{
}
#endif

#define write_cr3(val)			((void)(val), tlb_flush(false))
#define set_in_cr4(mask)		((void)(mask))
#define __flush_tlb()			tlb_flush(false)
#define __flush_tlb_all()		tlb_flush(true)
#define __flush_tlb_one(addr)		tlb_flush_one(addr)

#endif /* HOST_REPLAY_ASM_PROCESSOR_H */
