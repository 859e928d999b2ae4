# SPDX-License-Identifier: GPL-2.0-only
"""The map as text, for a terminal of any width, with colour and without."""

import math
import os
from collections.abc import Sequence
from typing import TextIO, TypedDict

from memdawn.state.target import PAGE_SIZE
from memdawn.visible import visible
from report import ranges
from report.document import Document, Permissions, StageRange

UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1))
# xterm's 256 colours nearest to the page's, and a letter for who sees no colour.
KINDS = {"free": (36, "f"), "ram": (75, "r"), "kept": (214, "k"), "memmap": (175, "m"),
         "in use": (227, "u"), "firmware": (209, "F"), "hole": (242, "."), "lowmem": (75, "l"),
         "image": (214, "i"), "vmalloc": (175, "v"), "pkmap": (36, "p"), "fixmap": (227, "x")}
LONGEST_BAR = 13


def size_text(size: int) -> str:
    """A size, rounded down to two decimals."""
    name, unit = next((name, unit) for name, unit in UNITS if size >= unit or unit == 1)
    whole = size / unit
    return f"{size // unit} {name}" if size % unit == 0 else f"{math.floor(whole * 100) / 100} {name}"


def use_colour(choice: str, stream: TextIO) -> bool:
    """Is the map to be coloured? NO_COLOR, if set and not empty, says no."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Maker(TypedDict):
    """Who has made a range what it is; how: by him, before him, in or before him, or found so."""
    function: str
    file: str | None
    line: int
    how: str


class Shown(TypedDict, total=False):
    """A range, with the name of the stage since which it has been so, and its maker."""
    start: int
    end: int
    kind: str
    owner: str
    zone: str | None
    why: str
    mapping: Permissions | None
    since: str
    by: Maker


class StageMap(TypedDict):
    """One stage's maps."""
    machine: str
    stage: str
    meaning: str
    version: str
    physical: list[Shown]
    virtual: list[Shown]


def made_by(document: Document, known: StageRange) -> Maker:
    """Who has made a range what it is."""
    event = known.get("event")
    if event is not None:
        call = ranges.doer(document["events"][event]["calls"])
        assert call is not None
        return {"function": call["function"], "file": call["file"], "line": call["line"], "how": "by"}
    stage = document["stages"][known["since"]]
    how = "found" if known["since"] == 0 else "in or before" if stage["when"] == "after" else "before"
    return {"function": stage["function"], "file": stage["source"]["file"],
            "line": stage["source"]["line"], "how": how}


def shown(document: Document, found: Sequence[StageRange]) -> list[Shown]:
    """Ranges with who made them."""
    made = []
    for known in found:
        one: Shown = {"start": known["start"], "end": known["end"], "kind": known["kind"],
                      "owner": known["owner"]}
        if "zone" in known:
            one["zone"] = known["zone"]
        if "why" in known:
            one["why"], one["mapping"] = known["why"], known["mapping"]
        one["since"] = document["stages"][known["since"]]["name"]
        one["by"] = made_by(document, known)
        made.append(one)
    return made


class UnknownStage(KeyError):
    """There is no stage of that name; the text says which there are."""


def maps(document: Document, name: str) -> list[StageMap]:
    """The maps of one stage, or of all. Raises UnknownStage."""
    stages = document["stages"]
    chosen = [stage for stage in stages if name in ("all", stage["name"])]
    if not chosen:
        raise UnknownStage(f"--stage {name}: there are all, "
                           + ", ".join(stage["name"] for stage in stages))
    return [{"machine": document["title"], "stage": stage["name"], "meaning": stage["meaning"],
             "version": document["version"], "physical": shown(document, stage["physical"]),
             "virtual": shown(document, stage["virtual"])} for stage in chosen]


def bar(size: int) -> int:
    """A bar of one cell for each factor of four above a page."""
    return min(LONGEST_BAR, max(1, math.ceil(math.log2(max(size, PAGE_SIZE) / PAGE_SIZE) / 2)))


