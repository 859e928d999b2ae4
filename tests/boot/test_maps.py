# SPDX-License-Identifier: GPL-2.0-only
"""The readers of memory maps (scripts/memdawn/replay): every form in which people have them,
junk, nothing, and too much."""

import json
import random

import pytest

from boot import LINUX
from memdawn.model.e820 import RESERVED, TYPE_NAMES
from memdawn.replay import maps
from memdawn.replay.facts import facts_of
from memdawn.replay.found import FACT_NAMES, MapError, type_number

RECORD = json.loads((LINUX / "machines" /
                     "06-2.6.32-21-pae-toshiba-cantiga-4g-holes.json").read_text(encoding="utf-8"))
RANGES = [tuple(entry) for entry in RECORD["bios_e820"]]
WORDS = {number: name.strip("()") for number, name in TYPE_NAMES.items()}


def old_form(who, ranges):
    """Linux 2.4 to 3.4."""
    return [f" {who}: {start:016x} - {end:016x} ({WORDS[kind]})" for start, end, kind in ranges]


def new_form(who, ranges):
    """Linux 3.5 and later."""
    return [f"{who}: [mem {start:#018x}-{end - 1:#018x}] {WORDS[kind]}" for start, end, kind in ranges]


def first_form(ranges):
    """Linux 2.4.0."""
    return [f" BIOS-e820: {end - start:016x} @ {start:016x} ({WORDS[kind]})"
            for start, end, kind in ranges]


def log_of(entries, version="2.6.32-21-generic-pae"):
    """A boot log around the lines of a map."""
    return [f"Linux version {version} (buildd@rothera) (gcc version 4.4.3) #32-Ubuntu SMP",
            "BIOS-provided physical RAM map:", *entries, "NX (Execute Disable) protection: active",
            "last_pfn = 0x140000 max_arch_pfn = 0x1000000", "4230MB HIGHMEM available.",
            "889MB LOWMEM available.", "Zone PFN ranges:", "  DMA      0x00000000 -> 0x00001000",
            "  Normal   0x00001000 -> 0x000379fe", "  HighMem  0x000379fe -> 0x00140000",
            "Movable zone start PFN for each node", "early_node_map[2] active PFN ranges",
            "    0: 0x00000000 -> 0x00000002", "    0: 0x00000006 -> 0x0000009f",
            "On node 0 totalpages: 1006831", "  DMA zone: 32 pages used for memmap",
            "  DMA zone: 0 pages reserved", "  DMA zone: 3963 pages, LIFO batch:0",
            "Built 1 zonelists in Zone order, mobility grouping on.  Total pages: 996590",
            "Kernel command line: root=/dev/sda1 quiet mem=6G memmap=4K$64M",
            "Memory: 3942700k/5242880k available (4826k kernel code, 83724k reserved, 2211k data, "
            "672k init, 3116376k highmem)", "    pkmap   : 0xffa00000 - 0xffc00000   (2048 kB)"]


FACTS = {
    "last_pfn": 0x140000, "highmem_mb": 4230, "lowmem_mb": 889,
    "zone_pfn_ranges": {"DMA": [0, 0x1000], "Normal": [0x1000, 0x379fe],
                        "HighMem": [0x379fe, 0x140000]},
    "early_node_map": [[0, 0, 2], [0, 6, 159]], "totalpages": 1006831, "memmap_pages": {"DMA": 32},
    "reserved_pages": {"DMA": 0}, "zone_pages": {"DMA": [3963, 0]}, "total_pages": 996590,
    "memory_kb": {"available": 3942700, "total": 5242880, "code": 4826, "reserved": 83724,
                  "data": 2211, "init": 672, "highmem": 3116376},
    "layout": {"pkmap": [0xffa00000, 0xffc00000]},
}

PREFIXES = ["", "[    0.000000] ", "[0.000000] ", "<6>[    0.000000] ", "<4>",
            "Feb 12 10:11:12 host kernel: [    0.000000] ", "Feb  2 10:11:12 host kernel: ",
            "2011-02-12T10:11:12.123456+01:00 host kernel: ", "kernel: "]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("entries", [old_form("BIOS-e820", RANGES), new_form("BIOS-e820", RANGES),
                                     first_form(RANGES)], ids=["old", "new", "first"])
def test_boot_log(prefix, entries):
    """The map and every figure, whatever stands in front of the lines."""
    found = maps.read("\n".join(prefix + line for line in log_of(entries)) + "\n")
    assert (found.form, found.source, found.ranges) == ("boot log", "BIOS-e820", RANGES)
    assert (found.release, found.pae, found.words) == ((2, 6, 32), True, ["mem=6G", "memmap=4K$64M"])
    assert found.facts == FACTS and not found.notes


