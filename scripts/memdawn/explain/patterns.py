# SPDX-License-Identifier: GPL-2.0-only
"""The patterns of lines. `<name>' stands for a decimal number, `<name:x>' for a hexadecimal one, with
0x or without, `<name:w>' for a word, `<name:t>' for any text, which may be empty. Blanks stand for any
number of blanks, also for none at both ends; all else stands for itself.

src/monitor/explain.c and scripts/report/explain.js match in the same way."""

import dataclasses
import re

HOLE = re.compile(r"<(\w+)(?::([xwt]))?>")
FORMS = {"": r"-?[0-9]+", "x": r"(?:0x)?[0-9a-fA-F]+", "w": r"[^ \t]+?", "t": r".*?"}


@dataclasses.dataclass(frozen=True)
class Captured:
    """What a hole of a pattern has found: the text, where it stands in the line, its value."""
    name: str
    text: str
    start: int
    value: int | None


class Pattern:
    """A pattern of lines, and the names of its holes."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.kinds = {match[1]: match[2] or "" for match in HOLE.finditer(self.text)}
        form, at = "", 0
        for match in HOLE.finditer(self.text):
            form += self.literal(self.text[at:match.start()])
            form += f"(?P<{match[1]}>{FORMS[match[2] or '']})"
            at = match.end()
        self.regex = re.compile(r"[ \t]*" + form + self.literal(self.text[at:]) + r"[ \t]*")

    @staticmethod
    def literal(text: str) -> str:
        """Text that stands for itself, but for its blanks."""
        return r"[ \t]+".join(map(re.escape, text.split(" ")))

    @property
    def beginning(self) -> str:
        """A word that each line that fits has."""
        return self.text.partition("<")[0].partition(" ")[0]

    def match(self, line: str) -> list[Captured] | None:
        """What the holes stand for in a line; None: it doesn't fit."""
        found = self.regex.fullmatch(line)
        if not found:
            return None
        return [Captured(name, found[name], found.start(name), self.number(kind, found[name]))
                for name, kind in self.kinds.items()]

    @staticmethod
    def number(kind: str, text: str) -> int | None:
        """A hole's value, if it is a number."""
        if kind in ("w", "t"):
            return None
        return int(text, 16 if kind == "x" else 10)
