/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

/*
 * The vmalloc area, VMALLOC_START to VMALLOC_END: page frames from anywhere, seen
 * at addresses that follow each other.
 *
 *	src/mm/vmalloc/areas.c	which addresses are taken (struct vmap_area)
 *	src/mm/vmalloc/map.c	their page tables
 *	src/mm/vmalloc/vmalloc.c	what is mapped there (struct vm_struct), vmalloc(), vmap()
 *	src/arch/i386/mm/ioremap/ioremap.c	devices' registers
 */

#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <lib/list.h>
#include <lib/types.h>
#include <mm/mmzone.h>

/*
 * A taken piece of the address space, [va_start, va_end). The hole in front of it
 * is what it could give: from one page after the area before to its own start.
 */
struct vmap_area {
	unsigned long va_start, va_end;
	unsigned long hole;		/* bytes */
	unsigned long max_hole;		/* the largest hole of this subtree */
	u32 priority;			/* a parent's is never larger than its child's */
	struct vmap_area *parent, *left, *right;
	struct list_head list;		/* sorted by address */
};

/* The list's head; it is the list of a vmap_area of no size at the end of the space. */
extern struct vmap_area vmap_area_end;
#define vmap_area_list	(vmap_area_end.list)

void vmap_area_init(unsigned long start, unsigned long end);
bool alloc_vmap_area(struct vmap_area *va, unsigned long size, unsigned long align);
struct vmap_area *find_vmap_area(unsigned long addr);
void free_vmap_area(struct vmap_area *va);

/* Bits of vm_struct.flags. */
#define VM_IOREMAP	0x00000001
#define VM_ALLOC	0x00000002
#define VM_MAP		0x00000004
#define VM_VPAGES	0x00000010	/* pages is from vmalloc() itself */

#define IOREMAP_MAX_ORDER	(7 + PAGE_SHIFT)	/* ioremap() aligns up to 512 kB */

struct vm_struct {
	struct vmap_area va;
	void *addr;
	unsigned long size;		/* bytes, the guard page at the end included */
	unsigned long flags;
	struct page **pages;		/* VM_ALLOC: nr_pages of them, to be freed by vfree() */
	unsigned int nr_pages;
	phys_addr_t phys_addr;		/* VM_IOREMAP: what is mapped */
	void *caller;			/* who asked for it */
};

/* Every area, from the lowest address up. */
#define for_each_vm_struct(vm)	list_for_each_entry(vm, &vmap_area_list, va.list)

struct vmalloc_info {
	unsigned long used;		/* bytes of all areas, with their guard pages */
	unsigned long largest_chunk;	/* bytes of the largest hole */
};

static inline bool is_vmalloc_addr(const void *x)
{
	unsigned long addr = (unsigned long)x;

	return addr >= VMALLOC_START && addr < VMALLOC_END;
}

void vmalloc_init(void);

void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void vfree(const void *addr);
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);
void vunmap(const void *addr);

struct vm_struct *get_vm_area(unsigned long size, unsigned long flags);
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, void *caller);
struct vm_struct *find_vm_area(const void *addr);
void free_vm_area(struct vm_struct *area);
void get_vmalloc_info(struct vmalloc_info *vmi);

struct page *vmalloc_to_page(const void *vmalloc_addr);

pte_t *pte_alloc_kernel(unsigned long addr);
int vmap_page_range(unsigned long start, unsigned long end, pgprot_t prot, struct page **pages);
int ioremap_page_range(unsigned long start, unsigned long end, phys_addr_t phys_addr,
		       pgprot_t prot);
void vunmap_page_range(unsigned long start, unsigned long end);
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

#endif
