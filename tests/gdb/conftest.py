# SPDX-License-Identifier: GPL-2.0-only
"""Where the GDB tests find the scripts' library and what the boot tests share."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
for path in (TESTS.parent / "scripts", TESTS / "boot" / "lib", TESTS / "gdb"):
    if str(path) not in sys.path:
        sys.path.insert(0, str(path))
