# SPDX-License-Identifier: GPL-2.0-only
"""The generations of boot allocator (memdawn.bootalloc=): early_res against the real kernel
that had it, all of them against each other, and each by itself."""

import json
import re
import subprocess

import pytest

from boot import BUILD, BUILD_NODES, LINUX, PAGE_SIZE, ROOT, assert_same, boot_well, cases, image, lines_of, words
from dumps import parse_balance, parse_zones
from expected import ram_ranges
from expected_early_res import EarlyResTranslation
from memdawn.model import buddy
from memdawn.emulators import machine as machines
from memdawn.logs import bootalloc, bootlog
from session import session

# What implements each, in src.
BOOT = "mm/boot"
OBJECTS = {
    "bootmem": [f"{BOOT}/bootmem"],
    "bootmem-2.4": [f"{BOOT}/bootmem_24"],
    "early_res": [f"{BOOT}/nobootmem"],
    "memblock": [f"{BOOT}/memblock/{stem}" for stem in ("alloc", "boot", "flags", "free", "iter",
                                                       "memblock", "query")],
}
# What all but memblock begin with, and what knows them all.
EARLY = ["kernel/early_res", f"{BOOT}/early"]
INTERFACE = [f"{BOOT}/boot_alloc", f"{BOOT}/stats"]
# Only the kernel for several nodes has it.
INTERFACE_OF_NODES = [f"{BOOT}/boot_alloc_node"]

MACHINES = {
    "mem20M": machines.Machine(cmdline=f"{machines.media.CONSOLE_WORDS} mem=20M"),
    **{f"pc-{mem}M": machines.Machine(mem=mem) for mem in (64, 512, 2048, 4096, 65536)},
    "q35-2048M": machines.Machine(machine="q35"),
    "118-holes": machines.from_case(LINUX / "maps" / "i18-118-holes-sanitize-overflow.json"),
}


@pytest.mark.parametrize("reference", cases("nobootmem", "nobootmem-maps"))
def test_early_res_as_linux(reference):
    """The whole span is that of 2.6.34 with NO_BOOTMEM: masked, and to the last digit."""
    lines = lines_of(reference)
    machine = machines.from_case(reference.with_suffix(".json"))
    machine.words = words("memdawn.bootalloc=early_res", "memdawn.dump=balance")
    log = boot_well(machine)
    diff, _ = bootlog.compare(log, lines)
    assert not diff, "with masks:\n" + "\n".join(diff)
    assert_same(bootlog.span(log), EarlyResTranslation(image(), lines).span(), "without masks")
    assert parse_balance(log).verdict == "ok"


def boot_with(name, machine):
    """The log of a boot with one generation."""
    machine.words = words(f"memdawn.bootalloc={name}", "memdawn.dump=zones,balance,bootalloc")
    return boot_well(machine)


def check_frames(zone, ram):
    """Every listed block is aligned and lies in the zone and in RAM; no frame is listed twice.
    Returns the frames' number."""
    blocks = sorted((pfn, 1 << order) for (order, _), pfns in zone.lists.items() for pfn in pfns)
    previous_end = zone.start
    for pfn, pages in blocks:
        assert pfn % pages == 0, f"{pages} pages at {pfn}"
        assert pfn >= previous_end, f"{pages} pages at {pfn} are listed twice"
        previous_end = pfn + pages
        assert any(start <= pfn and previous_end <= end for start, end in ram), (pfn, pages)
    assert previous_end <= zone.start + zone.spanned
    return sum(pages for _, pages in blocks)


def check_alone(name, log):
    """What must hold for one generation. Returns its zones."""
    found = bootalloc.parse(log)
    assert found["name"] == name
    return check_record(found, log)


def check_record(found, log):
    """What a generation says it did is what the lists of its boot say, and every page frame has its
    place. Returns the zones."""
    balance, zones = parse_balance(log), parse_zones(log, "boot")
    assert balance.verdict == "ok"
    ram = ram_ranges(log)
    listed = sum(check_frames(zone, ram) for zone in zones.values())
    assert listed == balance.counts["free"]
    low = sum(zone.free for zone_name, zone in zones.items() if zone_name != "HighMem")
    assert found["free"] == low
    for order, count in enumerate(found["blocks"]):
        assert count == sum(zone.nr_free[order] for zone_name, zone in zones.items()
                            if zone_name != "HighMem")
    check_pieces(found, zones)
    low_end = max(zone.start + zone.spanned for zone_name, zone in zones.items()
                  if zone_name != "HighMem")
    low_ram = sum(max(0, min(end, low_end) - start) for start, end in ram)
    assert found["reserved"] == low_ram - low
    return zones


def check_pieces(found, zones):
    """Free low memory's pieces and the largest of them, from the lists."""
    pieces = free_runs(*(zone for name, zone in zones.items() if name != "HighMem"))
    assert found["pieces"] == len(pieces)
    assert found["largest"] == max(end - start for start, end in pieces)


