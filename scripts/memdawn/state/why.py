# SPDX-License-Identifier: GPL-2.0-only
"""A page frame's history in sentences, as the kernel's prompt tells it (src/monitor/commands_why.c),
and at moments before there is a prompt."""

from collections.abc import Callable

from memdawn.state import boot_memory, names, page_tables, pages
from memdawn.state.c_types import CValue, Struct
from memdawn.state.target import Missing, NotReady, PAGE_SHIFT, PAGE_SIZE, Target

SOURCE = "src/monitor/commands_why.c"
BUDDY = "src/mm/page_alloc/buddy.c"
ORDERS = 11
Lists = dict[int, dict[str, list[int]]]          # order to type to first page frames of blocks


def overlaps(start: int, end: int, pfn: int) -> bool:
    """Has a range of bytes a part of a page frame?"""
    return start < (pfn + 1) << PAGE_SHIFT and end > pfn << PAGE_SHIFT


def covers(start: int, end: int, pfn: int) -> bool:
    """Has a range of bytes all of it?"""
    return start <= pfn << PAGE_SHIFT and end >= (pfn + 1) << PAGE_SHIFT


# --- the memory map ---


def map_sentences(entries: list[boot_memory.E820Entry], pfn: int, whose: str) -> list[str]:
    """What a map calls a frame, a sentence for each entry that has a part of it."""
    found = [entry for entry in entries if overlaps(entry["start"], entry["end"], pfn)]
    return [f"{whose} calls {'it' if covers(entry['start'], entry['end'], pfn) else 'a part of it'} "
            f"{entry['name']}: {entry['start']:016x} - {entry['end']:016x}." for entry in found] \
        or [f"{whose} has nothing there: a hole."]


def changes(target: Target, pfn: int, types: set[int]) -> list[str]:
    """What the boot did to a frame that had these types."""
    told = []
    count = target.value("nr_e820_changes")
    table = target.value("e820_changes")
    for change in table[:count]:
        start, end = change["range"]["start"], change["range"]["end"]
        if not overlaps(start, end, pfn) or (change["from"] and min(change["from"], 31) not in types):
            continue
        if covers(start, end, pfn):
            if change["from"]:
                types = types - {change["from"]}
            elif not change["to"]:
                types = set()
        if change["to"]:
            types = types | {change["to"]}
        told.append(f"Then {change['how']}.")
    if count > len(table):
        told.append(f"{count - len(table)} more changes of the map were not kept: the log has them.")
    return told


def firmware(target: Target, pfn: int) -> list[str]:
    """The maps, and the way from one to the other."""
    data = boot_memory.e820(target)
    types = {min(entry["type"], 31) for entry in data["firmware"] if overlaps(entry["start"], entry["end"], pfn)}
    told = changes(target, pfn, types)
    source = target.string(target.value("e820_source"))
    return map_sentences(data["firmware"], pfn, source) + told + \
        (map_sentences(data["used"], pfn, "The kernel's map") if told else [])


def above_max_pfn(target: Target, pfn: int, max_pfn: int) -> list[str]:
    """A frame without a struct page, because RAM ends below it."""
    cut = target.enum("border_kind")["BORDER_CUT"]
    kind = target.type("struct border")
    told = [f"It lies above RAM's end, max_pfn {max_pfn}: it has no struct page and isn't used."]
    for address in target.value("borders"):
        border = target.at(kind, address)
        if border["kind"] == cut and border["lost"] and border["value"] <= pfn < border["before"]:
            told.append(f"RAM from page frame {border['value']} on was cut off, {border['why']}.")
    return told


def ram(target: Target, pfn: int) -> tuple[bool, list[str]]:
    """Is it RAM? And the sentence about it."""
    for entry in boot_memory.node_map(target):
        if entry["start_pfn"] <= pfn < entry["end_pfn"]:
            told = [f"It is RAM, in early_node_map's range {entry['start_pfn']} - {entry['end_pfn']}."]
            if any(r["start_pfn"] <= pfn < r["end_pfn"] for r in
                   target.value("absent_ranges")[:target.value("nr_absent_ranges")]):
                told.append("This machine doesn't have it: its contents are never touched.")
            return True, told
    return False, ["It is in no range of early_node_map: no RAM. Nobody will ever free it."]


# --- who kept it, who freed it ---


def owner_of(target: Target, pfn: int) -> boot_memory.Owner | None:
    """Whom the balance names for a frame."""
    try:
        known = boot_memory.owners(target)
    except NotReady:
        return None
    return next((owner for owner in known
                 if owner["start"] >> PAGE_SHIFT <= pfn < pages.pfn_up(owner["end"])), None)


