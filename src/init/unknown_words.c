// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of the command line that nobody knows, said after the log's memory part: a parameter that
 * is misspelt does nothing, and Linux doesn't say so. It hands NAME=VALUE to init as a variable and
 * a bare word as an argument, and takes NAME.NAME for the parameter of a module that isn't there.
 *
 * What is called out:
 *
 *	a word like one of ours		hihgmem=512M, with the parameter that is nearest; also dump=
 *					for memdawn.dump=, mem512M for mem=512M
 *	one that is plainly unknown	frobnicate=1
 *
 * What isn't, unless it is like one of ours:
 *
 *	after "--"			all of it is for init, as in later kernels (2.6.34 has no such
 *					mark, and reads parameters there as well)
 *	names of Linux's, of boot loaders and distributions	the list below
 *	with a '.' or a '/' in the name	a module's, systemd's, an installer's
 *	in capitals, before a '='	LANG=C: a variable for init
 *	single, 3, s, -b		arguments that inits know
 */
#include <kernel/init.h>
#include <kernel/params.h>
#include <kernel/printk.h>
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <lib/vsprintf.h>

#define MAX_NAME	32

/*
 * Names that mean something elsewhere, and that nobody needs for this memory's sake. It is kept after
 * the boot: .init of the images that are laid out like real kernels has no room for it.
 */
static const char elsewhere[] =
	/* boot loaders */
	"BOOT_IMAGE auto initrd vga "

	/* Linux: the root file system, init, consoles */
	"boot_delay consoleblank ether fb fbcon init initcall_debug ip keepinitrd load_ramdisk "
	"log_buf_len logo md netdev nfsaddrs nfsroot no_console_suspend no_hash_pointers noinitrd "
	"nomodeset noresume prompt_ramdisk raid ramdisk ramdisk_blocksize ramdisk_size ramdisk_start "
	"rdinit resume resume_offset retain_initrd ro root rootdelay rootflags rootfstype rootwait rw "
	"sysrq_always_enabled video "

	/* Linux: processors, interrupts, time */
	"acpi acpi_apic_instance acpi_backlight acpi_enforce_resources acpi_irq_balance "
	"acpi_irq_nobalance acpi_os_name acpi_osi acpi_rsdp acpi_sci acpi_serialize "
	"acpi_skip_timer_override acpi_sleep acpi_use_timer_override alloc_mptable amd_iommu "
	"amd_iommu_dump amd_pstate apic apicpmtimer apm cachesize calgary clearcpuid clock clocksource "
	"cpuidle_sysfs_switch disable_timer_pin_1 disableapic hpet highres idle intel_idle "
	"intel_iommu intel_pstate io_delay iommu irqaffinity irqfixup irqpoll isolcpus kaslr l1tf "
	"lapic lapic_timer_c2_ok lpj maxcpus mce mds mem_encrypt mem_sleep mitigations "
	"mmio_stale_data nmi_watchdog no-hlt no-kvmclock no387 no_ipi_broadcast no_timer_check noapic "
	"noapictimer noclflush noexec32 nofxsr nohalt nohlt nohpet nohz nohz_full nokaslr nolapic "
	"nolapic_timer nomce nopcid nopmtimer nopti noreplace-paravirt noreplace-smp nosep nosmap "
	"nosmep nosmp nosmt nospec_store_bypass_disable nospectre_v1 nospectre_v2 notsc nowatchdog "
	"nox2apic noxsave noxsaves nr_cpus ntp_tick_adj pirq possible_cpus preempt pti rcu_nocbs "
	"relax_domain_level retbleed setcpuid show_lapic show_msr smp-alt-boot spec_store_bypass_disable "
	"spectre_v2 srbds threadirqs tsc tsx tsx_async_abort unknown_nmi_panic update_mptable vdso "
	"vdso32 vmi vsyscall watchdog watchdog_thresh x2apic_phys x86_mrst_timer "

	/* Linux: memory, but nothing that is booted here */
	"add_efi_memmap cgroup_disable cgroup_enable cma coredump_filter crashkernel "
	"default_hugepagesz disable_mtrr_cleanup dma32_size elfcorehdr enable_mtrr_cleanup gbpages "
	"hashdist hugepages hugepagesz init_on_alloc init_on_free iomem kmemcheck kmemleak lmb "
	"memory_corruption_check memory_corruption_check_period memory_corruption_check_size "
	"mhash_entries mphash_entries mtrr_chunk_size mtrr_cleanup_debug mtrr_gran_size "
	"mtrr_spare_reg_nr noaliencache nogbpages nopat norandmaps noswapaccount numa numa_balancing "
	"numa_zonelist_order page_owner page_poison percpu_alloc reserve reservetop rhash_entries "
	"slab_max_order slab_nomerge slub_debug slub_max_order slub_min_objects slub_min_order "
	"slub_nomerge stack_guard_gap swapaccount swiotlb thash_entries transparent_hugepage "
	"uhash_entries userpte vm_debug "

	/* Linux: devices, security, debugging */
	"apparmor audit audit_backlog_limit blkdevparts code_bytes debug-alternative "
	"debug_locks_verbose debug_objects debugpat delayacct dma_debug dma_debug_driver "
	"dma_debug_entries edd efi elanfreq elevator enforcing evm fail_page_alloc failslab fips ftrace "
	"ftrace_dump_on_oops ftrace_filter ftrace_graph_filter ftrace_notrace gart_fix_e820 "
	"gcov_persist gpt hung_task_panic ima_appraise ima_policy ipv6 kgdbcon kgdboc kgdbwait kstack "
	"lockdown lsm module_blacklist netconsole no_debug_objects no_file_caps nodelayacct noefi "
	"noirqdebug nokgdbroundup nosoftlockup ohci1394_dma olpc_ec_timeout oops panic_on_oops "
	"panic_on_warn panic_print pause_on_oops pci pcie_aspm pcie_port_pm pcie_ports plip pnpacpi "
	"pnpbios print-fatal-signals profile reboot reset_devices sched_debug scsi_logging_level "
	"security selinux serialnumber softlockup_panic stacktrace test_suspend trace_buf_size "
	"trace_clock trace_event trace_options tracing_thresh uvrtcevt zswap "

	/* distributions: what initramfs, installer and init look for */
	"archisobasedir archisodevice archisolabel askmethod biosdevname boot bootfs break components "
	"cryptdevice cryptkey dolvm emergency fastboot file findiso forcefsck fromiso hostname ipappend "
	"keyboard-layouts keymap ks live-config live-media locale locales method noautologin noeject "
	"noplymouth noprompt nosplash noswap persistence persistent preseed priority rd_LUKS_UUID "
	"rd_LVM_LV rd_MD_UUID rd_NO_DM rd_NO_LUKS rd_NO_LVM rd_NO_MD real_root recovery repo rescue rhgb "
	"showopts single splash ssh stage2 text toram url username utc verbose zfs";