def test_carriage_returns():
    """A log from a serial port."""
    text = "\r\n".join(log_of(old_form("BIOS-e820", RANGES)))
    assert maps.read(text).facts == FACTS


@pytest.mark.parametrize("line, borders", [
    ("  DMA             0 ->     4096", [0, 4096]), ("  DMA      0x00000010 -> 0x00001000", [16, 4096]),
    ("  DMA      [mem 0x00001000-0x00ffffff]", [1, 4096]), ("  DMA      empty", None),
    ("  DMA             7 ->        7", None)])
def test_zone_borders(line, borders):
    """In the forms of 2.6, 2.6.33 and 3.4; an empty zone is none."""
    facts = facts_of(["Zone PFN ranges:", line, "  Normal   0x00001000 -> 0x00002000"])
    assert facts["zone_pfn_ranges"].get("DMA") == borders


def test_2_4():
    """2.4 has neither borders nor batches."""
    lines = log_of(old_form("BIOS-e820", RANGES), "2.4.24")[:2 + len(RANGES)] + [
        "300MB HIGHMEM available.", "195MB LOWMEM available.", "On node 0 totalpages: 126960",
        "zone(0): 4096 pages.", "zone(1): 46064 pages.", "zone(2): 76800 pages.",
        "Kernel command line: highmem=300m"]
    found = maps.read("\n".join(lines))
    assert found.facts == {"highmem_mb": 300, "lowmem_mb": 195, "totalpages": 126960, "zone_pages": {
        "DMA": [4096], "Normal": [46064], "HighMem": [76800]}}
    assert (found.release, found.pae, found.words) == ((2, 4, 24), None, ["highmem=300m"])


def test_which_map():
    """The firmware's map comes first, then what the kernel made of it, then what the user did."""
    lines = old_form("modified", RANGES[:3]) + old_form("user", RANGES[:2])
    assert maps.read("\n".join(lines)).source == "modified"
    found = maps.read("\n".join(log_of(old_form("user", RANGES[:2]))))
    assert (found.source, found.ranges) == ("user", RANGES[:2])
    assert found.words == [] and found.notes        # its effect is in the map already
    found = maps.read("\n".join(lines + old_form("BIOS-e820", RANGES)))
    assert found.source == "BIOS-e820" and found.maps["modified"] == RANGES[:3]


def test_types():
    """What nobody knows is reserved; numbers stay."""
    lines = [" BIOS-e820: 0000000000000000 - 0000000000001000 type 20",
             " BIOS-e820: 0000000000001000 - 0000000000002000 (type 9)",
             "BIOS-e820: [mem 0x0000000000002000-0x0000000000002fff] persistent (type 12)",
             " BIOS-e820: 0000000000003000 - 0000000000004000 (unusable)"]
    found = maps.read("\n".join(lines[:1] + lines[3:]))
    assert [kind for _, _, kind in found.ranges] == [20, 5]
    assert type_number("something new") == RESERVED


def test_last_boot():
    """A syslog of several boots: the last one, and that is said."""
    first = log_of(old_form("BIOS-e820", RANGES[:4]), "2.6.31")
    found = maps.read("\n".join(first + log_of(old_form("BIOS-e820", RANGES))))
    assert (found.ranges, found.release) == (RANGES, (2, 6, 32))
    assert found.notes == ["the log has 2 boots, the last one is taken"]


@pytest.mark.parametrize("line, pae", [
    ("last_pfn = 0x7bed0 max_arch_pfn = 0x100000", False), ("Use a PAE enabled kernel.", False),
    ("Warning only 4GB will be used.", False), ("NX (Execute Disable) protection: active", True),
    ("    pkmap   : 0xff800000 - 0xffc00000   (4096 kB)", False), ("nothing", None)])
def test_pae(line, pae):
    """What tells whether a kernel has PAE."""
    lines = old_form("BIOS-e820", RANGES) + [line]
    assert maps.read("\n".join(lines)).pae is pae


def test_machines():
    """Every record of tests/linux/machines."""
    for path in sorted((LINUX / "machines").glob("*.json")):
        found = maps.read(path.read_text(encoding="utf-8"))
        record = json.loads(path.read_text(encoding="utf-8"))
        assert found.ranges == [tuple(entry) for entry in record["bios_e820"]]
        assert found.release == tuple(int(part) for part in path.name.split("-")[1].split(".")[:3])
        assert set(found.facts) == set(record) & set(FACT_NAMES)


