# SPDX-License-Identifier: GPL-2.0-only
"""How the low memory limit came about: the kernel's own records of what has set each border
(include/kernel/border.h)."""

from memdawn.state import tables
from memdawn.state.target import NotReady


def step(target, border, kinds):
    """One record, or None where nothing is decided. `pfn` or `bytes` is where the border lies;
    `pages`: so many page frames of RAM, from `pfn` on, are not used."""
    kind, value, why = border["kind"], border["value"], border["why"]
    shown = {"BORDER_TEXT": why, "BORDER_CUT": border["lost"]}.get(kinds[kind], value)
    if not shown:
        return None
    return {"what": target.string(border["what"]), "why": why,
            "pfn": value if kinds[kind] in ("BORDER_PFN", "BORDER_CUT") else None,
            "bytes": value if kinds[kind] == "BORDER_BYTES" else None,
            "pages": border["lost"] if kinds[kind] == "BORDER_CUT" else None}


def derivation(target):
    """Step by step: where RAM ends, what vmalloc needs, where low memory ends."""
    if not target.value("max_low_pfn"):
        raise NotReady("find_low_pfn_range")
    kinds = {value: name for name, value in target.enum("border_kind").items()}
    kind = target.type("struct border")
    steps = [step(target, target.at(kind, address), kinds) for address in target.value("borders")]
    vmalloc = target.value("border_vmalloc")
    return {"steps": [found for found in steps if found],
            "vmalloc_reserve": vmalloc["value"], "vmalloc_why": vmalloc["why"],
            "maxmem_end": tables.borders(target)["maxmem_end"],
            "page_offset": target.page_offset}


def not_used(target):
    """Those steps that cut RAM off: it is not in the balance."""
    try:
        return [found for found in derivation(target)["steps"] if found["pages"]]
    except NotReady:
        return []
