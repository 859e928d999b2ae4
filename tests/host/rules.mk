# SPDX-License-Identifier: GPL-2.0-only
#
# Host tests: the kernel's own files, unmodified, built with gcc -m32 and sanitizers and linked with
# cmocka. Included by the Makefile; everything built is below $(O)/host.
#
# A test is tests/host/test_NAME.c, built with sanitizers. A property is tests/host/prop_NAME.c,
# built with sanitizers and, for its bulk, without. Their kernel files are listed in host_NAME, what
# stands in for the rest of the kernel (files of tests/host) as well. A log of each run lies beside
# the program.
#
#   make check-host SEED=1234 RUNS=1000     repeat a failure, or run shorter or longer

HOSTCC := gcc
host_dir := $(O)/host
host_flags := -std=gnu11 -m32 -g -fno-strict-aliasing -fno-common -Wall -Wextra \
	-Wno-unused-parameter -Wno-clobbered $(WERROR) -Itests/host/include -Iinclude
host_sanitize := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all '-fsanitize-sections=.init.*,.data.*,.bss.*'

host_firmware := src/arch/i386/firmware
host_boot := src/mm/boot
host_page_alloc := src/mm/page_alloc
host_lib := string vsprintf cmdline bitmap sort
host_common := tests/host/host $(patsubst %,src/kernel/%,range kallsyms refuse) $(host_lib:%=src/lib/%)

host_tests := string vsprintf bitops lists multiboot2 e820 early_res params bootmem_24 slab slab_debug \
	caches memblock memblock_alloc memblock_free memblock_logs fdt fdt_broken devicetree boot_alloc \
	alloctrace line fw_cfg
host_props := e820 bootmem buddy bootmem_24 early_res slab vmalloc memblock

host_multiboot2 := $(host_firmware)/multiboot2
host_e820 := $(patsubst %,$(host_firmware)/%,e820/e820 e820/ram e820/user multiboot2) src/kernel/resource \
	src/kernel/early_res $(patsubst %,tests/host/%,e820_model e820_stand_ins kmalloc_stand_ins)
host_early_res := tests/host/early_res_again
host_prop_early_res := $(host_boot)/nobootmem $(host_boot)/early
host_params := src/kernel/params
host_fw_cfg := $(host_firmware)/fw_cfg
host_bitmap := $(host_boot)/early src/kernel/early_res tests/host/boot_stand_ins
host_bootmem := $(host_boot)/bootmem $(host_bitmap)
host_alloctrace := $(patsubst %,$(host_page_alloc)/%,free alloc rmqueue zones report) \
	src/proc/dump_zones src/proc/seq
host_bootmem_24 := $(host_boot)/bootmem_24 $(host_bitmap)
host_line := src/monitor/line src/proc/seq
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
host_buddy := $(patsubst %,$(host_page_alloc)/%,free zones report rmqueue)

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

$(host_dir)/san/%.o $(host_dir)/bulk/%.o: host_names = -include host_names.h
$(host_dir)/san/src/lib/string.o $(host_dir)/bulk/src/lib/string.o: \
	host_names = -include host_names.h -include host_string_names.h -fno-builtin
$(host_dir)/san/tests/%.o $(host_dir)/bulk/tests/%.o: host_names =

$(host_dir)/san/%.o: %.c tests/host/rules.mk
	@mkdir -p $(@D)
	$(say) HOSTCC $<
	$(Q)$(HOSTCC) $(host_flags) $(host_sanitize) $(host_names) -MMD -MP -c -o $@ $<

$(host_dir)/bulk/%.o: %.c tests/host/rules.mk
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (bulk)'
	$(Q)$(HOSTCC) $(host_flags) -O2 $(host_names) -MMD -MP -c -o $@ $<

# The objects of program $(2) (test_NAME, prop_NAME) for NAME $(3) in the flavour $(1): san or bulk.
host_objects = $(patsubst %,$(host_dir)/$(1)/%.o,tests/host/$(2) $(host_common) $(host_$(3)) $(host_$(2)))

# --- programs and runs --------------------------------------------------------------------

# Runs $(1), shows its output only if it fails.
host_run = $(1) > $@.log 2>&1 || { cat $@.log; exit 1; }

define host_test_rules
$(host_dir)/test_$(1): $(call host_objects,san,test_$(1),$(1))
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

$(foreach test,$(host_tests),$(eval $(call host_test_rules,$(test))))
$(foreach prop,$(host_props),$(eval $(call host_prop_rules,$(prop))))

# --- coverage: every branch of sanitize_e820_map() and of what it is made of --------------

