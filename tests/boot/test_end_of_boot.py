# SPDX-License-Identifier: GPL-2.0-only
"""What follows mem_init(): each line that the log has after the compared span, the memory that is
given back, and the monitor's view of it."""

import re

import pytest

from boot import PAGE_SIZE, boot, boot_well, image, words
from memdawn.emulators import machine as machines
from session import session

INITRD_SIZE = 10240
POISON = "cc"                       # Linux: POISON_FREE_INITMEM
KB, MB = 1 << 10, 1 << 20


def pages_up(size):
    """Bytes rounded up to whole pages."""
    return -(-size // PAGE_SIZE) * PAGE_SIZE


def ram_buffers(log):
    """Linux's rule (e820_reserve_resources_late): RAM whose end is no multiple of 64 KiB, 1 MiB or
    32 MiB, depending on where it is, has a buffer after it."""
    made = []
    for line in log:
        match = re.fullmatch(r" BIOS-e820: ([0-9a-f]{16}) - ([0-9a-f]{16}) \(usable\)", line)
        if match:
            end = int(match[2], 16)
            align = 64 * KB if end < MB else MB if end < 16 * MB else 32 * MB
            last = -(-end // align) * align - 1
            if end < last:
                made.append(f"reserve RAM buffer: {end:016x} - {last:016x} ")
    return made


def last_lines(log, initrd):
    """What has to follow the boot's end."""
    symbols = image().symbols
    text = pages_up(symbols["_etext"]) - symbols["_text"]
    rodata = symbols["__end_rodata"] - pages_up(symbols["_etext"])
    init = symbols["__init_end"] - symbols["__init_begin"]
    return ["Mount-cache hash table entries: 512",
            *ram_buffers(log),
            *([f"Freeing initrd memory: {pages_up(INITRD_SIZE) // KB}k freed"] if initrd else []),
            f"Freeing unused kernel memory: {init // KB}k freed",
            f"Write protecting the kernel text: {text // KB}k",
            f"Write protecting the kernel read-only data: {rodata // KB}k"]


@pytest.mark.parametrize("initrd", [False, True], ids=["alone", "initrd"])
@pytest.mark.parametrize("mem", [64, 1000, 2048])
def test_lines_behind_the_boot(mem, initrd, tmp_path):
    """All of them, in order, with sizes from the image's symbols and the RAM disk's size."""
    path = tmp_path / "initrd"
    path.write_bytes(bytes(INITRD_SIZE))
    log = boot_well(machines.Machine(mem=mem, words=words(),
                                     modules=[(path, "initrd")] if initrd else []))
    end = next(i for i, line in enumerate(log) if line.startswith("memdawn: boot complete: "))
    have = [line for line in log[end + 1:] if not line.startswith("console [")]
    want = last_lines(log, initrd)
    assert have == want
    assert any(line.startswith("reserve RAM buffer") for line in want)


@pytest.fixture(scope="module", name="monitor")
def fixture_monitor(tmp_path_factory):
    """One machine for the tests below; its high memory begins at 128 MiB."""
    machine = machines.Machine(mem=160, words=(),
                               cmdline=f"{machines.Machine().cmdline} highmem=32M")
    with session(machine, tmp_path_factory.mktemp("monitor")) as made:
        yield made


def peek(monitor, address, size):
    """Bytes of physical memory, two digits each."""
    return [byte for line in monitor.ask(f"peek {address:#x} {size}")
            for byte in line[11:].split("  ")[0].split()]


def test_init_sections_are_poisoned_and_free(monitor):
    """The pages of the init sections are in the page allocator; those that nobody has taken since
    hold the poison from end to end."""
    start, end = image().pa("__init_begin"), image().pa("__init_end")
    free = [page for page in range(start, end, PAGE_SIZE)
            if any(line.startswith("  free") for line in monitor.ask(f"page {page // PAGE_SIZE}"))]
    assert len(free) > (end - start) // PAGE_SIZE // 2
    assert not any(line.startswith("  reserved") for page in range(start, end, PAGE_SIZE)
                   for line in monitor.ask(f"page {page // PAGE_SIZE}"))
    assert all(peek(monitor, page + PAGE_SIZE - 16, 16) == [POISON] * 16 for page in free)
    assert peek(monitor, free[-1], PAGE_SIZE) == [POISON] * PAGE_SIZE


def test_limits(monitor):
    """A thread for each 16 pages that mem_init() left; buffer heads of 56 bytes, 73 in a page, for
    a tenth of the low zones (there were no watermarks yet); files for less than the tenth of memory
    that they may have, by not more than what the boot holds."""
    match = next(match for match in (re.fullmatch(
        r"memdawn: boot complete: (\d+) pages free, .*", line) for line in monitor.log) if match)
    pages = int(match[1])
    limits = {line[:15].strip(): int(line[15:]) for line in monitor.ask("limits")}
    assert list(limits) == ["threads", "buffer heads", "open files"]
    assert limits["threads"] == pages // 16
    assert max(8192, (pages - 2000) * 4 // 10) <= limits["open files"] <= max(8192, pages * 4 // 10)
    zoneinfo = "\n".join(monitor.ask("zoneinfo"))
    present = dict(re.findall(r"zone +(\w+)\n(?:.*\n)*? +present +(\d+)", zoneinfo))
    low = int(present["DMA"]) + int(present["Normal"])
    assert limits["buffer heads"] == low // 10 * 73


def test_selftest_waits_for_the_windows(monitor):
    """The tests count pkmap's slots: they aren't run while a page is mapped, even one that nobody
    has and that the next one to ask for a page would get, and are well once it isn't."""
    pfn = int(monitor.answer("alloc 0 highuser", r"page frame (\d+), .*")[1])
    monitor.ask(f"free {pfn}")
    monitor.ask(f"kmap {pfn}")
    assert any("in pkmap" in line for line in monitor.ask(f"page {pfn}"))
    assert monitor.ask("selftest pkmap,kmap_atomic") == \
        ["selftest: the tests want all that is free: give back the 1 piece(s) that owned lists"]
    assert any(str(pfn) in line for line in monitor.ask("owned"))
    monitor.ask(f"kunmap {pfn}")
    assert monitor.ask("selftest pkmap,kmap_atomic", 300)[-1] == "selftest: 0 failed"


def test_dmesg_begins_with_a_whole_line(monitor):
    """Also when the log's beginning has been overwritten, somewhere inside a line."""
    seen = set(monitor.log)
    first = monitor.ask("dmesg")[0]
    for _ in range(60):
        seen.update(monitor.ask("selftest badpage", 300))
        log = monitor.ask("dmesg", 300)
        if log[0] != first:
            break
    else:
        raise AssertionError("the log has not been overwritten")
    for _ in range(6):
        seen.update(lines := monitor.ask("selftest badpage", 300))
        assert lines[-1] == "selftest: 0 failed"
        log = monitor.ask("dmesg", 300)
        assert log[0] in seen, log[0]
    assert monitor.ask("dmesg 2") == log[-2:]


@pytest.mark.parametrize("length, refused", [(127, False), (128, True)])
def test_list_of_selftests_that_is_too_long(length, refused):
    """It is refused as a whole, and not cut."""
    names = "exact," + "x" * (length - len("exact,"))
    machine = machines.Machine(mem=64, words=words(f"memdawn.selftest={names}"))
    log = boot(machine).log
    said = f"memdawn: options: `{names}' is no value for memdawn.selftest, see README.md"
    assert (said in log) == refused
    assert ("KTAP version 1" in log) != refused
