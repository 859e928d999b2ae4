# SPDX-License-Identifier: GPL-2.0-only
"""What run-qemu, run-bochs, logdiff and the boot tests share."""