def free_runs(*zones):
    """The pieces that free pages are in, as page frames [start, end)."""
    runs = []
    for start, end in sorted((pfn, pfn + (1 << order)) for zone in zones
                             for (order, _), pfns in zone.lists.items() for pfn in pfns):
        if runs and runs[-1][1] == start:
            runs[-1][1] = end
        else:
            runs.append([start, end])
    return runs


def blocks_of_memblock(start, end):
    """[start, end) as 6.1 cuts it: each block as large as its first page frame is aligned, as far as
    there is room."""
    while start < end:
        order = buddy.MAX_ORDER - 1
        while start % (1 << order) or start + (1 << order) > end:
            order -= 1
        yield start, order
        start += 1 << order


def check_memblock_order(zones):
    """The lists to the last place: low memory in 6.1's blocks, each put to its list's tail, high
    memory page by page from the lowest up, each put to the head."""
    for name, zone in zones.items():
        model = buddy.Zone(name, zone.start, zone.spanned, zone.present)
        expected = {}
        if name == "HighMem":
            for start, end in free_runs(zone):
                model.free_run(start, end)
            expected = {(order, kind): pfns for order, kinds in enumerate(model.lists)
                        for kind, pfns in enumerate(kinds) if pfns}
        else:
            for start, end in free_runs(zone):
                for pfn, order in blocks_of_memblock(start, end):
                    expected.setdefault((order, model.type_of(pfn)), []).append(pfn)
        assert zone.lists == expected, name


