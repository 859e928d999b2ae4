# SPDX-License-Identifier: GPL-2.0-only
"""How the low memory limit came about: each step with what set it, a parameter by the word of
the command line."""

import re
from collections.abc import Iterable, Sequence
from typing import TypedDict

from memdawn.state import boot_memory, page_tables
from memdawn.state.c_types import CValue
from memdawn.state.target import NotReady, PAGE_SHIFT, Target

MAX_PHYSICAL = {"PAE": 1 << 36, "memdawn.highmem=4G": 1 << 32}
MAX_DMA_PFN = 16 << 20 >> PAGE_SHIFT
SUFFIXES = {"k": 10, "m": 20, "g": 30}


class DerivedBorder(TypedDict):
    """A border of memory, and what set it."""
    what: str
    pfn: int
    why: str


class Derivation(TypedDict):
    """All steps, and what stands between them."""
    steps: list[DerivedBorder]
    vmalloc_reserve: int
    vmalloc_why: str
    moved_by: list[tuple[str, str]]
    maxmem_end: int
    page_offset: int


def memparse(text: str) -> tuple[int, str]:
    """An amount as the kernel reads it, and the text behind it."""
    match = re.match(r"(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*|)([kmg]?)", text, re.IGNORECASE)
    assert match is not None         # it may be empty
    digits = match[1] or "0"
    base = 16 if digits[:2].lower() == "0x" else 8 if digits[0] == "0" else 10
    value = int(digits, base)
    return value << SUFFIXES.get(match[2].lower(), 0) & (1 << 64) - 1, text[match.end():]


def given(words: Iterable[str], name: str) -> tuple[str | None, int]:
    """(word, its amount) of the last one of a name, the one that counts; (None, 0) without."""
    found = [word for word in words if word.startswith(name)]
    return (found[-1], memparse(found[-1][len(name):])[0]) if found else (None, 0)


def reach(variant: CValue) -> str:
    """What limits physical memory: PAE, or our parameter for less."""
    return "memdawn.highmem=4G" if variant["highmem4g"] else "PAE"


def end_of_ram(entries: Iterable[boot_memory.E820Entry], variant: CValue,
               limit: int = 1 << 64) -> int:
    """The page frame behind a map's last RAM below a limit, as far as can be reached."""
    most = MAX_PHYSICAL[reach(variant)]
    end = max((min(entry["end"], limit) for entry in entries
               if entry["type"] == 1 and entry["start"] < limit
               and (entry["start"] < most or variant["last_pfn_cut"])), default=0)
    return min(end, most) >> PAGE_SHIFT


def memory_limit(words: Iterable[str]) -> tuple[int | None, str | None]:
    """(limit, word) of the lowest limit that mem=SIZE and memmap=SIZE set; memmap=exactmap undoes
    those before it. (None, None) where there is none."""
    limit: int | None = None
    by: str | None = None
    for word in words:
        if word == "memmap=exactmap":
            limit, by = None, None
        elif word.startswith(("mem=", "memmap=")):
            size, rest = memparse(word.partition("=")[2])
            if size and rest[:1] not in ("@", "#", "$") and (limit is None or size < limit):
                limit, by = size, word
    return limit, by


def what_cut_ram(target: Target, words: Sequence[str], maps: boot_memory.E820,
                 variant: CValue) -> str:
    """Why RAM ends where it does, where the map that was given has another end."""
    untrimmed, max_pfn = target.value("untrimmed_max_pfn"), target.value("max_pfn")
    used = end_of_ram(maps["used"], variant)
    why = []
    if untrimmed != end_of_ram(maps["firmware"], variant):
        limit, by = memory_limit(words)
        holds = limit is not None and untrimmed == end_of_ram(maps["firmware"], variant, limit)
        why.append(f"by {by}" if holds else "by memmap=")
    if used != untrimmed:
        why.append("by the MTRRs, which leave the rest uncached")
    if max_pfn < used:
        why.append(f"by {given(words, 'highmem=')[0]}")
    return ", ".join(why)


