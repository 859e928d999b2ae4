# SPDX-License-Identifier: GPL-2.0-only
"""Where the boot tests find the scripts' library, the seed of a run's random cases, and the sums of
what was found equal without masks."""

import collections
import os
import pathlib
import secrets
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent / "scripts"), str(HERE / "lib")]


def pytest_configure():
    """One seed for a run, handed to every worker through the environment."""
    os.environ.setdefault("MEMDAWN_SEED", secrets.token_hex(4))


def pytest_terminal_summary(terminalreporter):
    """Said at the end of every run, good or bad: how to have the same random cases again; and
    what test_exact.py has compared."""
    terminalreporter.write_line(f"random cases: MEMDAWN_SEED={os.environ['MEMDAWN_SEED']}")
    sums = collections.Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == "equal":
                sums[value[1]] += value[0]
    if sums:
        terminalreporter.write_line("equal to Linux, nothing masked: " + ", ".join(
            f"{count} {unit}" for unit, count in sums.items()))
