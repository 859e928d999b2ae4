# SPDX-License-Identifier: GPL-2.0-only
"""What was read of another machine: its memory map, and what its kernel said about it."""

import dataclasses
import re
from typing import TypedDict

from memdawn.model.e820 import ACPI, NVS, RAM, RESERVED, Range, UNUSABLE

# As kernels of twenty years, /proc/iomem and people call them.
TYPE_WORDS = {"usable": RAM, "ram": RAM, "system ram": RAM, "reserved": RESERVED,
              "acpi data": ACPI, "acpi tables": ACPI, "acpi nvs": NVS,
              "acpi non-volatile storage": NVS, "unusable": UNUSABLE, "unusable memory": UNUSABLE}
LIMIT = 1 << 64


class MapError(Exception):
    """A text holds no map; the message says what was looked for."""


class Facts(TypedDict, total=False):
    """The figures that a kernel said about memory; a zone by its name."""
    last_pfn: int
    highmem_mb: int
    lowmem_mb: int
    zone_pfn_ranges: dict[str, list[int]]
    early_node_map: list[list[int]]
    totalpages: int
    memmap_pages: dict[str, int]
    reserved_pages: dict[str, int]
    zone_pages: dict[str, list[int]]        # pages and batch; 2.4 had no batch
    total_pages: int
    memory_kb: dict[str, int]
    layout: dict[str, list[int]]        # of virtual addresses


FACT_NAMES = tuple(Facts.__annotations__)


@dataclasses.dataclass
class Found:
    """What was read.

    form     -- boot log, JSON, /proc/iomem, ranges
    source   -- which of its maps is taken
    ranges   -- (start, end, type) each, as they stand there
    maps     -- all maps of a boot log by their name: BIOS-e820, modified, user
    kernel   -- what the text says of the kernel
    release  -- its version as three numbers, or None
    pae      -- page tables of three levels? None: the text does not tell
    words    -- mem=, memmap=, ... of its command line
    facts    -- figures by name
    lines    -- a boot log's lines, as the kernel printed them
    notes    -- what the user should know
    """
    form: str
    source: str
    ranges: list[Range]
    maps: dict[str, list[Range]] = dataclasses.field(default_factory=dict)
    kernel: str = ""
    release: tuple[int, ...] | None = None
    pae: bool | None = None
    words: list[str] = dataclasses.field(default_factory=list)
    facts: Facts = dataclasses.field(default_factory=lambda: Facts())
    lines: list[str] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)


def type_number(word: str) -> int:
    """A type from its number or its word; what nobody knows is reserved."""
    word = word.strip().strip("()").lower()
    number = re.fullmatch(r"(?:type )?(\d{1,9})", word)
    return int(number[1]) if number else TYPE_WORDS.get(word, RESERVED)


def checked(ranges: list[Range]) -> list[Range]:
    """The ranges, unless one is none."""
    for start, end, kind in ranges:
        if not (0 <= start <= end <= LIMIT and 0 <= kind < 1 << 32 and end - start < LIMIT):
            raise MapError(f"{start:#x} - {end:#x}, type {kind}, is no range of physical memory")
    return ranges
