# SPDX-License-Identifier: GPL-2.0-only
"""scripts/replay on logs as people have posted them (tests/linux/posted): what was read of each, every
figure equal or explained, and each figure that is off by one found."""

import copy

import pytest

from boot import LINUX
from memdawn.model import zones
from memdawn.model.e820 import ACPI, NVS, RAM, RESERVED
from memdawn.replay import boots, comparison, maps, newer, numa, summary
from memdawn.replay.found import MapError

POSTED = LINUX / "posted"

# Of each log, as a reader finds it there: release, PAE, ranges of its map, words of its command line
# about memory, the number of figures in it, and some of them.
LOGS = {
    "01-dell-ws670-2.6.17-4.75g-nonpae": (
        (2, 6, 17), False, 12, [], 8, {"totalpages": 1048576, "lowmem_mb": 896, "highmem_mb": 3200}),
    "02-dell-sc420-2.6.24rc7-numa-panic": (
        (2, 6, 24), None, 11, [], 14, {"totalpages": 126976, "total_pages": 125984, "lowmem_mb": 502}),
    "03-2.4.20-bios88-mem-at": (
        (2, 4, 20), None, 2, ["mem=47m@17m"], 5, {"totalpages": 16384, "lowmem_mb": 64}),
    "04-2.6.0test9-bios88-36m": (
        (2, 6, 0), None, 2, [], 7, {"totalpages": 9216, "lowmem_mb": 36}),
    "08-thinkpad-t60-6.11rc1-i386-pae": (
        (6, 11, 0), True, 14, [], 8, {"last_pfn": 0xbfedf, "lowmem_mb": 885, "total_pages": 786030}),
    "09-2.4.17-syslog-wrapped-e801": (
        (2, 4, 17), None, 2, [], 6, {"totalpages": 32752, "zone_pages": {
            "DMA": [4096], "Normal": [28656], "HighMem": [0]}}),
    "10-2.4.23pre3-quoted-printable-e801": (
        (2, 4, 20), None, 2, [], 7, {"totalpages": 24576, "lowmem_mb": 96}),
    "12-2.5.59mjb3-numaq-16g-4nodes": (
        (2, 5, 59), None, 5, [], 8, {"totalpages": 1048576, "lowmem_mb": 770, "highmem_mb": 15488}),
    "15-xen-domU-2.6.29rc1-quoted": (
        (2, 6, 29), True, 5, [], 19, {"totalpages": 91971, "total_pages": 91251, "last_pfn": 0x16800}),
    "17-hp-cq-2.6.28-5g-nonpae": (
        (2, 6, 28), False, 17, [], 23, {"totalpages": 785681, "last_pfn": 0xbff00, "lowmem_mb": 883}),
    "21-ibm-2.6.9rc3mm3-3.7g-mem512M": (
        (2, 6, 9), None, 8, ["mem=512M"], 6, {"totalpages": 131072, "highmem_mb": 0, "lowmem_mb": 512}),
    "23-2.6.11rc4-nforce-quoted-joined-line": (
        (2, 6, 11), None, 7, [], 2, {"highmem_mb": 0, "lowmem_mb": 511}),
    "24-suse-2.6.16-vmware-4g-blog-spaces-lost": (
        (2, 6, 16), False, 14, [], 5, {"highmem_mb": 3200, "zone_pages": {"HighMem": [819200, 31]}}),
    "27-2.4.22-quoted-with-levels": ((2, 4, 22), None, 7, [], 2, {"totalpages": 65520, "lowmem_mb": 255}),
    "28-airlink-nas-2.4.28-32m-8bit-mixed-eol": (
        (2, 4, 28), None, 2, [], 7, {"totalpages": 8192, "lowmem_mb": 32}),
    "30-msi-k9-2.6.38-2g-syslog-html-escaped": (
        (2, 6, 38), False, 7, [], 22, {"totalpages": 491359, "total_pages": 487519, "zone_pfn_ranges": {
            "DMA": [16, 4096], "Normal": [4096, 0x377fe], "HighMem": [0x377fe, 0x77fd0]}}),
    "31-intel-945-3.2-2g-vmalloc256M-nonpae": (
        (3, 2, 0), False, 8, ["vmalloc=256M"], 22, {"totalpages": 524111, "lowmem_mb": 751}),
    "33-acer-v3-3.5-8g-pae-32bit-wrapped-zone": (
        (3, 5, 0), True, 16, [], 22, {"totalpages": 1960271, "zone_pfn_ranges": {
            "DMA": [16, 4096], "Normal": [4096, 0x37bfe], "HighMem": [0x37bfe, 0x22f000]},
            "early_node_map": [[0, 0x10, 0x9f], [0, 0x100, 0xaf9bf], [0, 0xafbff, 0xafc00],
                               [0, 0x100000, 0x22f000]]}),
    "35-acer-x3810-3.2-pae-6g": (
        (3, 2, 0), True, 13, [], 22, {"totalpages": 1572638, "total_pages": 1558301, "last_pfn": 0x1c0000}),
    "36-rioworks-2.4.0ac9-mem262080K-size-at": (
        (2, 4, 0), None, 9, ["mem=262080K"], 6, {"totalpages": 65520}),
    "38-intel-edison-3.10-1g-sfi-terminal-cut": (
        (3, 10, 17), True, 9, [], 22, {"totalpages": 251031, "total_pages": 249247, "memory_kb": {
            "available": 982520, "total": 1037312, "code": 7064, "reserved": 21604, "data": 3679,
            "init": 572, "highmem": 123912}}),
    "39-dell-pe-2.6.15-1g-nohighmem-dma32": (
        (2, 6, 15), None, 9, [], 6, {"totalpages": 229376, "lowmem_mb": 896}),
    "42-proliant1500-2.4.20rh-mem-exactmap-144m": (
        (2, 4, 20), None, 2, ["mem=exactmap", "mem=640K@0", "mem=143M@1M"], 7, {"totalpages": 36864}),
    "43-i845e-2.4.20pre5-bad-bios-map-exactmap-wrapped": (
        (2, 4, 20), None, 4, ["mem=exactmap", "mem=640k@0", "mem=510M@1M"], 7, {"totalpages": 130816}),
}