def reserved_early(target: Target, owner: boot_memory.Owner) -> bool:
    """Was it among the reservations that the boot allocator took over?"""
    if target.boot_allocator() == "memblock" or not target.value("nr_handed_over"):
        return False
    return any(entry["start"] == owner["start"] and entry["end"] == owner["end"]
               and entry["name"] == owner["name"] for entry in boot_memory.early_res(target)["entries"])


def image_part(target: Target, pfn: int) -> list[str]:
    """Which part of the kernel's image lies there."""
    address = target.page_offset + (pfn << PAGE_SHIFT)
    for part in target.value("image_parts", SOURCE):
        if part["start"] < address + PAGE_SIZE and part["end"] > address:
            return [f"There lies the kernel's image: {target.string(part['what'])}."]
    return []


def kept(target: Target, mem_map: pages.MemMap, owner: boot_memory.Owner, pfn: int) -> list[str]:
    """Who kept it, and what lies there."""
    who = f"The boot reserved it early, as {owner['name']}" if reserved_early(target, owner) else \
        f"The boot allocator, {target.boot_allocator()}, gave it away, for {owner['name']}"
    told = [f"{who}: {owner['start']:010x} - {owner['end']:010x}.", *image_part(target, pfn)]
    if owner["name"] == "mem_map":
        start = mem_map.nodes[0].base - target.page_offset
        first = max(pfn << PAGE_SHIFT, start + mem_map.first * mem_map.page.size)
        last = min((pfn + 1) << PAGE_SHIFT, start + mem_map.end * mem_map.page.size) - 1
        told.append(f"There lie the struct pages of page frames {(first - start) // mem_map.page.size} "
                    f"to {(last - start) // mem_map.page.size}.")
    return told


def hand_over(target: Target) -> str:
    """The function by which the live boot allocator hands low memory over."""
    live = target.boot_allocator()
    return next(target.string(entry["function"]) for entry in target.value("hand_overs", SOURCE)
                if target.string(entry["allocator"]) == live)


def freed(target: Target, owner: boot_memory.Owner | None, pfn: int) -> str:
    """Which step gave it to the page allocator."""
    start, end = (target.to_phys(target.symbols[name]) for name in ("__init_begin", "__init_end"))
    name = owner["name"] if owner else ""
    if pages.pfn_up(start) <= pfn < end >> PAGE_SHIFT:
        return "When the boot was over, free_initmem() freed it."
    if name in ("RAMDISK", "NEW RAMDISK"):
        return "Late in the boot, free_initrd_mem() freed it."
    if pfn >= target.value("max_low_pfn"):
        return "It is high memory: set_highmem_pages_init() freed it."
    if name == "BOOTMAP":
        return f"When all else was free, {hand_over(target)}() freed it too."
    return f"{hand_over(target)}() freed it."


# --- what it is now ---


def page_table(target: Target, pfn: int) -> list[str]:
    """Which table of the kernel's page tables it is."""
    boundary = target.page_offset >> 30
    for number, top in enumerate(page_tables.read_table(target, page_tables.top_table(target), 4)):
        if number < boundary or not top & page_tables.PRESENT:
            continue
        if (top & page_tables.FRAME) >> PAGE_SHIFT == pfn:
            return ["Now it is a page table: the middle level for the addresses from "
                    f"{number << 30:08x} on."]
        for index, middle in enumerate(page_tables.read_table(target, top & page_tables.FRAME, 512)):
            if middle & page_tables.PRESENT and not middle & page_tables.PSE and \
                    (middle & page_tables.FRAME) >> PAGE_SHIFT == pfn:
                return ["Now it is a page table: for the addresses from "
                        f"{number << 30 | index << 21:08x} on."]
    return []


def vmalloc_area(target: Target, address: int) -> list[str]:
    """Which page of a vmalloc area it is, by the address of its struct page."""
    end, area_kind = target.find("vmap_area_end")
    assert isinstance(area_kind, Struct)
    head = end + area_kind.offset("list")
    kind = target.type("struct vm_struct")
    if not target.at("struct list_head", head)["next"]:
        return []
    links = kind.offset("va", "list")
    for entry in target.walk(head):
        area = target.at(kind, entry - links)
        for number in range(area["nr_pages"] if area["pages"] else 0):
            if int.from_bytes(target.read(area["pages"] + 4 * number, 4), "little") == address:
                return [f"Now it is page {number + 1} of {area['nr_pages']} in the vmalloc area at "
                        f"{area['addr']:08x}."]
    return []


def piece_of_pages(target: Target, pfn: int) -> list[str]:
    """The prompt's block that it lies in."""
    wanted = target.enum("piece_kind")["PIECE_PAGES"]
    for piece in target.value("pieces"):
        if piece["kind"] == wanted and piece["key"] <= pfn < piece["key"] + piece["size"]:
            return [f"Now the prompt's alloc has it: {piece['size']} page(s) from page frame "
                    f"{piece['key']} on."]
    return []


