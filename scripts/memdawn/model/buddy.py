# SPDX-License-Identifier: GPL-2.0-only
"""The buddy allocator's free lists after mem_init, and how they are written down."""

from collections.abc import Iterable

MAX_ORDER = 11
BLOCK = 1024                  # pages of a pageblock
UNMOVABLE, RECLAIMABLE, MOVABLE, RESERVE, ISOLATE = range(5)
MIGRATE_NAMES = ["Unmovable", "Reclaimable", "Movable", "Reserve", "Isolate"]


class Zone:
    """One zone: its extent, its pageblock types and its free lists.

    lists[order][type] holds first page frames, head of the list first.
    """

    def __init__(self, name: str, start: int, spanned: int, present: int) -> None:
        self.name = name
        self.start = start
        self.spanned = spanned
        self.present = present
        self.wait_entries = 0
        self.free_pages = 0
        self.types = self._block_types()
        # Insertion-ordered: the newest entry is the list's head.
        self._lists: list[list[dict[int, None]]] = [
            [{} for _ in MIGRATE_NAMES] for _ in range(MAX_ORDER)]
        self._head: dict[int, tuple[int, int]] = {}      # free block's first pfn -> (order, type)

    @property
    def end(self) -> int:
        """The page frame after the last one."""
        return self.start + self.spanned

    @property
    def lists(self) -> list[list[list[int]]]:
        """Order to type to first page frames."""
        return [[list(reversed(pfns)) for pfns in order] for order in self._lists]

    def _block_types(self) -> list[int]:
        """Pageblock types as memmap_init_zone() leaves them.

        The index of a block counts from the zone's first page frame, but only page frames
        that are multiples of 1024 mark their block as Movable.  In a zone that starts at
        an odd place (DMA at pfn 1, HighMem at 0x37bfe) the blocks are therefore shifted
        against the buddy blocks, and a last piece may stay Unmovable.
        """
        types = [UNMOVABLE] * -(-self.spanned // BLOCK)
        first = -(-self.start // BLOCK) * BLOCK
        for pfn in range(first, self.start + self.spanned, BLOCK):
            types[(pfn - self.start) // BLOCK] = MOVABLE
        return types

    def type_of(self, pfn: int) -> int:
        """The type under which a page frame is freed: its block's, as memmap_init_zone() left it,
        also where grouping by mobility has been found to be off since."""
        return self.types[(pfn - self.start) // BLOCK]

    def free_block(self, pfn: int, order: int, kind: int) -> None:
        """Free one block: merge it with free buddies of equal order, put it at the head."""
        self.free_pages += 1 << order
        while order < MAX_ORDER - 1:
            buddy = pfn ^ (1 << order)
            buddy_order, buddy_kind = self._head.get(buddy, (-1, -1))
            if buddy_order != order:
                break
            del self._head[buddy]
            del self._lists[order][buddy_kind][buddy]
            pfn = min(pfn, buddy)
            order += 1
        self._head[pfn] = (order, kind)
        self._lists[order][kind][pfn] = None

    def free_run(self, low: int, high: int) -> None:
        """Free the page frames [low, high) one by one, in ascending order.

        A page that completes a block merges it at once, so of all the steps only this
        remains: the largest aligned blocks, each put on the list of its last page's type,
        when that page was freed.
        """
        while low < high:
            order = 0
            while (order < MAX_ORDER - 1 and low % (2 << order) == 0
                   and low + (2 << order) <= high):
                order += 1
            low += 1 << order
            self.free_block(low - (1 << order), order, self.type_of(low - 1))

    def free_pfns(self) -> list[tuple[int, int]]:
        """[(first pfn, order)] of every free block, ascending."""
        return sorted((pfn, order) for pfn, (order, _) in self._head.items())


def dump_lines(zones: Iterable[Zone], tag: str) -> list[str]:
    """The state of the populated zones as AW, AP, AZ, AL and AB lines."""
    lines: list[str] = []
    for zone in zones:
        if not zone.present:
            continue
        lists = zone.lists
        prefix = f"{tag} {zone.name}"
        lines.append(f"AW {prefix} start={zone.start} spanned={zone.spanned} "
                     f"present={zone.present} free={zone.free_pages} min=0 low=0 high=0 "
                     "reserve=0,0,0,0")
        lines.append(f"AP {prefix} count=0 high=0 batch=1")
        for order, by_type in enumerate(lists):
            parts = [f" t{kind}:{len(pfns)}[{','.join(map(str, pfns[:4]))}]"
                     for kind, pfns in enumerate(by_type) if pfns]
            total = sum(map(len, by_type))
            lines.append(f"AZ {prefix} o{order} nr_free={total}" + "".join(parts))
        for order, by_type in enumerate(lists):
            for kind, pfns in enumerate(by_type):
                for i in range(0, len(pfns), 16):
                    lines.append(f"AL {prefix} o{order} t{kind} : "
                                 + " ".join(map(str, pfns[i:i + 16])))
        lines.append(f"AB {prefix} : " + " ".join(block_runs(zone)))
    return lines


def block_runs(zone: Zone) -> list[str]:
    """Pageblock types, run-length coded: <pfn of the first block>+<blocks>=<type>."""
    runs: list[list[int]] = []
    for index, kind in enumerate(zone.types):
        if runs and runs[-1][2] == kind:
            runs[-1][1] += 1
        else:
            runs.append([zone.start + index * BLOCK, 1, kind])
    return [f"{pfn}+{count}={kind}" for pfn, count, kind in runs]
