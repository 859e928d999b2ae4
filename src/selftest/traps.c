// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftest: faults that the exception table catches. Those that end in a panic are caused
 * by memdawn.fault=, one in each boot: src/selftest/faults.c.
 *
 * Each try_... returns whether there was a fault: then execution went on at the fix-up.
 */
#include <asm/extable.h>
#include <asm/fixmap.h>
#include <asm/irqflags.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/vmalloc.h>
#include <selftest/ktap.h>

#define NO_SUCH_MSR		0x12345678
#define MSR_VM_HSAVE_PA		0xc0010117	/* if it is there: takes the address of a page */
#define WINDOW		(FIXADDR_TOP - ((FIX_KMAP_BEGIN + KM_USER0) << PAGE_SHIFT))

static noinline bool try_write(volatile void *addr)
{
	bool faulted = true;
	u8 byte = *(volatile u8 *)addr;

	asm volatile("1:	movb %1, (%2)\n"
		     "	movb $0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+q"(faulted) : "q"(byte), "r"(addr) : "memory");
	return faulted;
}

static noinline bool try_read(const void *addr)
{
	u8 byte;

	return probe_kernel_read(&byte, addr, sizeof(byte));
}

static noinline bool try_write_unmapped(void *addr)
{
	bool faulted = true;

	asm volatile("1:	movb $0, (%1)\n"
		     "	movb $0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+q"(faulted) : "r"(addr) : "memory");
	return faulted;
}

static noinline bool try_divide_by_zero(void)
{
	bool faulted = true;
	u32 low = 1, high = 0;

	asm volatile("1:	divl %3\n"
		     "	movb $0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+q"(faulted), "+a"(low), "+d"(high) : "r"(0));
	return faulted;
}

static noinline bool try_invalid_opcode(void)
{
	bool faulted = true;

	asm volatile("1:	ud2\n"
		     "	movb $0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+q"(faulted));
	return faulted;
}

static noinline bool try_invalid_segment(void)
{
	bool faulted = true;

	asm volatile("1:	movl %1, %%gs\n"
		     "	movb $0, %0\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+q"(faulted) : "r"(0xfff8));
	return faulted;
}

/*
 * Jumps into the atomic window, which holds a jmp *%edx. If the CPU executes that, it comes back;
 * if not, the fault's address is the window's, which is in the table.
 */
static noinline bool try_execute_window(void)
{
	bool faulted = true;

	asm volatile("	movl $1f, %%edx\n"
		     "	jmp *%1\n"
		     "1:	movb $0, %0\n"
		     "2:\n"
		     ".pushsection __ex_table, \"a\"\n"
		     "	.balign 4\n"
		     "	.long %c2, 2b\n"
		     ".popsection\n"
		     : "+q"(faulted) : "r"(WINDOW), "i"(WINDOW) : "edx", "memory");
	return faulted;
}

static void unmapped_addresses(void)
{
	u8 bytes[8] = { 0 };
	char *area;

	check(try_read(NULL) && try_write_unmapped(NULL));
	check(try_read((void *)(PAGE_OFFSET - 1)));
	check(try_read((void *)WINDOW) && try_write_unmapped((void *)WINDOW));
	check(try_read((void *)(VMALLOC_START - PAGE_SIZE)));
	check(!probe_kernel_read(bytes, "memdawn", sizeof(bytes)));
	check(!strcmp((char *)bytes, "memdawn"));

	area = vmalloc(PAGE_SIZE);
	if (!check(area))
		return;
	check(!try_read(area + PAGE_SIZE - 1) && !try_write(area + PAGE_SIZE - 1));
	check(try_read(area + PAGE_SIZE) && try_write_unmapped(area + PAGE_SIZE));
	/* What comes before the guard page could be read, and has been copied. */
	memset(area, 0x5a, PAGE_SIZE);
	check(probe_kernel_read(bytes, area + PAGE_SIZE - 4, sizeof(bytes)));
	check(bytes[3] == 0x5a && bytes[4] == 'a');
	vfree(area);
	check(try_read(area));
}

static void protected_memory(void)
{
	static const char constant[] = "constant";
	static u32 variable;

	check(try_write(_stext));
	check(try_write((void *)(unsigned long)test_faults));
	check(try_write(__start_rodata));
	check(try_write((void *)(unsigned long)constant));
	check(!try_write(&variable));
}

/*
 * Like a process's: another page directory, without the vmalloc space's entry for an area. The
 * first access adds it; what the kernel's directory doesn't map either still faults.
 */
static void other_page_directory(void)
{
	static pgd_t directory[PTRS_PER_PGD] __aligned(32);
	pmd_t *table = (pmd_t *)get_zeroed_page(GFP_KERNEL);
	u8 *area = vmalloc(PAGE_SIZE);
	unsigned int index = pmd_index(area);
	unsigned long flags;

	if (!check(table && area))
		return;
	area[1] = 0x5a;
	memcpy(directory, swapper_pg_dir, sizeof(directory));
	memcpy(table, swapper_pg_pmd, PAGE_SIZE);
	directory[pgd_index(area)].pgd = __pa(table) | _PAGE_PRESENT;
	set_pmd(&table[index], (pmd_t){ 0 });

	local_irq_save(flags);
	write_cr3(__pa(directory));
	__flush_tlb_all();
	check(!pmd_present(table[index]));
	check(area[1] == 0x5a);
	check(pmd_val(table[index]) == pmd_val(swapper_pg_pmd[index]));
	check(try_read(area + PAGE_SIZE) && try_write_unmapped(area + PAGE_SIZE));
	write_cr3(__pa(swapper_pg_dir));
	__flush_tlb_all();
	local_irq_restore(flags);
	vfree(area);
	free_page((unsigned long)table);
}

/* Emulators may read any register as 0; but all of them refuse an impossible value. */
static void registers(void)
{
	u64 value = 4711;

	if (rdmsr_safe(NO_SUCH_MSR, &value))
		check(value == 4711);
	check(wrmsr_safe(MSR_VM_HSAVE_PA, ~0ULL));
	value = 4711;
	if (cpu_has_mtrr)
		check(!rdmsr_safe(MSR_MTRRcap, &value) && value != 4711);
}

static void jump_to_data(void)
{
	static const u8 jmp_edx[] = { 0xff, 0xe2 };
	struct page *page = alloc_page(GFP_HIGHUSER);
	void *kaddr;

	if (!check(page))
		return;
	kaddr = kmap_atomic_pfn(page_to_pfn(page), KM_USER0);
	memcpy(kaddr, jmp_edx, sizeof(jmp_edx));
	check(try_execute_window() == !!(__supported_pte_mask & _PAGE_NX));
	kunmap_atomic(kaddr, KM_USER0);
	__free_page(page);
}

/**
 * test_faults - faults of each kind that the kernel is prepared for
 *
 * After mark_rodata_ro().
 */
void test_faults(void)
{
	unmapped_addresses();
	other_page_directory();
	protected_memory();
	registers();
	check(try_divide_by_zero());
	check(try_invalid_opcode());
	check(try_invalid_segment());
	jump_to_data();
}