def user(target: Target, mem_map: pages.MemMap, pfn: int, page: CValue) -> list[str]:
    """Who has a frame that is not free."""
    told = page_table(target, pfn) or vmalloc_area(target, mem_map.address(pfn))
    if told:
        return told
    if page["flags"] >> mem_map.flags["PG_reserved"] & 1:
        if not target.value("totalram_pages"):
            return ["Every page frame is reserved until mem_init()."]
        return ["It is reserved to this day."]
    if page["flags"] >> mem_map.flags["PG_slab"] & 1:
        cache = target.at("struct kmem_cache", page["lru"]["next"])
        return [f"Now the slab has it, for the cache {target.string(cache['name'])}."]
    told = piece_of_pages(target, pfn)
    if told:
        return told
    if page["_count"]:
        return [f"Now it is in use, with {page['_count']} reference(s)."]
    return ["Now it is in use, inside a block that was allocated as a whole."]


def foresee(lists: Lists, types: list[str], fallbacks: list[list[int]], order: int,
            kind: int) -> tuple[int, str] | None:
    """(first page frame, why that one) of the block that an allocation would get, by the rules of
    __rmqueue()."""
    for at in range(order, ORDERS):
        if lists.get(at, {}).get(types[kind]):
            return lists[at][types[kind]][0], ""
    for at in range(ORDERS - 1, order - 1, -1):
        for other in fallbacks[kind]:
            if lists.get(at, {}).get(types[other]):
                return lists[at][types[other]][0], ", whose own lists have nothing"
    for at in range(order, ORDERS):
        if lists.get(at, {}).get("Reserve"):
            return lists[at]["Reserve"][0], ", as all other lists have nothing"
    return None


class Asker:
    """The word for alloc whose allocations of a type begin at a zone."""

    def __init__(self, target: Target, zone: str) -> None:
        self.types = names.migrate_types(target)
        self.grouped = not target.value("page_group_by_mobility_disabled")
        zones = pages.zonelist(target)
        self.words: list[tuple[int, str]] = []
        for asker in target.value("askers", SOURCE):
            first = next((name for number, name in zones if number <= asker["zone"]), None)
            if first == zone:
                self.words.append((asker["migratetype"], target.string(asker["word"])))

    def hint(self, order: int, kind: int) -> str:
        """What to type, or nothing."""
        return next((f" (alloc {order} {word})" for of, word in self.words
                     if of == kind or not self.grouped), "")


def before_it(asker: Asker, zone: str, order: int, kind: str, count: int) -> str:
    """How many allocations get others first."""
    number = asker.types.index(kind)
    if not asker.grouped and kind != "Unmovable":
        return "Here every allocation is of type Unmovable: it comes to this list last."
    if kind in ("Reserve", "Isolate"):
        return f"Blocks of type {kind} are given away when no other list has any."
    return f"{count} allocation(s) of order {order} in zone {zone}, of type {kind}, come before it" \
           f"{asker.hint(order, number)}."


def next_of_type(target: Target, asker: Asker, zone: str, lists: Lists, head: int, pfn: int,
                 kind: int) -> list[str]:
    """Which allocations of a type would get the frame next."""
    fallbacks = target.value("fallbacks", BUDDY)
    orders, why = [], ""
    for order in range(1, ORDERS):
        found = foresee(lists, asker.types, fallbacks, order, kind)
        if found and found[0] == head and pfn - head < 1 << order:
            orders.append(order)
            why = found[1]
    if not orders:
        return []
    span = f"{orders[0]} to {orders[-1]}" if len(orders) > 1 else f"{orders[0]}"
    return [f"The next allocation of order {span} in zone {zone}, of type {asker.types[kind]}{why}, "
            f"gets it{asker.hint(orders[-1], kind)}."]


def free_block(target: Target, zone: str, pcp: pages.Pcp | None, block: tuple[int, int],
               pfn: int) -> list[str]:
    """A frame in the free lists: where, and who gets it next."""
    head, order = block
    lists = pages.free_lists(target, zone)[zone]
    kind, blocks = next((kind, pfns) for kind, pfns in lists[order].items() if head in pfns)
    place = blocks.index(head)
    asker = Asker(target, zone)
    told = [f"Now it is free: in the block of order {order} at page frame {head}, number {place + 1} of "
            f"{len(blocks)} in zone {zone}'s list of type {kind}."]
    nexts: list[str] = []
    for number in range(3 if asker.grouped else 1):
        nexts += next_of_type(target, asker, zone, lists, head, pfn, number)
    if order == 0 and pcp and kind in pcp["lists"]:
        place += len(pcp["lists"][kind])
    elif nexts:
        return told + nexts
    return told + nexts + [before_it(asker, zone, order, kind, place)]


