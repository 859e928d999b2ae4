// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on request, memdawn.fault=KIND: so that it can be seen, and tested, how the
 * kernel reports them.
 */
#include <asm/early_ioremap.h>
#include <asm/fixmap.h>
#include <asm/io.h>
#include <asm/pgtable.h>
#include <asm/sections.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/selftest.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>

#define OPCODE_RET	0xc3

/* A call that cannot be turned into a jump, until the stack is full. */
static noinline unsigned int fill_stack(volatile unsigned int depth)
{
	volatile unsigned int here[16];

	here[depth % ARRAY_SIZE(here)] = depth;
	if (depth == UINT_MAX)
		return 0;
	return fill_stack(depth + 1) + here[depth % ARRAY_SIZE(here)];
}

static void fault_stack(void)
{
	printk(KERN_INFO "memdawn: %u\n", fill_stack(0));
}

static void fault_null(void)
{
	volatile unsigned long *address = NULL;

	asm volatile("" : "+r"(address));
	*address = 1;
}

static void fault_ud(void)
{
	asm volatile("ud2");
}

static void fault_de(void)
{
	unsigned int high = 1, low = 0;

	asm volatile("divl %2" : "+a"(low), "+d"(high) : "r"(1));
}

/* A selector beyond the end of the GDT. */
static void fault_gp(void)
{
	asm volatile("movl %0, %%gs" : : "r"(0xfff8));
}

static void fault_wp(void)
{
	volatile char *p = __start_rodata;

	*p = *p;
}

/* The last byte of low memory: only the kernel's text is executable. */
static void fault_nx(void)
{
	char *code = (char *)high_memory - 1;

	writeb(OPCODE_RET, code);
	asm volatile("call *%0" : : "r"(code) : "memory");
}

/* With memdawn.debug only: a window that shows another page when it is closed. */
static void fault_kmap(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	void *kaddr;

	if (!page)
		return;
	kaddr = kmap_atomic_pfn(page_to_pfn(page), KM_USER0);
	set_pte(kmap_pte - KM_USER0, pfn_pte(page_to_pfn(page) ^ 1, kmap_prot));
	kunmap_atomic(kaddr, KM_USER0);
	__free_page(page);
}

/* The same for a window of kmap()'s. */
static void fault_pkmap(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	unsigned long kaddr;
	pte_t *pte, entry;

	if (!page)
		return;
	kaddr = (unsigned long)kmap(page);
	if (PageHighMem(page) && kaddr) {
		pte = &pkmap_page_table[PKMAP_NR(kaddr)];
		entry = *pte;
		set_pte(pte, pfn_pte(page_to_pfn(page) ^ 1, kmap_prot));
		kunmap(page);
		set_pte(pte, entry);
	}
	__free_page(page);
}

static void fault_bug(void)
{
	BUG();
}

static void fault_panic(void)
{
	panic("requested by memdawn.fault=panic");
}

static const struct {
	const char *kind;
	void (*function)(void);
	const char *needs;	/* without it the fault does not happen */
} faults[] = {
	{ "stack", fault_stack, NULL },
	{ "null", fault_null, NULL },
	{ "ud", fault_ud, NULL },
	{ "de", fault_de, NULL },
	{ "gp", fault_gp, NULL },
	{ "wp", fault_wp, "read-only data that is write-protected" },
	{ "nx", fault_nx, "a CPU with NX, and noexec=on" },
	{ "kmap", fault_kmap, "memdawn.debug on the command line" },
	{ "pkmap", fault_pkmap, "memdawn.debug on the command line" },
	{ "bug", fault_bug, NULL },
	{ "panic", fault_panic, NULL },
};

/**
 * early_fault_on_request - cause a fault that only the boot can cause
 * @kind: leak: a page that early_memremap() maps and nobody unmaps
 *
 * While init code is there.
 *
 * Return: false for all other kinds, which are for fault_on_request().
 */
bool __init early_fault_on_request(const char *kind)
{
	if (strcmp(kind, "leak"))
		return false;
	early_memremap(0, PAGE_SIZE);
	return true;
}

/**
 * fault_on_request - cause a fault
 * @kind: stack: recursion without end; null: a write to address 0; ud: an invalid opcode;
 *	de: a division by zero's exception; gp: an invalid segment; wp: a write to read-only data;
 *	nx: a call into memory that is no code; kmap: an atomic window's entry is changed while it
 *	is open; pkmap: the same for a window of kmap()'s; bug: BUG(); panic: panic()
 *
 * Return: true, after a message, if the fault did not happen: wp needs the kernel's read-only data
 * to be write-protected, nx a CPU that has NX, kmap and pkmap memdawn.debug. False if the kind is
 * not known.
 */
bool fault_on_request(const char *kind)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(kind, faults[i].kind))
			continue;
		faults[i].function();
		printk(KERN_ERR "memdawn: the requested fault '%s' did not happen: it wants %s\n", kind,
		       faults[i].needs ? faults[i].needs : "another kernel");
		return true;
	}
	return false;
}

/**
 * fault_kind - the kinds of fault_on_request()
 * @i: from 0 on
 *
 * Return: its name; NULL after the last one.
 */
const char *fault_kind(unsigned int i)
{
	return i < ARRAY_SIZE(faults) ? faults[i].kind : NULL;
}