def posted(name):
    """What was read of a posted log."""
    return maps.read((POSTED / f"{name}.txt").read_bytes())


class Once:
    """The host build, each boot of it once."""

    def __init__(self):
        self.fast, self.logs = boots.Fast(), {}

    def boot(self, ranges, cmdline, given):
        """The log of a boot on a map."""
        key = (tuple(ranges), cmdline, tuple(given))
        if key not in self.logs:
            self.logs[key] = self.fast.boot(ranges, cmdline, given)
        return self.logs[key]


@pytest.fixture(scope="module", name="fast")
def fixture_fast():
    """The host build."""
    return Once()


def test_all_are_here():
    """Each file of the folder has its row."""
    assert {path.stem for path in POSTED.glob("[0-9]*.txt")} == set(LOGS)


@pytest.mark.parametrize("name", LOGS)
def test_read(name):
    """The kernel, the map, the words and the figures that a reader finds in the file."""
    release, pae, ranges, words, _, facts = LOGS[name]
    found = posted(name)
    assert (found.release, found.pae, len(found.ranges), found.words) == (release, pae, ranges, words)
    assert {key: found.facts.get(key) for key in facts} == facts
    assert not any("is cut" in note for note in found.notes)


@pytest.mark.parametrize("name", LOGS)
def test_replayed(fast, name):
    """Every figure is equal or explained, and none is lost on the way."""
    outcome = comparison.replay(posted(name), fast)
    assert outcome.compared == LOGS[name][4]
    assert not outcome.unexplained


# What steps are made of isn't explained by them: the number that the log gives for it, off by one, makes
# another step. In the old logs a zone's name alone is compared with what stands in no other line.
MADE_OF = {"layout.fixmap", "zone_pfn_ranges.DMA", "zone_pfn_ranges.Normal"}


def off_by_one(value):
    """A figure with its last number changed; of a zone without pages the first."""
    if not isinstance(value, list):
        return value + 1
    return [*value[:-1], off_by_one(value[-1])] if value[0] else [1, *value[1:]]