def in_pageset(target: Target, zone: str, pcp: pages.Pcp | None, pfn: int) -> list[str]:
    """A frame in the per-cpu lists."""
    for kind, pfns in (pcp["lists"] if pcp else {}).items():
        if pfn in pfns:
            place = pfns.index(pfn)
            return [f"Now it is free: number {place + 1} of {len(pfns)} in zone {zone}'s per-cpu list of "
                    f"type {kind}.", before_it(Asker(target, zone), zone, 0, kind, place)]
    return []


def now(target: Target, mem_map: pages.MemMap, pfn: int, page: CValue) -> list[str]:
    """What the frame is."""
    home = pages.zone_of_page(target, pfn, page["flags"])
    block = pages.free_block_of(mem_map, pfn, ORDERS)
    pcp = pages.pcp_lists(target, mem_map, home[1]) if home else None
    if block and home:
        return free_block(target, home[0], pcp, block, pfn)
    busy = page["flags"] >> mem_map.flags["PG_reserved"] & 1 or page["_count"] or not home
    told = [] if busy or not home else in_pageset(target, home[0], pcp, pfn)
    return told or user(target, mem_map, pfn, page)


def address(target: Target, mem_map: pages.MemMap, pfn: int) -> str:
    """Where the frame is mapped, and what is allowed there."""
    high = pfn >= target.value("max_low_pfn")
    virtual = pages.pkmap_address(target, mem_map, pfn) if high else \
        target.page_offset + (pfn << PAGE_SHIFT)
    if not virtual:
        return "It has no address of its own: kmap() lends one."
    walk = page_tables.walk(target, virtual)
    if walk["phys"] is None:
        return f"Its address would be {virtual:08x}, but nothing is mapped there."
    flags = walk["steps"][-1]["flags"]
    return f"Its address is {virtual:08x}, {'in pkmap' if high else 'in the linear map'}: " \
           f"{'read and write' if 'rw' in flags else 'read-only'}, " \
           f"{'not executable' if 'nx' in flags else 'executable'}, by a page of " \
           f"{'4 KiB' if walk['size'] == PAGE_SIZE else '2 MiB'}."


# --- all of it ---


def so_far(target: Target, pfn: int) -> list[str]:
    """Before there is a struct page: what the boot allocators' own tables say."""
    def reservations() -> list[str]:
        return [f"It is reserved early, as {entry['name']}: {entry['start']:010x} - {entry['end']:010x}."
                for entry in boot_memory.early_res(target)["entries"]
                if overlaps(entry["start"], entry["end"], pfn)]

    def bitmap() -> list[str]:
        data = boot_memory.bootmem(target)
        return [f"{data['allocator']}'s bitmap calls it {'reserved' if found['reserved'] else 'free'}."
                for found in data["ranges"] if found["start_pfn"] <= pfn < found["end_pfn"]]

    def regions() -> list[str]:
        return [f"memblock has it reserved: {region['start']:010x} - {region['end']:010x}."
                for region in boot_memory.memblock(target)["reserved"]["regions"]
                if overlaps(region["start"], region["end"], pfn)]

    def quietly(reader: Callable[[], list[str]]) -> list[str]:
        try:
            return reader()
        except Missing:
            return []
    return [sentence for reader in (reservations, bitmap, regions) for sentence in quietly(reader)] + \
        ["It has no struct page yet (needs free_area_init_node)."]


def why(target: Target, pfn: int) -> list[str]:
    """The sentences about a page frame. Raises Missing before there is a memory map."""
    told = [f"Page frame {pfn} is physical {pfn << PAGE_SHIFT:010x} - {(pfn + 1) << PAGE_SHIFT:010x}.",
            *firmware(target, pfn)]
    try:
        mem_map = pages.MemMap(target)
    except NotReady:
        return told + so_far(target, pfn)
    if pfn >= target.value("max_mapnr"):
        return told + above_max_pfn(target, pfn, target.value("max_mapnr"))
    if not mem_map.first <= pfn < mem_map.end:
        return told + [f"It has no struct page: mem_map has those of page frames {mem_map.first} to "
                       f"{mem_map.end - 1}."]
    is_ram, sentences = ram(target, pfn)
    told += sentences
    if is_ram:
        page = mem_map.read(pfn)
        owner = owner_of(target, pfn)
        if owner:
            told += kept(target, mem_map, owner, pfn)
        if not page["flags"] >> mem_map.flags["PG_reserved"] & 1:
            told.append(freed(target, owner, pfn))
        told += now(target, mem_map, pfn, page)
    return told + [address(target, mem_map, pfn)]
