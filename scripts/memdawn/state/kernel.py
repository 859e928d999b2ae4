# SPDX-License-Identifier: GPL-2.0-only
"""Readers of the rest: the CPU, the log, the borders of memory, the slabs."""

from typing import TypedDict

from memdawn.state import page_tables
from memdawn.state.c_types import CValue, Struct
from memdawn.state.target import NotReady, Target

CR4_PAE = 1 << 5
EFER_NX = 1 << 11


class MachineState(TypedDict):
    """How far the machine is; None: not known."""
    loaded: bool
    in_c: bool
    init_sections: bool | None
    boot_allocator: str | None
    paging: bool | None
    pae: bool | None
    nx: bool | None


def machine(target: Target) -> MachineState:
    """How far the machine is: what the CPU does, what of the image is there."""
    registers = target.registers()
    loaded = target.is_loaded()
    found: MachineState = {"loaded": loaded, "in_c": False, "init_sections": None,
                           "boot_allocator": None, "paging": None, "pae": None, "nx": None}
    if registers is not None:
        found["paging"] = bool(registers["cr0"] & page_tables.CR0_PG)
        found["pae"] = bool(registers["cr4"] & CR4_PAE)
        found["nx"] = bool(registers["efer"] & EFER_NX) if "efer" in registers else None
    if loaded:
        found["in_c"] = bool(target.value_u32("_brk_end"))
        found["init_sections"] = not target.init_is_gone()
    if found["in_c"]:
        found["boot_allocator"] = target.boot_allocator()
    return found


class LogLine(TypedDict):
    """A line of the log."""
    level: int | None
    text: str


def dmesg(target: Target) -> list[LogLine]:
    """The log: {"level", "text"} of each line that is still there as a whole."""
    target.require_c()
    first, last = target.value("log_start"), target.value("log_end")
    if not last:
        raise NotReady("printk")
    buffer, kind = target.find("log_buf")
    start = first % kind.size
    size = (last - first) & 0xffffffff
    ahead = min(size, kind.size - start)
    data = target.read(buffer + start, ahead)
    if size > ahead:
        data += target.read(buffer, size - ahead)
    text = data.decode("latin-1")
    if first:
        text = text.partition("\n")[2]
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [{"level": int(line[1]), "text": line[3:]}
            if line[:1] == "<" and line[2:3] == ">" and line[1].isdigit()
            else {"level": None, "text": line} for line in lines]


BORDERS = {"max_pfn": "e820_end_of_ram_pfn", "max_low_pfn": "find_low_pfn_range",
           "highstart_pfn": "initmem_init", "highend_pfn": "initmem_init",
           "max_mapnr": "initmem_init", "totalram_pages": "mem_init",
           "vm_total_pages": "build_all_zonelists",
           "totalreserve_pages": "setup_per_zone_wmarks"}


class Border(TypedDict):
    """A number that the boot works out."""
    value: int | None
    needs: str


def borders(target: Target) -> dict[str, Border]:
    """The page frame numbers that the boot works out, and counts of pages: name to value,
    None where the function that sets it (`needs`) has not run."""
    target.require_c()
    found: dict[str, Border] = {}
    for name, needs in BORDERS.items():
        value = target.value(name)
        found[name] = {"value": value or None, "needs": needs}
    found["max_pfn_mapped"] = {"value": target.value_u32("max_pfn_mapped"),
                               "needs": "build_page_tables"}
    return found


class Slab(TypedDict):
    """A cache, with the fields of /proc/slabinfo; lists: slabs on each."""
    name: str
    address: int
    active_objs: int
    active_slabs: int
    num_slabs: int
    lists: dict[str, int]
    free_objects: int
    num_objs: int
    objsize: int
    user_size: int
    objperslab: int
    pagesperslab: int
    limit: int
    batchcount: int
    shared: int
    at_hand: int


def slabs_of(target: Target, cache: CValue, kind: Struct, list3: Struct) -> dict[str, list[int]]:
    """List to the objects in use of each slab on it."""
    return {name: [target.at(kind, entry)["inuse"] for lists in cache["nodelists"] if lists
                   for entry in target.walk(lists + list3.offset(f"slabs_{name}"))]
            for name in ("full", "partial", "free")}


def slabinfo(target: Target) -> list[Slab]:
    """The caches, the newest first, as /proc/slabinfo has them."""
    target.require_c()
    if not target.value("g_cpucache_up"):
        raise NotReady("kmem_cache_init")
    cache_kind, list3 = target.type("struct kmem_cache"), target.type("struct kmem_list3")
    slab, array_kind = target.type("struct slab"), target.type("struct array_cache")
    found: list[Slab] = []
    for entry in target.walk(target.find("cache_chain")[0]):
        address = entry - cache_kind.offset("next")
        cache = target.at(cache_kind, address)
        lists = slabs_of(target, cache, slab, list3)
        in_use = [objects for slabs in lists.values() for objects in slabs]
        found.append({
            "name": target.string(cache["name"]), "address": address, "active_objs": sum(in_use),
            "active_slabs": len(lists["full"]) + len(lists["partial"]), "num_slabs": len(in_use),
            "lists": {name: len(slabs) for name, slabs in lists.items()},
            "free_objects": sum(target.at(list3, lists)["free_objects"]
                                for lists in cache["nodelists"] if lists),
            "num_objs": len(in_use) * cache["num"], "objsize": cache["buffer_size"],
            "user_size": cache["obj_size"], "objperslab": cache["num"],
            "pagesperslab": 1 << cache["gfporder"], "limit": cache["limit"],
            "batchcount": cache["batchcount"], "shared": cache["shared"],
            "at_hand": target.at(array_kind, cache["array"])["avail"] if cache["array"] else 0})
    return found
