// SPDX-License-Identifier: GPL-2.0-only
/*
 * vmalloc(), vmap() and their areas. Linux: mm/vmalloc.c.
 *
 *	vmalloc()   an area, an array of pages from anywhere, the pages mapped
 *	vmap()      an area, the caller's pages mapped
 *	ioremap()   an area, a device mapped
 *
 * Each area ends in a guard page that is never mapped. What vfree() and vunmap() take
 * away is unmapped and flushed from the TLB at once: nothing is kept for later, so
 * there is nothing to purge, and no address that was freed works any more.
 */
#include <asm/fixmap.h>
#include <asm/pgtable.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/bitops.h>
#include <lib/kernel.h>
#include <mm/absent.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>

#define caller_address()	__builtin_return_address(0)

/* The flags of an allocation that its own bookkeeping is allocated with as well. */
#define GFP_RECLAIM_MASK	(__GFP_WAIT | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | \
				 __GFP_REPEAT | __GFP_NOFAIL | __GFP_NORETRY)

static void *vmalloc_caller(unsigned long size, gfp_t gfp_mask, pgprot_t prot, void *caller);

/**
 * vmalloc_init - the vmalloc space is there, and empty
 *
 * After kmem_cache_init(), before any other function of this file.
 * Linux: mm/vmalloc.c:vmalloc_init, v2.6.34.
 */
void __init vmalloc_init(void)
{
	vmap_area_init(VMALLOC_START, VMALLOC_END);
}

/* Devices are mapped at a multiple of their size, up to a limit. */
static unsigned long area_align(unsigned long size, unsigned long flags)
{
	if (!(flags & VM_IOREMAP))
		return PAGE_SIZE;
	return 1UL << min(max(fls(size), PAGE_SHIFT), IOREMAP_MAX_ORDER);
}

/**
 * get_vm_area_caller - take addresses, map nothing
 * @size: bytes, rounded up to whole pages; a guard page is added
 * @flags: VM_*
 * @caller: the address that vmallocinfo will name
 *
 * Return: the area, or NULL: for a size of 0, without memory for the descriptor, or, after Linux's
 * message, if no hole in the vmalloc space is large enough.
 * Linux: mm/vmalloc.c:get_vm_area_caller, v2.6.34, where a size of almost 4 GiB wraps.
 */
struct vm_struct *get_vm_area_caller(unsigned long size, unsigned long flags, void *caller)
{
	unsigned long align = area_align(size, flags);
	u64 total = round_up((u64)size, PAGE_SIZE) + PAGE_SIZE;
	struct vm_struct *area;

	if (!size)
		return NULL;
	area = kzalloc(sizeof(*area), GFP_KERNEL);
	if (!area)
		return NULL;
	if (total > VMALLOC_END - VMALLOC_START || !alloc_vmap_area(&area->va, total, align)) {
		printk(KERN_WARNING "vmap allocation for size %llu failed: "
		       "use vmalloc=<size> to increase size.\n", total);
		kfree(area);
		return NULL;
	}
	area->addr = (void *)area->va.va_start;
	area->size = total;
	area->flags = flags;
	area->caller = caller;
	return area;
}

/**
 * get_vm_area - take addresses, map nothing
 * @size: bytes, rounded up to whole pages; a guard page is added
 * @flags: VM_*
 *
 * Return: the area, or NULL as get_vm_area_caller() does.
 * Linux: mm/vmalloc.c:get_vm_area, v2.6.34.
 */
struct vm_struct *get_vm_area(unsigned long size, unsigned long flags)
{
	return get_vm_area_caller(size, flags, caller_address());
}

/**
 * find_vm_area - the area that begins at an address
 * @addr: virtual address
 *
 * Return: the area, or NULL if none does.
 * Linux: mm/vmalloc.c:find_vm_area, v2.6.34.
 */
struct vm_struct *find_vm_area(const void *addr)
{
	struct vmap_area *va = find_vmap_area((unsigned long)addr);

	return va ? container_of(va, struct vm_struct, va) : NULL;
}

/* Unmaps an area and gives its addresses back. */
static void release_area(struct vm_struct *area)
{
	vunmap_page_range(area->va.va_start, area->va.va_end - PAGE_SIZE);
	free_vmap_area(&area->va);
}

