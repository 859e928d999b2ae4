# SPDX-License-Identifier: GPL-2.0-only
"""From a stage's state to ranges: physical memory and the kernel's virtual gigabyte, each cut
into disjoint ranges without gaps, lowest first, every one with its kind, its owner, and the
event that made it so."""

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from memdawn.state.page_tables import Mapped
from memdawn.state.target import PAGE_SHIFT, PAGE_SIZE
from report.document import Call, Event, Stage, StageRange

VIRTUAL_END = 1 << 32
E820_RAM = 1
NOT_IN_MAP = "not in the memory map"
HOLE = ("hole", NOT_IN_MAP)

# (start, end, what): what is a kind and an owner, and more where that says why.
What = TypeVar("What")
Layer = tuple[int, int, What]
Words = tuple[str, ...]

# Functions that only hand a request on: who asked them is who did it.
GLUE = {"boot_reserve", "boot_reserve_overlap_ok", "early_reserve", "early_reserve_overlap_ok", "reserve", "alloc"}


def paint(start: int, end: int, layers: Iterable[Layer[What]]) -> list[Layer[What | None]]:
    """Disjoint ranges (start, end, what) that cover [start, end); of layers that overlap the
    later one is seen. A layer is (start, end, what); neighbours with the same `what` join."""
    inside = [(max(first, start), min(last, end), what) for first, last, what in layers]
    inside = [layer for layer in inside if layer[0] < layer[1]]
    borders = sorted({start, end, *(b for layer in inside for b in layer[:2])})
    seen: list[What | None] = [None] * (len(borders) - 1)
    for first, last, what in inside:
        at = bisect.bisect_left(borders, first)
        behind = bisect.bisect_left(borders, last)
        seen[at:behind] = [what] * (behind - at)
    ranges: list[Layer[What | None]] = []
    for first, last, top in zip(borders, borders[1:], seen):
        if ranges and ranges[-1][2] == top:
            ranges[-1] = (ranges[-1][0], last, top)
        else:
            ranges.append((first, last, top))
    return ranges


def data(stage: Stage, reader: str) -> Any:
    """What a reader found, None where there was nothing to read."""
    return stage["state"].get(reader, {}).get("data")


def pfn_range(start_pfn: int, end_pfn: int, *what: str) -> Layer[Words]:
    """A layer from page frames."""
    return start_pfn << PAGE_SHIFT, end_pfn << PAGE_SHIFT, what


def map_layers(stage: Stage) -> list[Layer[Words]]:
    """The memory map. A raw one may overlap: the higher type is seen, as it will be once the
    map is sanitized."""
    used = data(stage, "e820")
    entries = used["used"] if used else sorted((data(stage, "raw_e820") or {"entries": []})[
        "entries"], key=lambda entry: entry["type"])
    return [(e["start"], e["end"], ("ram", "RAM of the memory map") if e["type"] == E820_RAM
             else ("firmware", f"{e['name']}, says the memory map")) for e in entries]


def named(name: str) -> Words:
    """The kind of memory that has a named owner."""
    return ("memmap" if name in ("mem_map", "KVA RAM") else "kept"), name


def boot_layers(stage: Stage) -> list[Layer[Words]]:
    """What the boot has reserved and allocated, before the buddy allocator."""
    layers = []
    bitmap = data(stage, "bootmem")
    if bitmap:
        ram = [(r["start_pfn"], r["end_pfn"]) for r in data(stage, "node_map")]
        layers += [pfn_range(max(r["start_pfn"], first), min(r["end_pfn"], last), "kept",
                             "reserved in the bitmap")
                   for r in bitmap["ranges"] if r["reserved"] for first, last in ram]
    memblock = data(stage, "memblock")
    if memblock:
        layers += [(r["start"], r["end"], ("kept", "reserved in memblock"))
                   for r in memblock["reserved"]["regions"]]
    early = data(stage, "early_res")
    if early and not early["handed_over"]:
        layers += [(r["start"], r["end"], named(r["name"])) for r in early["entries"]]
    # Of owners that share a page or more the first one counts.
    for owner in reversed(data(stage, "owners") or []):
        layers.append((owner["start"], owner["end"], named(owner["name"])))
    return layers


def buddy_layers(stage: Stage) -> list[Layer[Words]]:
    """The buddy allocator's world: every page frame of RAM is exactly one thing."""
    layers = []
    for part in data(stage, "in_use"):
        layers.append(pfn_range(part["start_pfn"], part["end_pfn"], "in use", part["what"]))
    for owner in data(stage, "balance")["owners"]:
        layers += [pfn_range(*pair, *named(owner["name"])) for pair in owner["ranges"]]
    for orders in data(stage, "freelist").values():
        for order, kinds in orders.items():
            for pfns in kinds.values():
                layers += [pfn_range(pfn, pfn + (1 << int(order)), "free", "buddy allocator")
                           for pfn in pfns]
    return layers


