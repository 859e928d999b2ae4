# SPDX-License-Identifier: GPL-2.0-only
"""Kernels that were ported to Xen before Linux had it (2.6.16 and 2.6.18, xenU, el5xen): the hypervisor has
the end of the address space, and no low memory is too high for the zone DMA."""

from memdawn.model.cmdline import VMALLOC_RESERVE
from memdawn.model.e820 import PAGE
from memdawn.replay.borders import batch_of
from memdawn.replay.found import Found
from memdawn.replay.numa import PAGE_OFFSET
from memdawn.replay.step import Figures, Step, number

HYPERVISOR_PAE, HYPERVISOR = 0xf5800000, 0xfc000000
FIRST_IN_LINUX = (2, 6, 23)


def low_pages(top: int) -> int:
    """The page frames of low memory below a hypervisor: two pages lie between it and vmalloc's space."""
    return (top - 2 * PAGE - VMALLOC_RESERVE - PAGE_OFFSET) // PAGE


def steps(found: Found, release: tuple[int, ...]) -> list[Step]:
    """Such a kernel's way to count."""
    if found.source.lower() != "xen" or release >= FIRST_IN_LINUX:
        return []
    said = found.facts.get("lowmem_mb")
    other = said == low_pages(HYPERVISOR) >> 8 or found.pae is False
    top = HYPERVISOR if other and said != low_pages(HYPERVISOR_PAE) >> 8 else HYPERVISOR_PAE

    def figures(state: Figures) -> Figures:
        last = number(state, "last_pfn") or 0
        low = min(low_pages(top), last)
        return {"lowmem_mb": low >> 8, "highmem_mb": last - low >> 8, "totalpages": last, "total_pages": last,
                "memory_kb.highmem": (last - low) * 4, "zone_pages.DMA": [low, batch_of(low, release)],
                "zone_pages.Normal": None,
                "zone_pages.HighMem": [last - low, batch_of(last - low, release)] if last > low else None}
    return [Step(f"Xen's own port of Linux: the hypervisor lies at {top:#x}, low memory ends 128 MB and 8 kB earlier, "
                 "all of it is zone DMA", [], figures=figures)]
