// SPDX-License-Identifier: GPL-2.0-only
/*
 * src/init/unknown_words.c: which words of a command line are called out, and what is said to be
 * meant.
 */
#include <firmware/boot_params.h>
#include <kernel/params.h>
#include <lib/kernel.h>

#include <host.h>

static char boot_command_line[COMMAND_LINE_SIZE];

/* src/init/param_table.c's, which a boot test asks for. */
static const char *const params[] = {
	"earlyprintk", "ignore_loglevel", "loglevel", "quiet", "debug", "mem", "memmap",
	"highmem", "vmalloc", "noexec", "kernelcore", "movablecore", "bootmem_debug",
	"mminit_loglevel", "memtest", "early_ioremap_debug", "memblock", "movable_node",
	"disable_mtrr_trim", "console", "dhash_entries", "ihash_entries", "panic",
	"alloctrace", "memdawn.dump", "memdawn.free", "memdawn.exit", "memdawn.bench",
	"memdawn.bootalloc", "memdawn.debug", "memdawn.pause", "memdawn.fault", "memdawn.selftest",
	"memdawn.initrd", "memdawn.e820", "memdawn.before", "memdawn.highmem",
	"memdawn.fixmap", "memdawn.struct_page", "memdawn.numa", "numa_zonelist_order",
};

const char *param_name(unsigned int i)
{
	return i < ARRAY_SIZE(params) ? params[i] : NULL;
}

void for_each_parameter(void (*handle)(char *param, char *val))
{
	static char words[COMMAND_LINE_SIZE];

	snprintf(words, sizeof(words), "%s", boot_command_line);
	parse_args(words, handle);
}

/* What is said of a command line. */
static const char *said_of(const char *words)
{
	log_clear();
	snprintf(boot_command_line, sizeof(boot_command_line), "%s", words);
	report_unknown_words();
	return log_text();
}

static void assert_meant(const char *word, const char *meant)
{
	char want[200];

	snprintf(want, sizeof(want), "memdawn: command line: %s is not known, the nearest that is: "
		 "%s\n", word, meant);
	assert_string_equal(said_of(word), want);
}

/* Letters swapped, left out, doubled, wrong; capitals; the other dash; ours without their prefix. */
static void test_misspelt(void **state)
{
	assert_meant("hihgmem=512M", "highmem");
	assert_meant("higmem=512M", "highmem");
	assert_meant("hhighmem=512M", "highmem");
	assert_meant("hjghmen=512M", "highmem");
	assert_meant("HIGHMEM=512M", "highmem");
	assert_meant("emm=512M", "mem");
	assert_meant("me=512M", "mem");
	assert_meant("kernel_core=1G", "kernelcore");
	assert_meant("bootmem-debug", "bootmem_debug");
	assert_meant("mminit_loglvel=4", "mminit_loglevel");
	assert_meant("memdown.exit", "memdawn.exit");
	assert_meant("memdawn_dump=zones", "memdawn.dump");
	assert_meant("dump=zones", "memdawn.dump");
	assert_meant("bootalloc=memblock", "memdawn.bootalloc");
	assert_meant("vmalloc256M", "vmalloc");
}

/* Our own words, each with a slip: which one is meant, and nothing where none is near. */
static void test_options(void **state)
{
	static const char *const slips[][2] = {
		{ "memdawn.dmup", "memdawn.dump" }, { "memdawn.bootaloc", "memdawn.bootalloc" },
		{ "memdawn.seltfest", "memdawn.selftest" }, { "memdawn.exti", "memdawn.exit" },
		{ "memdawn.struct-page", "memdawn.struct_page" }, { "memdawn.e82", "memdawn.e820" },
	};
	char want[200];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(slips); i++) {
		log_clear();
		report_unknown_option(slips[i][0]);
		snprintf(want, sizeof(want), "memdawn: options: %s is not known, the nearest that is: %s\n",
			 slips[i][0], slips[i][1]);
		assert_string_equal(log_text(), want);
	}
	log_clear();
	report_unknown_option("memdawn.frobnicate");
	assert_string_equal(log_text(), "memdawn: options: memdawn.frobnicate is not known, see README.md\n");
}

static void test_unknown(void **state)
{
	assert_string_equal(said_of("frobnicate=1 mem=1G frobnicate"),
			    "memdawn: command line: frobnicate=1 is not known: Linux would hand it to init\n"
			    "memdawn: command line: frobnicate is not known: Linux would hand it to init\n");
	/* Two letters of three are too many to be a slip. */
	assert_string_equal(said_of("foo=1"),
			    "memdawn: command line: foo=1 is not known: Linux would hand it to init\n");
}

