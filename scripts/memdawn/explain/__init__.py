# SPDX-License-Identifier: GPL-2.0-only
"""The explanations of docs/explain: read, found by a line or a word, and shown with their numbers."""
