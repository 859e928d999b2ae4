# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own files, unmodified, as programs of the host: gcc -m32. Included by the Makefile;
# everything built is below $(O)/host.
#
# host/replay is the boot up to the end of mem_init(), for scripts/replay --fast. What is here is used
# by tests/host and tests/fuzz as well: printk() and panic() (host/messages.c), other names for functions
# that the C library has too (host/include), and which files belong together.

HOSTCC := gcc
host_dir := $(O)/host

host_firmware := src/arch/i386/firmware
host_boot := src/mm/boot
host_page_alloc := src/mm/page_alloc
host_lib := string vsprintf cmdline bitmap sort

other_names := -include host_names.h
other_string_names := $(other_names) -include host_string_names.h -fno-builtin

# --- replay -------------------------------------------------------------------------------

empty :=
space := $(empty) $(empty)

# No C library beside it in the addresses of low memory: linked statically. The
# borders of the image are those of the kernel that was built.
replay_dir := $(host_dir)/fast
replay_all := $(patsubst %,$(host_firmware)/%,devicetree e820/e820 e820/ram e820/user e820/given initrd \
	multiboot2 probe_roms) $(patsubst %,src/arch/i386/kernel/%,head32 init_task setup) \
	$(patsubst %,src/arch/i386/mm/%,highmem_32 init_32/mapping init_32/lowmem init_32/initmem init_32/mem_init \
		init_32/nomap layout layout_ranges memtest pageattr pgtable pgtable_32 setup_nx) \
	$(patsubst %,src/init/%,main param_table hashes unknown_words) src/of/fdt src/of/of_reserved_mem \
	$(patsubst %,src/kernel/%,border early_res kallsyms params range refuse resource variant) $(host_lib:%=src/lib/%) \
	$(patsubst %,src/proc/%,balance bootalloc borders dump_zones seq) \
	$(patsubst %.c,%,$(sort $(wildcard src/mm/*.c src/mm/boot/*.c src/mm/boot/*/*.c src/mm/page_alloc/*.c)))
# NODES=1: of the kernel for several nodes, and with the tables that name them.
replay_all += $(if $(NODES:0=),$(host_firmware)/acpi/read $(patsubst %.c,%,$(filter-out %/io_apic/read.c,$(sort \
	$(wildcard src/arch/i386/numa/*.c src/arch/i386/numa/*/*.c)))))
replay_kernel := $(filter-out $(patsubst %.c,%,$(if $(NODES:0=),$(flat_sources),$(numa_sources))),$(replay_all))
replay_objects = $(patsubst %,$(1)/%.o,$(replay_kernel) host/messages host/replay/replay host/replay/stand_ins)
replay_symbols := _text _stext _etext __start_rodata __end_rodata _sdata _edata __init_begin \
	_sinittext _einittext __init_end __bss_start __bss_stop __brk_base __brk_limit _end \
	swapper_pg_dir swapper_pg_pmd swapper_pg_fixmap empty_zero_page init_thread_union \
	image_boot_alloc

# For check-fuzz, with a TLB (host/replay/tlb.c): what is undefined in C ends the program by SIGILL. (The sanitizers' libraries can't be
# linked statically.)
replay_san_dir := $(host_dir)/fast-san
$(replay_dir)/%.o: replay_flags := -O2
$(replay_san_dir)/%.o: replay_flags := -O1 -fno-omit-frame-pointer -fsanitize=undefined,bounds-strict \
	-fsanitize-undefined-trap-on-error -DCONFIG_DEBUG_VM -DREPLAY_TLB

# The BIOS has its words at odd addresses.
$(replay_san_dir)/src/arch/i386/kernel/head32.o: replay_flags += -fno-sanitize=alignment

$(replay_dir)/src/%.o $(replay_san_dir)/src/%.o: replay_names = $(other_names)
$(replay_dir)/src/lib/string.o $(replay_san_dir)/src/lib/string.o: replay_names = $(other_string_names)

replay_cc = $(HOSTCC) -std=gnu11 -m32 -g -fno-pic -fno-strict-aliasing -fno-common -Wall -Wextra \
	-Wno-unused-parameter $(WERROR) -Ihost/replay/include -Ihost/include -Iinclude -I$(O) \
	$(if $(NODES:0=),-DCONFIG_NUMA) $(replay_flags) $(replay_names) -MMD -MP -c -o $@ $<

$(replay_dir)/%.o: %.c host/rules.mk | $(O)/version.h
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (replay)'
	$(Q)$(replay_cc)

$(replay_san_dir)/%.o: %.c host/rules.mk | $(O)/version.h
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (replay, sanitized)'
	$(Q)$(replay_cc)

$(host_dir)/replay.symbols: $(kernel) host/rules.mk
	$(Q)nm $< | sed -n -e 's/^\([0-9a-f]*\) [A-Za-z] \($(subst $(space),\|,$(replay_symbols))\)$$/\2=0x\1/; T' \
		-e 's/^\(_end\|_edata\|_etext\|__bss_start\)=/image\1=/; s/^image__/image_/' \
		-e 's/^/-Wl,--defsym=/p' > $@

# With the borders of a real kernel, whose log it prints then to the last byte: replay-bootmem,
# replay-alloctrace. Three symbols are no part of that kernel's log.
$(host_dir)/replay-%.symbols: tests/linux/layout/%.map host/rules.mk
	@mkdir -p $(@D)
	$(Q)sed -n -e 's/^\([0-9a-f]*\) [A-Za-z] \($(subst $(space),\|,$(replay_symbols))\)$$/\2=0x\1/; T' \
		-e 's/^\(_end\|_edata\|_etext\|__bss_start\)=/image\1=/; s/^image__/image_/' \
		-e 's/^/-Wl,--defsym=/p' $< > $@
	$(Q)printf -- '-Wl,--defsym=%s\n' _sinittext=__init_begin _einittext=__init_end image_boot_alloc=0 >> $@

$(host_dir)/replay-bootmem $(host_dir)/replay-alloctrace: $(host_dir)/replay-%: \
		$(call replay_objects,$(replay_dir)) $(host_dir)/replay-%.symbols
	$(say) HOSTLD $@
	$(Q)$(HOSTCC) -m32 -static -no-pie -o $@ $(filter %.o,$^) @$(host_dir)/replay-$*.symbols

$(host_dir)/replay: $(call replay_objects,$(replay_dir)) $(host_dir)/replay.symbols
	$(say) HOSTLD $@
	$(Q)$(HOSTCC) -m32 -static -no-pie -o $@ $(filter %.o,$^) @$(host_dir)/replay.symbols

$(host_dir)/replay-san: $(call replay_objects,$(replay_san_dir)) $(replay_san_dir)/host/replay/tlb.o $(host_dir)/replay.symbols
	$(say) HOSTLD $@
	$(Q)$(HOSTCC) -m32 -static -no-pie -o $@ $(filter %.o,$^) @$(host_dir)/replay.symbols

# For check-mutants: FILE if it is a part of the program.
.PHONY: is-in-replay
is-in-replay:
	@echo $(filter $(replay_kernel:=.c),$(FILE))

.PHONY: replay-fast
replay-fast: deps-host
	$(call build,$(host_dir)/replay)

-include $(shell find $(replay_dir) $(replay_san_dir) -name '*.d' 2>/dev/null)
