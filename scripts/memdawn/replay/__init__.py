# SPDX-License-Identifier: GPL-2.0-only
"""Another machine's memory map (scripts/replay): read, booted, and what 2.6.34 says on it beside what
that machine's kernel said."""
