# SPDX-License-Identifier: GPL-2.0-only
"""Changes of Linux after 2.6.34 by which later kernels, up to 6.12, count otherwise. No boot of ours
counts that way: the figures follow from ours by arithmetic."""

from collections.abc import Callable, Sequence

from memdawn.model.e820 import ACPI, MAX_ARCH_PFN, PAGE, RAM, Range
from memdawn.model.zones import batch_size
from memdawn.replay.found import Found
from memdawn.replay.step import Figures, Step, number, numbers

STRUCT_PAGE = 32
ZONES = ("DMA", "Normal", "HighMem", "Movable")
HIGH = ("HighMem", "Movable")
MB_1 = 1 << 20


def present(state: Figures) -> dict[str, int]:
    """The page frames of RAM in each zone, from the nodes' ranges and the zones' borders."""
    ranges = state.get("early_node_map")
    zones = {name: numbers(state, f"zone_pfn_ranges.{name}") for name in ZONES}
    if not isinstance(ranges, list):
        return {}
    return {name: sum(max(0, min(end, borders[1]) - max(start, borders[0])) for _, start, end in ranges)
            for name, borders in zones.items() if borders}


def managed(state: Figures) -> dict[str, int]:
    """What of them a zone manages: low zones lend the page frames of their mem_map, high ones don't."""
    return {name: pages - (0 if name in HIGH else number(state, f"memmap_pages.{name}") or 0)
            for name, pages in present(state).items()}


def by_managed(state: Figures) -> Figures:
    """Zones with all their page frames, totals and batches by what is managed."""
    zones = managed(state)
    result: Figures = {f"zone_pages.{name}": [pages, batch_size(zones[name])]
                       for name, pages in present(state).items()}
    return {**result, "total_pages": sum(zones.values())}


def doubled_batches(state: Figures) -> Figures:
    """Batches of lists of up to 1 MB."""
    return {f"zone_pages.{name}": [present(state)[name], batch_size(pages, MB_1)]
            for name, pages in managed(state).items()}


def sparse_memmap(state: Figures) -> Figures:
    """mem_map of a zone with many holes: as large as its RAM needs. Linux: mm/page_alloc.c:
    calc_memmap_size(), v6.1."""
    result: Figures = {}
    for name, pages in present(state).items():
        borders = numbers(state, f"zone_pfn_ranges.{name}")
        if borders and borders[1] - borders[0] > pages + (pages >> 4):
            result[f"memmap_pages.{name}"] = -(-pages * STRUCT_PAGE // PAGE)
    return {**result, **by_managed({**state, **result})} if result else {}


def total_of_ram(state: Figures) -> Figures:
    """The line Memory counts RAM, not page frames up to the last."""
    pages = number(state, "totalpages")
    return {} if pages is None else {"memory_kb.total": pages * PAGE >> 10}


def all_pages(state: Figures) -> Figures:
    """Total pages without any mem_map."""
    return {"total_pages": number(state, "totalpages")}


def acpi_at_end(given: Sequence[Range]) -> list[Range]:
    """The map with one byte of RAM at the end of ACPI's last table, if that lies above all RAM: no page
    frame more, but the last one is there."""
    last = max((end for _, end, kind in given if kind == RAM), default=0)
    end = max((end for _, end, kind in given if kind == ACPI), default=0) // PAGE * PAGE
    if end <= last:
        return list(given)
    cut = [(start, min(stop, end - 1) if start < end - 1 and kind == ACPI else stop, kind)
           for start, stop, kind in given]
    return [*cut, (end - 1, end, RAM)]


def above_64g(found: Found) -> Callable[[Figures], Figures]:
    """RAM that no page frame number of PAE reaches, at the end of the nodes' ranges."""
    def figures(state: Figures) -> Figures:
        ranges = state.get("early_node_map")
        if not isinstance(ranges, list):
            return {}
        beyond = [[0, max(start // PAGE, MAX_ARCH_PFN), end // PAGE] for start, end, kind in found.ranges
                  if kind == RAM and end // PAGE > MAX_ARCH_PFN]
        for node, start, end in beyond:
            if ranges and ranges[-1][2] == start:
                ranges = [*ranges[:-1], [node, ranges[-1][1], end]]
            else:
                ranges = [*ranges, [node, start, end]]
        return {"early_node_map": ranges}
    return figures


# (first release with it, name, what it does to the figures)
CHANGES: list[tuple[tuple[int, ...], str, Callable[[Figures], Figures]]] = [
    ((3, 9), "after b40da04946aa (3.9), \"mm: use zone->present_pages instead of zone->managed_pages where "
     "appropriate\", and \"mm: set zone->present_pages to number of existing pages in the zone\" (3.9): zones "
     "with their mem_map, totals with that of high memory", by_managed),
    ((3, 11), "after 7ee3d4e8cd56 (3.11), \"mm: introduce helper function mem_init_print_info() to simplify "
     "mem_init()\": the total is RAM", total_of_ram),
    ((4, 19), "after d8a759b57035 (4.19), \"mm, page_alloc: double zone's batchsize\"", doubled_batches),
    ((6, 10), "6.10, \"mm/mm_init.c: remove meaningless calculation of zone->managed_pages in "
     "free_area_init_core()\": Total pages is all RAM", all_pages),
]


def steps(found: Found, release: tuple[int, ...]) -> list[Step]:
    """The changes that a release has, and the options that its figures may tell of."""
    result = [Step(name, [], figures=figures) for first, name, figures in CHANGES if release >= first]
    if release >= (6, 11):
        result.append(Step("after 06fa48d85b09 (6.11), \"x86/mm: Make e820__end_ram_pfn() cover "
                           "E820_TYPE_ACPI ranges\"", [], ranges=acpi_at_end))
    if release >= (3, 9):
        result.append(Step("CONFIG_SPARSEMEM (3.8, \"mm: provide more accurate estimation of pages occupied "
                           "by memmap\")", [], tentative=True, figures=sparse_memmap))
    if release >= (3, 19) and "DMA" not in found.facts.get("memmap_pages", {}):
        result.append(Step("CONFIG_MEMCG (1306a85aed3e, 3.19, \"mm: embed the memcg pointer directly into "
                           "struct page\"): struct page has 40 bytes", ["memdawn.struct_page=40"],
                           tentative=True))
        result.append(Step("CONFIG_MEMCG (1306a85aed3e, 3.19), SLAB: struct page isn't aligned, and has 36 bytes",
                           ["memdawn.struct_page=36"], tentative=True))
    if release >= (3, 9) and any(kind == RAM and end // PAGE > MAX_ARCH_PFN for _, end, kind in found.ranges):
        result.append(Step("memblock keeps RAM above 64 GiB, which PAE can't use (so 6.1 does)", [],
                           tentative=True, figures=above_64g(found)))
    return result