def unused_layers(stage: Stage) -> list[Layer[Words]]:
    """RAM that the kernel does not take: what the map calls RAM and early_node_map has not."""
    ram = data(stage, "node_map")
    if not ram:
        return []
    top = max(entry["end"] for entry in data(stage, "e820")["used"])
    seen = paint(0, top, map_layers(stage))
    known = [(r["start_pfn"] << PAGE_SHIFT, r["end_pfn"] << PAGE_SHIFT, True) for r in ram]
    return [(start, end, ("hole", "RAM that the kernel does not use"))
            for first, last, what in seen if what and what[0] == "ram"
            for start, end, taken in paint(first, last, known) if not taken]


def zone_borders(stage: Stage) -> list[Layer[str]]:
    """Page frames at which a zone begins or ends, with the zones' names."""
    zones = data(stage, "zones") or []
    return [(z["start_pfn"] << PAGE_SHIFT, z["end_pfn"] << PAGE_SHIFT, z["name"]) for z in zones]


def split_at(ranges: Iterable[Layer[What]], borders: Sequence[int]) -> Iterator[Layer[What]]:
    """Ranges cut at the borders that lie inside them."""
    for start, end, what in ranges:
        inside = [b for b in borders if start < b < end]
        for first, last in zip([start, *inside], [*inside, end]):
            yield first, last, what