@pytest.mark.parametrize("name", ["02-dell-sc420-2.6.24rc7-numa-panic", "08-thinkpad-t60-6.11rc1-i386-pae",
                                  "15-xen-domU-2.6.29rc1-quoted", "38-intel-edison-3.10-1g-sfi-terminal-cut",
                                  "39-dell-pe-2.6.15-1g-nohighmem-dma32"])
def test_wrong_figures_stay_unexplained(fast, name):
    """Each figure of a log, off by one, is found."""
    found = posted(name)
    for figure, value in comparison.flat(found.facts).items():
        if figure in MADE_OF:
            continue
        wrong = copy.deepcopy(found)
        family, _, part = figure.partition(".")
        if part:
            wrong.facts[family][part] = off_by_one(value)
        else:
            wrong.facts[family] = off_by_one(value)
        assert figure in {row.name for row in comparison.replay(wrong, fast).unexplained}, figure


# What Debian's 6.1 kernel printed on QEMU's pc with 4 GiB.
LOG_6_1 = """\
Linux version 6.1.0-9-686-pae (debian-kernel@lists.debian.org) (gcc-12) #1 SMP
BIOS-provided physical RAM map:
BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved
BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved
BIOS-e820: [mem 0x0000000000100000-0x00000000bffdffff] usable
BIOS-e820: [mem 0x00000000bffe0000-0x00000000bfffffff] reserved
BIOS-e820: [mem 0x00000000fffc0000-0x00000000ffffffff] reserved
BIOS-e820: [mem 0x0000000100000000-0x000000013fffffff] usable
NX (Execute Disable) protection: active
last_pfn = 0x140000 max_arch_pfn = 0x1000000
4240MB HIGHMEM available.
879MB LOWMEM available.
Zone ranges:
  DMA      [mem 0x0000000000001000-0x0000000000ffffff]
  Normal   [mem 0x0000000001000000-0x0000000036ffdfff]
  HighMem  [mem 0x0000000036ffe000-0x000000013fffffff]
Movable zone start for each node
Early memory node ranges
  node   0: [mem 0x0000000000001000-0x000000000009efff]
  node   0: [mem 0x0000000000100000-0x00000000bffdffff]
  node   0: [mem 0x0000000100000000-0x000000013fffffff]
Built 1 zonelists, mobility grouping on.  Total pages: 1046246
Memory: 4058444K/4193784K available (9423K kernel code, 1265K rwdata, 3188K rodata, 928K init, 476K bss, \
135340K reserved, 0K cma-reserved, 3293064K highmem)
"""


def test_linux_6_1(fast):
    """A real 6.1 kernel, measured: all of it is explained, nothing of it needs a doubled struct page."""
    found = maps.read(LOG_6_1)
    outcome = comparison.replay(found, fast)
    assert outcome.compared == 10 and not outcome.unexplained
    names = "\n".join(step.name for step in outcome.steps)
    assert "b40da04946aa (3.9)" in names and "7ee3d4e8cd56 (3.11)" in names and "CONFIG_MEMCG" in names


def test_batches():
    """zone_batchsize() as Linux has it: a quarter of a thousandth, 2^n - 1. Done by hand."""
    assert [zones.batch_size(pages) for pages in (4000, 30978, 225280)] == [0, 7, 31]
    assert zones.batch_size(1 << 20, newer.MB_1) == 63


# --- options and old words ------------------------------------------------------------------------------

def log_of(*lines, version="2.6.17", end=0x30000000):
    """A log with a map up to here."""
    return "\n".join([f"Linux version {version} (root@host) (gcc)", "BIOS-provided physical RAM map:",
                      " BIOS-e820: 0000000000000000 - 000000000009fc00 (usable)",
                      f" BIOS-e820: 0000000000100000 - {end:016x} (usable)", *lines])


@pytest.mark.parametrize("line", [
    "last_pfn = 0x230000 max_arch_pfn = 0x400000000", "  DMA32 zone: 765056 pages, LIFO batch:31",
    "  DMA32    [mem 0x0000000001000000-0x00000000ffffffff]", "  DMA32    0x00001000 -> 0x00100000",
    "end_pfn_map = 1048576", "Entering add_active_range(0, 0, 159) 0 entries of 3200 used"])