def check_zone_lines_24(log, low_limit=0x37bfe):
    """2.4's lines: from page frame 0 to the end of RAM, holes included. Nothing of 2.6.34's."""
    maps = [(match[1], int(match[2], 16)) for match in (
        re.fullmatch(r" (BIOS-e820|user|modified): [0-9a-f]{16} - ([0-9a-f]{16}) \(usable\)", line)
        for line in log) if match]
    end = min(max(end for who, end in maps if who == maps[-1][0]) // PAGE_SIZE, 1 << 24)
    low = min(end, low_limit)
    start = log.index(f"On node 0 totalpages: {end}")
    assert log[start + 1:start + 4] == ["zone(0): 4096 pages.", f"zone(1): {low - 4096} pages.",
                                        f"zone(2): {end - low} pages."]
    assert sum(line.startswith(("On node 0", "zone(")) for line in log) == 4
    assert not any(re.search(" zone: [0-9]+ pages", line) for line in log)


def test_zone_lines_of_a_real_24():
    """A machine of 496 MiB with highmem=300m, on which 2.4.24 counted 126960 pages."""
    ram = 520028160
    log = boot_well(machines.Machine(
        mem=512, words=words("memdawn.bootalloc=bootmem-2.4"),
        cmdline=f"{machines.media.CONSOLE_WORDS} memmap=exactmap memmap=639K@0 "
                f"memmap={ram - (1 << 20)}@1M highmem=300m"))
    assert "On node 0 totalpages: 126960" in log
    assert "300MB HIGHMEM available." in log and "195MB LOWMEM available." in log
    check_zone_lines_24(log, 126960 - 300 * 256)


@pytest.mark.parametrize("machine", MACHINES)
def test_generations_agree(machine):
    """The same zones, the same high memory, and every frame accounted for."""
    logs = {name: boot_with(name, MACHINES[machine]) for name in OBJECTS}
    check_zone_lines_24(logs["bootmem-2.4"])
    zones = {name: check_alone(name, log) for name, log in logs.items()}
    check_memblock_order(zones["memblock"])
    first = zones.pop("bootmem")
    for name, others in zones.items():
        sizes = {zone: (z.start, z.spanned, z.present) for zone, z in others.items()}
        assert sizes == {zone: (z.start, z.spanned, z.present) for zone, z in first.items()}, name
        assert ("HighMem" in others) == ("HighMem" in first)
        if "HighMem" in first:
            mine, want = others["HighMem"].lists, first["HighMem"].lists
            assert {key: sorted(pfns) for key, pfns in mine.items()} == {
                key: sorted(pfns) for key, pfns in want.items()}, name


def symbols(stem, *options, build=BUILD):
    """What an object file defines or needs."""
    path = build / "src" / f"{stem}.o"
    done = subprocess.run(["nm", "--format=posix", *options, path], capture_output=True, text=True,
                          check=True)
    return {line.split()[0] for line in done.stdout.splitlines()}


def needed(stems, build=BUILD):
    """What object files need of others, or of each other."""
    return set().union(*(symbols(stem, "--undefined-only", build=build) for stem in stems))


def defined(stems):
    """What they define."""
    return set().union(*(symbols(stem, "--defined-only", "--extern-only") for stem in stems))


@pytest.mark.parametrize("name", OBJECTS)
def test_generation_stands_alone(name):
    """None of its object files needs a symbol that another generation defines, and memblock none of
    the early reservations."""
    wanted = needed(OBJECTS[name])
    assert wanted
    for other, stems in OBJECTS.items():
        assert defined(stems)
        if other != name:
            assert not wanted & defined(stems), f"{name} needs what {other} defines"
    assert bool(wanted & defined(EARLY)) == (name != "memblock")


def test_early_reservations_stand_alone():
    """They know neither a generation, nor where RAM is, nor who asks."""
    others = {stem: defined(stems) for stem, stems in OBJECTS.items()}
    others |= {"the memory map": defined(["arch/i386/firmware/e820/e820",
                                          "arch/i386/firmware/e820/ram"])}
    for who, theirs in others.items():
        assert theirs and not needed(EARLY) & theirs, f"the early reservations need what {who} defines"
    assert not needed(["kernel/early_res"]) & defined([f"{BOOT}/early", *INTERFACE, "mm/balance"])


def test_memory_map_is_handed_down():
    """Nobody in src/mm asks the memory map or the device tree: both are handed down. In either kernel."""
    firmware = ["e820/e820", "e820/ram", "e820/user", "e820/given", "devicetree"]
    theirs = defined([f"arch/i386/firmware/{stem}" for stem in firmware])
    for path in (ROOT / "src" / "mm").rglob("*.c"):
        stem = str(path.relative_to(ROOT / "src").with_suffix(""))
        builds = [build for build in (BUILD, BUILD_NODES) if (build / "src" / f"{stem}.o").exists()]
        assert builds and not any(needed([stem], build) & theirs for build in builds), stem


def test_every_file_is_in_a_generation():
    """A new file of a generation must be added above, or it is not looked at."""
    files = {str(path.relative_to(ROOT / "src").with_suffix(""))
             for path in (ROOT / "src" / BOOT).rglob("*.c")}
    assert files | set(EARLY) == {*EARLY, *INTERFACE, *INTERFACE_OF_NODES,
                                  *(stem for stems in OBJECTS.values() for stem in stems)}


def test_unknown_generation():
    """It is said, and the default serves."""
    log = boot_well(machines.Machine(mem=64, words=words("memdawn.bootalloc=buddy",
                                                         "memdawn.dump=bootalloc")))
    assert "memdawn: options: `buddy' is no value for memdawn.bootalloc, see README.md" in log
    assert bootalloc.parse(log)["name"] == "bootmem"


@pytest.mark.parametrize("name", OBJECTS)
def test_monitor_command(name, tmp_path):
    """Later it says what it said at the hand-over, however much has been allocated since."""
    machine = machines.Machine(mem=64, words=(f"memdawn.bootalloc={name}",
                                              "memdawn.dump=bootalloc"))
    with session(machine, tmp_path) as monitor:
        assert monitor.ask("bootalloc") == [line for line in monitor.log
                                            if line.startswith("bootalloc: ")]
        assert bootalloc.parse(monitor.log)["name"] == name


def compare(*arguments):
    """What scripts/compare-bootalloc does."""
    return subprocess.run([ROOT / "scripts" / "compare-bootalloc", "--iso", BUILD / "memdawn.iso",
                           *map(str, arguments)], capture_output=True, text=True, check=False)


def test_compare_bootalloc():
    """All four side by side, as records and as the table."""
    done = compare("--mem", 64, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    records = json.loads(done.stdout)
    assert [record["name"] for record in records] == list(OBJECTS)
    by_name = {record["name"]: record for record in records}
    # 64 MiB less 128 KiB: a bit for each page, and early_res's 32 entries of 32 bytes.
    bitmap = (64 * 256 - 32 + 31) // 32 * 4
    assert by_name["bootmem"]["bookkeeping"] == bitmap + 1024
    assert by_name["bootmem-2.4"]["bookkeeping"] == bitmap + 1024
    assert by_name["early_res"]["bookkeeping"] == 1024
    assert len({(record["allocations"], record["bytes"]) for record in records}) == 1
    assert len({record["free"] + record["reserved"] for record in records}) == 1
    for record in records:
        assert record["ticks"] > record["free"]
        assert sum(n << order for order, n in enumerate(record["blocks"])) == record["free"]
        assert 0 < record["largest"] * PAGE_SIZE < 64 << 20

    table = compare("--mem", 64)
    assert table.returncode == 0
    names, *rows = table.stdout.splitlines()
    assert names.split() == list(OBJECTS)
    assert rows[8].split() == ["instructions", "to", "hand", "over",
                               *(str(record["ticks"]) for record in records)]
    assert rows[-1].split()[4:] == [str(record["blocks"][-1]) for record in records]


def test_compare_bootalloc_failure():
    """A reference case's machine, whose boot fails."""
    done = compare(LINUX / "maps" / "i12-dma-hole.json", "--cmdline", "mem=16M")
    assert done.returncode == 3
    assert done.stderr.startswith("compare-bootalloc: bootmem: panic: ")


@pytest.mark.parametrize("name", OBJECTS)
def test_nodes(name):
    """Each generation where three nodes are low memory, with borders that no large block may cross."""
    machine = machines.Machine(mem=1024, nodes=[299, 101, 301, 323], numa=True,
                               words=words(f"memdawn.bootalloc={name}", "memdawn.dump=balance"))
    balance = parse_balance(boot_well(machine))
    assert balance.verdict == "ok" and balance.counters == balance.lists == balance.counts["free"]
    assert balance.counts["hole"] == 98            # as on the same machine without nodes