/* Every parameter of 2.6.34 on this architecture that isn't ours as well. */
static const char linux_words[] =
	"acpi acpi_sci acpi_skip_timer_override acpi_sleep acpi_use_timer_override "
	"add_efi_memmap alloc_mptable amd_iommu amd_iommu_dump apic apicpmtimer apm audit "
	"blkdevparts boot_delay cachesize calgary cgroup_disable clearcpuid clock "
	"clocksource code_bytes coredump_filter debug-alternative debug_locks_verbose "
	"debug_objects debugpat default_hugepagesz disable_mtrr_cleanup disable_timer_pin_1 "
	"disableapic dma32_size dma_debug dma_debug_driver dma_debug_entries elanfreq "
	"elfcorehdr enable_mtrr_cleanup fail_page_alloc failslab ftrace ftrace_dump_on_oops "
	"ftrace_filter ftrace_graph_filter ftrace_notrace gart_fix_e820 gbpages gcov_persist "
	"gpt hashdist highres hpet hugepages hugepagesz hung_task_panic idle init "
	"initcall_debug io_delay iomem iommu irqfixup irqpoll isolcpus kgdbcon kgdbwait "
	"kmemcheck kmemleak kstack lapic lapic_timer_c2_ok lmb load_ramdisk log_buf_len lpj "
	"maxcpus mce md memory_corruption_check memory_corruption_check_period "
	"memory_corruption_check_size mtrr_chunk_size mtrr_cleanup_debug mtrr_gran_size "
	"mtrr_spare_reg_nr nfsroot nmi_watchdog no-hlt no-kvmclock no387 no_console_suspend "
	"no_debug_objects no_file_caps no_ipi_broadcast no_timer_check noaliencache noapic "
	"noapictimer noclflush nodelayacct noefi noexec32 nofxsr nogbpages nohpet nohz "
	"noinitrd noirqdebug nokgdbroundup nolapic nolapic_timer nomce nopat nopmtimer "
	"norandmaps noreplace-paravirt noreplace-smp noresume nosep nosmp nosoftlockup "
	"noswapaccount notsc nox2apic noxsave nr_cpus ntp_tick_adj numa numa_zonelist_order "
	"olpc_ec_timeout oops pause_on_oops pci percpu_alloc pirq possible_cpus "
	"print-fatal-signals profile prompt_ramdisk raid ramdisk_start rdinit reboot "
	"relax_domain_level reserve reservetop reset_devices resume resume_offset "
	"retain_initrd ro root rootdelay rootflags rootfstype rootwait rw sched_debug "
	"serialnumber show_lapic show_msr slub_debug slub_max_order slub_min_objects "
	"slub_min_order slub_nomerge smp-alt-boot softlockup_panic stacktrace swiotlb "
	"test_suspend trace_buf_size trace_event tracing_thresh tsc unknown_nmi_panic "
	"update_mptable userpte uvrtcevt vdso vdso32 vmi x2apic_phys x86_mrst_timer ";

static void test_linux_words(void **state)
{
	char words[sizeof(linux_words)], *word;

	assert_string_equal(said_of(linux_words), "");
	snprintf(words, sizeof(words), "%s", linux_words);
	for (word = strtok(words, " "); word; word = strtok(NULL, " ")) {
		char with_value[80];

		snprintf(with_value, sizeof(with_value), "%s=1", word);
		assert_string_equal(said_of(with_value), "");
	}
}

/* Command lines as distributions write them. */
static void test_others_words(void **state)
{
	static const char *const lines[] = {
		"BOOT_IMAGE=/vmlinuz-6.1.0-18-amd64 root=UUID=1b3d-77 ro quiet",
		"BOOT_IMAGE=/boot/vmlinuz-5.15.0-91-generic root=/dev/mapper/vg-root ro quiet splash "
		"vt.handoff=7 crashkernel=512M-:192M apparmor=1 security=apparmor",
		"ro root=/dev/mapper/VolGroup-lv_root rd_NO_LUKS LANG=en_US.UTF-8 rd_NO_MD "
		"rd_LVM_LV=VolGroup/lv_swap SYSFONT=latarcyrheb-sun16 crashkernel=auto KEYBOARDTYPE=pc "
		"KEYTABLE=us rd_NO_DM rhgb quiet",
		"boot=live components locales=de_DE.UTF-8 keyboard-layouts=de toram nomodeset",
		"initrd=/install/initrd.gz preseed/url=http://x/y auto=true priority=critical vga=788 --- quiet",
		"root=/dev/sda1 ro acpi=off noapic nosmp nolapic pci=nomsi single",
		"root=/dev/sda1 init=/bin/sh 3 s S -b 1",
		"net.ifnames=0 biosdevname=0 systemd.unit=rescue.target rd.lvm.lv=a/b i8042.nopnp",
		"mem=1G memmap=64K$1G highmem=512M console=ttyS0 earlyprintk=serial panic=5 debug memtest",
		"", "   ", "\"\"", "=", "=x", "-", "--",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++)
		assert_string_equal(said_of(lines[i]), "");
}

/* What stands after it is init's. */
static void test_dashes(void **state)
{
	assert_string_equal(said_of("mem=1G -- hihgmem=1G frobnicate=1 foo"), "");
	assert_meant("hihgmem=1G", "highmem");		/* the next command line begins anew */
}

/* No word, however long, is too much. */
static void test_long_words(void **state)
{
	char word[COMMAND_LINE_SIZE];

	memset(word, 'a', sizeof(word));
	word[sizeof(word) - 1] = '\0';
	assert_non_null(strstr(said_of(word), "is not known: Linux"));
	word[32] = '\0';
	assert_non_null(strstr(said_of(word), "is not known: Linux"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_misspelt),	cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_linux_words),	cmocka_unit_test(test_others_words),
		cmocka_unit_test(test_dashes),		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
