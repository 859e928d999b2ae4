# SPDX-License-Identifier: GPL-2.0-only
"""Readers of the rest: the CPU, the log, the layout and what set it, the slabs."""

from memdawn.state import tables
from memdawn.state.derivation import derivation
from memdawn.state.target import NotReady

CR4_PAE = 1 << 5
EFER_NX = 1 << 11


def machine(target):
    """How far the machine is: what the CPU does, what of the image is there."""
    registers = target.registers()
    loaded = target.is_loaded()
    found = {"loaded": loaded, "in_c": False, "init_sections": None, "boot_allocator": None,
             "paging": None, "pae": None, "nx": None}
    if registers is not None:
        found.update(paging=bool(registers["cr0"] & tables.CR0_PG),
                     pae=bool(registers["cr4"] & CR4_PAE),
                     nx=bool(registers["efer"] & EFER_NX) if "efer" in registers else None)
    if loaded:
        found["in_c"] = bool(target.value_u32("_brk_end"))
        found["init_sections"] = not target.init_is_gone()
    if found["in_c"]:
        found["boot_allocator"] = target.boot_allocator()
    return found


def dmesg(target):
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


def borders(target):
    """The page frame numbers that the boot works out, and counts of pages: name to value,
    None where the function that sets it (`needs`) has not run."""
    target.require_c()
    found = {}
    for name, needs in BORDERS.items():
        value = target.value(name)
        found[name] = {"value": value or None, "needs": needs}
    found["max_pfn_mapped"] = {"value": target.value_u32("max_pfn_mapped"),
                               "needs": "build_page_tables"}
    return found


def address_space(target):
    """The virtual address space from the top down, as the kernel has recorded it; `end` is excluded
    and may be 2^32."""
    return [{"name": target.string(found["name"]), "start": found["start"],
             "end": found["end"] or 1 << 32, "why": target.string(found["what"])}
            for found in target.value("layout_ranges")]


def image_areas(target):
    """The image's sections, the highest first: known before the rest."""
    return [area for area in address_space(target) if area["name"].startswith(" ")]


def layout(target):
    """The virtual address space, and how the low memory limit came about."""
    target.require_c()
    steps = derivation(target)
    areas = address_space(target)
    if not areas[0]["start"]:
        raise NotReady("initmem_init")
    return {"areas": areas, "derivation": steps}


def slabs_of(target, cache, kind, list3):
    """A cache's figures, counted on its lists."""
    counts = {"active_objs": 0, "active_slabs": 0, "num_slabs": 0, "lists": {}}
    state = target.at(list3, cache["nodelists"][0])
    for name in ("slabs_full", "slabs_partial", "slabs_free"):
        inuse = [target.at(kind, entry)["inuse"]
                 for entry in target.walk(cache["nodelists"][0] + list3.offset(name))]
        counts["active_objs"] += sum(inuse)
        counts["num_slabs"] += len(inuse)
        if name != "slabs_free":
            counts["active_slabs"] += len(inuse)
        counts["lists"][name.removeprefix("slabs_")] = len(inuse)
    counts["free_objects"] = state["free_objects"]
    return counts


def slabinfo(target):
    """The caches, the newest first, as /proc/slabinfo has them."""
    target.require_c()
    if not target.value("g_cpucache_up"):
        raise NotReady("kmem_cache_init")
    cache_kind, list3 = target.type("struct kmem_cache"), target.type("struct kmem_list3")
    slab, array_kind = target.type("struct slab"), target.type("struct array_cache")
    found = []
    for entry in target.walk(target.find("cache_chain")[0]):
        address = entry - cache_kind.offset("next")
        cache = target.at(cache_kind, address)
        counts = slabs_of(target, cache, slab, list3)
        at_hand = target.at(array_kind, cache["array"])["avail"] if cache["array"] else 0
        found.append({"name": target.string(cache["name"]), "address": address, **counts,
                      "num_objs": counts["num_slabs"] * cache["num"],
                      "objsize": cache["buffer_size"], "user_size": cache["obj_size"],
                      "objperslab": cache["num"], "pagesperslab": 1 << cache["gfporder"],
                      "limit": cache["limit"], "batchcount": cache["batchcount"],
                      "shared": cache["shared"], "at_hand": at_hand})
    return found
