# SPDX-License-Identifier: GPL-2.0-only
"""Explanations as text, for a terminal."""

import textwrap

from memdawn.explain.book import Book, Said


def wrapped(text: str, width: int, first: str = "  ", more: str = "  ") -> list[str]:
    """A paragraph."""
    return textwrap.wrap(text, width, initial_indent=first, subsequent_indent=more,
                         break_long_words=False, break_on_hyphens=False)


def lines_of(said: Said, width: int) -> list[str]:
    """An explanation: its title, then the rest, indented."""
    lines = [said.title, *wrapped(said.text, width)]
    for names, shown, text in said.fields:
        head = f"  {names}" + (f" {shown}" if shown else "") + ": "
        lines += wrapped(text, width, head, "    ")
    for key, values in (("in", [f"{name}()" for name in said.code]), ("see", said.see)):
        if values:
            lines += wrapped(", ".join(values), width, f"  {key}: ", "    ")
    return lines + [f"  try: {text}" for text in said.tries]


def line(book: Book, text: str, width: int) -> list[str] | None:
    """A log's line, explained; None: there is no explanation."""
    found = book.explain_line(text)
    return lines_of(book.show(found.entry, found, text.strip()), width) if found else None


def word(book: Book, text: str, width: int) -> list[str] | None:
    """What a word means: each entry of this name, then each field; None: nobody knows."""
    lines: list[str] = []
    for entry, field in book.by_word(text):
        names = ", ".join(entry.names)
        lines += lines_of(book.show(entry, title=names), width) if field is None else \
            wrapped(book.said(field), width, f"{text} of {names}: ")
    return lines or None


def near(book: Book, text: str) -> list[str]:
    """Names that have this word in them."""
    wanted = text.casefold()
    return sorted({name for entry in book.entries for name in entry.names if wanted in name.casefold()})


def unknown(book: Book, text: str) -> str:
    """What is said where nobody knows a word."""
    names = near(book, text)
    return f"{text}: no explanation" + (f"; there are {', '.join(names)}" if names else "")


def log(book: Book, texts: list[tuple[int, str]], width: int) -> list[str]:
    """All lines of a log with their numbers; of several of a kind only the first is explained."""
    lines: list[str] = []
    seen: set[str] = set()
    for number, text in texts:
        found = book.explain_line(text)
        lines.append(f"{number:4d} {text}")
        if found and found.entry.name not in seen:
            seen.add(found.entry.name)
            _, *rest = lines_of(book.show(found.entry, found, text), width - 5)
            lines += ["     " + one for one in rest]
    return lines
