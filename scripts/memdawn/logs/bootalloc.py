# SPDX-License-Identifier: GPL-2.0-only
"""The generations of boot allocator, and what the kernel says of the one that served
(memdawn.dump=bootalloc)."""

import re
from collections.abc import Iterable
from typing import TypedDict, cast

GENERATIONS = ("bootmem", "bootmem-2.4", "early_res", "memblock")


class Record(TypedDict):
    """What one generation has done."""
    name: str
    allocations: int
    bytes: int
    bookkeeping: int
    entries: int
    ticks: int
    free: int
    reserved: int
    pieces: int
    largest: int
    blocks: list[int]


LINES = [
    (r"name (\S+)", ("name",)),
    (r"allocations (\d+) of (\d+) bytes", ("allocations", "bytes")),
    (r"bookkeeping (\d+) bytes, (\d+) table entries", ("bookkeeping", "entries")),
    (r"hand-over (\d+) ticks", ("ticks",)),
    (r"low memory (\d+) pages free, (\d+) reserved", ("free", "reserved")),
    (r"free in (\d+) pieces, the largest of (\d+) pages", ("pieces", "largest")),
    (r"blocks by order((?: \d+)+)", ("blocks",)),
]


def value(name: str, text: str) -> str | int | list[int]:
    """A field from its text."""
    if name == "blocks":
        return [int(number) for number in text.split()]
    return text if name == "name" else int(text)


def parse(log: Iterable[str]) -> Record:
    """What a log says, as a dict. Raises ValueError where it doesn't say everything once."""
    said = [line.removeprefix("bootalloc: ") for line in log if line.startswith("bootalloc: ")]
    if len(said) != len(LINES):
        raise ValueError(f"{len(said)} bootalloc lines instead of {len(LINES)}")
    found: dict[str, str | int | list[int]] = {}
    for line, (pattern, names) in zip(said, LINES):
        match = re.fullmatch(pattern, line)
        if not match:
            raise ValueError(f"not understood: bootalloc: {line}")
        found.update((name, value(name, text)) for name, text in zip(names, match.groups()))
    return cast(Record, found)
