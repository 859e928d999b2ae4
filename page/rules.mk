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

$(page_parts)/kernel.json: $(kernel) scripts/build/page-kernel scripts/memdawn/dwarf.py scripts/memdawn/state/milestones.py
	@mkdir -p $(@D)
	$(say) KERNEL $@
	$(Q)objcopy --strip-all $(kernel) $(@D)/kernel.elf
	$(Q)scripts/build/page-kernel $(kernel) $@
