# SPDX-License-Identifier: GPL-2.0-only
"""The lines of Linux's boot log that say something about memory, from 2.4.0 on: how each begins, and
when it is whole. What stands before such a beginning is no part of the line, whatever it is."""

import dataclasses
import re

ZONE_NAMES = "DMA32|DMA|Normal|HighMem|Movable"
NUMBER = r"(?:0x[0-9a-f]+|\d+)"
RANGE = rf"(?:\s+{NUMBER}\s*->\s*{NUMBER}|\s+\[mem 0x[0-9a-f]+-0x[0-9a-f]+\]|\s+empty)"

# A map's name: the firmware's call (BIOS-e820), who else made it (Xen), or what became of it; any other
# word in the old form.
KNOWN_WHO = r"BIOS-\w+|modified|user|e820|[Xx]en|extended|reserve setup_data"
OTHER_WHO = r"(?<![\w/-])(?!kernel\b|range\b)[A-Za-z][\w/-]*"
TYPES = r"(?:usable|reserved|unusable|ACPI data|ACPI NVS|type \d+)"
ENTRY = re.compile(
    rf"(?P<who>{KNOWN_WHO}|{OTHER_WHO}):\s*(?:"
    r"\[mem 0x(?P<first>[0-9a-f]+)-0x(?P<last>[0-9a-f]+)\]|"
    r"(?P<start>[0-9a-f]{8,16})\s*-\s*(?P<end>[0-9a-f]{8,16})(?![0-9a-z])|"
    r"(?P<size>[0-9a-f]{8,16})\s*@\s*(?P<at>[0-9a-f]{8,16})(?![0-9a-z]))\s*"
    r"(?:\((?P<word>[A-Za-z ]+)\)|type (?P<number>\d+)|(?P<bare>[A-Za-z][A-Za-z ]*))")
# The first line of what a ring buffer still had: its beginning, the map's name, is lost.
NAMELESS = re.compile(rf"(?<![\w:-])(?<!: )(?P<start>[0-9a-f]{{16}}) - (?P<end>[0-9a-f]{{16}}) "
                      rf"\((?P<word>{TYPES})\)")
SURE_ENTRY = re.compile(rf"[\w -]+:\s*(?:\[mem 0x[0-9a-f]{{8,16}}-0x[0-9a-f]{{8,16}}\]\s+{TYPES}\b|"
                        rf"[0-9a-f]{{16}} [-@] [0-9a-f]{{16}} \({TYPES}\))")
