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
from memdawn.emulators import machine as machines, qmp, runner
from memdawn.logs import bootlog
from memdawn.model.e820 import RAM, RESERVED
from memdawn.replay import boots, comparison, maps, steps
from memdawn.replay.entries import map_entries
from session import session

MACHINES = sorted((LINUX / "machines").glob("*.json"))
SEED = os.environ.get("MEMDAWN_SEED", "0")
PC = [(0, 0x9fc00, RAM), (0x9fc00, 0xa0000, RESERVED), (0xf0000, 0x100000, RESERVED)]
MB = 1 << 20


def found_in(path):
    """What a machine's file holds."""
    return maps.read(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", name="fast")
def fixture_fast():
    """The host build of the kernel's sources."""
    return boots.Fast()


# --- real machines ---------------------------------------------------------------------------

@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_machine(fast, path):
    """Each figure of the real log is ours, or a named commit's, option's or patch's."""
    outcome = comparison.replay(found_in(path), fast)
    compared = [row for row in outcome.rows if row.theirs is not None]
    assert len(compared) >= 3
    for row in compared:
        assert row.equal == comparison.equal(row.ours, row.theirs)
        if row.explained:
            assert comparison.equal(row.computed, row.theirs) and row.reasons, row
    assert not outcome.unexplained


def changed(value):
    """A figure that is off by one."""
    if isinstance(value, list):
        return [*value[:-1], changed(value[-1])]
    return value + 1


def test_wrong_figures_stay_unexplained(fast):
    """Each figure of a machine's log, off by one, is found, and no other."""
    found = found_in(next(path for path in MACHINES if path.name.startswith("08-")))
    names = list(comparison.flat(found.facts))
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
    assert {row.name for row in comparison.replay(wrong, fast).unexplained} == {
        name for name in names if name != "layout.fixmap"}


# --- the host build ----------------------------------------------------------------------------

def ranges_in(log):
    """The firmware's map of a reference log."""
    entries = map_entries(log)
    return entries["BIOS-e820"]


def comparable(log):
    """What boots.map_lines() keeps, with what depends on the image masked."""
    lines = bootlog.masked(boots.map_lines(log), bootlog.MASKS)[0]
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
    return boots.VM(ROOT / "build" / "memdawn.iso")


def agree(fast, virtual, ranges, cmdline="", given=()):
    """Both say the same on a map, addresses of the image and all."""
    assert_same(boots.map_lines(fast.boot(ranges, cmdline, list(given))),
                boots.map_lines(virtual.boot(ranges, cmdline, list(given))), f"{cmdline} {given}")


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_host_build_against_the_kernel(fast, virtual, path):
    """On each machine's map, with all that makes it count as that machine's kernel did."""
    found = found_in(path)
    memmap, given = steps.step_words(steps.steps_for(found))
    agree(fast, virtual, found.ranges, " ".join([*found.words, *memmap]), given)


@pytest.mark.parametrize("words", ["vmalloc=16M", "vmalloc=100M memdawn.bootalloc=memblock"])
def test_host_build_with_more_low_memory(fast, virtual, words):
    """A small vmalloc space leaves more low memory than a program of 32 bits has below its stack;
    memblock serves from its very end."""
    agree(fast, virtual, [(0, 0x9f000, 1), (0x100000, 0x80000000, 1)], words)


@pytest.mark.parametrize("end, entries", [(0x20000000, 0xffffffff), (0x20000000, 0x80000001),
                                          (0x1000000000, 0x40000000), (0x1000000000, 0xffffffff)])
def test_more_buckets_than_there_can_be(fast, end, entries):
    """As many as a sixteenth of all memory has room for, or low memory in one piece: 4 bytes each."""
    log = fast.boot([(0, 0x9f000, 1), (0x100000, end, 1)], f"dhash_entries={entries}", [])
    line, = [line for line in log if line.startswith("Dentry cache hash table entries: ")]
    buckets = int(re.search(r"entries: (-?\d+)", line)[1])
    if end == 0x20000000:
        pages = int(next(line for line in log if line.startswith("Built 1 zonelists")).split()[-1])
        assert buckets == 1 << (pages * 4096 // 16 // 4).bit_length() - 1
    else:
        lowmem = 891 << 20
        assert lowmem // 4 // 4 < buckets * 4 < lowmem and buckets & buckets - 1 == 0


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_machine_with_memblock(path):
    """The figures that follow from the map are the same whoever serves the boot."""
    one, other = (comparison.replay(found_in(path), boots.Fast(), words) for words in (
        [], ["memdawn.bootalloc=memblock"]))
    assert [(row.name, row.ours) for row in one.rows] == [(row.name, row.ours) for row in other.rows]


@pytest.mark.parametrize("number", range(3))
def test_host_build_against_the_kernel_on_random_maps(fast, virtual, number):
    """On maps that no machine has."""
    generator = random.Random(f"replay {SEED} {number}")
    ranges = random_map(generator)
    print(f"MEMDAWN_SEED={SEED}, {number}: {ranges}")
    agree(fast, virtual, ranges)


@pytest.mark.parametrize("number", range(40))
def test_host_build_against_the_model(fast, number):
    """The independent model of Linux's memory map (scripts/memdawn/model/e820.py) on random maps."""
    generator = random.Random(f"replay model {SEED} {number}")
    ranges = random_map(generator)
    print(f"MEMDAWN_SEED={SEED}, {number}: {ranges}")
    lines = fast.boot(ranges, "", [])
    assert map_entries(lines)["BIOS-e820"] == model_map(ranges)


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


# --- maps that the kernel can't boot on ---------------------------------------------------------

def raw(*ranges):
    """Entries as the kernel takes them; (start, end, type) each."""
    return boots.raw_map(ranges)


GOOD = (*PC, (MB, 512 * MB, RAM))
WRAPS = struct.pack("<QQI", (1 << 64) - 4096, 8192, RAM)
BAD_MAPS = {
    "cut": (raw(*GOOD)[:-1], r"has 79 bytes, a multiple of 20 is needed"),
    "no-ram": (raw((0, MB, RESERVED), (MB, 512 * MB, RESERVED)), r"no entry of the given map is RAM"),
    "no-bytes": (raw((0, 0, RAM), (MB, MB, RAM)), r"no entry of the given map is RAM"),
    "single": (raw((0, 512 * MB, RAM)), r"a single range, at least 2 are needed"),
    "joined": (raw((0, MB, RAM), (MB, 512 * MB, RAM)), r"a single range, at least 2 are needed"),
    "image-outside": (raw(*PC, (MB, 16 * MB, RAM), (64 * MB, 512 * MB, RAM)),
                      r"the kernel at 1000000 - [0-9a-f]+ does not lie in the given map's RAM"),
    "image-cut": (raw(*GOOD, (16 * MB + 0x1000, 16 * MB + 0x2000, RESERVED)),
                  r"the kernel at 1000000 - [0-9a-f]+ does not lie in the given map's RAM"),
    "wraps": (raw(*GOOD) + WRAPS, r"entry 4 wraps: fffffffffffff000 \+ 0000000000002000"),
    "junk": (bytes(range(200)), r"entry \d+ wraps|no entry of the given map is RAM|does not lie"),
}


def fast_log(directory, content, *given):
    """The host build's log on these bytes as a module; the log's status has to be 0 or 3."""
    path = directory / "map"
    path.write_bytes(content)
    done = subprocess.run([boots.FAST, path, " ".join(["memdawn.e820=module", *given])], text=True,
                          capture_output=True, check=False, timeout=600)
    assert done.returncode in (0, runner.Outcome.PANIC), done.stderr
    return done.stdout.splitlines()


def ours(log, pattern):
    """The lines of ours with this pattern."""
    return [line for line in log if line.startswith(bootlog.OURS) and re.search(pattern, line)]


@pytest.mark.parametrize("name", BAD_MAPS)
def test_bad_maps(tmp_path, name):
    """What is wrong is said, and the boot goes on with the firmware's map."""
    content, reason = BAD_MAPS[name]
    log = fast_log(tmp_path, content, "mem=512M")
    assert ours(log, reason), log[:8]
    assert ours(log, "the firmware's map is used")
    assert " BIOS-e820: 0000000000100000 - 0000001000000000 (usable)" in log
    assert ours(log, "boot complete: .* balance ok")


def test_empty_module(tmp_path):
    """GRUB's own tag says that a module is empty; the parser leaves it out."""
    log = fast_log(tmp_path, b"", "mem=512M")
    assert ours(log, "module e820 at .* is empty") and ours(log, "no module is named e820")
    assert ours(log, "boot complete: .* balance ok")


def test_module_without_the_word(tmp_path):
    """A module that nobody asked for is told, and left out."""
    path = tmp_path / "map"
    path.write_bytes(raw(*GOOD))
    log = subprocess.run([boots.FAST, path, "mem=512M"], text=True, capture_output=True,
                         check=True, timeout=600).stdout.splitlines()
    assert ours(log, "module e820 at .* serves where memdawn.e820=module is given")
    assert " BIOS-e820: 0000000000100000 - 0000001000000000 (usable)" in log


def test_many_entries(tmp_path):
    """Behind 128 entries the rest is lost, and how much: as for a firmware's map. 5000 entries."""
    more = [(2 * (index + 300) * MB, (2 * (index + 300) + 1) * MB, RAM) for index in range(5000)]
    log = fast_log(tmp_path, raw(*GOOD, *more), "mem=2G")
    assert ours(log, r"module e820, 5004 entries")
    lost = 5004 - 128
    assert ours(log, rf"the map holds 128 entries: {lost} more, from 00000000{2 * 424 * MB:08x} on, with "
                     rf"{lost * 1024} kB of RAM, are lost")
    assert len(map_entries(log)["BIOS-e820"]) == 128
    assert ours(log, "boot complete: .* balance ok")


@pytest.mark.parametrize("word", [
    "memdawn.before=1234567", "memdawn.before=", "memdawn.before", "memdawn.before=499a5f1,,1b5576e",
    "memdawn.fixmap=24", "memdawn.fixmap=2049", "memdawn.fixmap=x", "memdawn.fixmap",
    "memdawn.highmem=8G", "memdawn.struct_page=31", "memdawn.struct_page=65",
    "memdawn.e820=bios", "memdawn.e820"])
def test_values_that_are_none(tmp_path, word):
    """A parameter's wrong value is told; nothing changes by it."""
    log = fast_log(tmp_path, raw(*GOOD), word)
    name, _, value = word.partition("=")
    assert ours(log, rf"options: `{value}' is no value for {name}, see README.md")
    if not word.startswith("memdawn.before=499"):
        assert "    pkmap   : 0xffc00000 - 0xffe00000   (2048 kB)" in log


# --- memory that isn't there ---------------------------------------------------------------------

def vm(mem, content, directory, *given, how="fw_cfg"):
    """A machine that is given these bytes as its map."""
    path = directory / "map"
    path.write_bytes(content)
    made = machines.Machine(mem=mem, words=(f"memdawn.e820={how}", *given))
    if how == "module":
        made.modules = [(path, "e820")]
    else:
        made.qemu_args = ["-fw_cfg", f"name={boots.FW_CFG},file={path}"]
    return made


# 1 GiB above 4 GiB, of which the machine has nothing.
ABSENT = (*PC, (MB, 200 * MB, RAM), (4 << 30, 5 << 30, RAM))
ABSENT_PFN = 0x120000


def test_low_memory_has_to_be_there(tmp_path):
    """Low memory that the machine lacks: how much, where, and what -m would do."""
    machine = vm(64, raw(*GOOD), tmp_path, *words())
    result = boot(machine)
    assert result.outcome == runner.Outcome.PANIC, failure(result)
    # QEMU's firmware keeps the last 128 kB of 64 MiB for ACPI.
    missing = (512 - 64) * 1024 + 128
    assert re.search(rf"low memory that this machine does not: {missing} kB between 0x3fe0000 and "
                     r"0x20000000; give the emulator at least -m 514", result.reason), result.reason


@pytest.fixture(scope="module", name="absent")
def fixture_absent(tmp_path_factory):
    """A prompt on a machine whose high memory is not there."""
    directory = tmp_path_factory.mktemp("absent")
    with session(vm(256, raw(*ABSENT), directory, how="module"), directory) as made:
        yield made


@pytest.mark.xdist_group("replay absent")
def test_absent_memory_is_told(absent):
    """The log names the range, and counts it; the zones have it all the same."""
    assert ours(absent.log, "module e820, 5 entries, takes the place of the firmware's, 7 entries")
    assert ours(absent.log, "high memory 100000000 - 140000000 is not there: its contents are never "
                            "touched")
    assert ours(absent.log, "1048576 kB of high memory in 1 range")
    assert "  HighMem  0x00037bfe -> 0x00140000" in absent.log
    assert ours(absent.log, "boot complete: .* balance ok")


@pytest.mark.xdist_group("replay absent")
@pytest.mark.parametrize("command", [f"kmap {ABSENT_PFN}", f"kmap_atomic {ABSENT_PFN}",
                                     f"peek {ABSENT_PFN << 12:#x}", f"poke {ABSENT_PFN << 12:#x} 1"])
def test_absent_memory_is_not_touched(absent, command):
    """Whoever wants to see into it is told that it is not there."""
    lines = absent.ask(command)
    who = "kmap_atomic" if command.startswith("kmap_atomic") else "kmap"
    assert lines[0] == (f"memdawn: {who}: page frame {ABSENT_PFN:x} is refused: the given memory map "
                        "has it, this machine does not")
    assert len(lines) <= 2 and not any("->" in line for line in lines)


@pytest.mark.xdist_group("replay absent")
def test_absent_memory_is_allocated(absent):
    """Its page frames are handed out, cleared or not, and come back; vmalloc() takes others."""
    for gfp in ("highuser", "highzero"):
        frame = int(absent.answer(f"alloc 3 {gfp}",
                                  r"page frame (\d+), order 3, zone HighMem")[1])
        assert 0x100000 <= frame < 0x140000
        absent.ask(f"free {frame}")
    address = absent.answer("vmalloc 1048576", r".*([0-9a-f]{8}).*")[1]
    assert any("pages=256" in line for line in absent.ask("vmallocinfo")), address
    absent.ask(f"vfree 0x{address}")
    assert absent.ask("balance")[-1] == "balance: ok"


@pytest.mark.xdist_group("replay absent")
def test_absent_memory_is_not_tested(absent):
    """memtest and the selftests leave it out, and say so. Zones have 2^18 page frames of it."""
    tested = absent.ask("memtest")
    assert re.fullmatch(r"memtest: \d+ free pages tested, 0 bad", tested[0])
    left_out = re.match(r"memtest: (\d+) pages are left out", tested[1])
    assert 0x40000 - 1024 <= int(left_out[1]) <= 0x40000
    lines = absent.ask("selftest pkmap,stress,exact", timeout=600)
    skipped = [line for line in lines if "# SKIP the given memory map has high memory" in line]
    assert len(skipped) == 2 and "selftest: 0 failed" in lines
    assert absent.ask("balance")[-1] == "balance: ok"


def saved_memory(path, start, size, output):
    """Physical memory, read out by QEMU itself."""
    with qmp.Monitor(path) as monitor:
        return monitor.save_memory(start, size, output)


def test_absent_memory_keeps_its_contents(tmp_path):
    """The firmware keeps its ACPI tables in the last 128 kB, which a given map calls RAM: all of high
    memory is allocated, cleared and tested, and the tables are what they were."""
    machine = vm(256, raw(*PC, (MB, 256 * MB, RAM)), tmp_path)
    machine.cmdline += " highmem=64M"
    machine.qemu_args += ["-qmp", f"unix:{tmp_path}/qmp,server=on,wait=off"]
    where = (256 * MB - 0x20000, 0x20000, tmp_path / "saved")
    with session(machine, tmp_path) as prompt:
        assert ours(prompt.log, "high memory ffe0000 - 10000000 is not there")
        before = saved_memory(tmp_path / "qmp", *where)
        assert b"RSDT" in before and b"FACP" in before
        frames = [int(prompt.answer("alloc 10 highzero",
                                    r"page frame (\d+), order 10, zone HighMem")[1])
                  for _ in range(15)]
        assert any(frame <= 0xffe0 < frame + 1024 for frame in frames), frames
        for frame in frames:
            prompt.ask(f"free {frame}")
        assert any("pages are left out" in line for line in prompt.ask("memtest"))
        assert "selftest: 0 failed" in prompt.ask("selftest fill", timeout=600)
        assert saved_memory(tmp_path / "qmp", *where) == before


# --- the command -----------------------------------------------------------------------------------

def command(*arguments, text=None):
    """What scripts/replay says; text is its standard input."""
    return subprocess.run([ROOT / "scripts" / "replay", *map(str, arguments)], input=text, text=True,
                          capture_output=True, check=False, timeout=600)


def machine_file(number):
    """A machine's file by the number that its name begins with."""
    return next(path for path in MACHINES if path.name.startswith(f"{number}-"))


def test_command_explains():
    """Each explanation is numbered, named, and stands beside its figures."""
    done = command("--fast", machine_file("06"))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert re.search(r"^LOWMEM, MB +891 +889 +\[2\]$", done.stdout, re.MULTILINE)
    assert any(re.match(r"  \[2\] before 499a5f1 \(2\.6\.34\)", line) for line in lines)
    assert "unexplained: none" in lines


def test_command_does_not_explain(tmp_path):
    """Status 1, and the figures by name."""
    wrong = tmp_path / "wrong.json"
    record = json.loads(machine_file("23").read_text(encoding="utf-8"))
    wrong.write_text(json.dumps({**record, "totalpages": 126961, "lowmem_mb": 774}), encoding="utf-8")
    done = command("--fast", "--json", wrong)
    record = json.loads(done.stdout)
    assert done.returncode == 1 and record["unexplained"] == ["lowmem_mb", "totalpages"]
    figure = next(row for row in record["figures"] if row["name"] == "totalpages")
    assert (figure["ours"], figure["theirs"], figure["computed"], figure["equal"],
            figure["explained"]) == (126862, 126961, 126960, False, False)
    done = command("--fast", wrong)
    assert done.returncode == 1
    assert "UNEXPLAINED, computed 126960" in done.stdout
    assert "\nunexplained: LOWMEM, MB; totalpages\n" in done.stdout


def test_command_in_the_vm():
    """The same figures from the VM as from the host build."""
    records = [json.loads(command(*how, "--json", machine_file("04")).stdout)
               for how in ([], ["--fast"])]
    for record in records:
        del record["log"]
    assert records[0] == records[1] and not records[0]["unexplained"]


def test_command_log_beside_log(tmp_path):
    """A log of Linux 2.6.34 itself: no difference, and the lines in two columns."""
    log = tmp_path / "dmesg"
    log.write_text((LINUX / "bootmem" / "pc-512M.log").read_text(encoding="ascii"))
    done = command("--fast", "--log", log)
    assert done.returncode == 0 and "unexplained: none" in done.stdout
    assert re.search(r"^511MB LOWMEM available\. +511MB LOWMEM available\.$", done.stdout, re.MULTILINE)


def test_command_reads_standard_input():
    """A list of ranges: no figures to compare, so the log itself is shown."""
    done = command("--fast", "-", text="0-640K\n1M-1G usable\n")
    assert done.returncode == 0
    assert "132MB HIGHMEM available." in done.stdout.splitlines()
    assert " BIOS-e820: 0000000000100000 - 0000000040000000 (usable)" in done.stdout.splitlines()


@pytest.mark.parametrize("text, reason", [
    ("", "there is no map in it"), ("hello\n", "line 1 is neither"), ("{}", "no bios_e820"),
    ("{", "looks like JSON, but"), ("[[1,2]]", "no list of"), ("[[5,1,1]]", "no range of physical"),
    ("0-16M\n", "a single range"), ("0-16M\n32M-64M\n", "the kernel at 1000000"),
    ("\x00\xff\x01", "line 1 is neither"),
    ("0-1M\n1M-64M\n99999999999999999999999-1 1\n", "no range of physical memory")])
def test_command_refuses(text, reason):
    """What holds no map, or none to boot on: status 2, a reason, nothing on standard output."""
    done = command("--fast", "-", text=text)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("replay: -: ") and reason in done.stderr, done.stderr


def test_command_usage():
    """Wrong use is status 2 as well."""
    for arguments in ([], ["/no/such/file"], ["--fast", "--program", "/no/such", machine_file("23")],
                      ["--iso", "/no/such", machine_file("23")], ["--nothing"]):
        assert command(*arguments).returncode == 2
