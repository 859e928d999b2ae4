# SPDX-License-Identifier: GPL-2.0-only
"""The memory maps of a boot log."""

import re
from collections.abc import Sequence

from memdawn.logs.kernel_lines import ENTRY, NAMELESS
from memdawn.logs.undress import Line
from memdawn.model.e820 import RAM, Range, overlay
from memdawn.replay.found import Facts, type_number

MIB = 1 << 20
Pieces = list[tuple[int, int]]      # (start, end) in bytes, in order

# The firmware's map, as the kernel took it, by the names that it was given; then what became of it.
FIRMWARES = ("BIOS-e820", "BIOS-provided", "e820", "BIOS-e801", "BIOS-88")
LATER = ("modified", "user")
NOT_FIRMWARES = (*LATER, "extended", "setup_data", "range")
CHANGE = re.compile(r"e820:? (?P<how>update|remove|reserve)(?: range:)? (?:\[mem 0x(?P<first>[0-9a-f]+)-0x"
                    r"(?P<last>[0-9a-f]+)\]|(?P<start>[0-9a-f]{8,16}) - (?P<end>[0-9a-f]{8,16})) "
                    r"\(?usable\)?(?: ==> \(?reserved)?")


def borders_of(match: re.Match[str]) -> tuple[int, int]:
    """Start and end, in one of the three forms."""
    if match["first"]:
        return int(match["first"], 16), int(match["last"], 16) + 1
    if match["start"]:
        return int(match["start"], 16), int(match["end"], 16)
    start = int(match["at"], 16)
    return start, start + int(match["size"], 16)


def map_entries(lines: Sequence[str]) -> dict[str, list[Range]]:
    """The maps of a boot log: name to ranges. An entry that has lost its name belongs to the map that
    begins after it."""
    found: dict[str, list[Range]] = {}
    nameless: list[Range] = []
    for line in lines:
        match = ENTRY.search(line)
        if match and not CHANGE.search(line):
            start, end = borders_of(match)
            kind = type_number(match["word"] or match["number"] or match["bare"])
            ranges = found.setdefault(match["who"], nameless)
            ranges.append((start, end, kind))
            nameless = []
        elif bare := NAMELESS.match(line.strip()):
            nameless.append((int(bare["start"], 16), int(bare["end"], 16), type_number(bare["word"])))
    return found


def source_of(maps: dict[str, list[Range]]) -> str | None:
    """Which of the maps is the firmware's, or the next best; None: there is none."""
    others = [name for name in maps if name not in FIRMWARES and name not in NOT_FIRMWARES]
    return next((name for name in (*FIRMWARES, *others, *LATER) if name in maps), None)


def changes(lines: Sequence[str]) -> list[tuple[int, int]]:
    """What the kernel's own rules took out of its RAM, in order."""
    return [(int(match["first"] or match["start"], 16),
             int(match["last"], 16) + 1 if match["first"] else int(match["end"], 16))
            for line in lines if (match := CHANGE.match(line)) and match["how"] == "update"]


def without(pieces: Pieces, taken: Pieces) -> Pieces:
    """Pieces without what others cover."""
    for first, last in taken:
        pieces = [part for start, end in pieces for part in ((start, min(end, first)), (max(start, last), end))
                  if part[0] < part[1]]
    return pieces


def cut_out(pieces: Pieces, others: Pieces) -> Pieces:
    """What of the pieces others cover."""
    return [(max(start, first), min(end, last)) for start, end in pieces for first, last in others
            if max(start, first) < min(end, last)]


def taken_out(ranges: Sequence[Range], maps: dict[str, list[Range]], lines: Sequence[str]) -> Pieces:
    """RAM from 1 MB on that the kernel itself took out of its map, by its lines or by the map that it
    printed afterwards."""
    ram = [(max(start, MIB), end) for start, end, kind in overlay(ranges) if kind == RAM and end > MIB]
    taken = cut_out(ram, changes(lines))
    if not taken and "modified" in maps:
        left = [(start, end) for start, end, kind in overlay(maps["modified"]) if kind == RAM]
        taken = without(ram, left) if left else []
    return taken


def cut_at_start(lines: Sequence[Line], maps: dict[str, list[Range]], source: str) -> bool:
    """Has the beginning of the map been lost? It has a heading, or begins at address 0."""
    return not any(line.kind and line.kind.name == "map" for line in lines) and \
        min(start for start, _, _ in maps[source]) > 0


def from_node_map(facts: Facts) -> list[Range]:
    """RAM as early_node_map has it: whole page frames, the first ones among them."""
    ranges = [(start << 12, end << 12, RAM) for _, start, end in facts.get("early_node_map", [])]
    if ranges and ranges[0][0] <= 0x10000 < ranges[0][1]:
        ranges[0] = (0, ranges[0][1], RAM)
    return ranges
