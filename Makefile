# SPDX-License-Identifier: GPL-2.0-only
#
# The only build file. `make help` lists the targets.
#
# O is where everything built goes. CC=clang and DEBUG=1 build into directories of their own, so that
# these kernels can stand side by side. NODES=1 builds the kernel for machines with several nodes, in a
# folder of that directory: the disc has both.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# What sed, sort and grep make of a letter must not depend on whose letters they are. ($(shell) does
# not see this in make 4.3.)
export LC_ALL := C

# What scripts/install-deps may do: yes, ask, no.
export DEPS ?= yes

ifeq ($(origin CC),default)
CC := gcc
endif
DEBUG ?=
NODES ?=
O ?= build$(if $(findstring clang,$(CC)),-clang)$(if $(DEBUG:0=),-debug)$(if $(NODES:0=),/numa)

ifeq ($(V),1)
Q :=
say := @true
else
Q := @
say := @printf '  %-8s%s\n'
endif

NASM := nasm
LD := ld
PYTHON := /usr/bin/python3
# Fedora and openSUSE call it so.
GRUB_FILE = $(shell command -v grub-file || command -v grub2-file)

# --- the version --------------------------------------------------------------------------

RELEASE := 0.1
version_words := $(shell scripts/build/version $(RELEASE) $(MAKELEVEL))
version := $(word 1,$(version_words))
export SOURCE_DATE_EPOCH := $(word 2,$(version_words))

# --- the kernel ---------------------------------------------------------------------------

# IMAGE=NAME is another image of the same objects: its borders and a few variables lie where the
# System.map lines of LAYOUT say. Those of the real kernels are there; scripts/layout makes
# such a file.
# IMAGE=numa is one of the other kernel; the disc has it beside this one as it is.
IMAGE ?=
own_image := $(if $(NODES:0=),$(IMAGE),$(filter-out numa,$(IMAGE)))
numa_image := $(filter numa,$(IMAGE))
LAYOUT ?= $(if $(own_image),tests/linux/layout/$(own_image).map)
name := memdawn$(own_image:%=-%)
kernel := $(O)/$(name).elf
image := $(O)/memdawn$(IMAGE:%=-%).iso
lds := src/arch/i386/boot/kernel.lds
offsets_c := src/arch/i386/kernel/asm-offsets.c

# What only one of the two kernels has.
flat_sources := src/arch/i386/mm/init_32/initmem.c src/mm/page_alloc/contig.c
numa_sources := src/arch/i386/numa/% $(patsubst %,src/mm/%.c,boot/boot_alloc_node page_alloc/node_map_remove page_alloc/node_order)
c_sources := $(filter-out $(offsets_c) $(if $(NODES:0=),$(flat_sources),$(numa_sources)),$(sort \
	$(shell find src -name '*.c')))
asm_sources := $(sort $(shell find src -name '*.asm'))
objects := $(c_sources:%.c=$(O)/%.o) $(asm_sources:%.asm=$(O)/%.asm.o) $(O)/explain_table.o

WERROR := -Werror
warnings := -Wall -Wextra -Wno-unused-parameter -Wmissing-prototypes -Wstrict-prototypes \
	-Wdate-time $(WERROR)
CFLAGS := -std=gnu11 -m32 -march=i686 -mtune=generic -O2 -g -ffreestanding -nostdlib -fno-pic \
	-fno-stack-protector -fno-strict-aliasing -fno-asynchronous-unwind-tables -fno-common \
	-mno-sse -mno-mmx -fcf-protection=none -fno-omit-frame-pointer $(warnings)
ifneq ($(findstring clang,$(CC)),)
CFLAGS += -mstack-alignment=4
else
CFLAGS += -mregparm=3 -mpreferred-stack-boundary=2
endif
CPPFLAGS := -nostdinc -isystem $(shell $(CC) -print-file-name=include) -Iinclude -I$(O)
ifneq ($(DEBUG:0=),)
CPPFLAGS += -DCONFIG_DEBUG_VM
endif
ifneq ($(NODES:0=),)
CPPFLAGS += -DCONFIG_NUMA
endif
NASMFLAGS := --reproducible -f elf32 -g -F dwarf -I$(O)/ -Isrc/arch/i386/
LDFLAGS := -m elf_i386 -z noexecstack --build-id=none --orphan-handling=error --no-warn-rwx-segments --fatal-warnings

