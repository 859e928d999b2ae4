# SPDX-License-Identifier: GPL-2.0-only
"""Pictures of the boot: collect.py boots under GDB and makes one JSON document (README.md has
its form), page.py makes a page of it, textmap.py a map for the terminal."""
