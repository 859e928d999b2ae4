# SPDX-License-Identifier: GPL-2.0-only
"""What the programs in scripts/ and the tests share."""
