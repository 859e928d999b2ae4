# SPDX-License-Identifier: GPL-2.0-only
"""The free lists when mem_init() has returned, compared with the real kernel's, which a
debugger read out at the same moment; and the two ways to free, compared with each other."""

import pytest

from boot import LINUX, assert_same, boot_well, words
from dumps import parse_gdb, parse_zones
from memdawn.emulators import machine as machines

CASES = [pytest.param(path, id=path.stem) for path in sorted((LINUX / "gdb").glob("*.txt"))]
# The image lies in zone Normal: its lists follow from the image's size.
SAME_LISTS = ("DMA", "HighMem", "Movable")


def assert_as_in_linux(zone, what, ours, linux):
    """Two things of a zone are equal; where not, the report names the first that isn't, in words."""
    if isinstance(linux, dict):
        wrong = [key for key in sorted(ours.keys() | linux.keys()) if ours.get(key) != linux.get(key)]
        assert not wrong, (f"zone {zone}, {what}, {wrong[0]} (the order, and the migrate type): {linux.get(wrong[0])} in Linux, "
                           f"{ours.get(wrong[0])} here; {len(wrong)} differ")
    else:
        assert ours == linux, f"zone {zone}, {what}: {linux} in Linux, {ours} here"


@pytest.mark.parametrize("notes", CASES)
def test_against_debugger(notes):
    """Zones' starts and sizes; free blocks by order and type, and the lists' first ones."""
    machine = machines.from_case(notes.with_suffix(".json"))
    machine.words = words("memdawn.dump=zones")
    have = parse_zones(boot_well(machine), "boot")
    want = parse_gdb(notes.read_text(encoding="ascii").splitlines())
    assert set(have) == set(want)
    for name, zone in want.items():
        ours = have[name]
        assert_as_in_linux(name, "first page frame, pages spanned and present", (
            ours.start, ours.spanned, ours.present), (zone.start, zone.spanned, zone.present))
        if name in SAME_LISTS:
            assert_as_in_linux(name, "free blocks by order", ours.nr_free, zone.nr_free)
            assert_as_in_linux(name, "free blocks", ours.blocks, zone.blocks)
            assert_as_in_linux(name, "the first page frames in the list",
                               {key: pfns[:3] for key, pfns in ours.first.items()}, zone.first)


def state_lines(log):
    """The dump's lines."""
    lines = [line for line in log if line.startswith(("AW boot ", "AP boot ", "AZ boot ",
                                                      "AL boot ", "AB boot "))]
    assert lines
    return lines


@pytest.mark.parametrize("mem, cmdline", [
    (2048, ""), (64, ""), (8192, ""), (2048, "highmem=512M"), (2048, "kernelcore=512M"),
    (2048, "mem=20M"), (4096, "movablecore=2G"), (65536, ""),
    (2048, "memmap=100M$1000M memmap=7K$300M memmap=1M$890M")])
def test_bulk_leaves_the_same_lists(mem, cmdline):
    """memdawn.free=bulk: the same blocks in the same order, page for page."""
    dumps = []
    for free in ((), ("memdawn.free=bulk",)):
        machine = machines.Machine(mem=mem)
        machine.cmdline = " ".join([machine.cmdline, cmdline]).strip()
        machine.words = words("memdawn.dump=zones", *free)
        dumps.append(state_lines(boot_well(machine)))
    assert_same(dumps[1], dumps[0], "bulk against page by page")
