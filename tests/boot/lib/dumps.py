# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel prints of its state (memdawn.dump=balance, memdawn.dump=zones), and what a
debugger read out of the real kernel (tests/linux/gdb), in the same form."""

import collections
import dataclasses
import re

from memdawn.model.buddy import MIGRATE_NAMES


@dataclasses.dataclass
class Balance:
    """The sheet: page frames by what they are."""
    counts: dict                 # max_pfn, free, reserved, memmap, hole
    owners: list                 # (pages, start, end, name)
    zone_memmap: dict            # zone to mem_map's pages, rounded up as the log does
    verdict: str
    counters: int                # what the zones' counters say is free
    lists: int                   # what the free lists hold
    not_used: list = dataclasses.field(default_factory=list)  # (pages, from this pfn on, who)


def parse_balance(log):
    """The sheet of a log."""
    balance = Balance({}, [], {}, "", -1, -1)
    for line in log:
        match = re.fullmatch(r"balance: (max_pfn|free|reserved|memmap|hole) (\d+)", line)
        if match:
            assert match[1] not in balance.counts, line
            balance.counts[match[1]] = int(match[2])
            continue
        match = re.fullmatch(r"balance: owner (\d+) \[([0-9a-f]+) - ([0-9a-f]+)\] (\S.*)", line)
        if match:
            balance.owners.append((int(match[1]), int(match[2], 16), int(match[3], 16), match[4]))
            continue
        match = re.fullmatch(r"balance: not used (\d+) from pfn (\d+) on, (.+)", line)
        if match:
            balance.not_used.append((int(match[1]), int(match[2]), match[3]))
            continue
        match = re.fullmatch(r"balance: zone ([\w:]+) memmap (\d+)", line)
        if match:
            balance.zone_memmap[match[1]] = int(match[2])
            continue
        match = re.fullmatch(r"balance: counters (\d+) lists (\d+)", line)
        if match:
            balance.counters, balance.lists = int(match[1]), int(match[2])
            continue
        match = re.fullmatch(r"balance: (ok|BAD)", line)
        if match:
            balance.verdict = match[1]
            continue
        assert not line.startswith("balance:"), f"not understood: {line}"
    return balance


@dataclasses.dataclass
class Zone:
    """A zone and its free lists: (order, migrate type) to page frames, head first. A debugger's
    notes have no whole lists."""
    start: int = 0
    spanned: int = 0
    present: int = 0
    free: int = 0
    nr_free: dict = dataclasses.field(default_factory=dict)
    blocks: dict = dataclasses.field(default_factory=dict)
    first: dict = dataclasses.field(default_factory=dict)
    lists: dict = dataclasses.field(default_factory=dict)


def parse_zones(log, tag):
    """Name to Zone, from the lines with a tag; the summary lines (AZ) must say what the
    lists (AL) do."""
    zones = collections.defaultdict(Zone)
    lists = collections.defaultdict(list)
    for line in log:
        match = re.match(rf"(A[WPZLB]) {tag} ([\w:]+) (.*)$", line)
        if not match:
            continue
        zone, rest = zones[match[2]], match[3]
        if match[1] == "AW":
            numbers = dict(word.split("=") for word in rest.split())
            zone.start, zone.spanned = int(numbers["start"]), int(numbers["spanned"])
            zone.present, zone.free = int(numbers["present"]), int(numbers["free"])
        elif match[1] == "AZ":
            order, nr_free, *types = rest.split()
            order = int(order[1:])
            zone.nr_free[order] = int(nr_free.split("=")[1])
            for word in types:
                found = re.fullmatch(r"t(\d):(\d+)\[([\d,]+)\]", word)
                key = order, int(found[1])
                zone.blocks[key] = int(found[2])
                zone.first[key] = [int(pfn) for pfn in found[3].split(",")]
        elif match[1] == "AL":
            found = re.fullmatch(r"o(\d+) t(\d) : ([\d ]+)", rest)
            lists[match[2], int(found[1]), int(found[2])] += [int(pfn) for pfn in found[3].split()]
    for name, zone in zones.items():
        check_lists(name, zone, lists)
    return dict(zones)


def check_lists(name, zone, lists):
    """The whole lists and their summaries agree, and add up to the zone's counter."""
    mine = {(order, kind): pfns for (owner, order, kind), pfns in lists.items() if owner == name}
    zone.lists = mine
    assert {key: len(pfns) for key, pfns in mine.items()} == zone.blocks, name
    for key, pfns in mine.items():
        assert zone.first[key] == pfns[:4], (name, key)
    for order, nr_free in zone.nr_free.items():
        assert nr_free == sum(n for (at, _), n in zone.blocks.items() if at == order), (name, order)
    assert zone.free == sum(nr_free << order for order, nr_free in zone.nr_free.items()), name


def parse_gdb(lines):
    """Name to Zone, from a debugger's notes on the real kernel; empty zones are left out."""
    zones = {}
    zone, order = None, None
    for line in lines:
        match = re.match(r"zone\[\d\] (\w+): zone_start_pfn (\d+) spanned_pages (\d+) "
                         r"present_pages (\d+)", line)
        if match:
            zone = Zone(int(match[2]), int(match[3]), int(match[4]))
            if zone.spanned:
                zones[match[1]] = zone
        match = re.match(r"  NR_FREE_PAGES (\d+) ", line)
        if match:
            zone.free = int(match[1])
        match = re.match(r"  order +(\d+) nr_free (\d+)", line)
        if match:
            order = int(match[1])
            zone.nr_free[order] = int(match[2])
        match = re.match(r"     free_list\[(\w+)\]: (\d+) blocks, first 3 pfns \[([\d, ]+)\]", line)
        if match:
            key = order, MIGRATE_NAMES.index(match[1])
            zone.blocks[key] = int(match[2])
            zone.first[key] = [int(pfn) for pfn in match[3].split(",")]
    return zones
