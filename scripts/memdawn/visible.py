# SPDX-License-Identifier: GPL-2.0-only
"""Text that others have written, made fit for a terminal.

A log, a file's name, what an emulator says: any of them may contain the codes that move the cursor,
rename the window or turn the writing around. They are shown, and not obeyed."""

import re
from typing import Any, TextIO

# Control characters of both kinds, and those that change the direction of writing or can't be seen.
# Line feed and tab stay.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def visible(text: str) -> str:
    """Text with each control character as an escape: \\x1b."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class VisibleStream:
    """A text stream through which no control character goes. What must get through as it is goes to
    `raw`."""

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Writes text, made visible."""
        return self.raw.write(visible(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def raw(stream: TextIO | VisibleStream) -> TextIO:
    """The stream itself: for colours of our own, and for a terminal that somebody works at."""
    return stream.raw if isinstance(stream, VisibleStream) else stream
