# SPDX-License-Identifier: GPL-2.0-only
"""The reader of the virtual address space: its parts from the top down, and what set its borders."""

from typing import TypedDict

from memdawn.state import page_tables
from memdawn.state.derivation import Derivation, derivation
from memdawn.state.target import NotReady, Target


class Area(TypedDict):
    """A part of the address space; `end` is excluded and may be 2^32."""
    name: str
    start: int
    end: int
    why: str


class VirtualLayout(TypedDict):
    """The address space, and how the low memory limit came about."""
    areas: list[Area]
    derivation: Derivation


def area(name: str, start: int, end: int, why: str) -> Area:
    """A part of the address space."""
    return {"name": name, "start": start, "end": end, "why": why}


def image_areas(target: Target) -> list[Area]:
    """The image's sections, the highest first."""
    symbol = target.symbols
    return [area(" " + name, symbol[first], symbol[last], why) for name, first, last, why in (
        (".brk", "__brk_base", "__brk_limit", "head's page tables"),
        (".bss", "__bss_start", "__bss_stop", "zero at the start"),
        (".init", "__init_begin", "__init_end", "given back after the boot"),
        (".data", "_sdata", "_edata", "with the stack"),
        (".rodata", "__start_rodata", "__end_rodata", "constants"),
        (".text", "_text", "_etext", "code"))]


def address_space(target: Target, high_memory: int) -> list[Area]:
    """The virtual address space from the top down."""
    borders_of = page_tables.borders(target)
    fixaddr_start, boot_start = borders_of["fixaddr_start"], borders_of["fixaddr_boot_start"]
    pkmap, pkmap_end = borders_of["pkmap_base"], borders_of["pkmap_end"]
    vmalloc_end = borders_of["vmalloc_end"]
    vmalloc_start = high_memory + borders_of["vmalloc_offset"]
    top = page_tables.FIXADDR_TOP
    return [
        area("hole", top, 1 << 32, "one page, never mapped"),
        area("fixmap", fixaddr_start, top, "pages at fixed addresses"),
        area("boot", boot_start, fixaddr_start, "fixed pages of the boot alone"),
        area("hole", pkmap_end, boot_start, "up to the next page table"),
        area("pkmap", pkmap, pkmap_end, "windows of kmap()"),
        area("hole", vmalloc_end, pkmap, "two pages that catch overruns"),
        area("vmalloc", vmalloc_start, vmalloc_end, "vmalloc(), vmap(), ioremap()"),
        area("hole", high_memory, vmalloc_start, "VMALLOC_OFFSET, catches overruns"),
        area("lowmem", target.page_offset, high_memory, "physical memory from 0 on"),
        *image_areas(target),
        area("user", 0, target.page_offset, "not mapped: there are no processes")]


def virtual_layout(target: Target) -> VirtualLayout:
    """The virtual address space, and how the low memory limit came about."""
    target.require_c()
    steps = derivation(target)
    high_memory = target.value("high_memory")
    if not high_memory:
        raise NotReady("initmem_init")
    return {"areas": address_space(target, high_memory), "derivation": steps}
