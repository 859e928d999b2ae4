// SPDX-License-Identifier: GPL-2.0-only
/*
 * One block that says what machine this is and what became of its memory: for a report of a machine on which
 * nothing can be typed and nothing copied, short enough for a photograph or two.
 */
#include <asm/processor.h>
#include <firmware/boot_params.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <proc/balance.h>
#include <proc/borders.h>
#include <proc/report.h>

#include "version.h"

#define BRAND_LEAF	0x80000002U	/* and the next two: 16 characters each */

static void show_cpu(struct seq_file *m)
{
	const struct cpuinfo_x86 *c = &boot_cpu_data;
	union {
		u32 words[12];
		char text[sizeof(u32) * 12 + 1];
	} brand = { .text = "" };
	unsigned int i;

	if (c->extended_cpuid_level >= BRAND_LEAF + 2)
		for (i = 0; i < 3; i++)
			cpuid(BRAND_LEAF + i, &brand.words[4 * i], &brand.words[4 * i + 1],
			      &brand.words[4 * i + 2], &brand.words[4 * i + 3]);
	seq_printf(m, "report: cpu %s family %u model %u stepping %u, %u address bits%s%s%s%s\n",
		   c->x86_vendor_id, c->x86, c->x86_model, c->x86_mask, c->x86_phys_bits,
		   cpu_has_pse ? ", pse" : "", cpu_has_pge ? ", pge" : "",
		   cpu_has_mtrr ? ", mtrr" : "", cpu_has_nx ? ", nx" : "");
	seq_printf(m, "report: cpu %s\n", skip_spaces(brand.text));
}

static void show_machine(struct seq_file *m)
{
	const struct boot_framebuffer *fb = &boot_params.fb;

	seq_printf(m, "report: firmware %s, ACPI %s\n", boot_params.efi ? "UEFI" : "BIOS",
		   boot_params.rsdp_size == 0 ? "none" : boot_params.rsdp_size == 20 ? "1" : "2");
	seq_printf(m, "report: loader %s\n", boot_params.loader_name);
	if (fb->present)
		seq_printf(m, "report: screen %u x %u, %u bits, type %u, at %llx, pitch %u\n",
			   fb->width, fb->height, fb->bpp, fb->type, fb->addr, fb->pitch);
	seq_printf(m, "report: command line %s %s\n", boot_params.command_line, boot_params.options);
}

static void show_map(struct seq_file *m)
{
	u32 i;

	for (i = 0; i < boot_params.e820_entries; i++) {
		const struct e820entry *ei = &boot_params.e820_map[i];

		seq_printf(m, "report: map %010llx - %010llx %u\n", ei->addr, e820_end(ei), ei->type);
	}
}

/**
 * show_report - write what machine this is, its memory map, the borders and the balance
 * @m: the sink
 *
 * mem_init() must have run.
 */
void show_report(struct seq_file *m)
{
	seq_printf(m, "report: begin, memdawn %s\n", MEMDAWN_VERSION);
	show_cpu(m);
	show_machine(m);
	show_map(m);
	show_borders(m);
	show_balance(m);
	seq_printf(m, "report: end\n");
}