def test_x86_64_is_refused(line):
    """A log of a kernel for 64 bits has other limits: the reason is said."""
    with pytest.raises(MapError, match="log of an x86_64 kernel"):
        maps.read(log_of(line))
    with pytest.raises(MapError, match="amd64"):
        maps.read(log_of(version="2.6.32-5-amd64"))
    assert maps.read(log_of("  DMA32 zone: 0 pages, LIFO batch:0")).facts


@pytest.mark.parametrize("line, zone", [
    ("  HighMem zone: 0 pages, LIFO batch:1", "HighMem"), ("zone(2): 0 pages.", "HighMem"),
    ("  Movable zone: 0 pages used for memmap", "Movable"), ("  DMA32 zone: 0 pages, LIFO batch:0", "DMA32")])
def test_empty_zones_are_equal(fast, line, zone):
    """2.6.34 says nothing of a zone without pages."""
    outcome = comparison.replay(maps.read(log_of("768MB LOWMEM available.", line)), fast)
    row = next(row for row in outcome.rows if row.name.endswith(f".{zone}"))
    assert row.equal and row.ours is None and not outcome.unexplained


def test_zone_with_pages_is_not_equal(fast):
    """One page makes a difference."""
    outcome = comparison.replay(maps.read(log_of("  HighMem zone: 1 pages, LIFO batch:0")), fast)
    assert [row.name for row in outcome.unexplained] == ["zone_pages.HighMem"]


def test_mem_beyond_the_map(fast):
    """2.4.0 took mem= at its word: 64 MB on a map of 32. 16384 page frames, holes counted."""
    found = maps.read(log_of("On node 0 totalpages: 16384", "zone(0): 4096 pages.", "zone(1): 12288 pages.",
                             "Kernel command line: mem=64M", version="2.4.0", end=32 << 20))
    outcome = comparison.replay(found, fast)
    assert outcome.compared == 3 and not outcome.unexplained
    assert any("takes it at its word" in note for note in found.notes)


@pytest.mark.parametrize("version, words, given", [
    ("2.4.20", "mem=exactmap mem=640K@0 mem=63M@1M", ["memmap=exactmap", "memmap=640K@0", "memmap=63M@1M"]),
    ("4.9.0", "memmap=exactmap,640K@0,63M@1M", ["memmap=exactmap", "memmap=640K@0", "memmap=63M@1M"]),
    ("2.6.32", "mem=64M highmem=16M", ["mem=64M", "highmem=16M"])])
def test_words(fast, version, words, given):
    """Today's form of yesterday's words, and the other way round."""
    found = maps.read(log_of(f"Kernel command line: {words} quiet", version=version))
    comparison.replay(found, fast)
    assert found.words == given


@pytest.mark.parametrize("lines", [
    ["e820 update range: 0000000020000000 - 0000000030000000 (usable) ==> (reserved)"],
    ["e820 update range: 0000000020000000 - 0000000030000000", "(usable) ==> (reserved)"],
    ["e820: update [mem 0x20000000-0x2fffffff] usable ==> reserved"],
    [" modified: 0000000000000000 - 000000000009fc00 (usable)",
     " modified: 0000000000100000 - 0000000020000000 (usable)",
     " modified: 0000000020000000 - 0000000030000000 (reserved)"]])
def test_trimmed_by_mtrrs(fast, lines):
    """RAM from 512 MB on is taken out by the kernel: 131072 page frames are left."""
    found = maps.read(log_of(
        "WARNING: BIOS bug: CPU MTRRs don't cover all of memory, losing 256MB of RAM.", *lines,
        "0MB HIGHMEM available.", "512MB LOWMEM available.", version="2.6.34"))
    outcome = comparison.replay(found, fast)
    assert not outcome.unexplained and any("MTRRs" in step.name for step in outcome.steps)
    assert any("256 MB not cached" in line for line in summary.sentences(found))