def test_iomem():
    """/proc/iomem: the outer lines count, what stands inside them does not."""
    found = maps.read("00000000-00000fff : reserved\n00001000-0009fbff : System RAM\n"
                      "0009fc00-0009ffff : reserved\n000a0000-000bffff : PCI Bus 0000:00\n"
                      "  000a0000-000bffff : Video RAM area\n00100000-7ffdffff : System RAM\n"
                      "  01000000-010fffff : Kernel code\n7ffe0000-7fffffff : ACPI Tables\n"
                      "fec00000-fec003ff : IOAPIC 0\n100000000-13fffffff : System RAM\n")
    assert found.ranges == [(0, 0x1000, 2), (0x1000, 0x9fc00, 1), (0x9fc00, 0xa0000, 2),
                            (0x100000, 0x7ffe0000, 1), (0x7ffe0000, 0x80000000, 3),
                            (0x100000000, 0x140000000, 1)]
    with pytest.raises(MapError, match="as root"):
        maps.read("00000000-00000000 : System RAM\n00000000-00000000 : reserved\n")


@pytest.mark.parametrize("text, ranges", [
    ("0-640K\n1M-1G reserved\n", [(0, 0xa0000, 1), (0x100000, 1 << 30, 2)]),
    ("0x0 0x9fc00 1\n\n# a remark\n0x100000 0x40000000 4 # one more\n",
     [(0, 0x9fc00, 1), (0x100000, 1 << 30, 4)]),
    ("640K@0\nmemmap=1023M@1M\n1M$2G\n", [(0, 0xa0000, 1), (0x100000, 1 << 30, 1),
                                         (2 << 30, (2 << 30) + 0x100000, 2)]),
    ("0000000000000000-000000000009ffff System RAM\n0000000000100000-000000003fffffff usable\n",
     [(0, 0xa0000, 1), (0x100000, 1 << 30, 1)]),
    ("00000000-0009fc00: usable\n00100000 - 10000000 (ACPI NVS)\n",
     [(0, 0x9fc00, 1), (0x100000, 0x10000000, 4)]),
    ("0 10000000\n10000000 20000000\n", [(0, 10000000, 1), (10000000, 20000000, 1)]),
    ("[mem 0x00000000-0x0009ffff] usable\n[mem 0x100000-0x3fffffff] reserved\n",
     [(0, 0xa0000, 1), (0x100000, 1 << 30, 2)]),
])
def test_ranges(text, ranges):
    """Lists as people type them, with remarks."""
    assert maps.read(text).ranges == ranges


@pytest.mark.parametrize("text", [
    "", "\n\n", "# only a remark\n", "hello", "1M", "1M-", "-1M", "zz-1M", "{}", "[", "{\"bios_e820\": 1}",
    "[[0, 1]]", "[[0, 1, true]]", "[[0, -1, 1]]", "[[0, 1, 4294967296]]", "[1]", "null", "[[0, 1e3, 1]]",
    "2M-1M", "0x1ffffffffffffffff-0x2ffffffffffffffff", "Linux version 2.6.32 (no map)",
    "BIOS-provided physical RAM map:\n", "\x00" * 1000, "[" * 100000,
    "{\"bios_e820\": [[0, 1, 1]], \"zone_pfn_ranges\": 7}",
    "{\"bios_e820\": [[0, 1, 1]], \"layout\": {\"pkmap\": 3}}",
    "0000-0000 : System RAM\n",
], ids=lambda text: ascii(text[:40]))
def test_junk(text):
    """Said in words, by the one exception that callers expect."""
    with pytest.raises(MapError) as caught:
        maps.read(text)
    assert str(caught.value)


def test_any_bytes():
    """Pieces of good files, shuffled and cut: a map, or MapError."""
    generator = random.Random(20100516)
    pieces = log_of(old_form("BIOS-e820", RANGES) + new_form("user", RANGES) + first_form(RANGES[:3])) + [
        "00001000-0009fbff : System RAM", "0-640K", "640K@0", "{", "[[0,1,1]]", json.dumps(RECORD)]
    read = 0
    for _ in range(2000):
        text = "\n".join(generator.choices(pieces, k=generator.randrange(1, 12)))
        cut = generator.randrange(len(text))
        text = text[:cut] + generator.choice(["", "\x00", "\xff", "-", "0x", "}"]) + text[cut + 1:]
        try:
            found = maps.read(text)
        except MapError:
            continue
        read += 1
        assert all(0 <= start <= end <= 1 << 64 for start, end, _ in found.ranges)
    assert read > 200


def test_huge():
    """A log of 50,000 lines; what is longer than anybody's is refused."""
    lines = log_of(old_form("BIOS-e820", RANGES)) + ["usb 1-1: new high-speed device " + "x" * 60] * 50000
    assert maps.read("\n".join(lines)).facts == FACTS
    with pytest.raises(MapError, match="at most"):
        maps.read("x" * (maps.MOST_BYTES + 1))
