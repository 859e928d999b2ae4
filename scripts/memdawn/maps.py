# SPDX-License-Identifier: GPL-2.0-only
"""Memory maps in the forms in which people have them, and what a kernel said about its own.

read() takes the text of
  a boot log       dmesg or syslog, Linux 2.4 to 3.x and later, any prefix in front of the lines
  a JSON object    "bios_e820": [[start, end, type], ...] and figures (tests/linux/machines)
  a JSON list      [[start, end, type], ...]
  /proc/iomem
  ranges           a line each: START-END [TYPE], START END [TYPE] or SIZE@START; the type is a
                   number or a word of a boot log (usable, reserved, ACPI data, ...), usable
                   where there is none; END is the byte behind the range, unless it ends in fff:
                   then it is the last one. Numbers: 0x100000, 1M, 1048576; 8 to 16 digits
                   are hexadecimal where one of the file's has a letter or begins with 0
"""

import dataclasses
import json
import re

RAM, RESERVED, ACPI, NVS, UNUSABLE = 1, 2, 3, 4, 5
TYPE_WORDS = {"usable": RAM, "ram": RAM, "system ram": RAM, "reserved": RESERVED,
              "acpi data": ACPI, "acpi tables": ACPI, "acpi nvs": NVS,
              "acpi non-volatile storage": NVS, "unusable": UNUSABLE, "unusable memory": UNUSABLE}
FIXADDR_TOP = 0xfffff000
MOST_BYTES = 64 << 20
LIMIT = 1 << 64

HEADERS = re.compile(r"(?:BIOS-provided|BIOS-supplied) physical (?:RAM|memory) map")
ENTRY = re.compile(
    r"(?P<who>BIOS-e820|BIOS-e801|BIOS-88|BIOS-provided|modified|user|e820):\s+(?:"
    r"\[mem 0x(?P<first>[0-9a-f]+)-0x(?P<last>[0-9a-f]+)\]|"
    r"(?P<start>[0-9a-f]{8,16}) - (?P<end>[0-9a-f]{8,16})|"
    r"(?P<size>[0-9a-f]{8,16}) @ (?P<at>[0-9a-f]{8,16}))\s+"
    r"(?:\((?P<word>[A-Za-z ]+)\)|type (?P<number>\d+)|(?P<bare>[A-Za-z][A-Za-z ]*))")
IOMEM = re.compile(r"^( *)([0-9a-f]{4,16})-([0-9a-f]{4,16}) : (.*)$")


class MapError(Exception):
    """A text holds no map; the message says what was looked for."""


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
    lines    -- a boot log's lines, without their prefixes
    notes    -- what the user should know
    """
    form: str
    source: str
    ranges: list
    maps: dict = dataclasses.field(default_factory=dict)
    kernel: str = ""
    release: tuple = None
    pae: bool = None
    words: list = dataclasses.field(default_factory=list)
    facts: dict = dataclasses.field(default_factory=dict)
    lines: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)


def type_number(word):
    """A type from its number or its word; what nobody knows is reserved."""
    word = word.strip().strip("()").lower()
    number = re.fullmatch(r"(?:type )?(\d{1,9})", word)
    return int(number[1]) if number else TYPE_WORDS.get(word, RESERVED)


def checked(ranges):
    """The ranges, unless one is none."""
    for start, end, kind in ranges:
        if not (0 <= start <= end <= LIMIT and 0 <= kind < 1 << 32 and end - start < LIMIT):
            raise MapError(f"{start:#x} - {end:#x}, type {kind}, is no range of physical memory")
    return ranges


# --- boot logs -----------------------------------------------------------------------------

PREFIX = re.compile(r"^(?:<\d+>)?"
                    r"(?:[A-Z][a-z]{2} +\d+ [\d:]{8} \S+ |\d{4}-\d\d-\d\dT\S+ \S+ )?"
                    r"(?:kernel: ?)?(?:<\d+>)?(?:\[ *\d+\.\d+\] ?)?(?:<\d+>)?")
RELEASE = re.compile(r"Linux version ((\d+)\.(\d+)(?:\.(\d+))?\S*)")
MEMORY_WORD = re.compile(r"\b(?:mem|memmap|highmem|vmalloc|kernelcore|movablecore)=[^\s,;)]+")


def last_boot(lines):
    """The last boot of a log that has several, and how many it has."""
    headers = [at for at, line in enumerate(lines) if HEADERS.search(line)]
    if len(headers) < 2:
        return lines, len(headers)
    banners = [at for at in range(headers[-2] + 1, headers[-1])
               if lines[at].startswith("Linux version ")]
    return lines[(banners or headers)[-1]:], len(headers)


def map_entries(lines):
    """The maps of a boot log: name to ranges."""
    found = {}
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


def integer(word):
    """A decimal number, zeros in front or not, or one with 0x."""
    return int(word, 16 if word.startswith("0x") else 10)


def pfn_range(text):
    """A zone's page frames from what stands behind its name; None where it is empty or no range."""
    match = re.match(r"\s+\[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\]", text)
    if match:
        return [int(match[1], 16) >> 12, (int(match[2], 16) + 1) >> 12]
    match = re.match(r"\s+(0x[0-9a-f]+|\d+) -> +(0x[0-9a-f]+|\d+)", text)
    return [integer(match[1]), integer(match[2])] if match else None


