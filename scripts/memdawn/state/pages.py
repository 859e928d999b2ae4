# SPDX-License-Identifier: GPL-2.0-only
"""Readers of the page allocator: zones, free lists, one page, the balance sheet."""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict

from memdawn.state import boot_memory, names
from memdawn.state.c_types import CValue, Struct
from memdawn.state.derivation import DerivedBorder, not_used
from memdawn.state.target import (Missing, NotReady, PAGE_SHIFT, PAGE_SIZE, Target,
                                  Unreadable)

# Page frames: start, end.
Run = tuple[int, int]

PAGEBLOCK_BITS = 3
ZONES_SHIFT = 2
NODES_SHIFT = 3              # in a kernel for several nodes


class NodeMap(NamedTuple):
    """A node's struct pages: its number, its page frames, where page frame 0 would have its struct page."""
    nid: int
    first: int
    end: int
    base: int


def several(target: Target) -> bool:
    """Is the kernel one for several nodes?"""
    return "node_data" in target.symbols


def zone_number(target: Target, flags: int) -> tuple[int, int]:
    """(node, zone) by a page's flags."""
    shift = 32 - ZONES_SHIFT - (NODES_SHIFT if several(target) else 0)
    return flags >> shift >> ZONES_SHIFT, flags >> shift & (1 << ZONES_SHIFT) - 1


def node_structs(target: Target) -> list[tuple[int, int, CValue]]:
    """(number, address, pg_data_t as a dict) of each node."""
    if not several(target):
        address, kind = target.find("contig_page_data")
        assert isinstance(kind, Struct)
        return [(0, address, kind.decode(target.read(address, kind.size)))]
    online = target.value("node_online_map")
    found = [(nid, address) for nid, address in enumerate(target.value("node_data"))
             if online >> nid & 1 and address]
    return [(nid, address, target.at("struct pglist_data", address)) for nid, address in found]


def kva_ram(target: Target) -> list[Run]:
    """The page frames that hold nodes' own struct pages. They have none themselves, and early_node_map has them no
    more."""
    return sorted((there >> PAGE_SHIFT, there + end - start >> PAGE_SHIFT) for start, end, there, _ in target.kva())


