# SPDX-License-Identifier: GPL-2.0-only
"""How the low memory limit came about: the kernel's own records of what has set each border
(include/kernel/border.h)."""

from collections.abc import Mapping
from typing import TypedDict

from memdawn.state import page_tables
from memdawn.state.c_types import CValue
from memdawn.state.target import NotReady, Target


class DerivedBorder(TypedDict):
    """A border of memory, and what set it. `pfn` or `bytes` is where it lies; `pages`: so many page
    frames of RAM, from `pfn` on, are not used."""
    what: str
    why: str
    pfn: int | None
    bytes: int | None
    pages: int | None


class Derivation(TypedDict):
    """All steps, and what the limit of low memory is computed from."""
    steps: list[DerivedBorder]
    vmalloc_reserve: int
    vmalloc_why: str
    maxmem_end: int
    page_offset: int


def step(target: Target, border: CValue, kinds: Mapping[int, str]) -> DerivedBorder | None:
    """One record, or None where nothing is decided."""
    kind, value, why = kinds[border["kind"]], border["value"], border["why"]
    shown = {"BORDER_TEXT": why, "BORDER_CUT": border["lost"]}.get(kind, value)
    if not shown:
        return None
    return {"what": target.string(border["what"]), "why": why,
            "pfn": value if kind in ("BORDER_PFN", "BORDER_CUT") else None,
            "bytes": value if kind == "BORDER_BYTES" else None,
            "pages": border["lost"] if kind == "BORDER_CUT" else None}


def derivation(target: Target) -> Derivation:
    """Step by step: where RAM ends, what vmalloc needs, where low memory ends."""
    if not target.value("max_low_pfn"):
        raise NotReady("find_low_pfn_range")
    kinds = {value: name for name, value in target.enum("border_kind").items()}
    kind = target.type("struct border")
    steps = [step(target, target.at(kind, address), kinds) for address in target.value("borders")]
    vmalloc = target.value("border_vmalloc")
    return {"steps": [found for found in steps if found],
            "vmalloc_reserve": vmalloc["value"], "vmalloc_why": vmalloc["why"],
            "maxmem_end": page_tables.borders(target)["maxmem_end"],
            "page_offset": target.page_offset}


def not_used(target: Target) -> list[DerivedBorder]:
    """Those steps that cut RAM off: it is not in the balance."""
    try:
        return [found for found in derivation(target)["steps"] if found["pages"]]
    except NotReady:
        return []
