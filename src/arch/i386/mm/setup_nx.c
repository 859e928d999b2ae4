// SPDX-License-Identifier: GPL-2.0-only
/* Whether pages can be marked as not executable. Linux: arch/x86/mm/setup_nx.c. */
#include <asm/init_32.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>

static int disable_nx __initdata;

/**
 * x86_configure_nx - use the NX bit if the CPU has it and nobody forbids it
 *
 * early_cpu_init() must have run.
 * Linux: arch/x86/mm/setup_nx.c:x86_configure_nx, v2.6.34.
 */
void __init x86_configure_nx(void)
{
	if (cpu_has_nx && !disable_nx)
		__supported_pte_mask |= _PAGE_NX;
	else
		__supported_pte_mask &= ~_PAGE_NX;
}

/**
 * noexec_setup - noexec=on|off: whether data pages can't be executed
 * @str: the value, or NULL
 *
 * Return: 0, or -1 for a missing value.
 * Linux: arch/x86/mm/setup_nx.c:noexec_setup, v2.6.34.
 */
int __init noexec_setup(char *str)
{
	static const struct { const char *word; int disable; } settings[] = {
		{ "on", 0 }, { "off", 1 },
	};
	unsigned int i;

	if (!str)
		return -1;
	/* What else it may be is passed over, as in Linux. */
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (!strncmp(str, settings[i].word, strlen(settings[i].word)))
			disable_nx = settings[i].disable;
	x86_configure_nx();
	return 0;
}

/**
 * x86_report_nx - say whether NX is used, and if not, why
 *
 * Linux: arch/x86/mm/setup_nx.c:x86_report_nx, v2.6.34.
 */
void __init x86_report_nx(void)
{
	if (!cpu_has_nx)
		printk(KERN_NOTICE "Notice: NX (Execute Disable) protection "
		       "missing in CPU or disabled in BIOS!\n");
	else
		printk(KERN_INFO "NX (Execute Disable) protection: %s\n",
		       disable_nx ? "disabled by kernel command line option" : "active");
}
