# SPDX-License-Identifier: GPL-2.0-only
"""The monitor's command layout: the kernel's gigabyte, and what has set each border of memory."""

import re

import pytest

from memdawn.emulators import machine as machines
from session import session

PAGE = 4096
VMALLOC_END = 0xffbfe000


@pytest.fixture(name="boot")
def fixture_boot(tmp_path):
    """A machine with so many MiB and these parameters, at its prompt."""
    def start(mem, cmdline="", words=(), **more):
        cmdline = f"{machines.Machine().cmdline} {cmdline}".strip()
        return session(machines.Machine(mem=mem, cmdline=cmdline, words=words, **more), tmp_path)
    return start


def borders(lines):
    """The sentences below layout's table."""
    return lines[1 + max(i for i, line in enumerate(lines) if re.match("[0-9a-f]{8} - ", line)):]


def border(what, pfn, why=""):
    """A line of it."""
    return f"{what:27} pfn {pfn:8} ({pfn >> 8} MB){why}"


def vmalloc_borders(kilobytes, why):
    """What is reserved for vmalloc, and what that leaves."""
    return [f"{'reserved for vmalloc:':27} {kilobytes} kB, {why}",
            f"{'low memory can have:':27} {VMALLOC_END:08x} - c0000000 - {kilobytes} kB",
            border("that is, MAXMEM:", maxmem(kilobytes))]


def maxmem(kilobytes=128 << 10):
    """The page frame where low memory ends at the latest."""
    return (VMALLOC_END - 0xc0000000 - kilobytes * 1024) // PAGE


REST = ", MAXMEM: the rest of the gigabyte is for vmalloc"
DMA = border("zone DMA ends:", 4096, ", what ISA devices reach")
DEFAULT = (128 << 10, "the default")
# MiB, parameters, what is reserved for vmalloc, the ends of RAM and of low memory in MiB (None:
# MAXMEM), each with its cause. Where several have cut RAM off, the ends that the earlier ones left.
LAYOUTS = [
    (64, "", DEFAULT, (63.875, ""), (63.875, ", with RAM")),
    (1024, "highmem=600M", DEFAULT, (1023.875, ""), (None, REST + "; highmem=600M is not possible")),
    (1024, "vmalloc=256M highmem=0", (264 << 10, "by vmalloc=256M and 8192 kB for the hole"),
     (None, ", by highmem=0"), (None, REST)),
    (160, "vmalloc=1G highmem=100M", (128 << 10, "the default: vmalloc=1G was refused"),
     (159.875, ""), (159.875, ", with RAM; highmem=100M is not possible")),
    (64, "vmalloc=256M vmalloc=1G",
     (264 << 10, "by vmalloc=256M and 8192 kB for the hole; vmalloc=1G was refused"),
     (63.875, ""), (63.875, ", with RAM")),
    (1536, "mem=1400M mem=1300M highmem=64M", DEFAULT,
     (maxmem() / 256 + 64, ", by mem=1300M, by highmem=64M"), (None, REST), 1300),
    (512, "memmap=exactmap memmap=640K@0 memmap=255M@1M kernelcore=128M", DEFAULT,
     (256, ", by memmap="), (256, ", with RAM")),
    (160, "memmap=1M$159M mem=4G", DEFAULT, (159, ", by memmap="), (159, ", with RAM")),
    (512, "kernelcore=64M movablecore=128M", DEFAULT, (511.875, ""), (511.875, ", with RAM")),
    (160, "memmap=150M", DEFAULT, (150, ", by memmap=150M"), (150, ", with RAM")),
    (160, "mem=100M memmap=exactmap memmap=640K@0 memmap=99M@1M", DEFAULT,
     (100, ", by memmap="), (100, ", with RAM")),
]


def test_layout(boot):
    """The borders are those of the log's table, and the ranges leave nothing out."""
    with boot(160, "highmem=32M memmap=1M$150M") as monitor:
        lines, log = monitor.ask("layout"), monitor.log
    table = [re.match(r"([0-9a-f]{8}) - ([0-9a-f]{8}) +(\d+) ([km]B)  (\S+)", line, re.IGNORECASE)
             for line in lines]
    ranges = [(int(match[1], 16), int(match[2], 16) or 1 << 32, match[5])
              for match in table if match and "." not in match[5]]
    assert ranges[0][1] == 1 << 32 and ranges[-1][0] == 0
    assert all(above[0] == below[1] for above, below in zip(ranges, ranges[1:]))
    for name in ("fixmap", "pkmap", "vmalloc", "lowmem"):
        want = next(re.search(r"0x(\w+) - 0x(\w+)", line).groups() for line in log
                    if re.match(rf" +{name} *: 0x", line))
        assert next((f"{start:08x}", f"{end:08x}") for start, end, what in ranges
                    if what == name) == want
    assert borders(lines) == [
        border("RAM ends, as given:", 40928),
        border("RAM ends, as used:", 40928),
        *vmalloc_borders(*DEFAULT),
        border("low memory ends:", 40928 - 32 * 256, ", highmem=32M made the rest high"), DMA]


