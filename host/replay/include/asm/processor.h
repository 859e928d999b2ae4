/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's asm/processor.h without what only the kernel may do: there is no TLB to be flushed,
 * and nobody walks the page tables but the kernel itself.
 */
#ifndef HOST_REPLAY_ASM_PROCESSOR_H
#define HOST_REPLAY_ASM_PROCESSOR_H

#include_next <asm/processor.h>

#define write_cr3(val)			((void)(val))
#define set_in_cr4(mask)		((void)(mask))
#define __flush_tlb()			((void)0)
#define __flush_tlb_all()		((void)0)
#define __flush_tlb_one(addr)		((void)(addr))

#endif /* HOST_REPLAY_ASM_PROCESSOR_H */
