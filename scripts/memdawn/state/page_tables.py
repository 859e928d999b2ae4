# SPDX-License-Identifier: GPL-2.0-only
"""Readers of the page tables: the walk to an address, what is mapped, fixmap, pkmap. The tables
are read through physical memory: whether paging is on does not matter."""

import struct
from collections.abc import Iterator
from typing import TypedDict

from memdawn.state.c_types import CValue
from memdawn.state.target import NotReady, PAGE_SHIFT, PAGE_SIZE, Target

# The CPU's: three levels of 4, 512 and 512 entries of 8 bytes.
LEVELS = (("pgd", 30, 4), ("pmd", 21, 512), ("pte", 12, 512))
LARGE = 1 << 21
PRESENT, RW, USER, PWT, PCD = 1, 2, 4, 8, 16
ACCESSED, DIRTY, PSE, GLOBAL, IOMAP, NX = 32, 64, 128, 256, 1024, 1 << 63
FRAME = 0x000ffffffffff000
FLAG_NAMES = ((PRESENT, "present"), (RW, "rw"), (USER, "user"), (PWT, "pwt"), (PCD, "pcd"),
              (ACCESSED, "accessed"), (DIRTY, "dirty"), (PSE, "pse"), (GLOBAL, "global"),
              (NX, "nx"))
CR0_PG = 1 << 31

FIXADDR_TOP = 0xfffff000


def flag_names(entry: int) -> list[str]:
    """The names of an entry's flags."""
    return [name for bit, name in FLAG_NAMES if entry & bit]


def paging(target: Target) -> bool | None:
    """Is paging on? None where the CPU's registers are not known."""
    registers = target.registers()
    return None if registers is None else bool(registers["cr0"] & CR0_PG)


def top_table(target: Target) -> int:
    """The physical address of swapper_pg_dir. Raises NotReady before it has entries."""
    target.require_c()
    return target.to_phys(target.symbols["swapper_pg_dir"])


def entry_at(target: Target, table: int, index: int) -> int:
    """An 8-byte entry of a table at a physical address."""
    return int.from_bytes(target.phys(table + 8 * index, 8), "little")


class WalkStep(TypedDict):
    """One entry on the way; its address is a physical one."""
    level: str
    index: int
    address: int
    entry: int
    flags: list[str]


class Walk(TypedDict):
    """The way to a virtual address; size: of the page."""
    virtual: int
    paging: bool | None
    steps: list[WalkStep]
    phys: int | None
    size: int | None


def walk(target: Target, address: int) -> Walk:
    """The way through the kernel's tables to a virtual address: each entry on it, and where it
    leads (phys: None where it is not mapped)."""
    is_on = paging(target)
    found: Walk = {"virtual": address, "paging": is_on, "steps": [], "phys": None, "size": None}
    table = top_table(target)
    for level, shift, count in LEVELS:
        index = address >> shift & (count - 1)
        entry = entry_at(target, table, index)
        found["steps"].append({"level": level, "index": index, "address": table + 8 * index,
                               "entry": entry, "flags": flag_names(entry)})
        if not entry & PRESENT:
            return found
        if level == "pte" or (level == "pmd" and entry & PSE):
            size = 1 << shift
            found["phys"] = (entry & FRAME & -size) + address % size
            found["size"] = size
            return found
        table = entry & FRAME
    return found


def read_table(target: Target, table: int, count: int) -> tuple[int, ...]:
    """A table's entries."""
    return struct.unpack(f"<{count}Q", target.phys(table, 8 * count))


def mappings(target: Target) -> Iterator[tuple[int, int, int]]:
    """(virtual address, size, entry) of every present entry that maps, lowest address first."""
    for number, top in enumerate(read_table(target, top_table(target), 4)):
        if not top & PRESENT:
            continue
        for index, middle in enumerate(read_table(target, top & FRAME, 512)):
            address = number << 30 | index << 21
            if not middle & PRESENT:
                continue
            if middle & PSE:
                yield address, LARGE, middle
                continue
            for slot, entry in enumerate(read_table(target, middle & FRAME, 512)):
                if entry & PRESENT:
                    yield address | slot << PAGE_SHIFT, PAGE_SIZE, entry


# "global" is a word of Python's.
Mapped = TypedDict("Mapped", {"start": int, "end": int, "phys": int, "write": bool, "execute": bool,
                              "user": bool, "global": bool, "cache": bool, "page": int})


