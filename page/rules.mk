# SPDX-License-Identifier: GPL-2.0-only
#
# memdawn in the browser: one file, and a folder for a web server. README.md tells what it is made of.

page_modules := $(O)/page-modules/node_modules
page_parts := $(O)/page-parts
page_file := $(O)/memdawn.html
PAGE_PORT ?= 8010

.PHONY: page serve page-parts
page: deps-build deps-page
	$(call build,$(page_file))

page-parts: deps-build deps-page
	$(call build,$(page_parts)/kernel.json $(page_modules)/.package-lock.json)

# The packages that package-lock.json names, by their sums.
$(page_modules)/.package-lock.json: page/package.json page/package-lock.json
	$(say) NPM $(@D)
	$(Q)mkdir -p $(O)/page-modules && cp $^ $(O)/page-modules
	$(Q)cd $(O)/page-modules && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > npm.log \
	  || { cat npm.log >&2; exit 1; }
	$(Q)touch $@

$(page_parts)/kernel.json: $(kernel) scripts/build/page-kernel scripts/memdawn/dwarf.py scripts/memdawn/state/milestones.py \
		scripts/report/collect.py
	@mkdir -p $(@D)
	$(say) KERNEL $@
	$(Q)objcopy --strip-all $(kernel) $(@D)/kernel.elf
	$(Q)scripts/build/page-kernel $(kernel) $@

$(page_parts)/machines.json: scripts/build/page-machines $(wildcard tests/linux/bootmem/* tests/linux/machines/*)
	@mkdir -p $(@D)
	$(say) MACHINES $@
	$(Q)scripts/build/page-machines $@

$(page_file): $(page_parts)/kernel.json $(page_parts)/machines.json $(page_modules)/.package-lock.json \
		scripts/build/make-page scripts/memdawn/modules.py $(wildcard docs/explain/*.txt scripts/memdawn/explain/*.py page/* page/*/*.js scripts/report/*.js scripts/report/page.*)
	$(say) PAGE $@
	$(Q)scripts/build/make-page $(page_parts) $(page_modules) $@ $(O)/page

# Until it is ended by Ctrl and C.
serve: page
	@echo 'http://127.0.0.1:$(PAGE_PORT)/'
	$(Q)$(PYTHON) -m http.server --bind 127.0.0.1 --directory $(O)/page $(PAGE_PORT)
