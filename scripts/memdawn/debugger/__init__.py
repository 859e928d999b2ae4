# SPDX-License-Identifier: GPL-2.0-only
"""What runs inside GDB: the target that memdawn.state reads, and the commands."""
