# SPDX-License-Identifier: GPL-2.0-only
"""The BIOS memory map: its changes by the command line, and the questions asked of it.

Ranges are half-open byte ranges [start, end).  The table has room for 128 entries, which
matters: a change that needs a new entry in a full table is lost, and said so.
"""

from collections.abc import Iterable, Sequence

from memdawn.model.log import DEBUG, ERR, INFO, Log

PAGE = 4096
E820_MAX = 128
U64 = (1 << 64) - 1
FOUR_GIB = 1 << 32

# (start, end, type): bytes, the end excluded.
Range = tuple[int, int, int]

RAM, RESERVED, ACPI, NVS, UNUSABLE = 1, 2, 3, 4, 5
TYPE_NAMES = {RAM: "(usable)", RESERVED: "(reserved)", ACPI: "(ACPI data)",
              NVS: "(ACPI NVS)", UNUSABLE: "(unusable)"}
NAME_TYPES = {name: number for number, name in TYPE_NAMES.items()}

# One past the highest page frame that PAE's 36 bits can address.
MAX_ARCH_PFN = 1 << 24


def type_name(kind: int) -> str:
    """The type as the log prints it."""
    return TYPE_NAMES.get(kind, f"type {kind}")


def type_number(name: str) -> int:
    """The inverse of type_name()."""
    if name in NAME_TYPES:
        return NAME_TYPES[name]
    return int(name.removeprefix("type "))


def overlay(ranges: Iterable[Sequence[int]]) -> list[Range]:
    """The map without overlaps: where ranges overlap, the highest type counts.

    Between two neighbouring boundaries the set of covering ranges does not change, so the
    type of each such piece is the maximum over that set; equal neighbours become one.
    """
    entries = [entry for entry in ranges if entry[0] != entry[1]]
    bounds = sorted({bound for entry in entries for bound in entry[:2]})
    result: list[Range] = []
    for low, high in zip(bounds, bounds[1:]):
        kind = max((e[2] for e in entries if e[0] <= low and high <= e[1]), default=0)
        if kind == 0:
            continue
        if result and result[-1][1] == low and result[-1][2] == kind:
            result[-1] = (result[-1][0], high, kind)
        else:
            result.append((low, high, kind))
    return result


class Map:
    """The table in use, as a list of [start, end, type] in table order."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.table: list[list[int]] = []

    def add(self, start: int, end: int, kind: int) -> None:
        """Append an entry, if there is room."""
        if len(self.table) >= E820_MAX:
            self.log.print(ERR, "Ooops! Too many entries in the memory map!")
        else:
            self.table.append([start, end, kind])

    def sanitize(self) -> bool:
        """Sort and resolve overlaps; False, and nothing done, if the table is unusable.

        Unusable is a table of one entry or none, and one with an entry that wraps around
        through zero.  The result is built in a table of the same size: what comes after
        the 128th range is dropped without a word.
        """
        if len(self.table) < 2 or any(end > U64 for _, end, _ in self.table):
            return False
        self.table = [list(entry) for entry in overlay(self.table)[:E820_MAX]]
        return True

    def print(self, who: str) -> None:
        """One line an entry."""
        for start, end, kind in self.table:
            self.log.print(INFO, f" {who}: {start:016x} - {end & U64:016x} {type_name(kind)}")

    def update_range(self, start: int, size: int, old: int, new: int) -> None:
        """Give what is of type `old` in the range the type `new`."""
        end = start + size
        self.log.print(DEBUG, f"e820 update range: {start:016x} - {end:016x} "
                              f"{type_name(old)} ==> {type_name(new)}")
        self._cut_out(start, end, old, new)

    def remove_range(self, start: int, size: int, old: int) -> None:
        """Take what is of type `old` in the range out of the map."""
        end = start + min(size, U64 - start)
        self.log.print(DEBUG, f"e820 remove range: {start:016x} - {end:016x} {type_name(old)}")
        self._cut_out(start, end, old, None)

    def _cut_out(self, start: int, end: int, old: int, new: int | None) -> None:
        """Cut [start, end) out of entries of type `old`; put it back as `new`, unless None.

        The cut pieces are appended to the table, which is where a full table loses them:
        the old entry has been shortened by then.  Appended pieces are visited too.
        """
        for entry in self.table:
            low, high, kind = entry
            if kind != old:
                continue
            if start <= low and high <= end:
                entry[:] = [low, high, new] if new else [0, 0, 0]
                continue
            if high <= start or end <= low:
                continue
            if new:
                self.add(max(low, start), min(high, end), new)
            if low < start and end < high:
                self.add(end, high, kind)
            entry[:] = [low, start, kind] if low < start else [end, high, kind]

    def ram(self) -> list[tuple[int, int]]:
        """The RAM entries in table order, as (start, end)."""
        return [(start, end) for start, end, kind in self.table if kind == RAM]

    def end_of_ram_pfn(self) -> int:
        """The last page frame that ends inside RAM, plus one; prints it."""
        last = 0
        for start, end in self.ram():
            if start // PAGE < MAX_ARCH_PFN:
                last = max(last, min(end // PAGE, MAX_ARCH_PFN))
        shown = hex(last) if last else "0"      # printf's %#lx has no 0x before a zero
        self.log.print(INFO, f"last_pfn = {shown} max_arch_pfn = {MAX_ARCH_PFN:#x}")
        return last

    def active_ranges(self, limit_pfn: int) -> list[tuple[int, int]]:
        """RAM in whole page frames below limit_pfn, as (start_pfn, end_pfn)."""
        whole = [(-(-start // PAGE), min(end // PAGE, limit_pfn)) for start, end in self.ram()]
        return [(low, high) for low, high in whole if low < high]

    def biggest_gap(self) -> tuple[int, int]:
        """(start, size) of the biggest hole below 4 GiB; the lowest of equal ones.

        What lies under the first entry does not count.  Without any hole of 4 MiB the
        answer is 4 MiB at 256 MiB.
        """
        best_start, best_size = 0x10000000, 0x400000
        ceiling = FOUR_GIB
        for start, end, _ in reversed(self.table):
            if end < ceiling and ceiling - end >= best_size:
                best_start, best_size = end, ceiling - end
            ceiling = min(ceiling, start)
        return best_start, best_size


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join touching or overlapping page ranges, given in ascending order."""
    merged: list[tuple[int, int]] = []
    for low, high in ranges:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged
