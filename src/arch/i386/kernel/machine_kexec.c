// SPDX-License-Identifier: GPL-2.0-only
/*
 * This very kernel once more, on the machine as it is: the boot loader's information and modules
 * are left where they were, the image is loaded anew from a module that holds its ELF file.
 *
 *	multiboot2 /boot/memdawn.elf ... memdawn.bootalloc=all
 *	module2    /boot/memdawn.elf kernel
 *
 * What one start has to tell the next is a variable of .data: it is written into the module.
 *
 * Linux: kexec, arch/x86/kernel/machine_kexec_32.c, v2.6.34, in its role. Linux loads any kernel, by
 * a system call; here it is always the same one, and no firmware runs in between.
 */
#include <asm/irqflags.h>
#include <asm/kexec.h>
#include <asm/page.h>
#include <asm/sections.h>
#include <firmware/boot_params.h>
#include <firmware/multiboot2.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/boot/boot_alloc.h>
#include <mm/gfp.h>
#include <mm/page_alloc.h>

#define ELF_MAGIC	0x464c457f
#define PT_LOAD		1
#define PF_X		1

struct elf32_hdr {
	u32 magic;
	u8 ident[12];
	u16 type, machine;
	u32 version, entry, phoff, shoff, flags;
	u16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf32_phdr {
	u32 type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

static const struct boot_module * __init kernel_module(void)
{
	u32 i;

	for (i = 0; i < boot_params.nr_modules; i++)
		if (boot_params.modules[i].kind == MODULE_KERNEL)
			return &boot_params.modules[i];
	return NULL;
}

/**
 * kexec_reserve - keep the loader's information for the next start
 *
 * After multiboot2_parse(). reserve_modules() keeps the modules, whole pages: one of them may end in the
 * page where the information begins.
 */
void __init kexec_reserve(void)
{
	struct phys_range info = phys_range(mb2_info_addr, PAGE_ALIGN(mb2_info_addr + mb2_info_size));
	u32 i;

	for (i = 0; i < boot_params.nr_modules; i++) {
		const struct boot_module *m = &boot_params.modules[i];

		if (m->end <= info.start && info.start < PAGE_ALIGN(m->end))
			info.start = PAGE_ALIGN(m->end);
	}
	if (!phys_range_empty(info))
		boot_reserve(info, "BOOT INFO");
}

/* The file's program headers, or NULL if they can't be those of a kernel. */
static const struct elf32_phdr * __init program_headers(const void *file, u32 size, u32 *count)
{
	const struct elf32_hdr *h = file;

	if (size < sizeof(*h) || h->magic != ELF_MAGIC || h->phentsize != sizeof(struct elf32_phdr) ||
	    h->phoff % 4 || h->phoff > size || h->phnum > KEXEC_SEGMENTS ||
	    size - h->phoff < h->phnum * sizeof(struct elf32_phdr))
		return NULL;
	*count = h->phnum;
	return file + h->phoff;
}

/* Its bytes lie in the file, it lies in the image, and its code is the code that runs now. */
static bool __init segment_is_ours(const void *file, u32 size, const struct elf32_phdr *p)
{
	const u32 image_start = __pa(_text), image_end = __pa(_end);

	if (p->offset > size || p->filesz > size - p->offset || p->filesz > p->memsz ||
	    p->paddr < image_start || p->paddr > image_end || p->memsz > image_end - p->paddr)
		return false;
	return !(p->flags & PF_X) || !memcmp(file + p->offset, __va(p->paddr), p->filesz);
}

/* Writes a variable of .data into the file. False: the file has no place for it. */
static bool __init keep(void *file, const struct elf32_phdr *p, u32 count, const void *kept,
			unsigned long size)
{
	u32 i, offset;

	for (i = 0; i < count; i++) {
		offset = __pa(kept) - p[i].paddr;
		if (p[i].type != PT_LOAD || offset > p[i].filesz || size > p[i].filesz - offset)
			continue;
		memcpy(file + p[i].offset + offset, kept, size);
		return true;
	}
	return false;
}

/* The page that the CPU works from when there is no kernel. */
static struct kexec_control * __init prepare(const struct boot_module *m,
					     const struct elf32_phdr *p, u32 count)
{
	struct kexec_control *c = (void *)get_zeroed_page(GFP_KERNEL);
	const struct elf32_hdr *h = __va(m->start);
	u32 i, n = 0;

	if (!c)
		return NULL;
	c->entry = h->entry;
	c->info = mb2_info_addr;
	for (i = 0; i < count; i++) {
		if (p[i].type != PT_LOAD || !p[i].memsz)
			continue;
		c->segment[n].to = p[i].paddr;
		c->segment[n].from = m->start + p[i].offset;
		c->segment[n].bytes = p[i].filesz;
		c->segment[n].zeros = p[i].memsz - p[i].filesz;
		n++;
	}
	memcpy(c->code, relocate_kernel_copied, relocate_kernel_end - relocate_kernel_copied);
	return c;
}

static bool __init all_ours(const void *file, u32 size, const struct elf32_phdr *p, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (p[i].type == PT_LOAD && !segment_is_ours(file, size, &p[i]))
			return false;
	return true;
}

/**
 * kexec_load - make ready to start this kernel again, as the boot loader did
 * @kept: a variable in .data that the next start is to find as it is now
 * @size: its bytes
 *
 * mem_init() must have run, and free_initmem() not; kexec_reserve() when the boot began.
 *
 * Return: what machine_kexec() takes, or NULL if it can't be done, with a message.
 */
struct kexec_control * __init kexec_load(const void *kept, unsigned long size)
{
	const struct boot_module *m = kernel_module();
	const struct elf32_phdr *headers;
	struct kexec_control *control;
	u32 count;

	if (!m) {
		printk(KERN_ERR "memdawn: kexec: the kernel is needed once more, as a module; in GRUB: "
		       "module2 /boot/memdawn.elf kernel\n");
		return NULL;
	}
	if (m->end > (u64)max_low_pfn << PAGE_SHIFT) {
		printk(KERN_ERR "memdawn: kexec: the kernel's module at %llx - %llx isn't in low memory, "
		       "which ends at %llx; allow more of it (mem=, highmem=)\n", m->start, m->end,
		       (u64)max_low_pfn << PAGE_SHIFT);
		return NULL;
	}
	headers = program_headers(__va(m->start), m->end - m->start, &count);
	if (!headers || !all_ours(__va(m->start), m->end - m->start, headers, count) ||
	    !keep(__va(m->start), headers, count, kept, size)) {
		printk(KERN_ERR "memdawn: kexec: the module at %llx - %llx isn't the file of this very "
		       "kernel; in GRUB, give multiboot2 and module2 the same file\n", m->start, m->end);
		return NULL;
	}
	control = prepare(m, headers, count);
	if (!control)
		printk(KERN_ERR "memdawn: kexec: no page is free\n");
	return control;
}

/**
 * machine_kexec - leave this start of the kernel for the next one
 * @control: from kexec_load()
 *
 * Linux: arch/x86/kernel/machine_kexec_32.c:machine_kexec, v2.6.34.
 */
void __init machine_kexec(struct kexec_control *control)
{
	local_irq_disable();
	relocate_kernel(__pa(control));
}
