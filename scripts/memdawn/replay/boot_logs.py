# SPDX-License-Identifier: GPL-2.0-only
"""Boot logs, Linux 2.4.0 to 6.12: what kernel that was, its map, and the figures that it gives."""

import re
from collections.abc import Sequence

from memdawn.logs import read as logs
from memdawn.logs.kernel_lines import BANNER
from memdawn.logs.undress import MEMORY_WORD, Line, texts_of
from memdawn.model.e820 import FOUR_GIB, RAM
from memdawn.replay import entries
from memdawn.replay.facts import facts_of
from memdawn.replay.found import Facts, Found, MapError, checked
from memdawn.visible import visible

PAGES_4G = FOUR_GIB >> 12
MIB_64 = 64 << 20
MOST_NOTES = 8


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


def sums_say_4g(found: Found) -> bool:
    """Did the kernel end at 4 GiB, or with the last RAM below, on a map that has more? Before 2.6.19
    its pages were all up to there, holes too; sums of MB have lost up to 2 MB."""
    facts, old = found.facts, (found.release or (9,)) < (2, 6, 19)
    ends = [end for _, end, kind in found.ranges if kind == RAM]
    borders = [PAGES_4G, max((end for end in ends if end <= FOUR_GIB), default=0) >> 12]
    sums = [facts["highmem_mb"] + facts["lowmem_mb"] << 8
            if "highmem_mb" in facts and "lowmem_mb" in facts else None,
            facts.get("memory_kb", {}).get("total", 0) >> 2 if (found.release or (9,)) < (3, 11) else None,
            facts.get("totalpages") if old else None,
            facts.get("zone_pfn_ranges", {}).get("HighMem", [0, 0])[1]]
    known = [pages for pages in sums if pages]
    return max(ends, default=0) > FOUR_GIB + MIB_64 and bool(known) and all(
        any(0 <= border - pages < 512 for border in borders) for pages in known)


def sixty_four_bits(lines: Sequence[str], facts: Facts) -> str | None:
    """What shows that a log is one of x86_64; None: nothing does."""
    for line in lines:
        match = re.search(r"max_arch_pfn = 0x([0-9a-f]+)", line)
        if match and int(match[1], 16) >= 0x100000000:
            return match[0]
        if match := re.match(r"Linux version \S*(?:amd64|x86_64)\S*|end_pfn_map = \d+|"
                             r"Entering add_active_range\(.*\) \d+ entries of 3200 used", line):
            return match[0]
    if facts.get("zone_pages", {}).get("DMA32", [0])[0]:
        return f"its zone DMA32 has {facts['zone_pages']['DMA32'][0]} pages"
    if "DMA32" in facts.get("zone_pfn_ranges", {}):
        return "it has a zone DMA32"
    return None


