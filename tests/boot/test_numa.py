# SPDX-License-Identifier: GPL-2.0-only
"""How scripts/replay explains kernels of 2.5 on NUMA machines, with and without page clustering:
figures from logs of the linux-kernel list, by the message's name, and each figure off by one."""

import json
import re

import pytest

from boot import LINUX
from memdawn.replay import boots, comparison, maps, numa
from memdawn.replay.facts import ZONE_NAMES

RECORD = LINUX / "machines" / "16-2.5.64-numaq-48g-8nodes-mem-param.json"
FIGURES = {"highmem_mb", "lowmem_mb", "totalpages", "zone_pages.DMA", "zone_pages.Normal",
           "zone_pages.HighMem", "memory_kb.highmem"}

# Of each log: the kernel, the end of RAM, the order of a hash table of 4 MB, and what it says. Zones
# are DMA, Normal and HighMem, pages and batch each.
LOGS = {
    "20030318004850.GT20188@holomorphy.com": {
        "kernel": "2.5.64", "end": 48 << 30, "order": 7, "fixmap": 0xfc2cc000, "maxmem": 0x34200000,
        "shrinking": [(4194304, 3072), (6291456, 3072), (8388608, 3072), (9437184, 1536),
                      (10485760, 1536), (11534336, 1536), (12582912, 1536)],
        "highmem": 48318, "lowmem": 774,
        "totalpages": [262144, *3 * [261760], *4 * [130880]],
        "node 0": [(4096, 1), (194048, 2), (1899008, 2)],
        "last": [(0, 1), (0, 1), (1047040, 2)], "kb": (49201600, 50331648, 48429056)},
    "20030328040038.GO1350@holomorphy.com": {
        "kernel": "2.5.66", "end": 0xfff800000, "order": 7, "fixmap": 0xfc2cc000, "maxmem": 0x34200000,
        "shrinking": [(end, 3072) for end in (4194304, 6291456, 8388608, 10485760, 12582912, 14680064,
                                              16775168)],
        "highmem": 64694, "lowmem": 750, "totalpages": [262144, *6 * [261760], 261504],
        "node 0": [(4096, 1), (187904, 2), (1905152, 2)],
        "last": [(0, 1), (0, 1), (2092032, 2)], "kb": (65946144, 67100672, 65198080)},
    "20030328040036.GA13178@holomorphy.com": {
        "kernel": "2.5.65-mm2", "end": 0xfff800000, "order": 10, "fixmap": None, "maxmem": 896 << 20,
        "shrinking": [*((end, 23040) for end in (4194304, 6291456, 8388608, 10485760, 12582912,
                                                 14680064)), (16775168, 22528)],
        "highmem": 64632, "lowmem": 268, "totalpages": [2097152, *6 * [2074112], 2072576],
        "node 0": [(4096, 1), (64512, 15), (2028544, 16)],
        "last": [(0, 1), (0, 1), (2072576, 16)], "kb": (65306956, 67100672, 65134592)},
}


def text_of(said):
    """The lines of a log that matter here, in its order."""
    ranges = [(0, 0x9fc00, "usable"), (1 << 20, 3 << 30, "usable"),
              (0xfec00000, 0xfec09000, "reserved"), (0xffe80000, 1 << 32, "reserved"),
              (1 << 32, said["end"], "usable")]
    lines = [f"Linux version {said['kernel']} (wli@holomorphy) #1 SMP",
             "BIOS-provided physical RAM map:"]
    lines += [f" BIOS-e820: {start:016x} - {end:016x} ({word})" for start, end, word in ranges]
    for nid, (end, size) in enumerate(said["shrinking"], 1):
        lines += [f"Reserving {size} pages of KVA for lmem_map of node {nid}",
                  f"Shrinking node {nid} from {end} pages to {end - size} pages"]
    lines += [f"{said['highmem']}MB HIGHMEM available.", f"{said['lowmem']}MB LOWMEM available."]
    if said["fixmap"]:
        lines.append(f"fixmapspace = [{said['fixmap']:#x}, 0xfffff000)")
    for nid, pages in enumerate(said["totalpages"]):
        lines.append(f"On node {nid} totalpages: {pages}")
        if nid in (0, 7):
            zones = said["last" if nid else "node 0"]
            lines += [f"  {zone} zone: {size} pages, LIFO batch:{batch}"
                      for zone, (size, batch) in zip(ZONE_NAMES, zones)]
    available, total, highmem = said["kb"]
    return "\n".join([
        *lines, f"Kernel command line: root=/dev/sda2 mem={said['end'] >> 10}K",
        f"Memory: {available}k/{total}k available (1822k kernel code, 16064k reserved, 1087k data, 284k "
        f"init, {highmem}k highmem)",
        f"Dentry cache hash table entries: 1048576 (order: {said['order']}, 4194304 bytes)"])


