# SPDX-License-Identifier: GPL-2.0-only
"""The figures that a boot log gives about memory."""

import re
from collections.abc import Sequence
from typing import cast

from memdawn.logs.kernel_lines import NUMBER
from memdawn.replay.found import Facts

ZONE_NAMES = ("DMA", "Normal", "HighMem")
NUMBERS = [
    ("last_pfn", rf"^(?:e820: )?last_pfn = ({NUMBER}) max_arch_pfn"),
    ("highmem_mb", r"^(\d+)MB HIGHMEM available\b"),
    ("lowmem_mb", r"^(\d+)MB LOWMEM available\b"),
    ("totalpages", r"^On node 0 totalpages: (\d+)"),
    ("total_pages", r"^Built .*Total pages: (\d+)"),
]
MEMORY = re.compile(r"^Memory: (\d+)[kK]/(\d+)[kK] available(?: \((?P<parts>.*))?")
MEMORY_PART = re.compile(r"(\d+)[kK] ([a-z-]+(?: code)?)")
MEMORY_NAMES = {"kernel code": "code", "reserved": "reserved", "data": "data", "init": "init",
                "highmem": "highmem"}
WINDOW = re.compile(r"^\s+(fixmap|pkmap|vmalloc|lowmem) *: 0x([0-9a-f]+) - 0x([0-9a-f]+)")
ZONE_24 = re.compile(r"^zone\((\d)\): (\d+) pages\.")
ZONE_MEMMAP = re.compile(r"^\s+(\w+) zone: (\d+) pages used for memmap")
ZONE_RESERVED = re.compile(r"^\s+(\w+) zone: (\d+) pages reserved")
ZONE_PAGES = re.compile(r"^\s+(\w+) zone: (\d+) pages, LIFO batch:(\d+)")
ZONE_RANGE = re.compile(r"\s+(DMA32|DMA|Normal|HighMem)\b(.*)")
NODE_RANGE = re.compile(r"\s+(?:node +)?(\d+):(.*)")
CARRY = 1 << 20             # page frames of 4 GiB: 3.5's PAE kernels printed 32 bits


def integer(word: str) -> int:
    """A decimal number, zeros in front or not, or one with 0x."""
    return int(word, 16 if word.startswith("0x") else 10)


def pfn_range(text: str) -> list[int] | None:
    """Page frames from what stands behind a zone's or a node's name; None where it is no range."""
    match = re.match(r"\s*\[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\]", text)
    if match:
        return [int(match[1], 16) >> 12, (int(match[2], 16) + 1) >> 12]
    match = re.match(rf"\s*({NUMBER})\s*->\s*({NUMBER})", text)
    return [integer(match[1]), integer(match[2])] if match else None


def widened(ranges: list[list[int]], totalpages: int | None) -> list[list[int]]:
    """The ranges of a node in ascending order, where their addresses were cut to 32 bits: so many
    times 4 GiB as keep them in order, and as the pages of the last one tell."""
    carry, at = 0, 0
    result = []
    for node, first, last in ranges:
        while first + carry < at:
            carry += CARRY
        start = first + carry
        while last + carry <= start and last != first:
            carry += CARRY
        result.append([node, start, last + carry])
        at = last + carry
    missing = (totalpages or 0) - sum(end - start for _, start, end in result)
    if result and carry and missing > 0 and missing % CARRY == 0:
        result[-1][2] += missing
    return result


def zone_borders(lines: Sequence[str]) -> tuple[dict[str, list[int]], list[list[int]]]:
    """The zones' and the nodes' page frames, as they are printed; empty zones are left out."""
    zones: dict[str, list[int]] = {}
    ranges: list[list[int]] = []
    for line in lines:
        if re.match(r"\s*Zone (?:PFN )?ranges:", line):
            zones = {}
        elif re.match(r"\s*(?:early_node_map\[\d+\] active PFN ranges|Early memory node ranges)",
                      line):
            ranges = []
        elif match := ZONE_RANGE.match(line):
            borders = pfn_range(match[2])
            if borders and borders[0] != borders[1]:
                zones[match[1]] = borders
        elif match := NODE_RANGE.match(line):
            borders = pfn_range(match[2])
            if borders:
                ranges.append([int(match[1]), *borders])
    return zones, ranges


def border_facts(lines: Sequence[str], totalpages: int | None) -> Facts:
    """zone_pfn_ranges and early_node_map, all their bits again."""
    facts = Facts()
    zones, ranges = zone_borders(lines)
    if any(start > end for _, start, end in ranges) or \
            [entry[1] for entry in ranges] != sorted(entry[1] for entry in ranges):
        if len({entry[0] for entry in ranges}) == 1:
            ranges = widened(ranges, totalpages)
    for name, (start, end) in zones.items():
        if start > end and ranges and ranges[-1][2] % CARRY == end % CARRY:
            zones[name] = [start, ranges[-1][2]]
    zones = {name: borders for name, borders in zones.items() if borders[0] < borders[1]}
    if zones:
        facts["zone_pfn_ranges"] = zones
    if ranges:
        facts["early_node_map"] = ranges
    return facts


def memory_facts(line: str) -> dict[str, int] | None:
    """The line Memory, in its forms from 2.4 to today; its end may be cut."""
    match = MEMORY.match(line)
    if not match:
        return None
    facts = {"available": int(match[1]), "total": int(match[2])}
    for value, label in MEMORY_PART.findall(match["parts"] or ""):
        name = MEMORY_NAMES.get(label)
        if name is None and "highmem".startswith(label) and len(label) > 2:
            name = "highmem"            # a terminal has cut the line there
        if name:
            facts[name] = int(value)
    return facts


def line_facts(line: str, facts: Facts) -> None:
    """Adds what a line of a boot log says."""
    for name, pattern in NUMBERS:
        if name not in facts and (match := re.match(pattern, line)):
            cast(dict[str, int], facts)[name] = integer(match[1])
    if match := ZONE_MEMMAP.match(line):
        facts.setdefault("memmap_pages", {})[match[1]] = int(match[2])
    if match := ZONE_RESERVED.match(line):
        facts.setdefault("reserved_pages", {})[match[1]] = int(match[2])
    if match := ZONE_PAGES.match(line):
        facts.setdefault("zone_pages", {})[match[1]] = [int(match[2]), int(match[3])]
    if (match := ZONE_24.match(line)) and int(match[1]) < len(ZONE_NAMES):
        facts.setdefault("zone_pages", {})[ZONE_NAMES[int(match[1])]] = [int(match[2])]
    if (memory := memory_facts(line)) is not None:
        facts["memory_kb"] = memory
    if match := WINDOW.match(line):
        facts.setdefault("layout", {})[match[1]] = [int(match[2], 16), int(match[3], 16)]


def facts_of(lines: Sequence[str]) -> Facts:
    """The figures that a boot log's lines give about memory."""
    facts = Facts()
    for line in lines:
        line_facts(line, facts)
    facts.update(border_facts(lines, facts.get("totalpages")))
    return facts
