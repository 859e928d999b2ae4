# SPDX-License-Identifier: GPL-2.0-only
"""The memory span of a boot log, and its comparison with a real kernel's.

A few fields depend on the kernel's own image or on the boot loader. They are masked before
the comparison; the boot tests work out what each has to be and compare that as well.
"""

import bisect
import difflib
import itertools
import re
from collections.abc import Callable, Sequence

SPAN_FIRST = "BIOS-provided physical RAM map:"
SPAN_LAST = "Checking if this processor honours the WP bit even in supervisor mode...Ok."
OURS = "memdawn: "

# The same lines as older and newer kernels print them.
BORDERS = {SPAN_FIRST: re.compile(r"(?:e820: )?" + re.escape(SPAN_FIRST)),
           SPAN_LAST: re.compile(re.escape(SPAN_LAST.removesuffix("Ok.")) + r" ?Ok\.")}

# (mark, our line, their line), see side_by_side().
Pair = tuple[str, str | None, str | None]


def without_address(match: re.Match[str]) -> str:
    """A line of a reservation: its size instead of its addresses."""
    size = int(match[3], 16) - int(match[2], 16)
    return f"{match[1]}[X, {size:#x} bytes]{match[4]}"


# (what it is, what is masked there and why, pattern, replacement)
Mask = tuple[str, str, re.Pattern[str], str | Callable[[re.Match[str]], str]]
MASKS: list[Mask] = [
    ("initial memory mapped", "X: head maps its own image and the tables' room after it",
     re.compile(r"^(initial memory mapped : 0 - )[0-9a-f]{8}$"), r"\1X"),
    ("TEXT DATA BSS, BRK, RAMDISK, NEW RAMDISK", "the addresses: size of the image, the loader",
     re.compile(r"^(  #\d+ )\[[0-9a-f]{10} - [0-9a-f]{10}\]"
                r"( +(?:TEXT DATA BSS|BRK|RAMDISK|NEW RAMDISK) ==> )"
                r"\[[0-9a-f]{10} - [0-9a-f]{10}\]$"), r"\1[X - X]\2[X - X]"),
    ("free_area_init_node", "both addresses: they lie in and after the image",
     re.compile(r"^(free_area_init_node: node 0, pgdat )[0-9a-f]{8}(, node_mem_map )[0-9a-f]{8}$"),
     r"\1X\2X"),
    ("Memory", "all but the total and highmem: sizes of the image",
     re.compile(r"^(Memory: )\d+(k/\d+k available \()\d+(k kernel code, )\d+(k reserved, )"
                r"\d+(k data, )\d+(k init, \d+k highmem\))$"), r"\1X\2X\3X\4X\5X\6"),
    (".init, .data, .text", "the addresses and sizes: the image",
     re.compile(r"^(      \.(?:init|data|text) : )0x[0-9a-f]{8} - 0x[0-9a-f]{8}   \( *\d+ kB\)$"),
     r"\1X"),
    ("RAMDISK", "the addresses: the loader chose them",
     re.compile(r"^(RAMDISK: )[0-9a-f]{8} - [0-9a-f]{8}$"), r"\1X - X"),
    ("Allocated new RAMDISK", "the addresses: the loader chose them",
     re.compile(r"^(Allocated new RAMDISK: )[0-9a-f]{8} - [0-9a-f]{8}$"), r"\1X - X"),
    ("Move RAMDISK", "the addresses: the loader chose them",
     re.compile(r"^(Move RAMDISK from )[0-9a-f]{16} - [0-9a-f]{16} to [0-9a-f]{8} - [0-9a-f]{8}$"),
     r"\1X - X to X - X"),
    ("TEXT DATA BSS, BRK, RAMDISK where they are subtracted", "the addresses: size of the image",
     re.compile(r"^(  #\d+ )\[[0-9a-f]{10} - [0-9a-f]{10}\]"
                r"( +(?:TEXT DATA BSS|BRK|RAMDISK|NEW RAMDISK))$"), r"\1[X - X]\2"),
    ("BOOTMEM", "the address, not the size: allocations lie after the image",
     re.compile(r"^(  #\d+ )\[([0-9a-f]{10}) - ([0-9a-f]{10})\]( +BOOTMEM)$"), without_address),
]