# As Ubuntu's 2.6.24 without PAE printed it on many laptops with 2 GB: all page frames are one range, and
# 294608 * 32 bytes are 2301 pages and a bit.
LOG_2_6_24 = log_of(
    "1150MB HIGHMEM available.", "896MB LOWMEM available.", "  DMA             0 ->     4096",
    "  Normal       4096 ->   229376", "  HighMem    229376 ->   523984",
    "early_node_map[1] active PFN ranges", "    0:        0 ->   523984", "On node 0 totalpages: 523984",
    "  DMA zone: 32 pages used for memmap", "  DMA zone: 0 pages reserved", "  DMA zone: 4064 pages, LIFO batch:0",
    "  Normal zone: 1760 pages used for memmap", "  Normal zone: 223520 pages, LIFO batch:31",
    "  HighMem zone: 2301 pages used for memmap", "  HighMem zone: 292307 pages, LIFO batch:31",
    "  Movable zone: 0 pages used for memmap",
    "Built 1 zonelists in Zone order, mobility grouping on.  Total pages: 519891",
    version="2.6.24-16-generic", end=0x7fed0000)


def test_one_active_range(fast):
    """2.6.19 to 2.6.26: holes are page frames as others, mem_map is rounded down."""
    outcome = comparison.replay(maps.read(LOG_2_6_24), fast)
    assert outcome.compared == 16 and not outcome.unexplained
    wrong = maps.read(LOG_2_6_24.replace("2301 pages used", "2303 pages used"))
    assert "memmap_pages.HighMem" in {row.name for row in comparison.replay(wrong, fast).unexplained}


# Each by hand, from the limits that the step names. 2.4 counts from 0, holes too; 2.6.32 has 0x9f page frames
# below 640 kB, and the fixmap is ours.
SPLITS = {
    "4G/4G": (log_of(       # a real one, of an HP with 32 GB
        "29087MB HIGHMEM available.", "3936MB LOWMEM available.", "On node 0 totalpages: 8454143",
        "zone(0): 4096 pages.", "zone(1): 1003520 pages.", "zone(2): 7446527 pages.",
        version="2.4.21-4.ELhugemem", end=0x80ffff000), "hugemem"),
    "2G": (log_of(
        "last_pfn = 0x7ffe0 max_arch_pfn = 0x1000000", "131MB HIGHMEM available.", "1915MB LOWMEM available.",
        "  DMA      0x00000001 -> 0x00001000", "  Normal   0x00001000 -> 0x00077bfe",
        "  HighMem  0x00077bfe -> 0x0007ffe0", "  Normal zone: 3800 pages used for memmap",
        "  Normal zone: 482598 pages, LIFO batch:31", "  HighMem zone: 264 pages used for memmap",
        "  HighMem zone: 33498 pages, LIFO batch:7",
        "    lowmem  : 0x80000000 - 0xf7bfe000   (1915 MB)", version="2.6.34", end=0x7ffe0000),
           "CONFIG_VMSPLIT_2G:"),
    "3G_OPT": (log_of(
        "0MB HIGHMEM available.", "1023MB LOWMEM available.", "On node 0 totalpages: 262128",
        "  DMA zone: 4096 pages, LIFO batch:0", "  Normal zone: 258032 pages, LIFO batch:31",
        "  HighMem zone: 0 pages, LIFO batch:0", version="2.6.18", end=0x3fff0000), "3G_OPT"),
}


@pytest.mark.parametrize("name", SPLITS)
def test_other_page_offsets(fast, name):
    """Low memory that reaches further than ours can."""
    text, option = SPLITS[name]
    outcome = comparison.replay(maps.read(text), fast)
    assert not outcome.unexplained and any(option in step.name for step in outcome.steps)


