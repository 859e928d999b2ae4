# SPDX-License-Identifier: GPL-2.0-only
"""The files of docs/explain. docs/explain/README.md tells the format."""

import dataclasses
import pathlib
import re

from memdawn.explain.patterns import Pattern

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "docs" / "explain"
FILES = ("log", "log_options", "log_numa", "terms", "commands")
CONSTANTS = "constants"
HEAD = re.compile(r"== (\S.*)")
PART = re.compile(r"(log|code|try|see|holds): (\S.*)")
FIELD = re.compile(r"- (\S.*?):(?: (\S.*))?")
CONSTANT = re.compile(r"(\w+) = (\w+) : (\S.*)")


class BadFile(Exception):
    """A file of explanations is wrong; the text says where."""


@dataclasses.dataclass
class Entry:
    """An explanation.

    kind     -- the file it stands in, one of FILES
    names    -- what it is called, the first is its own
    text     -- what it says, as one paragraph
    patterns -- of the lines that it explains
    fields   -- what the numbers of the line, or the columns of the table, are: (names, text)
    code     -- functions; tries: commands; see: names of others
    holds    -- expressions that aren't zero on any line of 2.6.34's
    """
    kind: str
    names: list[str]
    text: str = ""
    patterns: list[Pattern] = dataclasses.field(default_factory=list)
    fields: list[tuple[list[str], str]] = dataclasses.field(default_factory=list)
    code: list[str] = dataclasses.field(default_factory=list)
    tries: list[str] = dataclasses.field(default_factory=list)
    see: list[str] = dataclasses.field(default_factory=list)
    holds: list[str] = dataclasses.field(default_factory=list)

    @property
    def name(self) -> str:
        """Its own name."""
        return self.names[0]

    def add_part(self, key: str, value: str) -> None:
        """A line of the form `key: value'."""
        if key == "log":
            self.patterns.append(Pattern(value))
        elif key == "try":
            self.tries.append(value)
        elif key == "see":
            self.see += value.split(", ")
        elif key == "code":
            self.code += value.split(", ")
        else:
            self.holds.append(value)

    def add_text(self, line: str) -> None:
        """A line of text goes on with a field, or with the paragraph."""
        if line.startswith("  ") and self.fields:
            names, text = self.fields[-1]
            self.fields[-1] = (names, f"{text} {line.strip()}".strip())
        else:
            self.text = f"{self.text} {line.strip()}".strip()


def add_line(entry: Entry, line: str) -> None:
    """One line of an entry after its head."""
    part, field = PART.fullmatch(line), FIELD.fullmatch(line)
    if part:
        entry.add_part(part[1], part[2])
    elif field:
        entry.fields.append((field[1].split(", "), field[2] or ""))
    elif line.startswith("- "):
        raise BadFile("a field without a text")
    else:
        entry.add_text(line)


def parse(kind: str, text: str) -> list[Entry]:
    """A file's entries. Raises BadFile."""
    found: list[Entry] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        head = HEAD.fullmatch(line)
        try:
            if head:
                found.append(Entry(kind, head[1].split(", ")))
            elif not found:
                raise BadFile("text before the first `== NAME'")
            else:
                add_line(found[-1], line)
        except (BadFile, re.error) as error:
            raise BadFile(f"{kind}.txt, line {number}: {error}") from error
    return found


def constants() -> dict[str, tuple[int, str]]:
    """The constants' values, and what they are called in C."""
    found = {}
    for line in (FOLDER / f"{CONSTANTS}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            match = CONSTANT.fullmatch(line)
            if not match:
                raise BadFile(f"{CONSTANTS}.txt: {line!r}: NAME = NUMBER : C")
            found[match[1]] = (int(match[2], 0), match[3])
    return found


def read() -> list[Entry]:
    """All entries, in the files' order."""
    return [entry for kind in FILES
            for entry in parse(kind, (FOLDER / f"{kind}.txt").read_text("utf-8"))]
