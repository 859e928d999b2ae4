# SPDX-License-Identifier: GPL-2.0-only
"""Changes of Linux up to 2.6.34 by which kernels before them counted otherwise."""

from collections.abc import Callable

from memdawn.model.e820 import PAGE
from memdawn.model.zones import batch_size
from memdawn.replay import numa
from memdawn.replay.newer import STRUCT_PAGE, ZONES
from memdawn.replay.step import Figures, Step, number, numbers

# (commit, first release with it, title): kernels before it counted otherwise.
CHANGES = [
    ("e621bd1", (2, 6, 28), "i386: vmalloc size fix"),
    ("499a5f1", (2, 6, 34), "x86: Lift restriction on the location of FIX_BTMAP_*"),
    ("f361a45", (2, 6, 27), "x86: introduce max_low_pfn_mapped for 64-bit"),
    ("1b5576e", (2, 6, 34), "x86: Remove BIOS data range from e820"),
    ("4cfee88", (2, 6, 19), "Have x86 use add_active_range() and free_area_init_nodes"),
    ("0e0b864", (2, 6, 19), "Account for memmap and optionally the kernel image as holes"),
    ("ba56e91", (2, 6, 15), "mm: page_alloc: increase size of per-cpu-pages"),
]


def steps(release: tuple[int, ...]) -> list[Step]:
    """The changes that a release is before."""
    return [Step(f"before {commit} ({'.'.join(map(str, first))}), \"{title}\"", [commit])
            for commit, first, title in CHANGES if release < first]


def batch_steps(release: tuple[int, ...]) -> list[Step]:
    """Batches before they were 2^n - 1: 2.4 had none, 2.6.12-rc2 had these still."""
    if not (2, 5) <= release < (2, 6, 12):
        return []

    def figures(state: Figures) -> Figures:
        return {name: [value[0], numa.batch(value[0])] for name, value in state.items()
                if name.startswith("zone_pages.") and isinstance(value, list)}
    return [Step("before Nick Piggin's \"clamp batch size to (2^n)-1\" (April 2005, after 2.6.12-rc2)",
                 [], figures=figures)]


def whole_range(rounded: bool) -> Callable[[Figures], Figures]:
    """All page frames up to the last are one active range, holes and page frame 0 too; mem_map's own
    are rounded up, or down."""
    def figures(state: Figures) -> Figures:
        borders = {name: numbers(state, f"zone_pfn_ranges.{name}") for name in ZONES}
        zones = {name: [0 if name == "DMA" else border[0], border[1]] for name, border in borders.items() if border}
        last = max((border[1] for border in zones.values()), default=number(state, "last_pfn") or 0)
        result: Figures = {"early_node_map": [[0, 0, last]], "totalpages": last}
        total = 0
        for name, (start, end) in zones.items():
            size = (end - start) * STRUCT_PAGE
            memmap = -(-size // PAGE) if rounded else size // PAGE
            pages = end - start - memmap
            total += pages
            result.update({f"zone_pfn_ranges.{name}": [start, end], f"memmap_pages.{name}": memmap,
                           f"zone_pages.{name}": [pages, batch_size(pages)]})
        return {**result, "total_pages": total}
    return figures


def range_steps(release: tuple[int, ...]) -> list[Step]:
    """2.6.19 to 2.6.26 of i386 told nothing of holes to what 4cfee88 had made."""
    if not (2, 6, 19) <= release < (2, 6, 27):
        return []
    return [Step("2.6.19 to 2.6.26 register all page frames as one active range, holes too "
                 "(arch/i386/kernel/setup.c: add_active_range(0, 0, highend_pfn))", [], figures=whole_range(True)),
            Step("before mem_map's own page frames were rounded up", [], tentative=True,
                 figures=whole_range(False))]
