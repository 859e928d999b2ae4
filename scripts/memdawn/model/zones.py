# SPDX-License-Identifier: GPL-2.0-only
"""Zones: their borders, their sizes, and the tables that bootmem gives them."""

from collections.abc import Sequence

from memdawn.model.bootmem import Bootmem, align_up
from memdawn.model.buddy import BLOCK, Zone
from memdawn.model.cmdline import U32
from memdawn.model.e820 import PAGE
from memdawn.model.log import DEBUG, DEFAULT, Log, WARNING

DMA, NORMAL, HIGHMEM, MOVABLE = range(4)
NAMES = ["DMA", "Normal", "HighMem", "Movable"]
DMA_END_PFN = 1 << 12
PAGE_STRUCT = 32
WAIT_QUEUE_HEAD = 8


class Plan:
    """Where each zone lies, before any memory is given out."""

    def __init__(self, node_map: Sequence[tuple[int, int]], max_low_pfn: int, max_pfn: int,
                 kernelcore: int, movablecore: int) -> None:
        self.node_map = node_map
        self.node_start = node_map[0][0]
        self.node_end = node_map[-1][1]
        self.total_pages = sum(high - low for low, high in node_map)
        low = [self.node_start, DMA_END_PFN]
        high = [DMA_END_PFN, max(max_low_pfn, DMA_END_PFN)]
        low.append(high[NORMAL])
        high.append(max(max_pfn, high[NORMAL]))
        self.low, self.high = low + [0], high + [0]
        # Stays ZONE_DMA unless a Movable zone was asked for: HighMem's own answer to
        # "is the Movable zone in high memory?" depends on it.
        self.movable_from = DMA
        self.movable_pfn = self._find_movable(kernelcore, movablecore)

    def _find_movable(self, kernelcore: int, movablecore: int) -> int:
        """The first page frame of the Movable zone, 0 for none.

        kernelcore counts RAM pages from the bottom; the zone is cut from the highest
        zone that has memory and starts at a multiple of 4 MiB, maybe after its end.
        """
        if movablecore:
            # Asking for more than there is wraps around: then all memory is kernelcore.
            kernelcore = max(kernelcore,
                             (self.total_pages - align_up(movablecore, BLOCK)) & U32)
        if not kernelcore:
            return 0
        self.movable_from = next(zone for zone in (HIGHMEM, NORMAL, DMA)
                                 if self.high[zone] > self.low[zone])
        usable = self.low[self.movable_from]
        border = 0
        for low, high in self.node_map:
            below = max(0, min(high, usable) - low)
            kernelcore -= min(below, kernelcore)
            if high <= usable:
                border = high
                continue
            low = max(low, usable)
            here = min(high - low, kernelcore)
            border = low + here
            kernelcore -= here
            if not kernelcore:
                break
        return align_up(border, BLOCK)

    def is_high(self, zone: int) -> bool:
        """Is a zone high memory?"""
        return zone == HIGHMEM or (zone == MOVABLE and self.movable_from == HIGHMEM)

    def extent(self, zone: int) -> tuple[int, int]:
        """(first pfn, end pfn) of a zone within the node; empty ones have first >= end."""
        low, high = self.low[zone], self.high[zone]
        if self.movable_pfn:
            if zone == MOVABLE:
                low, high = self.movable_pfn, min(self.node_end, self.high[self.movable_from])
            elif low < self.movable_pfn < high:
                high = self.movable_pfn
            elif low >= self.movable_pfn:
                low = high
        return max(low, self.node_start), min(high, self.node_end)

    def sizes(self, zone: int) -> tuple[int, int]:
        """(spanned, RAM pages) of a zone."""
        low, high = self.extent(zone)
        ram = sum(max(0, min(high, e) - max(low, s)) for s, e in self.node_map)
        return max(0, high - low), ram

    def print(self, log: Log) -> None:
        """The zones' borders and the RAM."""
        log.print(DEFAULT, "Zone PFN ranges:")
        for zone in (DMA, NORMAL, HIGHMEM):
            low, high = self.low[zone], self.high[zone]
            text = "empty" if low == high else f"{low:#010x} -> {high:#010x}"
            log.print(DEFAULT, f"  {NAMES[zone]:<8} {text}")
        log.print(DEFAULT, "Movable zone start PFN for each node")
        if self.movable_pfn:
            log.print(DEFAULT, f"  Node 0: {self.movable_pfn}")
        log.print(DEFAULT, f"early_node_map[{len(self.node_map)}] active PFN ranges")
        for low, high in self.node_map:
            log.print(DEFAULT, f"    0: {low:#010x} -> {high:#010x}")


def batch_size(present: int, most: int = 512 << 10) -> int:
    """Pages moved at once between a zone and a CPU: a 2^n - 1 near present / 4096, and a quarter of
    `most` bytes."""
    batch = max(1, min(present // 1024, most // PAGE) // 4)
    batch += batch // 2
    return (1 << (batch.bit_length() - 1)) - 1


def wait_table_entries(pages: int) -> int:
    """One wait queue for 256 pages, rounded up to a power of two from 4 to 4096."""
    return max(4, min(4096, 1 << max(0, pages // 256 - 1).bit_length()))


def usemap_bytes(spanned: int) -> int:
    """Three bits for each pageblock, in whole 32-bit words."""
    return align_up(align_up(spanned, BLOCK) // BLOCK * 3, 32) // 8


def build_zones(plan: Plan, log: Log, bootmem: Bootmem, trace: bool) -> tuple[list[Zone], int, int]:
    """The four zones with their tables allocated; (zones, kernel pages, all pages)."""
    zones: list[Zone] = []
    kernel_pages = all_pages = 0
    start = plan.node_start
    for index, name in enumerate(NAMES):
        spanned, present = plan.sizes(index)
        memmap = align_up(spanned * PAGE_STRUCT, PAGE) // PAGE
        if present >= memmap:
            present -= memmap
            if memmap:
                log.print(DEBUG, f"  {name} zone: {memmap} pages used for memmap")
        else:
            log.print(WARNING, f"  {name} zone: {memmap} pages exceeds realsize {present}")
        if index == DMA and present:
            log.print(DEBUG, f"  {name} zone: 0 pages reserved")
        if not plan.is_high(index):
            kernel_pages += present
        all_pages += present
        if present:
            log.print(DEBUG, f"  {name} zone: {present} pages, LIFO batch:{batch_size(present)}")
        if not spanned:
            zones.append(Zone(name, 0, 0, present))
            continue
        zone = Zone(name, start, spanned, present)
        zones.append(zone)
        bootmem.alloc_node(usemap_bytes(spanned), f"{name} pageblock flags")
        zone.wait_entries = wait_table_entries(spanned)
        bootmem.alloc_node(zone.wait_entries * WAIT_QUEUE_HEAD, f"{name} wait table")
        if trace:
            log.print(DEBUG, f"mminit::memmap_init Initialising map node 0 zone {index} "
                             f"pfns {start} -> {start + spanned}")
        start += spanned
    return zones, kernel_pages, all_pages
