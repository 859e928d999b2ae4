# SPDX-License-Identifier: GPL-2.0-only
"""Run by GDB: goes to the moment at which mem_init() has returned, and writes the page
allocator's state there, in the form of the notes in tests/linux/gdb. Every value is read by
the name that Linux has for it; what this image has no such name for is left out."""

import gdb

from memdawn.debugger import commands, running
from memdawn.state import names
from memdawn.state.milestones import by_name

VARIABLES = """
    max_pfn max_low_pfn min_low_pfn max_low_pfn_mapped max_pfn_mapped highstart_pfn highend_pfn
    totalram_pages totalhigh_pages num_physpages nr_kernel_pages nr_all_pages vm_total_pages
    totalreserve_pages high_memory mem_map max_mapnr _brk_end e820_table_start e820_table_end
    e820_table_top page_group_by_mobility_disabled dma_reserve required_kernelcore
    required_movablecore movable_zone __VMALLOC_RESERVE __supported_pte_mask highest_memmap_pfn
    percpu_pagelist_fraction __FIXADDR_TOP pkmap_page_table""".split()
SIZES = ("struct page", "struct zone", "pg_data_t")
MIGRATE_TYPES = names.migrate_types(commands.the_target())
PCP_TYPES = 3
PAGES = (0, 1, 2, 158, 159, 256, 4096, 4097, 4496, 8192)


def value(expression):
    """An expression's value; None where a name in it is unknown."""
    try:
        found = gdb.parse_and_eval(expression)
        return None if found.is_optimized_out else found
    except gdb.error:
        return None


def fields(struct, names):
    """`name value` of some fields, hexadecimal where they are addresses."""
    return " ".join(f"{name} {text(struct[name])}" for name in names.split())


def text(found):
    """A value as the notes have it."""
    code = found.type.strip_typedefs().code
    if code == gdb.TYPE_CODE_PTR:
        return hex(int(found))
    if code == gdb.TYPE_CODE_ARRAY:
        first, last = found.type.range()
        return str([int(found[index]) for index in range(first, last + 1)])
    return str(int(found))


def page_frames(head):
    """The page frames of a list of struct page, its head first."""
    kind = gdb.lookup_type("struct page")
    lru = int(value("(unsigned long)&((struct page *)0)->lru"))
    mem_map = int(value("mem_map"))
    found = []
    entry = head["next"]
    while entry != head.address:
        found.append((int(entry) - lru - mem_map) // kind.sizeof)
        entry = entry["next"]
    return found


def variable_lines():
    """The variables and sizes that this image has."""
    for name in VARIABLES:
        found = value(name)
        if found is not None:
            yield f"{name:<33}{int(found)} ({hex(int(found))})"
    for name in SIZES:
        yield f"{f'sizeof({name})':<33}{int(value(f'sizeof({name})'))}"


def node_lines(node):
    """The node and what bootmem knows of it."""
    bdata = node["bdata"]
    name = gdb.execute(f"info symbol {hex(int(bdata))}", to_string=True).split()[0]
    yield "contig_page_data: " + fields(
        node, "nr_zones node_start_pfn node_present_pages node_spanned_pages node_mem_map "
        "bdata") + f" <{name}>"
    yield "bdata: " + fields(bdata.dereference(), "node_min_pfn node_low_pfn last_end_off hint_idx "
                             "node_bootmem_map")


def order_lines(area, order):
    """The free lists of one order."""
    yield f"  order {order:2d} nr_free {text(area['nr_free'])}"
    for index, kind in enumerate(MIGRATE_TYPES):
        head = area["free_list"][index]
        if not int(head["next"]):
            if order == index == 0:
                yield "     (free lists never initialised: list heads are NULL)"
            continue
        pfns = page_frames(head)
        if pfns:
            yield (f"     free_list[{kind}]: {len(pfns)} blocks, first 3 pfns {pfns[:3]} "
                   f"last pfn {pfns[-1]}")


def zone_lines(zone, index):
    """One zone."""
    name = zone["name"].string()
    yield f"zone[{index}] {name}: " + fields(zone, "zone_start_pfn spanned_pages present_pages")
    free = zone["vm_stat"][int(value("NR_FREE_PAGES"))]
    yield (f"  NR_FREE_PAGES {text(free)}  wmark {text(zone['watermark'])} "
           + fields(zone, "lowmem_reserve pages_scanned flags"))
    pcp = zone["pageset"]["pcp"]
    yield f"  {fields(zone, 'pageset')} pcp.{fields(pcp, 'count high batch')}"
    for kind in range(PCP_TYPES):
        pfns = page_frames(pcp["lists"][kind])
        yield f"    pcp list {MIGRATE_TYPES[kind]}: {len(pfns)} pages, pfns {pfns}"
    yield "  " + fields(zone, "wait_table_hash_nr_entries wait_table pageblock_flags zone_pgdat")
    first, last = zone["free_area"].type.range()
    for order in range(first, last + 1):
        yield from order_lines(zone["free_area"][order], order)


def zonelist(node):
    """The zones' names in the order in which they serve."""
    refs, names = node["node_zonelists"][0]["_zonerefs"], []
    while int(refs[len(names)]["zone"]):
        names.append(refs[len(names)]["zone"]["name"].string())
    return names


def page_line(pfn):
    """One struct page."""
    page = value(f"mem_map[{pfn}]")
    return (f"page {pfn:5d}: flags 0x{int(page['flags']):08x} "
            + fields(page, "_count _mapcount private"))


def state_lines():
    """All of it."""
    node = value("contig_page_data")
    yield "# state at the moment mem_init() has returned"
    yield from variable_lines()
    yield from node_lines(node)
    first, last = node["node_zones"].type.range()
    for index in range(first, last + 1):
        yield ""
        yield from zone_lines(node["node_zones"][index], index)
    yield f"zonelist[0]: {zonelist(node)}"
    for pfn in PAGES:
        yield page_line(pfn)


running.run_to(commands.the_target(), [by_name("buddy")])
for line in state_lines():
    gdb.write(f"STATE {line}\n")
