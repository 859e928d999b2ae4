# SPDX-License-Identifier: GPL-2.0-only
"""Exercises for learners: prepared in a tree of their own, marked against the real Linux."""
