# SPDX-License-Identifier: GPL-2.0-only
"""Loaded by GDB: `make gdb' does, and GDB itself does where build/memdawn.elf-gdb.py may be
auto-loaded (add-auto-load-safe-path), or by `source scripts/gdb/memdawn-gdb.py'."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from memdawn.debugger import commands  # noqa: E402

commands.register()