MAP_HEADER = re.compile(r"(?:e820: )?BIOS-(?:provided|supplied) physical (?:RAM|memory) map")
BANNER = re.compile(r"Linux version ((\d+)\.(\d+)(?:\.(\d+))?\S*)")
MEMORY_PART = r"\d+[kK] (?:kernel code|reserved|absent|data|init|highmem|rwdata|rodata|bss|cma-reserved)"
SURE_MEMORY = re.compile(rf"Memory: \d+[kK]/\d+[kK] available \((?:{MEMORY_PART}, )*{MEMORY_PART}\)")


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of line.

    name   -- for messages
    start  -- how it begins
    whole  -- the whole of it, up to where nothing more is needed
    indent -- the blanks that the kernel prints in front of it
    sure   -- the whole of it, beyond doubt: where a line can be put together in two ways
    """
    name: str
    start: str
    whole: re.Pattern[str]
    indent: int = 0
    sure: re.Pattern[str] | None = None


def kind(name: str, start: str, rest: str = "", indent: int = 0) -> Kind:
    """A kind of line whose beginning and rest make the whole of it."""
    return Kind(name, start, re.compile(start + rest), indent)


KINDS = [
    kind("banner", r"Linux version \d+\.\d+\S* \("),
    kind("map", MAP_HEADER.pattern),
    kind("other map", r"(?:e820: )?(?:user-defined|modified|extended) physical RAM map"),
    Kind("change of the map", r"e820:? (?:update|remove|reserve)(?: range:)? ", re.compile(
        r"e820:? (?:(?:update|reserve)(?: range:)? .*==> \(?[a-z]|remove(?: range:)? .*\(?usable)")),
    Kind("map entry", r"(?:BIOS-(?:e820|e801|88|EFI)|modified|user|[Xx]en|extended|reserve setup_data):"
                      r"\s*(?:\[mem\b|\[?$|[0-9a-f]{4,16}\b)|"
                      rf"{OTHER_WHO}: [0-9a-f]{{16}} [-@] [0-9a-f]{{16}} (?=\({TYPES}\))", ENTRY, 1, SURE_ENTRY),
    Kind("map entry", r"(?<![\w:-])(?<!: )[0-9a-f]{16} - [0-9a-f]{16} " rf"\({TYPES}\)(?! ==)", NAMELESS, 1),
    kind("last_pfn", rf"(?:e820: )?last_pfn = {NUMBER}", rf" max_arch_pfn = {NUMBER}"),
    kind("HIGHMEM and LOWMEM", r"(?<!\d)\d+MB (?:HIGHMEM|LOWMEM) available\b"),
    kind("limit", r"Warning only \d+[MG]B will be used|Use a (?:PAE|HIGHMEM) enabled kernel"),
    kind("lost RAM", r"WARNING: BIOS bug: CPU MTRRs don't cover"),
    kind("heading", r"Zone (?:PFN )?ranges:|Movable zone start|early_node_map\[\d+\] active PFN ranges|"
                    r"Early memory node ranges|virtual kernel memory layout:"),
    kind("zone's range", rf"(?:{ZONE_NAMES})(?=\s+(?:0x[0-9a-f]|\d+\s*->|\[mem\b|empty))", RANGE, 2),
    Kind("node's range", rf"node +\d+:(?=\s*\[mem 0x)|(?<!\d)\d+:(?=\s*{NUMBER}\s*->)",
         re.compile(rf"(?:node +)?\d+:\s*(?:{NUMBER}\s*->\s*{NUMBER}|\[mem 0x[0-9a-f]+-0x[0-9a-f]+\])"), 4),
    kind("totalpages", r"On node \d+ totalpages: \d+"),
    kind("holes", r"On node \d+, zone \w+: \d+ pages in unavailable ranges"),
    kind("zone's pages", rf"(?:{ZONE_NAMES}) zone: \d+ pages", r"(?:, LIFO batch:\d+| used for memmap| reserved)",
         2),
    kind("zone's pages", r"zone\(\d\): \d+ pages\."),
    Kind("zonelists", r"Built \d+ zonelists", re.compile(r"Built \d+ zonelists(?:$|(?=.*Total pages: \d+))"),
         sure=re.compile(r"Built \d+ zonelists.*Total pages: \d+")),
    kind("command line", r"(?:Kernel command|\bCommand) line:"),
    kind("unknown parameters", r"Unknown kernel command line parameters"),
    Kind("Memory", r"Memory: \d+[kK]/\d+[kK]\b", re.compile(r"Memory: \d+[kK]/\d+[kK] available \(.*\)"),
         sure=SURE_MEMORY),
    kind("window", r"(?:fixmap|cpu_entry|pkmap|vmalloc|lowmem)\s*: 0x[0-9a-f]+\b", r" - 0x[0-9a-f]{8}", 4),
    kind("section", r"\.(?:init|data|text)\s*: 0x[0-9a-f]+\b", r" - 0x[0-9a-f]{8}", 6),
    kind("node", r"Shrinking node \d+ |Reserving \d+ pages of KVA|Reserving total of \d+ pages|fixmapspace = "),
    kind("hash table", r"(?<![\w-])[\w-]{1,24}(?: cache)? hash table entries: \d+"),
    kind("reserved addresses", r"Reserving virtual address space above"),
    kind("NX", r"NX \(Execute Disable\) protection: active"),
    kind("direct mapping", r"init_memory_mapping: ?\S|kernel direct mapping tables up to"),
    kind("CPU", r"Initializing CPU#\d|mapped APIC to |Found and enabled local APIC|Detected [\d.]+ MHz"),
    kind("WP bit", r"Checking if this processor honours the WP bit even in supervisor mode"),
]
START = re.compile("|".join(f"(?P<k{place}>{kind.start})" for place, kind in enumerate(KINDS)))

# Each line of a kind has one of these in it: a line without any needn't be looked at closely.
HINTS = ("Linux v", "physical ", "e820", "BIOS-", "modified:", "user:", "en:", "setup_data", "00000", "[mem",
         "_pfn", "MEM av", "will be used", "enabled kernel", "MTRRs", "one", "early_node", "Early mem", "layout",
         "DMA", "Normal", "HighMem", "->", "node ", "ommand line", "Memory:", "fixmap", "cpu_entry", "pkmap",
         "vmalloc", "lowmem", ".init", ".data", ".text", "Reserving", "hash table", "NX ", "direct mapping",
         "init_memory", "CPU#", "APIC", "Detected", "WP bit")


def may_be_known(line: str) -> bool:
    """Is it worth while to look for a known line in this one?"""
    return any(hint in line for hint in HINTS)


def kind_of(match: re.Match[str]) -> Kind:
    """The kind of a match of START."""
    return KINDS[int((match.lastgroup or "k0")[1:])]


def indent_of(kind_found: Kind, text: str) -> int:
    """The blanks that the kernel printed in front of a line of this kind: the new forms have fewer."""
    if kind_found.name == "map entry":
        return 0 if "[mem" in text else 1
    return 2 if text.startswith(("node ", "cpu_entry")) else kind_found.indent
