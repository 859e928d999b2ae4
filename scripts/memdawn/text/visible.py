# SPDX-License-Identifier: GPL-2.0-only
"""What is safe to write to a terminal, whoever wrote it."""

import unicodedata

# Controls, formats (they turn the direction of writing), halves of characters, and line ends.
UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def escaped(char: str) -> str:
    """A character by its number."""
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """The text with each character that a terminal would obey, or that isn't seen, replaced by its
    number (\\x1b): one line stays one line. A tab becomes a blank."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if char == "\t" else escaped(char)
                   if unicodedata.category(char) in UNSAFE else char for char in text)
