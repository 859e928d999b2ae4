# SPDX-License-Identifier: GPL-2.0-only
"""Whole boots, each compared with the log of the real 2.6.34 on the same machine.

First as scripts/logdiff does, with the masks; then without any mask, against the reference
with the image's own numbers put in (expected.py). In the same boots the balance: every page
frame is exactly one thing, and the sums are the log's.
"""

import re

import pytest

from boot import BUILD_NODES, PAGE_SIZE, assert_same, boot_well, cases, image, lines_of, words
from dumps import parse_balance
from expected import MAX_ORDER_PAGES, STRUCT_PAGE, Translation, ram_ranges
from memdawn.emulators import bochs, machine as machines
from memdawn.logs import bootlog
from uefi_reference import uefi_reference

# test_exact.py has all sizes.
UEFI = [case for case in cases("uefi") if case.id in ("uefi/x64-q35-8192M", "uefi/ia32-q35-1024M")]


def check_span(log, reference, an_image):
    """The log's span is the reference's: masked, and to the last digit."""
    diff, _ = bootlog.compare(log, reference)
    assert not diff, "with masks:\n" + "\n".join(diff)
    assert_same(bootlog.span(log), Translation(an_image, reference).span(), "without masks")


def search(pattern, log):
    """The only match of a pattern in a log."""
    found = [match for match in (re.fullmatch(pattern, line) for line in log) if match]
    assert len(found) == 1, f"{len(found)} lines match {pattern}"
    return found[0]


def check_balance(log):
    """The sheet adds up, and says the same as the rest of the log."""
    balance = parse_balance(log)
    counts = balance.counts
    max_pfn = counts["max_pfn"]
    assert balance.verdict == "ok"
    assert counts["free"] + counts["reserved"] + counts["memmap"] + counts["hole"] == max_pfn
    assert balance.counters == balance.lists == counts["free"]
    assert sum(pages for pages, _, _, _ in balance.owners) == counts["reserved"]
    ram = sum(min(end, max_pfn) - start for start, end in ram_ranges(log))
    assert counts["hole"] == max_pfn - ram
    # What the firmware has above max_pfn, in whole page frames, is accounted for.
    given = [(-(-int(match[1], 16) // PAGE_SIZE), int(match[2], 16) // PAGE_SIZE) for match in (
        re.fullmatch(r" BIOS-\w+: (\w+) - (\w+) \(usable\)", line) for line in log) if match]
    assert sum(max(0, end - max(start, max_pfn)) for start, end in given) == sum(
        pages for pages, _, _ in balance.not_used)

    aligned = -(-max_pfn // MAX_ORDER_PAGES) * MAX_ORDER_PAGES
    assert counts["memmap"] == -(-aligned * STRUCT_PAGE // PAGE_SIZE)
    zones = dict(re.fullmatch(r"  (\w+) zone: (\d+) pages used for memmap", line).groups()
                 for line in log if line.endswith("pages used for memmap"))
    assert {zone: int(pages) for zone, pages in zones.items()} == balance.zone_memmap

    memory = search(r"Memory: (\d+)k/(\d+)k available \(.* (\d+)k reserved, .*\)", log)
    assert int(memory[1]) * 1024 == counts["free"] * PAGE_SIZE
    assert int(memory[2]) * 1024 == max_pfn * PAGE_SIZE
    assert int(memory[3]) * 1024 == (counts["reserved"] + counts["memmap"]) * PAGE_SIZE
    end = search(r"memdawn: boot complete: (\d+) pages free, (\d+) reserved, balance ok", log)
    assert (int(end[1]), int(end[2])) == (counts["free"], counts["reserved"] + counts["memmap"])


@pytest.mark.parametrize("reference", cases("bootmem", "maps"))
def test_span_and_balance(reference):
    """The main matrix."""
    machine = machines.from_case(reference.with_suffix(".json"))
    machine.words = words("memdawn.dump=balance")
    log = boot_well(machine)
    check_span(log, lines_of(reference), image())
    check_balance(log)


@pytest.mark.parametrize("reference", cases("numa"))
def test_nodes(reference):
    """The kernel for several nodes: a node's struct pages in its own memory, zones and zonelists by node."""
    log = boot_well(machines.from_case(reference.with_suffix(".json")))
    check_span(log, lines_of(reference), image(BUILD_NODES))


@pytest.mark.parametrize("reference", UEFI)
def test_uefi(reference):
    """The same under UEFI."""
    machine = machines.from_case(reference.with_suffix(".json"))
    machine.words = words("memdawn.dump=balance")
    log = boot_well(machine)
    check_span(log, uefi_reference(reference, log), image())
    check_balance(log)


@pytest.mark.parametrize("reference", cases("bootmem_debug"))
def test_bootmem_debug(reference):
    """The same bootmem operations in the same order; logdiff masks none of their numbers."""
    machine = machines.from_case(reference.with_suffix(".json"))
    want = Translation(image(), lines_of(reference)).span()
    assert_same(bootlog.span(boot_well(machine)), want, "without masks")


@pytest.mark.parametrize("reference", cases("bochs"))
def test_bochs(reference):
    """The same in Bochs: another BIOS, another CPU."""
    machine = bochs.from_case(reference.with_suffix(".json"))
    check_span(boot_well(machine), lines_of(reference), image())