/**
 * free_vm_area - unmap an area and free it; pages that it maps are left alone
 * @area: from get_vm_area()
 *
 * Linux: mm/vmalloc.c:free_vm_area, v2.6.34.
 */
void free_vm_area(struct vm_struct *area)
{
	release_area(area);
	kfree(area);
}

static void free_pages_array(struct vm_struct *area)
{
	struct page **page = area->pages, **end = page + area->nr_pages;

	while (page < end)
		__free_page(*page++);
	(area->flags & VM_VPAGES ? vfree : kfree)(area->pages);
}

/* Takes away an area of this kind, VM_ALLOC with its pages. An area of another kind stays. */
static void __vunmap(const void *addr, unsigned long kind)
{
	struct vm_struct *area;

	if (!addr)
		return;
	if (WARN((unsigned long)addr & ~PAGE_MASK, "Trying to vfree() bad address (%p)\n", addr))
		return;
	area = find_vm_area(addr);
	if (WARN(!area, "Trying to vfree() nonexistent vm area (%p)\n", addr))
		return;
	if (WARN(!(area->flags & kind), "Trying to %s vm area (%p) of another kind\n",
		 kind == VM_ALLOC ? "vfree()" : "vunmap()", addr))
		return;
	release_area(area);
	if (kind == VM_ALLOC)
		free_pages_array(area);
	kfree(area);
}

/**
 * vfree - give back what vmalloc() gave
 * @addr: from vmalloc(); NULL: nothing is done
 *
 * Any other address is warned about and left alone.
 * Linux: mm/vmalloc.c:vfree, v2.6.34, which takes away areas of any kind.
 */
void vfree(const void *addr)
{
	__vunmap(addr, VM_ALLOC);
}

/**
 * vunmap - undo vmap()
 * @addr: from vmap(); NULL: nothing is done
 *
 * The pages are the caller's, as before. Any other address is warned about and left alone.
 * Linux: mm/vmalloc.c:vunmap, v2.6.34, which takes away areas of any kind.
 */
void vunmap(const void *addr)
{
	__vunmap(addr, VM_MAP);
}

/**
 * vmap - map pages at addresses that follow each other
 * @pages: the pages, of any zone
 * @count: how many, at least 1
 * @flags: VM_MAP
 * @prot: protection, PAGE_KERNEL for memory
 *
 * Return: an address for vunmap(), or NULL: for more pages than there is RAM, without memory for
 * tables, or, after a message, if the vmalloc space has no room.
 * Linux: mm/vmalloc.c:vmap, v2.6.34.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct vm_struct *area;

	if (count > totalram_pages)
		return NULL;
	if (count > (VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT) {
		printk(KERN_WARNING "memdawn: vmap: %u pages are more than the vmalloc space has\n",
		       count);
		return NULL;
	}
	area = get_vm_area_caller((unsigned long)count << PAGE_SHIFT, flags, caller_address());
	if (!area)
		return NULL;
	if (vmap_page_range(area->va.va_start, area->va.va_end - PAGE_SIZE, prot, pages)) {
		free_vm_area(area);
		return NULL;
	}
	return area->addr;
}

/* The array of an area's pages: from the slab if it fits into a page. */
static bool alloc_pages_array(struct vm_struct *area, unsigned int nr_pages, gfp_t gfp_mask)
{
	unsigned long size = nr_pages * sizeof(*area->pages);

	gfp_mask &= GFP_RECLAIM_MASK;
	if (size > PAGE_SIZE) {
		area->pages = vmalloc_caller(size, gfp_mask | __GFP_HIGHMEM, PAGE_KERNEL,
					     area->caller);
		area->flags |= VM_VPAGES;
	} else {
		area->pages = kmalloc(size, gfp_mask);
	}
	return area->pages;
}

/* A page for an area. What the machine doesn't have can't be mapped: low memory serves instead. */
static struct page *alloc_area_page(gfp_t gfp_mask)
{
	struct page *page = alloc_page(gfp_mask);

	if (!page || likely(!pfn_absent(page_to_pfn(page))))
		return page;
	__free_page(page);
	return alloc_page(gfp_mask & ~__GFP_HIGHMEM);
}