# One make at a time builds in $(O), or two would write over each other's files: the others wait.
# $(call build,FILES): a make that holds the lock makes them.
build = +@mkdir -p $(O); { flock -w 5 9 || { echo '  WAIT    another make is building in $(O)' >&2; \
	flock 9; }; $(MAKE) $(1) $(build_output); } 9> $(O)/lock

# Behind a file that is compiled for the first time: how many of these there are, and which one it is.
unbuilt := $(filter-out $(wildcard $(objects)) $(O)/explain_table.o,$(objects))
progress = $(if $(filter $@,$(unbuilt)),$(eval compiled += x) [$(words $(compiled))/$(words $(unbuilt))])

.PHONY: all
all: deps-build
	$(call build,$(kernel))

$(O)/%.o: %.c Makefile | $(O)/version.h
	@mkdir -p $(@D)
	$(say) CC '$<$(progress)'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(O)/%.asm.o: %.asm Makefile | $(O)/asm-offsets.inc
	@mkdir -p $(@D)
	$(say) NASM '$<$(progress)'
	$(Q)$(NASM) $(NASMFLAGS) -Werror=all -MD $(@:.o=.d) -MT $@ -o $@ $<

# Constants that assembly shares with C: the compiler works them out, sed picks them up.
$(O)/asm-offsets.s: $(offsets_c) Makefile | $(O)/version.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MT $@ -MF $(O)/asm-offsets.d -S -o $@ $<

$(O)/asm-offsets.inc: $(O)/asm-offsets.s
	@mkdir -p $(@D)
	$(say) OFFSETS $@
	$(Q){ echo '; Generated from $(offsets_c).'; \
	  sed -n 's/.*->\([A-Za-z_][A-Za-z0-9_]*\) \$$\{0,1\}\(-\{0,1\}[0-9][0-9]*\).*/%define \1 \2/p' $<; } > $@