class MemMap:
    """mem_map: where the struct page of a page frame is, and back."""

    def __init__(self, target: Target) -> None:
        target.require_c()
        self.target = target
        self.page = target.type("struct page")
        self.lru = self.page.offset("lru")
        # Not max_mapnr: RAM may begin high, and the last page frame may be RAM in part only.
        self.first: int = target.value("mem_map_first_pfn")
        self.end: int = self.first + target.value("mem_map_nr_pages")
        self.flags = target.enum("pageflags")
        self.chunks: list[tuple[int, int, int]] = []
        self.nodes = self.node_maps()
        if not any(node.base for node in self.nodes):
            raise NotReady("free_area_init_node")

    def node_maps(self) -> list[NodeMap]:
        """The arrays of struct page: one, or one of each node."""
        if not several(self.target):
            return [NodeMap(0, self.first, self.end, self.target.value("mem_map"))]
        count = self.target.value("num_memory_chunks")
        self.chunks = [(chunk["start_pfn"], chunk["end_pfn"], chunk["nid"])
                       for chunk in self.target.value("node_memory_chunk")[:count]]
        maps = []
        for nid, _, node in node_structs(self.target):
            first, spanned = node["node_start_pfn"], node["node_spanned_pages"]
            if node["node_mem_map"]:
                maps.append(NodeMap(nid, first, first + spanned, node["node_mem_map"] - first * self.page.size))
        return maps

    def node_of(self, pfn: int) -> NodeMap | None:
        """Whose a page frame is: the SRAT's chunks say it where nodes lie in each other."""
        owners = {nid for start, end, nid in self.chunks if start <= pfn < end}
        return next((node for node in self.nodes if node.first <= pfn < node.end
                     and (not owners or node.nid in owners)), None)

    def address(self, pfn: int) -> int:
        """Virtual address of a struct page. Raises Missing where there is none."""
        node = self.nodes[0] if not self.chunks and len(self.nodes) == 1 else self.node_of(pfn)
        if node is None:
            holds = any(start <= pfn < end for start, end in kva_ram(self.target))
            raise Missing(f"page frame {pfn} has no struct page: it " +
                          ("holds some itself (KVA RAM)" if holds else "is in no node"))
        return node.base + pfn * self.page.size

    def pfn(self, address: int) -> int:
        """Page frame of a struct page. Raises Unreadable where there is none."""
        for node in self.nodes:
            pfn, rest = divmod(address - node.base, self.page.size)
            if not rest and node.first <= pfn < node.end:
                return pfn
        arrays = ", ".join(f"{node.base + node.first * self.page.size:#x} - {node.base + node.end * self.page.size:#x}"
                           for node in self.nodes)
        raise Unreadable(f"no struct page at {address:#x}: mem_map is {arrays}, {self.page.size} bytes each")

    def require(self, pfn: int) -> None:
        """Raises Missing where a page frame has no struct page."""
        if not self.first <= pfn < self.end:
            raise Missing(f"mem_map has page frames {self.first} to {self.end - 1} only")

    def read(self, pfn: int) -> CValue:
        """A struct page as a dict."""
        return self.target.at(self.page, self.address(pfn))

    def flags_of(self, start: int, end: int) -> list[int]:
        """The flags of page frames [start, end), of one node: a sequence of words, read in one piece."""
        data = self.target.read(self.address(start), (end - start) * self.page.size)
        at = self.page.offset("flags")
        words = memoryview(data).cast("I")
        return words[at // 4::self.page.size // 4].tolist()


def zone_label(target: Target, nid: int, name: str) -> str:
    """What a zone is called: with its node, as the kernel has it, where there can be several."""
    return f"{nid}:{name}" if several(target) else name


def zone_structs(target: Target) -> list[tuple[str, int, CValue]]:
    """(name, address, struct zone as a dict) of each zone that spans page frames."""
    target.require_c()
    kind = target.type("struct pglist_data")
    at, array = kind.array("node_zones")
    nodes = node_structs(target)
    if not any(node["node_mem_map"] for _, _, node in nodes) or \
            not any(zone["name"] for _, _, node in nodes for zone in node["node_zones"]):
        raise NotReady("free_area_init_nodes")
    found = []
    for nid, address, node in nodes:
        for index, zone in enumerate(node["node_zones"]):
            if zone["spanned_pages"]:
                if not zone["free_area"][0]["free_list"][0]["next"]:
                    raise NotReady("free_area_init_core")
                found.append((zone_label(target, nid, target.string(zone["name"])),
                              address + at + index * array.element.size, zone))
    return found


class PageblockRun(TypedDict):
    """Pageblocks of one migrate type; name: the kernel's of the type."""
    start_pfn: int
    blocks: int
    type: int
    name: str


def pageblocks(target: Target, zone: CValue) -> list[PageblockRun]:
    """Runs of pageblocks of one migrate type."""
    block = 1 << (len(zone["free_area"]) - 1)
    count = -(-zone["spanned_pages"] // block)
    size = (count * PAGEBLOCK_BITS + 31) // 32 * 4
    bits = int.from_bytes(target.read(zone["pageblock_flags"], size), "little")
    types = [bits >> index * PAGEBLOCK_BITS & 7 for index in range(count)]
    known = names.migrate_types(target)
    runs: list[PageblockRun] = []
    at = 0
    for kind, group in itertools.groupby(types):
        length = len(list(group))
        runs.append({"start_pfn": zone["zone_start_pfn"] + at * block, "blocks": length,
                     "type": kind, "name": known[kind]})
        at += length
    return runs


class Pcp(TypedDict):
    """A zone's per-cpu lists: migrate type to page frames."""
    count: int
    high: int
    batch: int
    lists: dict[str, list[int]]


def pcp_lists(target: Target, mem_map: MemMap, zone: CValue) -> Pcp | None:
    """The zone's hot single pages."""
    if not zone["pageset"]:
        return None
    kind = target.type("struct per_cpu_pageset")
    pcp = target.at(kind, zone["pageset"])["pcp"]
    at, array = kind.array("pcp", "lists")
    first = zone["pageset"] + at
    if not pcp["lists"][0]["next"]:
        return None                      # before build_all_zonelists()
    lists = [[mem_map.pfn(entry - mem_map.lru)
              for entry in target.walk(first + index * array.element.size)]
             for index in range(array.count)]
    return {"count": pcp["count"], "high": pcp["high"], "batch": pcp["batch"],
            "lists": dict(zip(names.migrate_types(target), lists))}


class WaitTable(TypedDict):
    """Where the zone's wait queues are."""
    address: int
    entries: int


class Zone(TypedDict):
    """A zone: page frames, counts of pages."""
    name: str
    address: int
    start_pfn: int
    end_pfn: int
    spanned: int
    present: int
    free: int
    watermark: dict[str, int]
    lowmem_reserve: list[int]
    wait_table: WaitTable
    pageblock_flags: int
    pageblocks: list[PageblockRun]
    pcp: Pcp | None


def zones(target: Target) -> list[Zone]:
    """The zones: borders and counters in pages, per-cpu lists, types of pageblocks."""
    found = zone_structs(target)
    mem_map = MemMap(target)
    return [{"name": name, "address": address, "start_pfn": zone["zone_start_pfn"],
             "end_pfn": zone["zone_start_pfn"] + zone["spanned_pages"],
             "spanned": zone["spanned_pages"], "present": zone["present_pages"],
             "free": zone["vm_stat"][0],
             "watermark": dict(zip(("min", "low", "high"), zone["watermark"])),
             "lowmem_reserve": zone["lowmem_reserve"],
             "wait_table": {"address": zone["wait_table"],
                            "entries": zone["wait_table_hash_nr_entries"]},
             "pageblock_flags": zone["pageblock_flags"],
             "pageblocks": pageblocks(target, zone),
             "pcp": pcp_lists(target, mem_map, zone)} for name, address, zone in found]


def buddyinfo(target: Target) -> dict[str, list[int]]:
    """Zone to its free blocks by order."""
    return {name: [area["nr_free"] for area in zone["free_area"]]
            for name, _, zone in zone_structs(target)}


# Zone to order to migrate type to page frames.
def zonelist(target: Target) -> list[tuple[int, str]]:
    """(number in its node, name) of each zone that the boot CPU's node asks, in its order."""
    names_of = {address: name for name, address, _ in zone_structs(target)}
    node = node_structs(target)[0][2]
    return [(ref["zone_idx"], names_of[ref["zone"]]) for ref in node["node_zonelists"][0]["_zonerefs"]
            if ref["zone"]]


FreeLists = dict[str, dict[int, dict[str, list[int]]]]


def free_lists(target: Target, only_zone: str | None = None,
               only_order: int | None = None) -> FreeLists:
    """Zone to order to migrate type to the page frames of its blocks, head of the list first;
    empty lists are left out."""
    found = zone_structs(target)
    mem_map = MemMap(target)
    area = target.type("struct free_area")
    offset = target.type("struct zone").offset("free_area")
    lists_at, array = area.array("free_list")
    types_names = names.migrate_types(target)
    result: FreeLists = {}
    for name, address, zone in found:
        if only_zone not in (None, name, name.rpartition(":")[2]):
            continue
        orders: dict[int, dict[str, list[int]]] = {}
        result[name] = orders
        for order in range(len(zone["free_area"])):
            if only_order not in (None, order):
                continue
            heads = address + offset + order * area.size + lists_at
            types = {}
            for kind in range(array.count):
                pfns = [mem_map.pfn(entry - mem_map.lru)
                        for entry in target.walk(heads + kind * array.element.size)]
                if pfns:
                    types[types_names[kind]] = pfns
            if types:
                orders[order] = types
    return result


def flag_names(mem_map: MemMap, flags: int) -> list[str]:
    """The names of a struct page's flags, without PG_."""
    return [name.removeprefix("PG_") for name, bit in mem_map.flags.items()
            if name != "NR_PAGEFLAGS" and flags >> bit & 1]


def free_block_of(mem_map: MemMap, pfn: int, orders: int) -> tuple[int, int] | None:
    """(first page frame, order) of the free block that a page frame lies in, or None."""
    buddy = 1 << mem_map.flags["PG_buddy"]
    for order in range(orders):
        head = pfn & -(1 << order)
        page = mem_map.read(head)
        if page["flags"] & buddy and page["private"] >= order:
            return head, page["private"]
    return None


def zone_of_page(target: Target, pfn: int, flags: int) -> tuple[str, CValue] | None:
    """(name, struct zone) by a page's flags; None where the zone does not span it."""
    nid, number = zone_number(target, flags)
    zone = next((node["node_zones"][number] for found, _, node in node_structs(target) if found == nid), None)
    if zone and 0 <= pfn - zone["zone_start_pfn"] < zone["spanned_pages"]:
        return zone_label(target, nid, target.string(zone["name"])), zone
    return None


def pkmap_address(target: Target, mem_map: MemMap, pfn: int) -> int | None:
    """Where kmap() shows a page of high memory, or None."""
    wanted = mem_map.address(pfn)
    for entry in target.value("page_address_maps"):
        if entry["page"] == wanted and entry["virtual"] and entry["list"]["next"]:
            return int(entry["virtual"])
    return None


def use_of_reserved(target: Target, pfn: int) -> str:
    """Whose a reserved page frame is."""
    if not any(r["start_pfn"] <= pfn < r["end_pfn"] for r in boot_memory.node_map(target)):
        return "reserved: no RAM"
    for owner in boot_memory.owners(target):
        if owner["start"] >> PAGE_SHIFT <= pfn < pfn_up(owner["end"]):
            return f"reserved since the boot: {owner['name']}"
    return "reserved, but nobody's"


def is_in_pageset(target: Target, mem_map: MemMap, pfn: int, zone: CValue) -> bool:
    """Does a page wait in its zone's per-cpu lists?"""
    pcp = pcp_lists(target, mem_map, zone)
    return pcp is not None and any(pfn in pfns for pfns in pcp["lists"].values())


def use_of_page(target: Target, mem_map: MemMap, pfn: int, page: CValue,
                zone: CValue) -> tuple[str, tuple[int, int] | None]:
    """What a page frame is used for, as the kernel's prompt says it, and the free block that it
    lies in, if it does."""
    block = free_block_of(mem_map, pfn, len(zone["free_area"]))
    if block:
        return f"free, in the block of order {block[1]} at page frame {block[0]}", block
    if page["flags"] >> mem_map.flags["PG_reserved"] & 1:
        return use_of_reserved(target, pfn), None
    if page["flags"] >> mem_map.flags["PG_slab"] & 1:
        cache = target.at("struct kmem_cache", page["lru"]["next"])
        return f"in use by the cache {target.string(cache['name'])}", None
    if page["_count"]:
        return f"in use, {page['_count']} reference(s)", None
    if is_in_pageset(target, mem_map, pfn, zone):
        return "free, in the per-cpu page set", None
    return "in use, inside a block that was allocated as a whole", None


class Block(TypedDict):
    """A free block: its first page frame and its order."""
    pfn: int
    order: int


class Page(TypedDict, total=False):
    """One page frame. What is after flag_names is there where a zone spans it, but for the
    fields of struct page."""
    pfn: int
    phys: int
    page: int
    zone: str | None
    flags: int
    flag_names: list[str]
    count: int
    mapcount: int
    private: int
    mapping: int
    index: int
    pageblock: str
    use: str
    block: Block | None
    virtual: int | None
    high: bool


def page(target: Target, pfn: int) -> Page:
    """One page frame. Raises Missing where mem_map does not reach."""
    mem_map = MemMap(target)
    mem_map.require(pfn)
    found = mem_map.read(pfn)
    home = zone_of_page(target, pfn, found["flags"])
    what: Page = {
        "pfn": pfn, "phys": pfn << PAGE_SHIFT, "page": mem_map.address(pfn),
        "zone": home[0] if home else None, "flags": found["flags"],
        "flag_names": flag_names(mem_map, found["flags"]), "count": found["_count"],
        "mapcount": found["_mapcount"] + 1, "private": found["private"],
        "mapping": found["mapping"], "index": found["index"]}
    if not home:
        return what
    name, zone = home
    what["pageblock"] = next(run["name"] for run in reversed(pageblocks(target, zone))
                             if run["start_pfn"] <= pfn)
    what["use"], block = use_of_page(target, mem_map, pfn, found, zone)
    what["block"] = {"pfn": block[0], "order": block[1]} if block else None
    high = pfn >= target.value("highstart_pfn")
    what["virtual"] = pkmap_address(target, mem_map, pfn) if high else \
        target.page_offset + (pfn << PAGE_SHIFT)
    what["high"] = high
    return what


def cut(ranges: Iterable[Run], holes: Iterable[Run]) -> list[Run]:
    """Ranges [start, end) without what lies in `holes`; both sorted and disjoint."""
    result = []
    rest = iter(holes)
    hole = next(rest, None)
    for start, end in ranges:
        while hole and hole[1] <= start:
            hole = next(rest, None)
        while hole and hole[0] < end:
            if hole[0] > start:
                result.append((start, hole[0]))
            start = max(start, hole[1])
            if hole[1] > end:
                break
            hole = next(rest, None)
        if start < end:
            result.append((start, end))
    return result


def pfn_up(address: int) -> int:
    """The first page frame at or above a physical address."""
    return (address + PAGE_SIZE - 1) >> PAGE_SHIFT


def size_of(ranges: Iterable[Run]) -> int:
    """Page frames in ranges."""
    return sum(end - start for start, end in ranges)


def overlap(ranges: Iterable[Run], start: int, end: int) -> list[Run]:
    """The parts of sorted ranges inside [start, end)."""
    return [(max(first, start), min(last, end)) for first, last in ranges
            if first < end and last > start]


def frames_with(mem_map: MemMap, ranges: Iterable[Run], flag: str) -> list[Run]:
    """The runs of page frames in `ranges` that have a page flag."""
    bit = 1 << mem_map.flags[flag]
    runs = []
    for start, end in ranges:
        at = start
        for has, group in itertools.groupby(mem_map.flags_of(start, end), lambda f: f & bit != 0):
            length = len(list(group))
            if has:
                runs.append((at, at + length))
            at += length
    return runs


class OwnerPages(boot_memory.Owner):
    """An owner with the reserved page frames that are his."""
    pages: int
    ranges: list[Run]


def by_owner(target: Target, reserved: Sequence[Run]) -> tuple[list[OwnerPages], Sequence[Run]]:
    """Each owner's reserved page frames, the first owner of a frame having it, and those
    that are left for nobody."""
    sheet: list[OwnerPages] = []
    for owner in boot_memory.owners(target):
        mine = overlap(reserved, owner["start"] >> PAGE_SHIFT, pfn_up(owner["end"]))
        reserved = cut(reserved, mine)
        sheet.append({"name": owner["name"], "start": owner["start"], "end": owner["end"],
                      "pages": size_of(mine), "ranges": mine})
    return sheet, reserved


def handed_out(target: Target) -> int:
    """Pages that were handed out and have not come back, by the allocator's own events."""
    events, number = target.value("vm_events"), target.enum("vm_event_item")
    out = sum(events[number["PGALLOC_DMA"]:number["PGALLOC_MOVABLE"] + 1])
    return int(out - (events[number["PGFREE"]] - target.value("totalram_pages")))


class Balance(TypedDict):
    """The sheet: page frames, and who has them."""
    max_pfn: int
    free: int
    reserved: int
    memmap: int
    hole: int
    in_use: int
    nobody: int
    handed_out: int
    in_pcp: int
    counters: int
    lists: int
    owners: list[OwnerPages]
    not_used: list[DerivedBorder]
    zones: dict[str, int]
    ok: bool


def balance(target: Target) -> Balance:
    """The page-exact sheet: each page frame is free, reserved, memmap, hole or in use. What is
    free is taken from the free lists, not from the pages' flags."""
    target.require_c()
    if not target.value("totalram_pages"):
        raise NotReady("mem_init")
    mem_map = MemMap(target)
    ram = [(r["start_pfn"], min(r["end_pfn"], mem_map.end)) for r in boot_memory.node_map(target)]
    lists = free_lists(target)
    blocks = sorted((pfn, pfn + (1 << order)) for orders in lists.values()
                    for order, types in orders.items() for pfns in types.values()
                    for pfn in pfns)
    free = size_of(blocks)
    rest = cut(ram, blocks)
    own = kva_ram(target)
    reserved = frames_with(mem_map, rest, "PG_reserved")
    in_use = size_of(rest) - size_of(reserved)
    reserved = sorted(reserved + own)
    sheet, nobody = by_owner(target, reserved)
    memmap = sum(owner["pages"] for owner in sheet if owner["name"] == "mem_map")
    all_zones = zones(target)
    in_pcp = sum(zone["pcp"]["count"] for zone in all_zones if zone["pcp"] and zone["present"])
    counters = sum(zone["free"] for zone in all_zones)
    out = handed_out(target)
    good = not nobody and free == counters and in_use == in_pcp + out and \
        size_of(cut(blocks, ram)) == 0
    max_pfn = target.value("max_mapnr")
    return {"max_pfn": max_pfn, "free": free, "reserved": size_of(reserved) - memmap,
            "memmap": memmap, "hole": max_pfn - size_of(ram) - size_of(own), "in_use": in_use,
            "nobody": size_of(nobody), "handed_out": out, "in_pcp": in_pcp, "counters": counters,
            "lists": free,
            "owners": [owner for owner in sheet if owner["pages"]], "not_used": not_used(target),
            "zones": {zone["name"]: pfn_up(zone["spanned"] * mem_map.page.size)
                      for zone in all_zones}, "ok": good}
