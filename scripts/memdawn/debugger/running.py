# SPDX-License-Identifier: GPL-2.0-only
"""Running a machine from milestone to milestone, inside GDB."""

import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict

import gdb

from memdawn import state
from memdawn.debugger import show
from memdawn.debugger.gdb_target import GdbTarget
from memdawn.state import page_tables
from memdawn.state.milestones import MILESTONES, Milestone, address_of
from memdawn.visible import visible


class Interrupted(Exception):
    """The machine has stopped elsewhere; the text says where."""


def address_here() -> int | None:
    """Where the machine stands; None where there is none."""
    try:
        return int(gdb.selected_frame().pc())
    except gdb.error:
        return None


def milestone_here(target: GdbTarget) -> Milestone | None:
    """The milestone at which the machine stands, or None."""
    here = address_here()
    for milestone in MILESTONES:
        if address_of(target.image, milestone) == here:
            return milestone
    return None


class Stop(gdb.Breakpoint):
    """A hardware breakpoint of ours, which says nothing: before paging, and before the image
    has been loaded, no other works."""

    def __init__(self, address: int, purpose: str) -> None:
        super().__init__(f"*{address:#x}", gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        self.silent = True
        self.purpose = purpose


def boots_again(target: GdbTarget) -> bool:
    """Will the kernel start itself again (memdawn.bootalloc=all), and pass every milestone anew?"""
    with target:
        if not target.is_loaded() or not target.value_u32("_brk_end"):
            return False
        last = len(target.value("boot_allocators")) - 1
        return bool(target.value("boot_alloc_all")) and target.value("boot_alloc_live") < last


def run_to(target: GdbTarget, milestones: Iterable[Milestone]) -> Milestone:
    """Continues until one of the milestones; returns it. Raises Interrupted where the machine
    panics, ends, stops for another reason, or is past all of them."""
    addresses = {address_of(target.image, milestone): milestone for milestone in milestones}
    last = max(addresses.values(), key=MILESTONES.index)
    beyond = {} if boots_again(target) else {
        address_of(target.image, milestone): milestone
        for milestone in MILESTONES[MILESTONES.index(last) + 1:]}
    panic = target.symbols["panic"]
    stops = [Stop(address, "milestone") for address in [*addresses, *beyond, panic]]
    try:
        gdb.execute("continue", to_string=True)
    except gdb.error as error:
        raise Interrupted(f"the machine has ended: {error}") from error
    finally:
        for stop in stops:
            stop.delete()
    here = address_here()
    if here is None or not gdb.selected_inferior().threads():
        raise Interrupted("the machine has ended")
    if here == panic:
        raise Interrupted("the kernel panics: `backtrace' shows why, memdawn-dmesg what it said")
    if here in beyond:
        raise Interrupted(f"{last.name} had passed before; the machine has come to {beyond[here].name}")
    if here not in addresses:
        raise Interrupted(f"stopped at {here:#x}, on the way to the next milestone")
    return addresses[here]


class Collected(TypedDict):
    """A milestone, and the state there."""
    name: str
    when: str
    function: str
    meaning: str
    state: dict[str, state.Reading]


def collect(target: GdbTarget, milestones: Iterable[Milestone],
            readers: Sequence[str] = tuple(state.READERS)) -> list[Collected]:
    """Runs to each milestone and reads the state there: a list of dicts."""
    found: list[Collected] = []
    for milestone in milestones:
        run_to(target, [milestone])
        found.append({"name": milestone.name, "when": milestone.when,
                      "function": milestone.function, "meaning": milestone.meaning,
                      "state": state.read_all(target, readers)})
    return found


def write_json(path: str, value: object) -> None:
    """Writes a value to a file."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")


# --- memdawn-next ---

SHOWN = 16                   # changed lines of one kind, at most
LOG_SHOWN = 40

# What is compared from milestone to milestone: title, reader, its lines, the command for all.
# The reader's data go to the form, whose argument is of their type.
COMPARED: tuple[tuple[str, str, Callable[[Any], list[str]], str], ...] = (
    ("machine", "machine", show.machine, "memdawn-layout"),
    ("borders", "borders", lambda data: [
        line for line in show.borders(data) if "needs" not in line], "memdawn-layout"),
    ("memory map", "e820", lambda data: show.e820_map(data["used"]), "memdawn-e820"),
    ("early reservations", "early_res", lambda data: [
        line.partition(" ")[2].strip() for line in show.early_res(data)], "memdawn-earlyres"),
    ("RAM (early_node_map)", "node_map", show.node_map, "memdawn-nodemap"),
    ("bitmap", "bootmem", lambda data: show.bootmem(data)[1:], "memdawn-bootmem"),
    ("memblock", "memblock", lambda data: [
        line if line[:1] != " " else "  " + line.partition("[")[2] for line in
        show.memblock(data)], "memdawn-memblock"),
    ("page tables", "pgtable", show.pgtable, "memdawn-pgtable"),
    ("fixmap", "fixmap", lambda data: show.fixmap(data, False)[1:]
     if any(page["flags"] for page in data["pages"]) else [], "memdawn-fixmap"),
    ("pkmap", "pkmap", show.pkmap, "memdawn-pkmap"),
    ("zones", "zones", show.zones, "memdawn-zones"),
    ("free blocks by order", "buddyinfo", show.buddyinfo, "memdawn-buddyinfo"),
    ("caches with slabs", "slabinfo", lambda data: [
        f"{cache['name']}: {cache['active_objs']} of {cache['num_objs']} objects, "
        f"{cache['num_slabs']} slab(s)" for cache in data if cache["num_slabs"]],
     "memdawn-slabinfo"),
)


class Change(TypedDict, total=False):
    """Lines that have gone and lines that have come; or why there are none any more."""
    removed: list[str]
    added: list[str]
    missing: str


# Lines, and why there are none.
Seen = tuple[list[str], str | None]


def changes(old: Seen, new: Seen) -> Change | None:
    """From one (lines, why there are none) to the next: {"removed", "added"}, or {"missing"}
    where what was there is gone; None where nothing has changed."""
    (old_lines, _), (new_lines, missing) = old, new
    if missing:
        return {"missing": missing} if old_lines else None
    found = list(difflib.ndiff(old_lines, new_lines))
    removed = [line[2:] for line in found if line[:2] == "- "]
    added = [line[2:] for line in found if line[:2] == "+ "]
    return {"removed": removed, "added": added} if removed or added else None


def change_lines(change: Change) -> list[str]:
    """A change as lines of text."""
    if "missing" in change:
        return [change["missing"]]
    return [f"- {line}" for line in change["removed"]] + [f"+ {line}" for line in change["added"]]


def write_block(title: str, lines: Sequence[str], most: int, command: str) -> None:
    """A title and the first of its lines."""
    gdb.write(f"{title}:\n")
    for line in lines[:most]:
        gdb.write(f"  {visible(line)}\n")
    if len(lines) > most:
        gdb.write(f"  ... {len(lines) - most} more ({command} shows all)\n")


class Stepper:
    """Goes from milestone to milestone, and remembers what it saw at the last."""

    def __init__(self, target: GdbTarget) -> None:
        self.target = target
        self.last: tuple[dict[str, Seen], list[str]] | None = None
        self.reached: Milestone | None = None

    def look(self) -> tuple[dict[str, Seen], list[str]]:
        """Title to (lines, why there are none), of everything that is compared; and the log."""
        found = state.read_all(self.target, [reader for _, reader, _, _ in COMPARED] + ["dmesg"])
        lines: dict[str, Seen] = {
            title: (form(found[reader]["data"]), None) if "data" in found[reader]
            else ([], found[reader]["missing"]) for title, reader, form, _ in COMPARED}
        return lines, show.dmesg(found["dmesg"].get("data", []))

    def is_over(self) -> bool:
        """Has the last milestone been passed? Constants are write-protected then."""
        registers = self.target.registers()
        if not registers or not registers["cr0"] & page_tables.CR0_PG:
            return False
        with self.target:
            if not self.target.is_loaded():
                return False
            steps = page_tables.walk(self.target, self.target.symbols["__start_rodata"])["steps"]
            return "rw" not in steps[-1]["flags"]

    def require_ahead(self, milestones: Sequence[Milestone]) -> None:
        """Raises Interrupted where all of the milestones have been passed: the machine would run
        on, and never come to them."""
        known = [found for found in (self.reached, milestone_here(self.target)) if found]
        last = max(milestones, key=MILESTONES.index)
        if known and MILESTONES.index(last) <= max(map(MILESTONES.index, known)) \
                and not boots_again(self.target):
            raise Interrupted(f"{last.name} has passed: the machine stays where it is (memdawn-milestones "
                              "shows the way; only a new start leads back)")

    def step(self, milestones: Sequence[Milestone]
             ) -> tuple[Milestone, dict[str, Change], list[str]]:
        """Runs to the first of the milestones. Returns (it, title to change, the log's new
        lines): what is another way than at the last milestone."""
        if self.target.core:
            raise Interrupted("a core does not run: `memdawn-core' without a file goes back to "
                              "the machine")
        self.target.connection()
        if self.is_over():
            raise Interrupted("the boot is over: the last milestone has been passed")
        self.require_ahead(milestones)
        if self.last is None:
            self.last = self.look()
        self.reached = None
        self.reached = reached = run_to(self.target, milestones)
        (old, old_log), (new, new_log) = self.last, self.look()
        self.last = new, new_log
        found = {title: change for title, _, _, _ in COMPARED
                 if (change := changes(old[title], new[title]))}
        return reached, found, \
            new_log[len(old_log):] if new_log[:len(old_log)] == old_log else new_log

    @staticmethod
    def show(reached: Milestone, changed: dict[str, Change], log: Sequence[str]) -> None:
        """Prints what step() returned."""
        gdb.write(f"{reached.name}, {reached.when} {reached.function}(): {reached.meaning}\n")
        for title, _, _, command in COMPARED:
            if title in changed:
                write_block(title, change_lines(changed[title]), SHOWN, command)
        if log:
            write_block("log", log, LOG_SHOWN, "memdawn-dmesg")
