// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioremap(): devices' memory in the vmalloc space, once the page allocator is up.
 * Linux has it beside early_ioremap() in arch/x86/mm/ioremap.c.
 *
 * A device may lie below the end of low memory, in a hole that the linear map covers;
 * then the linear map is made uncached there too, as long as any area maps the device: one
 * page must not be cached at one address and uncached at another.
 */
#include <asm/fixmap.h>
#include <asm/ioremap.h>
#include <asm/pageattr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/resource.h>
#include <lib/kernel.h>
#include <mm/vmalloc.h>

/* Without the PAT: uncached, but an MTRR may still make it write-combining. */
#define PAGE_KERNEL_IO_UC_MINUS	__pgprot(__PAGE_KERNEL | _PAGE_PCD | _PAGE_IOMAP)

static bool is_isa_range(resource_size_t start, resource_size_t last)
{
	return start >= ISA_START_ADDRESS && last < ISA_END_ADDRESS;
}

/* Ends the walk at RAM that the page allocator owns; for reserved RAM there is only a warning. */
static int used_ram(unsigned long pfn, unsigned long nr_pages, void *arg)
{
	unsigned long end = pfn + nr_pages;

	for (; pfn < end; pfn++) {
		if (!pfn_valid(pfn) || PageReserved(pfn_to_page(pfn)))
			continue;
		*(unsigned long *)arg = pfn;
		return 1;
	}
	WARN_ON_ONCE(true);
	return 0;
}

static bool touches_used_ram(resource_size_t start, resource_size_t last)
{
	unsigned long first_pfn = PFN_DOWN(start), pfn = 0;

	if (walk_system_ram_range(first_pfn, PFN_DOWN(last) - first_pfn + 1, &pfn, used_ram) != 1)
		return false;
	printk(KERN_WARNING "memdawn: ioremap: %llx-%llx refused, page frame %lx is RAM in use\n",
	       start, last, pfn);
	return true;
}

static bool may_be_mapped(resource_size_t start, resource_size_t last)
{
	if (!phys_addr_valid(last)) {
		printk(KERN_WARNING "ioremap: invalid physical address %llx\n", last);
		WARN_ON_ONCE(true);
		return false;
	}
	return !touches_used_ram(start, last);
}

/* What the linear map has of a device: its bytes, 0 if it lies above low memory. */
static unsigned long bytes_in_linear_map(phys_addr_t start, unsigned long size)
{
	unsigned long end = __pa(high_memory);

	return start < end ? min_t(u64, size, end - start) : 0;
}

static int map_device(struct vm_struct *area, phys_addr_t start, unsigned long size)
{
	unsigned long linear = bytes_in_linear_map(start, size);

	area->phys_addr = start;
	if (linear && set_memory_uc((unsigned long)__va(start), PFN_DOWN(linear)))
		return -1;
	return ioremap_page_range(area->va.va_start, area->va.va_start + size, start,
				  PAGE_KERNEL_IO_UC_MINUS);
}

/* Is a page frame mapped by another area than this one? */
static bool mapped_elsewhere(const struct vm_struct *area, unsigned long pfn)
{
	const struct vm_struct *vm;

	for_each_vm_struct(vm)
		if (vm != area && (vm->flags & VM_IOREMAP) && vm->phys_addr <= PFN_PHYS(pfn) &&
		    PFN_PHYS(pfn) - vm->phys_addr < vm->size - PAGE_SIZE)
			return true;
	return false;
}

/* Makes the linear map of an area's device cached again, but for what other areas show as well. */
static void restore_linear_map(const struct vm_struct *area)
{
	unsigned long nr_pages, first, i, pfn = PFN_DOWN(area->phys_addr);

	nr_pages = PFN_DOWN(bytes_in_linear_map(area->phys_addr, area->size - PAGE_SIZE));
	for (i = 0; i < nr_pages; i++) {
		first = i;
		while (i < nr_pages && !mapped_elsewhere(area, pfn + i))
			i++;
		if (i > first)
			set_memory_wb((unsigned long)__va(PFN_PHYS(pfn + first)), i - first);
	}
}

/**
 * ioremap_nocache - make a device's memory addressable, uncached
 * @phys_addr: physical address, any alignment
 * @size: bytes, any number but 0
 *
 * vmalloc_init() must have run.
 *
 * Return: an address for iounmap(); for the ISA range, 0xa0000 to 0xfffff, the linear map's. NULL:
 * for a size of 0, a range that wraps, is wider than 4 GiB or lies beyond what the CPU can address;
 * for RAM in use, with a message; without memory, or room in the vmalloc space.
 *
 * Linux: arch/x86/mm/ioremap.c:ioremap_nocache and __ioremap_caller, v2.6.34, which doesn't
 * look at the last page of the range and says nothing of RAM.
 */
void *ioremap_nocache(resource_size_t phys_addr, unsigned long size)
{
	resource_size_t last_addr = phys_addr + size - 1;
	unsigned long offset = phys_addr & ~PAGE_MASK;
	struct vm_struct *area;
	u64 span;

	if (!size || last_addr < phys_addr)
		return NULL;
	if (is_isa_range(phys_addr, last_addr))
		return phys_to_virt(phys_addr);
	if (!may_be_mapped(phys_addr, last_addr))
		return NULL;

	phys_addr -= offset;
	span = PAGE_ALIGN(last_addr + 1) - phys_addr;
	if (span > ULONG_MAX)
		return NULL;
	area = get_vm_area_caller(span, VM_IOREMAP, __builtin_return_address(0));
	if (!area)
		return NULL;
	if (map_device(area, phys_addr, span)) {
		iounmap(area->addr);
		return NULL;
	}
	return area->addr + offset;
}

/**
 * iounmap - undo ioremap()
 * @addr: what ioremap() returned
 *
 * An address of low memory is the ISA range's: nothing is to be done. Any other address is
 * reported and left alone.
 *
 * Linux: arch/x86/mm/ioremap.c:iounmap, v2.6.34, which leaves the linear map uncached.
 */
void iounmap(volatile void *addr)
{
	void *start = (void *)((unsigned long)addr & PAGE_MASK);
	struct vm_struct *area;

	if (start <= high_memory)
		return;
	area = find_vm_area(start);
	if (!area || !(area->flags & VM_IOREMAP)) {
		printk(KERN_ERR "iounmap: bad address %p\n", start);
		dump_stack();
		return;
	}
	restore_linear_map(area);
	free_vm_area(area);
}
