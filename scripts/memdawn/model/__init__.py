# SPDX-License-Identifier: GPL-2.0-only
"""An independent model of Linux 2.6.34's memory boot, which shares nothing with the kernel that it
checks: scripts/predict shows what it expects, tests/boot compares."""
