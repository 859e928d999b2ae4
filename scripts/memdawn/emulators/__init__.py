# SPDX-License-Identifier: GPL-2.0-only
"""QEMU and Bochs: what is booted, the disc, the run, and how it ended."""
