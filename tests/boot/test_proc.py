# SPDX-License-Identifier: GPL-2.0-only
"""The files of src/proc (memdawn.dump=proc), compared with those of the real kernel on the same
machine: their form as a whole, and every value that doesn't depend on what else runs there."""

import functools
import re

import pytest

from boot import BUILD, LINUX, assert_same, boot_well, image, words
from memdawn.emulators import machine as machines
from screen import running

CASES = [pytest.param(path, id=path.stem) for path in sorted((LINUX / "proc").glob("*.txt"))]
assert CASES
PAGE_TABLES = "/sys/kernel/debug/kernel_page_tables"


def parse_files(lines):
    """Path to lines, from a dump with a line "=== PATH ===" above each file."""
    files = {}
    for line in lines:
        header = re.fullmatch(r"=== (/\S+) ===", line)
        if header:
            files[header[1]] = []
        elif files and not line.startswith("memdawn: "):
            files[list(files)[-1]].append(line)
    return files


@functools.lru_cache(maxsize=None)
def our_log(notes):
    """Our log on a reference case's machine."""
    machine = machines.from_case(notes.with_suffix(".json"))
    machine.words = words("memdawn.dump=proc")
    return boot_well(machine)


def ours(notes):
    """Our files there."""
    return parse_files(our_log(notes))


def linux(notes):
    """The real kernel's files."""
    return parse_files(notes.read_text(encoding="ascii").splitlines())


def both(notes, path):
    """One file of ours and the real kernel's."""
    return ours(notes)[path], linux(notes)[path]


def equal_but(have, want, others):
    """Two files of a name and a number a line: which names differ must be among the others."""
    differ = {line.split()[0].rstrip(":") for line, wanted in zip(have, want) if line != wanted}
    assert len(have) == len(want) and differ <= set(others), differ - set(others)


def masked(lines, *patterns):
    """Lines in which the numbers that a pattern's groups match are replaced by N."""
    def number(match):
        text = match[0]
        for group in range(match.re.groups, 0, -1):
            start, end = (at - match.start() for at in match.span(group))
            text = text[:start] + "N" + text[end:]
        return text
    for pattern in patterns:
        lines = [re.sub(pattern, number, line) for line in lines]
    return lines


@pytest.mark.parametrize("notes", CASES)
def test_same_files(notes):
    """All of them, in the same order, and the page tables after them."""
    assert list(ours(notes)) == [*linux(notes), PAGE_TABLES]


@pytest.mark.parametrize("notes", CASES)
def test_buddyinfo(notes):
    """The same zones; the blocks add up to what zoneinfo says is free. Nobody has taken from zone
    DMA, there or here: there all blocks are the same."""
    have, want = both(notes, "/proc/buddyinfo")
    assert_same([shape(line) for line in have], [shape(line) for line in want], "buddyinfo")
    assert have[0] == want[0] and " DMA " in have[0]
    free = [int(line.split()[-1]) for line in ours(notes)["/proc/zoneinfo"]
            if line.startswith("  pages free ")]
    blocks = [line.split()[4:] for line in have]
    assert [sum(int(n) << order for order, n in enumerate(row)) for row in blocks] == free


@pytest.mark.parametrize("notes", CASES)
def test_zoneinfo(notes):
    """Sizes, watermarks, protection, page sets' limits are equal; free pages and counters of
    pages in use, and what a page set has at hand, differ."""
    have, want = both(notes, "/proc/zoneinfo")
    used = (r"^  pages free +(\d+)$", r"^    nr_\w+ +(\d+)$", r"^ +count: (\d+)$")
    assert_same(masked(have, *used), masked(want, *used), "zoneinfo")
    normal = next(i for i, line in enumerate(want) if line.startswith("Node 0, zone   Normal"))
    assert_same(have[:normal], want[:normal], "zoneinfo of zone DMA, as a whole")


def meminfo(lines):
    """Name to kB."""
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


# What the size of the image decides, and what processes and files use.
MEMINFO_OTHERS = ["MemTotal", "MemFree", "HighFree", "LowTotal", "LowFree", "CommitLimit",
                  "Cached", "Active", "Inactive", "Active(anon)", "Inactive(file)", "AnonPages",
                  "Mapped", "Slab", "SReclaimable", "SUnreclaim", "KernelStack", "PageTables",
                  "Committed_AS"]


@pytest.mark.parametrize("notes", CASES)
def test_meminfo(notes):
    """The form; all that depends on the machine alone; the total by the log; and sums."""
    have, want = both(notes, "/proc/meminfo")
    assert_same(masked(have, r"( *\d+) kB$"), masked(want, r"( *\d+) kB$"), "meminfo")
    equal_but(have, want, MEMINFO_OTHERS)
    have, want = meminfo(have), meminfo(want)
    log = "\n".join(our_log(notes))
    assert have["MemTotal"] == sum(int(re.search(pattern, log)[1]) for pattern in (
        r"\nMemory: (\d+)k/", r"\nFreeing unused kernel memory: (\d+)k freed\n"))
    assert have["MemTotal"] == have["HighTotal"] + have["LowTotal"]
    assert have["MemFree"] == have["HighFree"] + have["LowFree"]
    assert have["CommitLimit"] == have["MemTotal"] // 8 * 4     # half, in pages
    assert have["Slab"] == have["SReclaimable"] + have["SUnreclaim"] > 0
    assert 0 < have["MemTotal"] - have["MemFree"] < 1024
    # What the two images' sizes make different, and no more.
    assert abs(have["MemTotal"] - want["MemTotal"]) < 4096


