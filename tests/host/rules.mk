# SPDX-License-Identifier: GPL-2.0-only
#
# Host tests: the kernel's own files, unmodified, built with gcc -m32 and sanitizers and linked with
# cmocka. Included by the Makefile, after host/rules.mk; everything built is below $(O)/host.
#
# A test is tests/host/test_NAME.c, built with sanitizers. A property is tests/host/prop_NAME.c,
# built with sanitizers and, for its bulk, without. Their kernel files are listed in host_NAME, what
# stands in for the rest of the kernel (files of tests/host) as well. The memory manager's assertions
# (VM_BUG_ON) are compiled in. A log of each run lies beside the program.
#
#   make check-host SEED=1234 RUNS=1000     repeat a failure, or run shorter or longer

host_flags := -std=gnu11 -m32 -g -fno-strict-aliasing -fno-common -Wall -Wextra \
	-Wno-unused-parameter -Wno-clobbered $(WERROR) -Itests/host/include -Ihost/include -Iinclude -DCONFIG_DEBUG_VM
host_sanitize := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all '-fsanitize-sections=.init.*,.data.*,.bss.*'

host_common := tests/host/host host/messages $(patsubst %,src/kernel/%,border range kallsyms refuse) $(host_lib:%=src/lib/%)

host_tests := string explain vsprintf bitops lists multiboot2 e820 early_res params bootmem_24 slab slab_debug \
	caches memblock memblock_alloc memblock_free memblock_logs fdt fdt_broken devicetree boot_alloc \
	alloctrace line fw_cfg unknown_words text_screen framebuffer acpi nodes
# Those whose files of the kernel are built with CONFIG_NUMA, all of them.
host_numa_tests := node_zones node_bootmem
host_props := e820 bootmem buddy bootmem_24 early_res slab vmalloc memblock

host_multiboot2 := $(host_firmware)/multiboot2
host_e820 := $(patsubst %,$(host_firmware)/%,e820/e820 e820/ram e820/user multiboot2) src/kernel/resource \
	src/kernel/early_res $(patsubst %,tests/host/%,e820_model e820_stand_ins kmalloc_stand_ins)
host_early_res := tests/host/early_res_again
host_prop_early_res := $(host_boot)/nobootmem $(host_boot)/early
host_params := src/kernel/params
host_text_screen := src/arch/i386/console/text_screen src/monitor/pager
host_unknown_words := src/init/unknown_words src/kernel/params
host_framebuffer := $(patsubst %,src/arch/i386/console/%,framebuffer font_8x16) \
	tests/host/framebuffer_stand_ins
host_acpi := $(patsubst %,$(host_firmware)/acpi/%,read tables leave) tests/host/acpi_stand_ins
host_nodes := $(patsubst %,src/arch/i386/numa/%,acpi/root acpi/boot acpi/io_apic apic srat_32 smpboot) \
	$(host_firmware)/acpi/read $(patsubst %,tests/host/%,acpi_stand_ins numa_stand_ins)
host_fw_cfg := $(host_firmware)/fw_cfg
host_bitmap := $(host_boot)/early src/kernel/early_res tests/host/boot_stand_ins
host_bootmem := $(host_boot)/bootmem $(host_bitmap)
host_buddy_files := $(patsubst %,$(host_page_alloc)/%,buddy free free_boot pageblock pageset report zonelists)
host_alloctrace := $(host_buddy_files) $(host_page_alloc)/alloc src/proc/dump_zones src/proc/seq
host_bootmem_24 := $(host_boot)/bootmem_24 $(host_bitmap)
host_line := src/monitor/line src/proc/seq
host_explain := src/monitor/explain $(O)/explain_table
host_memblock_files := $(patsubst %,$(host_boot)/memblock/%,memblock flags iter alloc query free) \
	tests/host/memblock_stand_ins
host_memblock := $(host_memblock_files) tests/host/memblock_model
host_memblock_free := $(host_memblock_files)
host_memblock_alloc := $(host_memblock_files)
host_memblock_logs := $(host_memblock_files)
host_fdt := src/of/fdt src/of/of_reserved_mem $(host_memblock_files)
host_fdt_broken := $(host_fdt)
host_devicetree := $(patsubst %,$(host_firmware)/%,devicetree e820/e820 e820/ram multiboot2) src/of/fdt \
	src/of/of_reserved_mem src/arch/i386/mm/init_32/nomap $(host_memblock_files)
