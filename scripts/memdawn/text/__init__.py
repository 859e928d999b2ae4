# SPDX-License-Identifier: GPL-2.0-only
"""Text from anywhere: bytes to lines."""
