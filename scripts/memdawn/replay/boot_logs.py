# SPDX-License-Identifier: GPL-2.0-only
"""Boot logs, Linux 2.4 to 3.x and later: their maps, and the figures that they give."""

import re
from collections.abc import Sequence
from typing import cast

from memdawn.model.e820 import Range
from memdawn.replay.found import Facts, Found, MapError, checked, type_number
HEADERS = re.compile(r"(?:BIOS-provided|BIOS-supplied) physical (?:RAM|memory) map")
ENTRY = re.compile(
    r"(?P<who>BIOS-e820|BIOS-e801|BIOS-88|BIOS-provided|modified|user|e820):\s+(?:"
    r"\[mem 0x(?P<first>[0-9a-f]+)-0x(?P<last>[0-9a-f]+)\]|"
    r"(?P<start>[0-9a-f]{8,16}) - (?P<end>[0-9a-f]{8,16})|"
    r"(?P<size>[0-9a-f]{8,16}) @ (?P<at>[0-9a-f]{8,16}))\s+"
    r"(?:\((?P<word>[A-Za-z ]+)\)|type (?P<number>\d+)|(?P<bare>[A-Za-z][A-Za-z ]*))")

PREFIX = re.compile(r"^(?:<\d+>)?"
                    r"(?:[A-Z][a-z]{2} +\d+ [\d:]{8} \S+ |\d{4}-\d\d-\d\dT\S+ \S+ )?"
                    r"(?:kernel: ?)?(?:<\d+>)?(?:\[ *\d+\.\d+\] ?)?(?:<\d+>)?")
RELEASE = re.compile(r"Linux version ((\d+)\.(\d+)(?:\.(\d+))?\S*)")
MEMORY_WORD = re.compile(r"\b(?:mem|memmap|highmem|vmalloc|kernelcore|movablecore)=[^\s,;)]+")


def last_boot(lines: list[str]) -> tuple[list[str], int]:
    """The last boot of a log that has several, and how many it has."""
    headers = [at for at, line in enumerate(lines) if HEADERS.search(line)]
    if len(headers) < 2:
        return lines, len(headers)
    banners = [at for at in range(headers[-2] + 1, headers[-1])
               if lines[at].startswith("Linux version ")]
    return lines[(banners or headers)[-1]:], len(headers)


def map_entries(lines: Sequence[str]) -> dict[str, list[Range]]:
    """The maps of a boot log: name to ranges."""
    found: dict[str, list[Range]] = {}
    for line in lines:
        match = ENTRY.search(line)
        if not match:
            continue
        if match["first"]:
            start, end = int(match["first"], 16), int(match["last"], 16) + 1
        elif match["start"]:
            start, end = int(match["start"], 16), int(match["end"], 16)
        else:
            start = int(match["at"], 16)
            end = start + int(match["size"], 16)
        kind = type_number(match["word"] or match["number"] or match["bare"])
        found.setdefault(match["who"], []).append((start, end, kind))
    return found


def integer(word: str) -> int:
    """A decimal number, zeros in front or not, or one with 0x."""
    return int(word, 16 if word.startswith("0x") else 10)


def pfn_range(text: str) -> list[int] | None:
    """A zone's page frames from what stands behind its name; None where it is empty or no range."""
    match = re.match(r"\s+\[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\]", text)
    if match:
        return [int(match[1], 16) >> 12, (int(match[2], 16) + 1) >> 12]
    match = re.match(r"\s+(0x[0-9a-f]+|\d+) -> +(0x[0-9a-f]+|\d+)", text)
    return [integer(match[1]), integer(match[2])] if match else None


def zone_borders(lines: Sequence[str]) -> Facts:
    """zone_pfn_ranges and early_node_map of a boot log."""
    facts = Facts()
    zones: dict[str, list[int]] = {}
    ranges: list[list[int]] = []
    part = None
    for line in lines:
        if re.match(r"\s*Zone (?:PFN )?ranges:", line):
            part, zones = "zones", {}
        elif re.match(r"\s*(?:early_node_map\[\d+\] active PFN ranges|Early memory node ranges)",
                      line):
            part, ranges = "ranges", []
        elif part == "zones" and (match := re.match(r"\s+(DMA32|DMA|Normal|HighMem)\b(.*)", line)):
            borders = pfn_range(match[2])
            if borders and borders[0] < borders[1]:
                zones[match[1]] = borders
        elif part == "ranges" and (match := re.match(r"\s+(?:node +)?(\d+):(.*)", line)):
            borders = pfn_range(match[2])
            if borders:
                ranges.append([int(match[1]), *borders])
        elif line.startswith("Movable zone start"):
            part = None
    if zones:
        facts["zone_pfn_ranges"] = zones
    if ranges:
        facts["early_node_map"] = ranges
    return facts