# The texts of docs/explain, for the monitor.
$(O)/explain_table.c: scripts/build/gen-explain $(wildcard docs/explain/*.txt scripts/memdawn/explain/*.py)
	@mkdir -p $(@D)
	$(say) EXPLAIN $@
	$(Q)$(PYTHON) $< > $@

$(O)/explain_table.o: $(O)/explain_table.c Makefile
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files that are written anew only when what they say has changed.
define if_changed
	@mkdir -p $(@D)
	@printf '%s\n' $(1) | cmp -s - $@ || printf '%s\n' $(1) > $@
endef

$(O)/version.h: FORCE
	$(call if_changed,'/* Generated by the Makefile. */' '#define MEMDAWN_VERSION "$(version)"')

$(O)/objects.list: FORCE
	$(call if_changed,$(objects))

# Three links: the table of functions is made from the image that it becomes a part of. See
# scripts/build/gen-kallsyms. A line `c1001000 T _stext' of LAYOUT becomes the symbol layout._stext.
link = $(LD) $(LDFLAGS) $(if $(LAYOUT),$(shell LC_ALL=C sed -n \
	's/^\([0-9a-f]\{1,\}\) [A-Za-z] \([^ ]*\)$$/--defsym=layout.\2=0x\1/p' $(LAYOUT))) \
	-T $(lds) -Map $(@:.elf=.map) -o $@ $(filter %.o,$^)

$(O)/$(name).kallsyms1.elf: $(objects) $(O)/objects.list $(lds) $(LAYOUT)
	$(say) LD $@
	$(Q)$(link) $(if $(LAYOUT),|| { \
		echo '$@: does this kernel fit $(LAYOUT)? scripts/layout $(LAYOUT) tells.' >&2; exit 1; })

$(O)/$(name).kallsyms2.elf: $(objects) $(O)/$(name).kallsyms1.o
	$(say) LD $@
	$(Q)$(link)

.PRECIOUS: $(O)/$(name).kallsyms%.c
$(O)/$(name).kallsyms%.c: $(O)/$(name).kallsyms%.elf scripts/build/gen-kallsyms
	$(say) KSYM $@
	$(Q)$(PYTHON) scripts/build/gen-kallsyms $< > $@

$(O)/$(name).kallsyms%.o: $(O)/$(name).kallsyms%.c
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# What the code may refer to is checked once: another layout has the same objects.
$(kernel): $(objects) $(O)/$(name).kallsyms2.o scripts/build/check-sections scripts/build/check-i486 scripts/layout
	$(say) LD $@
	$(Q)$(link)
	$(say) CHECK $@
	$(Q)$(PYTHON) scripts/build/gen-kallsyms $@ | cmp - $(O)/$(name).kallsyms2.c
ifneq ($(LAYOUT),)
	$(Q)scripts/layout --check --elf $@ $(LAYOUT)
else
	$(Q)$(LD) -m elf_i386 -z noexecstack -r -o $(O)/$(name).all.o $(filter %.o,$^)
	$(Q)scripts/build/check-sections $@ $(O)/$(name).all.o
	$(Q)scripts/build/check-i486 $@
endif
	$(Q)ln -sfn "$$PWD/scripts/gdb/memdawn-gdb.py" $@-gdb.py
	$(Q)$(GRUB_FILE) --is-x86-multiboot2 $@ || { echo '$@: not a Multiboot2 image' >&2; exit 1; }

# --- the disc -----------------------------------------------------------------------------

stage := $(O)/iso$(IMAGE:%=-%)
ifeq ($(stage),build/iso)
stage := iso
endif

.PHONY: iso
iso: deps-build deps-iso
	$(call build,$(image))

# The kernel for several nodes: another make, since all of its objects are others.
ifeq ($(NODES:0=),)
numa_kernel := $(O)/numa/memdawn$(numa_image:%=-%).elf
$(numa_kernel): FORCE
	$(Q)$(MAKE) NODES=1 O=$(O)/numa IMAGE=$(numa_image) LAYOUT=$(numa_image:%=tests/linux/layout/%.map) $@
else
numa_kernel := $(kernel)
endif

$(image): $(kernel) $(numa_kernel) grub.cfg scripts/build/make-iso
	$(say) ISO $@
	$(Q)scripts/build/make-iso --stage $(stage) --kernel $(kernel) --numa-kernel $(numa_kernel) --menu grub.cfg \
	  --output $@

# --- a release ----------------------------------------------------------------------------

dist_name := memdawn-$(version)
archive := $(O)/dist/$(dist_name).tar.gz

.PHONY: version archive dist
version:
	@echo '$(version) $(SOURCE_DATE_EPOCH)'

archive:
	$(Q)[ -e .git ] || { echo >&2 \
	  'make $@: no git repository here: an archive is made of a commit'; exit 1; }
	$(Q)[ -z "$$(git status --porcelain | tee /dev/stderr)" ] || { echo >&2 \
	  'make $@: the archive would lack these changes: commit them first'; exit 1; }
	@mkdir -p $(O)/dist
	$(say) ARCHIVE $(archive)
	$(Q)set -o pipefail; git -c tar.umask=0022 archive --format=tar --prefix=$(dist_name)/ \
	  --add-virtual-file='$(dist_name)/.version:$(version) $(SOURCE_DATE_EPOCH)' HEAD | gzip -9n > $(archive)

dist: archive iso page
	$(Q)cp $(image) $(O)/dist/$(dist_name).iso
	$(Q)cp $(page_file) $(O)/dist/$(dist_name).html
	$(Q)tar -C $(O)/page --sort=name --mtime=@$(SOURCE_DATE_EPOCH) --owner=0 --group=0 --numeric-owner \
	  --mode=u=rwX,go=rX --transform='s|^\.|$(dist_name)-page|' -cf - . | gzip -9n > $(O)/dist/$(dist_name)-page.tar.gz
	$(Q)cd $(O)/dist && sha256sum $(dist_name).tar.gz $(dist_name).iso $(dist_name).html $(dist_name)-page.tar.gz

# --- running ------------------------------------------------------------------------------

# The user's words go to the scripts through the environment, as they were typed: make would take
# $$ and \# for its own, and the shell its quotes. $(call given,NAME,OPTION) hands one on.
user_words := MEM NUMA MACHINE CPU FIRMWARE INITRD DTB TIMEOUT CMDLINE QEMU_ARGS BOOTALLOC STAGE REPORT GDB_PORT \
	SUITE PARTS
GDB_PORT ?= 1234
takers := run run-words log bochs gdb debug report map bench fresh
$(foreach word,$(user_words),$(eval $(word) ?=)$(eval typed_$(word) := $$(value $(word))) \
	$(eval unexport $(word))$(eval $(takers): export MEMDAWN_$(word) := $$(typed_$(word))))
given = $${MEMDAWN_$(1):+--$(2) "$$MEMDAWN_$(1)"}

run_options := --iso $(image) $(foreach word,MEM NUMA MACHINE CPU FIRMWARE INITRD DTB TIMEOUT,$(call \
	given,$(word),$(shell echo $(word) | LC_ALL=C tr A-Z a-z)))

# What runs the machine that was asked for.
deps_machine := deps-qemu $(if $(findstring uefi,$(typed_FIRMWARE)),deps-uefi)

.PHONY: run run-words log bochs bench
run: $(deps_machine) iso
	$(Q)scripts/run-qemu --prompt $(run_options)

# What `make run` would do with these words: for the tests.
run-words:
	$(Q)scripts/run-qemu --dry-run $(run_options)

# Only the log may come to standard output here.
log: build_output := >&2
log: $(deps_machine) iso
	@scripts/run-qemu --log-only $(run_options)

bochs: deps-bochs iso
	$(Q)scripts/run-bochs --iso $(image) $(call given,MEM,mem) $(call given,TIMEOUT,timeout)

# With GDB on the terminal; waiting for the user's own debugger.
.PHONY: gdb debug
gdb: $(deps_machine) deps-gdb iso
	$(Q)scripts/run-qemu --gdb $(run_options)

debug: $(deps_machine) iso
	$(Q)scripts/run-qemu $(call given,GDB_PORT,wait-gdb) $(run_options)

# One page, or a map on the terminal, of one machine or several: MEM and BOOTALLOC may be lists.
picture_options := $(run_options) $(call given,BOOTALLOC,bootalloc)
.PHONY: report map screenshot
report: $(deps_machine) deps-gdb deps-report iso
	$(Q)scripts/make-report $(picture_options) --output "$${MEMDAWN_REPORT:-$(O)/report.html}" $(REPORT_ARGS)

# The picture in the README.
screenshot: deps-qemu deps-gdb deps-report deps-report-tests iso
	$(Q)scripts/make-report --iso $(image) --mem 2048 --output $(O)/screenshot.html
	$(Q)scripts/build/screenshot $(O)/screenshot.html

# Only the map may come to standard output here.
map: build_output := >&2
map: $(deps_machine) deps-gdb iso
	@scripts/map $(picture_options) $(call given,STAGE,stage) $(MAP_ARGS)

bench: deps-qemu iso
	$(Q)scripts/bench --iso $(image) $(call given,MEM,mem) $(BENCH_ARGS)

# --- exercises ----------------------------------------------------------------------------

# `make exercise 10': the number is a goal beside it. Not solved yet (3) is no failure of make.
exercise_number := $(or $(N),$(filter 0% 1% 2% 3% 4% 5% 6% 7% 8% 9%,$(MAKECMDGOALS)))
.PHONY: exercise
exercise: $(if $(exercise_number),deps-build deps-host deps-iso deps-qemu)
	$(Q)scripts/exercise $(exercise_number) $(if $(RESET),--reset) $(if $(CHECK),--check) $(HINT:%=--hint %) \
		$(if $(SOLUTION),--solution) $(TREE:%=--tree %) || [ $$? -eq 3 ]

ifneq ($(filter exercise,$(MAKECMDGOALS)),)
.PHONY: $(exercise_number)
$(exercise_number): ; @:
endif

# --- tests --------------------------------------------------------------------------------

# One or some tests: TESTS='test_e820 prop_buddy' of check-host, fuzz_e820 of check-fuzz, pytest's names
# (tests/boot/test_image.py) of check-boot.
TESTS :=

.PHONY: check check-quick check-lint check-host check-fuzz check-build check-boot check-report check-page check-docs check-exercises
check:
	$(Q)for part in lint build host fuzz boot; do \
		echo "== check-$$part"; start=$$SECONDS; $(MAKE) check-$$part || exit; \
		echo "== check-$$part took $$((SECONDS - start)) s"; \
	done
	@echo '== check: every part passed'

# What the changed files touch (SINCE=COMMIT), within a minute.
check-quick: deps-build deps-host deps-iso deps-qemu
	$(Q)scripts/build/check-quick $(SINCE:%=--since %)

check-lint: deps-lint
	$(Q)scripts/build/check-lint

# Both compilers, no warnings; each kernel's sections and format are checked after its link. DEBUG
# is for the third kernel alone: the others are what is measured and compared.
check-build: deps-build deps-clang deps-iso
	$(Q)$(MAKE) CC=gcc DEBUG= O=build iso exact-images
	$(Q)$(MAKE) CC=clang DEBUG= O=build-clang iso
	$(Q)$(MAKE) CC=gcc DEBUG=1 O=build-debug iso

# Everything that boots, so that no processor waits for the last of a part. Tests that share what
# is dear to make are a group, for one process. More processes than two processors: some tests wait.
JOBS := 3
pytest := PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -p no:cacheprovider -n $(JOBS) --dist loadgroup -q
check-boot: deps-lint deps-host deps-qemu deps-uefi deps-bochs deps-gdb deps-pytest deps-report-tests deps-page check-build
	$(Q)$(MAKE) CC=gcc DEBUG= O=build replay-fast page
	$(Q)$(MAKE) CC=gcc DEBUG= NODES=1 O=build/numa replay-fast
	$(Q)$(pytest) $(or $(TESTS:%='%'),tests/gdb tests/report tests/page tests/docs tests/exercises tests/boot) $(PYTEST_ARGS)

# Images laid out like the real kernels, and nothing masked: one line a case.
.PHONY: exact
exact: deps-qemu deps-uefi deps-gdb deps-pytest exact-images
	$(Q)$(pytest) -rA tests/boot/test_exact.py $(PYTEST_ARGS)

exact-images: deps-build deps-iso FORCE
	$(Q)for name in bootmem nobootmem alloctrace numa; do $(MAKE) IMAGE=$$name iso || exit; done

# Three of its rooms alone.
check-report: deps-qemu deps-gdb deps-pytest deps-report-tests check-build
	$(Q)$(pytest) tests/report $(PYTEST_ARGS)

check-page: deps-qemu deps-gdb deps-pytest deps-report-tests deps-page check-build
	$(Q)$(MAKE) CC=gcc DEBUG= O=build page
	$(Q)$(pytest) tests/page $(PYTEST_ARGS)

check-docs: deps-qemu deps-uefi deps-gdb deps-report deps-pytest check-build exact-images replay-fast
	$(Q)$(pytest) tests/docs $(PYTEST_ARGS)

check-exercises: deps-build deps-host deps-iso deps-qemu deps-pytest
	$(Q)$(pytest) tests/exercises $(PYTEST_ARGS)

# Which faults would the tests find? COUNT of them, planted one at a time in a copy of the tree.
COUNT ?= 20
.PHONY: check-mutants
check-mutants: deps-host deps-qemu deps-gdb deps-pytest check-build
	$(Q)tests/mutants/check-mutants --count $(COUNT) --tree $(O)/mutants $(if $(SEED),--seed $(SEED)) \
		$(MUTANTS_ARGS)

# The kernel's files as programs: for scripts/replay --fast, check-host and check-fuzz.
include page/rules.mk
include host/rules.mk
include tests/host/rules.mk
include $(wildcard tests/fuzz/rules.mk)

# --- the rest -----------------------------------------------------------------------------

# What each group of targets needs: looked for, and installed on Debian where missing.
.PHONY: deps
deps:
	$(Q)scripts/install-deps

deps-%: FORCE
	$(Q)scripts/install-deps $*

# The README's commands on a bare system. The script's own exit status tells more than make's.
.PHONY: fresh
fresh: deps-fresh
	$(Q)scripts/fresh $(call given,SUITE,suite) $$MEMDAWN_PARTS

.PHONY: clean
clean:
	$(say) CLEAN 'build build-* iso, but for build/exercises'
	$(Q)rm -rf build-clang build-debug build-clang-debug iso
	$(Q)[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name exercises -exec rm -rf {} +
	$(Q)rmdir build 2> /dev/null || true

.PHONY: help
help:
	@printf '%s\n' \
	'In brackets: about how long, on two processors that have nothing else to do, where the tools are there.' \
	'Build:' \
	'  make            (10 s; later 3 s) the kernel, $(kernel) (CC=clang: build-clang/memdawn.elf)' \
	'    DEBUG=1: with the assertions of the page allocator (VM_BUG_ON), in build-debug; for every target' \
	'  make iso        (1 s more) the boot disc, $(image)' \
	'    IMAGE=bootmem, nobootmem, alloctrace, numa: laid out like the real kernel of that name;' \
	'    IMAGE=name LAYOUT=file: like the kernel from whose System.map scripts/layout made the file' \
	'  make page       (20 s) memdawn in the browser: $(page_file), one file; $(O)/page for a web server' \
	'  make dist       (30 s) the release of this commit: source archive, boot disc, the page, in $(O)/dist' \
	'  make archive    (1 s) the source archive alone' \
	'  make version    (1 s) the version and the date (seconds since 1970) that it would have' \
	'  make deps       (1 s; 2 min where all is missing) look for every tool; install what is missing (Debian)' \
	'  make clean      (1 s) remove everything built, but not what exercises you have begun' \
	'Run:' \
	'  make run        (2 s to the prompt) boot in QEMU, the log on the terminal, then the monitor (poweroff ends it)' \
	'  make log        (2 s) the same without a terminal: the kernel log and nothing else' \
	'  make gdb        (2 s to its prompt) boot in QEMU under GDB, with symbols and commands (memdawn-next, ...)' \
	'  make debug      (1 s) boot in QEMU, wait for your own debugger on port GDB_PORT (1234)' \
	'  make report     (5 s) a page with pictures of the boot, stage by stage: $(O)/report.html' \
	'                  (MEM="512 4096", BOOTALLOC="bootmem memblock": both, and their difference)' \
	'  make screenshot   (10 s) the picture of it in the README, drawn anew' \
	'  make map        (4 s) the same as text on the terminal (STAGE=name, MAP_ARGS=--json)' \
	'  make bochs      (10 s; 1 min for 2 GiB) boot the same disc in Bochs' \
	'  make serve      (until Ctrl-C) the page on http://127.0.0.1:8010 (PAGE_PORT=)' \
	'  make replay-fast  (5 s) the boot as a program, for scripts/replay --fast (NODES=1: of the kernel for several nodes)' \
	'  make bench      (5 s) instructions needed, beside those of Linux 2.6.34 (MEM=, BENCH_ARGS=--operations)' \
	"    NUMA=2 or NUMA='1G+7G': a machine with nodes, and the kernel for such" \
	'    MEM=4096 MACHINE=q35 CPU=qemu64 FIRMWARE=uefi (uefi32, bios) INITRD=file DTB=file TIMEOUT=seconds' \
	'    QEMU_ARGS=... choose the machine;' \
	"    CMDLINE='memmap=100M\$$1000M' is passed on as typed, in single quotes; where it names no" \
	'    console, the words that bring the log to the serial port are put in front of it' \
	'Learn:' \
	'  make exercise   (1 s) the exercises: predict, find the bug, write a function; exercises/README.md tells more' \
	'  make exercise 4   (5 s) prepares one in a folder of its own (TREE=folder; RESET=1: anew); CHECK=1 marks it against' \
	'                  the real Linux; HINT=1 to HINT=3 help, SOLUTION=1 gives it away' \
	'Test:' \
	'  make check-quick  (under 1 min) what the changed files touch (since main or the last commit, SINCE=commit); says what is left out' \
	'  make check      (15 min) every test; its parts:' \
	'  make check-lint   (15 s) the scripts and the form of the sources' \
	'  make check-build  (30 s) both compilers, no warnings, section references' \
	'  make check-host   (2 min) unit and property tests on the host' \
	'  make check-fuzz   (2 min) fuzz targets over their corpora, then for a while' \
	'  make check-boot   (10 min) whole boots in QEMU and Bochs, compared with Linux; GDB, the pictures, the documents' \
	'    make exact        (2 min) the images laid out like the real kernels alone, compared without masks' \
	'    make check-report (1 min) the pictures alone, in headless Chromium' \
	'    make check-page   (2 min) the page alone, in node and in headless Chromium' \
	'    make check-exercises (1 min) every exercise, unsolved, with mistakes, and solved' \
	'    make check-docs   (2 min) the documents alone: every command in them, compared with what they show' \
	"    TESTS='test_e820 fuzz_e820 tests/boot/test_image.py': these alone, of the part that is named" \
	'  make check-mutants  (hours) COUNT=20 small faults, planted one at a time: which do the tests find? (SEED=)' \
	'  make fresh      (10 min) the commands of the README on a bare Debian in a folder (as root; SUITE=trixie, PARTS="run log")' \
	'V=1 shows the commands; DEPS=ask asks before anything is installed, DEPS=no installs nothing.'

.PHONY: FORCE
FORCE:

-include $(objects:.o=.d) $(O)/asm-offsets.d