/* Gives an area its pages and maps them. False: there is no memory; some pages may be there. */
static bool fill_area(struct vm_struct *area, gfp_t gfp_mask, pgprot_t prot)
{
	unsigned int nr_pages = (area->size >> PAGE_SHIFT) - 1;

	if (!alloc_pages_array(area, nr_pages, gfp_mask))
		return false;
	while (area->nr_pages < nr_pages) {
		struct page *page = alloc_area_page(gfp_mask);

		if (!page)
			return false;
		area->pages[area->nr_pages++] = page;
	}
	return !vmap_page_range(area->va.va_start, area->va.va_end - PAGE_SIZE, prot, area->pages);
}

static void *vmalloc_caller(unsigned long size, gfp_t gfp_mask, pgprot_t prot, void *caller)
{
	struct vm_struct *area;

	if (!size)
		return NULL;
	if (size > PAGE_MASK) {
		printk(KERN_WARNING "memdawn: vmalloc: %lu kB wanted, the vmalloc space has %lu kB\n",
		       size >> 10, (VMALLOC_END - VMALLOC_START) >> 10);
		return NULL;
	}
	if (PFN_UP(size) > totalram_pages) {
		printk(KERN_WARNING "memdawn: vmalloc: %lu kB wanted, all RAM is %lu kB\n",
		       size >> 10, totalram_pages << (PAGE_SHIFT - 10));
		return NULL;
	}
	area = get_vm_area_caller(size, VM_ALLOC, caller);
	if (!area)
		return NULL;
	if (!fill_area(area, gfp_mask, prot)) {
		vfree(area->addr);
		return NULL;
	}
	return area->addr;
}

/**
 * vmalloc - allocate memory whose addresses, but not page frames, follow each other
 * @size: bytes, rounded up to whole pages
 *
 * vmalloc_init() must have run. The pages come from high memory if there is any.
 *
 * Return: an address for vfree(), or NULL, after a message unless @size is 0.
 * Linux: mm/vmalloc.c:vmalloc, v2.6.34.
 */
void *vmalloc(unsigned long size)
{
	return vmalloc_caller(size, GFP_KERNEL | __GFP_HIGHMEM, PAGE_KERNEL, caller_address());
}

/**
 * vzalloc - vmalloc() of memory filled with zeros
 * @size: bytes, rounded up to whole pages
 *
 * Return: as vmalloc().
 * Linux: mm/vmalloc.c:vzalloc, v2.6.37; callers of 2.6.34 clear the memory themselves.
 */
void *vzalloc(unsigned long size)
{
	return vmalloc_caller(size, GFP_KERNEL | __GFP_HIGHMEM | __GFP_ZERO, PAGE_KERNEL,
			      caller_address());
}

/**
 * vmalloc_to_page - which page does an address of the vmalloc space show?
 * @vmalloc_addr: virtual address
 *
 * Return: the page; NULL if nothing is mapped there.
 * Linux: mm/vmalloc.c:vmalloc_to_page, v2.6.34.
 */
struct page *vmalloc_to_page(const void *vmalloc_addr)
{
	enum page_level level;
	const pte_t *pte = lookup_address((unsigned long)vmalloc_addr, &level);

	if (level != PG_LEVEL_4K || !pte_present(*pte))
		return NULL;
	return pfn_to_page(pte_pfn(*pte));
}

/**
 * get_vmalloc_info - how much of the vmalloc space is taken
 * @vmi: filled in
 *
 * Linux: fs/proc/mmu.c:get_vmalloc_info, v2.6.34, for VmallocUsed and VmallocChunk.
 */
void get_vmalloc_info(struct vmalloc_info *vmi)
{
	unsigned long end = VMALLOC_START;
	const struct vm_struct *vm;

	*vmi = (struct vmalloc_info){ 0, 0 };
	for_each_vm_struct(vm) {
		vmi->used += vm->size;
		vmi->largest_chunk = max(vmi->largest_chunk, vm->va.va_start - end);
		end = vm->va.va_end;
	}
	vmi->largest_chunk = max(vmi->largest_chunk, VMALLOC_END - end);
}
