# SPDX-License-Identifier: GPL-2.0-only
"""scripts/replay: figures of real machines' logs, each equal or explained; the host build against
real Linux's logs and against the kernel in QEMU; what maps the kernel takes, and what it does about
memory that isn't there."""

import copy
import json
import os
import random
import re
import struct
import subprocess

import pytest

from boot import LINUX, ROOT, assert_same, boot, failure, lines_of, words
from memdawn import bootlog, machine as machines, maps, replay, runner
from session import session

MACHINES = sorted((LINUX / "machines").glob("*.json"))
PATCHED = "16-2.5.64-numaq-48g-8nodes-mem-param"     # its page size is not Linux's
SEED = os.environ.get("MEMDAWN_SEED", "0")
RAM, RESERVED = maps.RAM, maps.RESERVED
PC = [(0, 0x9fc00, RAM), (0x9fc00, 0xa0000, RESERVED), (0xf0000, 0x100000, RESERVED)]
MB = 1 << 20


def found_in(path):
    """What a machine's file holds."""
    return maps.read(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", name="fast")
def fixture_fast():
    """The host build of the kernel's sources."""
    return replay.Fast()


# --- real machines ---------------------------------------------------------------------------

@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_machine(fast, path):
    """Each figure of the real log is ours, or a named commit's or option's. The kernel with page
    clustering is neither: there each figure that its pages or its nodes are in is unexplained."""
    outcome = replay.replay(found_in(path), fast)
    compared = [row for row in outcome.rows if row.theirs is not None]
    assert len(compared) >= 3
    for row in compared:
        assert row.equal == replay.equal(row.ours, row.theirs)
        if row.explained:
            assert replay.equal(row.computed, row.theirs) and row.reasons, row
    names = {row.name for row in outcome.unexplained}
    if path.stem == PATCHED:
        assert names == {"highmem_mb", "lowmem_mb", "totalpages", "zone_pages.DMA",
                         "zone_pages.Normal", "zone_pages.HighMem", "memory_kb.highmem"}
    else:
        assert not names, outcome.unexplained


def changed(value):
    """A figure that is off by one."""
    if isinstance(value, list):
        return [*value[:-1], changed(value[-1])]
    return value + 1


def test_wrong_figures_stay_unexplained(fast):
    """Each figure of a machine's log, off by one, is found, and no other."""
    found = found_in(next(path for path in MACHINES if path.name.startswith("08-")))
    names = list(replay.flat(found.facts))
    assert len(names) > 15
    wrong = copy.deepcopy(found)
    for name in names:
        family, _, part = name.partition(".")
        if part:
            wrong.facts[family][part] = changed(wrong.facts[family][part])
        else:
            wrong.facts[family] = changed(wrong.facts[family])
    # The layout's own fixmap is what the step about it is made of.
    wrong.facts["layout"]["fixmap"] = found.facts["layout"]["fixmap"]
    assert {row.name for row in replay.replay(wrong, fast).unexplained} == {
        name for name in names if name != "layout.fixmap"}


# --- the host build ----------------------------------------------------------------------------

def ranges_in(log):
    """The firmware's map of a reference log."""
    entries = maps.map_entries(log)
    return entries["BIOS-e820"]


def comparable(log):
    """What replay.map_lines() keeps, with what depends on the image masked."""
    lines = bootlog.masked(replay.map_lines(log), bootlog.MASKS)[0]
    return [re.sub(r"node_mem_map [0-9a-f]{8}", "node_mem_map X", line) for line in lines]


LINUX_CASES = [path for folder in ("bootmem", "maps") for path in sorted((LINUX / folder).glob("*.log"))
               if not re.search("cpu-|mem-nopentium|mminit4", path.stem)]


@pytest.mark.parametrize("path", LINUX_CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_host_build_against_linux(fast, path):
    """Line by line what real Linux 2.6.34 said on the same map and command line, but for what it
    said about the CPU and the MTRRs."""
    log = lines_of(path)
    cmdline = json.loads(path.with_suffix(".json").read_text(encoding="ascii"))["cmdline"]
    assert_same(comparable(fast.boot(ranges_in(log), cmdline, [])), comparable(log), path.stem)


def random_map(generator):
    """A map with overlaps, holes and odd edges, low memory all there, above it anything."""
    ranges = list(PC)
    at = generator.choice([96, 300, 900, 1000]) * MB
    ranges.append((MB, at, RAM))
    for _ in range(generator.randrange(1, 40)):
        start = at + generator.randrange(0, 200 * MB) // generator.choice([1, 4096])
        end = start + generator.randrange(1, 300 * MB)
        ranges.append((start, end, generator.choice([1, 1, 1, 2, 3, 4, 5, 20])))
        at = generator.choice([at, start, end])
    generator.shuffle(ranges)
    return ranges


@pytest.fixture(scope="module", name="virtual")
def fixture_virtual():
    """The kernel in QEMU."""
    return replay.VM(ROOT / "build" / "memdawn.iso")


def agree(fast, virtual, ranges, cmdline="", given=()):
    """Both say the same on a map, addresses of the image and all."""
    assert_same(replay.map_lines(fast.boot(ranges, cmdline, list(given))),
                replay.map_lines(virtual.boot(ranges, cmdline, list(given))), f"{cmdline} {given}")


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_host_build_against_the_kernel(fast, virtual, path):
    """On each machine's map, with all that makes it count as that machine's kernel did."""
    found = found_in(path)
    memmap, given = replay.step_words(replay.steps_for(found))
    agree(fast, virtual, found.ranges, " ".join([*found.words, *memmap]), given)


@pytest.mark.parametrize("number", range(3))
def test_host_build_against_the_kernel_on_random_maps(fast, virtual, number):
    """On maps that no machine has."""
    generator = random.Random(f"replay {SEED} {number}")
    ranges = random_map(generator)
    print(f"MEMDAWN_SEED={SEED}, {number}: {ranges}")
    agree(fast, virtual, ranges)


@pytest.mark.parametrize("number", range(40))
def test_host_build_against_the_model(fast, number):
    """The independent model of Linux's memory map (tests/boot/model_e820.py) on random maps."""
    generator = random.Random(f"replay model {SEED} {number}")
    ranges = random_map(generator)
    print(f"MEMDAWN_SEED={SEED}, {number}: {ranges}")
    lines = fast.boot(ranges, "", [])
    assert maps.map_entries(lines)["BIOS-e820"] == model_map(ranges)


def model_map(ranges):
    """Between any two borders the highest type that covers the piece; neighbours are joined."""
    borders = sorted({border for start, end, _ in ranges for border in (start, end)})
    result = []
    for start, end in zip(borders, borders[1:]):
        kind = max((kind for first, last, kind in ranges if first <= start and end <= last),
                   default=None)
        if kind is None:
            continue
        if result and result[-1][1] == start and result[-1][2] == kind:
            result[-1] = (result[-1][0], end, kind)
        else:
            result.append((start, end, kind))
    return result
