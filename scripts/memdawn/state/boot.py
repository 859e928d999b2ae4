# SPDX-License-Identifier: GPL-2.0-only
"""Readers of the boot's own tables: the memory map, reservations, boot allocators."""

import re

from memdawn.state.target import Missing, NotReady, PAGE_SHIFT

# Linux's names of the firmware's types.
E820_NAMES = {1: "usable", 2: "reserved", 3: "ACPI data", 4: "ACPI NVS", 5: "unusable",
              128: "usable"}


def e820_entry(entry):
    """One range of the firmware's map: bytes, the end excluded."""
    return {"start": entry["addr"], "end": entry["addr"] + entry["size"], "type": entry["type"],
            "name": E820_NAMES.get(entry["type"], "of an unknown type")}


def entries(e820map):
    """The used part of a struct e820map."""
    return [e820_entry(entry) for entry in e820map["map"][:e820map["nr_map"]]]


def raw_e820(target):
    """The loader's memory map as boot_params has it. setup_memory_map() sorts it in place:
    `raw` says whether that is still to come."""
    target.require_c()
    params = target.value("boot_params")
    if not params["from_multiboot2"]:
        raise NotReady("multiboot2_parse")
    return {"loader": params["loader_name"], "command_line": params["command_line"],
            "raw": not target.value("e820")["nr_map"],
            "entries": [e820_entry(entry)
                        for entry in params["e820_map"][:params["e820_entries"]]]}


def e820(target):
    """The map as the firmware gave it, sorted and disjoint, and as the kernel uses it."""
    target.require_c()
    used = entries(target.value("e820"))
    if not used:
        raise NotReady("setup_memory_map")
    return {"firmware": entries(target.value("e820_saved")), "used": used}


def reservation(entry):
    """One early reservation: bytes, the end excluded."""
    return {"start": entry["start"], "end": entry["end"], "name": entry["name"],
            "overlap_ok": bool(entry["overlap_ok"])}


def early_res(target):
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
    return {"handed_over": handed_over, "max": target.find("early_res_x")[1].count if handed_over
            else target.value("max_early_res"),
            "entries": [reservation(kind.decode(data, i * kind.size)) for i in range(count)]}


def node_map(target):
    """early_node_map: the page frames that are RAM."""
    target.require_c()
    count = target.value("nr_nodemap_entries")
    if not count:
        raise NotReady("e820_register_active_regions")
    return [{"start_pfn": entry["start_pfn"], "end_pfn": entry["end_pfn"], "nid": entry["nid"]}
            for entry in target.value("early_node_map")[:count]]


def bits_as_ranges(data, first, count):
    """Runs of equal bits: (start, end, bit), the numbering from `first`."""
    text = f"{int.from_bytes(data, 'little'):0{len(data) * 8}b}"[::-1][:count]
    return [(first + run.start(), first + run.end(), run[0][0] == "1")
            for run in re.finditer("0+|1+", text)]


def bootmem_bitmap(target, name):
    """(address of the bitmap or 0, first page frame, page frame behind the last one, further
    fields) of the generation that serves."""
    if name == "bootmem":
        node = target.value("bootmem_node_data")[0]
        stats = target.value("boot_alloc_stats")[target.value("boot_alloc_live")]
        over = stats["free"]                    # known when all was handed over
        return (0 if over else node["node_bootmem_map"], node["node_min_pfn"], node["node_low_pfn"],
                {"last_end": node["last_end_off"], "hint_pfn": node["hint_idx"]})
    node = target.value("bootmem24_node_data")
    return (node["node_bootmem_map"], node["node_boot_start"] >> PAGE_SHIFT, node["node_low_pfn"],
            {"last_offset": node["last_offset"], "last_pos": node["last_pos"]})


def bootmem(target):
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
    data = target.read(address, (end - start + 7) // 8)
    return {"allocator": name, "bitmap": address, "start_pfn": start, "end_pfn": end, **more,
            "ranges": [{"start_pfn": first, "end_pfn": last, "reserved": reserved}
                       for first, last, reserved in bits_as_ranges(data, start, end - start)]}


def memblock_type(target, array, flags):
    """One of memblock's arrays."""
    kind = target.type("struct memblock_region")
    data = target.read(array["regions"], kind.size * array["cnt"])
    regions = []
    for index in range(array["cnt"]):
        region = kind.decode(data, index * kind.size)
        if region["size"]:
            names = [name.removeprefix("MEMBLOCK_") for name, bit in flags.items()
                     if bit and region["flags"] & bit]
            regions.append({"start": region["base"], "end": region["base"] + region["size"],
                            "flags": names, "nid": region["nid"]})
    return {"max": array["max"], "total_size": array["total_size"], "regions": regions}


def memblock(target):
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


def owners(target):
    """Who keeps which memory, as it was said to the balance sheet: bytes."""
    target.require_c()
    count = target.value("nr_owners")
    if not count:
        raise NotReady("balance_own")
    return [{"name": owner["name"], **owner["range"]}
            for owner in target.value("owners")[:count]]