cov_functions := sanitize_e820_map collect_change_points cmp_change_point update_overlaps \
	report_lost_entries
cov_object := $(host_dir)/cov/e820.o

$(cov_object): $(host_firmware)/e820/e820.c tests/host/rules.mk
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (coverage)'
	$(Q)$(HOSTCC) $(host_flags) -O0 --coverage -include host_names.h -MMD -MP -c -o $@ $<

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

host_runs := $(host_tests:%=$(host_dir)/test_%.run) $(host_props:%=$(host_dir)/prop_%.san.run) \
	$(host_props:%=$(host_dir)/prop_%.bulk1.run) $(host_props:%=$(host_dir)/prop_%.bulk2.run) \
	$(host_dir)/cov/e820.run

# TESTS: test_NAME, prop_NAME (each of its runs), or the coverage, cov/e820.
host_chosen := $(if $(TESTS),$(filter $(TESTS:%=$(host_dir)/%.run) $(foreach kind,san bulk1 bulk2, \
	$(TESTS:%=$(host_dir)/%.$(kind).run)),$(host_runs)),$(host_runs))

.PHONY: check-host-runs
check-host-runs: $(host_chosen)

check-host: deps-host
	$(if $(host_chosen),,$(error TESTS: no test of check-host is called $(TESTS)))
	$(call build,-j2 check-host-runs)

-include $(shell find $(host_dir) -name '*.d' 2>/dev/null)

# --- replay: the boot up to the end of mem_init() as a program ----------------------------

empty :=
space := $(empty) $(empty)

# No sanitizers and no C library beside it in the addresses of low memory: linked statically. The
# borders of the image are those of the kernel that was built.
replay_dir := $(host_dir)/fast
replay_kernel := $(patsubst %,$(host_firmware)/%,devicetree e820/e820 e820/ram e820/user e820/given initrd \
	multiboot2 probe_roms) $(patsubst %,src/arch/i386/kernel/%,head32 init_task setup) \
	$(patsubst %,src/arch/i386/mm/%,highmem_32 init_32/mapping init_32/lowmem init_32/mem_init \
		init_32/nomap layout memtest pgtable) \
	$(patsubst %,src/init/%,main param_table hashes) src/of/fdt src/of/of_reserved_mem \
	$(patsubst %,src/kernel/%,early_res kallsyms params range refuse resource variant) $(host_lib:%=src/lib/%) \
	$(patsubst %,src/proc/%,balance bootalloc dump_zones seq) \
	$(patsubst %.c,%,$(sort $(wildcard src/mm/*.c src/mm/boot/*.c src/mm/boot/*/*.c src/mm/page_alloc/*.c)))
replay_objects := $(patsubst %,$(replay_dir)/%.o,$(replay_kernel) \
	$(patsubst %,tests/host/replay/%,replay stand_ins))
replay_symbols := _text _stext _etext __start_rodata __end_rodata _sdata _edata __init_begin \
	_sinittext _einittext __init_end __bss_start __bss_stop __brk_base __brk_limit _end \
	swapper_pg_dir swapper_pg_pmd swapper_pg_fixmap empty_zero_page init_thread_union \
	image_boot_alloc

$(replay_dir)/src/%.o: replay_names = -include tests/host/include/host_names.h
$(replay_dir)/src/lib/string.o: replay_names = -include tests/host/include/host_names.h \
	-include tests/host/include/host_string_names.h -fno-builtin

$(replay_dir)/%.o: %.c tests/host/rules.mk | $(O)/version.h
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (replay)'
	$(Q)$(HOSTCC) -std=gnu11 -m32 -g -O2 -fno-pic -fno-strict-aliasing -fno-common -Wall -Wextra \
		-Wno-unused-parameter $(WERROR) -Itests/host/replay/include -Iinclude -I$(O) \
		$(replay_names) -MMD -MP -c -o $@ $<

$(host_dir)/replay.symbols: $(kernel) tests/host/rules.mk
	$(Q)nm $< | sed -n -e 's/^\([0-9a-f]*\) [A-Za-z] \($(subst $(space),\|,$(replay_symbols))\)$$/\2=0x\1/; T' \
		-e 's/^\(_end\|_edata\|_etext\|__bss_start\)=/image\1=/; s/^image__/image_/' \
		-e 's/^/-Wl,--defsym=/p' > $@

$(host_dir)/replay: $(replay_objects) $(host_dir)/replay.symbols
	$(say) HOSTLD $@
	$(Q)$(HOSTCC) -m32 -static -no-pie -o $@ $(replay_objects) @$(host_dir)/replay.symbols

.PHONY: replay-fast
replay-fast: deps-host
	$(call build,$(host_dir)/replay)
