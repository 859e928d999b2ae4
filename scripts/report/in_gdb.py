# SPDX-License-Identifier: GPL-2.0-only
"""Runs inside GDB, on a machine that waits for its first instruction: boots it from milestone
to milestone, reads the state at each, and notes on the way who prints, reserves, allocates,
owns, and frees. Silent breakpoints do that; nothing in the kernel knows of it. memdawn-gdb.py
has been loaded before, and has said where the packages are."""

from collections.abc import Callable, Iterable
from typing import TypedDict, cast

import gdb

from memdawn import state
from memdawn.debugger import running
from memdawn.debugger.commands import the_target
from memdawn.debugger.gdb_target import GdbTarget
from memdawn.state import boot_memory, kernel, page_tables, pages, virtual_layout
from memdawn.state.milestones import address_of, by_name
from memdawn.state.pages import Run
from memdawn.state.target import PAGE_SHIFT
from report.document import BootRecord, Call, Event, Stage

# The milestones at which the state is kept.
STAGES = ("raw-map", "sanitized", "user-map", "trimmed", "low-limit", "mapped", "reserved",
          "boot-allocator", "zones", "handover", "buddy", "end")

# A kernel function, the arguments that are noted when it is entered, and the kind of event.
# Up to the milestone `trimmed':
MAP_NOTES = (
    ("e820_add_region", ("start", "size", "type"), "map add"),
    ("e820_update_range", ("start", "size", "old_type", "new_type"), "map update"),
    ("e820_remove_range", ("start", "size", "old_type", "checktype"), "map remove"),
    ("parse_memopt", ("p",), "option mem"),
    ("parse_memmap_opt", ("p",), "option memmap"),
)
# Up to the milestone `handover':
BOOT_NOTES = (
    ("reserve_early", ("start", "end", "name"), "reserve"),
    ("reserve_early_overlap_ok", ("start", "end", "name"), "reserve"),
    ("reserve_early_without_check", ("start", "end", "name"), "reserve"),
    ("free_early", ("start", "end"), "unreserve"),
    ("boot_alloc", ("size", "align", "goal"), "allocate"),
    ("boot_alloc_nopanic", ("size", "align", "goal"), "allocate"),
    ("balance_own", ("owner", "range.start", "range.end"), "own"),
)
NOTES_UP_TO = {"trimmed": MAP_NOTES, "handover": BOOT_NOTES}

# What gives pages to the buddy allocator; what is new in the free lists when it returns is its.
FREEING = ("free_all_bootmem", "bootmem24_free_all", "free_all_memory_core_early",
           "memblock_free_all", "set_highmem_pages_init", "free_initrd_mem", "free_initmem")

# What changes the page tables; what is mapped otherwise when it returns is its.
MAPPING = ("early_ioremap_init", "init_memory_mapping", "stack_guard_init",
           "pagetable_setup_start", "permanent_kmaps_init", "kmap_init", "mark_rodata_ro")

# What hands pages out, from the milestone `buddy` on; so many calls are noted.
HANDING_OUT = ("alloc_pages", "__get_free_pages")
MOST_CALLS = 300

# Page frames or addresses, start and end, and how they are: only what is alike is joined.
Piece = tuple[int, int, tuple[int, ...]]

ENTRY = "i386_start_kernel"     # the outermost function of C


def calls(frame: gdb.Frame) -> list[Call]:
    """The call that a frame stands at and those around it, inlined ones too."""
    found: list[Call] = []
    while frame is not None and frame.is_valid():
        place = frame.find_sal()
        if frame.name() is None or place.symtab is None:
            break
        found.append({"function": frame.name(), "file": place.symtab.filename,
                      "line": place.line})
        if frame.name() == ENTRY:
            break
        frame = frame.older()
    return found


def readable(value: gdb.Value) -> int | str | None:
    """A value of C as a number or a string."""
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
        return str(value.string(errors="replace")) if int(value) else None
    return int(value)


def member(value: gdb.Value, path: str) -> int | str | None:
    """A value, or what a path leads to in it, as in `range.start` after `range`."""
    return readable(value[path] if path else value)


def argument(frame: gdb.Frame, name: str) -> int | str | None:
    """An argument of a function at whose first instruction a frame stands, or a member of one. GCC
    says there where it is; clang only after the prologue, but passes all of them on the stack, in
    their order."""
    name, _, path = name.partition(".")
    block = frame.block()
    while block.function is None:
        block = block.superblock
    if "clang" not in (block.function.symtab.producer or ""):
        return member(frame.read_var(name), path)
    at = int(frame.read_register("esp")) + 4
    for symbol in block:
        if symbol.name == name:
            return member(gdb.Value(at).cast(symbol.type.pointer()).dereference(), path)
        if symbol.is_argument:
            at += symbol.type.sizeof + 3 & -4
    raise KeyError(f"{frame.name()}() has no argument {name}")


