# SPDX-License-Identifier: GPL-2.0-only
"""The question behind a log, answered in words: how much memory the machine has, how much its kernel
used, where the rest is, and what 2.6.34 with PAE would do."""

import dataclasses
import re

from memdawn.model.e820 import FOUR_GIB, MAX_ARCH_PFN, PAGE, RAM, Range, overlay
from memdawn.replay import configuration, entries, given
from memdawn.replay.entries import MIB, Pieces
from memdawn.replay.found import Found

SUM_LOSS = 512          # page frames that two numbers of MB have lost


@dataclasses.dataclass
class Machine:
    """What a map says of the machine, in bytes.

    below, above -- RAM below and above 4 GiB
    top          -- where memory ends below 4 GiB: RAM, and what adjoins it without a gap, which the
                    firmware keeps
    """
    below: int
    above: int
    top: int

    @property
    def kept(self) -> int:
        """What the firmware keeps below 4 GiB."""
        return max(0, self.top - self.below)

    @property
    def installed(self) -> int:
        """All of it."""
        return self.below + self.above + self.kept


def ram_of(ranges: list[Range]) -> Pieces:
    """RAM, in whole page frames as far as PAE goes."""
    pieces = [(-(-start // PAGE) * PAGE, min(end // PAGE, MAX_ARCH_PFN) * PAGE)
              for start, end, kind in overlay(ranges) if kind == RAM]
    return [(start, end) for start, end in pieces if start < end]


def size_below(pieces: Pieces, limit: int) -> int:
    """How much of them lies below an address."""
    return sum(max(0, min(end, limit) - start) for start, end in pieces)


def machine_of(ranges: list[Range]) -> Machine:
    """The machine by its map."""
    pieces = ram_of(ranges)
    below = size_below(pieces, FOUR_GIB)
    at = max((min(end, FOUR_GIB) for start, end in pieces if start < FOUR_GIB), default=0)
    for start, end, kind in overlay(ranges):
        if kind != RAM and start // PAGE * PAGE <= at < end <= FOUR_GIB - (64 << 20):
            at = end
    return Machine(below, size_below(pieces, 1 << 64) - below, at)


def mb(size: int) -> str:
    """A size in words."""
    return f"{size >> 20} MB" if size >= MIB or not size else f"{size >> 10} kB"


def end_by_sum(found: Found, pages: int) -> int:
    """The end of RAM that two numbers of MB mean, which have lost up to 2 MB."""
    ends = [end // PAGE for _, end, kind in found.ranges if kind == RAM]
    return max((end for end in ends if pages <= end < pages + SUM_LOSS), default=pages)


def end_used(found: Found) -> int | None:
    """Up to which page frame the kernel used RAM; None: no line tells."""
    facts = found.facts
    if "HighMem" in facts.get("zone_pfn_ranges", {}):
        return facts["zone_pfn_ranges"]["HighMem"][1]
    if "lowmem_mb" in facts:
        return end_by_sum(found, (facts.get("highmem_mb", 0) + facts["lowmem_mb"]) << 8)
    if "totalpages" in facts and found.release and found.release < (2, 6, 19):
        return facts["totalpages"]
    return facts.get("last_pfn")


def used_by_kernel(found: Found, pieces: Pieces) -> int | None:
    """The RAM that the kernel used, in bytes; None: no line tells."""
    if nodes := found.facts.get("early_node_map"):
        return sum(max(0, min(end, MAX_ARCH_PFN) - start) for _, start, end in nodes) * PAGE
    if "totalpages" in found.facts and found.release and found.release >= (2, 6, 19):
        return found.facts["totalpages"] * PAGE
    end = end_used(found)
    return None if end is None else size_below(pieces, end * PAGE)


def losses(found: Found, pieces: Pieces) -> list[tuple[int, str, str]]:
    """What the kernel left out of its RAM: bytes, why, and what would change it."""
    result = []
    left = pieces
    words = [word for word in found.words if given.is_map_word(word)]
    if words:
        less = ram_of(given.map_by_words(found.ranges, words))
        result.append((size_below(left, 1 << 64) - size_below(less, 1 << 64),
                       f"left out by {' '.join(words)}", f"boot without {' '.join(words)}"))
        left = less
    trimmed = entries.taken_out(found.ranges, found.maps, found.lines)
    if trimmed:
        less = entries.without(left, trimmed)
        result.append((size_below(left, 1 << 64) - size_below(less, 1 << 64),
                       "not cached, as the MTRRs say: trimmed (2.6.34 does the same)",
                       "disable_mtrr_trim uses it, slowly; a newer firmware may set the MTRRs right"))
        left = less
    if found.pae is False:
        above = size_below(left, 1 << 64) - size_below(left, FOUR_GIB)
        result.append((above, "above 4 GiB: that kernel has no PAE", "a kernel with PAE (HIGHMEM64G); no word "
                       "of the command line does it"))
        left = [(start, min(end, FOUR_GIB)) for start, end in left if start < FOUR_GIB]
    end = end_used(found)
    if configuration.has_no_highmem(found) and end is not None:
        result.append((size_below(left, FOUR_GIB) - size_below(left, end * PAGE),
                       "above low memory: that kernel is built without high memory",
                       "a kernel with CONFIG_HIGHMEM4G or HIGHMEM64G"))
    first = found.facts.get("zone_pfn_ranges", {}).get("DMA", [0])[0] * PAGE
    if first > PAGE or configuration.low_reservations(found) == [(0, 0x10000)]:
        result.append((size_below(left, max(first, 0x10000)), "below the start of low memory: kept away from "
                       "the firmware", "reservelow=4K"))
    return [(size, why, remedy) for size, why, remedy in result if size > 0]


def hole_of(machine: Machine) -> str:
    """The hole below 4 GiB, where there is RAM above it."""
    if not machine.above or machine.top >= FOUR_GIB:
        return ""
    return (f"The {mb(FOUR_GIB - machine.top)} from {machine.top:#x} to 4 GiB are a hole for devices; the RAM "
            "that would lie there is above 4 GiB.")


def pae_sentence(found: Found, pieces: Pieces, used: int | None) -> str:
    """What 2.6.34 with PAE has on the same map and command line."""
    words = [word for word in found.words if given.is_map_word(word)]
    ours = size_below(ram_of(given.map_by_words(found.ranges, words)) if words else pieces, 1 << 64)
    on = f" with {' '.join(words)}" if words else ""
    if used is not None and abs(ours - used) < MIB:
        return f"2.6.34 with PAE uses as much{on}: {mb(ours)}."
    return f"2.6.34 with PAE uses {mb(ours)}{on}."


def sentences(found: Found) -> list[str]:
    """The summary, a sentence or a list's item each."""
    pieces = ram_of(found.ranges)
    machine = machine_of(found.ranges)
    by = "as mem= and memmap= left it" if found.source == "user" else "by its map"
    parts = [f"{mb(machine.below)} of RAM below 4 GiB"]
    if machine.above:
        parts.append(f"{mb(machine.above)} above")
    if machine.kept >= MIB >> 1:
        parts.append(f"{mb(machine.kept)} kept by the firmware")
    result = [f"This machine has about {-(-machine.installed // MIB)} MB, {by}: {', '.join(parts)}."]
    if hole := hole_of(machine):
        result.append(hole)
    if not found.facts:
        return [*result, pae_sentence(found, pieces, None)]
    used = used_by_kernel(found, pieces)
    left_out = losses(found, pieces)
    if used is not None:
        rest = size_below(pieces, 1 << 64) - used - sum(size for size, _, _ in left_out)
        result.append(f"That kernel used {mb(used)} of it" + (", without:" if left_out or rest > MIB else "."))
        result += [f"  {mb(size)} {why}" for size, why, _ in left_out]
        result += [f"  {mb(rest)} for a reason that no line tells"] if rest > MIB else []
    result.append(pae_sentence(found, pieces, used))
    if left_out:
        result.append("What would change it: " + "; ".join(
            f"for the {mb(size)}: {remedy}" for size, _, remedy in left_out) + ".")
    return [re.sub(r"\s+$", "", line) for line in result]
