# SPDX-License-Identifier: GPL-2.0-only
"""Readers of the boot's own tables: the memory map, reservations, boot allocators."""

import re
from typing import TypedDict, cast

from memdawn.state import names
from memdawn.state.c_types import CValue
from memdawn.state.target import Missing, NotReady, PAGE_SHIFT, Target


class E820Entry(TypedDict):
    """One range of the firmware's map: bytes, the end excluded."""
    start: int
    end: int
    type: int
    name: str


def e820_entries(target: Target, entries: CValue) -> list[E820Entry]:
    """An array of struct e820entry."""
    types = names.e820_types(target)
    return [{"start": entry["addr"], "end": entry["addr"] + entry["size"], "type": entry["type"],
             "name": types.get(entry["type"], "of an unknown type")} for entry in entries]


def used_entries(target: Target, e820map: CValue) -> list[E820Entry]:
    """The used part of a struct e820map."""
    return e820_entries(target, e820map["map"][:e820map["nr_map"]])


class RawE820(TypedDict):
    """What the loader has handed over."""
    loader: str
    command_line: str
    raw: bool
    entries: list[E820Entry]


def raw_e820(target: Target) -> RawE820:
    """The loader's memory map as boot_params has it. setup_memory_map() sorts it in place:
    `raw` says whether that is still to come."""
    target.require_c()
    params = target.value("boot_params")
    if not params["from_multiboot2"]:
        raise NotReady("multiboot2_parse")
    return {"loader": params["loader_name"], "command_line": params["command_line"],
            "raw": not target.value("e820")["nr_map"],
            "entries": e820_entries(target, params["e820_map"][:params["e820_entries"]])}


class E820(TypedDict):
    """The map as it was given, and as it is used."""
    firmware: list[E820Entry]
    used: list[E820Entry]


def e820(target: Target) -> E820:
    """The map as the firmware gave it, sorted and disjoint, and as the kernel uses it."""
    target.require_c()
    used = used_entries(target, target.value("e820"))
    if not used:
        raise NotReady("setup_memory_map")
    return {"firmware": used_entries(target, target.value("e820_saved")), "used": used}


class Reservation(TypedDict):
    """One early reservation: bytes, the end excluded."""
    start: int
    end: int
    name: str
    overlap_ok: bool


class EarlyRes(TypedDict):
    """The early reservations; max: as many as there can be."""
    handed_over: bool
    max: int
    entries: list[Reservation]


def reservation(entry: CValue) -> Reservation:
    """One early reservation: bytes, the end excluded."""
    return {"start": entry["start"], "end": entry["end"], "name": entry["name"],
            "overlap_ok": bool(entry["overlap_ok"])}


def early_res(target: Target) -> EarlyRes:
    """The early reservations, in the order in which they were made; `handed_over`: as the
    boot allocator has taken them over."""
    if target.boot_allocator() == "memblock":
        raise Missing("not used: the boot allocator is memblock (see memdawn-memblock)")
    count, table = target.value("nr_handed_over"), target.find("handed_over")[0]
    handed_over = bool(count)
    if not handed_over:
        target.require_init()
        source = "src/kernel/early_res.c"
        count, table = target.value("early_res_count", source), target.value("early_res", source)
    if not count:
        raise NotReady("reserve_early")
    kind = target.type("struct early_res")
    data = target.read(table, kind.size * count)
    most = target.value("max_early_res") if not handed_over else len(target.initial("early_res_x"))
    return {"handed_over": handed_over, "max": most,
            "entries": [reservation(kind.decode(data, i * kind.size)) for i in range(count)]}


class NodeRange(TypedDict):
    """Page frames that are RAM, of a node."""
    start_pfn: int
    end_pfn: int
    nid: int


def node_map(target: Target) -> list[NodeRange]:
    """early_node_map: the page frames that are RAM."""
    target.require_c()
    count = target.value("nr_nodemap_entries")
    if not count:
        raise NotReady("e820_register_active_regions")
    return [{"start_pfn": entry["start_pfn"], "end_pfn": entry["end_pfn"], "nid": entry["nid"]}
            for entry in target.value("early_node_map")[:count]]


def bits_as_ranges(data: bytes, first: int, count: int) -> list[tuple[int, int, bool]]:
    """Runs of equal bits: (start, end, bit), the numbering from `first`."""
    text = f"{int.from_bytes(data, 'little'):0{len(data) * 8}b}"[::-1][:count]
    return [(first + run.start(), first + run.end(), run[0][0] == "1")
            for run in re.finditer("0+|1+", text)]


def bootmem_bitmap(target: Target, name: str) -> tuple[int, int, int, dict[str, int]]:
    """(address of the bitmap or 0, first page frame, page frame after the last one, further
    fields) of the generation that serves."""
    if name == "bootmem":
        nodes = target.value("bootmem_node_data")
        node = next((node for node in nodes if node["node_low_pfn"]), nodes[0])
        stats = target.value("boot_alloc_stats")[target.value("boot_alloc_live")]
        over = stats["served"]
        return (0 if over else node["node_bootmem_map"], node["node_min_pfn"], node["node_low_pfn"],
                {"last_end": node["last_end_off"], "hint_pfn": node["hint_idx"]})
    node = target.value("bootmem24_node_data")
    return (node["node_bootmem_map"], node["node_boot_start"] >> PAGE_SHIFT, node["node_low_pfn"],
            {"last_offset": node["last_offset"], "last_pos": node["last_pos"]})