def not_used(mem, ends, why):
    """What was cut off of RAM without a hole: (pages, end, by whom) for each who did."""
    words, before = why.split(", ")[1:], [mem * 256 - 32, *ends[:-1]]
    assert len(words) in (0, len(ends))
    return [(start - end, end, word) for start, end, word in zip(before, ends, words)]


def cut_line(pages, end, why):
    """Its line of layout."""
    size = f"{pages >> 8} MB" if pages >= 4096 else f"{pages * 4} kB"
    return f"{'not used:':27} {pages} pages ({size}) from pfn {end} on, {why}"


@pytest.mark.parametrize("mem, cmdline, vmalloc, ram, low, earlier", [
    (*case[:5], case[5:]) for case in LAYOUTS],
    ids=[f"{case[0]}-{case[1] or 'plain'}" for case in LAYOUTS])
def test_layout_names_the_parameter(boot, mem, cmdline, vmalloc, ram, low, earlier):
    """Each border's cause, on machines where it is another one; the balance says of what isn't
    used as well."""
    with boot(mem, cmdline) as monitor:
        lines, log, balance = monitor.ask("layout"), monitor.log, monitor.ask("balance")
    want = [border("RAM ends, as given:", mem * 256 - 32)]
    for what, (end, why) in (("RAM ends, as used:", ram), ("low memory ends:", low)):
        want.append(border(what, maxmem(vmalloc[0]) if end is None else int(end * 256), why))
    end = maxmem(vmalloc[0]) if ram[0] is None else int(ram[0] * 256)
    cuts = not_used(mem, [*(mb * 256 for mb in earlier), end], ram[1])
    want[2:2] = [cut_line(*cut) for cut in cuts] + vmalloc_borders(*vmalloc)
    assert [line for line in balance if line.startswith("balance: not used")] == [
        f"balance: not used {pages} from pfn {end} on, {why}" for pages, end, why in cuts]
    want.append(DMA)
    if "core=" in cmdline:          # the last word decides, in these cases
        movable = log[log.index("Movable zone start PFN for each node") + 1]
        want.append(border("zone Movable begins:", int(movable.split()[-1]),
                           f", by {cmdline.split()[-1]}"))
    assert borders(lines) == want


def test_layout_of_another_kernel(boot):
    """Our own parameters that move the borders are named."""
    with boot(1024, "vmalloc=256M", words=(
            "memdawn.fixmap=100", "memdawn.before=499a5f1,e621bd1", "memdawn.highmem=4G")) as monitor:
        lines, log = monitor.ask("layout"), monitor.log
    low = (1024 - 256) * 256        # what is above the vmalloc area does not count
    assert borders(lines)[2:] == [
        f"{'reserved for vmalloc:':27} 262144 kB, by vmalloc=256M",
        f"{'low memory can have:':27} 00000000 - c0000000 - 262144 kB",
        border("that is, MAXMEM:", low), border("low memory ends:", low, REST), DMA,
        f"{'fixmap and below, by':27} memdawn.fixmap=100",
        f"{'pkmap and below, by':27} memdawn.highmem=4G",
        f"{'boot and below, by':27} memdawn.before=499a5f1",
        f"{'vmalloc and lowmem, by':27} memdawn.before=e621bd1"]
    for name in ("fixmap", "pkmap", "vmalloc", "lowmem"):
        start, end = next(re.search(r"0x(\w+) - 0x(\w+)", line).groups() for line in log
                          if re.match(rf" +{name} *: 0x", line))
        assert any(line.startswith(f"{start} - {end} ") and f"  {name} " in line for line in lines)


def test_layout_names_the_limit(boot):
    """RAM above 4 GiB, of which 1 GiB is there, can't be reached with two levels of page tables."""
    with boot(4096, words=("memdawn.highmem=4G",)) as monitor:
        lines = borders(monitor.ask("layout"))
    limit = ", the limit of memdawn.highmem=4G"
    end = 3 * 1024 * 256 - 32
    assert lines[:3] == [border("RAM ends, as given:", end, limit),
                         border("RAM ends, as used:", end),
                         cut_line(1024 * 256, end, limit.removeprefix(", "))]


def test_layout_names_the_mtrrs(boot, tmp_path):
    """RAM that the firmware's MTRRs leave uncached is not used."""
    (tmp_path / "module").write_bytes(b"x")
    registers = ["wrmsr 0x200 6", "wrmsr 0x201 0xfff8000800", "wrmsr 0x2ff 0xc00"]
    with boot(160, prepare=registers, modules=[(str(tmp_path / "module"), "initrd")]) as monitor:
        assert ("WARNING: BIOS bug: CPU MTRRs don't cover all of memory, losing 31MB of RAM."
                in monitor.log)
        lines = borders(monitor.ask("layout"))
        why = "by the MTRRs, which leave the rest uncached"
        assert lines[1:3] == [border("RAM ends, as used:", 128 * 256, f", {why}"),
                              cut_line(31 * 256 + 224, 128 * 256, why)]
        assert monitor.ask("mtrr") == [
            "reg00: base=0x000000000 (    0MB), size=  128MB, count=1: write-back"]
