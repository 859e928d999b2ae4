# SPDX-License-Identifier: GPL-2.0-only
"""What `alloc -v' tells of an allocation, against the lists before and after it: with plenty of memory,
with little, with none; for all flags, at random. MEMDAWN_SEED= repeats a run."""

import os
import random
import re

import pytest

from dumps import parse_zones
from memdawn.emulators import machine as machines
from session import session

SEED = os.environ["MEMDAWN_SEED"]     # a text; conftest.py makes one up
TYPES = ("Unmovable", "Reclaimable", "Movable", "Reserve", "Isolate")
FALLBACKS = {"Unmovable": ("Reclaimable", "Movable"), "Reclaimable": ("Unmovable", "Movable"),
             "Movable": ("Reclaimable", "Unmovable")}     # Linux 2.6.34, mm/page_alloc.c
ZONES = {"kernel": ["Normal", "DMA"], "atomic": ["Normal", "DMA"], "dma": ["DMA"],
         "reclaimable": ["Normal", "DMA"], "highuser": ["HighMem", "Normal", "DMA"],
         "movable": ["HighMem", "Normal", "DMA"], "cold": ["Normal", "DMA"],
         "comp": ["Normal", "DMA"], "zero": ["Normal", "DMA"]}
WANTED = {"reclaimable": "Reclaimable", "movable": "Movable"}
ALARMS = ("This isn't what the lists promised", "and not by what was given away")
MIB = 128
HIGH = " highmem=40M"


@pytest.fixture(name="monitor")
def fixture_monitor(tmp_path):
    """A machine with three zones, of which the storms leave nothing as it was."""
    machine = machines.Machine(mem=MIB, words=())
    machine.cmdline += HIGH
    with session(machine, tmp_path) as made:
        yield made


def choice(zone, order, kind):
    """(order, type) of the list from which a zone serves, by Linux's rules; None: none has a block."""
    for at in range(order, 11):
        if zone.lists.get((at, TYPES.index(kind))):
            return at, kind
    for at in range(10, order - 1, -1):
        for other in FALLBACKS[kind]:
            if zone.lists.get((at, TYPES.index(other))):
                return at, other
    for at in range(order, 11):
        if zone.lists.get((at, TYPES.index("Reserve"))):
            return at, "Reserve"
    return None


def pfn_of(lines):
    """The page frame that came; None: none did."""
    match = re.match(r"page frame (\d+), order", lines[-1])
    return int(match[1]) if match else None


def check_block(lines, before, order, kind):
    """The zone, the list and the block that were told are those of Linux's rules, and the pages come
    from that block's beginning."""
    served = next(line.split()[0] for line in reversed(lines) if " may serve: " in line)
    told = re.search(r"^Of order (\d+) type (\w+) has (\d+): the first begins at page frame (\d+)\.$",
                     "\n".join(lines), re.MULTILINE)
    at, of = choice(before[served], order, kind)
    blocks = before[served].lists[at, TYPES.index(of)]
    assert told.groups() == (str(at), of, str(len(blocks)), str(blocks[0])), lines
    assert pfn_of(lines) == blocks[0], lines
    assert ("It is split" in "\n".join(lines)) == (at > order)
    assert ("another type must give" in "\n".join(lines)) == (of not in (kind, "Reserve")), lines
    parts = re.findall(r"(\d+) \(order (\d+)\)", "\n".join(lines))
    assert [(int(pfn), int(part)) for pfn, part in parts] == [
        (blocks[0] + (1 << part), part) for part in range(at - 1, order - 1, -1)]


def check_zones(lines, before, word, order):
    """Zones are tried in the zonelist's order, and each says rightly how much would stay."""
    assert lines[0].endswith(f"from {', else '.join(ZONES[word])}."), lines[0]
    tried = [line.split()[0] for line in lines if " serve: " in line]
    assert tried[:len(ZONES[word])] == ZONES[word][:len(tried)], lines
    for line in lines:
        match = re.match(r"(\w+) may serve: (-?\d+) free pages would stay", line)
        if match:
            assert int(match[2]) == before[match[1]].free - (1 << order), line


def test_each_flag_and_order(monitor):
    """One of each, against the lists before and after."""
    for word in ZONES:
        for order in (1, 3, 5, 9):
            before = parse_zones(monitor.ask("zones"), "now")
            lines = monitor.ask(f"alloc -v {order} {word}")
            assert not any(alarm in line for line in lines for alarm in ALARMS), lines
            check_zones(lines, before, word, order)
            check_block(lines, before, order, WANTED.get(word, "Unmovable"))
            after = parse_zones(monitor.ask("zones"), "now")
            for name, zone in before.items():
                for kind in range(5):
                    changed = [f"order {at} {len(zone.lists.get((at, kind), []))} -> "
                               f"{len(after[name].lists.get((at, kind), []))}" for at in range(11)
                               if len(zone.lists.get((at, kind), [])) !=
                               len(after[name].lists.get((at, kind), []))]
                    said = [line for line in lines
                            if line.startswith(f"Changed: {name}, type {TYPES[kind]}: ")]
                    assert said == ([f"Changed: {name}, type {TYPES[kind]}: {', '.join(changed)}."]
                                    if changed else []), lines


def test_storm(monitor):
    """At random until nothing is left, and back: the tale is never wrong, and each kind of it comes."""
    draw = random.Random(SEED)
    held, seen = [], ""
    for number in range(700):
        filling = number % 350 < 250
        if held and draw.random() > (0.9 if filling else 0.2):
            monitor.ask(f"free {held.pop(draw.randrange(len(held)))}")
            continue
        order = draw.choice((0, 0, 0, 1, 2, 3, 5, 8, 9, 10) if len(held) < 400 else (8, 9, 10))
        lines = monitor.ask(f"alloc -v {order} {draw.choice(list(ZONES))}")
        assert not any(alarm in line for line in lines for alarm in ALARMS), (SEED, lines)
        seen += "\n".join(lines) + "\n"
        if pfn_of(lines) is not None:
            held.append(pfn_of(lines))
        elif len(held) > 500:
            monitor.ask(f"free {held.pop()}")
    for kind in ("another type must give", "what is kept back must give", "Half of its pageblock",
                 "has smaller ones that would do", " may not serve: ", "in blocks of order",
                 "So a second try, with the min watermarks.", "So a third try", "lowered for the urgent",
                 "for those who can't go to a higher zone", "It is empty, and is filled with",
                 "the free lists aren't touched", "the coldest", "It is split"):
        assert kind in seen, (SEED, kind)
    for pfn in held:
        monitor.ask(f"free {pfn}")
    assert monitor.ask("balance")[-1] == "balance: ok"


def test_without_a_tale_nothing_is_told(monitor):
    """The same allocation with and without -v gives the same block, and one line without."""
    told = monitor.ask("alloc -v 4 highuser")
    monitor.ask(f"free {pfn_of(told)}")
    assert monitor.ask("alloc 4 highuser") == told[-1:]
