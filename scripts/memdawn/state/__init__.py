# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's memory manager, read from outside: a live machine or a core, at any moment.

Each reader takes a Target (target.py) and returns plain dicts and lists, ready for JSON.
Where there is nothing to read yet, or no more, it raises Missing, whose text says why:
`not initialised yet (needs FUNCTION)`. Nothing is asked of the kernel: all is read through
physical memory, with the structures as the compiler describes them in the ELF file.
"""

from memdawn.state import boot, kernel, pages, tables
from memdawn.state.target import Missing

# Name to reader, in the order of the boot.
READERS = {
    "machine": kernel.machine,
    "dmesg": kernel.dmesg,
    "raw_e820": boot.raw_e820,
    "e820": boot.e820,
    "early_res": boot.early_res,
    "node_map": boot.node_map,
    "bootmem": boot.bootmem,
    "memblock": boot.memblock,
    "owners": boot.owners,
    "borders": kernel.borders,
    "layout": kernel.layout,
    "pgtable": tables.pgtable,
    "fixmap": tables.fixmap,
    "pkmap": tables.pkmap,
    "zones": pages.zones,
    "buddyinfo": pages.buddyinfo,
    "freelist": pages.free_lists,
    "balance": pages.balance,
    "slabinfo": kernel.slabinfo,
}


def read(target, name):
    """What a reader says: {"data": ...}, or {"missing": why} where there is nothing."""
    try:
        return {"data": READERS[name](target)}
    except Missing as missing:
        return {"missing": str(missing)}


def read_all(target, names=tuple(READERS)):
    """Name to read(), of several readers."""
    with target:
        return {name: read(target, name) for name in names}