static bool __init known_elsewhere(const char *name)
{
	size_t length = strlen(name);
	const char *at = elsewhere;

	while ((at = strstr(at, name))) {
		if ((at == elsewhere || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
		at++;
	}
	return false;
}

static bool __init known_here(const char *name)
{
	const char *known;
	unsigned int i;

	for (i = 0; (known = param_name(i)); i++)
		if (!strcmp(known, name))
			return true;
	return false;
}

static bool __init same(char a, char b)
{
	return tolower(a) == tolower(b) || (strchr("-_.", a) && strchr("-_.", b));
}

/*
 * How many letters must be changed, left out, put in, or swapped with the next one, to make one of
 * the other. Row i of the table has the distances between the first i letters of a and each
 * beginning of b; three rows are kept.
 */
static unsigned int __init distance(const char *a, const char *b)
{
	unsigned int rows[3][MAX_NAME + 1], i, j, n = strlen(a), m = strlen(b);

	if (n > MAX_NAME || m > MAX_NAME)
		return UINT_MAX;
	for (j = 0; j <= m; j++)
		rows[0][j] = j;
	for (i = 1; i <= n; i++) {
		unsigned int *now = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];

		now[0] = i;
		for (j = 1; j <= m; j++) {
			unsigned int best = above[j - 1] + !same(a[i - 1], b[j - 1]);

			best = min(best, min(above[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				best = min(best, two_above[j - 2] + 1);
			now[j] = best;
		}
	}
	return rows[n % 3][m];
}

/* The parameter that a name is meant to be, by its letters; NULL: none is near enough. */
static const char * __init nearest(const char *name)
{
	unsigned int i, d, nearest_yet = 3;
	const char *known, *found = NULL;

	for (i = 0; (known = param_name(i)); i++) {
		const char *dot = strchr(known, '.');
		size_t length = strlen(known);

		d = distance(name, known);
		if ((dot && !strcmp(dot + 1, name)) ||
		    (!strncmp(name, known, length) && isdigit(name[length])))
			d = 0;
		/* One wrong letter in a short name is as much as two in a long one. */
		if (d < nearest_yet && d <= length / 3) {
			nearest_yet = d;
			found = known;
		}
	}
	return found;
}

/* Is it the name of a variable for init, or an argument that inits know? */
static bool __init is_for_init(const char *name, const char *val)
{
	const char *c;

	if (strchr(name, '.') || strchr(name, '/') || !isalpha(name[0]) || !name[1])
		return true;
	for (c = name; *c; c++)
		if (islower(*c))
			return false;
	return val;
}

static bool words_for_init __initdata;

static void __init look_at_word(char *name, char *val)
{
	const char *meant;
	char word[96];

	words_for_init |= !strcmp(name, "--");
	if (words_for_init || !*name || known_here(name) || known_elsewhere(name))
		return;
	snprintf(word, sizeof(word), "%.40s%s%.40s", name, val ? "=" : "", val ? val : "");
	meant = nearest(name);
	if (meant)
		printk(KERN_WARNING "memdawn: command line: %s is not known, the nearest that is: %s\n",
		       word, meant);
	else if (!is_for_init(name, val))
		printk(KERN_WARNING "memdawn: command line: %s is not known: Linux would hand it to "
		       "init\n", word);
}

/**
 * report_unknown_words - name the words of the command line that do nothing
 *
 * A line for each. After mem_init(), so that the log's memory part stays Linux's, and nobody needs the
 * early parameters' words any more. Linux's unknown_bootoption() hands them to init and says nothing.
 */
void __init report_unknown_words(void)
{
	words_for_init = false;
	for_each_parameter(look_at_word);
}

/**
 * report_unknown_option - one of our own words, memdawn.NAME, is none
 * @name: the word, without its value
 *
 * Says which one is meant, as far as the letters tell. From the first word of the command line on.
 */
void __init report_unknown_option(const char *name)
{
	const char *meant = nearest(name);

	if (meant)
		printk(KERN_WARNING "memdawn: options: %s is not known, the nearest that is: %s\n", name,
		       meant);
	else
		printk(KERN_WARNING "memdawn: options: %s is not known, see README.md\n", name);
}
