# SPDX-License-Identifier: GPL-2.0-only
"""Kernels whose part of the address space is not the last gigabyte: low memory reaches further than ours
can, so the border between the zones Normal and HighMem, and what follows from it, is computed here."""

from memdawn.model.cmdline import VMALLOC_RESERVE
from memdawn.model.e820 import FOUR_GIB, PAGE
from memdawn.model.zones import batch_size
from memdawn.replay import numa
from memdawn.replay.configuration import VMALLOC_OFFSET
from memdawn.replay.found import Found
from memdawn.replay.newer import STRUCT_PAGE
from memdawn.replay.numa import DMA_END
from memdawn.replay.step import Figures, Step, number, numbers

KB_256 = 256 << 10
MOST_OURS = 1016        # MB of low memory that PAGE_OFFSET 0xc0000000 can have, with a small vmalloc=
SLACK = 16              # MB that the fixmap and kmap()'s window take of it from 2.6.28 on

# PAGE_OFFSET and the option, the largest first. 4G/4G is Ingo Molnar's patch, Red Hat's hugemem kernels.
SPLITS = [(0xb0000000, "CONFIG_VMSPLIT_3G_OPT"), (0x80000000, "CONFIG_VMSPLIT_2G"),
          (0x78000000, "CONFIG_VMSPLIT_2G_OPT"), (0x40000000, "CONFIG_VMSPLIT_1G"),
          (0x02000000, "4G/4G (Ingo Molnar's patch, Red Hat's hugemem)")]


def split_of(found: Found) -> tuple[int, str] | None:
    """PAGE_OFFSET and its option, from the layout or from the size of low memory; None: it is ours."""
    window = found.facts.get("layout", {}).get("lowmem")
    if window:
        return next((split for split in SPLITS if split[0] == window[0]), None)
    size = found.facts.get("lowmem_mb", 0)
    if size <= MOST_OURS:
        return None
    fitting = [split for split in SPLITS if size <= most_mb(split[0])]
    if not found.facts.get("highmem_mb"):
        return fitting[0] if fitting else None
    return next((split for split in fitting if size > most_mb(split[0]) - SLACK), None)


def most_mb(page_offset: int) -> int:
    """Low memory before 2.6.28, in MB: what lies above PAGE_OFFSET, less vmalloc's space."""
    return (FOUR_GIB - page_offset - VMALLOC_RESERVE) >> 20


def batch_of(pages: int, release: tuple[int, ...]) -> int:
    """A zone's batch as a release up to 2.6.34 or later counts it."""
    if release < (2, 6, 12):
        return numa.batch(pages)
    return batch_size(pages, KB_256) if release < (2, 6, 15) else batch_size(pages)


def moved(state: Figures, release: tuple[int, ...], page_offset: int) -> Figures:
    """The figures with low memory from this PAGE_OFFSET on."""
    last, nodes = number(state, "last_pfn"), state.get("early_node_map")
    dma, vmalloc = numbers(state, "zone_pfn_ranges.DMA"), numbers(state, "layout.vmalloc")
    if last is None or not isinstance(nodes, list) or not dma or not vmalloc:
        return {}
    top = vmalloc[1] if release >= (2, 6, 28) else FOUR_GIB
    low = min((top - VMALLOC_RESERVE - page_offset) // PAGE, last)
    zones = {"DMA": dma, "Normal": [DMA_END, low], "HighMem": [low, last]}
    old = release < (2, 6, 19)          # holes and mem_map's own page frames count, see changes.py
    ram = {name: sum(max(0, min(end, border[1]) - max(start, border[0])) for _, start, end in nodes)
           for name, border in zones.items()}
    result: Figures = {"highmem_mb": (last - low) >> 8, "lowmem_mb": low >> 8,
                       "memory_kb.highmem": ram["HighMem"] * 4,
                       "layout.lowmem": [page_offset, page_offset + low * PAGE],
                       "layout.vmalloc": [page_offset + low * PAGE + VMALLOC_OFFSET, vmalloc[1]]}
    total = 0
    for name, border in zones.items():
        span = border[1] - border[0] + (border[0] if name == "DMA" and old else 0)
        memmap = 0 if old else -(-span * STRUCT_PAGE // PAGE)
        pages = (span if old else ram[name]) - memmap
        total += pages
        there = span > 0
        result[f"zone_pfn_ranges.{name}"] = border if there else None
        result[f"zone_pages.{name}"] = [pages, batch_of(pages, release)] if there else None
        result[f"memmap_pages.{name}"] = memmap if there else None
    return {**result, "total_pages": total}


def steps(found: Found, release: tuple[int, ...]) -> list[Step]:
    """Another PAGE_OFFSET, if there is one."""
    split = split_of(found)
    if split is None:
        return []
    page_offset, option = split
    return [Step(f"{option}: PAGE_OFFSET is {page_offset:#x}, not 0xc0000000; low memory, and the zones Normal and "
                 "HighMem, by that", [], figures=lambda state: moved(state, release, page_offset))]