class Once(boots.Fast):
    """The host build of the kernel's sources; each boot once."""
    logs = {}

    def boot(self, ranges, cmdline, words):
        """The log of a boot on a map."""
        key = (tuple(ranges), cmdline, tuple(words))
        if key not in self.logs:
            self.logs[key] = super().boot(ranges, cmdline, words)
        return self.logs[key]


@pytest.fixture(scope="module", name="fast")
def fixture_fast():
    """The host build."""
    return Once()


def unexplained(text, fast):
    """The names of the figures that nothing explains."""
    return {row.name for row in comparison.replay(maps.read(text), fast).unexplained}


@pytest.mark.parametrize("said", LOGS.values(), ids=LOGS)
def test_counting(said):
    """What the logs say of each node's mem_map, of low memory, and of the first node's zones."""
    found = maps.read(text_of(said))
    shift = 10 - said["order"]
    nodes, _ = numa.nodes_of(found, shift)
    kernel = numa.Kernel(nodes, shift, said["fixmap"])
    assert nodes[0] == (0, 8 << 18)
    assert [(node[1], kernel.mem_map(node)) for node in nodes[1:]] == said["shrinking"]
    assert kernel.most_low() << 12 == said["maxmem"]
    assert [numa.batch(pages, shift) for pages, _ in said["node 0"]] == [
        batch for _, batch in said["node 0"]]


def test_low_memory_of_another_fixmap():
    """A third kernel with page clustering, <20030220050722.GY29983@holomorphy.com>: `MAXMEM=0x33e00000',
    `fixaddr: start = 0xfbe23000'."""
    assert numa.Kernel([(0, 1 << 20)], 4, 0xfbe23000).most_low() << 12 == 0x33e00000


@pytest.mark.xdist_group("numa")
@pytest.mark.parametrize("said", LOGS.values(), ids=LOGS)
def test_logs(fast, said):
    """Each figure is explained, and by the nodes among others."""
    outcome = comparison.replay(maps.read(text_of(said)), fast)
    assert not outcome.unexplained
    names = {row.name: [outcome.steps[index].name for index in row.reasons] for row in outcome.rows
             if row.explained}
    assert set(names) == FIGURES
    for figure in ("lowmem_mb", "totalpages", "zone_pages.HighMem"):
        assert any("CONFIG_NUMA" in name for name in names[figure])
        assert any("PAGE_MMUSHIFT 3" in name for name in names[figure]) == bool(said["fixmap"])


# The number of each figure, in the line that it is read from.
NUMBERS = {
    "highmem_mb": r"()(\d+)MB HIGHMEM", "lowmem_mb": r"()(\d+)MB LOWMEM",
    "totalpages": r"(On node 0 totalpages: )(\d+)",
    "zone_pages.DMA": r"(?s)(On node 7 .*DMA zone: )(\d+)",
    "zone_pages.Normal": r"(?s)(On node 7 .*Normal zone: )(\d+)",
    "zone_pages.HighMem": r"(?s)(On node 7 .*HighMem zone: )(\d+)",
    "memory_kb.highmem": r"()(\d+)k highmem",
}


