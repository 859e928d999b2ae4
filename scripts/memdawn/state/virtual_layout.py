# SPDX-License-Identifier: GPL-2.0-only
"""The reader of the virtual address space: its parts from the top down, and what set its borders."""

from typing import TypedDict

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


def address_space(target: Target) -> list[Area]:
    """The virtual address space from the top down, as the kernel has recorded it."""
    return [{"name": target.string(found["name"]), "start": found["start"],
             "end": found["end"] or 1 << 32, "why": target.string(found["what"])}
            for found in target.value("layout_ranges")]


def image_areas(target: Target) -> list[Area]:
    """The image's sections, the highest first: known before the rest."""
    return [area for area in address_space(target) if area["name"].startswith(" ")]


def virtual_layout(target: Target) -> VirtualLayout:
    """The virtual address space, and how the low memory limit came about."""
    target.require_c()
    steps = derivation(target)
    areas = address_space(target)
    if not areas[0]["start"]:
        raise NotReady("initmem_init")
    return {"areas": areas, "derivation": steps}