NUMBERS = [
    ("last_pfn", r"^last_pfn = (0x[0-9a-f]+) max_arch_pfn"),
    ("highmem_mb", r"^(\d+)MB HIGHMEM available\."),
    ("lowmem_mb", r"^(\d+)MB LOWMEM available\."),
    ("totalpages", r"^On node 0 totalpages: (\d+)"),
    ("total_pages", r"^Built .*Total pages: (\d+)"),
]
MEMORY = re.compile(r"^Memory: (\d+)[kK]/(\d+)[kK] available \((\d+)[kK] kernel code, (\d+)[kK] "
                    r"reserved, (\d+)[kK] data, (\d+)[kK] init(?:, (\d+)[kK] highmem)?\)")
WINDOW = re.compile(r"^\s+(fixmap|pkmap|vmalloc|lowmem) *: 0x([0-9a-f]+) - 0x([0-9a-f]+)")
ZONE_24 = re.compile(r"^zone\((\d)\): (\d+) pages\.")
ZONE_NAMES = ("DMA", "Normal", "HighMem")
ZONE_MEMMAP = re.compile(r"^\s+(\w+) zone: (\d+) pages used for memmap")
ZONE_RESERVED = re.compile(r"^\s+(\w+) zone: (\d+) pages reserved")
ZONE_PAGES = re.compile(r"^\s+(\w+) zone: (\d+) pages, LIFO batch:(\d+)")


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
    if match := MEMORY.match(line):
        names = ("available", "total", "code", "reserved", "data", "init", "highmem")
        facts["memory_kb"] = {name: int(value) for name, value in zip(names, match.groups())
                              if value is not None}
    if match := WINDOW.match(line):
        facts.setdefault("layout", {})[match[1]] = [int(match[2], 16), int(match[3], 16)]


def facts_of(lines: Sequence[str]) -> Facts:
    """The figures that a boot log gives about memory."""
    facts = Facts()
    for line in lines:
        line_facts(line, facts)
    facts.update(zone_borders(lines))
    return facts


def log_pae(lines: Sequence[str], facts: Facts, kernel: str) -> bool | None:
    """Does a log's kernel have page tables of three levels? None: it does not tell."""
    for line in lines:
        if match := re.search(r"max_arch_pfn = 0x([0-9a-f]+)", line):
            return int(match[1], 16) > 1 << 20
        if "Use a PAE enabled kernel" in line or "only 4GB will be used" in line:
            return False
        if re.search(r"NX \(Execute Disable\) protection: active", line):
            return True
    return layout_pae(facts, kernel)


def layout_pae(facts: Facts, kernel: str) -> bool | None:
    """The same from pkmap's size, or from the kernel's name."""
    pkmap = facts.get("layout", {}).get("pkmap")
    if pkmap:
        return pkmap[1] - pkmap[0] == 512 * 4096
    if re.search(r"non-PAE", kernel, re.IGNORECASE):
        return False
    if re.search(r"\bPAE\b|[-.]pae\b|bigmem|HIGHMEM64G", kernel, re.IGNORECASE):
        return True
    return None


def release_of(text: str) -> tuple[int, ...] | None:
    """The first version in a text as three numbers; None: there is none."""
    match = re.search(r"\b([2-6])\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else None


def command_words(lines: Sequence[str]) -> list[str]:
    """The words of a log's command line that concern memory."""
    for line in lines:
        if match := re.match(r"Kernel command line: (.*)", line):
            return MEMORY_WORD.findall(match[1])
    return []


def read_log(text: Sequence[str]) -> Found:
    """A boot log."""
    lines, boots = last_boot([PREFIX.sub("", line.rstrip("\r\n")) for line in text])
    entries = map_entries(lines)
    source = next((name for name in ("BIOS-e820", "BIOS-provided", "e820", "BIOS-e801", "BIOS-88",
                                     "modified", "user") if name in entries), None)
    if source is None:
        raise MapError("no line of a memory map: `BIOS-e820: START - END (usable)` or the like")
    banner = next((match for line in lines if (match := RELEASE.search(line))), None)
    kernel = f"Linux {banner[1]}" if banner else "a kernel that does not say its version"
    facts = facts_of(lines)
    found = Found("boot log", source, checked(entries[source]), entries, kernel,
                  release_of(banner[1]) if banner else None, log_pae(lines, facts, kernel),
                  command_words(lines), facts, lines)
    if boots > 1:
        found.notes.append(f"the log has {boots} boots, the last one is taken")
    if source == "user":
        found.words = [word for word in found.words if not word.startswith(("mem=", "memmap="))]
        found.notes.append("the log has the map only as mem= and memmap= left it")
    return found