host_boot_alloc := $(patsubst %,$(host_boot)/%,boot_alloc stats early bootmem bootmem_24 nobootmem memblock/boot) \
	src/kernel/early_res \
	$(host_page_alloc)/node_map $(filter src/%,$(host_memblock_files)) \
	$(patsubst %,$(host_firmware)/%,e820/e820 e820/ram multiboot2)
host_slab := tests/host/slab_stand_ins \
	$(patsubst %,src/mm/slab/%,alloc grow cache boot debug)
host_caches := $(host_slab) src/init/caches
host_slab_debug := $(host_slab)
host_vmalloc := src/mm/vmalloc/areas
host_buddy := $(host_buddy_files)
host_node_bootmem := $(patsubst %,$(host_boot)/%,bootmem early) tests/host/early_res_again \
	$(patsubst %,$(host_page_alloc)/%,node_map node_map_remove)
host_node_zones := $(host_buddy_files) $(patsubst %,$(host_page_alloc)/%,alloc free_area_init node_map node_map_remove \
	node_order watermarks)

# How many random cases each property tries: in bulk, in two processes, and with sanitizers.
bulk_runs_e820 := 5000000
sane_runs_e820 := 100000
bulk_runs_bootmem := 10000
sane_runs_bootmem := 1000
bulk_runs_bootmem_24 := 500000
sane_runs_bootmem_24 := 30000
bulk_runs_early_res := 500000
sane_runs_early_res := 30000
bulk_runs_memblock := 10000
sane_runs_memblock := 1000
bulk_runs_buddy := 3000
sane_runs_buddy := 300
bulk_runs_slab := 500
sane_runs_slab := 100
bulk_runs_vmalloc := 20000
sane_runs_vmalloc := 1000

# --- objects ------------------------------------------------------------------------------

$(patsubst %,$(host_dir)/%/%.o,san bulk numa): host_names = $(other_names)
$(patsubst %,$(host_dir)/%/src/lib/string.o,san bulk numa): host_names = $(other_string_names)
$(patsubst %,$(host_dir)/%/tests/%.o,san bulk numa): host_names =

# The kernel for several nodes is built with CONFIG_NUMA.
host_numa_objects := $(patsubst %,$(host_dir)/san/%.o,$(filter src/arch/i386/numa/%,$(host_nodes)) \
	tests/host/numa_stand_ins tests/host/test_nodes)
$(host_numa_objects): host_flags += -DCONFIG_NUMA

$(host_dir)/san/%.o: %.c tests/host/rules.mk
	@mkdir -p $(@D)
	$(say) HOSTCC $<
	$(Q)$(HOSTCC) $(host_flags) $(host_sanitize) $(host_names) -MMD -MP -c -o $@ $<

$(host_dir)/numa/%.o: host_flags += -DCONFIG_NUMA
$(host_dir)/numa/%.o: %.c tests/host/rules.mk
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (several nodes)'
	$(Q)$(HOSTCC) $(host_flags) $(host_sanitize) $(host_names) -MMD -MP -c -o $@ $<

$(host_dir)/bulk/%.o: %.c tests/host/rules.mk
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (bulk)'
	$(Q)$(HOSTCC) $(host_flags) -O2 $(host_names) -MMD -MP -c -o $@ $<

# The objects of program $(2) (test_NAME, prop_NAME) for NAME $(3) in the flavour $(1): san, numa or bulk.
host_objects = $(patsubst %,$(host_dir)/$(1)/%.o,tests/host/$(2) $(host_common) $(host_$(3)) $(host_$(2)))

# --- programs and runs --------------------------------------------------------------------

# Runs $(1), shows its output only if it fails.
host_run = $(1) > $@.log 2>&1 || { cat $@.log; exit 1; }

define host_test_rules
$(host_dir)/test_$(1): $(call host_objects,$(2),test_$(1),$(1))
	$$(say) HOSTLD $$@
	$$(Q)$(HOSTCC) -m32 $(host_sanitize) -o $$@ $$^ -lcmocka

.PHONY: $(host_dir)/test_$(1).run
$(host_dir)/test_$(1).run: $(host_dir)/test_$(1)
	$$(say) TEST test_$(1)
	$$(Q)$$(call host_run,$$<)
endef

define host_prop_rules
$(host_dir)/prop_$(1).san: $(call host_objects,san,prop_$(1),$(1))
	$$(say) HOSTLD $$@
	$$(Q)$(HOSTCC) -m32 $(host_sanitize) -o $$@ $$^ -lcmocka

$(host_dir)/prop_$(1).bulk: $(call host_objects,bulk,prop_$(1),$(1))
	$$(say) HOSTLD $$@
	$$(Q)$(HOSTCC) -m32 -o $$@ $$^ -lcmocka

