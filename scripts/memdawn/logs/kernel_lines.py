# SPDX-License-Identifier: GPL-2.0-only
"""The lines of Linux's boot log that say something about memory, from 2.4.0 on: how each begins, and
when it is whole. What stands before such a beginning is no part of the line, whatever it is."""

import dataclasses
import re

ZONE_NAMES = "DMA32|DMA|Normal|HighMem|Movable"
NUMBER = r"(?:0x[0-9a-f]+|\d+)"
RANGE = rf"(?:\s+{NUMBER}\s*->\s*{NUMBER}|\s+\[mem 0x[0-9a-f]+-0x[0-9a-f]+\]|\s+empty)"

# A map's name: the firmware's call (BIOS-e820), who else made it (Xen), or what became of it.
WHO = r"BIOS-\w+|modified|user|e820|[Xx]en|extended|reserve setup_data|[A-Za-z][\w/-]*"
ENTRY = re.compile(
    rf"(?P<who>{WHO}):\s*(?:"
    r"\[mem 0x(?P<first>[0-9a-f]+)-0x(?P<last>[0-9a-f]+)\]|"
    r"(?P<start>[0-9a-f]{8,16})\s*-\s*(?P<end>[0-9a-f]{8,16})(?![0-9a-z])|"
    r"(?P<size>[0-9a-f]{8,16})\s*@\s*(?P<at>[0-9a-f]{8,16})(?![0-9a-z]))\s*"
    r"(?:\((?P<word>[A-Za-z ]+)\)|type (?P<number>\d+)|(?P<bare>[A-Za-z][A-Za-z ]*))")
MAP_HEADER = re.compile(r"(?:e820: )?BIOS-(?:provided|supplied) physical (?:RAM|memory) map")
BANNER = re.compile(r"Linux version ((\d+)\.(\d+)(?:\.(\d+))?\S*)")


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of line.

    name   -- for messages
    start  -- how it begins
    whole  -- the whole of it, up to where nothing more is needed
    indent -- the blanks that the kernel prints in front of it
    """
    name: str
    start: str
    whole: re.Pattern[str]
    indent: int = 0


def kind(name: str, start: str, rest: str = "", indent: int = 0) -> Kind:
    """A kind of line whose beginning and rest make the whole of it."""
    return Kind(name, start, re.compile(start + rest), indent)


KINDS = [
    kind("banner", r"Linux version \d+\.\d+\S* \("),
    kind("map", MAP_HEADER.pattern),
    kind("other map", r"(?:e820: )?(?:user-defined|modified|extended) physical RAM map"),
    kind("change of the map", r"e820:? (?:update|remove|reserve)(?: range:)? "),
    Kind("map entry", r"(?:BIOS-(?:e820|e801|88|EFI)|modified|user|[Xx]en|extended|reserve setup_data):"
                      r"\s*(?:\[mem\b|\[?$|[0-9a-f]{4,16}\b)|"
                      rf"(?:{WHO}):\s*(?:\[mem 0x[0-9a-f]{{8,16}}-0x[0-9a-f]{{8,16}}\] |"
                      r"[0-9a-f]{16} [-@] [0-9a-f]{16} )(?=[(a-zA-Z])", ENTRY, 1),
    kind("last_pfn", rf"(?:e820: )?last_pfn = {NUMBER}", rf" max_arch_pfn = {NUMBER}"),
    kind("HIGHMEM and LOWMEM", r"(?<!\d)\d+MB (?:HIGHMEM|LOWMEM) available\b"),
    kind("limit", r"Warning only \d+[MG]B will be used|Use a (?:PAE|HIGHMEM) enabled kernel"),
    kind("lost RAM", r"WARNING: BIOS bug: CPU MTRRs don't cover"),
    kind("heading", r"Zone (?:PFN )?ranges:|Movable zone start|early_node_map\[\d+\] active PFN ranges|"
                    r"Early memory node ranges|virtual kernel memory layout:"),
    kind("zone's range", rf"(?:{ZONE_NAMES})(?=\s+(?:0x[0-9a-f]|\d+\s*->|\[mem\b|empty))", RANGE, 2),
    kind("node's range", rf"(?:node +)?(?<!\d)\d+:(?=\s*{NUMBER}\s*->|\s*\[mem 0x)", RANGE.replace(
        r"\s+", r"\s*", 2), 4),
    kind("totalpages", r"On node \d+ totalpages: \d+"),
    kind("holes", r"On node \d+, zone \w+: \d+ pages in unavailable ranges"),
    kind("zone's pages", rf"(?:{ZONE_NAMES}) zone: \d+ pages", r"(?:, LIFO batch:\d+| used for memmap| reserved)",
         2),
    kind("zone's pages", r"zone\(\d\): \d+ pages\."),
    kind("zonelists", r"Built \d+ zonelists", r"(?:$|(?=.*Total pages: \d+))"),
    kind("command line", r"(?:Kernel command|\bCommand) line:"),
    kind("unknown parameters", r"Unknown kernel command line parameters"),
    kind("Memory", r"Memory: \d+[kK]/\d+[kK]\b", r" available \(.*\)"),
    kind("window", r"(?:fixmap|cpu_entry|pkmap|vmalloc|lowmem)\s*: 0x[0-9a-f]+\b", r" - 0x[0-9a-f]{8}", 4),
    kind("section", r"\.(?:init|data|text)\s*: 0x[0-9a-f]+\b", r" - 0x[0-9a-f]{8}", 6),
    kind("node", r"Shrinking node \d+ |Reserving \d+ pages of KVA|Reserving total of \d+ pages|fixmapspace = "),
    kind("hash table", r"[\w-]+(?: cache)? hash table entries: \d+"),
    kind("reserved addresses", r"Reserving virtual address space above"),
    kind("NX", r"NX \(Execute Disable\) protection: active"),
    kind("direct mapping", r"init_memory_mapping: ?\S|kernel direct mapping tables up to"),
    kind("CPU", r"Initializing CPU#\d|mapped APIC to |Found and enabled local APIC|Detected [\d.]+ MHz"),
    kind("WP bit", r"Checking if this processor honours the WP bit even in supervisor mode"),
]
START = re.compile("|".join(f"(?P<k{place}>{kind.start})" for place, kind in enumerate(KINDS)))

# Each line of a kind has one of these in it: a line without any needn't be looked at closely.
HINT = re.compile(r"Linux v|physical |e820|BIOS-|modified|user|[Xx]en|setup_data|_pfn|MEM av|will be used|"
                  r"enabled |MTRRs|[Zz]one|early_node|Early mem|layout|DMA|Normal|HighMem|Movable|->|node |"
                  r"On node|zonelists|ommand line|Memory:|fixmap|cpu_entry|pkmap|vmalloc|lowmem|\.init|"
                  r"\.data|\.text|Reserving|hash table|NX |direct|init_memory|CPU#|APIC|Detected|WP bit|\[mem|"
                  r"[0-9a-f]{16}")


def kind_of(match: re.Match[str]) -> Kind:
    """The kind of a match of START."""
    return KINDS[int((match.lastgroup or "k0")[1:])]


def indent_of(kind_found: Kind, text: str) -> int:
    """The blanks that the kernel printed in front of a line of this kind: the new forms have fewer."""
    if kind_found.name == "map entry":
        return 0 if "[mem" in text else 1
    return 2 if text.startswith("node ") else kind_found.indent
