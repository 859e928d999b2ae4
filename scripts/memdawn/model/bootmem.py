# SPDX-License-Identifier: GPL-2.0-only
"""Memory before the buddy allocator: early reservations, then bootmem's bitmap."""

from collections.abc import Iterator, Sequence

from memdawn.model.e820 import PAGE
from memdawn.model.log import ALERT, INFO, Log

MAX_EARLY_RES = 32
GOAL = 1 << 24              # bootmem prefers memory above the DMA zone
CACHE_LINE = 32


class KernelPanic(Exception):
    """What the real kernel would panic with."""


def align_up(value: int, alignment: int) -> int:
    """The next multiple of the alignment."""
    return -(-value // alignment) * alignment


class EarlyReservations:
    """Byte ranges that are taken, in the order in which they were reserved."""

    def __init__(self) -> None:
        self.list: list[tuple[int, int, str]] = []       # (start, end, name)

    def reserve(self, start: int, end: int, name: str) -> None:
        """Reserve; overlapping is fatal."""
        if start >= end:
            return
        for low, high, other in self.list:
            if start < high and low < end:
                raise KernelPanic(f"Overlapping early reservations {start:x}-{end - 1:x} {name}"
                                  f" to {low:x}-{high - 1:x} {other}")
        self.list.append((start, end, name))

    def free(self, start: int, end: int) -> None:
        """Give back exactly one reservation; later ones move up."""
        self.list = [entry for entry in self.list if entry[:2] != (start, end)]

    def find_area(self, ram: Sequence[tuple[int, int]], start: int, end: int, size: int,
                  align: int) -> int | None:
        """The lowest aligned, unreserved range of that size in [start, end), or None.

        The RAM entries are tried in their order; a range lies inside one of them.
        """
        for low, high in ram:
            addr = align_up(max(low, start), align)
            while blocked := [entry for entry in self.list
                              if addr < entry[1] and entry[0] < addr + size]:
                addr = align_up(blocked[0][1], align)
            if addr < high and addr + size <= min(high, end):
                return addr
        return None

    def find_free_piece(self, ram: Sequence[tuple[int, int]], start: int) -> tuple[int, int] | None:
        """(addr, size) of the next unreserved piece of RAM from `start` on, or None.

        Linux narrows the candidate by one reservation after the other, in list order.  If
        one swallows what the others have left, the whole RAM entry is skipped, although
        it may hold free memory above.  Only memtest asks this.
        """
        for low, high in ram:
            piece = self._narrow(max(low, start), high)
            if piece is not None:
                return piece
        return None

    def _narrow(self, addr: int, end: int) -> tuple[int, int] | None:
        """(addr, size) of what the reservations leave of a candidate, None where nothing."""
        narrowed = addr < end
        if not narrowed:
            return None
        while narrowed:
            narrowed = False
            for r_start, r_end, _ in self.list:
                if addr < r_start < end:
                    end, narrowed = r_start, True
                    break
                if addr < r_end < end:
                    addr, narrowed = r_end, True
                    break
                if r_start <= addr and end <= r_end:
                    return None
        return addr, end - addr


class Bootmem:
    """One bit, here one byte, for each low page frame: 1 is reserved."""

    def __init__(self, log: Log, debug: bool, low_pfns: int, map_pfn: int) -> None:
        self.log = log
        self.debug = debug
        self.end = low_pfns
        self.map_pfn = map_pfn
        self.map_pages = align_up(self.map_bytes(low_pfns), PAGE) // PAGE
        self.taken = bytearray(b"\1") * low_pfns
        self.hint = 0
        self.last_end = 0
        self.allocations: list[tuple[int, int, str]] = []        # (start, end, what) in bytes

    @staticmethod
    def map_bytes(low_pfns: int) -> int:
        """The bitmap's size: bits in whole 32-bit words."""
        return align_up(-(-low_pfns // 8), 4)

    def say(self, function: str, text: str) -> None:
        """A line of bootmem_debug."""
        if self.debug:
            self.log.print(INFO, f"bootmem::{function} {text}")

    def free(self, start: int, end: int) -> None:
        """Page frames that are RAM."""
        self.say("mark_bootmem_node", f"nid=0 start={start:x} end={end:x} reserve=0 flags=0")
        self.say("__free", f"nid=0 start={start:x} end={end:x}")
        self.taken[start:end] = bytes(end - start)

    def reserve(self, start: int, end: int) -> None:
        """Page frames that are in use; double reservations are only remarked on."""
        self.say("mark_bootmem_node", f"nid=0 start={start:x} end={end:x} reserve=1 flags=0")
        self.say("__reserve", f"nid=0 start={start:x} end={end:x} flags=0")
        if self.debug:
            for pfn in range(start, end):
                if self.taken[pfn]:
                    self.say("__reserve", f"silent double reserve of PFN {pfn:x}")
        self.taken[start:end] = b"\1" * (end - start)

    def _find(self, start: int, pages: int, step: int) -> int | None:
        """The first `pages` free frames in a row at or after start, aligned to step."""
        while True:
            start = self.taken.find(0, start)
            if start < 0:
                return None
            start = align_up(start, step)
            if start + pages > self.end:
                return None
            obstacle = self.taken.find(1, start, start + pages)
            if obstacle < 0:
                return start
            start = align_up(obstacle, step)
            if start == obstacle:
                start += step

    def _alloc_core(self, size: int, align: int, goal: int) -> int | None:
        """One attempt: from the last allocation on, then from the goal on.

        A block that begins right after a partly used page continues in that page; whole
        pages for the full size must be free all the same.
        """
        pages = align_up(size, PAGE) // PAGE
        self.say("alloc_bootmem_core", f"nid=0 size={size:x} [{pages} pages] "
                                       f"align={align:x} goal={goal:x} limit=0")
        step = max(align // PAGE, 1)
        first = goal // PAGE
        first = align_up(first, step) if 0 < first < self.end else 0
        pfn = None
        if self.hint > first:
            pfn = self._find(align_up(self.hint, step), pages, step)
        if pfn is None:
            pfn = self._find(first, pages, step)
        if pfn is None:
            return None
        start = pfn * PAGE
        if self.last_end % PAGE and self.last_end // PAGE + 1 == pfn:
            start = align_up(self.last_end, align)
        end = start + size
        self.last_end = end
        self.hint = align_up(end, PAGE) // PAGE
        # The page that was continued is reserved already.
        low, high = (start // PAGE + 1 if start // PAGE < pfn else pfn), self.hint
        self.say("__reserve", f"nid=0 start={low:x} end={high:x} flags=1")
        self.taken[low:high] = b"\1" * (high - low)
        return start

    def try_alloc(self, size: int, what: str, align: int = CACHE_LINE) -> int | None:
        """Allocate with the usual goal, else anywhere; None if there is no room."""
        for goal in (GOAL, 0):
            if goal and self.end <= goal // PAGE:
                continue
            start = self._alloc_core(size, align, goal)
            if start is not None:
                self.allocations.append((start, start + size, what))
                return start
        return None

    def alloc(self, size: int, what: str, align: int = CACHE_LINE) -> int:
        """Allocate or panic."""
        start = self.try_alloc(size, what, align)
        if start is None:
            self.log.print(ALERT, f"bootmem alloc of {size} bytes failed!")
            raise KernelPanic("Out of memory")
        return start

    def alloc_node(self, size: int, what: str) -> int:
        """As alloc(), but the node is asked once more before: seen in the debug lines."""
        start = self._alloc_core(size, CACHE_LINE, GOAL)
        if start is None:
            return self.alloc(size, what)
        self.allocations.append((start, start + size, what))
        return start

    def units_to_free(self) -> Iterator[tuple[int, int]]:
        """What free_all_bootmem() gives to the buddy allocator: (pfn, order) in its order.

        The bitmap is read by words of 32.  A word that is free entirely goes as one block
        of order 5, unless it is the last of the map; other free frames go one by one.  The
        frames of the bitmap itself come last.
        """
        for word in range(0, self.end, 32):
            piece = self.taken[word:word + 32]
            if not any(piece) and word + 32 < self.end:
                yield word, 5
            else:
                for offset, taken in enumerate(piece):
                    if not taken:
                        yield word + offset, 0
        for pfn in range(self.map_pfn, self.map_pfn + self.map_pages):
            yield pfn, 0
