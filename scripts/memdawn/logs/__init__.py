# SPDX-License-Identifier: GPL-2.0-only
"""What a kernel says, read again."""
