# SPDX-License-Identifier: GPL-2.0-only
"""Running a machine from milestone to milestone, inside GDB."""

import json

import gdb

from memdawn import state
from memdawn.state.milestones import MILESTONES, address_of


class Interrupted(Exception):
    """The machine has stopped elsewhere; the text says where."""


def address_here():
    """Where the machine stands; None where there is none."""
    try:
        return int(gdb.selected_frame().pc())
    except gdb.error:
        return None


def milestone_here(target):
    """The milestone at which the machine stands, or None."""
    here = address_here()
    for milestone in MILESTONES:
        if address_of(target.image, milestone) == here:
            return milestone
    return None


class Stop(gdb.Breakpoint):
    """A hardware breakpoint of ours, which says nothing: before paging, and before the image
    has been loaded, no other works."""

    def __init__(self, address, purpose):
        super().__init__(f"*{address:#x}", gdb.BP_HARDWARE_BREAKPOINT, internal=True)
        self.silent = True
        self.purpose = purpose


def run_to(target, milestones):
    """Continues until one of the milestones; returns it. Raises Interrupted where the machine
    panics, ends, or stops for another reason."""
    addresses = {address_of(target.image, milestone): milestone for milestone in milestones}
    panic = target.symbols["panic"]
    stops = [Stop(address, "milestone") for address in [*addresses, panic]]
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
    if here not in addresses:
        raise Interrupted(f"stopped at {here:#x}, on the way to the next milestone")
    return addresses[here]


def collect(target, milestones, readers=tuple(state.READERS)):
    """Runs to each milestone and reads the state there: a list of dicts."""
    found = []
    for milestone in milestones:
        run_to(target, [milestone])
        found.append({"name": milestone.name, "when": milestone.when,
                      "function": milestone.function, "meaning": milestone.meaning,
                      "state": state.read_all(target, readers)})
    return found


def write_json(path, value):
    """Writes a value to a file."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")
