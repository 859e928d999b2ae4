# SPDX-License-Identifier: GPL-2.0-only
"""All explanations: found by a line or by a word, their texts with the numbers of a log."""

import dataclasses
import re
from collections.abc import Sequence

from memdawn.explain import entries, expressions
from memdawn.explain.entries import Entry
from memdawn.explain.patterns import Captured

SENTENCE = re.compile(r"(?<=\.) ")
NUMBER = re.compile(r"\{(\?)?([^{}:]+)(:x)?\}")


@dataclasses.dataclass
class Found:
    """A line's explanation, and what the pattern's holes stand for in it."""
    entry: Entry
    captured: list[Captured]

    def value(self, name: str) -> int | None:
        """The value of a number of the line."""
        return next((one.value for one in self.captured if one.name == name), None)


@dataclasses.dataclass
class Said:
    """An explanation as it is shown: (name, the line's text or nothing, what it is) for each field."""
    title: str
    text: str
    fields: list[tuple[str, str, str]]
    code: list[str]
    tries: list[str]
    see: list[str]


def is_called(name: str, wanted: str) -> bool:
    """Does a field's name, which may end in *, stand for this word?"""
    name = name.casefold()
    return wanted.startswith(name[:-1]) if name.endswith("*") else wanted == name


class Book:
    """The explanations beside the log that their numbers come from, which may be empty."""

    def __init__(self, log: Sequence[str] = ()) -> None:
        self.entries = entries.read()
        self.constants = {name: value for name, (value, _) in entries.constants().items()}
        self.log = list(log)
        self.firsts: dict[str, Found | None] = {}

    def explain_line(self, line: str) -> Found | None:
        """The explanation of a log's line; None: there is none."""
        for entry in self.entries:
            if (found := self.matched(entry, line)):
                return found
        return None

    @staticmethod
    def matched(entry: Entry, line: str) -> Found | None:
        """An entry with what it finds in a line."""
        for pattern in entry.patterns:
            if pattern.beginning in line and (captured := pattern.match(line)) is not None:
                return Found(entry, captured)
        return None

    def by_word(self, word: str) -> list[tuple[Entry, str | None]]:
        """Entries with this name; then those with a field of this name, and the field's text."""
        wanted = word.casefold().removesuffix("()").removeprefix("memdawn-")
        named: list[tuple[Entry, str | None]] = [
            (entry, None) for entry in self.entries
            if wanted in (name.casefold() for name in entry.names)]
        return named + [(entry, text) for entry in self.entries for names, text in entry.fields
                        if entry.kind == "commands" and any(is_called(name, wanted) for name in names)]

    def first(self, name: str) -> Found | None:
        """The first line of the log that the entry of this name explains."""
        if name not in self.firsts:
            entry = next((one for one in self.entries if one.name == name), None)
            self.firsts[name] = next(filter(None, (self.matched(entry, line) for line in self.log)),
                                     None) if entry else None
        return self.firsts[name]

    def value(self, name: str, here: Found | None) -> int | None:
        """What a name in an expression stands for."""
        if name in self.constants:
            return self.constants[name]
        line, _, number = name.partition(".")
        if number:
            found = self.first(line)
            return found.value(number) if found else None
        return here.value(name) if here else None

    def number(self, text: str, here: Found | None) -> int:
        """An expression's value. Raises expressions.Unknown."""
        return expressions.value_of(text, lambda name: self.value(name, here))

    def sentence(self, text: str, here: Found | None) -> str:
        """A sentence with its numbers; nothing where one isn't known, or its condition doesn't hold."""
        def shown(match: re.Match[str]) -> str:
            if match[1]:
                if not self.number(match[2], here):
                    raise expressions.Unknown(match[2])
                return ""
            captured = next((one for one in here.captured if one.name == match[2]), None) if here else None
            if captured and captured.value is None:
                return captured.text
            value = self.number(match[2], here)
            return f"{value:#x}" if match[3] else str(value)
        try:
            return NUMBER.sub(shown, text).strip()
        except expressions.Unknown:
            return ""

    def said(self, text: str, here: Found | None = None) -> str:
        """A text's sentences that can be said here."""
        return " ".join(filter(None, (self.sentence(one, here) for one in SENTENCE.split(text))))

    def show(self, entry: Entry, here: Found | None = None, title: str = "") -> Said:
        """An entry with its numbers."""
        captured = {one.name: one.text for one in here.captured} if here else {}
        fields = [(", ".join(names), " ".join(captured[name] for name in names if name in captured),
                   self.said(text, here))
                  for names, text in entry.fields
                  if not here or any(name in captured for name in names)]
        return Said(title or entry.name, self.said(entry.text, here), [one for one in fields if one[2]],
                    entry.code, [one for one in (self.said(text, here) for text in entry.tries) if one],
                    entry.see)


def as_data() -> dict[str, object]:
    """All explanations and constants, for pages that tell them themselves (scripts/report/explain.js)."""
    return {"constants": {name: value for name, (value, _) in entries.constants().items()},
            "entries": [{"kind": entry.kind, "names": entry.names, "text": entry.text,
                         "patterns": [pattern.text for pattern in entry.patterns],
                         "fields": entry.fields, "code": entry.code, "tries": entry.tries, "see": entry.see}
                        for entry in entries.read()]}
