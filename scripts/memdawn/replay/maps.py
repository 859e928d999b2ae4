# SPDX-License-Identifier: GPL-2.0-only
"""Memory maps in the forms in which people have them, and what a kernel said about its own.

read() takes the bytes or the text of
  a boot log       dmesg, syslog or journal, Linux 2.4.0 to 6.12, in any dress (memdawn.text.reader,
                   memdawn.logs.undress)
  a JSON object    "bios_e820": [[start, end, type], ...] and figures (tests/linux/machines)
  a JSON list      [[start, end, type], ...]
  /proc/iomem      indented, quoted or numbered
  ranges           a line each: START-END [TYPE], START END [TYPE] or SIZE@START; the type is a
                   number or a word of a boot log (usable, reserved, ACPI data, ...), usable
                   where there is none; END is the byte behind the range, unless it ends in fff:
                   then it is the last one. Numbers: 0x100000, 1M, 1048576; 8 to 16 digits
                   are hexadecimal where one of the file's has a letter or begins with 0
"""

import json
import re
from collections.abc import Sequence
from typing import cast

from memdawn.logs.undress import undress
from memdawn.logs.which_boot import NoSuchBoot
from memdawn.model.e820 import ACPI, RAM, RESERVED, Range
from memdawn.replay.boot_logs import layout_pae, memory_words, read_log, release_of
from memdawn.replay.found import FACT_NAMES, TYPE_WORDS, Facts, Found, MapError, checked, type_number
from memdawn.text import reader

MOST_BYTES = reader.MOST_BYTES

# Text that is meant as JSON: what comes after its first bracket is no time stamp.
JSON_START = re.compile(r'\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:[\[\]{"]|\Z|-?\d+\s*[,\]]))')
IOMEM = re.compile(r"^(.{0,80}?)( {0,40})\b([0-9a-f]{4,16})-([0-9a-f]{4,16}) : (.*)$")


# --- JSON ----------------------------------------------------------------------------------

def range_list(value: object, what: str) -> list[Range]:
    """[[start, end, type], ...] as ranges."""
    if not isinstance(value, list) or not all(
            isinstance(entry, list) and len(entry) == 3 and
            all(isinstance(part, int) and not isinstance(part, bool) for part in entry)
            for entry in value):
        raise MapError(f"{what} is no list of [start, end, type]")
    return checked([(start, end, kind) for start, end, kind in value])


def json_facts(record: dict[str, object]) -> Facts:
    """The figures of a record, without zones that are empty."""
    facts = cast(Facts, {name: record[name] for name in FACT_NAMES if name in record})
    zones = facts.get("zone_pfn_ranges")
    if zones:
        facts["zone_pfn_ranges"] = {name: list(borders) for name, borders in zones.items()
                                    if borders[0] < borders[1]}
    return facts