def physical_end(stages: Sequence[Stage]) -> int:
    """The highest address that any stage's map or the kernel's own end of RAM names."""
    ends = [entry["end"] for stage in stages for entry in
            (data(stage, "e820") or {"used": []})["used"] +
            (data(stage, "raw_e820") or {"entries": []})["entries"]]
    return -(-max(ends) // PAGE_SIZE) * PAGE_SIZE


def physical(stage: Stage, top: int) -> list[StageRange]:
    """Physical memory at a stage."""
    layers = map_layers(stage) + unused_layers(stage)
    layers += buddy_layers(stage) if data(stage, "balance") else boot_layers(stage)
    zones = zone_borders(stage)
    borders = sorted({b for zone in zones for b in zone[:2]})
    found = as_ranges(split_at(paint(0, top, layers), borders))
    for known in found:
        known["zone"] = next((name for first, last, name in zones if first <= known["start"] < last),
                             None)
    return found


# --- the virtual gigabyte ---

AREA_KINDS = {"lowmem": "lowmem", "vmalloc": "vmalloc", "pkmap": "pkmap", "fixmap": "fixmap",
              "boot": "fixmap"}


def area_layers(stage: Stage) -> list[Layer[Words]]:
    """The parts of the address space, the image's sections on top."""
    layout = data(stage, "layout")
    areas = [a for a in layout["areas"] if a["name"] != "user"] if layout else []
    sections = data(stage, "image")
    known = {a["name"].strip() for a in sections}
    areas = [a for a in areas if a["name"].strip() not in known] + sections
    layers: list[Layer[Words]] = []
    for area in areas:
        name = area["name"].strip()
        kind = "image" if name in known else AREA_KINDS.get(name, "hole")
        layers.append((area["start"], area["end"], (kind, name, area["why"])))
    layers += [(kva["start"], kva["end"], ("lowmem", f"KVA of node {kva['node']}",
                                           "shows the node's struct pages, which lie in its own memory"))
               for kva in data(stage, "kva") or []]
    return layers


def page_layers(stage: Stage) -> list[Layer[Words]]:
    """Single pages with names: fixed ones, and windows of kmap() that show something."""
    layers: list[Layer[Words]] = []
    fixmap = data(stage, "fixmap")
    for page in fixmap["pages"] if fixmap else []:
        layers.append((page["address"], page["address"] + PAGE_SIZE, ("fixmap", page["name"],
                                                                      "a fixed page, mapped")))
    pkmap = data(stage, "pkmap")
    for window in pkmap["used"] if pkmap else []:
        layers.append((window["address"], window["address"] + PAGE_SIZE,
                       ("pkmap", f"window {window['index']}", f"used {window['count']} times")))
    return layers


def virtual(stage: Stage) -> list[StageRange]:
    """The kernel's virtual gigabyte at a stage: what a range is for, and how it is mapped."""
    start = data(stage, "page_offset")
    tables = data(stage, "pgtable") or []
    mapped = paint(start, VIRTUAL_END, [(r["start"], r["end"], index)
                                        for index, r in enumerate(tables)])
    areas = paint(start, VIRTUAL_END, area_layers(stage) + page_layers(stage))
    borders = sorted({b for first, last, _ in mapped for b in (first, last)})
    found: list[StageRange] = []
    for first, last, what in split_at(areas, borders):
        place = bisect.bisect_right([m[0] for m in mapped], first) - 1
        number = mapped[place][2]
        entry: Mapped | None = None if number is None else tables[number]
        kind, owner, why = what or (("lowmem", "direct map", "mapped, no part of it has a name "
                                     "yet") if entry else ("hole", "nothing", "not mapped"))
        found.append({"start": first, "end": last, "kind": kind, "owner": owner, "why": why,
                      "mapping": None if entry is None else {
                          "phys": entry["phys"] + first - entry["start"],
                          "write": entry["write"], "execute": entry["execute"],
                          "global": entry["global"], "cache": entry["cache"],
                          "page": entry["page"]}})
    return found


# --- who did it ---

def doer(chain: Sequence[Call]) -> Call | None:
    """The place in a chain of calls that has done it: the first that is no glue."""
    rest = [call for call in chain if call["function"] not in GLUE]
    return next(iter(rest or chain), None)


def owner_event(events: Sequence[Event], known: StageRange) -> int | None:
    """The first event that names an owner and touches his range."""
    for index, event in enumerate(events):
        name = event.get("name") or event.get("owner")
        if not name or event["kind"] not in ("reserve", "own"):
            continue
        page_end = -(-event["end"] // PAGE_SIZE) * PAGE_SIZE
        if known["owner"] == name[:len(known["owner"])] and known["start"] < page_end and \
                known["end"] > event["start"] & -PAGE_SIZE:
            return index
    return None


def page_event(events: Sequence[Event], known: StageRange) -> int | None:
    """The last event that freed the range's first page frame or, for pages in use, handed it
    out."""
    pfn = known["start"] >> PAGE_SHIFT
    wanted = "pages" if known["kind"] == "in use" and known["owner"] != "per-cpu list" else "free"
    for index in reversed(range(len(events))):
        event = events[index]
        if event["kind"] == wanted and any(s <= pfn < e for s, e in event["ranges"]):
            return index
    return None


def map_event(events: Sequence[Event], known: StageRange) -> int | None:
    """The last event that made the map say this: where it was put in, retyped, taken out, or
    where the whole map was dropped."""
    for index in reversed(range(len(events))):
        event = events[index]
        if event["kind"] == "option memmap" and (event["p"] or "").startswith("exactmap"):
            return index if known["kind"] == "hole" else None
        if not event["kind"].startswith("map ") or not \
                event["start"] <= known["start"] < event["start"] + event["size"]:
            continue
        kinds = {"map add": event.get("type"), "map update": event.get("new_type"),
                 "map remove": None}[event["kind"]]
        if known["kind"] == ("hole" if kinds is None else
                             "ram" if kinds == E820_RAM else "firmware"):
            return index
    return None


def mapping_event(events: Sequence[Event], known: StageRange) -> int | None:
    """The last event that mapped the range as it is mapped."""
    for index in reversed(range(len(events))):
        event = events[index]
        if event["kind"] == "page tables" and any(s <= known["start"] and known["end"] <= e
                                                for s, e in event["ranges"]):
            return index
    return None


FINDERS: dict[str, Callable[[Sequence[Event], StageRange], int | None]] = {
    "kept": owner_event, "memmap": owner_event, "free": page_event, "in use": page_event,
    "ram": map_event, "firmware": map_event, "hole": map_event}


def identity(known: StageRange) -> tuple[object, ...]:
    """What has to stay the same for a range to be the same as at an earlier stage."""
    mapping = known.get("mapping")
    named_kind = known["kind"] if known["kind"] in ("lowmem", "hole") else \
        (known["kind"], known["owner"])
    return named_kind, mapping and (mapping["write"], mapping["execute"], mapping["page"])


def by_map(known: StageRange) -> bool:
    """Is it the memory map alone that says what this range is?"""
    return known["kind"] in ("ram", "firmware") or known["owner"] == NOT_IN_MAP


def since(stages: Sequence[Sequence[StageRange]], stage_index: int, known: StageRange) -> int:
    """The first stage from which on the range has been what it is now; `stages`: each one's ranges."""
    first = stage_index
    while first:
        earlier = stages[first - 1]
        at = bisect.bisect_right([r["start"] for r in earlier], known["start"]) - 1
        # Neighbours that differ in other things may have been one range, or be one now.
        while at < len(earlier) and earlier[at]["start"] < known["end"] and \
                identity(earlier[at]) == identity(known):
            at += 1
        if at < len(earlier) and earlier[at]["start"] < known["end"]:
            break
        first -= 1
    return first


def as_ranges(painted: Iterable[Layer[Words | None]]) -> list[StageRange]:
    """Painted ranges as dicts; where nothing is painted there is a hole."""
    return [{"start": start, "end": end, "kind": (what or HOLE)[0], "owner": (what or HOLE)[1]}
            for start, end, what in painted]


def add_ranges(stages: Sequence[Stage], events: Sequence[Event]) -> None:
    """Gives each stage its `physical` and `virtual`."""
    top = physical_end(stages)
    # What the memory map says is looked up there: reservations may lie over it.
    maps = [as_ranges(paint(0, top, map_layers(stage))) for stage in stages]
    all_physical = [physical(stage, top) for stage in stages]
    all_virtual = [virtual(stage) for stage in stages]
    for index, stage in enumerate(stages):
        happened = events[:stage["events"]]
        for known in all_physical[index]:
            known["event"] = FINDERS[known["kind"]](happened, known)
            known["since"] = since(maps if by_map(known) else all_physical, index, known)
        for known in all_virtual[index]:
            known["event"] = mapping_event(happened, known) if known["mapping"] else None
            known["since"] = since(all_virtual, index, known)
        stage["physical"], stage["virtual"] = all_physical[index], all_virtual[index]