# Debian's layout of 4.19: 0xff400000 less a page is in the 2 MB at 0xff200000, the LDT's; those below are
# kmap()'s, and 8 kB, 128 MB and PAGE_OFFSET below that low memory ends: 0x36ffe000.
LOG_4_19 = """\
Linux version 4.19.0-6-686-pae (debian-kernel@lists.debian.org) (gcc)
BIOS-provided physical RAM map:
BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
BIOS-e820: [mem 0x0000000000100000-0x000000007ffdffff] usable
last_pfn = 0x7ffe0 max_arch_pfn = 0x1000000
1167MB HIGHMEM available.
879MB LOWMEM available.
  Normal   [mem 0x0000000001000000-0x0000000036ffdfff]
  HighMem  [mem 0x0000000036ffe000-0x000000007ffdffff]
  DMA zone: 36 pages used for memmap
  DMA zone: 3998 pages, LIFO batch:0
  Normal zone: 1944 pages used for memmap
  Normal zone: 221182 pages, LIFO batch:63
  HighMem zone: 298978 pages, LIFO batch:63
Built 1 zonelists, mobility grouping on.  Total pages: 522178
Memory: 2058420K/2096632K available (6110K kernel code, 696K rwdata, 2404K rodata, 860K init, 428K bss, \
38212K reserved, 0K cma-reserved, 1195912K highmem)
    fixmap  : 0xffd36000 - 0xfffff000   (2852 kB)
  cpu_entry : 0xff400000 - 0xffae1000   (7044 kB)
    pkmap   : 0xff000000 - 0xff200000   (2048 kB)
    vmalloc : 0xf77fe000 - 0xfeffe000   ( 120 MB)
    lowmem  : 0xc0000000 - 0xf6ffe000   ( 879 MB)
"""


def test_linux_4_19(fast):
    """The CPUs' entry areas, struct page of 36 bytes, larger batches."""
    outcome = comparison.replay(maps.read(LOG_4_19), fast)
    assert outcome.compared == 17 and not outcome.unexplained
    wrong = maps.read(LOG_4_19.replace("221182 pages, LIFO batch:63", "221182 pages, LIFO batch:31"))
    assert [row.name for row in comparison.replay(wrong, fast).unexplained] == ["zone_pages.Normal"]


def headless(text):
    """A log that has lost its first line."""
    return text.partition("\n")[2]


HEADLESS = {
    "2.6.12 to 2.6.14": headless(log_of(    # Ubuntu's 2.6.12
        "0MB HIGHMEM available.", "767MB LOWMEM available.", "On node 0 totalpages: 196592",
        "  DMA zone: 4096 pages, LIFO batch:1", "  Normal zone: 192496 pages, LIFO batch:31",
        "  HighMem zone: 0 pages, LIFO batch:1", end=0x2fff0000)),
    "2.6.0 to 2.6.11": headless(log_of(     # SuSE's 2.6.4
        "127MB HIGHMEM available.", "896MB LOWMEM available.", "On node 0 totalpages: 262114",
        "  DMA zone: 4096 pages, LIFO batch:1", "  Normal zone: 225280 pages, LIFO batch:16",
        "  HighMem zone: 32738 pages, LIFO batch:7", end=0x3ffe2800)),
    "2.6.0 to 2.6.11 ": headless(log_of(    # 59 / 4 is 14
        "255MB LOWMEM available.", "On node 0 totalpages: 65520", "  DMA zone: 4096 pages, LIFO batch:1",
        "  Normal zone: 61424 pages, LIFO batch:14", "  HighMem zone: 0 pages, LIFO batch:1", end=0xfff0000)),
    "2.4": headless(log_of(                 # without high memory, on a machine with 32 GB
        "Warning only 896MB will be used.", "Use a PAE enabled kernel.", "896MB LOWMEM available.",
        "On node 0 totalpages: 229376", "zone(0): 4096 pages.", "zone(1): 225280 pages.", "zone(2): 0 pages.",
        end=0xefff0000)),
    "2.6.19 to 2.6.26": headless(LOG_2_6_24), "5.x and 6.x": headless(LOG_6_1),
    "3.11 to 4.18": headless(log_of(
        "last_pfn = 0x30000 max_arch_pfn = 0x1000000", "  DMA zone: 32 pages used for memmap",
        "  DMA zone: 3998 pages, LIFO batch:0", "Memory: 123K/786040K available (1K kernel code)", end=0x30000000)),
}


@pytest.mark.parametrize("name", HEADLESS)
def test_lost_banner(fast, name):
    """The form of the lines tells which kernels print so."""
    found = maps.read(HEADLESS[name])
    assert any(f"its lines are those of {name.strip()}" in note for note in found.notes)
    assert not comparison.replay(found, fast).unexplained