# Of a kernel for several nodes: its node_mem_maps don't depend on the image.
PERCPU_MASK: Mask = ("PERCPU", "the address: the first large page that is free, after the image",
                     re.compile(r"^(PERCPU: Embedded \d+ pages/cpu @)[0-9a-f]{8}( .*)$"), r"\1X\2")

# Only where no 2M pages are used: tables that head built already need not be built again.
PGTABLE_MASK: Mask = (
    "PGTABLE", "its end: fewer tables are needed the more head has built for its image",
    re.compile(r"^(  #\d+ \[[0-9a-f]{10} - )[0-9a-f]{10}(\] +PGTABLE ==> \[[0-9a-f]{10} - )"
               r"[0-9a-f]{10}\]$"), r"\1X\2X]")


class SpanError(Exception):
    """A log has no whole memory span; the message says what is missing."""


def span(lines: Sequence[str]) -> list[str]:
    """The memory span of a log, both border lines included, lines of ours left out.

    Raises SpanError where a border line is missing or stands there twice.
    """
    lines = [line.rstrip("\r\n") for line in lines]
    places = {border: [place for place, line in enumerate(lines) if form.fullmatch(line)]
              for border, form in BORDERS.items()}
    for border, found in places.items():
        if len(found) != 1:
            raise SpanError(f"{len(found) or 'no'} line(s) '{border}'")
    (first,), (last,) = places[SPAN_FIRST], places[SPAN_LAST]
    if last < first:
        raise SpanError(f"'{SPAN_LAST}' stands before '{SPAN_FIRST}'")
    return [line for line in lines[first:last + 1] if not line.startswith(OURS)]


def masks_for(reference: Sequence[str]) -> list[Mask]:
    """The masks that hold for a reference span."""
    masks = MASKS
    if any(line.startswith("remap_numa_kva: ") for line in reference):
        masks = [mask for mask in MASKS if mask[0] != "free_area_init_node"] + [PERCPU_MASK]
    if any(re.match(r" [0-9a-f]{10} - [0-9a-f]{10} page 2M$", line) for line in reference):
        return masks
    return masks + [PGTABLE_MASK]


def masked(lines: Sequence[str], masks: Sequence[Mask]) -> tuple[list[str], list[tuple[str, str]]]:
    """Lines with their masked fields replaced by X, and which masks were of use."""
    result: list[str] = []
    used: list[tuple[str, str]] = []
    for line in lines:
        for mask in masks:
            name, why, pattern, replacement = mask
            line, count = pattern.subn(replacement, line)
            if count and (name, why) not in used:
                used.append((name, why))
        result.append(line)
    return result, used


def differences(have: Sequence[str], want: Sequence[str], have_name: str = "log",
                want_name: str = "reference") -> list[str]:
    """A unified diff of two lists of lines, as lines; empty where they are equal."""
    return list(difflib.unified_diff(want, have, want_name, have_name, lineterm="", n=2))


def squeezed(line: str) -> str:
    """A line with one blank where there are several, and none at the ends."""
    return " ".join(line.split())


def squeezed_mask(mask: Mask) -> Mask:
    """A mask for squeezed lines."""
    name, why, pattern, replacement = mask
    text = re.sub(r"^(\^\(?) +", r"\1", pattern.pattern)
    return name, why, re.compile(re.sub(r" {2,}(?![*+])", " ", text)), replacement


