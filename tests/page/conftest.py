# SPDX-License-Identifier: GPL-2.0-only
"""Where the packages are."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
