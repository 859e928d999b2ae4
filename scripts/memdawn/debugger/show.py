# SPDX-License-Identifier: GPL-2.0-only
"""The readers' results as lines of text. Where the kernel's own prompt has the same command, the
lines are the same."""

from collections.abc import Mapping, Sequence

from memdawn.state import boot_memory, kernel, page_tables, pages
from memdawn.state.derivation import Derivation, DerivedBorder
from memdawn.state.target import PAGE_SHIFT
from memdawn.state.virtual_layout import VirtualLayout

MB_SHIFT = 20 - PAGE_SHIFT
SOME = 8                     # blocks of a free list that are shown where all were not asked for


def dmesg(lines: Sequence[kernel.LogLine], first: int | None = None) -> list[str]:
    """The log; `first': with numbers from this one on."""
    return [line["text"] if first is None else f"{number:4d} {line['text']}"
            for number, line in enumerate(lines, first or 0)]


def e820_map(entries: Sequence[boot_memory.E820Entry]) -> list[str]:
    """One map."""
    return [f" {entry['start']:016x} - {entry['end']:016x} ({entry['name']})"
            for entry in entries]


def e820(data: boot_memory.E820) -> list[str]:
    """Both maps."""
    return ["as the firmware, or memdawn.e820=, gave it:", *e820_map(data["firmware"]),
            "as the kernel uses it, after its parameters and its own rules:",
            *e820_map(data["used"])]


def raw_e820(data: boot_memory.RawE820) -> list[str]:
    """The loader's map."""
    return ["as the loader gave it:" if data["raw"] else
            "as the loader gave it, sorted by setup_memory_map():", *e820_map(data["entries"])]


def early_res(data: boot_memory.EarlyRes) -> list[str]:
    """The reservations."""
    return [f"#{number:<2d} {entry['start']:010x} - {entry['end']:010x} {entry['name']}"
            + (" (overlap ok)" if entry["overlap_ok"] else "")
            for number, entry in enumerate(data["entries"])]


def pages_as_size(count: int) -> str:
    """Page frames as kB or MB."""
    return f"{count >> MB_SHIFT} MB" if count >= 16 << MB_SHIFT else f"{count << 2} kB"


def bootmem(data: boot_memory.Bootmem) -> list[str]:
    """The bitmap as ranges."""
    head = f"{data['allocator']}: page frames {data['start_pfn']} - {data['end_pfn']}, " \
           f"bitmap at {data['bitmap']:08x}"
    if "hint_pfn" in data:
        head += f", last allocation ends at {data['last_end']:08x}, " \
                f"next search at page frame {data['hint_pfn']}"
    else:
        head += f", last allocation in page {data['last_pos']}, " \
                f"{data['last_offset']} bytes of it"
    free = sum(r["end_pfn"] - r["start_pfn"] for r in data["ranges"] if not r["reserved"])
    lines = [head]
    for found in data["ranges"]:
        count = found["end_pfn"] - found["start_pfn"]
        lines.append(f"  {found['start_pfn']:7d} - {found['end_pfn']:7d} "
                     f"{'reserved' if found['reserved'] else 'free':8s} {count:7d} page(s), "
                     f"{pages_as_size(count)}")
    return [*lines, f"free: {free} pages of {data['end_pfn'] - data['start_pfn']}"]


def memblock(data: boot_memory.Memblock) -> list[str]:
    """Both arrays."""
    lines = [f"allocates {'from the bottom up' if data['bottom_up'] else 'from the top down'}, "
             f"up to {data['current_limit']:#x}"
             + (", handed over" if data["handed_over"] else "")]
    for name, array in (("memory", data["memory"]), ("reserved", data["reserved"])):
        lines.append(f"{name}: {len(array['regions'])} of {array['max']} regions, "
                     f"{array['total_size']:#x} bytes")
        lines += [f" {number:3d} [{region['start']:#018x} - {region['end'] - 1:#018x}] "
                  f"{region['end'] - region['start']:#x} bytes "
                  + (" ".join(region["flags"]) or "flags 0x0")
                  for number, region in enumerate(array["regions"])]
    return lines


def node_map(data: Sequence[boot_memory.NodeRange]) -> list[str]:
    """early_node_map."""
    return [f"{entry['nid']}: {entry['start_pfn']:#010x} -> {entry['end_pfn']:#010x}"
            for entry in data]


PRESENT = "present leaves out what the zone's struct pages take: pages free may be more"


