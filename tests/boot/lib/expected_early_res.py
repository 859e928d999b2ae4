# SPDX-License-Identifier: GPL-2.0-only
"""What our log has to say where early_res serves to the end (memdawn.bootalloc=early_res).

Allocations follow the image, and small ones fill the page in which it ends, so they lie
elsewhere if the image has another size. Where, is worked out anew: first fit, in the order
and with the sizes of the real kernel's list. The same rule applied to the real kernel's own
image must give the real kernel's own addresses, or nothing is compared.
"""

import dataclasses

from boot import LOAD_PFN, PAGE_SIZE, page_up
from expected import EARLY_RESERVATION, Translation, ram_ranges

GOAL = LOAD_PFN * PAGE_SIZE          # above the DMA zone
CACHE_LINE = 32


@dataclasses.dataclass(frozen=True)
class Entry:
    """A reservation, in bytes."""
    name: str
    start: int
    end: int


def entries_of(lines):
    """The reservations that are subtracted, in their order."""
    found = [match for match in map(EARLY_RESERVATION.match, lines) if match]
    assert [int(match[1]) for match in found] == list(range(len(found)))
    assert f"Subtract ({len(found)} early reservations)" in lines
    return [Entry(match[4].strip(), int(match[2], 16), int(match[3], 16)) for match in found]


def first_fit(size, align, ram, used):
    """The lowest place in the RAM ranges (bytes) that no entry of `used` overlaps."""
    for ram_start, ram_end in ram:
        at = -(-max(ram_start, GOAL) // align) * align
        while at + size <= ram_end:
            after = max((entry.end for entry in used
                          if entry.start < at + size and at < entry.end), default=None)
            if after is None:
                return at
            at = -(-after // align) * align
    raise AssertionError(f"no place for {size} bytes")


def place(entries, text, brk, ram):
    """The same list for an image whose TEXT DATA BSS and BRK are these (start, end)."""
    placed = []
    for entry in entries:
        if entry.name == "TEXT DATA BSS":
            entry = Entry(entry.name, *text)
        elif entry.name == "BRK":
            entry = Entry(entry.name, *brk)
        elif entry.name == "BOOTMEM":
            size = entry.end - entry.start
            first = not any(other.name == "BOOTMEM" for other in placed)
            # The first is kmap's page table.
            at = first_fit(size, PAGE_SIZE if first else CACHE_LINE, ram, placed)
            entry = Entry(entry.name, at, at + size)
        placed.append(entry)
    return placed


def pages_of(entries, ram):
    """The RAM page frames that they take, rounded outward."""
    taken = {pfn for entry in entries
             for pfn in range(entry.start // PAGE_SIZE, page_up(entry.end))}
    return sum(1 for pfn in taken if any(start <= pfn < end for start, end in ram))


@dataclasses.dataclass
class EarlyResTranslation(Translation):
    """Translation, with the list of what is subtracted."""

    def __post_init__(self):
        super().__post_init__()
        assert not self.fewer_tables
        self.entries = entries_of(self.reference)
        low_ram = next(line for line in self.reference if line.startswith("  low ram: 0 - "))
        limit = int(low_ram.split()[-1], 16)
        ram = [(start * PAGE_SIZE, min(end * PAGE_SIZE, limit))
               for start, end in ram_ranges(self.reference)]
        theirs = {entry.name: (entry.start, entry.end) for entry in self.entries}
        assert place(self.entries, theirs["TEXT DATA BSS"], theirs["BRK"], ram) == self.entries
        image = self.image
        self.placed = place(self.entries, (image.pa("_text"), image.pa("__bss_stop")),
                            (image.pa("__brk_base"), image.brk_end_pa), ram)

    def early_reservation(self, line, match):
        """A line of the list."""
        entry = self.placed[int(match[1])]
        return self.reservation(line, entry.start, entry.end)

    def counted_ram(self, layout):
        """The RAM ranges whose reserved pages Memory: counts, see Placement.counted."""
        return [(start, end) for start, end in layout.ram
                if not start <= LOAD_PFN < end or layout.brk_end <= end]

    def memory(self, match):
        """The Memory: line: the two lists take more or fewer pages."""
        held = pages_of(self.placed, self.ours.ram) - pages_of(self.entries, self.theirs.ram)
        counted = (pages_of(self.placed, self.counted_ram(self.ours)) -
                   pages_of(self.entries, self.counted_ram(self.theirs)))
        image = self.image
        return (f"Memory: {int(match[1]) - held * PAGE_SIZE // 1024}k/{match[2]}k available "
                f"({image.kilobytes('_text', '_etext')}k kernel code, "
                f"{int(match[3]) + counted * PAGE_SIZE // 1024}k reserved, "
                f"{image.kilobytes('_etext', '_edata')}k data, "
                f"{image.kilobytes('__init_begin', '__init_end')}k init, "
                f"{match[4]}k highmem)")
