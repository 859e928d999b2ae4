# SPDX-License-Identifier: GPL-2.0-only
"""Where mem_map ends before max_pfn, or begins above page frame 0: nobody looks for a struct page
where there is none."""

import re

import pytest

from dumps import parse_balance, parse_zones
from memdawn.emulators import machine as machines
from session import session
from test_selftest import HIGH_MEMORY_ONLY, NAMES

BOOT_ALLOCATORS = ["bootmem", "bootmem-2.4", "early_res", "memblock"]
LAST_BYTE = 0x6A3E0800       # less than a page: it counts for max_pfn, and isn't RAM
MAX_PFN = LAST_BYTE >> 12
MAX_LOW_PFN = 228350         # 891 MB
END = 0x13C00                # of the whole pages, and so of mem_map

# The map's words, the first page frame of mem_map, RAM in page frames: without page 0.
MAPS = {
    "ends": (f"memmap=0x9f000@0 memmap=0x13b00000@0x100000 memmap=1@{LAST_BYTE:#x}", 0,
             0x9F - 1 + END - 0x100),
    "begins": (f"memmap=0x12c00000@0x1000000 memmap=1@{LAST_BYTE:#x}", 0x1000, END - 0x1000),
}
CASES = [*(("ends", name) for name in BOOT_ALLOCATORS), ("begins", "bootmem"), ("begins", "memblock")]


@pytest.fixture(scope="module", name="booted", params=CASES, ids="-".join)
def fixture_booted(request, tmp_path_factory):
    """(session, first page frame, RAM): a machine with dumps and selftests, at its prompt."""
    which, allocator = request.param
    words, first, ram = MAPS[which]
    machine = machines.Machine(words=(
        f"memdawn.bootalloc={allocator}", "memdawn.dump=balance,bootalloc,zones,proc",
        "memdawn.selftest"))
    machine.cmdline += f" memmap=exactmap {words}"
    with session(machine, tmp_path_factory.mktemp("mem_map")) as made:
        yield made, first, ram


def test_the_boot(booted):
    """The sheet adds up, and the boot allocator's figures are those of the free lists."""
    monitor, _, ram = booted
    balance = parse_balance(monitor.log)
    assert balance.verdict == "ok" and balance.counts["max_pfn"] == MAX_PFN
    assert balance.counts["hole"] == MAX_PFN - ram
    zones = parse_zones(monitor.log, "boot")
    assert sum(zone.free for zone in zones.values()) == balance.counts["free"]
    text = "\n".join(monitor.log)
    blocks = sorted((pfn, 1 << order) for zone in zones.values()
                    for (order, _), pfns in zone.lists.items() for pfn in pfns)
    runs = []
    for pfn, pages in blocks:
        if runs and sum(runs[-1]) == pfn:
            runs[-1][1] += pages
        else:
            runs.append([pfn, pages])
    assert re.search(r"bootalloc: free in (\d+) pieces, the largest of (\d+) pages", text).groups() \
        == (str(len(runs)), str(max(pages for _, pages in runs)))
    assert f"bootalloc: low memory {balance.counts['free']} pages free" in text


def test_selftests(booted):
    """All pass; without high memory some have nothing to do."""
    log = booted[0].log
    results = [line.split(maxsplit=3) for line in log if re.match("(not )?ok ", line)]
    assert [name for status, _, name, *_ in results if status == "ok"] == NAMES, log[-40:]
    assert [words[2] for words in results if words[3:]] == HIGH_MEMORY_ONLY


def test_addresses(booted):
    """Each command about an address says that there is no struct page, or no RAM."""
    monitor, first, _ = booted
    has = f"mem_map has page frames {first} to {END - 1} only"
    no_ram = f"is no RAM: mem_map has {first} to {END - 1}, iomem says which are RAM"
    assert f"page frame {END - 1}," in monitor.ask(f"page {END - 1}")[0]
    beyond = [END, END | 0x3FF, 0x20000, MAX_LOW_PFN - 1, MAX_LOW_PFN, MAX_PFN - 1, MAX_PFN, 1 << 31]
    for pfn in beyond + ([0, first - 1] if first else []):
        phys = pfn << 12
        assert monitor.ask(f"page {pfn}") == [has]
        place = f"beyond mem_map, which ends with {END - 1}" if pfn >= END else \
            f"below mem_map, which begins with {first}"
        monitor.answer(f"pfn {phys:#x}", f"physical {phys:010x}: page frame {pfn}, {place}")
        monitor.answer(f"virt {phys:#x}", f"physical {phys:010x}: " + (
            f"virtual {phys + 0xc0000000:08x}, in the linear map" if pfn < MAX_LOW_PFN else
            "no virtual address"))
        for command in (f"peek {phys:#x}", f"poke {phys:#x} 1", f"kmap {pfn}", f"kmap_atomic {pfn}"):
            assert monitor.ask(command) == [f"page frame {pfn} {no_ram}"]


def test_every_command(booted):
    """Those that need no argument are run; the lists are whole afterwards."""
    monitor = booted[0]
    for line in monitor.ask("help"):
        name = line.split()[0]
        if name not in ("oops", "clear", "reboot", "poweroff", "memtest"):
            monitor.ask(name)
    for piece in monitor.ask("owned"):
        monitor.ask(f"free {piece.split()[1].rstrip(',')}")
    assert monitor.ask("memtest")[0].endswith(" 0 bad")
    free = sum(zone.free for zone in parse_zones(monitor.ask("zones"), "now").values())
    lines = monitor.ask("balance")
    assert f"balance: free {free}" in lines and lines[-1] == "balance: ok"
