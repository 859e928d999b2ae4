# SPDX-License-Identifier: GPL-2.0-only
"""docs/GLOSSARY.md: the terms in alphabetical order, with the numbers of one of the real logs."""

import pathlib

from memdawn.explain.book import Book
from memdawn.explain.entries import FOLDER, Entry
from memdawn.explain.show import wrapped

PAGE = FOLDER.parent / "GLOSSARY.md"
LOG = pathlib.Path("tests", "linux", "bootmem", "pc-2048M.log")
WIDTH = 120
HEAD = f"""<!-- SPDX-License-Identifier: GPL-2.0-only -->
<!-- Generated from docs/explain/terms.txt by `scripts/explain`, with its option for the glossary. -->
# Glossary

What the words mean, in the words that `explain WORD` says at the kernel's prompt, `memdawn-explain WORD` in GDB and
`scripts/explain WORD` in the shell. "Here" is a PC with 2 GiB, `{LOG}`.
"""


def term(book: Book, entry: Entry) -> list[str]:
    """One term."""
    said = book.show(entry)
    lines = [f"## {entry.name}", ""]
    if entry.names[1:]:
        lines += [f"Also: {', '.join(entry.names[1:])}.", ""]
    lines += [*wrapped(said.text, WIDTH, "", ""), ""]
    for key, values in (("In", [f"`{name}()`" for name in said.code]), ("Try", [f"`{one}`" for one in said.tries]),
                        ("See", said.see)):
        if values:
            lines += wrapped(f"{key}: {', '.join(values)}", WIDTH, "- ", "  ")
    return lines + [""]


def page() -> list[str]:
    """The page's lines."""
    book = Book((FOLDER.parents[1] / LOG).read_text("utf-8").splitlines())
    terms = sorted((entry for entry in book.entries if entry.kind == "terms"), key=lambda one: one.name.casefold())
    lines = HEAD.splitlines() + [""]
    for entry in terms:
        lines += term(book, entry)
    return lines[:-1]