# Real ones, as their lines stood in mails; the maps are cut to what matters.
FLAT = {
    # 2.6.16: 512 page frames are taken from low memory, 229376 - 512 is 894 MB.
    "low memory lends": log_of(
        "Reserving 512 pages of KVA for lmem_map of node 0", "Shrinking node 0 from 262128 pages to 261616 pages",
        "Shrinking node 0 further by 496 pages for proper alignment", "129MB HIGHMEM available.",
        "894MB LOWMEM available.", "NX (Execute Disable) protection: active", "On node 0 totalpages: 261120",
        "  DMA zone: 4096 pages, LIFO batch:0", "  Normal zone: 224768 pages, LIFO batch:31",
        "  HighMem zone: 32256 pages, LIFO batch:7", version="2.6.16", end=0x3fff0000),
    # 2.6.19: 40 bytes for 262144 page frames are five large pages.
    "40 bytes": log_of(
        "Reserving 2560 pages of KVA for lmem_map of node 0", "Shrinking node 0 from 262144 pages to 259584 pages",
        "128MB HIGHMEM available.", "896MB LOWMEM available.", "    0:        0 ->   259584",
        "On node 0 totalpages: 259584", version="2.6.19", end=1 << 30),
}


@pytest.mark.parametrize("name", FLAT)
def test_one_node(fast, name):
    """Kernels for NUMA on machines that are none."""
    outcome = comparison.replay(maps.read(FLAT[name]), fast)
    assert not outcome.unexplained and any("CONFIG_NUMA, one node" in step.name for step in outcome.steps)


def test_xen_before_linux_had_it(fast):
    """Red Hat's el5xen: all of low memory is zone DMA, 186366 page frames below 0xf5800000, less 128 MB and two
    pages; the guest's map is one range."""
    text = """\
        Linux version 2.6.18-53.1.4.el5xen (brewbuilder@host) (gcc version 4.1.2) #1 SMP
        BIOS-provided physical RAM map:
         Xen: 0000000000000000 - 00000000f1b52000 (usable)
        3139MB HIGHMEM available.
        727MB LOWMEM available.
        On node 0 totalpages: 990034
          DMA zone: 186366 pages, LIFO batch:31
          HighMem zone: 803668 pages, LIFO batch:31
        """
    found = maps.read(text)
    outcome = comparison.replay(found, fast)
    assert outcome.compared == 5 and not outcome.unexplained
    assert any("a single range" in note for note in found.notes)


@pytest.mark.parametrize("version, pae, layout", [
    # Real ones: before 4.19 without the LDT's window, from then on with it; 2 MB each with PAE, else 4 MB.
    ("4.13.0", True, "0xfff14000 0xffc00000 0xffa00000 0xf81fe000 0xff9fe000 0xf79fe000"),
    ("4.14.14", False, "0xfffa4000 0xffc00000 0xff800000 0xf7ffe000 0xff7fe000 0xf77fe000"),
    ("5.4.0", False, "0xfff8f000 0xffc00000 0xff400000 0xf7bfe000 0xff3fe000 0xf73fe000"),
    ("4.19.0", True, "0xfff14000 0xffa00000 0xff600000 0xf7dfe000 0xff5fe000 0xf75fe000")])
def test_layouts(fast, version, pae, layout):
    """Where the windows of later kernels lie."""
    fixmap, entry, pkmap, vmalloc, end, lowmem = layout.split()
    size = 0x200000 if pae else 0x400000
    outcome = comparison.replay(maps.read(log_of(
        f"last_pfn = 0x7ffe0 max_arch_pfn = {'0x1000000' if pae else '0x100000'}",
        f"    fixmap  : {fixmap} - 0xfffff000   ( 940 kB)", f"  cpu_entry : {entry} - 0xfff00000   (1252 kB)",
        f"    pkmap   : {pkmap} - {int(pkmap, 16) + size:#x}   (2048 kB)",
        f"    vmalloc : {vmalloc} - {end}   ( 120 MB)", f"    lowmem  : 0xc0000000 - {lowmem}   ( 889 MB)",
        version=version, end=0x7ffe0000)), fast)
    assert outcome.compared == 5 and not outcome.unexplained


