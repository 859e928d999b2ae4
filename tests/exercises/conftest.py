# SPDX-License-Identifier: GPL-2.0-only
"""Where these tests find the scripts' library."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"))