def masked_spans(log: Sequence[str], reference: Sequence[str], exact: bool = False, blanks: bool = True
                 ) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Two logs' spans, both as lists of lines, with the same fields masked (exact: none) and, unless
    blanks count, squeezed: (log's, reference's, the masks used). The reference may be a bare span."""
    want = span(reference)
    have = span(log)
    masks = [] if exact else masks_for(want)
    if not blanks:
        masks = [squeezed_mask(mask) for mask in masks]
        want, have = [squeezed(line) for line in want], [squeezed(line) for line in have]
    want, used = masked(want, masks)
    have, _ = masked(have, masks)
    return have, want, used


def compare(log: Sequence[str], reference: Sequence[str], log_name: str = "log",
            reference_name: str = "reference") -> tuple[list[str], list[tuple[str, str]]]:
    """Compares two logs' spans. Returns (diff as lines, empty where they are equal; the
    masks used). Both are lists of lines; the reference may be a bare span."""
    have, want, used = masked_spans(log, reference)
    return differences(have, want, log_name, reference_name), used


# Above so many pairs of lines difflib takes too long where lines are repeated.
MOST_PAIRS = 2_000_000


def numbered(lines: Sequence[str]) -> list[tuple[str, int]]:
    """Each line with how often it has been there before: no two are the same."""
    seen: dict[str, int] = {}
    found = []
    for line in lines:
        seen[line] = seen.get(line, -1) + 1
        found.append((line, seen[line]))
    return found


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """The places of a longest rising part of a sequence without repetitions."""
    ends: list[int] = []                # the lowest end of a rising part of each length
    places: list[int] = []
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect.bisect_left(ends, number)
        before.append(places[length - 1] if length else None)
        ends[length:length + 1] = [number]
        places[length:length + 1] = [place]
    found: list[int] = []
    at = places[-1] if places else None
    while at is not None:
        found.append(at)
        at = before[at]
    return found[::-1]


def aligned(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs of equal lines in both, in order: (place in ours, in theirs, lines). In long logs the nth
    of several equal lines is compared with their nth alone."""
    if len(ours) * len(theirs) <= MOST_PAIRS:
        return [(a, b, n) for a, b, n in difflib.SequenceMatcher(
            None, ours, theirs, False).get_matching_blocks() if n]
    where = {line: place for place, line in enumerate(numbered(theirs))}
    both = [(place, where[line]) for place, line in enumerate(numbered(ours)) if line in where]
    runs: list[tuple[int, int, int]] = []
    for index in longest_rising([theirs_at for _, theirs_at in both]):
        a, b = both[index]
        if runs and (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]) == (a, b):
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((a, b, 1))
    return runs


def side_by_side(ours: Sequence[str], theirs: Sequence[str]) -> list[Pair]:
    """Two lists of lines as rows (mark, our line, their line): mark is = for equal lines, | for
    two that stand in the same place, < for one that we have alone, > for one that they have
    alone; the line that is missing is None."""
    rows: list[Pair] = []
    a = b = 0                           # up to there all is in rows
    for left_at, right_at, count in [*aligned(ours, theirs), (len(ours), len(theirs), 0)]:
        for left, right in itertools.zip_longest(ours[a:left_at], theirs[b:right_at]):
            rows.append(("<" if right is None else ">" if left is None else "|", left, right))
        rows += [("=", line, line) for line in ours[left_at:left_at + count]]
        a, b = left_at + count, right_at + count
    return rows


def near_differences(rows: Sequence[Pair], context: int = 2) -> list[Pair | None]:
    """The rows that differ, each with so many equal ones around it; None where rows are left out."""
    keep = {index + offset for index, row in enumerate(rows) if row[0] != "="
            for offset in range(-context, context + 1)}
    shown: list[Pair | None] = []
    for index, row in enumerate(rows):
        if index in keep:
            shown.append(row)
        elif not shown or shown[-1] is not None:
            shown.append(None)
    return shown


def pieces(text: str, size: int) -> list[str]:
    """A text cut into pieces of this size, at least one."""
    return [text[at:at + size] for at in range(0, len(text), size)] or [""]


def table(rows: Sequence[Pair | None], left_name: str, right_name: str, width: int) -> list[str]:
    """Rows of side_by_side() as lines of text in two columns, for a terminal of this width. What
    is longer than its column goes on in the next line."""
    column = max((width - 3) // 2, 20)
    lines = [f"{left_name:{column}}   {right_name}".rstrip(), "-" * (2 * column + 3)]
    for row in rows:
        if row is None:
            lines.append("...")
            continue
        mark = row[0].replace("=", " ")
        for left, right in itertools.zip_longest(pieces(row[1] or "", column),
                                                 pieces(row[2] or "", column), fillvalue=""):
            lines.append(f"{left:{column}} {mark} {right}".rstrip())
    return lines