def read_json(text: str) -> Found:
    """A record of tests/linux/machines, or a list of ranges."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MapError(f"looks like JSON, but: {error}") from error
    if isinstance(record, list):
        return Found("JSON", "list of ranges", range_list(record, "the list"))
    maps = {name: range_list(record[key], key) for name, key in
            (("BIOS-e820", "bios_e820"), ("modified", "modified"), ("user", "user"))
            if key in record}
    source = next(iter(maps), None)
    if source is None:
        raise MapError("no bios_e820, modified or user in the JSON object")
    kernel = str(record.get("kernel", ""))
    try:
        facts = json_facts(record)
        pae = layout_pae(facts, kernel)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise MapError(f"the JSON object's figures are not understood: {error!r}") from error
    words = record.get("memory_args") or memory_words(kernel)
    return Found("JSON", source, maps[source], maps, kernel, release_of(kernel), pae,
                 [str(word) for word in words], facts)


# --- /proc/iomem and lists ------------------------------------------------------------------

def read_iomem(matches: Sequence[re.Match[str]]) -> Found:
    """/proc/iomem: what stands at the outermost level and has a name of the memory map."""
    outermost = min(len(match[2]) for match in matches)
    ranges = []
    for match in matches:
        if len(match[2]) == outermost and match[5].strip().lower() in TYPE_WORDS:
            ranges.append((int(match[3], 16), int(match[4], 16) + 1, type_number(match[5])))
    if not any(start or end > 1 for start, end, _ in ranges):
        raise MapError("/proc/iomem without addresses: read it as root")
    return Found("/proc/iomem", "System RAM and reserved ranges", checked(ranges))


NUMBER = r"(0x[0-9a-f]+|\d+[kmgt]?|[0-9a-f]{8,16})(?![0-9a-z])"
RANGE = re.compile(rf"^\s*\[?(?:mem )?{NUMBER}\s*(?:-|\s|\.\.)\s*{NUMBER}\]?\s*[:,]?\s*(.*?)\s*$",
                   re.IGNORECASE)
SIZE_AT = re.compile(rf"^\s*(?:memmap=)?{NUMBER}([@#$]){NUMBER}\s*$", re.IGNORECASE)
AT_TYPES = {"@": RAM, "#": ACPI, "$": RESERVED}
UNITS = {"k": 10, "m": 20, "g": 30, "t": 40}


def is_bare_hex(word: str) -> bool:
    """Must a number without 0x be hexadecimal?"""
    return re.fullmatch(r"(?=.*[a-f]|0)[0-9a-f]{8,16}", word.lower()) is not None


def number_of(word: str, bare_hex: bool) -> int:
    """A number as people write it; bare_hex: those of 8 and more digits are hexadecimal."""
    word = word.lower()
    if word.startswith("0x"):
        return int(word, 16)
    if word[-1] in UNITS:
        return int(word[:-1]) << UNITS[word[-1]]
    return int(word, 16) if bare_hex and len(word) >= 8 else int(word)


def read_ranges(lines: Sequence[str]) -> Found:
    """A list of ranges."""
    parts = []
    for number, line in enumerate(lines, 1):
        line = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if not line:
            continue
        if match := SIZE_AT.match(line):
            parts.append((match[3], match[1], AT_TYPES[match[2]], True))
        elif match := RANGE.match(line):
            parts.append((match[1], match[2], type_number(match[3] or "usable"), False))
        else:
            raise MapError(f"line {number} is neither of a boot log, of /proc/iomem nor a range: "
                           f"{line[:60]!r}")
    if not parts:
        raise MapError("there is no map in it, and nothing else")
    bare_hex = any(is_bare_hex(word) for part in parts for word in part[:2])
    ranges = []
    for first, second, kind, is_size in parts:
        start, other = number_of(first, bare_hex), number_of(second, bare_hex)
        end = start + other if is_size else other + (other & 0xfff == 0xfff)
        ranges.append((start, end, kind))
    return Found("ranges", "list of ranges", checked(ranges))


def read(source: str | bytes, boot: int | None = None) -> Found:
    """What a text holds; boot: which one, if it is a log of several, from 1 on. Raises MapError where
    it holds no map."""
    notes: list[str] = []
    try:
        text = reader.plain_text(source if isinstance(source, bytes) else
                                 source.encode("utf-8", "surrogatepass"), notes)
    except reader.TextError as error:
        raise MapError(str(error)) from error
    wrong_json = None
    if JSON_START.match(text):
        try:
            return read_json(text)
        except MapError as error:
            wrong_json = error              # unless a log begins in this way
    lines = reader.lines_of(text)
    known = undress(lines)
    if any(line.kind for line in known):
        try:
            return read_log(known, boot, notes)
        except NoSuchBoot as error:
            raise MapError(str(error)) from error
    if wrong_json:
        raise wrong_json
    iomem = [match for line in lines if (match := IOMEM.match(line))]
    return read_iomem(iomem) if iomem else read_ranges(lines)