def zone_borders(lines):
    """zone_pfn_ranges and early_node_map of a boot log."""
    facts, zones, ranges, part = {}, {}, [], None
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
ZONE_LINES = [
    ("memmap_pages", re.compile(r"^\s+(\w+) zone: (\d+) pages used for memmap")),
    ("reserved_pages", re.compile(r"^\s+(\w+) zone: (\d+) pages reserved")),
    ("zone_pages", re.compile(r"^\s+(\w+) zone: (\d+) pages, LIFO batch:(\d+)")),
]


def line_facts(line, facts):
    """Adds what a line of a boot log says."""
    for name, pattern in NUMBERS:
        if name not in facts and (match := re.match(pattern, line)):
            facts[name] = integer(match[1])
    for name, pattern in ZONE_LINES:
        if match := pattern.match(line):
            value = [int(number) for number in match.groups()[1:]]
            facts.setdefault(name, {})[match[1]] = value if len(value) > 1 else value[0]
    if (match := ZONE_24.match(line)) and int(match[1]) < len(ZONE_NAMES):
        facts.setdefault("zone_pages", {})[ZONE_NAMES[int(match[1])]] = [int(match[2])]
    if match := MEMORY.match(line):
        names = ("available", "total", "code", "reserved", "data", "init", "highmem")
        facts["memory_kb"] = {name: int(value) for name, value in zip(names, match.groups())
                              if value is not None}
    if match := WINDOW.match(line):
        facts.setdefault("layout", {})[match[1]] = [int(match[2], 16), int(match[3], 16)]


def facts_of(lines):
    """The figures that a boot log gives about memory."""
    facts = {}
    for line in lines:
        line_facts(line, facts)
    facts.update(zone_borders(lines))
    return facts


def log_pae(lines, facts, kernel):
    """Does a log's kernel have page tables of three levels? None: it does not tell."""
    for line in lines:
        if match := re.search(r"max_arch_pfn = 0x([0-9a-f]+)", line):
            return int(match[1], 16) > 1 << 20
        if "Use a PAE enabled kernel" in line or "only 4GB will be used" in line:
            return False
        if re.search(r"NX \(Execute Disable\) protection: active", line):
            return True
    return layout_pae(facts, kernel)


def layout_pae(facts, kernel):
    """The same from pkmap's size, or from the kernel's name."""
    pkmap = facts.get("layout", {}).get("pkmap")
    if pkmap:
        return pkmap[1] - pkmap[0] == 512 * 4096
    if re.search(r"non-PAE", kernel, re.IGNORECASE):
        return False
    if re.search(r"\bPAE\b|[-.]pae\b|bigmem|HIGHMEM64G", kernel, re.IGNORECASE):
        return True
    return None


