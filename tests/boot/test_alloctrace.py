# SPDX-License-Identifier: GPL-2.0-only
"""10,000 allocations and frees, beside what the real kernel gave for each of them.

The Normal zone holds the image, and ours is smaller: its page frames may differ. Every
allocation that Linux served from DMA or HighMem has to get Linux's page frame, everything
that Linux refused is refused, and both zones end in Linux's state.
"""

import re

import pytest

from boot import assert_same, boot_well, cases, lines_of, words
from memdawn.emulators import machine as machines

ZONES = ("DMA", "HighMem")
STEPS = 10000
# As the traces number them.
KINDS = ("GFP_HIGHUSER", "GFP_HIGHUSER_MOVABLE", "GFP_HIGHUSER | __GFP_COLD", "GFP_KERNEL", "GFP_DMA",
         "GFP_KERNEL | __GFP_RECLAIMABLE")
TRACE = re.compile(r"A[A-Z] ")
STEP = re.compile(r"AT (\d+) (A \d+ \d+|F \d+) (-?\d+)")


@pytest.fixture(name="traces", scope="module", params=cases("alloctrace"))
def boot_and_trace(request):
    """(ours, Linux's) lines of the trace."""
    path = request.param
    machine = machines.from_case(path.with_suffix(".json"))
    machine.words = words()
    log = boot_well(machine)
    return [line for line in log if TRACE.match(line)], lines_of(path)


def zone_borders(trace):
    """Zone to its page frames."""
    borders = {}
    for line in trace:
        match = re.match(r"AW pre (\w+) start=(\d+) spanned=(\d+) ", line)
        if match:
            start, spanned = int(match[2]), int(match[3])
            borders[match[1]] = range(start, start + spanned)
    return borders


def steps(trace):
    """What each step was, and its page frame; -1: refused."""
    found = [STEP.fullmatch(line) for line in trace if line.startswith("AT ")]
    assert all(found), "malformed lines"
    assert [int(match[1]) for match in found] == list(range(STEPS))
    return [(match[2], int(match[3])) for match in found]


def in_words(number, what):
    """A step of the trace."""
    kind, order, *flags = what.split()
    if kind == "F":
        return f"step {number}: what is freed, of order {order},"
    return f"step {number}: alloc({order}, {KINDS[int(flags[0])]})"


def test_same_page_frames(traces):
    """Step by step: the same request, and Linux's page frame where it has to be."""
    ours, linux = traces
    borders = zone_borders(linux)
    assert zone_borders(ours) == borders
    normal, bound = borders["Normal"], 0
    for number, ((what, have), (wanted, want)) in enumerate(zip(steps(ours), steps(linux))):
        assert what == wanted, f"step {number}"
        if want in normal:
            assert have in normal, f"{in_words(number, what)} is page frame {want} in Linux, {have} here: no page of Normal"
        else:
            assert have == want, f"{in_words(number, what)} is page frame {want} in Linux, {have} here (-1: refused)"
            bound += 1
    assert bound > STEPS // 10
    assert [line for line in ours if line.startswith(("AS ", "AE "))] == \
        [line for line in linux if line.startswith(("AS ", "AE "))]


def test_same_state_of_zones(traces):
    """All lists, counters, watermarks and pageblocks of both zones: before, at the end, and when
    what was left has been freed."""
    ours, linux = traces
    for zone in ZONES:
        for tag in ("pre", "end", "freed"):
            want = [line for line in linux if line.split()[1:3] == [tag, zone]]
            have = [line for line in ours if line.split()[1:3] == [tag, zone]]
            assert want or zone not in zone_borders(linux)
            assert_same(have, want, f"{zone}, {tag}")


def test_everything_is_freed(traces):
    """The Normal zone too gets back what it gave, and its counters agree with its lists."""
    ours, _ = traces
    free = {}
    for tag in ("pre", "freed"):
        line = next(line for line in ours if line.startswith(f"AW {tag} Normal "))
        count = next(line for line in ours if line.startswith(f"AP {tag} Normal count="))
        free[tag] = int(re.search(r"free=(\d+)", line)[1]) + \
            int(re.search(r"count=(\d+)", count)[1])
        blocks = [re.match(rf"AZ {tag} Normal o(\d+) nr_free=(\d+)", line) for line in ours]
        assert int(re.search(r"free=(\d+)", line)[1]) == \
            sum(int(match[2]) << int(match[1]) for match in blocks if match)
    assert free["freed"] == free["pre"]