def zones(data: Sequence[pages.Zone]) -> list[str]:
    """The zones without their lists, and what one of the numbers is, as the prompt's zoneinfo says it."""
    lines = []
    for zone in data:
        mark, pcp = zone["watermark"], zone["pcp"]
        lines += [f"zone {zone['name']}: page frames {zone['start_pfn']} - {zone['end_pfn']}, "
                  f"{zone['spanned']} spanned, {zone['present']} present, {zone['free']} free",
                  f"  watermarks: min {mark['min']} low {mark['low']} high {mark['high']}; "
                  "lowmem_reserve: " + " ".join(str(n) for n in zone["lowmem_reserve"]),
                  "  pageblocks: " + ", ".join(
                      f"{run['blocks']} {run['name']} from {run['start_pfn']}"
                      for run in zone["pageblocks"])]
        if pcp is None:
            lines.append("  per-cpu lists: not initialised yet (needs build_all_zonelists)")
            continue
        lines.append(f"  per-cpu lists: {pcp['count']} page(s), high {pcp['high']}, "
                     f"batch {pcp['batch']}")
        lines += [f"    {name}: " + " ".join(str(pfn) for pfn in pfns)
                  for name, pfns in pcp["lists"].items() if pfns]
    return [*lines, PRESENT]


def buddyinfo(data: Mapping[str, Sequence[int]]) -> list[str]:
    """As /proc/buddyinfo."""
    lines = []
    for zone, counts in data.items():
        node, _, name = zone.rpartition(":")
        lines.append(f"Node {node or 0}, zone {name:>8s} " + "".join(f"{count:6d} " for count in counts))
    return lines


def freelist(data: pages.FreeLists, everything: bool, order_asked: int | None = None) -> list[str]:
    """The lists, the head first; `order_asked': the only one that was looked at."""
    lines = []
    for zone, orders in data.items():
        lines.append(f"zone {zone}")
        if not orders:
            lines.append("  no free block" +
                         (f" of order {order_asked}" if order_asked is not None else ""))
        for order, types in orders.items():
            for kind, pfns in types.items():
                shown = pfns if everything else pfns[:SOME]
                more = len(pfns) - len(shown)
                lines.append(f"  order {order:2d} {kind:11s} {len(pfns):6d} block(s): "
                             + " ".join(str(pfn) for pfn in shown)
                             + (f" ... {more} more" if more else ""))
    return lines or ["all lists are empty"]


def pointer(address: int) -> str:
    """As printk()'s %p."""
    return f"{address:08x}" if address else "(null)"


def page(data: pages.Page) -> list[str]:
    """One page frame."""
    lines = [f"page frame {data['pfn']}, physical {data['phys']:010x}, "
             f"struct page {data['page']:08x}"]
    if data["zone"] is None:
        return lines + ["  in no zone"]
    lines += [f"  zone {data['zone']}, pageblock {data['pageblock']}",
              " ".join([f"  flags {data['flags']:08x}", *data["flag_names"]]),
              f"  count {data['count']} mapcount {data['mapcount']} private "
              f"{data['private']:x} mapping {pointer(data['mapping'])} index {data['index']:x}",
              f"  {data['use']}"]
    if not data["high"]:
        return lines + [f"  at {data['virtual']:08x} in the linear map"]
    if data["virtual"]:
        return lines + [f"  at {data['virtual']:08x} in pkmap"]
    return lines + ["  high memory, not mapped by kmap()"]


def vtop(data: page_tables.Walk, page_offset: int) -> list[str]:
    """The walk, and where it ends."""
    lines = [f"  {step['level']}[{step['index']}] at {step['address'] + page_offset:08x}: "
             + " ".join([f"{step['entry']:016x}", *step["flags"]]) for step in data["steps"]]
    if data["paging"] is False:
        lines.append("  paging is off: addresses are physical ones, the tables are not used yet")
    if data["phys"] is None:
        return lines + [f"virtual {data['virtual']:08x}: not mapped"]
    return lines + [f"virtual {data['virtual']:08x}: physical {data['phys']:010x}, "
                    f"page frame {data['phys'] >> PAGE_SHIFT}"]


def size_of(number: int) -> str:
    """Bytes as kB or MB, like the layout."""
    return f"{number >> 20:5d} MB" if number >= 16 << 20 else f"{number >> 10:5d} kB"


def table_range(found: page_tables.Mapped) -> str:
    """One mapped range."""
    flags = ["rw" if found["write"] else "ro", "x" if found["execute"] else "nx"]
    flags += [word for word, is_set in (("global", found["global"]), ("user", found["user"]),
                                        ("uncached", not found["cache"])) if is_set]
    return f"{found['start']:08x} - {found['end'] & 0xffffffff:08x} " \
           f"{size_of(found['end'] - found['start'])}  -> {found['phys']:010x} " \
           f"{'2M' if found['page'] > 4096 else '4k'} {' '.join(flags)}"


def pgtable(data: Sequence[page_tables.Mapped]) -> list[str]:
    """What is mapped."""
    return [table_range(found) for found in data] or ["nothing is mapped"]


def fixmap(data: page_tables.Fixmap, everything: bool) -> list[str]:
    """The fixed pages that show something, or all."""
    chosen = [found for found in data["pages"] if everything or found["flags"]]
    lines = [f"fixmap {data['start']:08x} - {data['top']:08x}, of the boot alone from "
             f"{data['boot_start']:08x}"]
    for found in chosen:
        shows = "not mapped" if found["phys"] is None else \
            f"{found['phys']:010x} {' '.join(found['flags'])}"
        lines.append(f"  {found['index']:3d} {found['address']:08x} {found['name']:32s} {shows}")
    return lines if chosen else [*lines, "  none of them is mapped"]