def test_no_highmem_of_2_6_32(fast):
    """Without high memory vmalloc's space ends two pages below the fixmap: 0xfff1d000 - 0x2000, 128 MB less
    is 0xf7f1b000, so low memory is 0x37f1b page frames of 0x40000, 895 MB."""
    outcome = comparison.replay(maps.read(log_of(
        "last_pfn = 0x40000 max_arch_pfn = 0x100000", "Warning only 895MB will be used.",
        "Use a HIGHMEM enabled kernel.", "895MB LOWMEM available.", "  Normal   0x00001000 -> 0x00037f1b",
        "    fixmap  : 0xfff1d000 - 0xfffff000   ( 904 kB)", "    vmalloc : 0xf871b000 - 0xfff1b000   ( 120 MB)",
        "    lowmem  : 0xc0000000 - 0xf7f1b000   ( 895 MB)", version="2.6.34", end=1 << 30)), fast)
    assert outcome.compared == 6 and not outcome.unexplained


@pytest.mark.parametrize("lines, note", [
    (["Kernel command line: quiet elfcorehdr=652M"], "kdump kernel"),
    ([" Xen: 0000000000000000 - 0000000010000000 (usable)"], "")])
def test_notes(lines, note):
    """What kind of map it is."""
    assert any(note in said for said in maps.read(log_of("768MB LOWMEM available.", *lines)).notes) or not note
    xen = maps.read(log_of("768MB LOWMEM available.").replace("BIOS-e820", "Xen"))
    assert xen.source == "Xen" and any("Xen gave its guest" in said for said in xen.notes)


def test_struct_page_of_nodes():
    """10752 page frames, 21 large pages, for 2^20 page frames and one more: 40 bytes each, not 44, which
    would take 22 or 23."""
    found = posted("12-2.5.59mjb3-numaq-16g-4nodes")
    nodes, _ = numa.nodes_of(found, 0)
    assert numa.struct_page_of(found, nodes, 0) == 40


# --- the summary --------------------------------------------------------------------------------------

SUMMARIES = {
    "01-dell-ws670-2.6.17-4.75g-nonpae": [
        # 0xcfe8ac00 less the hole of the first MB; 0x12c000000 - 4 GiB
        "This machine has about 4032 MB, by its map: 3326 MB of RAM below 4 GiB, 704 MB above, "
        "1 MB kept by the firmware.", "  704 MB above 4 GiB: that kernel has no PAE",
        "2.6.34 with PAE uses 4030 MB."],
    "21-ibm-2.6.9rc3mm3-3.7g-mem512M": [
        "  3199 MB left out by mem=512M", "2.6.34 with PAE uses as much with mem=512M: 511 MB.",
        "What would change it: for the 3199 MB: boot without mem=512M."],
    "35-acer-x3810-3.2-pae-6g": [
        "The 1024 MB from 0xc0000000 to 4 GiB are a hole for devices; the RAM that would lie there is above "
        "4 GiB.", "  64 kB below the start of low memory: kept away from the firmware",
        "2.6.34 with PAE uses as much: 6143 MB."],
    "39-dell-pe-2.6.15-1g-nohighmem-dma32": [
        "That kernel used 895 MB of it, without:",
        "  127 MB above low memory: that kernel is built without high memory",
        "2.6.34 with PAE uses 1023 MB."],
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_summary(fast, name):
    """How much there is, how much was used, where the rest is, what would change it; by hand."""
    found = posted(name)
    comparison.replay(found, fast)
    said = summary.sentences(found)
    for line in SUMMARIES[name]:
        assert line in said, said


def test_machine_of_a_map():
    """What adjoins the end of RAM is the firmware's, what lies beyond a gap is no memory."""
    machine = summary.machine_of([(0, 0xa0000, RAM), (0x100000, 0x3fe00000, RAM), (0x3fe00000, 0x3ff00000, ACPI),
                                  (0x3ff00000, 0x40000000, NVS), (0xfec00000, 0xfec01000, RESERVED),
                                  (1 << 32, 5 << 30, RAM)])
    assert (machine.top, machine.above) == (1 << 30, 1 << 30)
    assert machine.installed == 2 << 30 and machine.kept == (2 << 20) + 0x60000