.PHONY: $(patsubst %,$(host_dir)/prop_$(1).%.run,san bulk1 bulk2)
$(host_dir)/prop_$(1).san.run: $(host_dir)/prop_$(1).san
	$$(say) TEST 'prop_$(1) $(sane_runs_$(1))'
	$$(Q)$$(call host_run,$$< $(sane_runs_$(1)))
$(host_dir)/prop_$(1).bulk1.run $(host_dir)/prop_$(1).bulk2.run: $(host_dir)/prop_$(1).bulk
	$$(say) TEST 'prop_$(1) $(bulk_runs_$(1)) (bulk)'
	$$(Q)$$(call host_run,$$< $(bulk_runs_$(1)))
endef

# For scripts/exercise: a zone's lists after each step.
host_steps_buddy := $(host_buddy_files)
$(host_dir)/steps_buddy: $(call host_objects,bulk,steps_buddy,steps_buddy)
	$(say) HOSTLD $@
	$(Q)$(HOSTCC) -m32 -o $@ $^ -lcmocka

$(foreach test,$(host_tests),$(eval $(call host_test_rules,$(test),san)))
$(foreach test,$(host_numa_tests),$(eval $(call host_test_rules,$(test),numa)))
$(foreach prop,$(host_props),$(eval $(call host_prop_rules,$(prop))))

# --- coverage: every branch of sanitize_e820_map() and of what it is made of --------------

cov_functions := sanitize_e820_map collect_change_points cmp_change_point update_overlaps \
	report_lost_entries
cov_object := $(host_dir)/cov/e820.o

$(cov_object): $(host_firmware)/e820/e820.c tests/host/rules.mk
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (coverage)'
	$(Q)$(HOSTCC) $(host_flags) -O0 --coverage $(other_names) -MMD -MP -c -o $@ $<

host_cov_objects = $(cov_object) $(filter-out %/e820/e820.o,$(call host_objects,bulk,$(1),e820))
$(host_dir)/cov/test_e820: $(call host_cov_objects,test_e820)
$(host_dir)/cov/prop_e820: $(call host_cov_objects,prop_e820)
$(host_dir)/cov/test_e820 $(host_dir)/cov/prop_e820:
	$(say) HOSTLD $@
	$(Q)$(HOSTCC) -m32 --coverage -o $@ $^ -lcmocka

.PHONY: $(host_dir)/cov/e820.run
$(host_dir)/cov/e820.run: $(host_dir)/cov/test_e820 $(host_dir)/cov/prop_e820
	$(say) TEST 'e820 coverage'
	$(Q)rm -f $(cov_object:.o=.gcda)
	$(Q)$(call host_run,$(host_dir)/cov/test_e820)
	$(Q)$(call host_run,$(host_dir)/cov/prop_e820 100000)
	$(Q)$(call host_run,$(PYTHON) tests/host/check-branches $(cov_object) $(cov_functions))

host_runs := $(patsubst %,$(host_dir)/test_%.run,$(host_tests) $(host_numa_tests)) $(host_props:%=$(host_dir)/prop_%.san.run) \
	$(host_props:%=$(host_dir)/prop_%.bulk1.run) $(host_props:%=$(host_dir)/prop_%.bulk2.run) \
	$(host_dir)/cov/e820.run

# TESTS: test_NAME, prop_NAME (each of its runs), or the coverage, cov/e820.
host_chosen := $(if $(TESTS),$(filter $(TESTS:%=$(host_dir)/%.run) $(foreach kind,san bulk1 bulk2, \
	$(TESTS:%=$(host_dir)/%.$(kind).run)),$(host_runs)),$(host_runs))

# For check-mutants and check-quick: the runs that contain one of FILE, files of src or tests/host; the
# properties with sanitizers alone.
.PHONY: host-tests-of
host_of = $(filter $(patsubst %.c,$(host_dir)/san/%.o,$(FILE)),$(call host_objects,san,$(1),$(2)))
host-tests-of:
	@echo $(foreach test,$(host_tests),$(if $(call host_of,test_$(test),$(test)),$(host_dir)/test_$(test).run)) \
	$(foreach prop,$(host_props),$(if $(call host_of,prop_$(prop),$(prop)),$(host_dir)/prop_$(prop).san.run))

.PHONY: check-host-runs
check-host-runs: $(host_chosen)

check-host: deps-host
	$(if $(host_chosen),,$(error TESTS: no test of check-host is called $(TESTS)))
	$(call build,-j2 check-host-runs)

-include $(shell find $(patsubst %,$(host_dir)/%,san bulk numa cov) -name '*.d' 2>/dev/null)