def release_of(text: str) -> tuple[int, ...] | None:
    """The first version in a text as three numbers; None: there is none."""
    match = re.search(r"\b([2-9])\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else None


# (what a log without its banner has, what it hasn't, a release that prints so, the releases that do)
FORMS: list[tuple[str, str, tuple[int, ...], str]] = [
    (r"zone\(\d\): \d+ pages\.", "", (2, 4, 20), "2.4"),
    (r"\s+Normal zone: \d+ pages, LIFO batch:\d+$", r"\s+\w+ zone: \d+ pages used for memmap",
     (2, 6, 16), "2.6.0 to 2.6.18"),
    (r"\s+DMA +0 -> +4096", "", (2, 6, 24), "2.6.19 to 2.6.26"),
    (r"\s+DMA +0x0+ -> 0x00001000", "", (2, 6, 30), "2.6.27 to 2.6.33"),
    (r"BIOS-e820: \[mem ", r"\s+Normal zone: \d+ pages", (6, 1, 0), "5.x and 6.x"),
    (r"Memory: \d+K/\d+K", "", (4, 9, 0), "3.11 to 4.18"), (r"BIOS-e820: \[mem ", "", (3, 5, 0), "3.5 to 3.8"),
]


def release_by_form(lines: Sequence[str]) -> tuple[tuple[int, ...], str] | None:
    """A release that prints such lines, and which those are; None: these may be of any."""
    batches = [match for line in lines if (match := re.match(r"\s+(\w+) zone: \d+ pages, LIFO batch:(\d+)", line))]
    for has, has_not, release, name in FORMS:
        if any(re.match(has, line) for line in lines) and not (
                has_not and any(re.match(has_not, line) for line in lines)):
            if release == (2, 6, 16) and any(match[1] == "DMA" and match[2] == "1" for match in batches):
                early = any(int(match[2]) & int(match[2]) + 1 for match in batches)     # no 2^n - 1
                return ((2, 6, 9), "2.6.0 to 2.6.11") if early else ((2, 6, 13), "2.6.12 to 2.6.14")
            return release, name
    return None


def memory_words(text: str) -> list[str]:
    """The words of a command line that concern memory; memmap= may have several values."""
    words = []
    for word in MEMORY_WORD.findall(text):
        name, _, values = word.rstrip(",.").partition("=")
        if name == "crashkernel":
            continue
        parts = values.split(",") if name == "memmap" else [values]
        words += [f"{name}={part}" for part in parts if part]
    return words


def command_words(lines: Sequence[str]) -> list[str]:
    """The same of a log's command line."""
    said = {match[1] or "": match[2] for line in lines
            if (match := re.match(r"(Kernel c|C)ommand line: ?(.*)", line))}
    text = said.get("Kernel c") or said.get("C") or ""
    return memory_words(text)


def unread(lines: Sequence[Line]) -> list[str]:
    """Which known lines have lost their end."""
    cut = [line for line in lines if line.kind and not line.whole]
    notes = [f"line {line.number} is cut, what it says is not compared: {visible(line.text.strip())[:100]}"
             for line in cut[:MOST_NOTES]]
    return notes + ([f"{len(cut) - MOST_NOTES} more lines are cut"] if len(cut) > MOST_NOTES else [])


def take_map(found: Found, lines: Sequence[Line]) -> None:
    """The map that is replayed: the firmware's, or what is left of it. Raises MapError."""
    source = entries.source_of(found.maps)
    if source is None or entries.cut_at_start(lines, found.maps, source):
        ranges = entries.from_node_map(found.facts)
        if ranges:
            found.source, found.ranges = "early_node_map", checked(ranges)
            del found.facts["early_node_map"]
            found.notes.append("the log has lost the beginning of the firmware's map: RAM is taken from "
                               "the lines early_node_map, which are therefore not compared")
            return
        if source is None:
            first = next((visible(line.text.strip())[:60] for line in lines if line.kind), "nothing known")
            raise MapError("no line of a memory map: `BIOS-e820: START - END (usable)' or the like (the log "
                           f"begins with: {first})")
        found.notes.append("the log has lost the beginning of the firmware's map: what lies below "
                           f"{min(found.maps[source])[0]:#x} is unknown")
    found.source, found.ranges = source, checked(found.maps[source])
    if source.lower() == "xen":
        found.notes.append("the map is what Xen gave its guest, not the machine's")
    if any(re.match(r"(?:Kernel c|C)ommand line:.*\belfcorehdr=", line) for line in found.lines):
        found.notes.append("this is a kdump kernel: its memory is what crashkernel= kept free for it")
    if source == "user":
        found.words = [word for word in found.words if not word.startswith(("mem=", "memmap="))]
        found.notes.append("the log has the map only as mem= and memmap= left it")


def read_log(text: Sequence[Line], boot: int | None = None, notes: Sequence[str] = ()) -> Found:
    """A boot log. Raises MapError, which_boot.NoSuchBoot."""
    found = Found("boot log", "", [], notes=list(notes))
    lines = logs.one_boot(text, boot, found.notes)
    known = [line for line in lines if line.kind]
    whole = texts_of([line for line in known if line.whole or line.kind and line.kind.name == "Memory"])
    found.lines = texts_of(lines)
    found.maps = entries.map_entries(whole)
    banner = next((match for line in found.lines if (match := BANNER.search(line))), None)
    found.kernel = f"Linux {banner[1]}" if banner else "a kernel that does not say its version"
    found.release = release_of(banner[1]) if banner else None
    found.facts = facts_of(whole)
    if banner is None and (guess := release_by_form(found.lines)):
        found.release = guess[0]
        found.notes.append(f"the log has lost the kernel's version: its lines are those of {guess[1]}")
    if why := sixty_four_bits(found.lines, found.facts):
        raise MapError(f"this is the log of an x86_64 kernel ({visible(why)}): it has no low and high memory; "
                       "only logs of 32-bit kernels are compared. Its lines of the memory map alone can be "
                       "replayed")
    found.words = command_words(found.lines)
    found.notes += unread(known)
    take_map(found, known)
    found.pae = log_pae(found.lines, found.facts, found.kernel)
    if found.pae is None and sums_say_4g(found):
        found.pae = False
        found.notes.append("the kernel used 4 GiB of a map that has more: it has no PAE")
    return found