def block_rows(lines):
    """Zone to numbers of pageblocks by migrate type, from pagetypeinfo."""
    start = next(i for i, line in enumerate(lines) if line.startswith("Number of blocks type"))
    return {line.split()[3]: [int(n) for n in line.split()[4:]] for line in lines[start + 1:]}


def shape(line):
    """A line of a table without its numbers, but with the columns they end in."""
    if not line.startswith("Node "):
        return line
    return re.sub(r" +\d+(?= )", lambda match: " " * (len(match[0]) - 1) + "N", line)


@pytest.mark.parametrize("notes", CASES)
def test_pagetypeinfo(notes):
    """The form; zone DMA as a whole, from which nobody has taken; each other zone's reserve, and
    its pageblocks: their types change with what is allocated, but not their number."""
    have, want = both(notes, "/proc/pagetypeinfo")
    assert_same([shape(line) for line in have], [shape(line) for line in want], "pagetypeinfo")
    alone = [i for i, line in enumerate(want)
             if re.search(r", zone +DMA,|, type +(Reserve|Isolate) ", line)]
    assert [have[i] for i in alone] == [want[i] for i in alone] and len(alone) > 5
    have_blocks, want_blocks = block_rows(have), block_rows(want)
    assert have_blocks["DMA"] == want_blocks["DMA"]
    for zone, types in want_blocks.items():
        assert sum(have_blocks[zone]) == sum(types), zone
        assert have_blocks[zone][3:] == types[3:], zone


# The reference kernel was built without block devices.
OTHER_CACHES = ("buffer_head",)
# Whose sizes the boot works out.
OUR_CACHES = {"names_cache", "dentry", "inode_cache", "filp", "mnt_cache", "sighand_cache",
              "signal_cache", "files_cache", "fs_cache", "mm_struct", "vm_area_struct",
              "task_struct"}


def caches(lines):
    """Name to what a cache is made of (sizes, tunables), not what it holds, from slabinfo."""
    rows = {}
    for line in lines[2:]:
        name, _, _, *rest = line.split()
        if name not in OTHER_CACHES:
            rows[name] = rest[:3] + rest[4:8]
    return rows


@pytest.mark.parametrize("notes", CASES)
def test_slabinfo(notes):
    """Each of our caches is one of the real kernel's, in its order, with its object size, slab
    size and tunables; none of kmalloc's is missing."""
    have, want = both(notes, "/proc/slabinfo")
    assert have[:2] == want[:2]
    have, want = caches(have), caches(want)
    assert OUR_CACHES <= set(have)
    assert have == {name: row for name, row in want.items() if name in have}
    assert list(have) == [name for name in want if name in have]
    assert [name for name in want if name.startswith(("size-", "kmem_"))] == [
        name for name in have if name.startswith(("size-", "kmem_"))]


def video_rom(notes, directory):
    """The line of the screen's ROM, from what the ROM of this QEMU says of its own length: its third byte,
    in units of 512 bytes; the bytes of it all add up to 0."""
    machine = machines.from_case(notes.with_suffix(".json"))
    machine.words = ()
    disc = directory / "disc.iso"
    machine.make_disc(BUILD / "memdawn.iso", disc)
    with running(machine, disc, directory) as guest:
        guest.wait_for("memdawn> ")
        dump = guest.monitor.human(f"xp /{255 * 512}bx 0xc0000")
    rom = [int(word, 16) for line in dump.splitlines() for word in line.split(":", 1)[1].split()]
    length = rom[2] * 512
    assert rom[:2] == [0x55, 0xaa] and sum(rom[:length]) % 256 == 0
    return f"000c0000-{0xc0000 + length - 1:08x} : Video ROM"


@pytest.mark.parametrize("notes", CASES)
def test_iomem(notes, tmp_path):
    """Equal but for the PCI devices, which nobody looks for here, and the length of the ROM, which another
    version of SeaBIOS has; the image's parts are where its symbols are."""
    have, want = both(notes, "/proc/iomem")
    rom = video_rom(notes, tmp_path)
    want = [rom if line.endswith(" : Video ROM") else line for line in want]
    want = [line for line in want if not re.search(r" : 0000:[0-9a-f]{2}:", line)]
    kernel = r"^  ([0-9a-f]{8})-([0-9a-f]{8}) : Kernel"
    assert_same(masked(have, kernel), masked(want, kernel), "iomem")
    pa = image().pa
    kernel = [("code", pa("_text"), pa("_etext")), ("data", pa("_etext"), pa("_edata")),
              ("bss", pa("__bss_start"), pa("__bss_stop"))]
    assert [line for line in have if " : Kernel " in line] == [
        f"  {start:08x}-{end - 1:08x} : Kernel {name}" for name, start, end in kernel]


