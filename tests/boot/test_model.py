# SPDX-License-Identifier: GPL-2.0-only
"""The model against the real kernel: every reference log, without any mask, and its lists.

The real image's layout is known (tests/linux/layout), so every number must come out.  Taken
from a log are only the firmware's own facts: its map, its MTRRs, the CPU's xsave area, and
where the boot loader put the initrd.
"""

import json
import pathlib
import random
import re

import pytest

from memdawn.model import cases, facts
from memdawn.model.buddy import MIGRATE_NAMES, Zone, dump_lines
from memdawn.model.cmdline import (Parameters, number, size, split_args, with_boot_image,
                                   without_own_words)
from memdawn.model.e820 import Map, overlay
from memdawn.model.log import DEBUG, INFO, Log
from memdawn.model.prediction import predict

LINUX = pathlib.Path(__file__).resolve().parent.parent / "linux"
INITRD_BYTES = 10240          # of the two initrd cases
LOG_CASES = sorted(path for kind in ("bootmem", "maps", "bootmem_debug", "initrd", "bochs", "uefi")
                   for path in (LINUX / kind).glob("*.log"))
GDB_CASES = sorted((LINUX / "gdb").glob("*.txt"))
DUMP_CASES = sorted((LINUX / "alloctrace").glob("*.pre"))


def case_id(path):
    return f"{path.parent.name}/{path.stem}"


def read_case(path):
    return json.loads(path.with_suffix(".json").read_text(encoding="ascii"))


def cpu_name(case):
    return case["qemu"][case["qemu"].index("-cpu") + 1] if "qemu" in case else "qemu64"


@pytest.fixture(scope="module")
def image():
    return facts.image_from_map(LINUX / "layout" / "bootmem.map")


def test_every_reference_is_here():
    assert len(LOG_CASES) == 59 and len(GDB_CASES) == 6 and len(DUMP_CASES) == 3


@pytest.mark.parametrize("path", LOG_CASES, ids=case_id)
def test_log(path, image):
    lines = path.read_text(encoding="ascii").splitlines()
    case = read_case(path)
    cpu = facts.cpu_facts(cpu_name(case), facts.mtrr_from_log(lines), facts.xsave_from_log(lines),
                          facts.WITHOUT_EBDA if "firmware" in case else facts.BIOS_EBDA)
    got = predict(facts.bios_map_from_log(lines), with_boot_image(case["cmdline"]),
                        cpu, image, facts.initrd_from_log(lines, INITRD_BYTES))
    assert got.lines == lines
    assert got.panic is None and got.undefined is None
    balance = got.balance
    total = (balance["free"] + balance["memmap"] + balance["hole"]
             + sum(balance["reserved"].values()))
    assert total == got.values["max_pfn"]


@pytest.mark.parametrize("path", LOG_CASES, ids=case_id)
def test_firmware_map(path):
    """What the generator of random cases assumes of SeaBIOS, where that was the firmware."""
    case = read_case(path)
    if "qemu" not in case or "firmware" in case:
        pytest.skip("not QEMU's own firmware")
    lines = path.read_text(encoding="ascii").splitlines()
    qemu = case["qemu"]
    machine = qemu[qemu.index("-machine") + 1].split(",")[0]
    mib = int(qemu[qemu.index("-m") + 1])
    assert (cases.firmware_map(mib, machine, cpu_name(case))
            == facts.bios_map_from_log(lines))
    cpu = cases.firmware_cpu(mib, machine, cpu_name(case))
    assert cpu["mtrr"] == facts.mtrr_from_log(lines)


def boot_pc(case, layout):
    """The prediction for a case that has no log: pc machine, known firmware."""
    mib = int(case["qemu"][case["qemu"].index("-m") + 1])
    return predict(cases.firmware_map(mib, "pc", cpu_name(case)),
                         with_boot_image(case["cmdline"]),
                         cases.firmware_cpu(mib, "pc", cpu_name(case)), layout)