def pkmap(data: page_tables.Pkmap) -> list[str]:
    """The windows in use."""
    lines = [f"pkmap {data['base']:08x} - "
             f"{data['base'] + (data['windows'] << PAGE_SHIFT):08x}: "
             f"{len(data['used'])} of {data['windows']} windows mapped, the last was "
             f"{data['last']}"]
    for window in data["used"]:
        users = "nobody uses it, not flushed yet" if window["count"] == 1 else \
            f"{window['count'] - 1} user(s)"
        shows = "not mapped" if window["pfn"] is None else f"page frame {window['pfn']}"
        lines.append(f"  {window['index']:3d} {window['address']:08x} {shows}, {users}")
    return lines


SLABINFO_HEAD = (
    "slabinfo - version: 2.1",
    "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
    " : tunables <limit> <batchcount> <sharedfactor>"
    " : slabdata <active_slabs> <num_slabs> <sharedavail>")


def slabinfo(data: Sequence[kernel.Slab]) -> list[str]:
    """As /proc/slabinfo."""
    return [*SLABINFO_HEAD, *[
        f"{cache['name']:17s} {cache['active_objs']:6d} {cache['num_objs']:6d} "
        f"{cache['objsize']:6d} {cache['objperslab']:4d} {cache['pagesperslab']:4d}"
        f" : tunables {cache['limit']:4d} {cache['batchcount']:4d} {cache['shared']:4d}"
        f" : slabdata {cache['active_slabs']:6d} {cache['num_slabs']:6d} {0:6d}"
        for cache in data]]


def border_value(step: DerivedBorder) -> str:
    """Where a border lies."""
    if step["pages"] is not None and step["pfn"] is not None:
        return f"{step['pages']} pages ({pages_as_size(step['pages'])}) from pfn {step['pfn']} on"
    if step["pfn"] is not None:
        return f"pfn {step['pfn']:8d} ({step['pfn'] >> MB_SHIFT} MB)"
    return f"{step['bytes'] >> 10} kB" if step["bytes"] is not None else ""


def derivation(data: Derivation) -> list[str]:
    """How the low memory limit came about."""
    return [f"{step['what']:27s} "
            + ", ".join(part for part in (border_value(step), step["why"]) if part)
            for step in data["steps"]]


def virtual_layout(data: VirtualLayout) -> list[str]:
    """The address space from the top down, then the derivation."""
    return [f"{part['start']:08x} - {part['end'] & 0xffffffff:08x} "
            f"{size_of(part['end'] - part['start'])}  {part['name']:8s} {part['why']}"
            for part in data["areas"]] + derivation(data["derivation"])


def balance(data: pages.Balance) -> list[str]:
    """The sheet."""
    lines = [f"balance: {name} {count}" for name, count in (
        ("max_pfn", data["max_pfn"]), ("free", data["free"]), ("reserved", data["reserved"]),
        ("memmap", data["memmap"]), ("hole", data["hole"]))]
    lines += [f"balance: not used {step['pages']} from pfn {step['pfn']} on, {step['why']}"
              for step in data["not_used"]]
    lines += [f"balance: owner {owner['pages']} [{owner['start']:010x} - {owner['end']:010x}] "
              f"{owner['name']}" for owner in data["owners"] if owner["name"] != "mem_map"]
    if data["nobody"]:
        lines.append(f"balance: owner {data['nobody']} nobody")
    if data["in_use"]:
        lines.append(f"balance: in use {data['in_use']} (handed out {data['handed_out']}, "
                     f"per-cpu lists {data['in_pcp']})")
    lines += [f"balance: zone {name} memmap {pages}" for name, pages in data["zones"].items()]
    return lines + [f"balance: counters {data['counters']} lists {data['lists']}",
                    f"balance: {'ok' if data['ok'] else 'BAD'}"]


def borders(data: Mapping[str, kernel.Border]) -> list[str]:
    """Page frame numbers and counts."""
    return [f"{name} {found['value']}" if found["value"] is not None else
            f"{name} not initialised yet (needs {found['needs']})"
            for name, found in data.items()]


def machine(data: kernel.MachineState) -> list[str]:
    """How far the machine is."""
    if not data["loaded"]:
        return ["the kernel is not loaded"]
    if data["paging"] is None:
        paging = "not known"
    else:
        paging = "off" if not data["paging"] else \
            "on" + (", PAE" if data["pae"] else "") + (", NX" if data["nx"] else "")
    return [f"paging {paging}", f"boot allocator {data['boot_allocator'] or 'not chosen yet'}",
            "init sections " + ("there" if data["init_sections"] else "given back")]
