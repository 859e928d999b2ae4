# SPDX-License-Identifier: GPL-2.0-only
"""A text may hold the logs of several boots, whole or in part: each from its banner on."""

import dataclasses
import re
from collections.abc import Sequence

from memdawn.logs.kernel_lines import BANNER
from memdawn.logs.undress import Line

FIGURES = {"HIGHMEM and LOWMEM", "zone's range", "node's range", "totalpages", "zone's pages", "Memory",
           "last_pfn", "window"}


@dataclasses.dataclass
class Boot:
    """The lines of one boot."""
    lines: list[Line]

    def has(self, *names: str) -> bool:
        """Is there a line of one of these kinds?"""
        return any(line.kind and line.kind.name in names for line in self.lines)

    @property
    def number(self) -> int:
        """The line of the text at which its banner stands, or its map begins."""
        return next((line.number for line in self.lines if line.kind and
                     line.kind.name in ("banner", "map", "map entry")), 1)

    @property
    def release(self) -> str:
        """Its kernel's release, or ?."""
        found = next((match for line in self.lines if (match := BANNER.search(line.text))), None)
        return found[1] if found else "?"


class NoSuchBoot(Exception):
    """A text has fewer boots than that."""


def boots_of(lines: Sequence[Line]) -> list[Boot]:
    """The boots of a text that have a memory map; what stands before the first banner belongs to the
    first, which may be the only one. A text without any map is one boot."""
    parts: list[list[Line]] = [[]]
    seen: set[str] = set()
    before = ""
    for line in lines:
        name = line.kind.name if line.kind else ""
        if name and line.text == before:    # an early console prints each line twice
            continue
        before = line.text if name else before
        if name == "banner" and seen & {"banner", "map", "map entry"} or name == "map" and "map" in seen:
            parts.append([])
            seen = set()
        seen.add(name)
        parts[-1].append(line)
    boots = [Boot(part) for part in parts]
    whole = [boot for boot in boots if boot.has("map entry")]
    return whole or [boot for boot in boots if boot.has("map", "banner", *FIGURES)][-1:] or boots[-1:]


def choose(boots: Sequence[Boot], number: int | None) -> tuple[Boot, str]:
    """The boot with this number, or the last that has a map and figures; and what the user should
    know, or nothing. Raises NoSuchBoot."""
    if number is not None:
        if not 1 <= number <= len(boots):
            raise NoSuchBoot(f"there is no boot {number}, the log has {len(boots)}")
        return boots[number - 1], f"boot {number} of {len(boots)} is taken" if len(boots) > 1 else ""
    if len(boots) < 2:
        return boots[-1], ""
    best = next((place for place in reversed(range(len(boots))) if boots[place].has(*FIGURES)),
                len(boots) - 1)
    if best == len(boots) - 1:
        return boots[best], f"the log has {len(boots)} boots, the last one is taken"
    return boots[best], (f"the log has {len(boots)} boots, number {best + 1} is taken: it is the last "
                         "that has figures")


def listing(boots: Sequence[Boot]) -> str:
    """The boots of a text, in a few words each."""
    return ", ".join(f"{place} at line {boot.number}: {re.sub('[^!-~]', '?', boot.release)}"
                     for place, boot in enumerate(boots, 1))
