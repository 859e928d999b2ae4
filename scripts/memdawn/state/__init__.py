# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's memory manager, read from outside: a live machine or a core, at any moment.

Each reader takes a Target (target.py) and returns plain dicts and lists, ready for JSON.
Where there is nothing to read yet, or no more, it raises Missing, whose text says why:
`not initialised yet (needs FUNCTION)`. Nothing is asked of the kernel: all is read through
physical memory, with the structures as the compiler describes them in the ELF file.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from memdawn.state import boot_memory, kernel, page_tables, pages, virtual_layout
from memdawn.state.target import Missing, Target

# Name to reader, in the order of the boot.
READERS: dict[str, Callable[[Target], object]] = {
    "machine": kernel.machine,
    "dmesg": kernel.dmesg,
    "raw_e820": boot_memory.raw_e820,
    "e820": boot_memory.e820,
    "early_res": boot_memory.early_res,
    "node_map": boot_memory.node_map,
    "bootmem": boot_memory.bootmem,
    "memblock": boot_memory.memblock,
    "owners": boot_memory.owners,
    "borders": kernel.borders,
    "layout": virtual_layout.virtual_layout,
    "pgtable": page_tables.pgtable,
    "fixmap": page_tables.fixmap,
    "pkmap": page_tables.pkmap,
    "zones": pages.zones,
    "buddyinfo": pages.buddyinfo,
    "freelist": pages.free_lists,
    "balance": pages.balance,
    "slabinfo": kernel.slabinfo,
}


class Reading(TypedDict, total=False):
    """One of the two: what the reader gives, or why there is nothing."""
    data: Any
    missing: str


def read(target: Target, name: str) -> Reading:
    """What a reader says: {"data": ...}, or {"missing": why} where there is nothing."""
    try:
        return {"data": READERS[name](target)}
    except Missing as missing:
        return {"missing": str(missing)}


def read_all(target: Target, names: Iterable[str] = tuple(READERS)) -> dict[str, Reading]:
    """Name to read(), of several readers."""
    with target:
        return {name: read(target, name) for name in names}
