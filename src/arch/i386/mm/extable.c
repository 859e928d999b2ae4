// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exception table: instructions that may fault, each with the place to go on at.
 * It has a handful of entries and is looked at only after a fault, so it is searched
 * from its beginning to its end.
 *
 * Linux: kernel/extable.c, lib/extable.c and arch/x86/mm/extable.c, v2.6.34, where the
 * table is sorted and searched by halves.
 */
#include <asm/extable.h>
#include <asm/msr.h>
#include <asm/sections.h>

extern const struct exception_table_entry __start___ex_table[], __stop___ex_table[];

/**
 * core_kernel_text - is there the kernel's own code?
 * @addr: virtual address
 *
 * Init code counts too, even after it has been freed: an old call trace may show it.
 *
 * Return: whether there is.
 * Linux: kernel/extable.c:core_kernel_text, v2.6.34.
 */
bool core_kernel_text(unsigned long addr)
{
	return (addr >= (unsigned long)_stext && addr < (unsigned long)_etext) ||
	       (addr >= (unsigned long)_sinittext && addr < (unsigned long)_einittext);
}

/**
 * fixup_exception - let an instruction that was expected to fault go on elsewhere
 * @regs: the interrupted code's registers; regs->ip becomes the fix-up's address
 *
 * Return: true when there was a fix-up.
 *
 * Linux: arch/x86/mm/extable.c:fixup_exception, v2.6.34.
 */
bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_table_entry *e;

	for (e = __start___ex_table; e < __stop___ex_table; e++) {
		if (e->insn != regs->ip)
			continue;
		regs->ip = e->fixup;
		return true;
	}
	return false;
}

/**
 * probe_kernel_read - copy memory that may not be mapped
 * @dst: where to; mapped
 * @src: virtual address, any
 * @n: bytes
 *
 * After early_trap_init().
 *
 * Return: 0, or -1 when a byte of @src cannot be read; the ones before it are copied.
 *
 * Linux: mm/maccess.c:probe_kernel_read, v2.6.34.
 */
int probe_kernel_read(void *dst, const void *src, size_t n)
{
	int failed = -1;

	asm volatile("1:	rep movsb\n"
		     "	xorl %0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+r"(failed), "+D"(dst), "+S"(src), "+c"(n)
		     : : "memory");
	return failed;
}

/**
 * rdmsr_safe - read a model-specific register that may not exist
 * @msr: its number
 * @val: the value; untouched on failure
 *
 * After early_trap_init(), on a CPU with X86_FEATURE_MSR.
 *
 * Return: 0, or -1 when there is no such register.
 *
 * Linux: arch/x86/include/asm/msr.h:rdmsrl_safe, v2.6.34.
 */
int rdmsr_safe(u32 msr, u64 *val)
{
	int failed = -1;
	u64 v = 0;

	asm volatile("1:	rdmsr\n"
		     "	xorl %0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+r"(failed), "+A"(v)
		     : "c"(msr));
	if (!failed)
		*val = v;
	return failed;
}

/**
 * wrmsr_safe - write a model-specific register that may not exist
 * @msr: its number
 * @val: what to write
 *
 * After early_trap_init(), on a CPU with X86_FEATURE_MSR.
 *
 * Return: 0, or -1 when there is no such register or it refuses @val.
 *
 * Linux: arch/x86/include/asm/msr.h:checking_wrmsrl, v2.6.34.
 */
int wrmsr_safe(u32 msr, u64 val)
{
	int failed = -1;

	asm volatile("1:	wrmsr\n"
		     "	xorl %0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+r"(failed)
		     : "c"(msr), "A"(val)
		     : "memory");
	return failed;
}
