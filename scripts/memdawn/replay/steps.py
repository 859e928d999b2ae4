# SPDX-License-Identifier: GPL-2.0-only
"""Why a machine's kernel said something else than Linux 2.6.34: a change of Linux (a commit, of which
the machine's kernel is older or newer), an option of its configuration, or a patch. Each is a
parameter of ours that makes the boot count that way, or, for what our boot has nothing of (nodes,
pages of another size), the figures themselves, computed from the map."""

import dataclasses
import re
from collections.abc import Callable, Sequence

from memdawn.model.e820 import RAM, RESERVED
from memdawn.replay import numa
from memdawn.replay.found import Found
FIXADDR_TOP = 0xfffff000
OUR_FIXMAP_PAGES = 25
OURS = (2, 6, 34)

# Figures by name, see comparison.flat().
Figures = dict[str, object]


@dataclasses.dataclass
class Step:
    """A change or an option.

    name      -- commit and title, the option, or the patch
    words     -- what makes our boot count that way
    tentative -- the log does not tell if it holds: kept if figures become equal by it, and none
                 that was equal becomes different
    figures   -- for what no boot of ours counts: a function of the figures so far, to those that
                 change. Such steps come last.
    """
    name: str
    words: list[str]
    tentative: bool = False
    figures: Callable[[Figures], Figures] | None = None


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


def fixmap_step(found: Found) -> list[Step]:
    """The size of the fixmap, from the log's own layout."""
    window = found.facts.get("layout", {}).get("fixmap")
    if not window or window[1] != FIXADDR_TOP:
        return []
    pages = (window[1] - window[0]) >> 12
    if pages == OUR_FIXMAP_PAGES:
        return []
    return [Step(f"configuration (CONFIG_NR_CPUS, CONFIG_X86_IO_APIC, ...): {pages} fixed pages "
                 f"instead of {OUR_FIXMAP_PAGES}", [f"memdawn.fixmap={pages}"])]


def cut_out(start: int, end: int, reserved: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of [start, end) the reserved ranges cover."""
    return [(max(start, first), min(end, last)) for first, last in reserved
            if max(start, first) < min(end, last)]


def low_reservations(found: Found) -> list[tuple[int, int]]:
    """Ranges of the first 64 KiB that the kernel's own rules took out of the firmware's RAM."""
    modified = found.maps.get("modified") or found.maps.get("user")
    if modified:
        ram = [(start, min(end, 0x10000)) for start, end, kind in found.ranges
               if kind == RAM and start < 0x10000]
        reserved = [(start, end) for start, end, kind in modified if kind == RESERVED]
        return [piece for start, end in ram for piece in cut_out(start, end, reserved)]
    borders = found.facts.get("zone_pfn_ranges", {}).get("DMA")
    return [(0, 0x10000)] if borders and borders[0] == 16 else []


def low_memory_step(found: Found) -> list[Step]:
    """The options that keep the kernel away from the first 64 KiB."""
    taken = [(start, end) for start, end in low_reservations(found)
             if (start, end) != (0, 0x1000)]
    if not taken or not found.release or found.release < (2, 6, 28):
        return []
    whole = taken == [(0, 0x10000)]
    name = ("CONFIG_X86_RESERVE_LOW_64K (fc38151, 2.6.28): nothing below 64 KiB is used" if whole
            else "CONFIG_X86_CHECK_BIOS_CORRUPTION (5394f80, 2.6.28): free pages below 64 KiB are "
            "watched, not used")
    return [Step(name, [f"memmap={end - start}${start}" for start, end in taken])]


def batch_step(release: tuple[int, ...]) -> list[Step]:
    """Batches before they were 2^n - 1: 2.4 had none, 2.6.12-rc2 had these still."""
    if not (2, 5) <= release < (2, 6, 12):
        return []

    def figures(state: Figures) -> Figures:
        return {name: [value[0], numa.batch(value[0])] for name, value in state.items()
                if name.startswith("zone_pages.") and isinstance(value, list)}
    return [Step("before Nick Piggin's \"clamp batch size to (2^n)-1\" (April 2005, after 2.6.12-rc2)",
                 [], figures=figures)]


def numa_steps(found: Found) -> list[Step]:
    """Nodes and page clustering."""
    def computed(figures: Figures) -> Callable[[Figures], Figures]:
        return lambda _: figures
    return [Step(name, [], figures=computed(figures)) for name, figures in numa.explanations(found)]


def steps_for(found: Found) -> list[Step]:
    """All that may make the machine's kernel say something else than ours, in the order in which
    it acts."""
    steps = []
    if found.pae is False:
        steps.append(Step("CONFIG_HIGHMEM4G instead of HIGHMEM64G: page tables of two levels, "
                          "4 GiB", ["memdawn.highmem=4G"]))
    steps += fixmap_step(found)
    release = found.release or OURS
    changes = [Step(f"before {commit} ({'.'.join(map(str, first))}), \"{title}\"", [commit])
               for commit, first, title in CHANGES if release < first]
    steps += changes + low_memory_step(found)
    if (2, 6, 25) <= release < (2, 6, 28):
        steps.append(Step("CONFIG_CGROUP_MEM_RES_CTLR (78fb746, 2.6.25, to 52d4b9a, 2.6.28): struct "
                          "page has 36 bytes", ["memdawn.struct_page=36"], tentative=True))
    return steps + batch_step(release) + numa_steps(found)


def step_words(steps: Sequence[Step]) -> tuple[list[str], list[str]]:
    """Steps as (words of the command line, words of ours)."""
    given = [word for step in steps for word in step.words]
    commits = [word for word in given if re.fullmatch(r"[0-9a-f]{7}", word)]
    ours = [word for word in given if word.startswith("memdawn.")]
    if commits:
        ours.append(f"memdawn.before={','.join(commits)}")
    return [word for word in given if word.startswith("memmap=")], ours