def run_until(target: GdbTarget, addresses: set[int]) -> int:
    """Lets the machine run until one of the addresses, which is returned. The stops are gone
    then: QEMU is slow in pages of code that have one. Raises Interrupted where it panics or
    ends."""
    panic = target.symbols["panic"]
    stops = [running.Stop(address, "report") for address in {*addresses, panic}]
    try:
        gdb.execute("continue", to_string=True)
    except gdb.error as error:
        raise running.Interrupted(f"the machine has ended: {error}") from error
    finally:
        for stop in stops:
            stop.delete()
    here = running.address_here() if gdb.selected_inferior().threads() else None
    if here is None or here not in addresses:
        said = str(argument(gdb.selected_frame(), "fmt")).strip() if here == panic else ""
        raise running.Interrupted(f"the kernel panics: {said}" if here == panic else
                                  "the machine has ended" if here is None else
                                  f"the machine stopped at {here:#x}")
    return here


class Note(gdb.Breakpoint):
    """Notes each time that an address is reached, and lets the machine go on."""

    def __init__(self, address: int, note: Callable[[gdb.Frame], None]) -> None:
        super().__init__(f"*{address:#x}", gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        self.silent = True
        self.note = note

    def stop(self) -> bool:
        self.note(gdb.selected_frame())
        return False


def free_blocks(target: GdbTarget) -> list[Run]:
    """The free lists' blocks as sorted ranges of page frames."""
    return sorted((pfn, pfn + (1 << order)) for orders in pages.free_lists(target).values()
                  for order, kinds in orders.items() for pfns in kinds.values() for pfn in pfns)


def waiting(target: GdbTarget) -> set[int]:
    """The page frames in the per-cpu lists."""
    return {pfn for zone in pages.zones(target) if zone["pcp"]
            for pfns in zone["pcp"]["lists"].values() for pfn in pfns}


class Trace:
    """All that was noted, in the order in which it happened."""

    def __init__(self, target: GdbTarget) -> None:
        self.target = target
        self.events: list[Event] = []
        Note(target.symbols["printk"], self.printing)
        self.notes = {
            stage: [Note(target.symbols[function],
                         self.note_entry(names, kind))
                    for function, names, kind in notes]
            for stage, notes in NOTES_UP_TO.items()}

    def printing(self, frame: gdb.Frame) -> None:
        """printk() is entered: what it prints begins where the log ends now."""
        self.events.append({"kind": "print", "at": int(gdb.parse_and_eval("log_end")),
                            "calls": calls(frame.older())})

    def note_entry(self, names: Iterable[str], kind: str) -> Callable[[gdb.Frame], None]:
        """What notes that a function is entered, with these arguments."""
        def entered(frame: gdb.Frame) -> None:
            self.events.append(cast(Event, {
                "kind": kind, "function": frame.name(),
                **{name.rpartition(".")[2]: argument(frame, name) for name in names},
                "calls": calls(frame if kind.startswith("option") else frame.older())}))
        return entered

    def run_to(self, stage: str, address: int) -> None:
        """Runs to a stage; on the way there notes what the functions that free and map do."""
        symbols = self.target.symbols
        watched = {symbols[name]: (name, "free", self.free_ranges) for name in FREEING}
        watched |= {symbols[name]: (name, "page tables", self.mapped_ranges) for name in MAPPING}
        handing_out = {symbols[name] for name in HANDING_OUT} if stage == "end" else set()
        here = None
        while here != address:
            here = run_until(self.target, {address, *watched, *handing_out})
            if here in handing_out:
                self.hand_out()
                if sum(event["kind"] == "pages" for event in self.events) == MOST_CALLS:
                    handing_out = set()
            elif here in watched and here != address:
                here = self.watch(*watched[here])
        for note in self.notes.pop(stage, ()):
            note.delete()

    def free_ranges(self) -> list[Piece]:
        """Page frames in the free lists and the per-cpu lists, sorted."""
        with self.target:
            blocks = free_blocks(self.target)
            single = waiting(self.target)
        found = sorted(blocks + [(pfn, pfn + 1) for pfn in single])
        return [(start, end, ()) for start, end in found]

    def mapped_ranges(self) -> list[Piece]:
        """What is mapped, in pieces that lead to page frames in a row."""
        with self.target:
            found = page_tables.pgtable(self.target)
        return [(r["start"], r["end"], (r["phys"] - r["start"], r["write"], r["execute"],
                                        r["global"], r["page"])) for r in found]

    def watch(self, function: str, kind: str, ranges: Callable[[], list[Piece]]) -> int:
        """A function is entered that frees or maps: runs to its return, and notes what is new
        then. Returns where the machine stands."""
        chain = calls(gdb.selected_frame())
        before = ranges()
        here = run_until(self.target, {int(gdb.parse_and_eval("*(unsigned int *)$esp"))})
        self.events.append({"kind": kind, "function": function,
                            "ranges": news(before, ranges()), "calls": chain})
        return here

    def hand_out(self) -> None:
        """Pages are asked for: runs to the return, and notes which have been handed out."""
        frame = gdb.selected_frame()
        chain, function = calls(frame.older()), frame.name()
        order = int(argument(frame, "order") or 0)
        run_until(self.target, {int(gdb.parse_and_eval("*(unsigned int *)$esp"))})
        found = int(gdb.parse_and_eval("$eax")) & 0xffffffff
        if not found:
            return
        with self.target:
            pfn = self.target.to_phys(found) >> PAGE_SHIFT if function == "__get_free_pages" \
                else pages.MemMap(self.target).pfn(found)
        self.events.append({"kind": "pages", "function": function, "calls": chain,
                            "ranges": [[pfn, pfn + (1 << order)]]})


def news(before: Iterable[Piece], after: Iterable[Piece]) -> list[list[int]]:
    """The parts of pieces that were not there before, or otherwise: joined to (start, end)."""
    joined: list[Run] = []
    for how in sorted({how for _, _, how in after}):
        old = [(start, end) for start, end, known in before if known == how]
        joined += pages.cut([(start, end) for start, end, known in after if known == how], old)
    found: list[list[int]] = []
    for start, end in sorted(joined):
        if found and found[-1][1] == start:
            found[-1][1] = end
        else:
            found.append([start, end])
    return found


class InUse(TypedDict):
    """Page frames, and what they are for."""
    start_pfn: int
    end_pfn: int
    what: str


def in_use(target: GdbTarget) -> list[InUse]:
    """RAM frames that are neither free nor reserved, as ranges with what they are for: a slab
    cache by its name, a per-cpu list, or pages that were handed out."""
    mem_map = pages.MemMap(target)
    ram = [(r["start_pfn"], min(r["end_pfn"], mem_map.end))
           for r in boot_memory.node_map(target)]
    rest = pages.cut(ram, free_blocks(target))
    used = pages.cut(rest, pages.frames_with(mem_map, rest, "PG_reserved"))
    single = waiting(target)
    slabs = state.read(target, "slabinfo").get("data", [])
    caches = {slab["address"]: slab["name"] for slab in slabs}
    slab_bit = 1 << mem_map.flags["PG_slab"]
    found: list[InUse] = []
    for start, end in used:
        data = target.read(mem_map.address(start), (end - start) * mem_map.page.size)
        for pfn in range(start, end):
            page = mem_map.page.decode(data, (pfn - start) * mem_map.page.size)
            what = "pages handed out"
            if page["flags"] & slab_bit:
                what = f"slab {caches.get(page['lru']['next'], 'of no known cache')}"
            elif pfn in single:
                what = "per-cpu list"
            if found and found[-1]["end_pfn"] == pfn and found[-1]["what"] == what:
                found[-1]["end_pfn"] = pfn + 1
            else:
                found.append({"start_pfn": pfn, "end_pfn": pfn + 1, "what": what})
    return found


def read_state(target: GdbTarget) -> dict[str, state.Reading]:
    """The readers, the image's sections, and what is in use."""
    with target, target.remembering():
        found = state.read_all(target, [name for name in state.READERS if name != "dmesg"])
        found["image"] = {"data": virtual_layout.image_areas(target)}
        found["page_offset"] = {"data": target.page_offset}
        found["kva"] = {"data": [{"node": nid, "start": start, "end": end}
                                 for start, end, _, nid in (target.kva() if "data" in found["zones"] else [])]}
        if "data" in found["balance"]:
            found["in_use"] = {"data": in_use(target)}
    fixmap = found["fixmap"].get("data")
    if fixmap:
        fixmap["pages"] = [page for page in fixmap["pages"] if page["phys"] is not None]
    return found


def function_line(target: GdbTarget, function: str) -> Call:
    """Where a function is defined. Its first instruction may be that of a function inlined in it: so its
    symbol is asked."""
    block = gdb.block_for_pc(target.symbols[function])
    while block is not None and (block.function is None or block.function.name != function):
        block = block.superblock
    if block is None:
        return {"function": function, "line": 0, "file": None}
    return {"function": function, "line": block.function.line, "file": block.function.symtab.filename}


def follow(target: GdbTarget) -> BootRecord:
    """Boots to the last stage; returns what was found."""
    trace = Trace(target)
    stages: list[Stage] = []
    for milestone in map(by_name, STAGES):
        trace.run_to(milestone.name, address_of(target.image, milestone))
        stages.append({"name": milestone.name, "when": milestone.when,
                       "function": milestone.function, "meaning": milestone.meaning,
                       "source": function_line(target, milestone.function),
                       "log_end": target.value("log_end"), "events": len(trace.events),
                       "state": read_state(target)})
    return {"stages": stages, "events": trace.events, "log": kernel.dmesg(target),
            "log_start": target.value("log_start"), "log_end": target.value("log_end")}


def collect(path: str) -> None:
    """Boots to the last stage and writes what was found; or why that was not possible, and the
    log up to there."""
    target = the_target()
    try:
        found = follow(target)
    except running.Interrupted as error:
        found = {"error": str(error), "log": []}
        if gdb.selected_inferior().threads():
            found["log"] = state.read(target, "dmesg").get("data", [])
    running.write_json(path, found)
