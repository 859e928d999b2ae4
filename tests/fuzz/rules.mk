# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzz targets: libFuzzer on the kernel's own files, clang -m32 with sanitizers. Included by the
# Makefile, after host/rules.mk and tests/host/rules.mk, whose names, stand-ins and model are used here
# too; all output is below $(O)/fuzz.
#
# A target is tests/fuzz/fuzz_NAME.c with the kernel files of fuzz_NAME; its corpus, to which
# nothing is written, is tests/fuzz/corpus/NAME. Runs are bounded by their number.
#
#   make check-fuzz SEED=1234 RUNS=1000000     repeat a run, or fuzz longer
#   build/fuzz/fuzz_NAME FILE                  repeat one input; build/fuzz/NAME-* are crashes
#
# fuzz_replay is another kind: tests/fuzz/fuzz-replay boots the host program of scripts/replay --fast.

FUZZCC := clang
fuzz_dir := $(O)/fuzz
fuzz_flags := -std=gnu11 -m32 -g -O1 -fno-omit-frame-pointer -fno-strict-aliasing -fno-common \
	-Wall -Wextra -Wno-unused-parameter $(WERROR) -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -Itests/fuzz -Itests/host/include -Ihost/include -Iinclude -DCONFIG_DEBUG_VM

fuzz_targets := multiboot2 e820 cmdline acpi nodes framebuffer
fuzz_runs_multiboot2 := 40000
fuzz_runs_e820 := 20000
fuzz_runs_cmdline := 20000
fuzz_runs_replay := 250
fuzz_runs_acpi := 40000
fuzz_runs_nodes := 10000
fuzz_runs_framebuffer := 10000

fuzz_multiboot2 := $(host_e820)
fuzz_e820 := $(host_e820)
fuzz_acpi := $(patsubst %,$(host_firmware)/acpi/%,read tables) tests/host/acpi_stand_ins
fuzz_nodes := $(host_nodes)
fuzz_framebuffer := $(host_framebuffer)
fuzz_cmdline := $(filter-out tests/host/e820%,$(host_e820)) tests/fuzz/stand_ins \
	src/init/param_table src/init/unknown_words src/init/hashes src/kernel/params src/kernel/printk src/kernel/variant \
	$(patsubst %,$(host_boot)/%,boot_alloc stats early bootmem bootmem_24 nobootmem memblock/memblock \
		memblock/alloc memblock/boot memblock/flags memblock/free memblock/iter memblock/query) \
	src/mm/mm_init \
	$(host_buddy_files) $(patsubst %,$(host_page_alloc)/%,contig free_area_init hash node_map) \
	src/arch/i386/console/early_printk $(host_firmware)/mtrr \
	$(patsubst %,src/arch/i386/mm/%,layout init_32/lowmem memtest pgtable_32 setup_nx)
fuzz_options_cmdline := -dict=tests/fuzz/cmdline.dict

$(fuzz_dir)/src/%.o: fuzz_names = $(other_names)
$(fuzz_dir)/src/lib/string.o: fuzz_names = $(other_string_names)
$(fuzz_dir)/src/kernel/printk.o: fuzz_names = $(other_names) -include host_printk_names.h

# The kernel for several nodes is built with CONFIG_NUMA.
$(patsubst %,$(fuzz_dir)/%.o,$(filter src/arch/i386/numa/%,$(host_nodes)) tests/host/numa_stand_ins tests/fuzz/fuzz_nodes): \
	fuzz_flags += -DCONFIG_NUMA

$(fuzz_dir)/%.o: %.c tests/fuzz/rules.mk
	@mkdir -p $(@D)
	$(say) FUZZCC $<
	$(Q)$(FUZZCC) $(fuzz_flags) $(fuzz_names) -MMD -MP -c -o $@ $<

define fuzz_rules
$(fuzz_dir)/fuzz_$(1): $(patsubst %,$(fuzz_dir)/%.o,tests/fuzz/fuzz_$(1) $(host_common) \
		$(fuzz_$(1)))
	$$(say) FUZZLD $$@
	$$(Q)$(FUZZCC) -m32 -fsanitize=fuzzer,address,undefined -o $$@ $$^ -lcmocka

.PHONY: $(fuzz_dir)/fuzz_$(1).run
$(fuzz_dir)/fuzz_$(1).run: $(fuzz_dir)/fuzz_$(1)
	$$(say) FUZZ 'fuzz_$(1) $(or $(RUNS),$(fuzz_runs_$(1)))'
	@mkdir -p $(fuzz_dir)/found/$(1)
	$$(Q)$$(call host_run,$$< -runs=$(or $(RUNS),$(fuzz_runs_$(1))) \
		$(if $(SEED),-seed=$(SEED)) -max_len=4096 -timeout=10 \
		-artifact_prefix=$(fuzz_dir)/$(1)- $(fuzz_options_$(1)) \
		$(fuzz_dir)/found/$(1) tests/fuzz/corpus/$(1))
endef
$(foreach target,$(fuzz_targets),$(eval $(call fuzz_rules,$(target))))

# Not libFuzzer's: random machines for the whole boot, judged from outside.
.PHONY: $(fuzz_dir)/fuzz_replay.run
$(fuzz_dir)/fuzz_replay.run: $(host_dir)/replay-san tests/fuzz/fuzz-replay
	$(say) FUZZ 'fuzz_replay $(or $(RUNS),$(fuzz_runs_replay))'
	@mkdir -p $(fuzz_dir)
	$(Q)$(call host_run,tests/fuzz/fuzz-replay --program $< --kernel $(kernel) --keep $(fuzz_dir) \
		--runs $(or $(RUNS),$(fuzz_runs_replay)) $(if $(SEED),--seed $(SEED)))

.PHONY: check-fuzz-runs
fuzz_chosen := $(filter $(or $(TESTS),%),$(fuzz_targets:%=fuzz_%) fuzz_replay)
check-fuzz-runs: $(fuzz_chosen:%=$(fuzz_dir)/%.run)

check-fuzz: deps-host
	$(if $(fuzz_chosen),,$(error TESTS: no target of check-fuzz is called $(TESTS)))
	$(call build,-j2 check-fuzz-runs)

-include $(shell find $(fuzz_dir) -name '*.d' 2>/dev/null)