@pytest.mark.parametrize("notes", CASES)
def test_mtrr_and_vmallocinfo(notes):
    """Equal: nothing is mapped in the vmalloc area."""
    for path in ("/proc/mtrr", "/proc/vmallocinfo"):
        have, want = both(notes, path)
        assert_same(have, want, path)


# What processes and files use, and pages allocated for them.
VMSTAT_OTHERS = ["nr_free_pages", "nr_active_anon", "nr_inactive_file", "nr_anon_pages",
                 "nr_mapped", "nr_file_pages", "nr_slab_reclaimable", "nr_slab_unreclaimable",
                 "nr_page_table_pages", "nr_kernel_stack", "pgalloc_normal", "pgalloc_high", "pgfree",
                 "pgfault"]


@pytest.mark.parametrize("notes", CASES)
def test_vmstat(notes):
    """The same counters, equal where nothing else runs; pages that are not free any more were
    allocated."""
    have, want = both(notes, "/proc/vmstat")
    assert [line.split()[0] for line in have] == [line.split()[0] for line in want]
    equal_but(have, want, VMSTAT_OTHERS)
    counters = {line.split()[0]: int(line.split()[1]) for line in have}
    handed_out = sum(counters[f"pgalloc_{zone}"] for zone in ("dma", "normal", "high", "movable"))
    assert handed_out > 0
    assert counters["nr_free_pages"] <= counters["pgfree"] - handed_out
    assert counters["nr_free_pages"] * 4 == meminfo(ours(notes)["/proc/meminfo"])["MemFree"]


RUN = re.compile(r"0x([0-9a-f]{8})-0x([0-9a-f]{8}) +(\d+)([KMG]) (.{26})(p[ugmt][det])")


def runs(notes):
    """(start, end, flags, level) of each line of the page tables' file."""
    made = []
    for line in ours(notes)[PAGE_TABLES]:
        if line.startswith("---["):
            continue
        match = RUN.fullmatch(line)
        assert match, line
        start, end = int(match[1], 16), int(match[2], 16) or 1 << 32
        assert end - start == int(match[3]) << {"K": 10, "M": 20, "G": 30}[match[4]], line
        made.append((start, end, match[5].split(), match[6]))
    return made


@pytest.mark.parametrize("notes", CASES)
def test_page_tables(notes):
    """Gap-free from 0 to the end; nothing below PAGE_OFFSET or right after low memory is mapped."""
    lines = [line for line in ours(notes)[PAGE_TABLES] if line.startswith("---[")]
    assert lines == [f"---[ {name} ]---" for name in (
        "User Space", "Kernel Mapping", "vmalloc() Area", "vmalloc() End",
        "Persisent kmap() Area", "Fixmap Area")]
    table = runs(notes)
    assert table[0][0] == 0 and table[-1][1] == 1 << 32
    assert all(before[1] == after[0] for before, after in zip(table, table[1:]))

    def flags_at(address):
        return next(flags for start, end, flags, _ in table if start <= address < end)

    low_kb = sum(meminfo(ours(notes)["/proc/meminfo"])[name]
                 for name in ("DirectMap4k", "DirectMap2M"))
    assert not flags_at(0) and not flags_at(0xBFFFFFFF) and flags_at(0xC0000000)
    assert flags_at(0xC0000000 + low_kb * 1024 - 1) and not flags_at(0xC0000000 + low_kb * 1024)


@pytest.mark.parametrize("notes", CASES)
def test_page_tables_protect_the_image(notes):
    """Each page of the image: text is code and read-only, constants are read-only and no code, all
    else is no code. Two pages are unmapped, one below each stack: the kernel's and the double fault's."""
    symbols, table = image().symbols, runs(notes)

    def pages(first, last):
        return range(symbols[first] & ~0xfff, -(-symbols[last] // 4096) * 4096, 4096)

    def flags_at(address):
        return [flag for start, end, flags, _ in table if start <= address < end
                for flag in flags if flag in ("ro", "RW", "NX", "x")]

    text, rodata = pages("_text", "_etext"), pages("__start_rodata", "__end_rodata")
    assert text.stop <= rodata.start and text and rodata
    for page in text:
        assert flags_at(page) == ["ro", "x"], f"{page:x}"
    guard, other = symbols["init_stack_guard"], symbols["doublefault_stack"]
    assert other in pages("__bss_start", "__bss_stop")
    assert guard in rodata and guard == symbols["init_thread_union"] - 4096
    for page in rodata:
        assert flags_at(page) == ([] if page == guard else ["ro", "NX"]), f"{page:x}"
    for first, last in (("_sdata", "_edata"), ("__init_begin", "__init_end"),
                        ("__bss_start", "__bss_stop"), ("__brk_base", "__brk_limit")):
        seen = pages(first, last)
        assert seen
        for page in seen:
            assert flags_at(page) == ([] if page == other else ["RW", "NX"]), f"{first} {page:x}"