def by_text(by: Maker) -> str:
    """Who did it, in a few words."""
    if by["how"] == "found":
        return "so from the start"
    where = f"{by['function']}:{by['line']}" if by["file"] else by["function"]
    return visible(where if by["how"] == "by" else f"{by['how']} {where}")


def line(known: Shown, width: int, colour: bool) -> str:
    """One range: addresses, bar, size, owner, who did it; what doesn't fit is cut."""
    number, letter = KINDS[known["kind"]]
    by = by_text(known["by"])
    cells = bar(known["end"] - known["start"])
    strip = letter * cells + " " * (LONGEST_BAR - cells)
    owner = visible(known["owner"])
    mapping = known.get("mapping")
    if mapping:
        owner += f" {'w' if mapping['write'] else '-'}{'x' if mapping['execute'] else '-'}" \
                 f" {size_text(mapping['page']).replace(' ', '')}"
    head = f"{known['start']:011x}-{known['end']:011x} "
    tail = f" {size_text(known['end'] - known['start']):>11}  {owner}"
    zone = f" ({known['zone']})" if known.get("zone") else ""
    room = width - len(head) - LONGEST_BAR
    # Where there is no room for everything the zone goes first, then who did it.
    if len(tail) + len(zone) + len(by) + 2 <= room or len(tail) + len(by) + 2 > room:
        tail += zone
    if len(tail) + len(by) + 2 <= room:
        tail += " " * (room - len(tail) - len(by)) + by
    tail = tail[:max(0, room)]
    if colour:
        strip = f"\033[38;5;{number}m{strip}\033[0m"
    return (head + strip + tail).rstrip()


def overview(found: Sequence[Shown], width: int, colour: bool) -> list[str]:
    """A line to scale: each cell has the letter of the kind that most of it is."""
    last = max((known["end"] for known in found if known["kind"] not in ("hole", "firmware")),
               default=found[-1]["end"])
    start = found[0]["start"]
    cell = (last - start) / width
    text = ""
    for index in range(width):
        low, high = start + index * cell, start + (index + 1) * cell
        shares: dict[str, float] = {}
        for known in found:
            share = min(high, known["end"]) - max(low, known["start"])
            if share > 0:
                shares[known["kind"]] = shares.get(known["kind"], 0) + share
        number, letter = KINDS[max(shares, key=lambda kind: shares[kind])]
        text += f"\033[38;5;{number}m{letter}\033[0m" if colour else letter
    return [text, f"{start:#x} to {last:#x}, a cell is {size_text(int(cell))}"]


def scale(width: int) -> list[str]:
    """What stands above the list of ranges: its order, and what the bars mean."""
    sizes = ", ".join(f"{cells} up to {size_text(PAGE_SIZE << 2 * cells)}" for cells in (1, 4, 7, 10))
    return ["each range, the highest address first:"[:width], f"cells of a bar: {sizes}"[:width]]


def draw(found: StageMap, width: int, colour: bool) -> str:
    """One stage's two maps: to scale, and as a list."""
    width = max(width, 48)
    lines = [visible(f"{found['machine']}, stage {found['stage']}: {found['meaning']}")[:width]]
    both = (("physical memory", found["physical"]),
            ("the kernel's virtual gigabyte", found["virtual"]))
    for title, known_ranges in both:
        lines += ["", f"{title}, to scale, from the lowest address to the highest:"[:width],
                  *overview(known_ranges, width, colour), "", *scale(width)]
        lines += [line(known, width, colour) for known in reversed(known_ranges)]
    seen = {known["kind"] for _, known_ranges in both for known in known_ranges}
    legend: list[str] = []
    text = ""
    for kind, (number, letter) in KINDS.items():
        if kind in seen:
            mark = f"\033[38;5;{number}m{letter}\033[0m" if colour else letter
            item = f"{letter} {kind}  "
            if len(text) + len(item) > width:
                legend.append("")
                text = ""
            legend = legend or [""]
            legend[-1] += item.replace(letter, mark, 1)
            text += item
    return "\n".join(lines + [""] + [row.rstrip() for row in legend])