def pgtable(target: Target) -> list[Mapped]:
    """What is mapped, as ranges of one kind that lead to page frames in a row. Whether pages
    were used or written (accessed, dirty) makes no difference."""
    top_table(target)
    ranges: list[Mapped] = []
    key = None
    for address, size, entry in mappings(target):
        phys = entry & FRAME & -size
        new = (size, entry & (RW | USER | PWT | PCD | GLOBAL | NX))
        last = ranges[-1] if ranges else None
        if last and new == key and last["end"] == address and \
                last["phys"] + address - last["start"] == phys:
            last["end"] = address + size
            continue
        key = new
        ranges.append({"start": address, "end": address + size, "phys": phys,
                       "write": bool(entry & RW), "execute": not entry & NX,
                       "user": bool(entry & USER), "global": bool(entry & GLOBAL),
                       "cache": not entry & PCD, "page": size})
    return ranges


def borders(target: Target) -> CValue:
    """struct kernel_layout: where the windows at the top begin and end."""
    target.require_c()
    return target.value("kernel_layout")


def fixmap_names(target: Target, first_of_boot: int) -> dict[int, str]:
    """Index to name, of every fixed page. Those of the boot alone begin with number
    `first_of_boot`: a parameter may move them away from their numbers in the enum."""
    fixed, kinds = target.enum("fixed_addresses"), target.enum("km_type")
    names: dict[int, str] = {}
    for name, index in fixed.items():
        if not name.startswith("__") and index < fixed["FIX_BTMAP_END"]:
            names.setdefault(index, name)
    for name, index in kinds.items():
        if name != "KM_TYPE_NR":
            names[fixed["FIX_KMAP_BEGIN"] + index] = f"FIX_KMAP_BEGIN + {name}"
    count = fixed["FIX_BTMAP_BEGIN"] - fixed["FIX_BTMAP_END"] + 1
    for index in range(count):
        names[first_of_boot + index] = f"FIX_BTMAP_BEGIN - {count - 1 - index}"
    names[first_of_boot + count] = "FIX_WP_TEST"
    return names


class FixedPage(TypedDict):
    """A fixed page; phys: None where it shows nothing."""
    index: int
    name: str
    address: int
    phys: int | None
    flags: list[str]


class Fixmap(TypedDict):
    """The fixed pages; those of the boot alone begin at boot_start."""
    top: int
    start: int
    boot_start: int
    pages: list[FixedPage]


def fixmap(target: Target) -> Fixmap:
    """The fixed pages: each with its index, address, name, and what it shows."""
    top_table(target)
    edges, fixed = borders(target), target.enum("fixed_addresses")
    permanent, lowest = edges["fixaddr_start"], edges["fixaddr_boot_start"]
    boot_pages = fixed["__end_of_fixed_addresses"] - fixed["FIX_BTMAP_END"]
    names = fixmap_names(target, ((FIXADDR_TOP - lowest) >> PAGE_SHIFT) - boot_pages)
    by_page = {}
    for address, size, mapping in mappings(target):
        if lowest <= address and size == PAGE_SIZE:
            by_page[address] = mapping
    pages: list[FixedPage] = []
    for index, name in sorted(names.items()):
        address = FIXADDR_TOP - (index << PAGE_SHIFT)
        entry = by_page.get(address)
        pages.append({"index": index, "name": name, "address": address,
                      "phys": None if entry is None else entry & FRAME,
                      "flags": [] if entry is None else flag_names(entry)})
    return {"top": FIXADDR_TOP, "start": permanent, "boot_start": lowest, "pages": pages}


class Window(TypedDict):
    """A window of kmap(); count: 1 more than its users."""
    index: int
    address: int
    count: int
    pfn: int | None
    flags: list[str]


class Pkmap(TypedDict):
    """The windows of kmap(): how many there are, the last that was given, those in use."""
    base: int
    windows: int
    last: int
    used: list[Window]


def pkmap(target: Target) -> Pkmap:
    """The windows of kmap(): those in use or not flushed yet."""
    target.require_c()
    table = target.value("pkmap_page_table")
    if not table:
        raise NotReady("permanent_kmaps_init")
    edges = borders(target)
    base, counts = edges["pkmap_base"], target.value("pkmap_count")
    count = min((edges["pkmap_end"] - base) >> PAGE_SHIFT, len(counts))
    entries = read_table(target, target.to_phys(table), count)
    windows: list[Window] = []
    for index, (uses, entry) in enumerate(zip(counts, entries)):
        if uses or entry:
            windows.append({"index": index, "address": base + index * PAGE_SIZE, "count": uses,
                            "pfn": (entry & FRAME) >> PAGE_SHIFT if entry & PRESENT else None,
                            "flags": flag_names(entry)})
    return {"base": base, "windows": count, "last": target.value("last_pkmap_nr"),
            "used": windows}