def why_vmalloc(target: Target, words: Sequence[str], offset: int, variant: CValue) -> str:
    """What decided how much of the gigabyte is kept for vmalloc()."""
    reserve, default = target.value("__VMALLOC_RESERVE"), target.initial("__VMALLOC_RESERVE")
    word, size = given(words, "vmalloc=")
    if word and not variant["old_vmalloc"] and size + offset == reserve:
        return f"by {word} and {offset >> 10} kB for the hole"
    if word and variant["old_vmalloc"] and size == reserve:
        return f"by {word}"
    if reserve != default:
        return "by an earlier vmalloc= than the last one"
    return f"the default: {word} was refused" if word else "the default"


def why_low(words: Sequence[str], max_low_pfn: int, max_pfn: int, maxmem_pfn: int,
            used: int) -> str:
    """Which limit of low memory counts: MAXMEM, the end of RAM, or highmem=."""
    word, size = given(words, "highmem=")
    if used > maxmem_pfn:
        why = "MAXMEM: the rest of the gigabyte is for vmalloc"
        heeded = size >> PAGE_SHIFT == max_pfn - maxmem_pfn
    elif max_low_pfn < max_pfn:
        why, heeded = f"{word} made the rest high", True
    else:
        why, heeded = "with RAM", size >> PAGE_SHIFT == 0
    return why if heeded or not word else f"{why}; {word} is not possible"


def command_line(target: Target) -> list[str]:
    """The words of the command line: boot_params has them for good."""
    return str(target.value("boot_params")["command_line"]).split()


def moved_by(variant: CValue) -> list[tuple[str, str]]:
    """(border, our parameter) of each that makes it another kernel's."""
    return [(what, word) for what, word, given_ in (
        ("fixmap and below, by", f"memdawn.fixmap={variant['fixmap_pages']}",
         variant["fixmap_pages"]),
        ("pkmap and below, by", "memdawn.highmem=4G", variant["highmem4g"]),
        ("boot and below, by", "memdawn.before=499a5f1", variant["fixmap_rounded"]),
        ("vmalloc and lowmem, by", "memdawn.before=e621bd1", variant["old_vmalloc"])) if given_]


def border(what: str, pfn: int, why: str = "") -> DerivedBorder:
    """A step of the derivation."""
    return {"what": what, "pfn": pfn, "why": why}


def derivation(target: Target) -> Derivation:
    """Step by step: where RAM ends, what vmalloc needs, where low memory ends."""
    maps, words, layout = boot_memory.e820(target), command_line(target), page_tables.borders(target)
    max_pfn, max_low_pfn = target.value("max_pfn"), target.value("max_low_pfn")
    if not max_low_pfn:
        raise NotReady("find_low_pfn_range")
    variant = target.value("variant")
    given_end = end_of_ram(maps["firmware"], variant)
    reserve = target.value("__VMALLOC_RESERVE")
    maxmem_pfn = ((layout["maxmem_end"] - target.page_offset - reserve) & 0xffffffff) >> PAGE_SHIFT
    limited = given_end == MAX_PHYSICAL[reach(variant)] >> PAGE_SHIFT
    steps = [border("RAM ends, as given:", given_end,
                    f"the limit of {reach(variant)}" if limited else ""),
             border("RAM ends, as used:", max_pfn, what_cut_ram(target, words, maps, variant)),
             border("that is, MAXMEM:", maxmem_pfn),
             border("low memory ends:", max_low_pfn,
                    why_low(words, max_low_pfn, max_pfn, maxmem_pfn,
                            end_of_ram(maps["used"], variant))),
             border("zone DMA ends:", min(MAX_DMA_PFN, max_low_pfn), "what ISA devices reach")]
    zone = target.value("contig_page_data")["node_zones"][-1]
    if zone["present_pages"]:
        by = [f"by {word}" for word in (given(words, "kernelcore=")[0],
                                        given(words, "movablecore=")[0]) if word]
        steps.append(border("zone Movable begins:", zone["zone_start_pfn"], ", ".join(by)))
    return {"steps": steps, "vmalloc_reserve": reserve,
            "vmalloc_why": why_vmalloc(target, words, layout["vmalloc_offset"], variant),
            "moved_by": moved_by(variant),
            "maxmem_end": layout["maxmem_end"], "page_offset": target.page_offset}
