// SPDX-License-Identifier: GPL-2.0-only
/* Stands in for the window through which the framebuffer is seen, and for the CPU. */
#include <asm/framebuffer.h>
#include <asm/ioremap.h>
#include <asm/processor.h>
#include <asm/screen.h>

#include <host.h>

#include <framebuffer_stand_ins.h>

struct boot_params boot_params;
struct cpuinfo_x86 boot_cpu_data = { .x86_phys_bits = 36 };

u8 *video;

pgprot_t write_combining_prot(void)
{
	return __pgprot(0);
}

void *ioremap_window(resource_size_t phys_addr, unsigned long size, pgprot_t prot)
{
	const struct boot_framebuffer *fb = &boot_params.fb;
	u64 offset = phys_addr - fb->addr;

	if (phys_addr < fb->addr || offset + size > (u64)fb->pitch * fb->height ||
	    size > IOREMAP_WINDOW || !size) {
		fprintf(stderr, "a window at %llx of %lu bytes\n", phys_addr, size);
		abort();
	}
	return video + offset;
}

bool framebuffer_begin(const struct boot_framebuffer *fb)
{
	free(video);
	video = NULL;
	boot_params.fb = *fb;
	log_clear();
	framebuffer_probe();
	if (log_has("serial port only"))
		return false;
	video = malloc((u64)fb->pitch * fb->height);
	return true;
}