def parse_gdb(text):
    """The zones of a gdb state: [{name, start, ..., lists: {(order, type): row}}]."""
    zones = []
    for line in text.splitlines():
        if match := re.match(r"zone\[\d\] (\w+): zone_start_pfn (\d+) spanned_pages (\d+) "
                             r"present_pages (\d+)", line):
            name, *numbers = match.groups()
            zones.append({"name": name, "extent": list(map(int, numbers)), "lists": {}})
        elif match := re.match(r"  NR_FREE_PAGES (\d+) ", line):
            zones[-1]["free"] = int(match[1])
        elif match := re.match(r"  wait_table_hash_nr_entries (\d+) ", line):
            zones[-1]["wait"] = int(match[1])
        elif match := re.match(r"  order +(\d+) nr_free (\d+)", line):
            order = int(match[1])
        elif match := re.match(r"     free_list\[(\w+)\]: (\d+) blocks, first \d+ pfns "
                               r"\[([\d, ]+)\] last pfn (\d+)", line):
            first = list(map(int, match[3].split(", ")))
            zones[-1]["lists"][order, match[1]] = (int(match[2]), first, int(match[4]))
    return zones


def short_lists(zone):
    """The zone's lists in the form of parse_gdb()."""
    rows = {}
    for order, by_type in enumerate(zone.lists):
        for kind, pfns in enumerate(by_type):
            if pfns:
                rows[order, MIGRATE_NAMES[kind]] = (len(pfns), pfns[:3], pfns[-1])
    return rows


@pytest.mark.parametrize("path", GDB_CASES, ids=case_id)
def test_gdb_state(path, image):
    text = path.read_text(encoding="ascii")
    got = boot_pc(read_case(path), image)
    want = parse_gdb(text)
    assert [zone["name"] for zone in want] == [zone.name for zone in got.zones]
    for expected, zone in zip(want, got.zones):
        assert [zone.start, zone.spanned, zone.present] == expected["extent"]
        assert zone.free_pages == expected["free"]
        assert zone.wait_entries == expected["wait"]
        assert short_lists(zone) == expected["lists"]
    values = dict(re.findall(r"^(\w+) +(\d+) \(0x", text, re.M))
    values.update(re.findall(r"(\w+) (\d+)(?= |$)", text[text.index("contig_page_data:"):
                                                         text.index("zone[0]")]))
    compared = [name for name in got.values if name in values]
    assert len(compared) >= 15
    for name in compared:
        assert got.values[name] == int(values[name]), name


@pytest.mark.parametrize("path", DUMP_CASES, ids=case_id)
def test_whole_lists(path):
    """Complete free lists and pageblock types, from the image that traced allocations."""
    layout = facts.image_from_map(LINUX / "layout" / "alloctrace.map")
    got = boot_pc(read_case(path), layout)
    assert dump_lines(got.zones, "pre") == path.read_text(encoding="ascii").splitlines()


# --- where Linux itself fails -------------------------------------------------------------

FAILURES = [
    (2048, "memmap=exactmap", "panic", "Invalid user supplied memory map"),
    (2048, "memmap=exactmap memmap=1G@0", "panic", "Invalid user supplied memory map"),
    (2048, "mem=0", "panic", "Cannot find space for the kernel page tables"),
    (2048, "mem=abc", "panic", "Cannot find space for the kernel page tables"),
    (2048, "mem=0", "undefined", "memdawn refuses: mem=0 leaves no memory"),
    (2048, "mem=abc", "undefined", "memdawn refuses: mem=abc leaves no memory"),
    (2048, "mem=16M", "undefined", "the kernel image does not lie in low memory"),
    (2048, "vmalloc=0", "undefined", "vmalloc= leaves no vmalloc area"),
    (2048, "vmalloc=1G", "undefined", "vmalloc= leaves no low memory"),
    (8704, "memmap=exactmap memmap=640K@0 memmap=63M@1M memmap=7G@1536M", "panic",
     "Out of memory"),
]


@pytest.mark.parametrize("mib,words,attribute,text", FAILURES)
def test_failures(image, mib, words, attribute, text):
    case = {"qemu": ["-cpu", "qemu64", "-m", str(mib)],
            "cmdline": "earlyprintk=serial,ttyS0,115200 ignore_loglevel " + words}
    assert getattr(boot_pc(case, image), attribute) == text


# --- parts --------------------------------------------------------------------------------

def test_overlay_is_the_pictures_result():
    """The sample of overlapping ranges that heads sanitize_e820_map in Linux."""
    rows = ["____22__________________", "______________________4_", "____1111________________",
            "_44_____________________", "11111111________________", "____________________33__",
            "___________44___________", "__________33333_________", "______________22________",
            "___________________2222_", "_________111111111______", "_____________________11_",
            "_________________4______"]
    entries = []
    for row in rows:
        match = re.search(r"\d+", row)
        entries.append((match.start(), match.end(), int(match[0][0])))
    columns = [max((int(row[i]) for row in rows if row[i] != "_"), default=0)
               for i in range(len(rows[0]))]
    result = overlay(entries)
    painted = [0] * len(columns)
    for start, end, kind in result:
        painted[start:end] = [kind] * (end - start)
    assert painted == columns
    assert result == sorted(result)