def off_by_one(text, pattern):
    """The text with another number there."""
    match = re.search(pattern, text)
    return f"{text[:match.start(2)]}{int(match[2]) + 1}{text[match.end(2):]}"


@pytest.mark.xdist_group("numa")
@pytest.mark.parametrize("said", LOGS.values(), ids=LOGS)
def test_no_line_explains_itself(fast, said):
    """With other numbers in the figures' own lines, all of them are unexplained."""
    text = text_of(said)
    for pattern in NUMBERS.values():
        text = off_by_one(text, pattern)
    assert unexplained(text, fast) == FIGURES


@pytest.mark.xdist_group("numa")
@pytest.mark.parametrize("name", NUMBERS)
def test_one_line_off(fast, name):
    """Another number in one of these lines: that figure is unexplained, and no other."""
    text = off_by_one(text_of(LOGS["20030328040038.GO1350@holomorphy.com"]), NUMBERS[name])
    assert unexplained(text, fast) == {name}


@pytest.mark.xdist_group("numa")
def test_record_off_by_one(fast):
    """The same with the record's figures, batches too."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    for name in ("highmem_mb", "lowmem_mb", "totalpages"):
        record[name] += 1
    for zone in record["zone_pages"].values():
        zone[1] += 1
    record["memory_kb"]["highmem"] += 4
    assert unexplained(json.dumps(record), fast) == FIGURES


FIXMAP_FIGURES = {"highmem_mb", "lowmem_mb", "memory_kb.highmem"}


@pytest.mark.xdist_group("numa")
@pytest.mark.parametrize("left_out, names", [
    (r"Shrinking node 3.*\n", FIGURES), (r"On node 1 .*\n", FIGURES), (r"fixmapspace.*\n", FIXMAP_FIGURES),
    (r"\nDentry cache.*", FIGURES - {"zone_pages.DMA", "zone_pages.Normal"})])
def test_what_is_not_said(fast, left_out, names):
    """Without the lines that an explanation is made of there is none."""
    text = text_of(LOGS["20030328040038.GO1350@holomorphy.com"])
    less, count = re.subn(left_out, "", text)
    assert count == 1 and unexplained(less, fast) == names


def test_other_records():
    """What is known of one machine is not said of others."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert len(numa.explanations(maps.read(json.dumps(record)))) == 3
    shorter = [*record["bios_e820"][:-1], [4 << 30, 47 << 30, 1]]
    for other in ({"kernel": "2.5.64 with pgcl"}, {"kernel": "2.6.0 with pgcl, NUMA-Q"}, {"kernel": ""},
                  {"bios_e820": shorter, "user": shorter}):
        assert numa.explanations(maps.read(json.dumps({**record, **other}))) == []
    unpatched = numa.explanations(maps.read(json.dumps({**record, "kernel": "2.5.64, NUMA-Q"})))
    assert len(unpatched) == 1 and "CONFIG_NUMA" in unpatched[0][0]


@pytest.mark.parametrize("lines", [
    ["Shrinking node 1 from 0 pages to 0 pages", "Shrinking node 2 from 0 pages to 0 pages",
     "On node 1 totalpages: 0"],
    ["Shrinking node 1 from 999999999 pages to 1 pages", "Shrinking node 2 from 2 pages to 1 pages",
     "On node 1 totalpages: 999999999"],
    ["Shrinking node 2 from 9 pages to 8 pages", "Shrinking node 3 from 9 pages to 8 pages"],
    ["Shrinking node 1 from 9 pages to 8 pages"] * 2 + ["On node 1 totalpages: 1"]])
def test_nodes_that_are_none(lines):
    """Nodes have an order, and pages."""
    found = maps.read("Linux version 2.5.64\nBIOS-provided physical RAM map:\n"
                      " BIOS-e820: 0000000000100000 - 00000000c0000000 (usable)\n" + "\n".join(lines))
    assert numa.nodes_of(found, 0) is None and numa.explanations(found) == []