def nodes_bits(target: Target) -> list[tuple[int, int, bool]]:
    """The bits of all nodes' bitmaps: of each what is its own RAM, as runs (start, end, bit)."""
    found = []
    for entry in sorted(node_map(target), key=lambda entry: entry["start_pfn"]):
        node = target.value("bootmem_node_data")[entry["nid"]]
        if node["node_bootmem_map"]:
            start, count = node["node_min_pfn"], node["node_low_pfn"] - node["node_min_pfn"]
            bits = bits_as_ranges(target.read(node["node_bootmem_map"], (count + 7) // 8), start, count)
            found += [(max(first, entry["start_pfn"]), min(last, entry["end_pfn"]), bit) for first, last, bit in bits
                      if first < entry["end_pfn"] and last > entry["start_pfn"]]
    return found


class BitmapRange(TypedDict):
    """Page frames of which the bitmap says the same."""
    start_pfn: int
    end_pfn: int
    reserved: bool


class Bootmem(TypedDict, total=False):
    """The bitmap. bootmem remembers last_end and hint_pfn, 2.4's last_offset and last_pos."""
    allocator: str
    bitmap: int
    start_pfn: int
    end_pfn: int
    last_end: int
    hint_pfn: int
    last_offset: int
    last_pos: int
    ranges: list[BitmapRange]


def bootmem(target: Target) -> Bootmem:
    """The bitmap as ranges of page frames, with what the allocator remembers."""
    name = target.boot_allocator()
    if name not in ("bootmem", "bootmem-2.4"):
        raise Missing(f"not used: the boot allocator is {name}, which has no bitmap")
    target.require_init()
    address, start, end, more = bootmem_bitmap(target, name)
    if not end:
        raise NotReady("init_bootmem_node" if name == "bootmem" else "bootmem24_init")
    if not address:
        function = "free_all_bootmem" if name == "bootmem" else "bootmem24_free_all"
        raise Missing(f"handed over to the buddy allocator (by {function})")
    found = nodes_bits(target) if "node_data" in target.symbols else bits_as_ranges(
        target.read(address, (end - start + 7) // 8), start, end - start)
    end = found[-1][1]
    ranges = [{"start_pfn": first, "end_pfn": last, "reserved": reserved} for first, last, reserved in found]
    return cast(Bootmem, {"allocator": name, "bitmap": address, "start_pfn": start, "end_pfn": end,
                          **more, "ranges": ranges})


class Region(TypedDict):
    """One of memblock's regions: bytes, the end excluded."""
    start: int
    end: int
    flags: list[str]
    nid: int


class Regions(TypedDict):
    """One of memblock's arrays."""
    max: int
    total_size: int
    regions: list[Region]


class Memblock(TypedDict):
    """What memblock has."""
    bottom_up: bool
    current_limit: int
    handed_over: bool
    memory: Regions
    reserved: Regions


def memblock_type(target: Target, array: CValue, flags: dict[str, int]) -> Regions:
    """One of memblock's arrays."""
    kind = target.type("struct memblock_region")
    data = target.read(array["regions"], kind.size * array["cnt"])
    regions: list[Region] = []
    for index in range(array["cnt"]):
        region = kind.decode(data, index * kind.size)
        if region["size"]:
            set_flags = [name.removeprefix("MEMBLOCK_") for name, bit in flags.items()
                         if bit and region["flags"] & bit]
            regions.append({"start": region["base"], "end": region["base"] + region["size"],
                            "flags": set_flags, "nid": region["nid"]})
    return {"max": array["max"], "total_size": array["total_size"], "regions": regions}


def memblock(target: Target) -> Memblock:
    """memblock's two arrays."""
    name = target.boot_allocator()
    if name != "memblock":
        raise Missing(f"not used: the boot allocator is {name}")
    state = target.value("memblock")
    flags = target.enum("memblock_flags")
    if not state["memory"]["total_size"] and not state["reserved"]["total_size"]:
        if target.value("memblock_state")["handed_over"]:
            raise Missing("handed over to the buddy allocator (by memblock_free_all)")
        raise NotReady("memblock_reserve")
    return {"bottom_up": bool(state["bottom_up"]), "current_limit": state["current_limit"],
            "handed_over": bool(target.value("memblock_state")["handed_over"]),
            "memory": memblock_type(target, state["memory"], flags),
            "reserved": memblock_type(target, state["reserved"], flags)}


class Owner(TypedDict):
    """Who keeps which bytes, the end excluded."""
    name: str
    start: int
    end: int


def owners(target: Target) -> list[Owner]:
    """Who keeps which memory, as it was said to the balance sheet: bytes."""
    target.require_c()
    count = target.value("nr_owners")
    if not count:
        raise NotReady("balance_own")
    return [{"name": owner["name"], "start": owner["range"]["start"], "end": owner["range"]["end"]}
            for owner in target.value("owners")[:count]]