@pytest.mark.parametrize("text,value,rest", [
    ("64M", 64 << 20, ""), ("0x10k", 16 << 10, ""), ("010", 8, ""), ("09", 0, "9"),
    ("1G@2G", 1 << 30, "@2G"), ("foo", 0, "foo"), ("0x", 0, "x"), ("10%", 10, "%"),
    ("18446744073709551616", 0, ""), ("4096G", 4096 << 30, ""), ("1gg", 1 << 30, "g")])
def test_sizes(text, value, rest):
    assert size(text) == (value, rest)


def test_numbers_stop_at_a_digit_of_another_base():
    assert number("12ab") == (12, "ab") and number("0xfg") == (15, "g")


def test_words():
    assert split_args('  a=1 b "c d"=e f="g h" i=j=k ') == [
        ("a", "1"), ("b", None), ('c d"', "e"), ("f", "g h"), ("i", "j=k")]
    assert without_own_words("a  memdawn.x=1  b memdawn.exit") == "a   b"


def test_command_line_is_cut_as_printk_cuts_it(image):
    words = "earlyprintk=serial,ttyS0 " + "x" * 1500
    case = {"qemu": ["-cpu", "qemu64", "-m", "64"], "cmdline": words}
    line, = (line for line in boot_pc(case, image).lines if line.startswith("Kernel command"))
    assert len(line) == 1020


def test_console_levels():
    """Debug lines before and after ignore_loglevel, judged when a console can show them."""
    log = Log()
    log.print(DEBUG, "one")
    log.console_comes()
    log.print(INFO, "two")
    log.ignore_loglevel = True
    log.print(DEBUG, "three")
    assert log.lines() == ["two", "three"]
    late = Log()
    late.print(DEBUG, "one")
    late.ignore_loglevel = True
    assert late.lines() == ["one"]


def test_a_full_table_says_so():
    log = Log()
    e820 = Map(log)
    for i in range(129):
        e820.add(i * 8192, i * 8192 + 4096, 1)
    assert len(e820.table) == 128
    assert [line for _, line in log.all] == ["Ooops! Too many entries in the memory map!"]


def test_runs_equal_single_frees(image):
    """Freeing a run at once leaves what page-by-page frees leave, list order included."""
    rng = random.Random(20100516)
    for _ in range(200):
        start = rng.choice([1, 4096, 228350, rng.randrange(8192)])
        spanned = rng.randrange(1, 6000)
        fast, slow = Zone("Z", start, spanned, spanned), Zone("Z", start, spanned, spanned)
        cuts = sorted(rng.randrange(start, start + spanned + 1) for _ in range(8))
        runs = list(zip(cuts[::2], cuts[1::2]))
        rng.shuffle(runs)
        for low, high in runs:
            fast.free_run(low, high)
            for pfn in range(low, high):
                slow.free_block(pfn, 0, slow.type_of(pfn))
        assert fast.lists == slow.lists and fast.free_pages == slow.free_pages


def test_random_cases_are_defined_and_repeatable(image):
    first = [cases.random_case(random.Random(f"7:{i}"), image) for i in range(12)]
    again = [cases.random_case(random.Random(f"7:{i}"), image) for i in range(12)]
    assert first == again
    assert len({case["cmdline"] for case in first}) > 6


@pytest.mark.parametrize("mib", [24, 25, 26, 27, 64])
def test_words_for_the_smallest_machines(mib):
    """Also where RAM ends below the room that is kept for the image."""
    rng = random.Random(mib)
    for maker in set(cases.WORDS):
        for ram_top in ((mib << 20) - 0x20000, (mib << 20) - 0x21000):
            assert isinstance(maker(rng, mib << 20, ram_top), str)


def test_parameters_that_want_a_value():
    log = Log()
    Parameters().parse("mem highmem vmalloc kernelcore movablecore noexec memmap", log, Map(log))
    assert len(log.all) == 7
    assert log.all[0][1] == "Malformed early option 'mem'"
