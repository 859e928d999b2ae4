# SPDX-License-Identifier: GPL-2.0-only
"""How a kernel of 2.5 counted on a NUMA machine, with and without page clustering.

It had a mem_map and three zones for each node. The mem_maps of all nodes but the first lay at the
end of their node, and were mapped where low memory's last pages would have been: low memory is
shorter by them. Our boot has one node, so these figures are computed here, from the memory map and
the nodes.

Page clustering (pgcl, begun by Hugh Dickins for 2.4, for 2.5 by William Lee Irwin) is a patch by
which a page of the kernel is 1 << PAGE_MMUSHIFT pages of the MMU. What the log calls totalpages
is in pages of the kernel, zones are in pages of the MMU. Checked against three logs of the
linux-kernel list: <20030318004850.GT20188@holomorphy.com> (2.5.64, 48 GiB: the machine of
tests/linux/machines), <20030328040038.GO1350@holomorphy.com> (2.5.66, 64 GiB),
<20030328040036.GA13178@holomorphy.com> (the same machine without the patch, 2.5.65-mm2)."""

import dataclasses
import itertools
import re
from collections.abc import Iterable, Sequence

from memdawn.model.cmdline import VMALLOC_RESERVE
from memdawn.model.e820 import RAM, Range
from memdawn.model.zones import batch_size
from memdawn.replay.found import Found
from memdawn.replay.newer import STRUCT_PAGE as STRUCT_PAGE_TODAY
from memdawn.replay.step import Figures, Step, number, numbers

MMUPAGE = 4096
PAGE_OFFSET = 0xc0000000
LARGE_PAGE = 2 << 20
MOST_BATCH = 256 << 10      # bytes, of which a batch is a quarter
GIB = (1 << 30) // MMUPAGE
DMA_END = 4096

# Without page clustering the mem_map of 0x200000 pages and one more took 45 large pages, that of
# 0x1ff800 and one more took 44 (2.5.65-mm2's log): 44 bytes, no other number does both.
STRUCT_PAGE = 44
STRUCT_PAGES = (44, 40, 48, 36, 52, 56, 32)     # the likeliest first, where a line tells

# Where FILE doesn't say it. 32 KiB: "I bumped down PAGE_SIZE to 32K", pgcl-2.5.64-2's announcement
# <20030305162349.GF1399@holomorphy.com>. The fixmap has kmap()'s and kmap_atomic()'s windows, of a
# page each, for 32 CPUs; 2.5.64's log and 2.5.66's on the other machine have the same.
CLUSTER_SHIFT = 3
FIXMAP_START = 0xfc2cc000

# Nodes by the end of RAM, in page frames, of a NUMA-Q whose record leaves these lines out.
KNOWN_NODES = {48 * GIB: [(start * GIB, end * GIB) for start, end in
                          ((0, 8), (8, 16), (16, 24), (24, 32), (32, 36), (36, 40), (40, 44),
                           (44, 48))]}


