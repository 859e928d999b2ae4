# SPDX-License-Identifier: GPL-2.0-only
"""What Linux 2.6.34 says on another machine's memory map, and why that machine's kernel said
something else.

A difference is explained by a step: a change of Linux (a commit, of which the machine's kernel
is older or newer), an option of its configuration, or a patch. Each step is a parameter of ours
that makes the boot count that way, or, for what our boot has nothing of (nodes, pages of
another size), the figures themselves, computed from the map. The steps are added one after the
other; a figure is explained if it is the real one at the end, and by the steps that changed it
on the way."""

import dataclasses
from collections.abc import Sequence

from memdawn.model.e820 import FOUR_GIB, Range
from memdawn.replay import given as given_map
from memdawn.replay.boots import Boots
from memdawn.replay.facts import facts_of
from memdawn.replay.found import Found
from memdawn.replay.step import Figures, Step, flat
from memdawn.replay.steps import step_words, steps_for

def equal(ours: object, theirs: object) -> bool:
    """Are two figures the same? One of 2.4's zones has no batch. Of a zone without pages 2.6.34 says
    nothing."""
    if ours is None:
        return theirs in (None, 0) or isinstance(theirs, list) and theirs[:1] == [0]
    if isinstance(ours, list) and isinstance(theirs, list) and len(theirs) == 1:
        return ours[:1] == theirs
    return ours == theirs


@dataclasses.dataclass
class Row:
    """A figure: what 2.6.34 says, what that kernel said, and the steps from one to the other."""
    name: str
    ours: object
    theirs: object
    equal: bool
    explained: bool
    computed: object
    reasons: list[int]           # numbers of steps


@dataclasses.dataclass
class Comparison:
    """Of a replay: our log, the steps that were taken, and a row for each figure."""
    log: list[str]
    steps: list[Step]
    rows: list[Row]

    @property
    def compared(self) -> int:
        """The number of that kernel's figures."""
        return sum(row.theirs is not None for row in self.rows)

    @property
    def unexplained(self) -> list[Row]:
        """The rows that nothing explains."""
        return [row for row in self.rows if not row.equal and not row.explained]


def cut_ranges(found: Found) -> list[Range]:
    """The map as the machine's kernel could use it: below 4 GiB where it has no PAE."""
    if found.pae is not False:
        return found.ranges
    return [(start, min(end, FOUR_GIB), kind) for start, end, kind in found.ranges
            if start < FOUR_GIB]


def better(before: Figures, after: Figures, theirs: Figures) -> bool:
    """Has a step made figures equal, and none different that was equal?"""
    was = {name for name in theirs if equal(before.get(name), theirs[name])}
    now = {name for name in theirs if equal(after.get(name), theirs[name])}
    return was < now


def counted(found: Found, machine: Boots, given: Sequence[str], steps: Sequence[Step]) -> Figures:
    """The figures with all these steps. Raises ReplayError."""
    ranges = found.ranges
    for step in steps:
        if step.ranges:
            ranges = step.ranges(ranges)
    words, ours = step_words(steps)
    state = flat(facts_of(machine.boot(ranges, " ".join([*found.words, *words]), [*given, *ours])))
    for step in steps:
        if step.figures:
            state = {**state, **step.figures(state)}
    return state


def with_steps(found: Found, machine: Boots, given: Sequence[str], log: list[str]) -> Comparison:
    """The comparison with the steps that lead from our log to that kernel's. Raises ReplayError."""
    theirs = flat(found.facts)
    states = [flat(facts_of(log))]
    taken: list[Step] = []
    for step in steps_for(found):
        if all(equal(states[-1].get(name), value) for name, value in theirs.items()):
            break
        if step.words or step.ranges:
            state = counted(found, machine, given, [*taken, step])
        else:
            state = {**states[-1], **(step.figures(states[-1]) if step.figures else {})}
        if step.tentative and not better(states[-1], state, theirs):
            continue
        taken.append(step)
        states.append(state)
    return Comparison(log, taken, rows_of(theirs, states))


def replay(found: Found, machine: Boots, given: Sequence[str] = (), whole: bool = False) -> Comparison:
    """Boots 2.6.34 on what was found, with these words of ours, then adds the steps. whole: on the map
    as it is, even if that kernel had no PAE. Raises ReplayError."""
    given_map.prepare(found)
    log = machine.boot(found.ranges if whole else cut_ranges(found), " ".join(found.words), list(given))
    outcome = with_steps(found, machine, given, log)
    if found.pae is None and outcome.unexplained:
        other = with_steps(dataclasses.replace(found, pae=False), machine, given, log)
        if len(other.unexplained) < len(outcome.unexplained):
            found.notes.append("nothing in FILE tells whether that kernel has PAE: its figures are those of "
                               "one without")
            found.pae = False
            return other
    return outcome


def rows_of(theirs: Figures, states: Sequence[Figures]) -> list[Row]:
    """A row for each figure; `states`: ours after each step."""
    rows = []
    for name in [*theirs, *(name for name in states[0] if name not in theirs)]:
        values = [state.get(name) for state in states]
        known = name in theirs
        same = known and equal(values[0], theirs[name])
        reasons = [index for index, (a, b) in enumerate(zip(values, values[1:])) if a != b]
        rows.append(Row(name, values[0], theirs.get(name), same or not known,
                        bool(known and not same and reasons and equal(values[-1], theirs[name])),
                        values[-1], [] if same or not known else reasons))
    return rows
