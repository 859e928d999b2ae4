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

# No sanitizers and no C library beside it in the addresses of low memory: linked statically. The
# borders of the image are those of the kernel that was built.
replay_dir := $(host_dir)/fast
replay_kernel := $(patsubst %,$(host_firmware)/%,devicetree e820/e820 e820/ram e820/user e820/given initrd \
	multiboot2 probe_roms) $(patsubst %,src/arch/i386/kernel/%,head32 init_task setup) \
	$(patsubst %,src/arch/i386/mm/%,highmem_32 init_32/mapping init_32/lowmem init_32/mem_init \
		init_32/nomap layout layout_ranges memtest pageattr pgtable pgtable_32 setup_nx) \
	$(patsubst %,src/init/%,main param_table hashes) src/of/fdt src/of/of_reserved_mem \
	$(patsubst %,src/kernel/%,border early_res kallsyms params range refuse resource variant) $(host_lib:%=src/lib/%) \
	$(patsubst %,src/proc/%,balance bootalloc borders dump_zones seq) \
	$(patsubst %.c,%,$(sort $(wildcard src/mm/*.c src/mm/boot/*.c src/mm/boot/*/*.c src/mm/page_alloc/*.c)))
replay_objects := $(patsubst %,$(replay_dir)/%.o,$(replay_kernel) \
	host/messages $(patsubst %,host/replay/%,replay stand_ins))
replay_symbols := _text _stext _etext __start_rodata __end_rodata _sdata _edata __init_begin \
	_sinittext _einittext __init_end __bss_start __bss_stop __brk_base __brk_limit _end \
	swapper_pg_dir swapper_pg_pmd swapper_pg_fixmap empty_zero_page init_thread_union \
	image_boot_alloc

$(replay_dir)/src/%.o: replay_names = $(other_names)
$(replay_dir)/src/lib/string.o: replay_names = $(other_string_names)

$(replay_dir)/%.o: %.c host/rules.mk | $(O)/version.h
	@mkdir -p $(@D)
	$(say) HOSTCC '$< (replay)'
	$(Q)$(HOSTCC) -std=gnu11 -m32 -g -O2 -fno-pic -fno-strict-aliasing -fno-common -Wall -Wextra \
		-Wno-unused-parameter $(WERROR) -Ihost/replay/include -Ihost/include -Iinclude -I$(O) \
		$(replay_names) -MMD -MP -c -o $@ $<

$(host_dir)/replay.symbols: $(kernel) host/rules.mk
	$(Q)nm $< | sed -n -e 's/^\([0-9a-f]*\) [A-Za-z] \($(subst $(space),\|,$(replay_symbols))\)$$/\2=0x\1/; T' \
		-e 's/^\(_end\|_edata\|_etext\|__bss_start\)=/image\1=/; s/^image__/image_/' \
		-e 's/^/-Wl,--defsym=/p' > $@

$(host_dir)/replay: $(replay_objects) $(host_dir)/replay.symbols
	$(say) HOSTLD $@
	$(Q)$(HOSTCC) -m32 -static -no-pie -o $@ $(replay_objects) @$(host_dir)/replay.symbols

.PHONY: replay-fast
replay-fast: deps-host
	$(call build,$(host_dir)/replay)

-include $(shell find $(replay_dir) -name '*.d' 2>/dev/null)