def batch(pages: int, shift: int = 0) -> int:
    """A zone's batch before Nick Piggin made it 2^n - 1; of pages of the MMU, 1 << shift each one
    of the kernel's."""
    return max(1, min((pages >> shift) // 1024, MOST_BATCH // (MMUPAGE << shift)) // 4)


@dataclasses.dataclass(frozen=True)
class Kernel:
    """A kernel on a machine.

    nodes  -- (first, last + 1) each, in page frames of the MMU
    shift  -- PAGE_MMUSHIFT
    fixmap -- where the fixmap begins, if that decides how far low memory goes; None: it doesn't
    struct_page -- bytes of struct page
    """
    nodes: Sequence[tuple[int, int]]
    shift: int = 0
    fixmap: int | None = None
    struct_page: int = STRUCT_PAGE

    def mem_map(self, node: tuple[int, int]) -> int:
        """What a node's mem_map takes at its end, in page frames: large pages."""
        start, end = node
        size = (((end - start) >> self.shift) + 1) * self.struct_page
        return -(-size // LARGE_PAGE) * (LARGE_PAGE // MMUPAGE)

    def most_low(self) -> int:
        """Page frames that low memory has, with the mem_maps of the other nodes."""
        if self.fixmap is None:
            return (-PAGE_OFFSET % (1 << 32) - VMALLOC_RESERVE) // MMUPAGE
        # pgcl: two pages between fixmap and vmalloc's space, two more in front of it, and no 8 MB.
        vmalloc = self.fixmap - 2 * MMUPAGE - VMALLOC_RESERVE - 2 * MMUPAGE
        return (vmalloc - PAGE_OFFSET) // LARGE_PAGE * (LARGE_PAGE // MMUPAGE)

    def figures(self, ranges: Sequence[Range]) -> dict[str, object]:
        """What the log says of memory on this map."""
        maps = [self.mem_map(node) for node in self.nodes[1:]]
        low = self.most_low() - sum(maps)
        high = [(low, self.nodes[0][1])] + [
            (start, end - taken) for (start, end), taken in zip(self.nodes[1:], maps)]
        usable = sum(max(0, min(end, last // MMUPAGE) - max(start, -(-first // MMUPAGE)))
                     for start, end in high for first, last, kind in ranges if kind == RAM)
        last = high[-1][1] - high[-1][0]
        return {
            "highmem_mb": (self.nodes[-1][1] - self.most_low()) * MMUPAGE >> 20,
            "lowmem_mb": low * MMUPAGE >> 20,
            "totalpages": (self.nodes[0][1] - self.nodes[0][0]) >> self.shift,
            "zone_pages.DMA": [0, batch(0)],            # the last node's: its lines come last
            "zone_pages.Normal": [0, batch(0)],
            "zone_pages.HighMem": [last, batch(last, self.shift)],
            "memory_kb.highmem": usable * MMUPAGE >> 10,
        }


# --- what a text says of nodes and pages ---------------------------------------------------------

def first_match(pattern: str, lines: Iterable[str]) -> re.Match[str] | None:
    """The first line's match, or None."""
    return next((match for line in lines if (match := re.match(pattern, line))), None)


def cluster_shift(found: Found) -> tuple[int, str] | None:
    """PAGE_MMUSHIFT, and where that is from; None: a kernel without page clustering."""
    if match := first_match(r".* hash table entries: \d+ \(order: (\d{1,2}), (\d{1,9}) bytes\)",
                            found.lines):
        shift = (int(match[2]) >> int(match[1]) >> 12).bit_length() - 1
        return (shift, "FILE's sizes of hash tables") if shift > 0 else None
    if not found.lines and re.search(r"\bpgcl\b", found.kernel) and found.release is not None \
            and found.release >= (2, 5, 64):
        return CLUSTER_SHIFT, "as announced for pgcl-2.5.64-2"
    return None


def nodes_of(found: Found, shift: int) -> tuple[list[tuple[int, int]], str] | None:
    """The nodes, and where they are from; None: there are none, or not enough is said of them.

    Each node but the first has a line with its end. Where the first ends, the second begins: as many
    pages before its own end as its totalpages say."""
    ends, totals = {}, {}
    for line in found.lines:
        if match := re.match(r"Shrinking node (\d{1,3}) from (\d{1,9}) pages to (\d{1,9}) pages", line):
            ends[int(match[1])] = (int(match[2]), int(match[3]))
        elif match := re.match(r"On node (\d{1,3}) totalpages: (\d{1,9})", line):
            totals[int(match[1])] = int(match[2])
    if len(ends) > 1 and set(ends) == set(range(1, len(ends) + 1)) and 1 in totals:
        borders = [0, ends[1][1] - (totals[1] << shift), *(ends[nid][0] for nid in sorted(ends))]
        if borders == sorted(set(borders)):
            return list(zip(borders, borders[1:])), "FILE's lines `Shrinking node'"
    last = max((end for _, end, kind in found.ranges if kind == RAM), default=0) // MMUPAGE
    if not found.lines and "NUMA-Q" in found.kernel and last in KNOWN_NODES:
        return KNOWN_NODES[last], "that log's lines `Shrinking node', which FILE leaves out"
    return None


def struct_page_of(found: Found, nodes: Sequence[tuple[int, int]], shift: int) -> int:
    """The bytes of struct page with which each node's mem_map takes as much as FILE says."""
    said = {int(match[2]): int(match[1]) for line in found.lines if
            (match := re.match(r"Reserving (\d{1,9}) pages of KVA for lmem_map of node (\d{1,3})\b", line))}
    for size in STRUCT_PAGES:
        kernel = Kernel(nodes, shift, None, size)
        if said and all(kernel.mem_map(node) == said.get(nid) for nid, node in enumerate(nodes) if nid):
            return size
    return STRUCT_PAGE


def fixmap_of(found: Found) -> tuple[int, str] | None:
    """Where pgcl's fixmap begins, and where that is from; None: it is not said."""
    if match := first_match(r"fixmapspace = \[0x([0-9a-f]{8}), 0x[0-9a-f]{8}\)", found.lines):
        return int(match[1], 16), "FILE's line `fixmapspace'"
    if found.lines:
        return None
    return FIXMAP_START, ("that log's line `fixmapspace', which FILE leaves out; 2.5.66's on another "
                          "machine is the same")


def explanations(found: Found) -> list[tuple[str, dict[str, object]]]:
    """(name, figures) of all that makes a kernel of 2.5 count as such a machine's did; each has what
    stands before it."""
    if not found.release or not (2, 5) <= found.release < ((2, 6, 12) if found.lines else (2, 6)):
        return []
    cluster = cluster_shift(found)
    shift, pages_from = cluster or (0, "")
    known_nodes = nodes_of(found, shift)
    if known_nodes is None:
        return []
    nodes, nodes_from = known_nodes
    struct_page = struct_page_of(found, nodes, shift)
    sizes = ", ".join(f"{(end - start) / GIB:g}" for start, end in nodes)
    result = [(f"CONFIG_NUMA, CONFIG_DISCONTIGMEM: {len(nodes)} nodes of {sizes} GiB ({nodes_from}); the "
               f"mem_maps of all but the first, {struct_page} bytes a page in pieces of 2 MB, are mapped at the "
               "end of low memory (Patricia Gaughen, Martin J. Bligh, 2002)",
               Kernel(nodes, struct_page=struct_page))]
    if cluster:
        result.append((f"pgcl, William Lee Irwin's patch: PAGE_MMUSHIFT {shift}, pages of "
                       f"{4 << shift} KiB ({pages_from})", Kernel(nodes, shift, None, struct_page)))
    if cluster and (known := fixmap_of(found)):
        fixmap, fixmap_from = known
        result.append((f"pgcl: kmap()'s windows are in the fixmap, each as large as a page; it begins at "
                       f"{fixmap:#x} ({fixmap_from}), 128 MB for vmalloc() and 16 kB lie below it, and "
                       "low memory ends at the 2 MB before that", Kernel(nodes, shift, fixmap, struct_page)))
    return [(name, kernel.figures(found.ranges)) for name, kernel in result]


# --- one node that is all of memory --------------------------------------------------------------

def flat_end(found: Found, last: int) -> tuple[int, int, int] | None:
    """Of the only node of a NUMA kernel: where it ends, how much mem_map takes above that (page frames both),
    and the bytes of struct page; 0 with SPARSEMEM, which has no such mem_map. It is whole large pages, and so
    is what is below. None: FILE's lines say something else."""
    def line(pattern: str) -> int | None:
        match = first_match(pattern, found.lines)
        return int(match[1]) if match else None
    said = line(rf"Shrinking node 0 from {last} pages to (\d{{1,9}}) pages")
    further = line(r"Shrinking node 0 further by (\d{1,9}) pages") or 0
    if said is None or first_match(r"Shrinking node [1-9]", found.lines):
        return None
    for large, size in itertools.product((512, 1024), (STRUCT_PAGE_TODAY, *STRUCT_PAGES, 0)):
        mem_map = max(1, -(-last * size // (large * MMUPAGE))) * large
        if last - mem_map == said and (said // large * large == said - further or not further):
            return said - further, mem_map, size
    return None


def flat_figures(state: Figures, release: tuple[int, ...], node: tuple[int, int, int]) -> Figures:
    """The figures of such a node. Before 2.6.19 low memory lends the addresses for mem_map, and all page frames
    count."""
    end, mem_map, size = node
    old, last = release < (2, 6, 19), number(state, "last_pfn") or 0
    borders = numbers(state, "zone_pfn_ranges.HighMem")
    low = borders[0] - (mem_map if old else 0) if borders else last
    zones = {"DMA": DMA_END, "Normal": min(low, end) - DMA_END}
    if borders:
        zones["HighMem"] = end - low
    result: Figures = {"totalpages": end, "early_node_map": [[0, 0, end]], "zone_pfn_ranges.DMA": [0, DMA_END]}
    if old and borders:
        result.update({"lowmem_mb": low >> 8, "highmem_mb": last - low >> 8})
    total = 0
    for name, pages in zones.items():
        memmap = 0 if old else -(-pages * (size or STRUCT_PAGE_TODAY) // MMUPAGE)
        result[f"memmap_pages.{name}"] = memmap
        result[f"zone_pages.{name}"] = [pages - memmap, batch_size(pages - memmap)]
        total += pages - memmap
    return {**result, "total_pages": total}


def flat_steps(found: Found, release: tuple[int, ...]) -> list[Step]:
    """A kernel for NUMA on a machine that is none: one node, holes count as RAM."""
    last = first_match(r"Shrinking node 0 from (\d{1,9}) pages", found.lines)
    node = flat_end(found, int(last[1])) if last else None
    if node is None:
        return []
    known = node
    what = f"mem_map at the end ({node[2]} bytes a page, whole large pages)" if node[2] else \
        "structures at the end (SPARSEMEM: no mem_map)"
    return [Step(f"CONFIG_NUMA, one node: it is all of memory, holes too, but for its own {what}", [],
                 figures=lambda state: flat_figures(state, release, known))]
