# SPDX-License-Identifier: GPL-2.0-only
"""What is wrong, in sentences that a learner understands."""

import re
from collections.abc import Sequence

NUMBER = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{8,16}\b|\d+")
MEMORY_FIELDS = ("available", "the total", "kernel code", "reserved", "data", "init", "highmem")
ListKey = tuple[str, int, int]                  # zone, order, migrate type
TYPES = ("Unmovable", "Reclaimable", "Movable", "Reserve", "Isolate")


def shape(line: str) -> str:
    """A line without its numbers."""
    return NUMBER.sub("N", line)


def of_lines(have: str, want: str) -> str:
    """Two lines that should be the same: the number that differs, or both."""
    said = f"Linux says `{want.strip()}', yours says `{have.strip()}'"
    if shape(have) != shape(want):
        return said
    pairs = [(at, a, b) for at, (a, b) in enumerate(zip(NUMBER.findall(have), NUMBER.findall(want))) if a != b]
    if not pairs:
        return said
    at, ours, linux = pairs[0]
    name = ""
    if want.startswith("Memory: ") and at < len(MEMORY_FIELDS):
        name = f" ({MEMORY_FIELDS[at]})"
    return f"{said}: {linux} in Linux, {ours} in yours{name}"


def of_logs(have: Sequence[str], want: Sequence[str]) -> str | None:
    """Two logs that should be the same: the first line that differs; None where they are equal."""
    for at, wanted in enumerate(want):
        if at >= len(have):
            return f"yours ends where Linux goes on with `{wanted.strip()}'"
        if have[at] == wanted:
            continue
        if shape(have[at]) != shape(wanted) and wanted in have[at:]:
            return f"yours says `{have[at].strip()}', where Linux says nothing"
        if shape(have[at]) != shape(wanted) and have[at] in want[at:]:
            return f"Linux says `{wanted.strip()}', yours leaves that out"
        return of_lines(have[at], wanted)
    return f"yours goes on with `{have[len(want)].strip()}', where Linux ends" if len(have) > len(want) else None


def lists_of(lines: Sequence[str]) -> dict[ListKey, list[str]]:
    """The free lists of a trace's AL lines: `AL pre DMA o0 t2 : 1 158 6'."""
    found: dict[ListKey, list[str]] = {}
    for line in lines:
        match = re.match(r"AL \w+ (\w+) o(\d+) t(\d+) :(.*)$", line)
        if match:
            found.setdefault((match[1], int(match[2]), int(match[3])), []).extend(match[4].split())
    return found


def some(pfns: Sequence[str], around: Sequence[str]) -> str:
    """A list as it is shown: whole, or the piece in which it differs from another."""
    if not pfns:
        return "empty"
    first = next((at for at, (a, b) in enumerate(zip(pfns, around)) if a != b), min(len(pfns), len(around)))
    start = max(0, first - 2) if len(pfns) > 8 else 0
    piece = pfns[start:start + 8]
    return ("... " if start else "") + " ".join(piece) + (" ..." if start + 8 < len(pfns) else "")


def of_lists(have: dict[ListKey, list[str]], want: dict[ListKey, list[str]]) -> str | None:
    """Free lists that should be the same: the first that differs; None where all are equal."""
    for key in sorted(have.keys() | want.keys()):
        ours, linux = have.get(key, []), want.get(key, [])
        if ours == linux:
            continue
        zone, order, kind = key
        return (f"the list of {zone}, order {order} ({TYPES[kind]}) is {some(linux, ours)} in Linux and "
                f"{some(ours, linux)} in yours{remark(ours, linux)}")
    return None


def remark(ours: Sequence[str], linux: Sequence[str]) -> str:
    """What is to be seen in two lists."""
    if sorted(ours) == sorted(linux):
        return ", the same blocks in another order"
    missing, more = set(linux) - set(ours), set(ours) - set(linux)
    if missing and not more:
        return f", {len(missing)} block(s) less"
    if more and not missing:
        return f", {len(more)} block(s) more"
    return ""