def release_of(text):
    """The first version in a text as three numbers; None: there is none."""
    match = re.search(r"\b([2-6])\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else None


def command_words(lines):
    """The words of a log's command line that concern memory."""
    for line in lines:
        if match := re.match(r"Kernel command line: (.*)", line):
            return MEMORY_WORD.findall(match[1])
    return []


def read_log(lines):
    """A boot log."""
    lines, boots = last_boot([PREFIX.sub("", line.rstrip("\r\n")) for line in lines])
    entries = map_entries(lines)
    source = next((name for name in ("BIOS-e820", "BIOS-provided", "e820", "BIOS-e801", "BIOS-88",
                                     "modified", "user") if name in entries), None)
    if source is None:
        raise MapError("no line of a memory map: `BIOS-e820: START - END (usable)` or the like")
    banner = next((match for line in lines if (match := RELEASE.search(line))), None)
    kernel = f"Linux {banner[1]}" if banner else "a kernel that does not say its version"
    facts = facts_of(lines)
    found = Found("boot log", source, checked(entries[source]), entries, kernel,
                  banner and release_of(banner[1]), log_pae(lines, facts, kernel),
                  command_words(lines), facts, lines)
    if boots > 1:
        found.notes.append(f"the log has {boots} boots, the last one is taken")
    if source == "user":
        found.words = [word for word in found.words if not word.startswith(("mem=", "memmap="))]
        found.notes.append("the log has the map only as mem= and memmap= left it")
    return found


# --- JSON ----------------------------------------------------------------------------------

def range_list(value, what):
    """[[start, end, type], ...] as ranges."""
    if not isinstance(value, list) or not all(
            isinstance(entry, list) and len(entry) == 3 and
            all(isinstance(part, int) and not isinstance(part, bool) for part in entry)
            for entry in value):
        raise MapError(f"{what} is no list of [start, end, type]")
    return checked([tuple(entry) for entry in value])


def json_facts(record):
    """The figures of a record, without zones that are empty."""
    facts = {name: record[name] for name in FACT_NAMES if name in record}
    zones = facts.get("zone_pfn_ranges")
    if zones:
        facts["zone_pfn_ranges"] = {name: list(borders) for name, borders in zones.items()
                                    if borders[0] < borders[1]}
    return facts


FACT_NAMES = ("last_pfn", "highmem_mb", "lowmem_mb", "zone_pfn_ranges", "early_node_map",
              "totalpages", "memmap_pages", "reserved_pages", "zone_pages", "total_pages",
              "memory_kb", "layout")


def read_json(text):
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
    words = record.get("memory_args") or MEMORY_WORD.findall(kernel)
    return Found("JSON", source, maps[source], maps, kernel, release_of(kernel), pae,
                 [str(word) for word in words], facts)


# --- /proc/iomem and lists ------------------------------------------------------------------

def read_iomem(matches):
    """/proc/iomem: what stands at the outermost level and has a name of the memory map."""
    ranges = []
    for match in matches:
        if not match[1] and match[4].strip().lower() in TYPE_WORDS:
            ranges.append((int(match[2], 16), int(match[3], 16) + 1, type_number(match[4])))
    if not any(start or end > 1 for start, end, _ in ranges):
        raise MapError("/proc/iomem without addresses: read it as root")
    return Found("/proc/iomem", "System RAM and reserved ranges", checked(ranges))


NUMBER = r"(0x[0-9a-f]+|\d+[kmgt]?|[0-9a-f]{8,16})(?![0-9a-z])"
RANGE = re.compile(rf"^\s*\[?(?:mem )?{NUMBER}\s*(?:-|\s|\.\.)\s*{NUMBER}\]?\s*[:,]?\s*(.*?)\s*$",
                   re.IGNORECASE)
SIZE_AT = re.compile(rf"^\s*(?:memmap=)?{NUMBER}([@#$]){NUMBER}\s*$", re.IGNORECASE)
AT_TYPES = {"@": RAM, "#": ACPI, "$": RESERVED}
UNITS = {"k": 10, "m": 20, "g": 30, "t": 40}


def is_bare_hex(word):
    """Must a number without 0x be hexadecimal?"""
    return re.fullmatch(r"(?=.*[a-f]|0)[0-9a-f]{8,16}", word.lower()) is not None


def number_of(word, bare_hex):
    """A number as people write it; bare_hex: those of 8 and more digits are hexadecimal."""
    word = word.lower()
    if word.startswith("0x"):
        return int(word, 16)
    if word[-1] in UNITS:
        return int(word[:-1]) << UNITS[word[-1]]
    return int(word, 16) if bare_hex and len(word) >= 8 else int(word)


def read_ranges(lines):
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


def read(text):
    """What a text holds. Raises MapError where it holds no map."""
    if len(text) > MOST_BYTES:
        raise MapError(f"{len(text)} characters, at most {MOST_BYTES} are read")
    if re.match(r"\s*(?:\{|\[(?!mem ))", text):
        try:
            return read_json(text)
        except MapError:
            if not ENTRY.search(text):      # a log may begin with [    0.000000]
                raise
    lines = text.splitlines()
    if ENTRY.search(text) or HEADERS.search(text) or RELEASE.search(text):
        return read_log(lines)
    iomem = [match for line in lines if (match := IOMEM.match(line))]
    if iomem:
        return read_iomem(iomem)
    return read_ranges(lines)
