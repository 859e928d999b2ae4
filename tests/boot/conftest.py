# SPDX-License-Identifier: GPL-2.0-only
"""Where the boot tests find the scripts' library, and the seed of a run's random cases."""

import os
import pathlib
import secrets
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))


def pytest_configure():
    """One seed for a run, handed to every worker through the environment."""
    os.environ.setdefault("MEMDAWN_SEED", secrets.token_hex(4))


def pytest_terminal_summary(terminalreporter):
    """Said at the end of every run, good or bad: how to have the same random cases again."""
    terminalreporter.write_line(f"random cases: MEMDAWN_SEED={os.environ['MEMDAWN_SEED']}")
